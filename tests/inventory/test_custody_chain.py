"""The chain of custody: numbered, hashed, guarded by the database itself, and whole after a note is erased."""

from random import Random
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from core import frozen
from core.records import Refused
from inventory import packing
from inventory.models import Box, BoxState, CustodyEvent, CustodyKind, CustodyNote, PairSession, Seal
from rooms.models import StoragePlace
from tests.architecture.test_access_matrix import furnish
from tests.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def assert_whole(box: Box) -> None:
    """Numbers 1…n; each event names the hash and the place before it, and its own hash is that of its facts."""
    before, whence = "", (None, None)
    for n, event in enumerate(box.events.order_by("number"), start=1):
        assert (event.number, event.previous_hash) == (n, before)
        assert event.hash == event.computed_hash()
        assert (event.from_room_id, event.from_place_id) == whence
        before, whence = event.hash, (event.to_room_id, event.to_place_id)
    assert before


def test_the_chain_of_a_box_is_numbered_and_hashed_from_the_first_event_to_the_last() -> None:
    world = make_world()
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    box = world.stored(student)
    packing.store_box(box, place=world.place(), pair=world.pair(), client_id=uuid4())
    assert list(box.events.order_by("number").values_list("kind", flat=True)) == ["packed", "sealed", "stored", "moved"]
    assert_whole(box)


def test_every_fact_of_an_event_is_covered_by_its_hash() -> None:
    world = make_world()
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    event = world.stored(student).events.latest("number")
    covered = {"kind": "moved", "by_id": 0, "witness_id": 0, "number": 9, "seal_number": "X", "contents_digest": "X"}
    covered |= {"photo_hashes": ["X"], "note_commitment": "X", "previous_hash": "X", "to_place_id": 0, "to_room_id": 1}
    covered |= {"from_room_id": 0, "from_place_id": 1}
    for name, forged in covered.items():
        kept = getattr(event, name)
        setattr(event, name, forged)
        assert event.computed_hash() != event.hash, name
        setattr(event, name, kept)
    assert event.computed_hash() == event.hash


def test_the_database_refuses_to_change_or_delete_any_frozen_row() -> None:
    own = furnish("North", "Ownwood")
    box = own.world.stored(own.things[Box].student)
    assert "inventory_custodyevent" in frozen.FROZEN
    filled = 0
    for table in sorted(frozen.FROZEN):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - a name of our own
            rows = cursor.fetchall()
        if not rows:
            continue
        filled += 1
        for act in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608 - a name of our own
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(act)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - a name of our own
            assert cursor.fetchall() == rows
    assert filled >= 5
    assert_whole(box)


def test_erasing_a_note_takes_the_words_and_leaves_the_chain_whole() -> None:
    world = make_world()
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    box = world.sealed(student)
    event = CustodyEvent.append(
        box, CustodyKind.DAMAGED, by=world.mover, witness=world.witness, client_id=uuid4(), note="Dented by the lift."
    )
    assert "Dented" not in str(event.chained())
    assert event.note_commitment
    CustodyNote.objects.filter(event=event).delete()
    packing.store_box(box, place=world.place(), pair=world.pair(), client_id=uuid4())
    assert not CustodyNote.objects.exists()
    assert_whole(box)


def act(verb: str, box: Box, *, shelf: StoragePlace, number: str, pair: PairSession) -> None:
    """One act on the box, whether or not it follows from where the box is."""
    if verb == "put_in":
        thing = packing.Described("Cup", "kitchen", 1, "owned", box.student, [], [])
        packing.put_in(box, thing=thing, photos=[], pair=pair, client_id=uuid4())
    elif verb == "seal":
        packing.seal_box(box, number=number, pair=pair, client_id=uuid4())
    elif verb == "load":
        packing.load_box(box, pair=pair, client_id=uuid4())
    elif verb == "store":
        packing.store_box(box, place=shelf, pair=pair, client_id=uuid4())
    else:
        box.move(place=shelf, pair=pair, client_id=uuid4())


@pytest.mark.parametrize(("boxes", "places", "seed"), [(1, 2, 1), (1, 2, 2), (3, 3, 3), (3, 3, 4)])
def test_whatever_the_order_of_acts_the_invariants_hold(boxes: int, places: int, seed: int) -> None:
    world, draw = make_world(), Random(seed)  # noqa: S311 - meant to repeat itself
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    shelves = [world.place(slots=draw.choice([1, 2])) for _n in range(places)]
    mine = [world.box(student) for _n in range(boxes)]
    sealed: dict[int, str] = {}
    done: dict[str, int] = {}
    for n in range(40):
        box, verb = draw.choice(mine), draw.choice(["put_in", "seal", "load", "store", "store", "move"])
        box.refresh_from_db()
        state, place, digest = box.state, box.place_id, box.contents_digest()
        try:
            # Few numbers for all: some of them were used before.
            act(verb, box, shelf=draw.choice(shelves), number=f"Q{draw.randrange(5)}", pair=world.pair())
            done[verb] = done.get(verb, 0) + 1
        except Refused:
            box.refresh_from_db()
            assert (box.state, box.place_id, box.contents_digest()) == (state, place, digest), (n, verb)
        for each in Box.objects.all():
            last = each.events.latest("number")
            assert each.place_id == last.to_place_id
            assert each.seals.filter(broken_at__isnull=True).count() == (each.state != BoxState.PACKING)
            if each.state != BoxState.PACKING:
                assert each.contents_digest() == sealed.setdefault(each.pk, each.contents_digest())
                assert each.events.get(kind="sealed").contents_digest == sealed[each.pk]
            assert_whole(each)
        for each_place in StoragePlace.objects.all():
            assert each_place.boxes.count() <= each_place.slots
        assert Seal.objects.values("number").distinct().count() == Seal.objects.count()
    assert {"seal", "store"} <= done.keys()
