"""The visitor log: measured, let in, written out in one tap, typed back from paper, exported."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from observation import printing_forms
from observation.models import FormKind, Visit
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2020, 2, 14, 12, tzinfo=SHANGHAI)


@pytest.fixture
def w() -> World:
    world = make_world()
    world.protocol()
    return world


def sent(**given: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "name": "Plumber Hu", "purpose": "Tap", "temperature": "36.4", **given}


def let_in(w: World, form: dict[str, Any], query: str = "") -> Any:
    return phone_of(w.nurse).post(reverse("let_in", args=[w.building.pk]) + query, form)


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_visitor_is_let_in_measured_and_sent_off_in_one_tap(w: World) -> None:
    w.posts()
    area = w.building.areas.get()
    answer = let_in(w, sent(organisation="Waterworks", area=area.pk, phone="100"))
    assert answer.status_code == 302
    visit = Visit.objects.get()
    assert (visit.name, visit.area, visit.temperature, visit.entered_by) == (
        "Plumber Hu",
        area,
        Decimal("36.4"),
        w.nurse,
    )
    assert (visit.came_at, visit.left_at) == (NOON, None)
    page = phone_of(w.nurse).get(reverse("visitors", args=[w.building.pk])).content.decode()
    assert "1 visitor is inside now." in page
    for _tap in range(2):
        assert phone_of(w.nurse).post(reverse("visitor_left", args=[visit.pk])).status_code == 302
    visit.refresh_from_db()
    assert visit.left_at == NOON
    assert visit.history.count() == 2


def test_a_double_tap_writes_one_line(w: World) -> None:
    form = sent()
    assert [let_in(w, form).status_code for _tap in range(2)] == [302, 302]
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("73.3", "73.3 cannot be right: a temperature lies between 35.0 and 42.0 °C. Measure again."),
        ("3.66", "3.66 is no temperature: is the point missing or misplaced? 36.6?"),
        ("", "Measure the temperature before somebody comes in."),
        ("37.3", "37.3 °C is a fever (from 37.3 °C, "),
    ],
)
def test_what_is_no_temperature_or_a_fever_is_refused_in_a_sentence(w: World, typed: str, why: str) -> None:
    answer = let_in(w, sent(temperature=typed))
    assert answer.status_code in {409, 422}
    assert why in said(answer)
    assert not Visit.objects.exists()


def test_a_line_of_paper_keeps_its_times_and_its_sheet_even_with_a_fever(w: World) -> None:
    sheet = printing_forms.issue(w.building, kind=FormKind.VISITORS, day=date(2020, 2, 13), by=w.nurse)
    line = sent(temperature="37.5", came_at="2020-02-13T22:10", left_at="2020-02-13T22:40", form=sheet.pk)
    answer = let_in(w, line, f"?day=2020-02-13&form={sheet.pk}")
    assert answer["Location"].endswith(f"?day=2020-02-13&form={sheet.pk}")
    visit = Visit.objects.get()
    assert (visit.form, visit.came_at) == (sheet, datetime(2020, 2, 13, 22, 10, tzinfo=SHANGHAI))
    page = phone_of(w.nurse).get(answer["Location"]).content.decode()
    assert "Plumber Hu" in page
    assert "from paper" in page


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ({"came_at": "2020-02-14T13:00"}, "This time is still to come. Look at the clock again."),
        ({"came_at": "2020-02-14T11:00", "left_at": "2020-02-14T10:00"}, "Nobody leaves before they come."),
    ],
)
def test_times_that_cannot_be_are_refused(w: World, times: dict[str, str], why: str) -> None:
    answer = let_in(w, sent(**times))
    assert answer.status_code == 409
    assert why in said(answer)
    assert not Visit.objects.exists()


def test_only_those_who_write_the_log_write_it_and_a_foreign_area_is_no_choice(w: World) -> None:
    other = make_world("South Court")
    other.posts()
    assert phone_of(w.auditor).post(reverse("let_in", args=[w.building.pk]), sent()).status_code == 403
    assert let_in(w, sent(area=other.building.areas.get().pk)).status_code == 422
    assert not Visit.objects.exists()


def test_the_log_is_exported_and_no_cell_is_a_formula(w: World) -> None:
    let_in(w, sent(name="=1+1", phone="+86 1"))
    address = reverse("export_visitors", args=[w.building.pk, "csv"])
    text = phone_of(w.auditor).get(address).content.decode("utf-8-sig")
    assert '"\'=1+1"' in text
    assert phone_of(w.nurse).get(address).status_code == 403


@pytest.mark.parametrize("visits", [1, 30])
def test_the_page_takes_the_same_queries_for_one_visitor_and_thirty(
    w: World, visits: int, django_assert_num_queries: Any
) -> None:
    for n in range(visits):
        let_in(w, sent(name=f"Visitor {n}"))
    client = phone_of(w.nurse)
    with django_assert_num_queries(7):
        client.get(reverse("visitors", args=[w.building.pk]))
