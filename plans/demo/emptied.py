"""The finished move of the demo: all are asked, every room is emptied, disinfected by one, inspected by another."""

from datetime import date, datetime, time, timedelta
from itertools import cycle
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from inventory import confirming, consenting, packing
from inventory.models import (
    Channel,
    Confirmation,
    ConsentState,
    Manifest,
    Objection,
    Override,
    OverrideReach,
    Student,
)
from observation import turning_over
from observation.models import DEFAULT, Protocol
from observation.slots import OPENS_BEFORE
from people.models import User
from plans.demo.campus import HESITANT, NOT_ASKED, NOT_REACHED, REFUSED, hear_students, students_of
from plans.demo.clock import Clock
from plans.demo.crew import pack, pair_for, store
from rooms.models import Building, Room, StoragePlace

Users = dict[str, User]
# The hours of the checks, as sites set them; the first are those of the default protocol.
HOURS = (("08:00", "15:00"), ("07:00", "14:00"), ("06:00", "13:00"), ("05:30", "12:30"))
# A reading is late an hour after its slot; the demo shows one, so its newest slot began somewhat earlier.
LATE = timedelta(minutes=75)
GROUNDS = {
    **dict.fromkeys(NOT_REACHED, "电话、邮件、亲属和使馆均未联系上；楼宇须按期腾空，双人打包、全程录像。"),
    **dict.fromkeys(REFUSED, "已三次沟通，本人仍不同意；楼宇须按期腾空，视频连线请本人全程观看。"),
}


def settle(building: Building, users: Users, clock: Clock) -> None:
    """The second batch: who hesitated agrees, who was not asked is; about the rest two people decide and sign."""
    students = students_of(building)
    for number in sorted(HESITANT | NOT_ASKED):
        clock.forward(minutes=14)
        consenting.record(
            students[number],
            state=ConsentState.AUTHORISED,
            channel=Channel.VIDEO,
            by=users["witness"],
            words="已和家里商量，同意搬运和保管；贵重物品请单独装箱。",
            language="zh-hans",
            client_id=uuid4(),
        )
    for number, grounds in sorted(GROUNDS.items()):
        clock.forward(minutes=20)
        wanted = Override.objects.filter(student=students[number], reach=OverrideReach.PACK).first()
        decided = wanted or Override.propose(
            students[number], reach=OverrideReach.PACK, reason=grounds, by=users["manager"]
        )
        clock.forward(minutes=5)
        decided.sign(by=users["lead"])


def empty_rooms(building: Building, users: Users, clock: Clock) -> None:
    """Pack and store every room in two days; those opened by an override come last."""
    overridden = set(
        Override.objects.signed().filter(reach=OverrideReach.PACK).values_list("student__bed__room", flat=True)
    )
    shelves = cycle(StoragePlace.objects.filter(building=building, secure=False, cold=False).order_by("name"))
    seals = iter(range(20001, 29999))
    for room in sorted(_rooms(building), key=lambda one: (one.pk in overridden, one.number)):
        if timezone.localtime(clock.at).hour >= 18:
            clock.at = _morning(clock.at, days=1)
        pair = pair_for(building, users, packing.residents(room)[0])
        boxes = pack(room, pair, clock, seals)
        packing.close_room(room, pair=pair)
        store(boxes, shelf=next(shelves), pair=pair, clock=clock)
        clock.forward(minutes=9)


def confirm(building: Building, users: Users, clock: Clock) -> None:
    """Objections are answered and closed; most of the students who could be reached confirm their lists."""
    hear_students(building, users, clock)
    for objection in Objection.objects.in_building(building).unsettled():
        clock.forward(minutes=30)
        objection.answer(
            text="We opened the box together and looked again: the photo shows how it lies there.",
            by=users["witness"],
            client_id=uuid4(),
        )
        clock.forward(minutes=50)
        objection.refresh_from_db()
        objection.close()
    said = set(Confirmation.objects.values_list("manifest__student", flat=True))
    for n, (number, student) in enumerate(students_of(building).items()):
        if number in GROUNDS or student.pk in said or n % 4 == 3:
            continue
        clock.forward(minutes=17)
        manifest = Manifest.of(student)
        assert manifest is not None  # noqa: S101 - every room is emptied
        confirming.confirm(student, digest=manifest.digest, language=_spoken(student), client_id=uuid4())


def set_protocol(building: Building, *, until: datetime) -> Protocol:
    """The protocol of the site, the default one but for its hours."""
    figures = {**DEFAULT, "issued_on": date(2020, 2, 7), "check_hours": list(hours_for(until))}
    return Protocol.set(building, by=None, **figures)


def hours_for(until: datetime) -> tuple[str, ...]:
    """Hours whose newest slot began a while before `until`, maybe on the evening before; the next is not open yet."""

    def late(hours: tuple[str, ...]) -> bool:
        moments = [
            datetime.combine(until.date() + timedelta(days=day), time.fromisoformat(one), until.tzinfo)
            for day in (-1, 0, 1)
            for one in hours
        ]
        begun = max(at for at in moments if at - OPENS_BEFORE <= until)
        return until - begun >= LATE

    return next(filter(late, HOURS))


def make_ready(building: Building, users: Users, clock: Clock) -> None:
    """One nurse disinfects every emptied room on one day, the site lead inspects them on the next."""
    rooms = _rooms(building)
    for room in rooms:
        clock.forward(minutes=12)
        turning_over.disinfect(
            room, agent="chlorine", mg_per_litre=1000, minutes=30, by=users["nurse"], client_id=uuid4()
        )
    clock.at = _morning(clock.at, days=1)
    for room in rooms:
        clock.forward(minutes=8)
        turning_over.inspect(room, accepted=True, fault="", by=users["lead"], client_id=uuid4())


def _rooms(building: Building) -> list[Room]:
    return list(Room.objects.in_building(building).bedrooms())


def _morning(at: datetime, *, days: int) -> datetime:
    return (timezone.localtime(at) + timedelta(days=days)).replace(hour=8, minute=20, second=0, microsecond=0)


def _spoken(student: Student) -> str:
    language = student.person.language
    return language if language in settings.STUDENT_LANGUAGES else "en"
