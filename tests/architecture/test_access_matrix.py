"""Every address × role × own and foreign building: allowed, refused (403) or invisible (404), as declared."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from core.access import Access, access_of
from inventory.models import (
    Box,
    Item,
    Manifest,
    Objection,
    Override,
    PairSession,
    Photo,
    PhotoKind,
    Student,
)
from observation import letting_in, moving, printing_forms, shift_log
from observation.ending import today
from observation.handing_over import pointing, writing
from observation.models import (
    Absence,
    Alert,
    CareNote,
    Duty,
    DutyFeed,
    FormKind,
    Handover,
    HealthCheck,
    HospitalTransfer,
    KitchenOrder,
    LogEntry,
    LogPhoto,
    Occupant,
    PaperForm,
    Point,
    Post,
    Protocol,
    Request,
    RollCall,
    Shift,
    ShiftPattern,
    Stay,
    Swap,
    Visit,
)
from people.models import ContactPoint
from rooms.models import RIGHTS, Area, Building, Incident, Role, RoleKind, Room, StoragePlace, Supply
from tests.architecture.test_the_house import every_view
from tests.world import World, make_world, taken

CANARY = "Zanzibarwood"


@dataclass
class Furnished:
    """A building with one of everything."""

    world: World
    things: dict[type[models.Model], models.Model]


def furnish(name: str, canary: str) -> Furnished:
    """A building in the middle of its move; every name in it carries `canary`."""
    world = make_world(f"{name} {canary}")
    room = world.room(beds=2)
    student = world.student(room, name=f"Resident {canary}", passport_name=f"RESIDENT {canary.upper()}")
    ContactPoint.enter(by=None, person=student.person, kind="phone", value=f"+20 {canary}")
    silent = world.student(room, name=f"Silent {canary}")
    world.consent(student)
    override = Override.propose(silent, reach="enter", reason=f"Reason {canary}", by=world.manager)
    override.sign(by=world.site_lead)
    waiting = Override.propose(silent, reach="pack", reason=f"Later {canary}", by=world.manager)
    world.surveyed(room)
    place = world.place(f"Shelf {canary}")
    box = world.stored(student, place, description=f"Coat {canary}")
    open_box = world.box(student, description=f"Lamp {canary}")
    item = box.items.get()
    manifest = Manifest.of(student)
    assert manifest is not None
    objection = Objection.open(item, manifest=manifest, text=f"Not mine {canary}", client_id=uuid4())
    things: dict[type[models.Model], models.Model] = {
        Building: world.building,
        Room: room,
        Student: student,
        Override: waiting,
        Box: open_box,
        Item: item,
        StoragePlace: place,
        Objection: objection,
        Photo: Photo.objects.filter(room=room, kind=PhotoKind.ROOM_BEFORE).latest("pk"),
        PairSession: world.pair(),
        Role: Role.of(world.building, RoleKind.READER),
        Manifest: manifest,
        **site_of(world, canary),
        **roster_of(world, canary),
    }
    return Furnished(world, things)


def site_of(world: World, canary: str) -> dict[type[models.Model], models.Model]:
    """One of everything of the site in use: an occupant with an alert, a reading, a transfer, a request, a note."""
    protocol = world.protocol(name=f"Protocol {canary}")
    occupant = world.occupant(name=f"Guest {canary}", passport_name=f"GUEST {canary.upper()}", needs=f"Needs {canary}")
    ContactPoint.enter(by=None, person=occupant.person, kind="phone", value=f"+86 {canary}")
    stay = occupant.stay
    assert stay is not None
    check = HealthCheck(
        client_id=uuid4(),
        at=timezone.now(),
        occupant=occupant,
        protocol=protocol,
        day=today(world.building),
        hour="08:00",
        temperature="38.1",
        by=world.nurse,
    )
    check.save()
    alert = Alert.enter(by=world.nurse, occupant=occupant, check_up=check, protocol=protocol, raised_at=timezone.now())
    transfer = moving.send_to_hospital(
        occupant, hospital=f"Hospital {canary}", reason=f"Fever {canary}", vehicle="Car", by=world.duty_officer
    )
    request = Request.enter(by=world.nurse, occupant=occupant, client_id=uuid4(), kind="linen", words=f"Towel {canary}")
    note = CareNote.enter(
        by=world.nurse, occupant=occupant, client_id=uuid4(), words=f"Calm {canary}", written_by=world.nurse
    )
    incident = Incident.enter(
        by=world.nurse,
        building=world.building,
        room=stay.room,
        kind="damage",
        words=f"Broken {canary}",
        happened_at=timezone.now(),
        reported_by=world.nurse,
    )
    order = KitchenOrder(
        client_id=uuid4(),
        at=timezone.now(),
        building=world.building,
        day=today(world.building),
        meal="lunch",
        portions={"ordinary": 1},
        by=world.duty_officer,
    )
    order.save()
    roll = RollCall.enter(by=world.nurse, building=world.building, started_by=world.nurse)
    form = printing_forms.issue(world.building, kind=FormKind.VISITORS, day=today(world.building), by=world.nurse)
    visit = letting_in.let_in(
        world.building,
        name=f"Plumber {canary}",
        organisation="",
        phone="",
        purpose="Tap",
        area=None,
        temperature=Decimal("36.5"),
        came_at=None,
        left_at=None,
        form=form,
        by=world.nurse,
        client_id=uuid4(),
    )
    return {
        PaperForm: form,
        Visit: visit,
        Protocol: protocol,
        Occupant: occupant,
        Stay: stay,
        HealthCheck: check,
        Alert: alert,
        HospitalTransfer: transfer,
        Request: request,
        CareNote: note,
        Incident: incident,
        KitchenOrder: order,
        RollCall: roll,
        **handed_over(world, canary),
    }


def handed_over(world: World, canary: str) -> dict[type[models.Model], models.Model]:
    """A shift under way, led by the duty officer; its handover is being written; a point, a note, a thing counted."""
    now = timezone.now()
    shift = world.shift(today(world.building, now), "Day" if 0 <= now.hour < 12 else "Night")
    shift.amend(by=None, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1), began_at=now)
    world.duty(shift, world.lead_post, world.staff(world.duty_officer, name=f"Lead {canary}"))
    point = pointing.open_point(world.building, words=f"Lift {canary}", by=world.duty_officer, client_id=uuid4())
    entry = shift_log.note(
        world.building,
        words=f"Seen {canary}",
        by=world.nurse,
        client_id=uuid4(),
        attention=True,
        photos=[(uuid4(), taken())],
    )
    supply = Supply.enter(by=None, building=world.building, kind="key", name=f"Key {canary}", least=2)
    return {
        Handover: writing.begin(world.building, by=world.duty_officer),
        Point: point,
        LogEntry: entry,
        LogPhoto: entry.photos.get(),
        Supply: supply,
    }


def roster_of(world: World, canary: str) -> dict[type[models.Model], models.Model]:
    """One of everything of the duty roster: tomorrow's shift with two duties, a swap, an absence, an address."""
    posts = world.posts()
    pattern = world.building.shift_patterns.first()
    assert pattern is not None
    pattern.amend(by=None, name=f"Shift {canary}")
    posts[0].amend(by=None, name=f"Post {canary}")
    area = posts[-1].area
    assert area is not None
    area.amend(by=None, name=f"Area {canary}")
    people = [world.staff(name=f"Colleague {n} {canary}") for n in (1, 2, 3)]
    shift = world.shift(today(world.building) + timedelta(days=1), f"Shift {canary}")
    gives, takes = (world.duty(shift, post, person) for post, person in zip(posts, people[:2], strict=False))
    swap = Swap.enter(
        by=None,
        building=world.building,
        client_id=uuid4(),
        gives=gives,
        takes=takes,
        asker=people[0],
        asked=people[1],
        why=f"Exam {canary}",
    )
    now = timezone.now()
    absence = Absence.enter(
        by=None,
        building=world.building,
        client_id=uuid4(),
        person=people[2],
        starts_at=now,
        ends_at=now + timedelta(days=1),
        why=f"Ill {canary}",
    )
    feed = DutyFeed.enter(by=None, building=world.building, area=area, token_hash=f"{world.building.pk:064}")
    return {
        Shift: shift,
        ShiftPattern: pattern,
        Post: posts[0],
        Area: area,
        Duty: gives,
        Swap: swap,
        Absence: absence,
        DutyFeed: feed,
    }


