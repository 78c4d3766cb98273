"""Every verb from every state: it leads where the table says, or is refused and leaves nothing behind."""

from typing import Any
from uuid import uuid4

import pytest

from core.records import Refused
from inventory import packing
from inventory.models import (
    Box,
    BoxState,
    CustodyEvent,
    Manifest,
    Objection,
    ObjectionEntry,
    ObjectionState,
    PhotoKind,
    RoomPacking,
    Seal,
)
from inventory.models.box import BOX_TRANSITIONS
from rooms.models import Room, RoomState, StoragePlace
from rooms.models.room import ROOM_TRANSITIONS
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OBJECTION_TRANSITIONS: dict[str, dict[str, str]] = {
    "answer": {ObjectionState.OPEN: ObjectionState.ANSWERED, ObjectionState.ANSWERED: ObjectionState.ANSWERED},
    "reply": {ObjectionState.OPEN: ObjectionState.OPEN, ObjectionState.ANSWERED: ObjectionState.OPEN},
    # A second tap on "close" says the same and changes nothing.
    "close": {ObjectionState.ANSWERED: ObjectionState.CLOSED, ObjectionState.CLOSED: ObjectionState.CLOSED},
}
REFUSALS = {"answer": "objection-closed", "reply": "objection-closed", "close": "objection-unanswered"}


