"""Several processes want the same beds: stays of a bed never overlap, by the lock alone, by the constraint alone."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import frozen
from observation.models import Occupant, Stay
from rooms.models import Bed
from tests.inventory.test_two_at_once import PROCESSES, race
from tests.world import World, make_world

TRIES = 500 if os.environ.get("GUANSHE_FULL") else 25
RACER = "import django; django.setup(); from tests.observation.racer import main; main()"
RULE, UNIQUE = "stays_of_a_bed_never_overlap", "bed_holds_one_open_stay"


def overlaps() -> list[tuple[int, int]]:
    """Every two stays of one bed that share a moment; asked of the rows, not of the database's guards."""
    found = []
    stays = list(Stay.objects.order_by("bed_id", "starts_at", "pk"))
    for n, one in enumerate(stays):
        for other in stays[n + 1 :]:
            if other.bed_id != one.bed_id:
                break
            if one.ends_at is None or other.starts_at < one.ends_at:
                found.append((one.pk, other.pk))
    return found


@contextmanager
def without_guards() -> Iterator[None]:
    """Take from the database what refuses overlapping stays, and put it back."""
    unique = next(one for one in Stay._meta.constraints if one.name == UNIQUE)
    statements = (
        [f"DROP TRIGGER {RULE}_on_insert", f"DROP TRIGGER {RULE}_on_update", f"DROP INDEX {UNIQUE}"]
        if connection.vendor == "sqlite"
        else [f"ALTER TABLE observation_stay DROP CONSTRAINT {RULE}", f"DROP INDEX {UNIQUE}"]
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    try:
        yield
    finally:
        Stay.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Stay, unique)
        frozen.install()
        assert frozen.missing() == []


SAID = ", said the database"


def compete(protected_by: str) -> Counter[str]:
    """Eight processes want the beds of two rooms, again and again; every outcome counted."""
    world = make_world()
    beds = [world.ready_room().beds.get().pk, world.ready_room().beds.get().pk]
    racers = [world.expected() for _n in range(PROCESSES)]
    for one in racers:
        one.stay.end(by=None)
    before = Stay.objects.count()
    rows = [[{"beds": beds, "occupant": one.pk, "tries": TRIES}] for one in racers]
    outcomes = race(protected_by, rows, racer=RACER, patience=1800)
    assert sum(outcomes.values()) == PROCESSES * TRIES, outcomes
    assert Stay.objects.count() - before == outcomes["done"]
    return outcomes


def hold_apart(outcomes: Counter[str], refused: set[str]) -> None:
    """Beds were got and refused, in these words alone, and no two stays of a bed share a moment."""
    assert set(outcomes) <= {"done", *refused}, outcomes
    assert outcomes["done"] >= 2
    assert sum(outcomes[one] for one in refused) >= PROCESSES, "nobody met anybody: that proves nothing"
    assert overlaps() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_bed_is_one_persons_at_any_moment_whoever_tries() -> None:
    """With the lock before it, the database is never even asked in vain."""
    hold_apart(compete("both"), {UNIQUE})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_constraint_alone_keeps_stays_apart() -> None:
    """No transaction, no question before: each refusal is the database's own."""
    hold_apart(compete("constraint"), {UNIQUE + SAID, RULE + SAID})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_lock_alone_keeps_stays_apart() -> None:
    """IMMEDIATE on SQLite, the room's row on PostgreSQL; the database would take any stay."""
    with without_guards():
        hold_apart(compete("lock"), {UNIQUE})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_stays_do_overlap() -> None:
    """The race is hard enough to tell: asking first is not enough, and what is looked for is found."""
    with without_guards():
        outcomes = compete("neither")
        assert outcomes["done"] >= 2
        assert len(overlaps()) > 0


@pytest.fixture
def world() -> World:
    return make_world()


def raw_insert(bed: Bed, occupant: Occupant, starts: Any, ends: Any) -> None:
    """A stay around all code."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO observation_stay (entered_at, occupant_id, bed_id, starts_at, arrived_at, ends_at) "
            "VALUES (%s, %s, %s, %s, NULL, %s)",
            [adapted(timezone.now()), occupant.pk, bed.pk, adapted(starts), adapted(ends)],
        )


def adapted(at: Any) -> Any:
    """A moment as this database keeps it."""
    return connection.ops.adapt_datetimefield_value(at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts", "ends"),
    [(-30, 1), (10, 20), (-30, 120), (59, None), (-30, None), (0, 60)],
)
def test_an_insert_around_the_code_cannot_overlap(world: World, starts: int, ends: int | None) -> None:
    bed, other, stays = an_hour(world)
    at = stays.starts_at
    with pytest.raises(IntegrityError, match=RULE):
        raw_insert(bed, other, at + timedelta(minutes=starts), None if ends is None else at + timedelta(minutes=ends))
    assert Stay.objects.filter(bed=bed).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("starts", "ends"), [(-30, 0), (60, 90), (60, None)])
def test_one_stay_may_begin_when_the_other_ends(world: World, starts: int, ends: int | None) -> None:
    bed, other, stays = an_hour(world)
    at = stays.starts_at
    raw_insert(bed, other, at + timedelta(minutes=starts), None if ends is None else at + timedelta(minutes=ends))
    assert overlaps() == []


@pytest.mark.django_db
def test_an_update_around_the_code_cannot_overlap_either(world: World) -> None:
    bed, other, stays = an_hour(world)
    raw_insert(bed, other, stays.starts_at + timedelta(minutes=60), stays.starts_at + timedelta(minutes=90))
    for statement, values in (
        ("UPDATE observation_stay SET ends_at = NULL WHERE id = %s", [stays.pk]),
        (
            "UPDATE observation_stay SET starts_at = %s WHERE occupant_id = %s AND bed_id = %s",
            [adapted(stays.starts_at), other.pk, bed.pk],
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    assert overlaps() == []


def an_hour(world: World) -> tuple[Bed, Occupant, Stay]:
    """A bed that was somebody's for an hour of 2020, and somebody else without a bed."""
    room = world.ready_room()
    occupant, other = world.expected(room.beds.get()), world.expected()
    other.stay.end(by=None)
    stay = occupant.stay
    Stay.objects.filter(pk=stay.pk).delete()
    at = stay.starts_at.astimezone(UTC) - timedelta(days=30)
    return (
        room.beds.get(),
        other,
        Stay.enter(by=None, occupant=occupant, bed=room.beds.get(), starts_at=at, ends_at=at + timedelta(hours=1)),
    )
