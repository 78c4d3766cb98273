"""Late is one thing: the round and the board name the same people at every moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from core.records import Refused
from observation import moving, rounds
from observation.models import Occupant
from observation.slots import Due
from observation.standing import rooms_of
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def clock() -> Iterator[Any]:
    """The eve of the day that is told of."""
    with time_machine.travel(datetime(2020, 2, 13, 18, tzinfo=SHANGHAI), tick=False) as clock:
        yield clock


def on_round(w: World, at: datetime) -> set[str]:
    return {one.name for one in rounds.due_list(w.building, at) if one.standing == Due.LATE}


def on_board(w: World, at: datetime) -> set[str]:
    return {guest.name for room in rooms_of(w.building, at) for guest in room.guests if guest.late}


def late(w: World, at: datetime) -> set[str]:
    """Who is late, which both must say alike."""
    assert on_board(w, at) == on_round(w, at), at
    return on_round(w, at)


def measured(w: World, occupant: Occupant, *, skipped: str = "") -> None:
    now = datetime.now(UTC)
    slot = rounds.current_slot(w.building, now)
    value = None if skipped else Decimal("36.5")
    given: dict[str, Any] = {"temperature": value, "symptoms": [], "skipped": skipped, "client_id": uuid4()}
    rounds.take_reading(occupant, day=slot.day, hour=slot.hour, by=w.nurse, **given)


def test_last_evenings_round_stays_late_after_midnight_until_the_next_one_opens(w: World, clock: Any) -> None:
    w.protocol(check_hours=["08:00", "20:00"])
    w.occupant(name="Guest")
    assert [late(w, datetime(2020, 2, 13, hour, minute, tzinfo=SHANGHAI)) for hour, minute in ((20, 59), (21, 0))] == [
        set(),
        {"Guest"},
    ]
    assert late(w, datetime(2020, 2, 14, 3, tzinfo=SHANGHAI)) == {"Guest"}
    assert late(w, datetime(2020, 2, 14, 7, 30, tzinfo=SHANGHAI)) == set()
    clock.move_to(datetime(2020, 2, 14, 3, tzinfo=SHANGHAI))
    page = phone_of(w.nurse).get(f"{reverse('site', args=[w.building.pk])}?mark=late")
    assert "Guest" in said(page)


def test_a_protocol_that_changes_at_noon_is_late_by_its_own_hours_and_minutes(w: World, clock: Any) -> None:
    w.protocol(check_hours=["08:00", "15:00"], late_after_minutes=60)
    w.protocol(
        check_hours=["07:00", "13:00"],
        late_after_minutes=30,
        version="5",
        applies_from=datetime(2020, 2, 14, 12, tzinfo=SHANGHAI),
    )
    w.occupant(name="Guest")
    moments = {(9, 0): True, (11, 59): True, (12, 30): False, (13, 29): False, (13, 30): True, (16, 30): True}
    found = {(h, m): late(w, datetime(2020, 2, 14, h, m, tzinfo=SHANGHAI)) == {"Guest"} for h, m in moments}
    assert found == moments


@pytest.mark.parametrize(
    ("day", "due"),
    [
        # The hour that the clocks leave out stands where it would have been, the one that comes twice counts once.
        (datetime(2020, 3, 29, tzinfo=BERLIN), datetime(2020, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2020, 10, 25, tzinfo=BERLIN), datetime(2020, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_clock_change_makes_nobody_late_an_hour_early_or_twice(
    w: World, clock: Any, day: datetime, due: datetime
) -> None:
    w.building.amend(by=None, time_zone="Europe/Berlin")
    w.protocol(check_hours=["02:30", "15:00"])
    clock.move_to(day - timedelta(hours=6))
    w.occupant(name="Guest")
    assert late(w, due + timedelta(minutes=59)) == set()
    assert late(w, due + timedelta(minutes=60)) == {"Guest"}


def test_the_round_and_the_board_agree_at_every_quarter_of_an_hour_for_two_days(w: World, clock: Any) -> None:
    w.protocol(check_hours=["08:00", "20:00"])
    w.protocol(check_hours=["06:00", "13:00"], version="5", applies_from=datetime(2020, 2, 14, 12, tzinfo=SHANGHAI))
    one, two, moved, _ill = (w.occupant(name=name) for name in ("One", "Two", "Moved", "Ill"))
    clock.move_to(datetime(2020, 2, 14, 8, 10, tzinfo=SHANGHAI))
    measured(w, one)
    measured(w, two, skipped="asleep")
    clock.move_to(datetime(2020, 2, 14, 10, tzinfo=SHANGHAI))
    w.occupant(name="Newcomer")
    moving.move_to(moved, bed=w.ready_room().beds.get(), reason="The window leaks.", by=w.duty_officer)
    assert late(w, datetime(2020, 2, 14, 10, 15, tzinfo=SHANGHAI)) == {"Moved", "Ill"}
    everybody = {"One", "Two", "Moved", "Ill", "Newcomer"}
    seen = [late(w, datetime(2020, 2, 14, 10, tzinfo=SHANGHAI) + timedelta(minutes=15 * n)) for n in range(192)]
    assert {"Moved", "Ill"} in seen
    assert everybody in seen
    assert set() in seen


def test_who_was_late_stays_late_in_another_room_and_who_was_in_hospital_is_not(w: World, clock: Any) -> None:
    w.protocol(check_hours=["08:00", "20:00"])
    moved, away = w.occupant(name="Moved"), w.occupant(name="Away")
    transfer = moving.send_to_hospital(away, hospital="District", reason="Fever", vehicle="Car", by=w.duty_officer)
    for kind in ("agreed", "vehicle", "left", "handed-over"):
        clock.shift(timedelta(minutes=5))
        moving.take_transfer_step(transfer, kind=kind, by=w.duty_officer, client_id=uuid4())
    clock.move_to(datetime(2020, 2, 14, 10, tzinfo=SHANGHAI))
    away.refresh_from_db()
    moving.come_back(away, bed=w.ready_room().beds.get(), by=w.duty_officer)
    for _n in range(2):
        moving.move_to(moved, bed=w.ready_room().beds.get(), reason="The window leaks.", by=w.duty_officer)
        clock.shift(timedelta(minutes=5))
    assert late(w, datetime(2020, 2, 14, 11, tzinfo=SHANGHAI)) == {"Moved"}


def test_before_the_protocols_first_round_nobody_is_late_on_the_board(w: World, clock: Any) -> None:
    w.occupant(name="Guest")
    before = datetime(2020, 2, 1, tzinfo=SHANGHAI)
    assert on_board(w, before) == set()
    with pytest.raises(Refused, match="no-slot-yet"):
        rounds.due_list(w.building, before)


def test_a_building_without_a_protocol_has_a_board_and_a_sentence_instead_of_a_round(w: World) -> None:
    w.room("201")
    phone = phone_of(w.nurse)
    assert phone.get(reverse("site", args=[w.building.pk])).status_code == 200
    answer = phone.get(reverse("round", args=[w.building.pk]))
    assert (answer.status_code, "No round is due yet" in said(answer)) == (409, True)
    assert phone.get(reverse("check_grid", args=[w.building.pk])).status_code == 200
