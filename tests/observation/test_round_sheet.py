"""The round sheet on paper: who, where, which hours, from which temperature on, and what says so."""

import re
from uuid import uuid4

import pypdfium2
import pytest
from django.urls import reverse

from observation import moving
from observation.ending import today
from observation.papers.round_sheet import RoundSheet
from tests.inventory.phone import phone_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def words(pdf: bytes) -> list[str]:
    """Each page's text without its spaces."""
    return [re.sub(r"\s+", "", page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


def test_the_sheet_lists_everybody_by_floor_and_room_with_the_hours_and_the_cited_threshold(w: World) -> None:
    for number, name in (("302", "Third Guest"), ("205", "Second Guest"), ("301", "Other Guest")):
        w.occupant(w.ready_room(number).beds.get(), name=name)
    answer = phone_of(w.nurse).get(reverse("round_sheet", args=[w.building.pk]))
    assert answer["Content-Type"] == "application/pdf"
    second, third = words(answer.content)
    assert "SecondGuest" in second
    assert "ThirdGuest" not in second
    assert third.index("301") < third.index("OtherGuest") < third.index("302") < third.index("ThirdGuest")
    cited = w.building.protocols.get().cited.replace(" ", "")
    for page in (second, third):
        letters = ("Kcough", "Hshortofbreath", "Masleep", "Rrefused")
        assert [word for word in ("08:00", "15:00", "37.3", cited, *letters) if word not in page] == []


def test_a_changed_protocol_brings_its_own_hours(w: World) -> None:
    w.protocol(check_hours=["07:00", "12:00", "21:00"])
    w.occupant(w.ready_room("301").beds.get())
    sheet = RoundSheet.of(w.building, today(w.building))
    assert [slot.hour for slot in sheet.slots] == ["07:00", "12:00", "21:00"]


def test_who_left_is_not_on_the_sheet_and_an_empty_house_says_so(w: World) -> None:
    gone = w.occupant()
    transfer = moving.send_to_hospital(gone, hospital="District", reason="Fever", vehicle="Car", by=w.duty_officer)
    for kind in ("agreed", "vehicle", "left"):
        moving.take_transfer_step(transfer, kind=kind, by=w.duty_officer, client_id=uuid4())
    assert RoundSheet.of(w.building, today(w.building)).floors == []
    (page,) = words(phone_of(w.nurse).get(reverse("round_sheet", args=[w.building.pk])).content)
    assert gone.person.name.replace(" ", "") not in page


def test_the_sheet_is_not_for_those_who_may_not_measure(w: World) -> None:
    w.occupant()
    assert phone_of(w.mover).get(reverse("round_sheet", args=[w.building.pk])).status_code in {403, 404}