def declared() -> list[tuple[str, URLPattern, Access]]:
    """Every address that needs a right on an object."""
    return [
        (where, pattern, access)
        for where, pattern in every_view()
        if (access := access_of(pattern.callback)) and access.kind == "needs" and access.model is not None
    ]


# What fills the other parts of an address.
FILLED = {
    "listing": "students",
    "form": "csv",
    "size": "small",
    "user_pk": 1,
    "language": "en",
    "clause": "rounds.checks",
    "kind": "visitors",
    "verb": "agree",
}


def address(pattern: URLPattern, access: Access, thing: models.Model) -> str:
    """The address with its parts filled in for `thing`."""
    parts = getattr(pattern.pattern, "converters", None) or pattern.pattern.regex.groupindex
    filled = {name: getattr(thing, access.key) if name == access.key else FILLED.get(name) for name in parts}
    if "post_pk" in filled and isinstance(thing, Shift):
        filled["post_pk"] = thing.building.posts.order_by("pk")[0].pk
    if "point_pk" in filled and isinstance(thing, Student | Occupant):
        filled["point_pk"] = thing.person.contact_points.get().pk
    return reverse(pattern.name, kwargs=filled)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def both(db: None) -> tuple[Furnished, Furnished]:
    """The own building and a foreign one, each with one of everything."""
    return furnish("North", "Ownwood"), furnish("South", CANARY)


def test_the_matrix_knows_every_kind_of_object(both: tuple[Furnished, Furnished]) -> None:
    own, _foreign = both
    unknown = {access.model.__name__ for _w, _p, access in declared() if access.model} - {
        m.__name__ for m in own.things
    }
    assert unknown == set()
    assert len(declared()) > 20


