"""A small believable world for tests: buildings, rooms, students and one person per role. People are roles."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone
from PIL import Image

from core.models import Code
from core.uploads import TakenPhoto, take_photo
from inventory import packing
from inventory.models import Box, Channel, Consent, ConsentState, PairSession, PhotoKind, Student
from observation import admitting, ending, turning_over
from observation.models import (
    DEFAULT,
    FOUR_ROLES,
    Duty,
    DutyRole,
    Eligibility,
    Occupant,
    Post,
    Protocol,
    Shift,
    ShiftPattern,
)
from people.models import Category, Person, User
from rooms.models import Area, Bed, Building, Posting, Role, RoleKind, Room, StoragePlace

_numbers = count(1)
PASSWORD = "a-long-test-password"


def jpeg(
    *, colour: tuple[int, int, int] = (90, 120, 110), size: tuple[int, int] = (640, 480), comment: bytes = b""
) -> bytes:
    """A small plain JPEG; near colours give the same bytes, a comment makes them differ."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", comment=comment)
    return out.getvalue()


def taken() -> TakenPhoto:
    """A photo as the intake hands it on, each with its own bytes."""
    n = next(_numbers)
    return take_photo(io.BytesIO(jpeg(colour=(n % 256, n // 256 % 256, 100), comment=b"%d" % n)), name="photo.jpg")


def make_user(name: str, *roles: Role) -> User:
    """A user with a log-in, in these roles."""
    user = User.objects.create_user(username=name, password=PASSWORD, first_name=name.title(), language="en")
    for role in roles:
        role.admit(user)
    return user


@dataclass
class World:
    """One building with its people; `w.manager`, `w.mover`, `w.witness` … are made when first asked for."""

    building: Building
    users: dict[str, User] = field(default_factory=dict)

    def user(self, kind: str, *, name: str = "") -> User:
        """The building's one user of this role (or another one under `name`)."""
        key = name or kind
        if key not in self.users:
            role = Role.of(self.building, kind)
            self.users[key] = make_user(f"{key}-{self.building.pk}", role)
        return self.users[key]

    def __getattr__(self, name: str) -> Any:
        if name in {kind.name.lower() for kind in RoleKind}:
            return self.user(RoleKind[name.upper()])
        raise AttributeError(name)

    def room(self, number: str = "", *, beds: int = 1, **fields: Any) -> Room:
        """A bedroom with `beds` beds."""
        # On the second floor, however many there were before: a test that means another floor says so.
        number = number or f"2{next(_numbers):02d}"
        fields.setdefault("own_bathroom", True)
        room = Room.enter(
            by=None,
            building=self.building,
            number=number,
            floor=int(number[0]) if number[0].isdigit() else 1,
            use="bedroom",
            code=Code.issue("room"),
            **fields,
        )
        for bed in range(1, beds + 1):
            Bed.enter(by=None, room=room, number=bed)
        return room

    def place(self, name: str = "", *, slots: int = 20, **fields: Any) -> StoragePlace:
        """A storage place."""
        return StoragePlace.enter(
            by=None,
            building=self.building,
            name=name or f"A{next(_numbers)}",
            slots=slots,
            code=Code.issue("place"),
            **fields,
        )

    def teacher(self, name: str = "Teacher Li") -> Person:
        """A responsible teacher posted at the building."""
        found = Posting.objects.filter(building=self.building, person__name=name).first()
        if found:
            return found.person
        person = Person.enter(by=None, category=Category.STAFF, name=name)
        Posting.enter(by=None, building=self.building, person=person)
        return person

    def student(self, room: Room | None = None, *, notes: str = "", **person: Any) -> Student:
        """A student in the first free bed of `room` (a new single room when none is given)."""
        room = room or self.room()
        n = next(_numbers)
        bed = room.beds.filter(student__isnull=True).order_by("number").first()
        person = {
            "name": f"Student {n}",
            "passport_name": f"STUDENT NUMBER {n}",
            "passport_number": f"X{n:08d}",
            "language": "en",
            "time_zone": "Europe/Paris",
            "sex": "female",
            "responsible": self.teacher(),
            **person,
        }
        return Student.enter(
            by=None,
            person=Person.enter(by=None, category=Category.STUDENT, **person),
            building=self.building,
            bed=bed,
            student_number=f"2019XX{n:04d}",
            notes=notes,
            code=Code.issue("student"),
        )

    def consent(self, student: Student, state: str = ConsentState.AUTHORISED) -> Consent:
        """The student's answer, by phone to the manager."""
        said = Consent(
            client_id=uuid4(),
            at=timezone.now(),
            student=student,
            state=state,
            channel=Channel.PHONE,
            by=self.manager,
            words="As spoken.",
            language="en",
        )
        said.save()
        return said

    def pair(self) -> PairSession:
        """The mover with the witness joined."""
        pair = PairSession.of(self.mover, self.building)
        if pair is None:
            pair = PairSession.start(self.building, by=self.mover)
        if pair.witness_id is None:
            pair.join(by=self.witness)
        return pair

    def surveyed(self, room: Room) -> Room:
        """The room opened, with all walk-in views taken; its residents must have agreed."""
        pair = self.pair()
        answers = {student.pk: "Seen and kept safe." for student in packing.residents(room)}
        packing.open_room(room, pair=pair, answers=answers)
        self.views(room, PhotoKind.ROOM_BEFORE)
        room.refresh_from_db()
        return room

    def views(self, room: Room, kind: PhotoKind) -> None:
        """Every view of the shot list."""
        for view in packing.missing_views(room, kind):
            packing.photograph_room(room, kind=kind, viewpoint=view, taken=taken(), pair=self.pair(), client_id=uuid4())

    def box(self, student: Student, *, items: int = 1, **thing: Any) -> Box:
        """A box being packed for a student whose room is surveyed, with photographed items."""
        label = Code.issue()
        box = packing.claim_box(
            student.bed.room, label=label.value, student=student, pair=self.pair(), client_id=uuid4()
        )
        for n in range(items):
            described = {
                "description": f"Blue coat {n + 1}",
                "category": "clothing",
                "quantity": 1,
                "ownership": "owned",
                "owner": student,
                "condition": [],
                "handling": [],
                **thing,
            }
            packing.put_in(
                box,
                thing=packing.Described(**described),
                photos=[(uuid4(), taken())],
                pair=self.pair(),
                client_id=uuid4(),
            )
        return box

    def sealed(self, student: Student, *, items: int = 1, **thing: Any) -> Box:
        """A sealed box."""
        box = self.box(student, items=items, **thing)
        packing.seal_box(box, number=f"S{next(_numbers):06d}", pair=self.pair(), client_id=uuid4())
        box.refresh_from_db()
        return box

    def stored(self, student: Student, place: StoragePlace | None = None, **thing: Any) -> Box:
        """A stored box."""
        box = self.sealed(student, **thing)
        packing.store_box(box, place=place or self.place(), pair=self.pair(), client_id=uuid4())
        box.refresh_from_db()
        return box

    def protocol(self, **figures: Any) -> Protocol:
        """The default protocol, in force since long ago; `figures` differ from it. Another one may follow it."""
        given = {**DEFAULT, "issued_on": date(2020, 2, 7), **figures}
        applies_from = given.pop("applies_from", datetime(2020, 2, 8, tzinfo=UTC))
        made = Protocol(
            client_id=uuid4(), at=timezone.now(), building=self.building, applies_from=applies_from, **given
        )
        made.save()
        return made

    def ready_room(self, number: str = "", **fields: Any) -> Room:
        """A disinfected and inspected room that nobody lived in."""
        if not Protocol.objects.in_building(self.building).exists():
            self.protocol()
        room = self.room(number, **fields)
        turning_over.take_over(room, by=self.manager)
        self.made_ready(room)
        return room

    def made_ready(self, room: Room) -> None:
        """Disinfect the room and have another person inspect it."""
        turning_over.disinfect(room, agent="chlorine", mg_per_litre=1000, minutes=30, by=self.nurse, client_id=uuid4())
        turning_over.inspect(room, accepted=True, fault="", by=self.site_lead, client_id=uuid4())
        room.refresh_from_db()

    def expected(self, bed: Bed | None = None, **fields: Any) -> Occupant:
        """Somebody who is expected, with a bed held in a new ready room when none is given."""
        bed = bed or self.ready_room().beds.get()
        n = next(_numbers)
        person = {
            "name": fields.pop("name", f"Guest {n}"),
            "passport_name": fields.pop("passport_name", f"GUEST NUMBER {n}"),
            "passport_number": f"G{n:08d}",
            "sex": fields.pop("sex", "female"),
            "language": fields.pop("language", "en"),
        }
        given = {
            "reason": "close-contact",
            "last_exposure": ending.today(self.building) - timedelta(days=2),
            **fields,
        }
        made = Person.enter(by=None, category=Category.RESIDENT, **person)
        return admitting.expect(self.building, person=made, bed=bed, by=self.duty_officer, **given)

    def occupant(self, bed: Bed | None = None, **fields: Any) -> Occupant:
        """Somebody who has arrived and lives in a room of their own."""
        occupant = self.expected(bed, **fields)
        admitting.arrive(occupant, by=self.duty_officer)
        occupant.refresh_from_db()
        return occupant

    def staff(self, user: User | None = None, *, name: str = "") -> Person:
        """A member of staff posted here; with a `user`, the person behind that log-in."""
        if user is not None and user.person is not None:
            return user.person
        name = name or (user.shown_name if user else f"Staff {next(_numbers)}")
        person = Person.enter(by=None, category=Category.STAFF, name=name)
        Posting.enter(by=None, building=self.building, person=person)
        if user is not None:
            user.person = person
            user.save()
        return person

    def posts(self) -> list[Post]:
        """The four roles and one post on floor 2, with a day and a night shift of twelve hours; made once."""
        found = list(Post.objects.in_use().in_building(self.building))
        if found:
            return found
        for name, starts, ends, night in (("Day", 8, 20, False), ("Night", 20, 8, True)):
            ShiftPattern.enter(
                by=None, building=self.building, name=name, starts=time(starts), ends=time(ends), night=night
            )
        for n, role in enumerate(FOUR_ROLES):
            Post.enter(
                by=None,
                building=self.building,
                role=role,
                name=str(role.label),
                leads=role == DutyRole.MANAGER_ON_DUTY,
                position=n,
            )
        area = Area.enter(by=None, building=self.building, kind="floor", floor=2, name="Floor 2")
        Post.enter(by=None, building=self.building, role=DutyRole.AREA, area=area, name="Floor 2", position=9)
        return list(Post.objects.in_use().in_building(self.building))

    @property
    def lead_post(self) -> Post:
        """The post that leads the shift."""
        return next(post for post in self.posts() if post.leads)

    def shift(self, day: date, name: str = "Day") -> Shift:
        """The shift of that day in the roster, made when it is not there yet; nobody is down for it."""
        self.posts()
        pattern = ShiftPattern.objects.in_use().get(building=self.building, name=name)
        found = Shift.objects.filter(building=self.building, pattern=pattern, day=day).first()
        if found:
            return found
        starts_at, ends_at = pattern.moments(day, ZoneInfo(self.building.time_zone))
        return Shift.enter(
            by=None, building=self.building, pattern=pattern, day=day, starts_at=starts_at, ends_at=ends_at
        )

    def duty(self, shift: Shift, post: Post, person: Person | None) -> Duty:
        """Somebody is down for the post through the whole shift, and may hold it."""
        if person is not None and not Eligibility.objects.filter(post=post, person=person).exists():
            Eligibility.enter(by=None, post=post, person=person)
        return Duty.enter(
            by=None, shift=shift, post=post, person=person, starts_at=shift.starts_at, ends_at=shift.ends_at
        )


def make_world(name: str = "North Court") -> World:
    """A building with nothing in it yet."""
    return World(Building.enter(by=None, name=name, name_en=name, phone="+86 10 5550 0100"))
