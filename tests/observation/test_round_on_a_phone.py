"""The phone round: one tap a person, straight on to the next; a fever is measured again at once."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from observation import rounds
from observation.models import Alert, HealthCheck
from tests.world import make_world

pytestmark = pytest.mark.django_db


def tap(client: Client, url: str, **given: Any) -> Any:
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', client.get(url).content.decode()))
    return client.post(url, {**hidden, **given})


def after(page: str, pk: int, check: HealthCheck) -> str:
    """The page, told what was saved before it."""
    return f"{reverse(page, args=[pk])}?saved={check.pk}"


def test_each_tap_leads_to_the_next_and_a_fever_to_its_second_measurement(client: Client) -> None:
    world = make_world()
    first, second = (world.occupant(world.ready_room(number).beds.get()) for number in ("201", "202"))
    client.force_login(world.nurse)
    page = client.get(reverse("round", args=[world.building.pk]))
    assert page.status_code == 200
    url = reverse("take_reading", args=[first.pk])
    assert tap(client, url, temperature="73.3").status_code == 422
    answer = tap(client, url, temperature="36.5")
    assert answer.url == after("take_reading", second.pk, HealthCheck.objects.get())
    assert f'Saved: 36.5 °C for <bdi class="name">{first.person.name}</bdi>' in client.get(answer.url).text
    answer = tap(client, reverse("take_reading", args=[second.pk]), temperature="37.6")
    fever = HealthCheck.objects.get(temperature="37.6")
    assert answer.url == after("measure_again", fever.pk, fever)
    answer = tap(client, answer.url, temperature="37.5")
    assert answer.url == after("round", world.building.pk, HealthCheck.objects.get(temperature="37.5"))
    assert (HealthCheck.objects.count(), Alert.objects.get().check_up) == (3, fever)


def test_what_was_saved_is_told_of_this_building_only(client: Client) -> None:
    here, there = make_world(), make_world("South Court")
    own, other = here.occupant(), there.occupant()
    client.force_login(there.nurse)
    tap(client, reverse("take_reading", args=[other.pk]), temperature="36.5")
    client.force_login(here.nurse)
    for told in (str(HealthCheck.objects.get().pk), "", "0", "9" * 40, "²", "x"):
        answer = client.get(reverse("take_reading", args=[own.pk]), {"saved": told})
        assert (answer.status_code, "Saved" in answer.text) == (200, False)


def test_a_form_is_about_the_person_it_was_shown_for_however_often_it_is_sent(client: Client) -> None:
    world = make_world()
    one, two = world.occupant(), world.occupant()
    client.force_login(world.nurse)
    url = reverse("take_reading", args=[one.pk])
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', client.get(url).text))
    first = client.post(url, {**sent, "temperature": "36.5"})
    again = client.post(url, {**sent, "temperature": "36.9"})
    assert first.url == again.url == after("take_reading", two.pk, HealthCheck.objects.get())
    strayed = client.post(reverse("take_reading", args=[two.pk]), {**sent, "temperature": "36.5"})
    assert (strayed.status_code, HealthCheck.objects.get().occupant) == (409, one)


def test_the_second_nurse_is_told_on_the_page_and_led_on(client: Client) -> None:
    world = make_world()
    one, two = world.occupant(), world.occupant()
    url, other = reverse("take_reading", args=[one.pk]), Client()
    client.force_login(world.nurse)
    other.force_login(world.user("nurse", name="second"))
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', other.get(url).text))
    tap(client, url, temperature="36.5")
    for answer, status in ((other.post(url, {**sent, "temperature": "36.6"}), 409), (other.get(url), 200)):
        told = "took this reading at" in answer.text and "36.5 °C" in answer.text
        assert (answer.status_code, told, 'class="keys"' in answer.text) == (status, True, False)
        assert f'href="{reverse("take_reading", args=[two.pk])}"' in answer.text
    assert str(HealthCheck.objects.get().temperature) == "36.5"


def test_the_tiles_of_a_second_measurement_stand_around_the_first(client: Client) -> None:
    world = make_world()
    occupant = world.occupant()
    client.force_login(world.nurse)
    page = client.get(tap(client, reverse("take_reading", args=[occupant.pk]), temperature="38.2").url).text
    tiles = re.findall(r'value="(\d\d\.\d)"', page.partition('class="keys"')[2])[:12]
    assert (tiles[0], tiles[-1], "None" in page) == ("37.6", "38.7", False)


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


def test_both_readings_of_a_fever_can_be_corrected_from_wherever_they_are_seen(client: Client) -> None:
    world = make_world()
    occupant = world.occupant()
    client.force_login(world.nurse)
    building = [world.building.pk]
    again = tap(client, reverse("take_reading", args=[occupant.pk]), temperature="38.2").url
    tap(client, again, temperature="38.1")
    first, second = HealthCheck.objects.order_by("pk")
    fixes = [reverse("correct_reading", args=[check.pk]) for check in (first, second)]
    pages = [reverse("round", args=building), reverse("take_reading", args=[occupant.pk]), again]
    for page in [*pages, f"{reverse('check_grid', args=building)}?day={first.day}"]:
        found = re.findall(r'href="([^"?]+/correct/)[^"]*">([^<]+)<', client.get(page).text)
        assert [one for one in found if "38" in one[1]] == [
            (fixes[0], "Correct 38.2"),
            (fixes[1], "Correct 38.1"),
        ], page

    assert tap(client, fixes[0], temperature="37.6", why="Misread").status_code == 302
    right = HealthCheck.objects.get(supersedes=first)
    readings = rounds.readings_with(right)
    assert (readings.first, readings.second, readings.again) == (right, second, False)
    # And both once more, as often as it takes.
    tap(client, reverse("correct_reading", args=[right.pk]), temperature="36.6", why="Wrong person")
    tap(client, fixes[1], temperature="36.7", why="Wrong person")
    readings = rounds.readings_with(right)
    assert [str(one.temperature) for one in readings.taken] == ["36.6", "36.7"]


def test_a_fever_found_by_a_correction_is_measured_again(client: Client) -> None:
    world = make_world()
    occupant = world.occupant()
    client.force_login(world.nurse)
    tap(client, reverse("take_reading", args=[occupant.pk]), temperature="36.5")
    url = reverse("correct_reading", args=[HealthCheck.objects.get().pk])
    answer = tap(client, url, temperature="38.5", why="Misread")
    right = HealthCheck.objects.valid().get()
    assert answer.url == after("measure_again", right.pk, right)
    assert Alert.objects.get().check_up == right


def test_a_correction_leads_back_to_where_the_reading_was_seen(client: Client) -> None:
    world = make_world()
    one, two = world.occupant(world.ready_room("201").beds.get()), world.occupant(world.ready_room("202").beds.get())
    client.force_login(world.nurse)
    tap(client, reverse("take_reading", args=[one.pk]), temperature="36.5")
    for then, page in (("?then=on", reverse("take_reading", args=[two.pk])), ("?then=grid", "/site/grid/?day=")):
        wrong = HealthCheck.objects.valid().get()
        url = reverse("correct_reading", args=[wrong.pk]) + then
        answer = tap(client, url, temperature=str(wrong.temperature + Decimal("0.1")), why="Misread")
        assert page in answer.url


def test_a_symptom_is_added_once_and_only_to_what_stands(client: Client) -> None:
    world = make_world()
    occupant = world.occupant()
    client.force_login(world.nurse)
    tap(client, reverse("take_reading", args=[occupant.pk]), temperature="36.5")
    old = HealthCheck.objects.get()
    url = reverse("add_symptoms", args=[old.pk])
    assert tap(client, url).status_code == 422
    assert "Tick what was noticed." in tap(client, url).text
    assert tap(client, url, symptoms=["fainting"]).status_code == 422
    assert tap(client, url, symptoms=["cough"]).status_code == 302
    late = tap(client, url, symptoms=["chills"])
    assert (late.status_code, "was corrected already" in late.text) == (409, True)
    right = HealthCheck.objects.valid().get()
    page = client.get(reverse("add_symptoms", args=[right.pk])).text
    assert ('value="cough"' in page, 'value="chills"' in page) == (False, True)
    tap(client, reverse("add_symptoms", args=[right.pk]), symptoms=["chills"])
    assert HealthCheck.objects.valid().get().symptoms == ["cough", "chills"]
    assert Alert.objects.count() == 1
