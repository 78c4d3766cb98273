"""An occupant's page: as few questions at a hundred readings as at one, symptoms named, links where they lead."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.records import Refused
from observation import ending, moving, rounds
from observation.models import HealthCheck, Occupant, OccupantState, Symptom
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def reading(world: World, occupant: Occupant, *, ago: int = 0, temperature: str = "36.5") -> HealthCheck:
    made = HealthCheck(
        client_id=uuid4(),
        at=timezone.now() - timedelta(days=ago),
        occupant=occupant,
        protocol=ending.protocol_of(world.building),
        day=ending.today(world.building) - timedelta(days=ago),
        hour="08:00",
        temperature=Decimal(temperature),
        symptoms=[Symptom.COUGH.value] if ago == 1 else [],
        by=world.nurse,
    )
    made.save()
    return made


@pytest.mark.parametrize("count", [1, 100])
def test_the_page_asks_no_more_for_a_hundred_readings_than_for_one(world: World, client: Client, count: int) -> None:
    occupant = world.occupant()
    for ago in range(count):
        reading(world, occupant, ago=ago)
    for one in (occupant, world.occupant()):
        one.amend(by=None, party="Family")
    client.force_login(world.duty_officer)
    client.get(f"/occupants/{occupant.pk}/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/occupants/{occupant.pk}/").status_code == 200
    assert len(asked) <= 12, "\n".join(one["sql"][:160] for one in asked)


def test_the_page_names_symptoms_and_leads_to_the_acts_for_this_person(world: World, client: Client) -> None:
    occupant = world.occupant()
    reading(world, occupant, ago=1)
    client.force_login(world.duty_officer)
    shown = client.get(f"/occupants/{occupant.pk}/").content.decode()
    assert str(Symptom.COUGH.label) in shown
    for part in ("reading/", "requests/", "care-notes/", "welcome-sheet/", "move/", "hospital/", "end/", "history/"):
        assert f'href="/occupants/{occupant.pk}/{part}"' in shown, part


def test_a_reading_for_somebody_released_is_refused(world: World, client: Client) -> None:
    occupant = world.occupant(last_exposure=ending.today(world.building) - timedelta(days=14))
    check = reading(world, occupant)
    moving.release(occupant, by=world.site_lead)
    with pytest.raises(Refused, match="occupant-not-here"):
        rounds.take_reading(
            Occupant.objects.get(),
            day=check.day,
            hour="08:00",
            temperature=Decimal("36.6"),
            symptoms=[],
            skipped="",
            by=world.nurse,
            client_id=uuid4(),
        )
    assert (Occupant.objects.get().state, HealthCheck.objects.get()) == (OccupantState.RELEASED, check)
    client.force_login(world.duty_officer)
    assert f"/occupants/{occupant.pk}/reading/" not in client.get(f"/occupants/{occupant.pk}/").content.decode()
