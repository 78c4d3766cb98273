"""A roster drawn by rule: nothing broken, nothing touched that stands, evenly spread, and quick."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from observation.duty import drawing, rules
from observation.duty.drawing import Assigned, Away, Drawing, Held, Need, cheapest, draw
from observation.duty.rules import Against, Limits
from tests.observation.duty_checker import Row, faults

START = datetime(2020, 2, 3, tzinfo=UTC)
REST, WEEK = 11, 60
LIMITS = Limits(timedelta(hours=REST), timedelta(hours=WEEK))


def shift(n: int, *, hours: int = 12) -> tuple[int, datetime, datetime]:
    """The n-th shift since the start."""
    starts = START + timedelta(hours=hours * n)
    return n, starts, starts + timedelta(hours=hours)


def need(n: int, post: int = 0, *, hours: int = 12, **fields: Any) -> Need:
    number, starts, ends = shift(n, hours=hours)
    return Need(number, post, starts, ends, night=bool(n % 2), weekend=starts.weekday() >= 5, **fields)


def held(n: int, person: int, post: int = 0, *, hours: int = 12) -> Held:
    number, starts, ends = shift(n, hours=hours)
    return Held(person, number, post, starts, ends, night=bool(n % 2), weekend=starts.weekday() >= 5)


def drawn(needs: list[Need], may_hold: dict[int, set[int]], **given: Any) -> Drawing:
    said = {"held": [], "away": [], "limits": LIMITS, "now": START, **given}
    return draw(needs, may_hold=may_hold, **said)


def who(found: Drawing) -> list[tuple[int, int, int]]:
    return [(one.need.shift, one.need.post, one.person) for one in found.assigned]


def test_a_scarce_person_is_not_spent_on_a_post_that_others_may_hold() -> None:
    found = drawn([need(0, 0), need(0, 1), need(0, 2)], {0: {1, 2, 3}, 1: {1}, 2: {1, 2}})
    assert who(found) == [(0, 0, 3), (0, 1, 1), (0, 2, 2)]


def test_the_lead_is_found_before_an_areas_post() -> None:
    found = drawn([need(0, 0), need(0, 1, weight=4)], {0: {1}, 1: {1}})
    assert who(found) == [(0, 1, 1)]
    assert [one.need.post for one in found.unfilled] == [0]


def test_who_rests_is_not_taken_and_why_a_post_stands_empty_is_said() -> None:
    found = drawn(
        [need(1), need(1, 1)],
        {0: {1, 2}, 1: set()},
        held=[held(0, 1, 5)],
        away=[Away(2, START, START + timedelta(days=2))],
    )
    assert who(found) == []
    assert [dict(one.why) for one in found.unfilled] == [{Against.ABSENT: 1, Against.RESTING: 1}, {}]


def test_a_week_has_its_most_hours_wherever_it_begins() -> None:
    found = drawn([need(n) for n in range(0, 28, 2)], {0: {1}})
    days = [one.need.shift // 2 for one in found.assigned]
    assert days == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert {tuple(one.why) for one in found.unfilled} == {(Against.HOURS,)}


def test_what_is_held_and_what_has_begun_is_never_touched() -> None:
    found = drawn([need(0), need(2), need(4)], {0: {1, 2}}, held=[held(2, 9)], now=START + timedelta(minutes=1))
    assert [one.need.shift for one in found.assigned] == [4]


def test_a_night_of_eleven_or_thirteen_hours_counts_as_such() -> None:
    # Berlin, October: the night from 20 to 8 lasts 13 hours.
    starts = datetime(2026, 10, 24, 18, tzinfo=UTC)
    long = Need(1, 0, starts, starts + timedelta(hours=13), night=True)
    after = Need(2, 0, starts + timedelta(hours=23), starts + timedelta(hours=35))
    rested = Need(2, 0, starts + timedelta(hours=24), starts + timedelta(hours=36))
    assert len(drawn([long, after], {0: {1}}, now=starts).assigned) == 1
    assert len(drawn([long, rested], {0: {1}}, now=starts).assigned) == 2
    tight = Limits(timedelta(hours=11), timedelta(hours=24))
    assert len(drawn([long, rested], {0: {1}}, now=starts, limits=tight).assigned) == 1


def test_what_stands_empty_is_filled_by_moving_somebody_else() -> None:
    # Only 1 may hold post 1 in the night, and would rest after a day that 2 may take as well.
    found = drawn([need(0, 0), need(1, 1)], {0: {1, 2}, 1: {1}}, held=[held(-4, 2, 7), held(-6, 2, 7)])
    assert who(found) == [(0, 0, 2), (1, 1, 1)]


def month(people: int, posts: int) -> tuple[list[Need], dict[int, set[int]]]:
    """A month of two shifts a day; each post may be held by a part of the people."""
    needs = [need(n, post) for n in range(62) for post in range(posts)]
    may_hold = {post: {one for one in range(people) if (one + post) % 3} for post in range(posts)}
    return needs, may_hold


def test_a_month_of_ten_posts_and_forty_people_is_full_even_quick_and_the_same_each_time() -> None:
    needs, may_hold = month(people=40, posts=10)
    begun = time.process_time()
    found = drawn(needs, may_hold)
    took = time.process_time() - begun
    assert found.unfilled == []
    assert wrong(found, may_hold, [], []) == []
    hours = Counter(one.person for one in found.assigned)
    nights = Counter(one.person for one in found.assigned if one.need.night)
    weekends = Counter(one.person for one in found.assigned if one.need.weekend)
    for counted, most in ((hours, 1), (nights, 1), (weekends, 1)):
        every = [counted[person] for person in range(40)]
        assert max(every) - min(every) <= most, (max(every), min(every))
    assert took < 3, took
    assert drawn(list(reversed(needs)), may_hold) == found


def wrong(
    found: Drawing,
    may_hold: dict[int, set[int]],
    standing: list[Held],
    away: list[Away],
    *,
    week: int = WEEK,
    but: Assigned | None = None,
) -> list[str]:
    """What is wrong with a drawing, or with `but` alone beside it."""
    more = [but] if but else []
    new = [
        Row(one.person, one.need.shift, one.need.post, one.need.starts, one.need.ends)
        for one in [*found.assigned, *more]
    ]
    rows = [Row(one.person, one.shift, one.post, one.starts, one.ends) for one in standing] + new
    gone = [(one.person, one.starts, one.ends) for one in away]
    asked = new[-1:] if but else new
    return faults(rows, may_hold=may_hold, away=gone, rest_hours=REST, week_hours=week, new=asked)


PEOPLE, POSTS, SHIFTS, SHORT_WEEK = 5, 3, 10, 40


@st.composite
def worlds(choose: Any) -> tuple[list[Need], dict[int, set[int]], list[Held], list[Away], datetime]:
    """A few posts and people over some days of two or three shifts, with duties that stand and absences."""
    hours = choose(st.sampled_from([8, 12]))
    may_hold = {
        post: choose(st.sets(st.integers(1, PEOPLE), max_size=PEOPLE)) for post in range(choose(st.integers(1, POSTS)))
    }
    standing: list[Held] = []
    for n, person, post in choose(
        st.lists(st.tuples(st.integers(-3, SHIFTS), st.integers(1, PEOPLE), st.integers(0, POSTS)), max_size=8)
    ):
        if not any(one.shift == n and (one.person == person or one.post == post) for one in standing):
            standing.append(held(n, person, post, hours=hours))
    away = []
    for person, first, length in choose(
        st.lists(st.tuples(st.integers(1, PEOPLE), st.integers(0, 110), st.integers(1, 40)), max_size=4)
    ):
        away.append(Away(person, START + timedelta(hours=first), START + timedelta(hours=first + length)))
    needs = [need(n, post, hours=hours) for n in range(SHIFTS) for post in may_hold]
    return needs, may_hold, standing, away, START + timedelta(hours=choose(st.integers(0, 40)))


@settings(max_examples=120, deadline=None)
@given(worlds())
def test_no_roster_breaks_a_rule_and_nothing_is_forgotten(world: Any) -> None:
    hold(world)


def hold(world: Any) -> None:
    needs, may_hold, standing, away, now = world
    limits = Limits(LIMITS.rest, timedelta(hours=SHORT_WEEK))
    found = draw(needs, may_hold=may_hold, held=standing, away=away, limits=limits, now=now)
    assert wrong(found, may_hold, standing, away, week=SHORT_WEEK) == []
    taken = {(one.shift, one.post) for one in standing}
    asked = {(one.shift, one.post) for one in needs if one.starts >= now} - taken
    given_ = [(one.need.shift, one.need.post) for one in found.assigned]
    empty = [(one.need.shift, one.need.post) for one in found.unfilled]
    assert sorted([*given_, *empty]) == sorted(asked)
    for one in found.unfilled:
        # What stands empty cannot be filled: each who may hold it breaks a rule, and the count says so.
        assert sum(one.why.values()) == len(may_hold[one.need.post])
        for person in may_hold[one.need.post]:
            more = Assigned(one.need, person)
            assert wrong(found, may_hold, standing, away, week=SHORT_WEEK, but=more) != []


def _no_rest(self: Any, piece: Any, limits: Limits) -> Against | None:
    return plain(self, piece, Limits(timedelta(), limits.week))


def _no_week(self: Any, piece: Any, limits: Limits) -> Against | None:
    return plain(self, piece, Limits(limits.rest, limits.week * 2))


def _hours_short(self: Any, piece: Any, limits: Limits) -> Against | None:
    return plain(self, piece, Limits(limits.rest - timedelta(hours=4), limits.week))


def _nobody_is_away(self: Any, piece: Any, limits: Limits) -> Against | None:
    found = plain(self, piece, limits)
    return None if found == Against.ABSENT else found


def _nobody_is_busy(self: Any, piece: Any, limits: Limits) -> Against | None:
    found = plain(self, piece, limits)
    return None if found == Against.ON_DUTY else found


def _too_strict(self: Any, piece: Any, limits: Limits) -> Against | None:
    return plain(self, piece, Limits(limits.rest * 2 + timedelta(hours=3), limits.week))


plain = rules.Diary.against


@pytest.mark.parametrize(
    "bug",
    [_no_rest, _no_week, _hours_short, _nobody_is_away, _nobody_is_busy, _too_strict],
    ids=lambda bug: bug.__name__,
)
def test_a_rule_that_is_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch, bug: Callable[..., Any]) -> None:
    monkeypatch.setattr(rules.Diary, "against", bug)
    checked = settings(max_examples=300, deadline=None, derandomize=True, phases=[Phase.generate])(
        given(worlds())(hold)
    )
    with pytest.raises(AssertionError):
        checked()


@pytest.mark.parametrize("bug", ["forgets who was given", "gives what is held", "gives the past"])
def test_a_drawing_that_touches_what_stands_is_noticed(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    whole = drawing.draw

    def broken(needs: Any, **given: Any) -> Drawing:
        if bug == "gives the past":
            given["now"] = START
        elif bug == "gives what is held":
            given["held"] = []
        else:
            return Drawing(whole(needs, **given).assigned[:-1], [])
        return whole(needs, **given)

    monkeypatch.setitem(globals(), "draw", broken)
    checked = settings(max_examples=300, deadline=None, derandomize=True, phases=[Phase.generate])(
        given(worlds())(hold)
    )
    with pytest.raises(AssertionError):
        checked()


@given(st.lists(st.lists(st.integers(0, 50), min_size=5, max_size=5), min_size=1, max_size=4))
def test_the_cheapest_way_is_the_cheapest_of_all(table: list[list[int]]) -> None:
    found = cheapest(table)
    assert len(set(found)) == len(table)
    best = min(sum(row[n] for row, n in zip(table, way, strict=True)) for way in permutations(range(5), len(table)))
    assert sum(row[n] for row, n in zip(table, found, strict=True)) == best
