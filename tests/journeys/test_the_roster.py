"""A month's roster on screens: drawn, swapped, read by a calendar; the plan's printed forms, out on paper and back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from icalendar import Calendar
from playwright.sync_api import Page, expect

from core.text import day_words
from observation.duty.grid import hours_words
from observation.duty.months import Month
from observation.duty.setting_up import let_hold
from observation.ending import today
from observation.models import Absence, Duty, DutyRules, Eligibility, HealthCheck, PaperForm
from people.models import Person
from tests.core.test_pages import faults
from tests.journeys.papers_in_hand import codes_beside, words_of
from tests.journeys.screens import PHONE, paper, press, pressed_paper, see
from tests.observation import duty_checker
from tests.observation.duty_checker import Row
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GRID = "table.duty-grid tbody td"
OWN_WORDS = "Knock twice, and wait for an answer.\n\n- From {fever_from} °C: call."
PRINTED = "6.1RoundsKnocktwice,andwaitforananswer.1.From37.3°C:call."


@pytest.fixture
def w() -> World:
    return make_world()


def staffed(w: World) -> Month:
    """Two nurses and eighteen others, not all of them for every post; one is away in the first week of next month."""
    month = Month.of(today(w.building)).after
    nurses = [w.staff(w.nurse, name="Nurse Ada"), w.staff(w.user("nurse", name="second"), name="Nurse Ben")]
    others = [w.staff(name=f"Person {n:02}") for n in range(18)]
    for p, post in enumerate(w.posts()):
        let_hold(post, nurses + [one for n, one in enumerate(others) if (n + p) % 4], by=None)
    first = datetime(month.year, month.number, 1, tzinfo=ZoneInfo(w.building.time_zone))
    away = {"starts_at": first, "ends_at": first + timedelta(days=7)}
    Absence.enter(by=None, building=w.building, client_id=uuid4(), person=others[1], **away)
    return month


def standing() -> dict[int, Row]:
    """Every duty that is held, as the checker counts it."""
    rows = Duty.objects.held().values_list("pk", "person", "shift", "post", "starts_at", "ends_at")
    return {pk: Row(*row) for pk, *row in rows}


def wrong(w: World, rows: list[Row], *, new: list[Row]) -> list[str]:
    """What is wrong with these rows by the rules of this building, told a second time."""
    able: dict[int, set[int]] = {}
    for post, person in Eligibility.objects.filter(withdrawn_at=None).values_list("post", "person"):
        able.setdefault(post, set()).add(person)
    rules = DutyRules.of(w.building)
    return duty_checker.faults(
        rows,
        may_hold=able,
        away=list(Absence.objects.values_list("person", "starts_at", "ends_at")),
        rest_hours=rules.rest_hours,
        week_hours=rules.most_hours_a_week,
        new=set(new),
    )


def to_exchange(w: World, ada: Person, ben: Person) -> tuple[Duty, Duty]:
    """A duty of each among their next five that the two can exchange without a broken rule."""
    rows = standing()
    hers, his = (list(Duty.objects.filter(person=one).order_by("starts_at")[:5]) for one in (ada, ben))
    for gives in hers:
        for takes in his:
            new = [
                rows[gives.pk]._replace(person=ben.pk),
                rows[takes.pk]._replace(person=ada.pk),
            ]
            rest = [row for pk, row in rows.items() if pk not in {gives.pk, takes.pk}]
            soon = takes.starts_at <= hers[-1].starts_at and gives.starts_at <= his[-1].starts_at
            if soon and gives.shift_id != takes.shift_id and not wrong(w, rest + new, new=new):
                return gives, takes
    raise AssertionError("no two duties of theirs can be exchanged")


def test_a_month_is_drawn_two_nurses_swap_and_a_calendar_knows(w: World, screen: Callable[..., Page]) -> None:
    """Delivery 1: looked at and written in one tap; asked, agreed, approved; read by any calendar program."""
    month, zone = staffed(w), ZoneInfo(w.building.time_zone)
    duty_page = f"/buildings/{w.building.pk}/duty/"
    ada, ben = w.nurse.person, w.user("nurse", name="second").person
    assert ada is not None
    assert ben is not None

    # The manager looks at the draft of next month, and writes it in one tap: what was shown is what stands.
    desk = screen(w.manager)
    desk.goto(duty_page)
    press(desk, "Draw the month")
    press(desk, month.words)
    see(desk, "Nothing that stands is touched; nothing is written yet.")
    drafted = desk.locator(GRID).all_inner_texts()
    assert not Duty.objects.exists()
    press(desk, "Write this roster")
    see(desk, "duties are written.")
    desk.wait_for_url(f"**{duty_page}?month={month}")
    assert desk.locator(GRID).all_inner_texts() == drafted
    assert not [words for words in drafted if "vacant" in words]
    assert desk.evaluate("document.documentElement.scrollWidth") <= 1280
    rows = list(standing().values())
    assert len(rows) == month.last.day * 2 * len(w.posts())
    assert wrong(w, rows, new=rows) == []

    # A nurse opens one of her own duties on her phone, and asks another for his.
    gives, takes = to_exchange(w, ada, ben)
    given, taken = (f"{hours_words(one.starts_at, one.ends_at, zone)} {one.post.shown_name}" for one in (gives, takes))
    hers, his = screen(w.nurse, size=PHONE), screen(w.user("nurse", name="second"), size=PHONE)
    for phone, own, other in ((hers, given, taken), (his, taken, given)):
        phone.goto(duty_page)
        mine = phone.locator("section[aria-labelledby=mine]")
        expect(mine).to_contain_text(own)
        expect(mine).not_to_contain_text(other)
    hers.click(f"section[aria-labelledby=mine] a:has-text('{given}')")
    press(hers, "Ask somebody to swap")
    hers.select_option("[name=takes]", label=f"{takes.shift} · {takes.post.shown_name} · {ben.name}")
    hers.fill("[name=why]", "An exam that day.")
    assert faults(hers, least=48) == []
    press(hers, "Ask")
    see(hers, "Asked. The other agrees by their own log-in")
    assert hers.locator("button:has-text('Agree'), button:has-text('Approve')").count() == 0

    # He agrees on his own phone; the manager approves; until then nothing has changed hands.
    his.goto(duty_page)
    his.click("main a:has-text('Swaps')")
    see(his, "An exam that day.")
    assert faults(his, least=48) == []
    press(his, "Agree")
    see(his, "You agreed; it takes an approval yet.")
    gives.refresh_from_db()
    assert gives.person == ada
    desk.goto(duty_page)
    desk.click("main a:has-text('Swaps')")
    press(desk, "Approve")
    see(desk, "The swap is approved; the roster is changed.")

    # Both own pages tell it, and so does who is in charge as of that moment.
    for phone, own, other in ((hers, taken, given), (his, given, taken)):
        phone.goto(duty_page)
        mine = phone.locator("section[aria-labelledby=mine]")
        expect(mine).to_contain_text(own)
        expect(mine).not_to_contain_text(other)
    for duty, holder in ((gives, ben), (takes, ada)):
        desk.goto(duty_page)
        desk.click("main a:has-text('In charge')")
        desk.fill("[name=at]", f"{(duty.starts_at + timedelta(hours=1)).astimezone(zone):%Y-%m-%dT%H:%M}")
        press(desk, "Show")
        row = desk.locator(f"tr:has(th:has-text('{duty.post.shown_name}'))")
        expect(row).to_contain_text(holder.name)
        expect(row).to_contain_text(hours_words(duty.starts_at, duty.ends_at, zone))
    rows = list(standing().values())
    assert wrong(w, rows, new=rows) == []

    # She makes a calendar address; a program without a log-in reads the duty she took, not the one she gave.
    hers.goto(duty_page)
    hers.click("main a:has-text('Calendars')")
    press(hers, "Make address")
    address = hers.input_value("#address")
    assert faults(hers, least=48) == []
    answer = screen().request.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    read = [
        (one.decoded("dtstart"), one.decoded("dtend"), str(one["summary"]))
        for one in Calendar.from_ical(answer.body()).walk("VEVENT")
    ]
    assert (takes.starts_at, takes.ends_at, takes.post.shown_name) in read
    assert gives.starts_at not in [starts for starts, _ends, _post in read]
    assert len(read) == Duty.objects.filter(person=ada).count()


def test_the_plan_says_a_clause_in_own_words_and_its_round_sheet_leads_back(
    w: World, screen: Callable[..., Page]
) -> None:
    """Delivery 4: a clause is edited and stands in the PDF; a form goes out on paper and is typed back."""
    w.protocol(check_hours=["00:00"])  # one round a day: whatever the hour is, it has begun
    guest = w.occupant(w.ready_room("201").beds.get(), name="Guest Below")
    w.occupant(w.ready_room("301").beds.get(), name="Guest Above")
    here, day = f"/buildings/{w.building.pk}", today(w.building)
    plan = reverse("management_plan", args=[w.building.pk])

    # The manager says a clause in the house's own words.
    desk = screen(w.manager)
    desk.goto(here + "/site/")
    desk.click("a:has-text('Management plan')")
    desk.wait_for_url(f"**{plan}")
    desk.click("main td a:text-is('Rounds')")
    desk.fill("[name=text]", OWN_WORDS)
    desk.fill("[name=why]", "Two were woken.")
    press(desk, "Keep this text")
    see(desk, "The clause is changed.")
    see(desk, "Two were woken.")

    # The plan's PDF has the words, in the clause's place, with the figure that the protocol gives.
    desk.goto(plan)
    link = desk.locator("main a:has-text('Open in English (PDF)')").get_attribute("href")
    assert link is not None
    assert PRINTED in words_of(paper(desk, link))
    assert not PaperForm.objects.exists()

    # Printed with codes, each round sheet leads to its own record, read off the page as a camera does.
    printed = pressed_paper(desk, "Print in English with codes")
    assert PRINTED in words_of(printed)
    [below], [above] = (codes_beside(printed, "Round sheet", floor) for floor in ("Floor 2", "Floor 3"))
    assert below != above
    desk.goto(f"{here}/paper-forms/")
    waiting = desk.locator("section[aria-labelledby=waiting] tr:has(th:has-text('round sheet'))")
    expect(waiting).to_have_count(2)

    # The power is back: a nurse opens the code with her phone and stands in that day's grid, on that floor.
    nurse = screen(w.nurse, size=PHONE)
    nurse.goto(below)
    nurse.wait_for_url(f"**{reverse('check_grid', args=[w.building.pk])}?day={day}&floor=2&form=*")
    expect(nurse.locator("h1")).to_contain_text(day_words(day))
    see(nurse, "From paper:")
    see(nurse, "Guest Below")
    expect(nurse.locator("main")).not_to_contain_text("Guest Above")
    assert faults(nurse, least=48) == []
    nurse.fill("input.cell", "36.5")
    press(nurse, "Keep what is typed")
    see(nurse, "All that was typed is kept.")
    reading = HealthCheck.objects.get()
    assert (reading.occupant, str(reading.temperature)) == (guest, "36.5")

    # All of it is typed back: that sheet waits no longer, the other floor's still does.
    press(nurse, "All of it is typed back")
    see(nurse, "The form is done")
    desk.reload()
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("Floor 3")
    expect(desk.locator("section[aria-labelledby=done]")).to_contain_text("Floor 2")
