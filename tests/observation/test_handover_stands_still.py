"""What both signed never changes: not by two phones at once, and not by SQL around all code, on both databases."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from core import frozen
from observation.handing_over import pointing, taking_over, writing
from observation.models import Handover, HandoverLine, Shift
from tests.inventory.test_two_at_once import PROCESSES, race
from tests.observation.test_handover_flow import RESTATED, Site, seen

RACER = "import django; django.setup(); from tests.observation.handover_racer import main; main()"


def site_now() -> Site:
    """The site at this very moment: the processes of a race know no other clock."""
    site = Site()
    now = timezone.now()
    Shift.objects.filter(pk=site.night.pk).update(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    Shift.objects.filter(pk=site.day.pk).update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    Shift.objects.filter(pk=site.night.pk).update(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=9))
    for shift in (site.day, site.night):
        shift.refresh_from_db()
        shift.duties.get().amend(by=None, starts_at=shift.starts_at, ends_at=shift.ends_at)
    writing.begin_first(site.building, by=site.giver)
    return site


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_phones_take_over_at_once_and_one_does() -> None:
    site = site_now()
    pointing.open_point(site.building, words="Ask for the plumber", by=site.giver, client_id=uuid4())
    begun = race("begin", [[{"building": site.building.pk, "user": site.giver.pk}]] * PROCESSES, racer=RACER)
    assert begun == {"done": PROCESSES}
    handover = Handover.objects.get()
    shown = [line.key for line in handover.lines.all()]
    signing = {"handover": handover.pk, "user": site.giver.pk, "shown": shown}
    signed = race("sign", [[{**signing, "words": f"Words {n}"}] for n in range(PROCESSES)], racer=RACER)
    assert signed == {"done": PROCESSES}
    handover.refresh_from_db()
    assert handover.history.filter(signed_at__isnull=False).count() == 1
    taking = {"handover": handover.pk, "user": site.receiver.pk}
    rows = [[{**taking, "words": f"Said by phone number {n}"}] for n in range(PROCESSES)]
    outcomes = race("acknowledge", rows, racer=RACER)
    assert outcomes == {"done": 1, "handover-acknowledged": PROCESSES - 1}
    handover.refresh_from_db()
    assert handover.digest == taking_over.digest_of(handover)
    assert handover.history.filter(acknowledged_at__isnull=False).count() == 1
    assert list(Shift.objects.under_way()) == [site.night]


@pytest.fixture
def done(db: None) -> Handover:
    """An acknowledged handover with a line."""
    site = site_now()
    pointing.open_point(site.building, words="Ask for the plumber", by=site.giver, client_id=uuid4())
    handover = writing.begin(site.building, by=site.giver)
    writing.sign(handover, seen(handover), by=site.giver)
    taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    handover.refresh_from_db()
    assert handover.lines.exists()
    assert frozen.missing() == []
    return handover


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


COLUMNS = "key, section, kind, told, position, attention, fresh, age, top, note, entered_at"
AROUND = {
    "change its words": "UPDATE observation_handover SET words = 'Never said' WHERE id = {pk}",
    "change what was restated": "UPDATE observation_handover SET restated = 'Never restated' WHERE id = {pk}",
    "change who received it": "UPDATE observation_handover SET receiver_id = giver_id WHERE id = {pk}",
    "open it again": "UPDATE observation_handover SET acknowledged_at = NULL, receiver_id = NULL WHERE id = {pk}",
    "change its digest": "UPDATE observation_handover SET digest = 'f' WHERE id = {pk}",
    "change its figures": "UPDATE observation_handover SET figures = '{{}}' WHERE id = {pk}",
    "delete it": "DELETE FROM observation_handover WHERE id = {pk}",
    "change a line": "UPDATE observation_handoverline SET note = 'x' WHERE handover_id = {pk}",
    "delete a line": "DELETE FROM observation_handoverline WHERE handover_id = {pk}",
    "add a line": (
        f"INSERT INTO observation_handoverline (handover_id, {COLUMNS}) "  # noqa: S608
        f"SELECT {{pk}}, 'made:up', {COLUMNS.partition(', ')[2]} FROM observation_handoverline "
        "WHERE handover_id = {pk} LIMIT 1"
    ),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_no_statement_around_the_code_changes_an_acknowledged_handover(done: Handover, around: str) -> None:
    before = (
        list(Handover.objects.values()),
        list(HandoverLine.objects.order_by("pk").values()),
    )
    with pytest.raises(DatabaseError, match="append-only"):
        run(around.format(pk=done.pk))
    assert (list(Handover.objects.values()), list(HandoverLine.objects.order_by("pk").values())) == before


def test_no_line_is_carried_into_or_out_of_it(done: Handover) -> None:
    following = Shift.objects.under_way().get()
    other = Handover.enter(by=None, building=done.building, shift=following, giver=done.receiver)
    line = HandoverLine.enter(by=None, handover=other, key="x", section="actions", kind="point", told={})
    for statement, values in (
        ("UPDATE observation_handoverline SET handover_id = %s WHERE id = %s", (done.pk, line.pk)),
        ("UPDATE observation_handoverline SET handover_id = %s WHERE handover_id = %s", (other.pk, done.pk)),
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            run(statement, *values)
    # While it is open, it is written on.
    run("UPDATE observation_handoverline SET note = 'x' WHERE id = %s", line.pk)


def test_one_person_stands_on_both_sides_of_no_row(done: Handover) -> None:
    following = Shift.objects.under_way().get()
    giver = done.receiver
    open_one = Handover.enter(by=None, building=done.building, shift=following, giver=giver)
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    signed = (
        "UPDATE observation_handover SET signed_at = %s, acknowledged_at = %s, restated = 'Said', digest = 'f', "
        "receiver_id = %s WHERE id = %s"
    )
    with pytest.raises(IntegrityError, match="receiver_is_not_the_giver"):
        run(signed, at, at, giver.pk, open_one.pk)
    with pytest.raises(IntegrityError, match="acknowledged_handover_is_complete"):
        run(signed, at, at, None, open_one.pk)
    third = Shift.enter(
        by=None,
        building=done.building,
        pattern=following.pattern,
        day=following.day + timedelta(days=3),
        starts_at=following.ends_at + timedelta(days=3),
        ends_at=following.ends_at + timedelta(days=4),
    )
    copied = "building_id, giver_id, severity, words, figures"
    into = f"INSERT INTO observation_handover (shift_id, {copied}, restated, digest, entered_at, signed_at"
    of = "FROM observation_handover WHERE id = %s"
    with pytest.raises(IntegrityError, match="receiver_is_not_the_giver"):
        run(
            f"{into}, receiver_id, acknowledged_at) SELECT %s, {copied}, 'Said', 'f', %s, %s, giver_id, %s {of}",
            *(third.pk, at, at, at, done.pk),
        )
    # A second open handover of the building is refused by the database itself.
    with pytest.raises(IntegrityError, match=r"one_handover_is_open|observation_handover\.building_id"):
        run(f"{into}) SELECT %s, {copied}, '', '', %s, NULL {of}", *(third.pk, at, done.pk))
