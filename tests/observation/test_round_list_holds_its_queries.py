"""The round's list asks the database as often for 300 people as for one."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from observation import rounds
from observation.models import HealthCheck, Occupant
from tests.observation.test_care_lists_hold_their_queries import asked, crowd
from tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 30, 300])
def test_the_list_of_the_round_asks_six_times_however_many_are_here(count: int, client: Client) -> None:
    world = make_world()
    protocol = world.protocol()
    crowd(world, count)
    slot = rounds.current_slot(world.building, timezone.now())
    HealthCheck.objects.bulk_create(
        HealthCheck(
            client_id=uuid4(),
            at=timezone.now(),
            occupant=one,
            protocol=protocol,
            day=slot.day,
            hour=slot.hour,
            temperature="36.5",
            by=world.nurse,
        )
        for one in Occupant.objects.order_by("pk")[::2]
    )
    client.force_login(world.nurse)
    url = reverse("round", args=[world.building.pk])
    assert asked(client, url) == 6  # session, user, building and rights; protocols, stays with their readings
    page = client.get(url).text
    assert page.count('<bdi class="name">Guest') == count
    assert page.count("/correct/") == (count + 1) // 2
    assert page.count("/reading/") == count // 2 + (1 if count > 1 else 0)  # each one waiting, and where to begin
