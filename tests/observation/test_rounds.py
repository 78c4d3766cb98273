"""Readings: what is refused, what is kept, and which slot they count for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.records import Refused
from observation import rounds, thermometer
from observation.models import Alert, HealthCheck, Occupant
from observation.slots import Due, slots_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def take(world: World, occupant: Occupant, temperature: str = "36.5", **given: Any) -> HealthCheck:
    slot = rounds.current_slot(world.building, timezone.now())
    fields: dict[str, Any] = {
        "day": slot.day,
        "hour": slot.hour,
        "temperature": Decimal(temperature) if temperature else None,
        "symptoms": [],
        "skipped": "",
        "by": world.nurse,
        "client_id": uuid4(),
        **given,
    }
    return rounds.take_reading(occupant, **fields)


def again(world: World, check: HealthCheck, temperature: str) -> HealthCheck:
    return rounds.measure_again(check, temperature=Decimal(temperature), symptoms=[], by=world.nurse, client_id=uuid4())


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("73.3", "temperature-out-of-range"),
        ("3.66", "temperature-point"),
        ("366", "temperature-point"),
        ("99", "temperature-fahrenheit"),
        ("34.9", "temperature-out-of-range"),
        ("42.1", "temperature-out-of-range"),
        ("36.55", "temperature-too-fine"),
    ],
)
def test_what_no_thermometer_shows_is_refused_and_leaves_nothing(world: World, value: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        take(world, world.occupant(), value)
    assert not HealthCheck.objects.exists()


def test_a_missing_point_is_asked_about_and_99_looks_like_fahrenheit() -> None:
    assert "36.6?" in thermometer.fault(Decimal("366"))[1]
    assert "36.6?" in thermometer.fault(Decimal("3.66"))[1]
    assert "°F" in thermometer.fault(Decimal("99"))[1]
    assert thermometer.read_temperature("３６．５℃") == Decimal("36.5")


def test_a_fever_asks_for_a_second_measurement_keeps_both_and_raises_one_alert(world: World) -> None:
    occupant = world.occupant()
    first = take(world, occupant, "37.3")
    assert rounds.due_list(world.building, timezone.now())[0].standing == Due.AGAIN
    second = again(world, first, "37.6")
    assert second.repeats == first
    assert rounds.due_list(world.building, timezone.now())[0].standing == Due.DONE
    assert HealthCheck.objects.valid().count() == 2
    assert Alert.objects.get().check_up == first
    with pytest.raises(Refused, match="fever_is_measured_again_once"):
        again(world, first, "36.5")


def test_no_second_measurement_without_a_fever(world: World) -> None:
    with pytest.raises(Refused, match="no-fever-to-measure-again"):
        again(world, take(world, world.occupant(), "37.2"), "37.2")


def test_the_second_nurse_is_told_who_took_it_and_what(world: World) -> None:
    occupant = world.occupant()
    take(world, occupant, "36.5")
    other = world.user("nurse", name="other")
    with pytest.raises(Refused, match="slot_has_one_reading") as refused:
        take(world, occupant, "36.8", by=other)
    assert str(world.nurse) in str(refused.value.message)
    assert "36.5 °C" in str(refused.value.message)
    assert HealthCheck.objects.count() == 1


def test_a_double_tap_makes_one_reading(world: World) -> None:
    occupant, client_id = world.occupant(), uuid4()
    assert take(world, occupant, client_id=client_id) == take(world, occupant, client_id=client_id)
    assert HealthCheck.objects.get().by == world.nurse


def test_a_correction_takes_the_place_of_the_wrong_reading_and_says_why(world: World) -> None:
    wrong = take(world, world.occupant(), "36.5")
    given: dict[str, Any] = {"temperature": Decimal("36.8"), "symptoms": [], "skipped": "", "by": world.nurse}
    with pytest.raises(Refused, match="correction_says_why"):
        rounds.correct(wrong, why=" ", client_id=uuid4(), **given)
    right = rounds.correct(wrong, why="Misread", client_id=uuid4(), **given)
    assert (HealthCheck.objects.valid().get(), right.supersedes, right.why) == (right, wrong, "Misread")
    with pytest.raises(Refused, match="reading-superseded"):
        rounds.correct(wrong, why="Again", client_id=uuid4(), **given)


def test_who_was_asleep_is_measured_after_all(world: World) -> None:
    occupant = world.occupant()
    skip = take(world, occupant, "", skipped="asleep")
    assert rounds.due_list(world.building, timezone.now())[0].standing == Due.SKIPPED
    assert take(world, occupant).supersedes == skip


def test_nobody_who_is_not_here_gets_a_reading(world: World) -> None:
    here = world.occupant()
    here.step("leave_for_hospital", by=world.nurse)
    for occupant in (here, world.expected()):
        with pytest.raises(Refused, match="occupant-not-here"):
            take(world, occupant)


def test_symptoms_are_the_protocols_and_a_skip_has_none(world: World) -> None:
    occupant = world.occupant()
    for given, code in (
        ({"symptoms": ["dizzy"]}, "symptom-unknown"),
        ({"temperature": None}, "reading_or_reason"),
        ({"skipped": "asleep"}, "reading_or_reason"),
        ({"day": date(2031, 1, 1)}, "slot-not-open"),
        ({"hour": "03:33"}, "slot-unknown"),
    ):
        with pytest.raises(Refused, match=code):
            take(world, occupant, **given)
    assert not HealthCheck.objects.exists()


def test_a_protocol_changed_at_noon_leaves_the_morning_as_it_was(world: World) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    old = world.protocol(check_hours=["08:00", "15:00"])
    new = world.protocol(check_hours=["07:00", "13:00", "20:00"], applies_from=datetime(2020, 2, 20, 12, tzinfo=zone))
    slots = slots_of([old, new], zone, [date(2020, 2, 20)])
    assert [(slot.hour, slot.protocol) for slot in slots] == [("08:00", old), ("13:00", new), ("20:00", new)]


def test_a_clock_change_moves_no_slot_and_doubles_none(world: World) -> None:
    zone = ZoneInfo("Europe/Berlin")
    protocol = world.protocol(check_hours=["02:30", "15:00"])
    for day, first in (
        (date(2020, 3, 29), datetime(2020, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2020, 10, 25), datetime(2020, 10, 25, 0, 30, tzinfo=UTC)),
    ):
        slots = slots_of([protocol], zone, [day])
        assert [slot.hour for slot in slots] == ["02:30", "15:00"]
        assert slots[0].starts_at == first
        assert all(slot.late_at - slot.starts_at == timedelta(hours=1) for slot in slots)


@pytest.mark.parametrize("count", [1, 30])
def test_the_due_list_asks_two_questions(world: World, count: int, django_assert_num_queries: Any) -> None:
    for _n in range(count):
        world.occupant()
    with django_assert_num_queries(2):
        assert len(rounds.due_list(world.building, timezone.now())) == count


def test_a_reading_of_the_protocol_before_keeps_its_own_fever_and_costs_one_question_for_all(
    world: World, django_assert_num_queries: Any
) -> None:
    before = world.protocol(fever_from=Decimal("36.9"), applies_from=datetime(2020, 2, 7, tzinfo=UTC))
    world.protocol()
    slot = rounds.current_slot(world.building, timezone.now())
    for _n in range(3):
        HealthCheck(
            client_id=uuid4(),
            at=timezone.now(),
            occupant=world.occupant(),
            protocol=before,
            day=slot.day,
            hour=slot.hour,
            temperature=Decimal("37.0"),
            by=world.nurse,
        ).save()
    with django_assert_num_queries(3):
        due = rounds.due_list(world.building, timezone.now())
    assert [visit.standing for visit in due] == [Due.AGAIN] * 3
