"""Several nurses at the same doors in the same second: one reading a person, one alert, the others are told."""

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
