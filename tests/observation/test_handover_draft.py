"""The draft of a handover names everything that is open, in constant questions, and keeps no name."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone, translation

from inventory.models import Manifest, Objection
from observation import alerting, counting, looking_after, moving, printing_forms, rounds, shift_log
from observation.ending import today
from observation.handing_over import pointing, taking_over, writing
from observation.handing_over.gathering import Draft, gather
from observation.handing_over.sheet import sheet_of
from observation.handing_over.telling import tell
from observation.handing_over.waiting import waiting_of
from observation.models import Alert, DutyChange, DutyRules, HandoverLine, Occupant, Request, Shift
from observation.slots import Due
from rooms.models import Incident, Supply
from tests.observation.test_care_lists_hold_their_queries import crowd
from tests.observation.test_handover_flow import CHANGE, NOON, RESTATED, Site, seen
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Any:
    """The day shift is under way since noon (by UTC four o'clock); the clock stands five minutes before its end."""
    with time_machine.travel(NOON, tick=False):
        made = Site()
        writing.begin_first(made.building, by=made.giver)
    with time_machine.travel(CHANGE, tick=False):
        yield made


def draft_of(site: Site) -> Draft:
    return gather(Shift.objects.get(pk=site.day.pk), timezone.now())


def lines_of(site: Site, *kinds: str) -> list[HandoverLine]:
    return [line for line in draft_of(site).lines if line.kind in kinds]


def said(site: Site, *kinds: str, language: str = "en") -> list[tuple[str, str]]:
    """The lines of these kinds in words: whom or what, and what is to be known."""
    with translation.override(language):
        told = tell(lines_of(site, *kinds), building=site.building, at=timezone.now())
    return [(one.subject, one.words) for one in told]


def read(w: World, occupant: Occupant, temperature: str, hour: str = "15:00") -> Any:
    return rounds.take_reading(
        occupant,
        day=today(w.building),
        hour=hour,
        temperature=Decimal(temperature),
        symptoms=[],
        skipped="",
        by=w.nurse,
        client_id=uuid4(),
    )


def lives(site: Site, **fields: Any) -> Occupant:
    """Somebody who came in the morning, so that both rounds of the day are theirs."""
    with time_machine.travel(site.day.starts_at - timedelta(hours=3), tick=False):
        occupant = site.w.occupant(**fields)
        site.w.user("nurse")
    return occupant


def test_the_census_adds_up(site: Site) -> None:
    gone = lives(site)
    moved, stays = lives(site), lives(site)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        site.w.occupant()
        moving.move_to(moved, bed=site.w.ready_room().beds.get(), reason="Noise", by=site.giver)
        transfer = moving.send_to_hospital(gone, hospital="District", reason="Fever", vehicle="3", by=site.giver)
        for kind in ("agreed", "vehicle", "left", "handed-over"):
            moving.take_transfer_step(transfer, kind=kind, by=site.giver, client_id=uuid4())
    site.w.expected()
    figures = draft_of(site).figures
    names = ("before", "came", "left", "now", "expected", "at_hospital")
    assert [figures[name] for name in names] == [3, 1, 1, 3, 1, 1]
    assert figures["before"] + figures["came"] - figures["left"] == figures["now"]
    assert figures["now"] == Occupant.objects.present().count()
    kinds = [line.kind for line in lines_of(site, "arrived", "moved", "hospital", "expected")]
    # The very first handover looks back a day: nobody else has told of those who came in the morning.
    assert sorted(kinds) == [*["arrived"] * 4, "expected", "hospital", "moved"]
    assert stays.pk not in [line.told["occupant"] for line in lines_of(site, "moved", "hospital", "expected")]


def test_a_fever_stands_there_until_it_is_measured_again(site: Site) -> None:
    occupant = lives(site, name="Guest Feverish")
    check = read(site.w, occupant, "38.1")
    (subject, words), *_more = said(site, "fever")
    assert "Guest Feverish" in subject
    assert words == "Fever 38.1 °C at 19:55 · not measured again yet"
    rounds.measure_again(check, temperature=Decimal("38.3"), symptoms=[], by=site.w.nurse, client_id=uuid4())
    assert [words for _who, words in said(site, "fever")] == ["Fever 38.1 °C at 19:55 · measured again: 38.3 °C"]
    assert [line.attention for line in lines_of(site, "fever")] == [False]


def test_late_checks_are_those_of_the_round(site: Site) -> None:
    measured, late, _other = lives(site), lives(site), lives(site)
    read(site.w, measured, "36.6")
    found = {line.told["occupant"] for line in lines_of(site, "late") if not line.told["missed"]}
    assert found == {v.occupant for v in rounds.due_list(site.building, timezone.now()) if v.standing == Due.LATE}
    assert late.pk in found
    assert measured.pk not in found
    # The morning's round closed at 14:00, in this shift, and nobody had been measured.
    assert [line.told["hour"] for line in lines_of(site, "late") if line.told["missed"]] == ["08:00"] * 3


def test_a_check_that_closed_in_this_shift_was_missed(site: Site) -> None:
    occupant = lives(site)
    with time_machine.travel(CHANGE + timedelta(hours=12), tick=False):
        missed = [line for line in lines_of(site, "late") if line.told["missed"]]
    assert [(line.told["occupant"], line.told["hour"], line.attention) for line in missed] == [
        (occupant.pk, "08:00", False),
        (occupant.pk, "15:00", False),
    ]


def test_alerts_requests_incidents_and_talks_stand_with_their_age_and_who_has_them(site: Site) -> None:
    occupant = lives(site, name="Guest Ada")
    with time_machine.travel(CHANGE - timedelta(hours=30), tick=False):
        old = Request.enter(by=None, occupant=occupant, client_id=uuid4(), kind="linen", words="A towel")
        Incident.enter(
            by=None,
            building=site.building,
            room=occupant.stay.room,
            kind="damage",
            words="Broken window",
            happened_at=timezone.now(),
            reported_by=site.giver,
        )
    new = Request.enter(by=None, occupant=occupant, client_id=uuid4(), kind="meal", words="No salt")
    read(site.w, occupant, "38.1")
    alert = Alert.objects.get()
    looking_after.note(
        occupant,
        words="Sleeps badly",
        responsible=None,
        again_on=today(site.building),
        by=site.w.nurse,
        client_id=uuid4(),
    )
    late = {line.key: line.told["late"] for line in lines_of(site, "request", "incident")}
    assert late == {
        f"request:{old.pk}": True,
        f"request:{new.pk}": False,
        f"incident:{Incident.objects.get().pk}": True,
    }
    words = dict(
        zip(["request", "request2", "incident"], [w for _s, w in said(site, "request", "incident")], strict=True)
    )
    assert "open for 1\N{NO-BREAK SPACE}day · overdue" in words["request"]
    assert any("nobody has taken it · next: isolate" in words for _who, words in said(site, "alert"))
    alerting.take(alert, had_by=None, by=site.w.nurse)
    alerting.close(alert, outcome="It was the tea", by=site.w.nurse)
    (_who, closed), *_more = said(site, "alert")
    assert closed.endswith("closed 19:55 · It was the tea")
    assert [(line.attention, line.told["open"]) for line in lines_of(site, "alert")] == [(False, False)]
    assert [words for _who, words in said(site, "care")] == ["Call again on 2 Mar · Sleeps badly"]


def test_counts_keys_roster_log_and_rooms_stand_there(site: Site) -> None:
    w, building = site.w, site.building
    masks = Supply.enter(by=None, building=building, kind="consumable", name="Masks", least=100)
    key = Supply.enter(by=None, building=building, kind="key", name="Master key", least=2)
    Supply.enter(by=None, building=building, kind="equipment", name="Oximeter", least=1)
    counting.count(building, numbers={masks.pk: 40, key.pk: 1}, words="", by=site.giver, client_id=uuid4())
    assert said(site, "supply", "uncounted") == [
        ("Masks", "40 left, at least 100 needed"),
        ("Master key", "1 counted, 2 there should be"),
        ("Counts", "1 of 3 not counted in this shift · Oximeter"),
    ]
    shift_log.note(building, words="The gate sticks", by=w.nurse, client_id=uuid4(), attention=True)
    shift_log.note(building, words="Quiet", by=w.nurse, client_id=uuid4())
    assert [words.split(" · ")[0] for _s, words in said(site, "note")] == ["The gate sticks"]
    change = DutyChange(
        client_id=uuid4(),
        at=timezone.now(),
        shift=site.night,
        post=w.lead_post,
        kind="swapped",
        applies_from=site.night.starts_at,
        before=site.giver.person,
        after=site.receiver.person,
        why="A wedding",
    )
    change.save()
    assert said(site, "change")[0][1] == (
        f"swapped · {site.giver.person.name} → {site.receiver.person.name} · 2 Mar Night · A wedding"
    )
    # Of the five posts of the night one is held.
    assert len(lines_of(site, "vacancy")) == 4
    site.night.duties.get().amend(by=None, person=None)
    vacant = lines_of(site, "vacancy")
    assert (len(vacant), sum(line.attention for line in vacant)) == (5, 1)
    room = w.ready_room("299")
    occupant = lives(site, bed=room.beds.get())
    moving.move_to(occupant, bed=w.ready_room().beds.get(), reason="Noise", by=site.giver)
    assert said(site, "room") == [("Room 299", "awaits terminal disinfection")]


def test_an_objection_stands_there_until_its_student_closes_it_and_is_grave_when_late(site: Site) -> None:
    w = site.w
    student = w.student(w.room("231"))
    w.consent(student)
    w.surveyed(student.bed.room)
    item = w.stored(student, description="Blue coat").items.get()
    manifest = Manifest.of(student)
    assert manifest is not None
    objection = Objection.open(item, manifest=manifest, text="Not mine", client_id=uuid4())
    [line] = lines_of(site, "objection")
    assert (line.key, line.attention, line.told["room"]) == (f"objection:{objection.pk}", False, "231")
    assert "Not mine" not in json.dumps(line.told)
    with time_machine.travel(objection.due_at + timedelta(minutes=1), tick=False):
        assert [one.attention for one in lines_of(site, "objection")] == [True]
    objection.answer(text="It is yours; see the label.", by=w.witness, client_id=uuid4())
    assert [one.told["state"] for one in lines_of(site, "objection")] == ["answered"]
    objection.close()
    assert lines_of(site, "objection") == []


def test_a_printed_form_stands_there_until_it_is_typed_back_or_laid_aside(site: Site) -> None:
    day = today(site.building)
    sheet = printing_forms.issue(site.building, kind="round", day=day, floor=2, by=site.giver)
    visitors = printing_forms.issue(site.building, kind="visitors", day=day, by=site.giver)
    assert [line.key for line in lines_of(site, "form")] == [f"form:{sheet.pk}", f"form:{visitors.pk}"]
    printing_forms.type_back(sheet, by=site.giver)
    assert [line.key for line in lines_of(site, "form")] == [f"form:{visitors.pk}"]
    printing_forms.lay_aside(visitors, by=site.giver)
    assert lines_of(site, "form") == []


def test_a_point_stands_in_every_handover_until_it_is_closed(site: Site) -> None:
    building = site.building
    point = pointing.open_point(building, words="Ask for the plumber", by=site.giver, client_id=uuid4())
    ages = []
    shift = site.day
    leads = (site.giver, site.receiver)
    for n in range(3):
        following = (
            site.night if n == 0 else site.w.shift(shift.day + timedelta(days=n % 2 == 0), "Day" if n % 2 else "Night")
        )
        if n:
            following = site.w.shift(site.day.day + timedelta(days=(n + 1) // 2), "Day" if n % 2 else "Night")
            site.w.duty(following, site.w.lead_post, leads[(n + 1) % 2].person)
        with time_machine.travel(following.starts_at, tick=False):
            handover = writing.begin(building, by=leads[n % 2])
            ages += [(line.age, line.fresh) for line in handover.lines.all() if line.key == f"point:{point.pk}"]
            writing.sign(handover, seen(handover), by=leads[n % 2])
            taking_over.acknowledge(handover, restated=RESTATED, by=leads[(n + 1) % 2])
        shift = following
    assert ages == [(0, True), (1, False), (2, False)]
    with time_machine.travel(shift.starts_at + timedelta(hours=2), tick=False):
        pointing.close_point(point, outcome="He came", by=site.receiver)
        closed = [line for line in gather(Shift.objects.get(pk=shift.pk), timezone.now()).lines if line.kind == "point"]
    assert [(line.age, line.fresh, line.told["open"]) for line in closed] == [(3, True, False)]


def test_a_line_names_nobody(site: Site) -> None:
    occupant = lives(site, name="Guest Secretive", passport_name="GUEST SECRETIVE")
    Request.enter(by=None, occupant=occupant, client_id=uuid4(), kind="linen", words="A towel for Secretive")
    shift_log.note(
        site.building, words="Secretive sings", occupant=occupant, by=site.w.nurse, client_id=uuid4(), attention=True
    )
    read(site.w, occupant, "38.1")
    site.begun()
    kept = json.dumps(list(HandoverLine.objects.values("key", "told")))
    assert "ecretive" not in kept
    assert str(occupant.pk) in kept


def test_every_line_is_said_in_both_languages_without_a_gap(site: Site) -> None:
    with time_machine.travel(site.day.starts_at, tick=False):
        crowd(site.w, 3)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for one in sheet_of(writing.begin(site.building, by=site.giver)).lines:
                assert one.subject
                assert one.words
                assert one.url.startswith("/")
                assert not re.search(r"%\(|None|False", one.words), one.words
                if language == "zh-hans":
                    assert not re.search(r"\b(open|due|late|next|by)\b", one.words), one.words


QUERIES = 32


@pytest.mark.parametrize("count", [1, 30])
def test_a_draft_takes_as_many_questions_for_thirty_occupants_as_for_one(
    site: Site, count: int, django_assert_num_queries: Any
) -> None:
    with time_machine.travel(site.day.starts_at, tick=False):
        crowd(site.w, count)
    pointing.open_point(site.building, words="Ask", by=site.giver, client_id=uuid4())
    handover = writing.begin(site.building, by=site.giver)
    with django_assert_num_queries(QUERIES):
        assert len(sheet_of(handover).lines) > count


# unanswered


def test_a_handover_that_is_not_answered_is_seen_by_everybody_after_the_minutes_of_the_rules(site: Site) -> None:
    DutyRules.enter(by=None, building=site.building, answer_minutes=20)
    handover = writing.begin(site.building, by=site.giver)
    writing.sign(handover, seen(handover), by=site.giver)
    from tests.observation.test_handover_flow import client_of  # noqa: PLC0415

    def shown() -> list[bool]:
        words = "The handover waits for the next lead"
        pages = [
            client_of(user).get(f"/buildings/{site.building.pk}/{where}").content.decode()
            for user, where in (
                (site.w.nurse, "alerts/"),
                (site.w.nurse, "alerts/wall/"),
                (site.receiver, "incidents/"),
                (site.w.nurse, "incidents/"),
            )
        ]
        return [words in page for page in pages]

    with time_machine.travel(CHANGE + timedelta(minutes=19), tick=False):
        waiting = waiting_of(site.building, timezone.now())
        assert waiting is not None
        assert not waiting.escalated
        assert shown() == [False, False, False, False]
    with time_machine.travel(CHANGE + timedelta(minutes=21), tick=False):
        waiting = waiting_of(site.building, timezone.now())
        assert waiting is not None
        assert waiting.escalated
        # The desk and the wall for everybody, the bar of every page for the site lead.
        assert shown() == [True, True, True, False]
        page = client_of(site.receiver).get(f"/buildings/{site.building.pk}/handover/").content.decode()
        assert '<details class="ways-out" open>' in page
        taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
        assert shown() == [False, False, False, False]


def test_a_shift_past_its_end_without_a_handover_is_seen_too(site: Site) -> None:
    with time_machine.travel(site.day.ends_at + timedelta(minutes=29), tick=False):
        assert waiting_of(site.building, timezone.now()) is None
    with time_machine.travel(site.day.ends_at + timedelta(minutes=31), tick=False):
        waiting = waiting_of(site.building, timezone.now())
        assert waiting is not None
        assert (waiting.signed, waiting.escalated) == (False, True)
