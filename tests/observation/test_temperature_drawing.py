"""Temperature curves: readings in, marks out; the same on a page and on paper."""

import xml.etree.ElementTree as ET
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import time_machine
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from observation import rounds, self_reporting, temperatures
from observation.models import HealthCheck, Occupant
from observation.temperature_drawing import SMALL, Kind, Reading, TemperatureDrawing, Threshold, draw
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

FIRST = date(2020, 2, 10)
FEVER = Threshold(FIRST, Decimal("37.3"), "Office · Fourth · 2020-02-07")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


@pytest.fixture
def w() -> World:
    return make_world()


def reading(day: int, hour: int, temperature: str, kind: Kind = Kind.MEASURED, *, corrected: bool = False) -> Reading:
    value = Decimal(temperature) if temperature else None
    return Reading(FIRST + timedelta(days=day), hour * 60, value, kind, corrected=corrected)


def drawn(*readings: Reading, days: int = 3, small: bool = False) -> TemperatureDrawing:
    last = FIRST + timedelta(days=days - 1)
    more = {"size": SMALL} if small else {}
    return draw("Guest", readings, first=FIRST, last=last, thresholds=[FEVER], **more)


def svg_of(drawing: TemperatureDrawing) -> str:
    page = render_to_string("observation/temperature.svg", {"drawing": drawing})
    ET.fromstring(page)  # noqa: S314 - our own
    return page


def take(w: World, occupant: Occupant, temperature: str) -> HealthCheck:
    slot = rounds.current_slot(w.building, timezone.now())
    return rounds.take_reading(
        occupant,
        day=slot.day,
        hour=slot.hour,
        temperature=Decimal(temperature),
        symptoms=[],
        skipped="",
        by=w.nurse,
        client_id=uuid4(),
    )


def test_a_warmer_reading_stands_higher_and_a_later_one_further_on() -> None:
    cool, warm = drawn(reading(0, 8, "36.5"), reading(1, 8, "37.0")).marks
    assert warm.y < cool.y
    assert warm.x > cool.x


def test_the_line_breaks_where_a_reading_is_missing_and_a_bar_says_so() -> None:
    whole = drawn(reading(0, 8, "36.5"), reading(0, 15, "36.6"), reading(1, 8, "36.5"), reading(1, 15, "36.5"))
    gap = drawn(
        reading(0, 8, "36.5"),
        reading(0, 15, "36.6"),
        reading(1, 8, "", Kind.MISSING),
        reading(1, 15, "36.5"),
        reading(2, 8, "36.5"),
    )
    assert (len(whole.curves), len(gap.curves)) == (1, 2)
    assert [svg_of(one).count('class="temperature__gap"') for one in (whole, gap)] == [0, 2]  # one in the legend


def test_what_an_occupant_reports_is_hollow_and_not_joined_to_what_was_measured() -> None:
    drawing = drawn(reading(0, 8, "36.5"), reading(0, 12, "36.9", Kind.REPORTED), reading(0, 15, "36.6"), small=True)
    page = svg_of(drawing)
    assert [mark.kind for mark in drawing.marks] == ["measured", "reported", "measured"]
    assert len(drawing.curves[0].split()) == 2
    reported = page[page.index("temperature__mark--reported") :][:80]
    assert 'fill="#ffffff"' in reported
    assert 'fill="#1f2523"' in page[page.index("temperature__mark--measured") :][:80]


def test_a_second_measurement_is_a_diamond_beside_the_first_and_both_fevers_say_their_figure() -> None:
    first, second = drawn(reading(0, 8, "37.9"), reading(0, 8, "38.1", Kind.SECOND)).marks
    assert second.x > first.x
    assert (first.value, second.value) == ("37.9", "38.1")
    assert "temperature__mark--second" in svg_of(drawn(reading(0, 8, "38.1", Kind.SECOND)))


def test_a_correction_stands_in_a_ring_and_the_wrong_reading_is_a_cross_without_a_figure() -> None:
    drawing = drawn(reading(0, 8, "39.6", Kind.WRONG), reading(0, 8, "36.9", corrected=True))
    wrong, right = drawing.marks
    assert (wrong.kind, wrong.value, right.ring) == ("wrong", "", True)
    assert svg_of(drawing).count("temperature__ring") == 2  # one in the legend


