"""Supplies, equipment and keys are counted in one go: the numbers as typed, each once, what is short flagged."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from core.records import Refused
from observation import counting
from rooms.models import Supply, SupplyCount
from tests.observation.test_handover_flow import client_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def thing(w: World, name: str = "Master key", *, kind: str = "key", least: int = 2) -> Supply:
    return Supply.enter(by=None, building=w.building, kind=kind, name=name, least=least)


def test_all_are_counted_in_one_go_and_once_however_often_sent(w: World) -> None:
    key, masks, radio = thing(w), thing(w, "Masks", kind="consumable", least=50), thing(w, "Radio", kind="equipment")
    sent = {"client_id": uuid4(), "words": "Evening", f"n-{key.pk}": "1", f"n-{masks.pk}": "0", f"n-{radio.pk}": ""}
    client = client_of(w.nurse)
    for _n in range(2):
        assert client.post(reverse("count_supplies", args=[w.building.pk]), sent).status_code == 302
    counts = SupplyCount.objects.values_list("supply", "quantity", "words")
    assert sorted(counts) == [(key.pk, 1, "Evening"), (masks.pk, 0, "Evening")]
    assert {one.name for one in Supply.objects.short()} == {"Master key", "Masks"}
    page = client.get(reverse("supplies", args=[w.building.pk])).content.decode()
    assert "2 things are short or differ" in page
    assert "1 was not counted in this shift." in page


def test_a_number_that_cannot_be_read_is_said_beside_it_and_none_is_kept(w: World) -> None:
    key, masks = thing(w), thing(w, "Masks", kind="consumable")
    for wrong in ("two", "-1", "1.5", "9999999"):
        sent = {"client_id": uuid4(), "words": "", f"n-{key.pk}": wrong, f"n-{masks.pk}": "70"}
        answer = client_of(w.nurse).post(reverse("count_supplies", args=[w.building.pk]), sent)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f'value="{wrong}"' in page
        assert 'value="70"' in page
        assert '<p class="errors">' in page
    answer = client_of(w.nurse).post(reverse("count_supplies", args=[w.building.pk]), {"client_id": uuid4()})
    assert (answer.status_code, "Type at least one number." in answer.content.decode()) == (409, True)
    assert SupplyCount.objects.count() == 0


def test_a_thing_of_another_building_is_not_counted_here(w: World) -> None:
    foreign = thing(make_world("South Court"))
    with pytest.raises(Refused, match="supply-elsewhere"):
        counting.count(w.building, numbers={foreign.pk: 1}, words="", by=w.nurse, client_id=uuid4())


def test_who_keeps_the_roster_says_what_is_counted(w: World) -> None:
    client = client_of(w.site_lead)
    typed = {"kind": "key", "name": "楼层钥匙", "name_en": "Floor key", "unit": "把", "least": "3"}
    for _n in range(2):
        answer = client.post(reverse("new_supply", args=[w.building.pk]), typed)
    assert answer.status_code == 409
    assert "already counts a thing with this name" in answer.content.decode()
    made = Supply.objects.get()
    assert client.post(reverse("supply", args=[made.pk]), {**typed, "least": "4"}).status_code == 302
    assert Supply.objects.get().least == 4
    assert client_of(w.nurse).get(reverse("new_supply", args=[w.building.pk])).status_code == 403


QUERIES = 6


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_as_often_for_thirty_things_as_for_one(
    w: World, count: int, django_assert_num_queries: Any
) -> None:
    things = [thing(w, f"Thing {n}") for n in range(count)]
    counting.count(w.building, numbers={one.pk: 1 for one in things}, words="", by=w.nurse, client_id=uuid4())
    client = client_of(w.nurse)
    page = reverse("supplies", args=[w.building.pk])
    client.get(page)
    with django_assert_num_queries(QUERIES):
        client.get(page)
