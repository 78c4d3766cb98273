"""The waste log: each collection is one line; lines add up by day and kind and leave as a table."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from observation.collecting_waste import Total, totals
from rooms.models import WasteCollection
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def form(**more: object) -> dict[str, object]:
    return {"kind": "infectious", "bags": "2", "kilograms": "3.5", "client_id": str(uuid4()), **more}


def test_a_collection_is_logged_once_however_often_it_is_sent(w: World) -> None:
    room, phone = w.room(), phone_of(w.nurse)
    sent = form(room=room.pk, tag="Y-17", handed_to="Carrier Sun")
    for _tap in range(2):
        assert phone.post(reverse("log_waste", args=[w.building.pk]), sent).status_code == 302
    made = WasteCollection.objects.get()
    assert (made.kind, made.room, made.bags, made.kilograms) == ("infectious", room, 2, Decimal("3.5"))
    assert (made.tag, made.handed_to, made.by) == ("Y-17", "Carrier Sun", w.nurse)
    assert "Carrier Sun" in said(phone.get(reverse("waste", args=[w.building.pk])))


@pytest.mark.parametrize("wrong", [{"bags": "0"}, {"bags": "x"}, {"kilograms": "-1"}, {"kind": "gold"}])
def test_a_collection_without_bags_or_with_a_wrong_figure_is_not_logged(w: World, wrong: dict[str, str]) -> None:
    answer = phone_of(w.nurse).post(reverse("log_waste", args=[w.building.pk]), form(**wrong))
    assert (answer.status_code, WasteCollection.objects.count()) == (422, 0)


@pytest.mark.parametrize("wrong", [{"kilograms": "0"}, {"kind": "sharps"}])
def test_a_weight_of_nothing_and_sharps_without_tag_are_refused(w: World, wrong: dict[str, str]) -> None:
    answer = phone_of(w.nurse).post(reverse("log_waste", args=[w.building.pk]), form(**wrong))
    assert (answer.status_code, WasteCollection.objects.count()) == (409, 0)


def test_only_whoever_disinfects_logs_waste_and_others_may_read(w: World) -> None:
    address = reverse("log_waste", args=[w.building.pk])
    assert phone_of(w.manager).post(address, form()).status_code == 403
    assert phone_of(w.manager).get(reverse("waste", args=[w.building.pk])).status_code == 200
    assert phone_of(w.reader).get(reverse("waste", args=[w.building.pk])).status_code == 403


def test_a_collection_of_another_buildings_room_is_not_logged(w: World) -> None:
    there = make_world("South Court").room()
    answer = phone_of(w.nurse).post(reverse("log_waste", args=[w.building.pk]), form(room=there.pk))
    assert (answer.status_code, WasteCollection.objects.count()) == (422, 0)


def test_lines_add_up_by_day_and_kind_and_say_what_was_not_weighed() -> None:
    one, two = date(2020, 2, 14), date(2020, 2, 15)
    found = totals(
        [
            (one, "linen", 1, None),
            (two, "household", 4, None),
            (one, "infectious", 2, Decimal("3.5")),
            (one, "infectious", 3, None),
        ]
    )
    assert list(found) == [two, one]
    assert list(found[one]) == ["infectious", "linen"]
    assert found[one]["infectious"] == Total(5, Decimal("3.5"), 2)


def test_the_export_runs_nothing_as_a_formula_and_is_filtered_as_the_page(w: World) -> None:
    phone = phone_of(w.nurse)
    phone.post(reverse("log_waste", args=[w.building.pk]), form(tag="=1+1", handed_to="+86 10"))
    phone.post(reverse("log_waste", args=[w.building.pk]), form(kind="linen", tag="L-1"))
    desk = phone_of(w.site_lead)
    address = reverse("export_waste", args=[w.building.pk, "csv"])
    text = desk.get(address).content.decode("utf-8-sig")
    assert '"\'=1+1"' in text
    assert '"\'+86 10"' in text
    assert "L-1" not in desk.get(address, {"kind": "infectious"}).content.decode("utf-8-sig")
    assert desk.get(reverse("export_waste", args=[w.building.pk, "xlsx"])).content[:2] == b"PK"
    assert phone.get(address).status_code == 403