def pairs_of(states: Any, table: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Every (state, verb)."""
    return [(str(state), verb) for state in states for verb in table]


def traces() -> dict[str, list[dict[str, Any]]]:
    """Every row that an act on a box, room or objection could leave, and every row of their histories."""
    tables = (Box, Box.history, Seal, Seal.history, CustodyEvent, Manifest, Room, Room.history, RoomPacking)
    tables += (RoomPacking.history, StoragePlace.history, Objection, Objection.history, ObjectionEntry)
    return {str(n): list(getattr(table, "objects", table).order_by("pk").values()) for n, table in enumerate(tables)}


def agree(box: Box) -> None:
    """The box's copies say what its last event and its room's facts say."""
    box.refresh_from_db()
    last = box.events.latest("number")
    kinds = {"packed": "packing", "sealed": "sealed", "loaded": "loaded", "stored": "stored", "moved": "stored"}
    assert (box.state, box.place_id) == (kinds[last.kind], last.to_place_id)
    assert last.to_room_id == (box.room_id if box.state in {BoxState.PACKING, BoxState.SEALED} else None)
    assert box.seals.filter(broken_at__isnull=True).count() == (box.state != BoxState.PACKING)
    room_agrees(Room.objects.get(pk=box.room_id))


def room_agrees(room: Room) -> None:
    """The room's state is what its packing, its views and its boxes make of it."""
    packed = RoomPacking.objects.filter(room=room).first()
    standing = room.boxes.filter(state__in=[BoxState.PACKING, BoxState.SEALED]).exists()
    if packed is None or packing.missing_views(room, PhotoKind.ROOM_BEFORE):
        expected = RoomState.LIVED_IN
    elif packed.closed_at is None:
        expected = RoomState.SURVEYED
    else:
        expected = RoomState.PACKED if standing else RoomState.CLEARED
    assert room.state == expected


def box_in(world: World, state: str) -> Box:
    """A box in this state, brought there by its verbs; each step leaves the copies in agreement."""
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    box = world.box(student)
    agree(box)
    steps = {
        BoxState.PACKING: [],
        BoxState.SEALED: ["seal"],
        BoxState.LOADED: ["seal", "load"],
        BoxState.STORED: ["seal", "store"],
    }
    for verb in steps[BoxState(state)]:
        do(world, box, verb)
        agree(box)
    return box


def do(world: World, box: Box, verb: str) -> None:
    """One verb with everything else in order."""
    pair, known = world.pair(), uuid4()
    if verb == "seal":
        box.seal(number=f"N{known.hex[:12]}", pair=pair, client_id=known)
    elif verb == "load":
        box.load(pair=pair, client_id=known)
    elif verb == "store":
        box.store(place=world.place(), pair=pair, client_id=known)
    else:
        box.move(place=world.place(), pair=pair, client_id=known)


def test_the_tables_know_every_verb_and_every_state() -> None:
    assert set(BOX_TRANSITIONS) == {"seal", "load", "store", "move"}
    assert set(ROOM_TRANSITIONS) == {
        "survey",
        "pack",
        "clear",
        "take_over",
        "disinfect",
        "reject",
        "accept",
        "occupy",
        "vacate",
    }
    assert {s for row in BOX_TRANSITIONS.values() for s in (*row, *row.values())} == set(BoxState)
    assert {s for row in ROOM_TRANSITIONS.values() for s in (*row, *row.values())} == set(RoomState)


@pytest.mark.parametrize(("state", "verb"), pairs_of(BoxState, BOX_TRANSITIONS))
def test_a_box_goes_where_the_table_says_or_stays_as_it_was(state: str, verb: str) -> None:
    world = make_world()
    box = box_in(world, state)
    places = [world.place(), world.place()]
    world.place = lambda: places.pop()  # type: ignore[method-assign]
    target, before = BOX_TRANSITIONS[verb].get(state), traces()
    if target is None:
        with pytest.raises(Refused) as refused:
            do(world, box, verb)
        assert refused.value.code == "box-not-there-yet"
        assert traces() == before
        box.refresh_from_db()
        assert box.state == state
    else:
        events = box.events.count()
        do(world, box, verb)
        assert box.state == target
        assert box.events.count() == events + 1
        assert box.history.latest().history_user == world.mover
    agree(box)


@pytest.mark.parametrize(("state", "verb"), pairs_of(RoomState, ROOM_TRANSITIONS))
def test_a_room_goes_where_the_table_says_or_stays_as_it_was(state: str, verb: str) -> None:
    world = make_world()
    room = world.room()
    for step in ("survey", "pack", "clear", "disinfect", "accept", "occupy", "vacate"):
        if room.state != state:
            getattr(room, step)(by=world.mover)
    assert room.state == state
    target, before = ROOM_TRANSITIONS[verb].get(state), traces()
    if target is None:
        with pytest.raises(Refused) as refused:
            getattr(room, verb)(by=world.mover)
        assert refused.value.code == "room-not-there-yet"
        assert traces() == before
    else:
        getattr(room, verb)(by=world.mover)
        assert room.history.latest().history_user == world.mover
    room.refresh_from_db()
    assert room.state == (target or state)


def test_a_room_and_its_boxes_agree_after_each_step_of_a_whole_move() -> None:
    world = make_world()
    student = world.student()
    world.consent(student)
    room = student.bed.room
    room_agrees(room)
    world.surveyed(room)
    first, second = world.sealed(student), world.sealed(student)
    agree(first)
    world.views(room, PhotoKind.ROOM_AFTER)
    packing.close_room(room, pair=world.pair())
    agree(second)
    packing.load_box(first, pair=world.pair(), client_id=uuid4())
    agree(first)
    packing.store_box(second, place=world.place(), pair=world.pair(), client_id=uuid4())
    agree(second)
    packing.store_box(first, place=world.place(), pair=world.pair(), client_id=uuid4())
    packing.store_box(second, place=world.place(), pair=world.pair(), client_id=uuid4())
    agree(first)
    agree(second)
    room.refresh_from_db()
    assert room.state == RoomState.CLEARED


@pytest.mark.parametrize(("state", "verb"), pairs_of(ObjectionState, OBJECTION_TRANSITIONS))
def test_an_objection_goes_where_it_may_or_stays_as_it_was(state: str, verb: str) -> None:
    world = make_world()
    box = box_in(world, BoxState.PACKING)
    packing.seal_box(box, number="OBJ-1", pair=world.pair(), client_id=uuid4())
    manifest = Manifest.of(box.student)
    objection = Objection.open(box.items.get(), manifest=manifest, text="Not mine", client_id=uuid4())
    verbs = {
        "answer": lambda: objection.answer(text="We look.", by=world.manager, client_id=uuid4()),
        "reply": lambda: objection.reply(text="Still not.", client_id=uuid4()),
        "close": objection.close,
    }
    for step in ("answer", "close"):
        if objection.state != state:
            verbs[step]()
    target, before = OBJECTION_TRANSITIONS[verb].get(state), traces()
    if target is None:
        with pytest.raises(Refused) as refused:
            verbs[verb]()
        assert refused.value.code == REFUSALS[verb]
        assert traces() == before
    else:
        verbs[verb]()
    objection.refresh_from_db()
    assert objection.state == (target or state)
    assert (objection.closed_at is not None) == (objection.state == ObjectionState.CLOSED)
