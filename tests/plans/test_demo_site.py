"""The demo on day 6 of observation, told by the words of the pages; made once for the whole file."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker, Settings

from inventory.models import Box, BoxState, Confirmation, ObjectionState, Override, Student
from inventory.models.manifest import Objection
from inventory.packing import clearances
from observation import meals, roll_calling, standing, turning_over
from observation.duty import forecasting
from observation.models import (
    Absence,
    CareNote,
    Duty,
    DutyChange,
    DutyChangeKind,
    Eligibility,
    HealthCheck,
    HospitalTransfer,
    KitchenOrder,
    Occupant,
    OccupantState,
    Protocol,
    Request,
    RollCall,
    Shift,
    Stay,
    Step,
    Swap,
    SwapState,
)
from people.models import User
from plans.demo import comers, emptied, site
from rooms.models import Building, Disinfection, Incident, Room, RoomInspection, RoomState, WasteCollection

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def building(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Building]:
    """The building on day 6 at noon, which stays noon while the tests look."""
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(MEDIA_ROOT=media),
        translation.override("en"),
        patch.object(timezone, "now", lambda: NOON),
    ):
        site.build(6)
        yield Building.objects.get()
        transaction.set_rollback(True)


def named(building: Building, name: str) -> Occupant:
    return Occupant.objects.in_building(building).get(person__name=name)


def test_twenty_two_occupants_live_in_thirty_rooms_and_six_come_tomorrow(building: Building) -> None:
    rooms = standing.rooms_of(building, NOON)
    assert (len(rooms), sum(len(room.staying) for room in rooms), sum(len(room.expected) for room in rooms)) == (
        30,
        22,
        6,
    )
    states = Counter(Occupant.objects.in_building(building).values_list("state", flat=True))
    assert states == {"staying": 22, "expected": 6, "released": 2, "at-hospital": 1, "cancelled": 1}


def test_one_reading_is_late_and_no_other(building: Building) -> None:
    late = [one.name for room in standing.rooms_of(building, NOON) for one in room.guests if one.late]
    assert late == [comers.LATE]


def test_a_fever_has_an_open_alert_with_steps_under_way_and_a_way_to_hospital_agreed(building: Building) -> None:
    occupant = named(building, comers.FEVER)
    alert = occupant.alerts.open().get()
    assert [step.kind for step in alert.steps.order_by("pk")] == [Step.ISOLATE, Step.CALL]
    assert (alert.taken_by.username, alert.escalated(NOON)) == ("nurse", False)
    readings = occupant.checks.valid().measured().order_by("-pk")[:2]
    assert [str(check.temperature) for check in readings] == ["38.2", "38.1"]
    assert [step.kind for step in occupant.transfers.get().steps.all()] == ["agreed"]
    assert standing.counts(standing.rooms_of(building, NOON))["alert"] == 1


def test_somebody_went_to_hospital_moved_went_home_and_never_came(building: Building) -> None:
    assert named(building, comers.TO_HOSPITAL).state == OccupantState.AT_HOSPITAL
    assert HospitalTransfer.objects.get(occupant=named(building, comers.TO_HOSPITAL)).steps.count() == 4
    moved = named(building, comers.MOVED)
    assert [stay.ends_at is None for stay in moved.stays.order_by("pk")] == [False, True]
    for name in (comers.RELEASED, comers.RELEASED_NEXT):
        assert (named(building, name).state, named(building, name).stay) == (OccupantState.RELEASED, None)
    assert named(building, comers.STAYED_AWAY).state == OccupantState.CANCELLED


def test_one_room_awaits_disinfection_and_one_inspection(building: Building) -> None:
    states = Counter(room.state for room in standing.rooms_of(building, NOON))
    assert states == {
        RoomState.OCCUPIED: 21,
        RoomState.READY: 7,
        RoomState.TO_DISINFECT: 1,
        RoomState.DISINFECTED: 1,
    }


def test_the_rooms_say_what_the_stays_say(building: Building) -> None:
    lived_in = set(Stay.objects.open().filter(arrived_at__isnull=False).values_list("bed__room", flat=True))
    assert set(Room.objects.filter(state=RoomState.OCCUPIED).values_list("pk", flat=True)) == lived_in
    held = Room.objects.filter(beds__stays__in=Stay.objects.open())
    assert set(held.values_list("state", flat=True)) <= {RoomState.OCCUPIED, RoomState.READY}


def test_stays_of_a_bed_never_overlap(building: Building) -> None:
    by_bed: dict[int, list[Stay]] = {}
    for stay in Stay.objects.order_by("starts_at", "pk"):
        by_bed.setdefault(stay.bed_id, []).append(stay)
    for stays in by_bed.values():
        for earlier, later in pairwise(stays):
            assert earlier.ends_at is not None
            assert earlier.ends_at <= later.starts_at


def test_every_slot_has_one_reading_and_every_reading_an_author_in_the_house(building: Building) -> None:
    readings = HealthCheck.objects.valid().measured().filter(repeats__isnull=True)
    slots = Counter(readings.values_list("occupant", "day", "hour"))
    assert set(slots.values()) == {1}
    assert set(readings.values_list("by__username", flat=True)) == {"nurse", "nurse2"}
    assert not HealthCheck.objects.filter(at__gt=NOON).exists()


def test_occupants_report_themselves_and_a_headache_was_looked_into(building: Building) -> None:
    told = HealthCheck.objects.filter(self_reported=True)
    assert set(told.values_list("occupant__person__name", flat=True)) == {*comers.WHO_REPORT, comers.HEADACHE}
    assert told.filter(occupant__person__name=comers.AT_THE_DOOR).latest("pk").at > NOON - timedelta(hours=2)
    alert = named(building, comers.HEADACHE).alerts.get()
    assert (alert.check_up.self_reported, alert.closed_by.username) == (True, "nurse2")


def test_every_inspection_is_another_persons_than_the_disinfection(building: Building) -> None:
    assert Disinfection.objects.count() >= 30
    assert all(one.by_id != one.disinfection.by_id for one in RoomInspection.objects.select_related("disinfection"))


def test_the_move_is_finished(building: Building) -> None:
    students = list(Student.objects.in_building(building))
    halves = clearances(students)
    assert (len(students), all(half.may_pack for half in halves)) == (48, True)
    assert set(Box.objects.values_list("state", flat=True)) == {BoxState.STORED}
    assert {box.student_id for box in Box.objects.all()} == {student.pk for student in students}
    overridden = {half.student.student_number for half in halves if half.overridden}
    assert overridden == emptied.GROUNDS.keys()
    signed = Override.objects.signed().filter(student__student_number__in=overridden, reach="pack")
    assert signed.count() == len(overridden)
    assert set(Objection.objects.values_list("state", flat=True)) == {ObjectionState.CLOSED}
    assert 30 <= Confirmation.objects.count() < 48
    assert not any(turning_over.against_ready(room) for room in Room.objects.bedrooms())


def test_requests_talks_incidents_waste_and_meals_stand_as_a_week_leaves_them(building: Building) -> None:
    assert (Request.objects.count(), Request.objects.open().count()) == (10, 4)
    assert Request.objects.filter(self_reported=True).exists()
    assert (Incident.objects.count(), Incident.objects.open().count()) == (3, 1)
    assert CareNote.objects.filter(again_on__isnull=False).exists()
    assert WasteCollection.objects.exists()
    lunch = KitchenOrder.objects.get(day=NOON.date(), meal="lunch")
    assert lunch.portions == meals.count(meals.eaters(building, day=NOON.date(), meal="lunch")).portions
    assert sum(lunch.portions.values()) == 22


def test_last_evenings_roll_has_a_discrepancy_and_says_what_was_done(building: Building) -> None:
    roll_call = RollCall.objects.latest("pk")
    kinds = [one.kind for one in roll_calling.standing(roll_call).discrepancies]
    assert kinds == [roll_calling.Differs.MISSING, roll_calling.Differs.UNEXPECTED]
    assert roll_call.closed_by is not None
    assert roll_call.words


@pytest.mark.parametrize("day", [-1, 31])
def test_a_day_outside_the_month_is_refused_in_a_sentence(day: int) -> None:
    with pytest.raises(CommandError, match="from 0 to 30"):
        call_command("demo", day=day, no_serve=True)


def test_a_day_without_fresh_on_kept_data_says_what_to_do(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "demo.json").write_text("{}")
    with pytest.raises(CommandError, match="add --fresh"):
        call_command("demo", day=6, no_serve=True)


def test_the_protocol_is_the_default_one_but_for_its_hours(building: Building) -> None:
    assert Protocol.objects.get().check_hours == ["08:00", "15:00"]


def test_every_shift_since_the_first_day_is_led_by_somebody_with_a_log_in(building: Building) -> None:
    first = NOON - timedelta(days=6, hours=16)
    shifts = list(Shift.objects.in_building(building).filter(starts_at__range=(first, NOON + timedelta(days=14))))
    led = {duty.shift_id: duty for duty in Duty.objects.held().filter(post__leads=True)}
    assert min(shift.starts_at for shift in shifts) == first
    assert {shift.pk for shift in shifts} <= led.keys()
    by_log_in = set(User.objects.filter(person__isnull=False).values_list("person", flat=True))
    assert {duty.person_id for duty in led.values()} <= by_log_in
    assert len({duty.person_id for duty in led.values()}) == 3


def test_the_roster_has_one_gap_a_swap_that_waits_a_take_over_and_a_substitute(building: Building) -> None:
    gaps = forecasting.forecast(building)
    assert [[gap.post.name for gap in row.gaps] for row in gaps] == [["门岗"]]
    assert timedelta(days=4) < gaps[0].starts - NOON < timedelta(days=8)
    assert forecasting.clashes_between(building, NOON, NOON + timedelta(days=14)) == []
    assert Swap.objects.get().state == SwapState.AGREED
    assert DutyChange.objects.filter(kind=DutyChangeKind.TAKEN_OVER).count() == 1
    assert Absence.objects.filter(substitute__isnull=False).count() == 1
    assert 40 <= Eligibility.objects.values("person").distinct().count() <= 48