@pytest.mark.once
def test_each_address_answers_as_declared(both: tuple[Furnished, Furnished]) -> None:
    own, foreign = both
    wrong = [answer for role in RoleKind for answer in _wrong_answers(str(role), own, foreign)]
    assert wrong == []


def _wrong_answers(role: str, own: Furnished, foreign: Furnished) -> list[str]:
    client = client_of(getattr(own.world, role.replace("-", "_")))
    wrong = []
    for where, pattern, access in declared():
        assert access.model is not None
        may = access.right.rpartition(".")[2] in RIGHTS[role] and _sees(role, access.model)
        for method in (client.get, client.post):
            there = method(address(pattern, access, foreign.things[access.model]))
            if there.status_code not in {404, 405}:
                wrong.append(f"{role}, foreign {where}: {there.status_code}")
            here = method(address(pattern, access, own.things[access.model]))
            if here.status_code == 405:
                continue
            # Whoever may not see such a thing at all learns nothing of it; whoever may see it, that they may not act.
            expected = 403 if _sees(role, access.model) else 404
            if not may and here.status_code != expected:
                wrong.append(f"{role}, {where}: {here.status_code}, not {expected}")
            if (may and here.status_code in {401, 403, 404}) or here.status_code >= 500:
                wrong.append(f"{role}, {where}: {here.status_code}, although they may")
    return wrong


def _sees(role: str, model: type[models.Model]) -> bool:
    seen_with = getattr(model._default_manager.all(), "seen_with", "rooms.view_building")
    return seen_with.rpartition(".")[2] in RIGHTS[role]


def test_a_stranger_is_sent_to_log_in(both: tuple[Furnished, Furnished], client: Client) -> None:
    own, _foreign = both
    open_doors = []
    for where, pattern, access in declared():
        assert access.model is not None
        answer = client.get(address(pattern, access, own.things[access.model]))
        if answer.status_code != 405 and not (answer.status_code == 302 and "/log-in/" in answer["Location"]):
            open_doors.append(f"{where}: {answer.status_code}")
    assert open_doors == []


def test_nothing_of_a_foreign_building_shows_on_any_page(both: tuple[Furnished, Furnished]) -> None:
    own, _foreign = both
    client = client_of(own.world.manager)
    leaks = []
    for where, pattern, access in declared():
        assert access.model is not None
        path = address(pattern, access, own.things[access.model])
        answer = client.get(path, {"q": CANARY} if "search" in where or "items" in where else {})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        # The word that was asked for stands in the search field and in the links that keep it.
        shown = body
        for echo in (f"“{CANARY}”", f'value="{CANARY}"', f"q={CANARY}"):
            shown = shown.replace(echo.encode(), b"")
        if CANARY.encode() in shown:
            leaks.append(path)
    assert leaks == []


def test_granting_and_withdrawing_a_building_changes_every_door_alike(both: tuple[Furnished, Furnished]) -> None:
    own, foreign = both
    user = own.world.user("manager", name="roving")
    manager_there = Role.of(foreign.world.building, RoleKind.MANAGER)
    doors = [
        address(pattern, access, foreign.things[access.model])
        for _where, pattern, access in declared()
        if access.model is not None and access.right.rpartition(".")[2] in RIGHTS[RoleKind.MANAGER]
    ]

    def opened() -> set[str]:
        client = client_of(user)
        return {door for door in doors if client.get(door).status_code not in {403, 404, 405}}

    gets = {door for door in doors if client_of(foreign.world.manager).get(door).status_code != 405}
    assert opened() == set()
    manager_there.admit(user)
    assert opened() == gets
    manager_there.close()
    assert opened() == set()
    manager_there.open()
    assert opened() == gets
    manager_there.dismiss(user)
    assert opened() == set()


def test_a_scan_opens_what_may_be_seen_and_nothing_else(both: tuple[Furnished, Furnished]) -> None:
    own, foreign = both
    client = client_of(own.world.manager)
    for kind in (Room, Student, Box, StoragePlace):
        here, there = own.things[kind], foreign.things[kind]
        opened = client.get(f"/Q/{here.code_id}")  # type: ignore[attr-defined]
        assert opened.status_code == 302
        hidden = client.get(f"/Q/{there.code_id}")  # type: ignore[attr-defined]
        unknown = client.get("/Q/000000000")
        # The door of the occupant's page repeats the code that was asked for.
        alike = hidden.content.replace(there.code_id.encode(), b"000000000")  # type: ignore[attr-defined]
        assert (hidden.status_code, alike) == (unknown.status_code, unknown.content)
        assert CANARY.encode() not in hidden.content.replace(foreign.world.building.name.encode(), b"")


def test_a_deactivated_user_sees_nothing(both: tuple[Furnished, Furnished]) -> None:
    own, _foreign = both
    user = own.world.user("reader", name="gone")
    assert Student.objects.visible_to(user).count() == 2
    user.is_active = False
    assert Student.objects.visible_to(user).count() == 0
