"""A month of shifts made from the patterns, drawn, looked at and written; nights of clock changes among them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.records import Refused
from observation.duty import rostering
from observation.duty.fairness import Served, shares, spread
from observation.duty.forecasting import clashes_between, gaps_between
from observation.duty.months import Month, make_shifts
from observation.models import Duty, DutyChange, Eligibility, Post, Shift
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
FEBRUARY = Month(2020, 2)


@pytest.fixture
def clock() -> Iterator[Any]:
    """It is the 10th, ten in the morning."""
    with time_machine.travel(datetime(2020, 2, 10, 10, tzinfo=SHANGHAI), tick=False) as clock:
        yield clock


@pytest.fixture
def w(clock: Any) -> World:
    return make_world()


def staffed(world: World, people: int = 20) -> list[Post]:
    """Every post may be held by all but every fourth of the people."""
    posts = world.posts()
    for n in range(people):
        person = world.staff(name=f"Person {n:02}")
        for p, post in enumerate(posts):
            if (n + p) % 4:
                Eligibility.enter(by=None, post=post, person=person)
    return posts


def test_a_month_is_read_and_named() -> None:
    assert Month.read("2020-02") == FEBRUARY
    assert (FEBRUARY.before, FEBRUARY.after, FEBRUARY.last) == (Month(2020, 1), Month(2020, 3), date(2020, 2, 29))
    assert [Month.read(text) for text in ("2020-13", "2020-2", "x", "", "1999-01", "９999-01")] == [None] * 6


def test_shifts_are_made_once_from_the_patterns(w: World) -> None:
    w.posts()
    assert len(make_shifts(w.building, FEBRUARY.first, FEBRUARY.last, by=w.manager)) == 58
    assert make_shifts(w.building, FEBRUARY.first, FEBRUARY.last, by=w.manager) == []
    night = Shift.objects.get(day=date(2020, 2, 29), pattern__name="Night")
    assert (night.starts_at, night.ends_at) == (
        datetime(2020, 2, 29, 20, tzinfo=SHANGHAI),
        datetime(2020, 3, 1, 8, tzinfo=SHANGHAI),
    )


def test_a_pattern_that_follows_another_leaves_made_hours_alone(w: World) -> None:
    w.posts()
    make_shifts(w.building, date(2020, 2, 20), date(2020, 2, 20), by=None)
    for pattern in w.building.shift_patterns.all():
        pattern.amend(by=None, starts=pattern.ends, ends=pattern.starts, night=not pattern.night)
    made = make_shifts(w.building, date(2020, 2, 19), date(2020, 2, 21), by=None)
    hours = sorted((one.starts_at.astimezone(SHANGHAI).day, one.starts_at.astimezone(SHANGHAI).hour) for one in made)
    assert hours == [(19, 8), (19, 20), (21, 8), (21, 20)]


@pytest.mark.parametrize(
    ("day", "hours", "starts", "ends"),
    [
        (date(2026, 3, 28), 11, (19, 0), (6, 0)),
        (date(2026, 10, 24), 13, (18, 0), (7, 0)),
        (date(2026, 6, 1), 12, (18, 0), (6, 0)),
    ],
)
def test_a_night_of_a_clock_change_lasts_what_the_sun_says(
    day: date, hours: int, starts: tuple[int, int], ends: tuple[int, int]
) -> None:
    world = make_world()
    world.building.amend(by=None, time_zone="Europe/Berlin")
    world.posts()
    make_shifts(world.building, day, day, by=None)
    shift = Shift.objects.get(pattern__name="Night")
    assert (shift.starts_at.hour, shift.ends_at.hour) == (starts[0], ends[0])
    assert (shift.starts_at.astimezone(BERLIN).hour, shift.ends_at.astimezone(BERLIN).hour) == (20, 8)
    assert world.duty(shift, world.lead_post, None).hours == Decimal(hours)
    unsaved = Duty(starts_at=shift.pattern.moments(day, BERLIN)[0], ends_at=shift.pattern.moments(day, BERLIN)[1])
    assert unsaved.hours == Decimal(hours)


def test_a_shift_that_a_clock_change_swallows_is_not_made() -> None:
    world = make_world()
    world.building.amend(by=None, time_zone="Europe/Berlin")
    world.posts()
    pattern = world.building.shift_patterns.get(name="Night")
    pattern.amend(by=None, starts=datetime(2026, 1, 1, 2).time(), ends=datetime(2026, 1, 1, 3).time())  # noqa: DTZ001
    made = make_shifts(world.building, date(2026, 3, 28), date(2026, 3, 30), by=None)
    assert [one.day.day for one in made if one.pattern == pattern] == [28, 30]


def test_a_month_is_drawn_from_now_on_without_a_broken_rule_or_a_gap_and_written_in_one_tap(w: World) -> None:
    staffed(w)
    draft = rostering.draft(w.building, FEBRUARY)
    assert (Shift.objects.count(), Duty.objects.count()) == (0, 0)
    assert draft.drawing.unfilled == []
    for _tap in range(2):
        rostering.write(w.building, FEBRUARY, mark=draft.mark, by=w.manager)
    assert Shift.objects.count() == 40
    # The day shift of the 10th has begun; from its night on, every post is held.
    assert Duty.objects.count() == 39 * 5
    now, end = datetime(2020, 2, 10, 20, tzinfo=SHANGHAI), datetime(2020, 3, 1, 8, tzinfo=SHANGHAI)
    assert gaps_between(w.building, now, end) == []
    assert clashes_between(w.building, now, end) == []
    assert Duty.objects.first().history.get().history_user == w.manager  # type: ignore[union-attr]
    assert not DutyChange.objects.exists()


def test_a_draft_that_is_no_longer_true_is_not_written(w: World) -> None:
    posts = staffed(w)
    draft = rostering.draft(w.building, FEBRUARY)
    Eligibility.objects.filter(post=posts[0]).first().amend(  # type: ignore[union-attr]
        by=None, withdrawn_at=datetime(2020, 2, 10, tzinfo=SHANGHAI)
    )
    with pytest.raises(Refused) as refusal:
        rostering.write(w.building, FEBRUARY, mark=draft.mark, by=w.manager)
    assert refusal.value.code == "draft-changed"
    assert (Shift.objects.count(), Duty.objects.count()) == (0, 0)


def test_what_is_put_down_by_hand_and_what_stands_vacant_is_drawn_around_and_filled(w: World) -> None:
    posts = staffed(w)
    shift = w.shift(date(2020, 2, 20))
    by_hand = w.duty(shift, posts[0], w.staff(name="By Hand"))
    vacant = w.duty(shift, posts[1], None)
    draft = rostering.draft(w.building, FEBRUARY)
    rostering.write(w.building, FEBRUARY, mark=draft.mark, by=w.manager)
    by_hand.refresh_from_db()
    vacant.refresh_from_db()
    assert by_hand.person is not None
    assert by_hand.person.name == "By Hand"
    assert vacant.person is not None
    assert Duty.objects.filter(shift=shift).count() == 5


def test_what_somebody_serves_in_another_building_counts_for_rest(w: World) -> None:
    other = make_world("South Court")
    person = w.staff(name="Both")
    Eligibility.enter(by=None, post=w.lead_post, person=person)
    other.duty(other.shift(date(2020, 2, 20)), other.lead_post, person)
    draft = rostering.draft(w.building, FEBRUARY)
    busy = datetime(2020, 2, 20, 8, tzinfo=SHANGHAI)
    rest = timedelta(hours=11)
    for one in draft.drawing.assigned:
        assert one.need.ends + rest <= busy or one.need.starts >= busy + timedelta(hours=12) + rest


def test_shares_count_a_shift_once_and_say_how_far_apart_people_are() -> None:
    night = datetime(2020, 2, 15, 20, tzinfo=SHANGHAI)
    rows = [
        Served(1, 7, date(2020, 2, 15), True, night, night + timedelta(hours=5)),  # noqa: FBT003
        Served(1, 7, date(2020, 2, 15), True, night + timedelta(hours=6), night + timedelta(hours=12)),  # noqa: FBT003
        Served(2, 8, date(2020, 2, 14), False, night, night + timedelta(hours=12)),  # noqa: FBT003
    ]
    found = shares(rows, [1, 2, 3])
    assert [(one.person, one.hours, one.nights, one.weekends, one.duties) for one in found.values()] == [
        (1, 11.0, 1, 1, 1),
        (2, 12.0, 0, 0, 1),
        (3, 0.0, 0, 0, 0),
    ]
    assert (spread(found.values()).hours, spread(found.values()).nights) == (12.0, 1)