def test_the_fever_line_stands_beside_its_source_and_steps_where_the_protocol_changes() -> None:
    later = Threshold(FIRST + timedelta(days=2), Decimal("37.5"), "Office · Fifth · 2020-02-21")
    drawing = draw("Guest", [], first=FIRST, last=FIRST + timedelta(days=3), thresholds=[FEVER, later])
    before, after = drawing.fevers
    assert after.y < before.y
    assert before.x2 == after.x
    page = svg_of(drawing)
    assert FEVER.cited in page
    assert later.cited in page


def test_without_a_protocol_there_is_no_fever_line_and_a_name_cannot_break_the_drawing() -> None:
    drawing = draw("<b>&", [reading(0, 8, "39.0")], first=FIRST, last=FIRST, thresholds=[])
    assert (drawing.fevers, drawing.sources, drawing.marks[0].value) == ((), (), "")
    assert "&lt;b&gt;&amp;" in svg_of(drawing)


def test_a_very_high_or_low_reading_still_stands_inside_the_drawing() -> None:
    drawing = drawn(reading(0, 8, "42.0"), reading(1, 8, "35.0"))
    assert all(drawing.size.top <= mark.y <= drawing.bottom for mark in drawing.marks)


@pytest.mark.django_db
def test_a_persons_page_shows_every_reading_with_its_source_and_the_pdf_the_same(w: World) -> None:
    with time_machine.travel(datetime(2020, 2, 12, 8, 5, tzinfo=SHANGHAI), tick=False) as clock:
        occupant = w.occupant(name="Quiet Guest")
        clock.move_to(datetime(2020, 2, 12, 8, 10, tzinfo=SHANGHAI))
        fever = take(w, occupant, "38.2")
        second = {"temperature": Decimal("38.0"), "symptoms": [], "by": w.nurse, "client_id": uuid4()}
        rounds.measure_again(fever, **second)
        clock.move_to(datetime(2020, 2, 13, 15, 10, tzinfo=SHANGHAI))
        wrong = take(w, occupant, "39.6")
        given = {"temperature": Decimal("36.9"), "symptoms": [], "skipped": "", "why": "Misread", "by": w.nurse}
        rounds.correct(wrong, client_id=uuid4(), **given)
        self_reporting.report(occupant, temperature=Decimal("36.8"), symptoms=[], words="", client_id=uuid4())
        clock.move_to(datetime(2020, 2, 13, 18, tzinfo=SHANGHAI))
        drawing = temperatures.curve_of(occupant, temperatures.checks_of(occupant))
        page = phone_of(w.nurse).get(reverse("occupant_temperatures", args=[occupant.pk]))
        paper = phone_of(w.nurse).get(reverse("occupant_temperatures_paper", args=[occupant.pk]))
        by_floor = phone_of(w.nurse).get(reverse("temperatures_paper", args=[w.building.pk]))
    kinds = [mark.kind for mark in drawing.marks]
    # the afternoon of the 12th and the morning of the 13th were missed
    assert kinds == ["measured", "second", "missing", "missing", "wrong", "measured", "reported"]
    assert [mark.ring for mark in drawing.marks] == [False, False, False, False, False, True, False]
    words = said(page)
    assert [word for word in ("38.2", "second measurement", "self-reported", "Misread") if word not in words] == []
    cited = w.building.protocols.get().cited
    assert cited in words
    for pdf in (paper, by_floor):
        assert pdf["Content-Type"] == "application/pdf"
        text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf.content))
        assert "Quiet" in text
        assert "2020-02-07" in text


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 8])
def test_a_floor_takes_the_same_queries_for_one_and_for_many(
    w: World, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(people):
        occupant = w.occupant(w.ready_room(f"30{n}").beds.get())
        take(w, occupant, "36.5")
    floor = temperatures.floors_of(w.building)
    with django_assert_num_queries(5):
        found = temperatures.floors(w.building, floor)
    assert [len(one.people) for one in found] == [people]


@pytest.mark.django_db
def test_temperatures_are_not_for_those_who_may_not_see_occupants(w: World) -> None:
    occupant = w.occupant()
    for name, pk in (("temperatures", w.building.pk), ("occupant_temperatures", occupant.pk)):
        assert phone_of(w.nurse).get(reverse(name, args=[pk])).status_code == 200
        assert phone_of(w.mover).get(reverse(name, args=[pk])).status_code in {403, 404}
