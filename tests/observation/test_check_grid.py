"""The desk's grid of a day: typed from paper, good cells kept, bad ones said beside their cell."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from observation import moving, shorthand
from observation.models import HealthCheck, Occupant, Skip, Symptom
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2020, 2, 14)


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def clock() -> Iterator[Any]:
    """The people came on the evening of the 12th; it is the 14th, after the second round."""
    with time_machine.travel(datetime(2020, 2, 12, 18, tzinfo=SHANGHAI), tick=False) as clock:
        yield clock


def now(clock: Any, hour: int = 16) -> None:
    clock.move_to(datetime(2020, 2, 14, hour, tzinfo=SHANGHAI))


def grid(w: World, day: date = DAY) -> str:
    return f"{reverse('check_grid', args=[w.building.pk])}?day={day.isoformat()}"


def sent(*cells: tuple[Occupant, str, str], day: date = DAY, client_id: str = "") -> dict[str, str]:
    typed = {f"t-{occupant.pk}-{hour}": text for occupant, hour, text in cells}
    return {"day": day.isoformat(), "client_id": client_id or str(uuid4()), **typed}


def test_good_cells_are_kept_and_each_bad_one_says_why_with_what_was_typed(w: World, clock: Any) -> None:
    one, two = w.occupant(), w.occupant()
    now(clock)
    form = sent((one, "08:00", "36.5"), (one, "15:00", "３６，７"), (two, "08:00", "366"), (two, "15:00", ""))
    page = phone_of(w.nurse).post(grid(w), form)
    assert page.status_code == 422
    kept = HealthCheck.objects.order_by("pk").values_list("occupant", "day", "hour", "temperature", "by")
    assert list(kept) == [
        (one.pk, DAY, "08:00", Decimal("36.5"), w.nurse.pk),
        (one.pk, DAY, "15:00", Decimal("36.7"), w.nurse.pk),
    ]
    assert "366 is no temperature: is the point missing or misplaced? 36.6?" in said(page)
    field = re.search(rf'<input[^>]*name="t-{two.pk}-08:00"[^>]*>', page.content.decode())
    assert field is not None
    assert 'value="366"' in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert "1 cell was not kept" in said(page)


def test_a_form_sent_twice_makes_no_second_row_and_another_value_is_refused(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    form = sent((one, "08:00", "36.5"))
    phone = phone_of(w.nurse)
    assert [phone.post(grid(w), form).status_code for _tap in range(2)] == [302, 302]
    changed = sent((one, "08:00", "36.9"), client_id=form["client_id"])
    page = phone.post(grid(w), changed)
    assert page.status_code == 422
    assert "took this reading at 16:00: 36.5" in said(page)
    assert HealthCheck.objects.get().temperature == Decimal("36.5")


def test_what_is_read_is_locked_with_a_way_to_correct_and_a_fever_asks_for_its_second(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    phone = phone_of(w.nurse)
    phone.post(grid(w), sent((one, "08:00", "38.1")))
    page = phone.get(grid(w)).content.decode()
    check = HealthCheck.objects.get()
    assert f'name="t-{one.pk}-08:00"' not in page
    assert f'name="a-{check.pk}"' in page
    assert f'name="t-{one.pk}-15:00"' in page
    assert reverse("correct_reading", args=[check.pk]) in page
    assert one.alerts.count() == 1


def test_fields_follow_one_another_down_a_column(w: World, clock: Any) -> None:
    people = [w.occupant(w.ready_room(number).beds.get()) for number in ("301", "205", "302")]
    now(clock)
    page = phone_of(w.nurse).get(grid(w)).content.decode()
    order = [people[1], people[0], people[2]]
    expected = [f"t-{one.pk}-{hour}" for hour in ("08:00", "15:00") for one in order]
    assert re.findall(r'name="(t-[^"]+)"', page) == expected
    assert "tabindex" not in page[page.index('id="grid"') :]


def test_a_cell_takes_symptoms_a_second_measurement_and_why_there_is_none(w: World, clock: Any) -> None:
    ill, well, asleep, again = (w.occupant() for _n in range(4))
    now(clock)
    form = sent(
        (ill, "08:00", "37.4/37.6 kt"),
        (well, "08:00", "36.5℃"),
        (asleep, "08:00", "m"),
        (again, "08:00", "38,1 °C"),
        (again, "15:00", "３６．５ Ｌ＋Ｑ"),
    )
    phone = phone_of(w.nurse)
    assert [phone.post(grid(w), form).status_code for _tap in range(2)] == [302, 302]
    kept = HealthCheck.objects.order_by("occupant", "pk").values_list("occupant", "temperature", "symptoms", "skipped")
    assert list(kept) == [
        (ill.pk, Decimal("37.4"), ["cough", "headache"], ""),
        (ill.pk, Decimal("37.6"), [], ""),
        (well.pk, Decimal("36.5"), [], ""),
        (asleep.pk, None, [], "asleep"),
        (again.pk, Decimal("38.1"), [], ""),
        (again.pk, Decimal("36.5"), ["tired", "other"], ""),
    ]
    fever = HealthCheck.objects.get(temperature="38.1")
    assert HealthCheck.objects.get(temperature="37.6").repeats == HealthCheck.objects.get(temperature="37.4")
    assert ill.alerts.count() == again.alerts.count() == 1
    page = said(phone.get(grid(w)))
    assert "37.4 °C, cough, headache → 37.6 °C Correct 37.4 Correct 37.6" in page

    second = {**sent(), f"a-{fever.pk}": "37.9 H"}
    assert [phone.post(grid(w), second).status_code for _tap in range(2)] == [302, 302]
    check = HealthCheck.objects.get(repeats=fever)
    assert (check.temperature, check.symptoms) == (Decimal("37.9"), ["breath"])
    # The sleeper is measured after all.
    phone.post(grid(w), sent((asleep, "08:00", "36.4")))
    assert HealthCheck.objects.valid().get(occupant=asleep).temperature == Decimal("36.4")


def test_each_bad_cell_names_its_row_and_column_keeps_what_was_typed_and_nothing_half(w: World, clock: Any) -> None:
    people = [w.occupant(w.ready_room(f"20{n}").beds.get(), name=f"Guest {n}") for n in range(1, 9)]
    now(clock)
    cells = {
        "36.5/36.6": "This reading needs no second measurement.",
        "38.1/73.3": "73.3 cannot be right",
        "38.1/38.2/38.3": "cannot be read. Write it like 36.5, 37.4/37.6, 36.5 KT or M.",
        "36.5 W": "“W” is none of the letters above.",
        "36.5 M": "Enter the temperature, or say why there is none.",
        "K": "With symptoms, take the temperature too.",
        "MR": "cannot be read",
        "98.6F": "is in °F. Measure in °C.",
    }
    typed = [(person, "15:00", text) for person, text in zip(people, cells, strict=True)]
    page = phone_of(w.nurse).post(grid(w), sent(*typed))
    assert page.status_code == 422
    assert not HealthCheck.objects.exists()
    words = said(page)
    assert "8 cells were not kept; each says why." in words
    for person, _hour, text in typed:
        row = f"15:00 · {person.stay.room.number} {person.person.name} “ {text} ”: "
        assert row in words, row
        assert cells[text] in words[words.index(row) :][: len(row) + 90]
        assert f'name="t-{person.pk}-15:00" value="{text}"' in page.text


def test_what_another_measured_meanwhile_is_shown_beside_what_was_typed(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    w.user("nurse", name="other")
    phone_of(w.user("nurse", name="other")).post(grid(w), sent((one, "15:00", "38.1")))
    page = phone_of(w.nurse).post(grid(w), sent((one, "15:00", "36.9 K")))
    assert (page.status_code, HealthCheck.objects.count()) == (422, 1)
    assert "took this reading at 16:00: 38.1 °C" in said(page)
    assert "“ 36.9 K ”" in said(page)
    # It was the first one that was typed: it does not stand in the field of the second.
    field = re.search(r'<input[^>]*name="a-\d+"[^>]*>', page.text)
    assert field is not None
    assert 'value=""' in field[0]


def test_a_form_that_is_not_in_order_gives_back_all_that_was_typed(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    page = phone_of(w.nurse).post(grid(w), {**sent((one, "15:00", "36.9 K")), "client_id": "x"})
    assert (page.status_code, HealthCheck.objects.count()) == (422, 0)
    assert f'name="t-{one.pk}-15:00" value="36.9 K"' in page.text


def test_the_letters_stand_on_the_page_and_each_means_one_thing(w: World, clock: Any) -> None:
    w.protocol(symptoms=["cough", "breath"])
    w.occupant()
    now(clock)
    page = said(phone_of(w.nurse).get(grid(w)))
    assert "Symptoms K cough H short of breath No reading M asleep R refused" in page
    assert "sore throat" not in page
    assert set(shorthand.SYMPTOMS.values()) == set(Symptom)
    assert set(shorthand.SKIPS.values()) == set(Skip)
    # C and F are the thermometer's.
    assert not ({*shorthand.SYMPTOMS} & {*shorthand.SKIPS} | {"C", "F"} & {*shorthand.SYMPTOMS, *shorthand.SKIPS})


def test_earlier_days_are_reached_and_days_without_anybody_are_not(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    phone = phone_of(w.nurse)
    before = date(2020, 2, 13)
    assert f"?day={before.isoformat()}" in phone.get(grid(w)).content.decode()
    phone.post(grid(w, before), sent((one, "15:00", "36.4"), day=before))
    assert HealthCheck.objects.get().day == before
    for outside in (date(2020, 2, 15), date(2020, 2, 1), date.max, date.min):
        assert phone.get(grid(w, outside)).status_code == 200
        assert phone.post(grid(w), sent((one, "08:00", "36.4"), day=outside)).status_code == 422
    assert phone.get(grid(w).replace("2020-02-14", "2020-13-99")).status_code == 200
    assert HealthCheck.objects.count() == 1


def test_a_round_still_to_come_and_somebody_who_left_cannot_be_typed(w: World, clock: Any) -> None:
    one, gone = w.occupant(), w.occupant(name="Gone Guest")
    now(clock, hour=9)
    transfer = moving.send_to_hospital(gone, hospital="District", reason="Fever", vehicle="Car", by=w.duty_officer)
    for kind in ("agreed", "vehicle", "left"):
        moving.take_transfer_step(transfer, kind=kind, by=w.duty_officer, client_id=uuid4())
    page = phone_of(w.nurse).get(grid(w))
    assert re.findall(r'name="(t-[^"]+)"', page.content.decode()) == [f"t-{one.pk}-08:00"]
    assert "Gone Guest" in said(page)
    answer = phone_of(w.nurse).post(grid(w), sent((one, "15:00", "36.5"), (gone, "08:00", "36.5")))
    assert answer.status_code == 422
    assert "This round is still to come." in said(answer)
    assert HealthCheck.objects.count() == 0


def test_a_stranger_to_health_data_neither_sees_nor_types(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    for user in (w.mover, make_world("South Court").nurse):
        assert phone_of(user).get(grid(w)).status_code in {403, 404}
        assert phone_of(user).post(grid(w), sent((one, "08:00", "36.5"))).status_code in {403, 404}
    assert HealthCheck.objects.count() == 0


def test_the_grid_takes_as_many_queries_for_thirty_as_for_one(w: World, clock: Any) -> None:
    one = w.occupant()
    now(clock)
    phone = phone_of(w.nurse)
    phone.get(grid(w))
    counts = []
    for more in (0, 29):
        clock.move_to(datetime(2020, 2, 12, 19, tzinfo=SHANGHAI))
        people = [w.occupant() for _n in range(more)]
        now(clock)
        phone.post(grid(w), sent(*((person, "08:00", "36.5") for person in [one, *people])))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert phone.get(grid(w)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12
