"""Several nurses at the same doors in the same second: one reading a person, one alert, the others are told."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from observation import rounds
from observation.models import Alert, HealthCheck
from rooms.models import RoleKind
from tests.inventory.test_two_at_once import race
from tests.world import World, make_world

NURSES, PEOPLE = 6, 10
RACER = "import django; django.setup(); from tests.observation.nurse_racer import main; main()"
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def w() -> World:
    return make_world()


def test_nurses_at_the_same_doors_leave_one_reading_a_person_and_the_others_are_told(w: World) -> None:
    people = [w.occupant(w.ready_room(f"3{n:02}").beds.get()).pk for n in range(PEOPLE)]
    slot = rounds.current_slot(w.building, timezone.now())
    nurses = [w.user(RoleKind.NURSE, name=f"nurse{n}") for n in range(NURSES)]
    rows = [
        [
            {
                "nurse": nurse.pk,
                "occupant": pk,
                "day": slot.day.isoformat(),
                "hour": slot.hour,
                "temperature": f"38.{n}",
            }
            for pk in people
        ]
        for n, nurse in enumerate(nurses)
    ]
    outcomes = race("take", rows, racer=RACER)
    assert outcomes == {"done": PEOPLE, "slot_has_one_reading, told": PEOPLE * (NURSES - 1)}
    assert sorted(HealthCheck.objects.values_list("occupant", flat=True)) == sorted(people)
    for alert in Alert.objects.select_related("check_up"):
        assert alert.check_up.occupant_id == alert.occupant_id
    assert sorted(Alert.objects.values_list("occupant", flat=True)) == sorted(people)


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        ("again", "fever_is_measured_again_once, told"),
        ("correct", "reading-superseded, told"),
        ("add", "reading-superseded, told"),
    ],
)
def test_a_second_measurement_a_correction_and_an_added_symptom_stand_once_each(
    w: World, act: str, refusal: str
) -> None:
    people = [w.occupant(w.ready_room(f"3{n:02}").beds.get()) for n in range(PEOPLE)]
    slot = rounds.current_slot(w.building, timezone.now())
    given: dict[str, Any] = {"day": slot.day, "hour": slot.hour, "symptoms": [], "skipped": "", "by": w.nurse}
    checks = [rounds.take_reading(one, temperature=Decimal("38.1"), client_id=uuid4(), **given).pk for one in people]
    nurses = [w.user(RoleKind.NURSE, name=f"nurse{n}") for n in range(NURSES)]
    rows = [
        [{"nurse": nurse.pk, "check": pk, "temperature": f"38.{n + 2}"} for pk in checks]
        for n, nurse in enumerate(nurses)
    ]
    outcomes = race(act, rows, racer=RACER)
    assert outcomes == {"done": PEOPLE, refusal: PEOPLE * (NURSES - 1)}
    for pk in checks:
        own = rounds.readings_with(HealthCheck.objects.get(pk=pk))
        stands = own.second if act == "again" else own.first
        assert stands is not None
        assert stands.by_id in {nurse.pk for nurse in nurses}
        assert HealthCheck.objects.filter(occupant=stands.occupant_id).count() == 2
    assert Alert.objects.count() == PEOPLE
