"""The phone round: one tap a person, straight on to the next; a fever is measured again at once."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from observation.models import Alert, HealthCheck
from tests.world import make_world

pytestmark = pytest.mark.django_db


def tap(client: Client, url: str, **given: Any) -> Any:
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', client.get(url).content.decode()))
    return client.post(url, {**hidden, **given})


def test_each_tap_leads_to_the_next_and_a_fever_to_its_second_measurement(client: Client) -> None:
    world = make_world()
    first, second = (world.occupant(world.ready_room(number).beds.get()) for number in ("201", "202"))
    client.force_login(world.nurse)
    page = client.get(reverse("round", args=[world.building.pk]))
    assert page.status_code == 200
    url = reverse("take_reading", args=[first.pk])
    assert tap(client, url, temperature="73.3").status_code == 422
    assert tap(client, url, temperature="36.5").url == reverse("take_reading", args=[second.pk])
    answer = tap(client, reverse("take_reading", args=[second.pk]), temperature="37.6")
    fever = HealthCheck.objects.get(temperature="37.6")
    assert answer.url == reverse("measure_again", args=[fever.pk])
    assert tap(client, answer.url, temperature="37.5").url == reverse("round", args=[world.building.pk])
    assert (HealthCheck.objects.count(), Alert.objects.get().check_up) == (3, fever)


def test_a_scanned_door_leads_to_the_one_who_is_due_there(client: Client) -> None:
    world = make_world()
    occupant = world.occupant()
    client.force_login(world.nurse)
    answer = client.get(reverse("round_room", args=[occupant.stay.room.pk]))
    assert answer.url == reverse("take_reading", args=[occupant.pk])


def test_a_reading_is_corrected_from_the_round_with_its_reason(client: Client) -> None:
    world = make_world()
    occupant = world.occupant()
    client.force_login(world.nurse)
    tap(client, reverse("take_reading", args=[occupant.pk]), temperature="36.5")
    url = reverse("correct_reading", args=[HealthCheck.objects.get().pk])
    assert url in client.get(reverse("round", args=[world.building.pk])).content.decode()
    assert tap(client, url, temperature="36.8").status_code == 422
    assert tap(client, url, temperature="36.8", why="Misread").status_code == 302
    right = HealthCheck.objects.valid().get()
    assert (str(right.temperature), right.why, right.by) == ("36.8", "Misread", world.nurse)
