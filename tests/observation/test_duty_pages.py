"""The pages of the roster: what stands empty is seen at once, and each act has its page and its refusal."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.tables_in import read_tables
from observation.duty.months import make_shifts
from observation.duty.setting_up import let_hold
from observation.models import Absence, Duty, DutyChange, DutyRules, Eligibility, Post, ShiftPattern, Swap
from people.models import ContactKind, ContactPoint, Person
from rooms.models import Area
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2020, 2, 14)


@pytest.fixture
def clock() -> Iterator[Any]:
    """It is the 14th, ten in the morning."""
    with time_machine.travel(datetime(2020, 2, 14, 10, tzinfo=SHANGHAI), tick=False) as clock:
        yield clock


@pytest.fixture
def w(clock: Any) -> World:
    return make_world()


def at(w: World, name: str, *args: Any, **query: str) -> str:
    ask = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    return reverse(name, args=[w.building.pk, *args]) + ask


def staffed(world: World, people: int = 12) -> list[Person]:
    posts = world.posts()
    found = [world.staff(name=f"Person {n:02}") for n in range(people)]
    for post in posts:
        let_hold(post, found, by=None)
    return found


def full_two_weeks(world: World) -> None:
    """Everybody in their place for the next two weeks but one: nobody leads on the 19th by day."""
    found = staffed(world, people=30)
    posts = world.posts()
    make_shifts(world.building, DAY, DAY + timedelta(days=15), by=None)
    shifts = list(world.building.shifts.order_by("starts_at"))
    rows = []
    for n, shift in enumerate(shifts):
        for p, post in enumerate(posts):
            if post.leads and (shift.day, shift.pattern.night) == (date(2020, 2, 19), False):
                continue
            person = found[(n % 6) * 5 + p]
            rows.append(Duty(shift=shift, post=post, person=person, starts_at=shift.starts_at, ends_at=shift.ends_at))
    Duty.enter_many(rows, by=None)
    DutyRules.enter(by=None, building=world.building, rest_hours=11, most_hours_a_week=60)


def test_a_shift_without_a_lead_is_seen_on_the_roster_without_a_click(w: World) -> None:
    full_two_weeks(w)
    page = said(phone_of(w.reader).get(at(w, "duty_roster")))
    assert "1 gap in the next 14 days" in page
    assert "nobody leads 19 Feb 08:00–20:00" in page
    assert "In charge now: Person 03" in page
    assert "clash" not in page.split("Gaps and clashes")[1].split("Who serves")[0].replace("Gaps and clashes", "")


def test_a_month_nobody_has_made_yet_is_a_gap_too(w: World) -> None:
    staffed(w)
    page = said(phone_of(w.manager).get(at(w, "duty_roster")))
    assert "Nobody is in charge now" in page
    assert "no shift made" in page
    assert "Next: draw the month" in page


def test_a_phone_shows_my_duties_and_today_one_day_at_a_time(w: World) -> None:
    full_two_weeks(w)
    nurse = w.nurse
    nurse.person = Person.objects.get(name="Person 03")
    nurse.save()
    html = phone_of(nurse).get(at(w, "duty_roster")).content.decode()
    assert html.index("My duties") < html.index("Gaps and clashes") < html.index('class="flow phone"')
    assert "14 Feb 2020 · today" in said(phone_of(nurse).get(at(w, "duty_roster")))
    later = said(phone_of(nurse).get(at(w, "duty_roster", month="2020-02", day="2020-02-19")))
    assert "19 Feb 2020" in later
    for bad in ("2020-02-99", "x", "9999-99-99", "２０２０"):
        assert phone_of(nurse).get(at(w, "duty_roster", month=bad, day=bad)).status_code == 200


def queries(w: World, path: str) -> int:
    phone = phone_of(w.manager)
    phone.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert phone.get(path).status_code == 200
    return len(asked)


def test_a_month_of_thirty_days_takes_as_many_queries_as_one_day(w: World) -> None:
    found = staffed(w, people=30)
    w.duty(w.shift(DAY), w.posts()[0], found[0])
    one = queries(w, at(w, "duty_roster"))
    make_shifts(w.building, date(2020, 2, 1), date(2020, 2, 29), by=None)
    rows = []
    for n, shift in enumerate(w.building.shifts.exclude(pk=w.shift(DAY).pk).order_by("starts_at")):
        for p, post in enumerate(w.posts()):
            person = found[(n % 6) * 5 + p]
            if not Duty.objects.filter(person=person, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at):
                rows.append(
                    Duty(shift=shift, post=post, person=person, starts_at=shift.starts_at, ends_at=shift.ends_at)
                )
    Duty.enter_many(rows, by=None)
    assert len(rows) > 250
    assert (one, queries(w, at(w, "duty_roster"))) == (20, 20)


def test_the_draft_is_looked_at_and_written_in_one_tap(w: World) -> None:
    staffed(w, people=30)
    phone = phone_of(w.manager)
    page = phone.get(at(w, "duty_draw", month="2020-03"))
    assert "310 duties would be written · 62 shifts made" in said(page)
    assert not Duty.objects.exists()
    mark = re.search(r'name="mark" value="(\w+)"', page.content.decode())
    assert mark is not None
    for _tap in range(2):
        done = phone.post(at(w, "duty_draw"), {"month": "2020-03", "mark": mark[1]})
        assert done.status_code == 302
    assert Duty.objects.count() == 310
    assert phone_of(w.nurse).post(at(w, "duty_draw"), {"month": "2020-04"}).status_code == 403


def test_what_nobody_can_have_is_named_with_the_reason(w: World) -> None:
    people = staffed(w, people=1)
    Absence.enter(
        by=None,
        building=w.building,
        client_id=uuid4(),
        person=people[0],
        starts_at=datetime(2020, 3, 1, tzinfo=SHANGHAI),
        ends_at=datetime(2020, 4, 2, tzinfo=SHANGHAI),
    )
    Eligibility.objects.get(post=w.lead_post).amend(by=None, withdrawn_at=datetime(2020, 2, 1, tzinfo=SHANGHAI))
    page = said(phone_of(w.manager).get(at(w, "duty_draw", month="2020-03")))
    assert "310 posts stay empty" in page
    assert f"1 Mar 08:00–20:00 {w.posts()[0].name} absent 1" in page
    assert f"nobody leads 1 Mar 08:00–20:00 {w.lead_post.name} nobody may hold it" in page


def cell(shift: Any, post: Post, name: str = "duty_cell") -> str:
    return reverse(name, args=[shift.pk, post.pk])


def test_a_cell_marks_who_is_free_resting_on_duty_or_absent_and_refuses_with_one_sentence(w: World) -> None:
    people = staffed(w, people=4)
    post, other = w.posts()[0], w.posts()[1]
    shift = w.shift(date(2020, 2, 20))
    w.duty(w.shift(date(2020, 2, 19), "Night"), other, people[1])
    w.duty(shift, other, people[2])
    Absence.enter(
        by=None,
        building=w.building,
        client_id=uuid4(),
        person=people[3],
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )
    phone = phone_of(w.manager)
    options = re.findall(r"<option[^>]*>([^<]+)</option>", phone.get(cell(shift, post)).content.decode())
    assert [one.split(" · ")[1] for one in options[1:]] == ["free", "absent", "on duty", "resting"]
    page = phone.post(cell(shift, post, "change_duty"), {"client_id": str(uuid4()), "person": people[1].pk})
    assert page.status_code == 409
    assert "Person 01 would have less than 11 hours of rest before or after." in said(page)
    assert not DutyChange.objects.exists()
    done = phone.post(
        cell(shift, post, "change_duty"), {"client_id": str(uuid4()), "person": people[0].pk, "why": "asked"}
    )
    assert done.status_code == 302
    shown = said(phone.get(cell(shift, post)))
    assert "changed by hand: nobody → Person 00, from 02-20 08:00" in shown
    assert "Duty entered" in shown or "duty entered" in shown
    assert phone_of(w.nurse).post(cell(shift, post, "change_duty"), {"person": people[0].pk}).status_code == 403
    assert "Change the roster" not in said(phone_of(w.nurse).get(cell(shift, post)))


def test_somebody_takes_over_and_another_stays_on_by_their_phones(w: World, clock: Any) -> None:
    post, shift = w.lead_post, w.shift(DAY)
    officer, nurse = w.duty_officer, w.nurse
    for user in (officer, nurse):
        Eligibility.enter(by=None, post=post, person=w.staff(user))
    w.duty(shift, post, nurse.person)
    page = phone_of(officer).post(cell(shift, post, "take_over_duty"), {"client_id": str(uuid4()), "why": "ill"})
    assert page.status_code == 302
    duty = Duty.objects.get(person=officer.person)
    clock.move_to(datetime(2020, 2, 14, 20, 30, tzinfo=SHANGHAI))
    stay = reverse("stay_on_duty", args=[duty.pk])
    refused = phone_of(officer).post(stay, {"client_id": str(uuid4()), "until": "2020-02-14T20:00"})
    assert refused.status_code == 409
    assert "Choose a moment after now" in said(refused)
    assert phone_of(officer).post(stay, {"client_id": str(uuid4()), "until": "2020-02-14T23:00"}).status_code == 302
    duty.refresh_from_db()
    assert duty.ends_at == datetime(2020, 2, 14, 23, tzinfo=SHANGHAI)


def test_a_moment_that_a_clock_change_swallows_is_refused_in_a_sentence(w: World, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    w.building.amend(by=None, time_zone="Europe/Berlin")
    person = w.staff(name="Ill One")
    sent = {
        "client_id": str(uuid4()),
        "person": person.pk,
        "starts_at": "2020-03-29T02:30",
        "ends_at": "2020-03-30T08:00",
    }
    with translation.override("en"):
        page = phone_of(w.manager).post(at(w, "duty_absences"), sent)
    assert page.status_code == 422
    assert not Absence.objects.exists()
    assert "couldn't be interpreted in time zone" in said(page).replace("’", "'")


def test_who_is_in_charge_now_and_at_any_moment_with_numbers_for_those_who_may_see_them(w: World) -> None:
    people = staffed(w)
    ContactPoint.enter(by=None, person=people[1], kind=ContactKind.PHONE, value="010-5550 0177")
    w.duty(w.shift(DAY), w.lead_post, people[0])
    w.duty(w.shift(date(2020, 2, 12), "Night"), w.lead_post, people[1])
    now = said(phone_of(w.manager).get(at(w, "duty_now")))
    assert "Person 00" in now
    then = at(w, "duty_now") + "?at=2020-02-13T03:00"
    assert "Person 01" in said(phone_of(w.manager).get(then))
    assert "010-5550 0177" in said(phone_of(w.manager).get(then))
    assert "010-5550 0177" not in said(phone_of(w.reader).get(then))
    assert phone_of(w.reader).get(at(w, "duty_now") + "?at=nonsense").status_code == 422


def test_a_swap_goes_from_phone_to_phone_to_the_desk(w: World) -> None:
    post = w.lead_post
    asker, asked = w.duty_officer, w.nurse
    for user in (asker, asked):
        Eligibility.enter(by=None, post=post, person=w.staff(user))
    gives = w.duty(w.shift(date(2020, 2, 20)), post, asker.person)
    takes = w.duty(w.shift(date(2020, 2, 22)), post, asked.person)
    page = reverse("ask_swap", args=[gives.pk])
    assert "I take" in said(phone_of(asker).get(page))
    sent = {"client_id": str(uuid4()), "gives": gives.pk, "takes": takes.pk, "why": "exam"}
    for _tap in range(2):
        assert phone_of(asker).post(page, sent).status_code == 302
    swap = Swap.objects.get()
    answer = reverse("answer_swap", args=[swap.pk, "agree"])
    own = phone_of(asker).post(answer)
    assert own.status_code == 409
    assert "can agree" in said(own)
    assert "Agree" in said(phone_of(asked).get(at(w, "duty_swaps")))
    assert phone_of(asked).post(answer).status_code == 302
    approve = reverse("approve_swap", args=[swap.pk])
    assert phone_of(asked).post(approve).status_code == 403
    assert "Approve" in said(phone_of(w.site_lead).get(at(w, "duty_swaps")))
    assert phone_of(w.site_lead).post(approve).status_code == 302
    gives.refresh_from_db()
    assert gives.person == asked.person
    trail = said(phone_of(w.reader).get(reverse("duty_swap", args=[swap.pk])))
    for name in (asker, asked, w.site_lead):
        assert str(name) in trail


def test_why_somebody_is_absent_is_seen_by_those_who_keep_the_roster_only(w: World) -> None:
    people = staffed(w)
    shift = w.shift(date(2020, 2, 20))
    w.duty(shift, w.lead_post, people[0])
    sent = {
        "client_id": str(uuid4()),
        "person": people[0].pk,
        "starts_at": "2020-02-20T00:00",
        "ends_at": "2020-02-21T00:00",
        "substitute": people[1].pk,
        "why": "fever clinic",
    }
    for _tap in range(2):
        assert phone_of(w.manager).post(at(w, "duty_absences"), sent).status_code == 302
    assert "fever clinic" in said(phone_of(w.manager).get(at(w, "duty_absences")))
    assert phone_of(w.nurse).get(at(w, "duty_absences")).status_code == 403
    assert "fever" not in said(phone_of(w.auditor).get(cell(shift, w.lead_post)))
    assert phone_of(w.manager).post(reverse("end_absence", args=[Absence.objects.get().pk])).status_code == 302


def test_patterns_posts_areas_and_rules_are_set_up(w: World) -> None:
    phone, person = phone_of(w.manager), w.staff(name="Guard")
    send = phone.post
    pattern = {"name": "早班", "name_en": "Early", "starts": "06:00", "ends": "14:00"}
    assert send(at(w, "new_pattern"), pattern).status_code == 302
    again = send(at(w, "new_pattern"), pattern)
    assert again.status_code == 409
    assert "already has a shift with this name" in said(again)
    assert (
        send(at(w, "new_area"), {"kind": "gate", "name": "大门", "name_en": "Gate", "position": 1}).status_code == 302
    )
    post = {"role": "area", "name": "门岗", "name_en": "Gate", "position": "3", "people": [person.pk]}
    no_area = send(at(w, "new_post"), post)
    assert no_area.status_code == 409
    assert "Only the post of an area has an area, and it needs one." in said(no_area)
    post["area"] = Area.objects.get().pk  # type: ignore[assignment]
    assert send(at(w, "new_post"), post).status_code == 302
    made = Post.objects.get()
    assert (made.by_night, [one.person for one in made.eligibilities.all()]) == (False, [person])
    assert send(reverse("edit_post", args=[made.pk]), {**post, "people": []}).status_code == 302
    assert made.eligibilities.get().withdrawn_at is not None
    rules = {"rest_hours": 12, "most_hours_a_week": 48, "answer_minutes": 20, "source": "Office, 7 Feb"}
    assert send(at(w, "duty_rules"), rules).status_code == 302
    assert DutyRules.of(w.building).rest_hours == 12
    assert send(at(w, "duty_rules"), {**rules, "rest_hours": 25}).status_code == 422
    one = ShiftPattern.objects.get()
    assert send(reverse("edit_pattern", args=[one.pk]), {**pattern, "retired": "on"}).status_code == 302
    one.refresh_from_db()
    assert one.retired_at is not None
    page = said(phone.get(at(w, "duty_setup")))
    for word in ("Early 06:00–14:00", "no longer used", "Gate", "12", "Office, 7 Feb"):
        assert word in page


def test_a_post_somebody_is_down_for_is_not_retired(w: World) -> None:
    people = staffed(w)
    w.duty(w.shift(date(2020, 2, 20)), w.lead_post, people[0])
    post = w.lead_post
    sent = {"role": post.role, "name": post.name, "by_night": "on", "leads": "on", "position": 3, "retired": "on"}
    page = phone_of(w.manager).post(reverse("edit_post", args=[post.pk]), sent)
    assert page.status_code == 409
    assert "Empty its duties first." in said(page)


def test_the_month_is_exported_as_it_stands(w: World) -> None:
    people = staffed(w)
    w.duty(w.shift(DAY), w.lead_post, people[0])
    answer = phone_of(w.manager).get(at(w, "export_duty", "xlsx", month="2020-02"))
    rows = read_tables(answer.content, name="duty.xlsx")[0].rows
    assert [cell.value for cell in rows[0].cells][:4] == ["Date", "Shift", "From", "Until"]
    assert "Person 00" in [cell.value for cell in rows[1].cells]
    assert b"Person 00" in phone_of(w.manager).get(at(w, "export_duty", "csv", month="2020-02")).content
    assert phone_of(w.nurse).get(at(w, "export_duty", "csv")).status_code == 403


def words(pdf: bytes) -> list[str]:
    """Each page's text without its spaces."""
    return [re.sub(r"\s+", "", page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_roster_is_printed_across_with_repeated_heads_and_its_gaps_named(w: World, language: str) -> None:
    full_two_weeks(w)
    manager = w.manager
    manager.language = language
    manager.save()
    answer = phone_of(manager).get(at(w, "duty_roster_paper", month="2020-02"))
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    assert document[0].get_size()[0] > document[0].get_size()[1]
    pages = words(answer.content)
    head = re.sub(r"\s+", "", w.posts()[0].name)
    for page in pages:
        if "Person" in page and "Day" in page:
            assert head in page
    assert "▲" in pages[0]
    assert ("1处空缺" if language == "zh-hans" else "1poststandsempty") in pages[0]


def test_the_area_list_names_numbers_only_for_those_who_may_see_them(w: World) -> None:
    people = staffed(w)
    ContactPoint.enter(by=None, person=people[0], kind=ContactKind.PHONE, value="010-5550 0177")
    w.duty(w.shift(DAY), w.lead_post, people[0])
    full = "".join(words(phone_of(w.duty_officer).get(at(w, "area_list_paper")).content))
    plain = "".join(words(phone_of(w.nurse).get(at(w, "area_list_paper")).content))
    assert "Person00" in full
    assert "010-55500177" in full
    assert "Person00" in plain
    assert "5550" not in plain
    assert "14Feb08:00–20:00" in plain
