"""Alerts: raised once, taken, stepped through, closed; at the top when nobody answers; the desk sees them at once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.records import Refused
from observation import alerting, rounds, self_reporting
from observation.models import Alert, AlertStep, HealthCheck, Occupant, Request
from tests.inventory.own_pages import bare
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def told(occupant: Occupant, temperature: str | None = "38.2", *symptoms: str) -> HealthCheck:
    given = None if temperature is None else Decimal(temperature)
    return self_reporting.report(occupant, temperature=given, symptoms=symptoms, words="", client_id=uuid4())


@pytest.mark.parametrize(
    ("temperature", "symptoms", "raised"),
    [("37.2", (), 0), ("37.3", (), 1), (None, ("cough",), 1), ("36.5", ("cough",), 1)],
)
def test_a_fever_or_a_symptom_raises_an_alert(w, temperature, symptoms, raised):
    told(w.occupant(), temperature, *symptoms)
    assert Alert.objects.count() == raised


def test_a_second_reading_raises_no_second_alert_until_the_first_is_closed(w):
    occupant = w.occupant()
    told(occupant), told(occupant, None, "cough")
    alert = Alert.objects.get()
    alerting.take(alert, had_by=None, by=w.nurse)
    alerting.close(alert, outcome="Seen", by=w.nurse)
    alert.refresh_from_db()
    assert (alert.closed_by, alert.outcome) == (w.nurse, "Seen")
    assert alerting.answer_to(alert.check_up) == alert
    told(occupant)
    assert Alert.objects.count() == 2


def test_nobody_took_it_in_time_puts_it_before_the_site_lead_at_the_minute(w):
    told(w.occupant())
    alert = Alert.objects.get()
    minutes = timedelta(minutes=1)
    assert not alert.escalated(alert.raised_at + 15 * minutes - timedelta(seconds=1))
    assert alert.escalated(alert.raised_at + 15 * minutes)
    page, bar = reverse("site", args=[w.building.pk]), "1 alert needs you"
    assert bar not in said(phone_of(w.site_lead).get(page))
    alert.amend(by=None, raised_at=timezone.now() - 16 * minutes)
    assert bar in said(phone_of(w.site_lead).get(page))
    assert bar not in said(phone_of(w.nurse).get(page))


def test_two_taps_take_step_and_close_once(w):
    told(w.occupant())
    alert, phone = Alert.objects.get(), phone_of(w.nurse)
    acts = [
        ("take_alert", {"had_by": ""}),
        ("step_alert", {"kind": "isolate", "words": "", "client_id": str(uuid4())}),
        ("close_alert", {"outcome": "Negative"}),
    ]
    for name, form in acts:
        address = reverse(name, args=[alert.pk])
        assert [phone.post(address, form).status_code for _tap in range(2)] == [302, 302], name
    alert.refresh_from_db()
    assert (alert.taken_by, alert.closed_by, AlertStep.objects.count()) == (w.nurse, w.nurse, 1)


def test_an_alert_that_somebody_just_took_is_not_taken_away_unseen(w):
    told(w.occupant())
    alert = Alert.objects.get()
    alerting.take(alert, had_by=None, by=w.nurse)
    with pytest.raises(Refused, match="alert-taken-meanwhile"):
        alerting.take(alert, had_by=None, by=w.duty_officer)
    alert.refresh_from_db()
    assert alert.taken_by == w.nurse


@pytest.mark.parametrize("name", ["alerts", "wall"])
def test_the_live_part_is_sent_only_when_something_changed(w, name):
    occupant, phone = w.occupant(name="Amal"), phone_of(w.nurse)
    address = reverse(name, args=[w.building.pk])
    mark = phone.get(address).context["mark"]
    headers = {"HX-Request": "true"}
    assert phone.get(f"{address}?seen={mark}", headers=headers).status_code == 204
    told(occupant)
    fresh = phone.get(f"{address}?seen={mark}", headers=headers)
    assert fresh.status_code == 200
    assert occupant.stay.room.number in fresh.text
    assert ("Amal" in fresh.text) == (name == "alerts")


def test_the_code_behind_the_door_opens_the_occupants_page_and_a_report_reaches_the_desk(w):
    occupant, phone = w.occupant(), Client()
    door = f"/o/{occupant.stay.room.code_id}/"
    answer = phone.post(door, {"code": occupant.code})
    assert (answer.status_code, answer["Location"]) == (302, "/stay/")
    sent = {"temperature": "٣٨٫٢", "symptoms": ["cough"], "words": "", "client_id": str(uuid4())}
    assert [phone.post("/stay/", sent).status_code for _tap in range(2)] == [302, 302]
    check = HealthCheck.objects.get()
    assert (check.self_reported, check.temperature, check.symptoms, check.by) == (
        True,
        Decimal("38.2"),
        ["cough"],
        None,
    )
    asked = {"kind": "linen", "words": "Towel", "client_id": str(uuid4())}
    assert [phone.post("/stay/request/", asked).status_code for _tap in range(2)] == [302, 302]
    assert Request.objects.get().self_reported
    assert "38.2 °C" in said(phone.get("/stay/"))
    assert "self-reported" in said(phone_of(w.nurse).get(reverse("alerts", args=[w.building.pk])))
    assert phone.get("/stay/")["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("wrong", ["73.3", "3.66", "99", "99F", "NaN", "1e9", "９" * 19])
def test_an_impossible_temperature_is_refused_in_words(w, wrong):
    occupant, phone = w.occupant(), Client()
    phone.post(f"/O/{occupant.stay.room.code_id}", {"code": occupant.code})
    answer = phone.post("/stay/", {"temperature": wrong, "client_id": str(uuid4())})
    assert (answer.status_code, HealthCheck.objects.count()) == (422, 0)


def test_unknown_empty_and_locked_rooms_answer_alike_and_five_tries_lock(w):
    here, locked = w.occupant(), w.occupant()
    Occupant.objects.filter(pk=locked.pk).update(failures=5)
    wrong = f"{(int(here.code) + 1) % 1_000_000:06d}"
    codes = [here.stay.room.code_id, w.room().code_id, locked.stay.room.code_id, "NONSENSE0"]
    answers = [Client().post(f"/o/{code}/", {"code": wrong}) for code in codes]
    assert {answer.status_code for answer in answers} == {422}
    assert len({bare(answer) for answer in answers}) == 1 or len({said(answer) for answer in answers}) == 1
    for _n in range(4):
        Client().post(f"/o/{codes[0]}/", {"code": wrong})
    assert Client().post(f"/o/{codes[0]}/", {"code": here.code}).status_code == 422
    here.refresh_from_db()
    here.renew_code(by=w.nurse, instead_of=here.code_mark)
    assert Client().post(f"/o/{codes[0]}/", {"code": here.code}).status_code == 302


def test_a_new_code_closes_the_page_opened_with_the_old_one(w):
    occupant, phone = w.occupant(), Client()
    phone.post(f"/o/{occupant.stay.room.code_id}/", {"code": occupant.code})
    assert phone.get("/stay/").status_code == 200
    occupant.renew_code(by=w.nurse, instead_of=occupant.code_mark)
    assert phone.get("/stay/").status_code == 403


@pytest.mark.parametrize("page", ["alerts", "wall"])
def test_an_alert_that_nobody_takes_calls_for_the_site_lead_on_the_board_and_on_the_wall(w: World, page: str) -> None:
    alert = alerting.answer_to(told(w.occupant()))
    assert alert is not None
    shown = []
    for minutes in (14, 15):
        with time_machine.travel(alert.raised_at + timedelta(minutes=minutes), tick=False):
            shown.append("needs the site lead" in said(phone_of(w.nurse).get(reverse(page, args=[w.building.pk]))))
    assert shown == [False, True]


def test_a_symptom_added_after_an_alert_was_closed_is_answered_anew_and_a_mere_correction_is_not(w: World) -> None:
    occupant = w.occupant()
    slot = rounds.current_slot(w.building, timezone.now())
    given: dict[str, Any] = {"symptoms": ["cough"], "skipped": "", "by": w.nurse}
    slotted = {"day": slot.day, "hour": slot.hour, **given}
    check = rounds.take_reading(occupant, temperature=Decimal("38.1"), client_id=uuid4(), **slotted)
    alert = occupant.alerts.get()
    alert.take(by=w.nurse)
    alert.close(outcome="Looked into.", by=w.nurse)
    better = rounds.correct(check, temperature=Decimal("37.9"), why="Misread", client_id=uuid4(), **given)
    better = rounds.correct(better, temperature=Decimal("37.8"), why="Misread", client_id=uuid4(), **given)
    assert not occupant.alerts.open().exists()
    worse = rounds.add_symptoms(better, symptoms=["breath"], by=w.nurse, client_id=uuid4())
    assert occupant.alerts.open().get().check_up == worse
