"""Somebody is admitted: the bed the rules propose and why, one person once, arrival, and the welcome sheet."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from observation import admitting, ending
from observation.models import Occupant, OccupantState, Stay
from observation.papers import welcome
from people.models import Person
from tests.journeys.papers_in_hand import codes_on, words_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def typed(w: World, **said: Any) -> dict[str, Any]:
    """The admission form as a browser sends it."""
    return {
        "client_id": str(uuid4()),
        "name": "Omar",
        "passport_name": "HASSAN OMAR",
        "passport_number": "a 123",
        "sex": "male",
        "language": "ar",
        "reason": "close-contact",
        "last_exposure": (ending.today(w.building) - timedelta(days=1)).isoformat(),
        "diet": "halal",
        "act": "admit",
        **said,
    }


def as_officer(w: World, client: Client) -> Client:
    client.force_login(w.duty_officer)
    return client


def where(w: World, **who: Any) -> str:
    bed = admitting.propose(w.building, **{"sex": "female", **who})
    return bed.room.number if bed else ""


def test_a_single_room_with_its_own_bathroom_is_proposed_first_and_says_so(w: World) -> None:
    w.ready_room("201", beds=2)
    w.ready_room("202", own_bathroom=False)
    w.ready_room("301")
    found = admitting.Vacancies(w.building).proposal(sex="female")
    assert found is not None
    assert found.bed.room.number == "301"
    assert found.why == "Room 301: a ready single room with its own bathroom, the first one free on floor 3."


def test_only_ready_rooms_of_the_contaminated_zone_are_proposed(w: World) -> None:
    w.protocol()
    w.room("201")
    w.ready_room("202", zone="clean")
    assert where(w) == ""
    w.ready_room("301", zone="contaminated")
    assert where(w) == "301"


def test_a_party_lives_side_by_side_and_strangers_share_only_by_the_protocol_and_sex(w: World) -> None:
    for number in ("201", "202", "203", "301"):
        w.ready_room(number)
    w.expected(w.building.rooms.get(number="202").beds.get(), party="Kim")
    assert where(w, party="Kim") in {"201", "203"}
    w.expected(w.building.rooms.get(number="301").beds.get(), party="Lee", came_from="Cairo")
    assert where(w, came_from="Cairo") == "201"
    for room in ("201", "203"):
        w.expected(w.building.rooms.get(number=room).beds.get())
    double = w.ready_room("401", beds=2)
    w.expected(double.beds.get(number=1), sex="female")
    assert where(w) == ""
    w.protocol(cohort=True, applies_from=w.building.protocols.get().applies_from + timedelta(days=1))
    assert (where(w, sex="female"), where(w, sex="male"), where(w, sex="")) == ("401", "", "")


def test_those_who_came_from_one_place_come_to_one_floor(w: World) -> None:
    for number in ("201", "202", "301", "302"):
        w.ready_room(number)
    assert where(w, came_from="Cairo") == "201"
    w.expected(w.building.rooms.get(number="301").beds.get(), came_from="Cairo")
    assert (where(w, came_from="Cairo"), where(w, came_from="Seoul"), where(w)) == ("302", "201", "201")
    found = admitting.Vacancies(w.building).proposal(sex="female", came_from="Cairo")
    assert found is not None
    assert found.why.endswith("on the floor of others who came from the same place.")


def test_the_page_proposes_holds_the_bed_and_sent_twice_admits_once(w: World, client: Client) -> None:
    room = w.ready_room("301")
    page = reverse("admit", args=[w.building.pk])
    assert "Room 301: a ready single room" in as_officer(w, client).get(page).content.decode()
    sent = typed(w)
    for _again in range(2):
        assert client.post(page, sent).status_code == 302
    occupant = Occupant.objects.get()
    assert (occupant.state, occupant.stay.room.pk, occupant.diet) == (OccupantState.EXPECTED, room.pk, "halal")
    assert occupant.reason == "close-contact"
    assert occupant.person.passport_number == "A123"
    assert occupant.history.latest().history_user == w.duty_officer


def test_whoever_is_known_under_the_passport_number_is_not_entered_again(w: World, client: Client) -> None:
    known = Person.enter(
        by=None, category="student", name="奥马尔", passport_name="Hassan Omar", passport_number="A123"
    )
    w.ready_room()
    page = reverse("admit", args=[w.building.pk])
    assert as_officer(w, client).post(page, typed(w, name="Somebody", passport_name="")).status_code == 409
    assert not Occupant.objects.exists()
    assert client.post(page, typed(w)).status_code == 302
    assert Occupant.objects.get().person == known
    known.refresh_from_db()
    assert (known.name, known.language, known.category) == ("奥马尔", "ar", "student")


def test_an_exposure_in_the_future_and_a_taken_bed_are_refused(w: World, client: Client) -> None:
    room = w.ready_room()
    page = reverse("admit", args=[w.building.pk])
    tomorrow = (ending.today(w.building) + timedelta(days=1)).isoformat()
    assert as_officer(w, client).post(page, typed(w, last_exposure=tomorrow)).status_code == 409
    assert client.post(page, typed(w, bed=room.beds.get().pk)).status_code == 302
    other = typed(w, name="Other", passport_name="", passport_number="B9", bed=room.beds.get().pk)
    assert client.post(page, other).status_code == 409
    assert (Stay.objects.count(), Person.objects.filter(name="Other").count()) == (1, 0)


def test_they_arrive_or_do_not_come_by_one_button_of_the_list(w: World, client: Client) -> None:
    here, absent = w.expected(name="Here"), w.expected(name="Absent")
    as_officer(w, client).post(reverse("arrive_occupant", args=[here.pk]))
    client.post(reverse("cancel_occupant", args=[absent.pk]), {"reason": ""})
    here.refresh_from_db()
    absent.refresh_from_db()
    assert (here.state, absent.state) == (OccupantState.STAYING, OccupantState.CANCELLED)
    assert absent.stay is None
    assert absent.history.latest().history_user == w.duty_officer
    page = reverse("occupants", args=[w.building.pk])
    assert "Absent did not come" in client.get(page).content.decode()
    shown = client.get(page).content.decode()
    assert "Here" in shown
    assert "Absent" not in shown
    assert "Absent" in client.get(page, {"state": "cancelled"}).content.decode()
    assert client.get(page, {"floor": "9"}).content.decode().count("<tbody>") == 0


@pytest.mark.parametrize("page", ["occupants", "admit"])
def test_a_list_takes_the_same_queries_with_one_and_with_thirty(w: World, client: Client, page: str) -> None:
    address = reverse(page, args=[w.building.pk])
    w.expected()
    w.ready_room()
    as_officer(w, client).get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _n in range(30):
        w.expected()
    with CaptureQueriesContext(connection) as thirty:
        client.get(address)
    assert len(one) == len(thirty) <= 14


def test_the_list_comes_as_a_workbook_for_those_who_may_export(w: World, client: Client) -> None:
    w.expected(name="Here")
    address = reverse("export_occupants", args=[w.building.pk, "csv"])
    client.force_login(w.site_lead)
    assert "Here" in client.get(address).content.decode("utf-8-sig")
    client.force_login(w.nurse)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize(("language", "html"), [("zh-hans", "zh-Hans"), ("en", "en"), ("ar", "ar"), ("ko", "en")])
def test_the_welcome_sheet_speaks_their_language_and_its_code_leads_to_the_door(
    w: World, client: Client, language: str, html: str
) -> None:
    occupant = w.expected(language=language)
    sheet = welcome.sheets_of([occupant], building=w.building)[0]
    assert (sheet.html_language, sheet.direction) == (html, "rtl" if language == "ar" else "ltr")
    client.force_login(w.nurse)
    answer = client.get(reverse("welcome_sheet", args=[occupant.pk]))
    assert answer["Content-Type"] == "application/pdf"
    words = words_of(answer.content)
    assert codes_on(answer.content) == [f"{settings.PUBLIC_URL.upper()}/O/{occupant.stay.room.code_id}"]
    for said in (occupant.code, occupant.stay.room.number, "37.3", sheet.protocol.cited.replace(" ", "")):
        assert said in words
    # Who reads no Chinese finds the name of the passport.
    assert (occupant.person.passport_name.replace(" ", "") in words) is (html != "zh-Hans")


def test_a_bus_loads_sheets_are_one_paper(w: World, client: Client) -> None:
    people = [w.expected(language=language) for language in ("ar", "zh-hans", "en")]
    client.force_login(w.duty_officer)
    answer = client.get(reverse("welcome_sheets", args=[w.building.pk]))
    assert len(codes_on(answer.content)) == 3
    assert all(one.code in words_of(answer.content) for one in people)


def test_a_tile_of_the_board_leads_to_admission_with_its_bed_chosen(w: World, client: Client) -> None:
    w.ready_room("201")
    bed = w.ready_room("202").beds.get()
    client.force_login(w.duty_officer)
    page = client.get(reverse("admit", args=[w.building.pk]), {"room": bed.room_id}).content.decode()
    assert f'<option value="{bed.pk}" selected>' in page
