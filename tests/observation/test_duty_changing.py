"""How a duty comes to somebody else: each way with its facts, each refusal with its one sentence and nothing kept."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.records import Refused
from observation.duty import absences, changing, forecasting, swapping
from observation.duty.holding import holder_of
from observation.duty.rules import Against
from observation.models import (
    SWAP_TRANSITIONS,
    Absence,
    Duty,
    DutyChange,
    DutyChangeKind,
    Eligibility,
    Post,
    Swap,
    SwapState,
)
from people.models import Person, User
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2020, 2, 14)


def at(hour: int, minute: int = 0, day: int = 14) -> datetime:
    return datetime(2020, 2, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def clock() -> Iterator[Any]:
    """It is the 14th, ten in the morning; the day shift is under way."""
    with time_machine.travel(at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def w(clock: Any) -> World:
    return make_world()


def able(world: World, post: Post, *names: str) -> list[Person]:
    """People who may hold the post."""
    people = [world.staff(name=name) for name in names]
    for person in people:
        Eligibility.enter(by=None, post=post, person=person)
    return people


def with_log_in(world: World, kind: str, name: str, *posts: Post) -> tuple[User, Person]:
    """A user of this role whose person may hold the posts."""
    user = world.user(kind, name=name)
    person = world.staff(user)
    for post in posts:
        Eligibility.enter(by=None, post=post, person=person)
    return user, person


def rows(post: Post) -> list[tuple[str, str, str]]:
    """Who holds the post when, as the roster says."""
    found = Duty.objects.filter(post=post).order_by("starts_at").select_related("person")
    return [
        (
            f"{one.starts_at.astimezone(SHANGHAI):%d %H:%M}",
            f"{one.ends_at.astimezone(SHANGHAI):%d %H:%M}",
            one.person.name if one.person else "—",
        )
        for one in found
    ]


def facts() -> list[tuple[str, str, str, str]]:
    return [
        (
            str(one.kind),
            f"{one.applies_from.astimezone(SHANGHAI):%d %H:%M}",
            one.before.name if one.before else "—",
            one.after.name if one.after else "—",
        )
        for one in DutyChange.objects.select_related("before", "after").order_by("pk")
    ]


def refused(code: str, act: Any) -> str:
    """The act is refused for this rule and leaves nothing behind; what is said."""
    before = (list(Duty.objects.order_by("pk").values()), DutyChange.objects.count(), Swap.objects.count())
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code == code
    after = (list(Duty.objects.order_by("pk").values()), DutyChange.objects.count(), Swap.objects.count())
    assert before == after
    return str(refusal.value.message)


# by hand


def test_a_cell_is_filled_changed_and_emptied_by_hand_with_a_fact_each(w: World) -> None:
    post, shift = w.lead_post, w.shift(date(2020, 2, 15))
    one, two = able(w, post, "One", "Two")
    for person in (one, two, None):
        changing.change_by_hand(shift, post, person=person, why="asked", by=w.manager, client_id=uuid4())
    assert rows(post) == [("15 08:00", "15 20:00", "—")]
    assert facts() == [
        ("edited", "15 08:00", "—", "One"),
        ("edited", "15 08:00", "One", "Two"),
        ("edited", "15 08:00", "Two", "—"),
    ]
    fact = DutyChange.objects.latest("pk")
    assert (fact.by, fact.why) == (w.manager, "asked")


def test_a_shift_under_way_is_changed_from_now_on(w: World) -> None:
    post, shift = w.lead_post, w.shift(DAY)
    one, two = able(w, post, "One", "Two")
    w.duty(shift, post, one)
    changing.change_by_hand(shift, post, person=two, by=w.manager, client_id=uuid4())
    assert rows(post) == [("14 08:00", "14 10:00", "One"), ("14 10:00", "14 20:00", "Two")]
    assert holder_of(post, at(9)) == one
    assert holder_of(post, at(11)) == two


def test_a_shift_that_is_over_stays_as_it_was(w: World) -> None:
    post, shift = w.lead_post, w.shift(date(2020, 2, 13))
    (one,) = able(w, post, "One")
    said = refused(
        "shift-over",
        lambda: changing.change_by_hand(shift, post, person=one, by=w.manager, client_id=uuid4()),
    )
    assert said == "This shift is over; who held it stays as it was."


def test_a_form_sent_twice_is_one_change(w: World) -> None:
    post, shift = w.lead_post, w.shift(date(2020, 2, 15))
    one, two = able(w, post, "One", "Two")
    first, second = uuid4(), uuid4()
    for sent, person in ((first, one), (second, two), (first, one)):
        changing.change_by_hand(shift, post, person=person, by=w.manager, client_id=sent)
    assert rows(post) == [("15 08:00", "15 20:00", "Two")]
    assert DutyChange.objects.count() == 2


def test_overlapping_duties_are_refused(w: World) -> None:
    post, other = w.lead_post, w.posts()[0]
    shift = w.shift(date(2020, 2, 15))
    (one,) = able(w, post, "One")
    Eligibility.enter(by=None, post=other, person=one)
    w.duty(shift, other, one)
    said = refused(
        "person-on-duty",
        lambda: changing.change_by_hand(shift, post, person=one, by=w.manager, client_id=uuid4()),
    )
    assert said == "One is on another duty then."


def test_the_database_refuses_overlaps_by_itself(w: World) -> None:
    post, other = w.lead_post, w.posts()[0]
    shift = w.shift(date(2020, 2, 15))
    one, two = able(w, post, "One", "Two")
    w.duty(shift, post, one)
    assert refused("post_is_held_by_one_person", lambda: w.duty(shift, post, two)) == (
        "Somebody else is down for this post in these hours."
    )
    Eligibility.enter(by=None, post=other, person=one)
    assert refused("duties_of_a_person_never_overlap", lambda: w.duty(shift, other, one)) == (
        "This person has another duty in these hours."
    )


def test_broken_rest_a_full_week_an_absence_and_a_missing_role_are_refused(w: World) -> None:
    post = w.lead_post
    one, two, three, four = able(w, post, "One", "Two", "Three", "Four")
    w.duty(w.shift(date(2020, 2, 15), "Day"), post, one)
    for day in range(15, 20):
        w.duty(w.shift(date(2020, 2, day), "Night"), post, two)
    absences.be_absent(
        w.building, person=three, starts_at=at(0, day=15), ends_at=at(0, day=22), by=w.manager, client_id=uuid4()
    )
    Eligibility.objects.get(person=four).amend(by=None, withdrawn_at=at(10))

    def down(person: Person, day: int, name: str = "Day") -> Any:
        shift = w.shift(date(2020, 2, day), name)
        return lambda: changing.change_by_hand(shift, post, person=person, by=w.manager, client_id=uuid4())

    assert refused("person-resting", down(one, 14, "Night")) == (
        "One would have less than 11 hours of rest before or after."
    )
    assert refused("person-hours", down(two, 21)) == "Two would serve more than 60 hours in seven days."
    assert refused("person-absent", down(three, 16)) == "Three is absent then."
    assert refused("person-may-not", down(four, 16)) == f"Four may not hold the post {post.name}."


def test_a_post_that_is_not_held_by_night_is_not_filled_by_night(w: World) -> None:
    kitchen = w.posts()[-1]
    kitchen.amend(by=None, by_night=False)
    (one,) = able(w, kitchen, "One")
    night = w.shift(DAY, "Night")
    refused(
        "post-not-by-night",
        lambda: changing.change_by_hand(night, kitchen, person=one, by=w.manager, client_id=uuid4()),
    )


# taking over


def test_taking_over_splits_the_duty_at_this_moment(w: World) -> None:
    post = w.lead_post
    (one,) = able(w, post, "One")
    user, person = with_log_in(w, "duty-officer", "officer", post)
    w.duty(w.shift(DAY), post, one)
    sent = uuid4()
    for _tap in range(2):
        changing.take_over(post, by=user, why="she fell ill", client_id=sent)
    assert rows(post) == [("14 08:00", "14 10:00", "One"), ("14 10:00", "14 20:00", person.name)]
    assert facts() == [("taken-over", "14 10:00", "One", person.name)]


def test_a_post_nobody_is_down_for_is_taken_over_until_somebody_is(w: World) -> None:
    post = w.lead_post
    user, person = with_log_in(w, "duty-officer", "officer", post)
    w.shift(DAY)
    changing.take_over(post, by=user, client_id=uuid4())
    assert rows(post) == [("14 10:00", "14 20:00", person.name)]
    assert facts() == [("taken-over", "14 10:00", "—", person.name)]


def test_who_may_not_hold_it_is_on_duty_elsewhere_or_holds_it_already_does_not_take_over(w: World) -> None:
    post, other = w.lead_post, w.posts()[0]
    shift = w.shift(DAY)
    user, person = with_log_in(w, "duty-officer", "officer", post)
    stranger, _person = with_log_in(w, "nurse", "nurse")
    nobody = w.user("duty-officer", name="nobody")
    w.duty(shift, other, person)
    refused("person-may-not", lambda: changing.take_over(post, by=stranger, client_id=uuid4()))
    refused("no-person", lambda: changing.take_over(post, by=nobody, client_id=uuid4()))
    refused("person-on-duty", lambda: changing.take_over(post, by=user, client_id=uuid4()))
    refused("held-already", lambda: changing.take_over(other, by=user, client_id=uuid4()))


# staying on


def test_who_stays_on_holds_the_post_longer_and_the_relief_begins_later(w: World, clock: Any) -> None:
    post = w.lead_post
    user, person = with_log_in(w, "duty-officer", "officer", post)
    (relief,) = able(w, post, "Relief")
    duty = w.duty(w.shift(DAY), post, person)
    w.duty(w.shift(DAY, "Night"), post, relief)
    clock.move_to(at(20, 20))
    sent = uuid4()
    for _tap in range(2):
        changing.stay_on(duty, until=at(22, 30), why="bus stuck", by=user, client_id=sent)
    assert rows(post) == [("14 08:00", "14 22:30", person.name), ("14 22:30", "15 08:00", "Relief")]
    assert facts() == [
        ("stayed-on", "14 20:00", "Relief", person.name),
        ("stayed-on", "14 22:30", person.name, "Relief"),
    ]
    assert holder_of(post, at(20, 10)) == person


def test_staying_on_is_refused_backwards_too_long_for_others_and_after_the_relief_came(w: World, clock: Any) -> None:
    post = w.lead_post
    user, person = with_log_in(w, "duty-officer", "officer", post)
    other, _ = with_log_in(w, "duty-officer", "other", post)
    (relief,) = able(w, post, "Relief")
    duty = w.duty(w.shift(DAY), post, person)
    night = w.shift(DAY, "Night")
    w.duty(night, post, relief)
    clock.move_to(at(20, 20))

    def stay(until: datetime, by: User = user) -> Any:
        return lambda: changing.stay_on(duty, until=until, why="", by=by, client_id=uuid4())

    refused("stay-on-backwards", stay(at(20, 10)))
    refused("not-their-duty", stay(at(22), by=other))
    assert "08:00" in refused("stay-on-swallows", stay(at(8, day=15)))
    refused("stay-on-too-long", stay(at(21, day=15)))
    night.amend(by=None, began_at=at(20, 5))
    refused("relief-has-come", stay(at(22)))


# absence


def absent(w: World, person: Person, starts: datetime, ends: datetime, **more: Any) -> Any:
    given = {"why": "ill", "by": w.manager, "client_id": uuid4(), **more}
    return lambda: absences.be_absent(w.building, person=person, starts_at=starts, ends_at=ends, **given)


def test_an_absence_leaves_gaps_from_now_on_which_the_forecast_shows(w: World) -> None:
    post = w.lead_post
    (one,) = able(w, post, "One")
    w.duty(w.shift(DAY), post, one)
    w.duty(w.shift(date(2020, 2, 15)), post, one)
    absent(w, one, at(9), at(12, day=15))()
    assert rows(post) == [
        ("14 08:00", "14 10:00", "One"),
        ("14 10:00", "14 20:00", "—"),
        ("15 08:00", "15 12:00", "—"),
        ("15 12:00", "15 20:00", "One"),
    ]
    assert facts() == [
        ("absent", "14 10:00", "One", "—"),
        ("absent", "15 08:00", "One", "—"),
        ("absent", "15 12:00", "—", "One"),
    ]
    assert {fact.why for fact in DutyChange.objects.all()} == {""}
    empty = [(gap.starts, gap.ends) for row in forecasting.forecast(w.building) for gap in row.gaps if gap.post == post]
    assert empty[:3] == [(at(10), at(20)), (at(20), at(8, day=15)), (at(8, day=15), at(12, day=15))]


def test_a_substitute_takes_the_duties(w: World) -> None:
    post = w.lead_post
    one, two = able(w, post, "One", "Two")
    w.duty(w.shift(date(2020, 2, 15)), post, one)
    w.duty(w.shift(date(2020, 2, 16)), post, one)
    sent = uuid4()
    for _tap in range(2):
        absent(w, one, at(0, day=15), at(0, day=17), substitute=two, client_id=sent)()
    assert [name for _s, _e, name in rows(post)] == ["Two", "Two"]
    assert Absence.objects.get().substitute == two


def test_a_substitute_without_the_role_not_free_or_not_rested_is_refused_whole(w: World) -> None:
    post, other = w.lead_post, w.posts()[0]
    one, tired, busy = able(w, post, "One", "Tired", "Busy")
    stranger = w.staff(name="Stranger")
    first, second = w.shift(date(2020, 2, 15)), w.shift(date(2020, 2, 16))
    w.duty(first, post, one)
    w.duty(second, post, one)
    w.duty(w.shift(date(2020, 2, 15), "Night"), other, tired)
    w.duty(second, w.posts()[1], busy)
    span = (at(0, day=15), at(0, day=17))
    said = refused("person-may-not", absent(w, one, *span, substitute=stranger))
    assert said == f"2020-02-15 Day: Stranger may not hold the post {post.name}."
    refused("person-resting", absent(w, one, *span, substitute=tired))
    refused("person-on-duty", absent(w, one, *span, substitute=busy))
    refused("substitute-is-absent", absent(w, one, *span, substitute=one))
    refused("absence-backwards", absent(w, one, span[1], span[0]))
    refused("absence-over", absent(w, one, at(8), at(9)))
    assert not Absence.objects.exists()


def test_who_is_called_back_can_be_put_down_again(w: World) -> None:
    post = w.lead_post
    (one,) = able(w, post, "One")
    shift = w.shift(date(2020, 2, 15))
    absence = absent(w, one, at(0, day=15), at(0, day=17))()
    refused("person-absent", lambda: changing.change_by_hand(shift, post, person=one, by=w.manager, client_id=uuid4()))
    for _tap in range(2):
        absences.call_off(absence, by=w.manager)
    changing.change_by_hand(shift, post, person=one, by=w.manager, client_id=uuid4())
    assert rows(post) == [("15 08:00", "15 20:00", "One")]


# swaps


@pytest.fixture
def pair(w: World) -> tuple[World, User, User, Duty, Duty]:
    """Two people with a duty each, at the same hours in two posts that both may hold."""
    post, other = w.lead_post, w.posts()[0]
    asker, one = with_log_in(w, "duty-officer", "asker", post, other)
    asked, two = with_log_in(w, "nurse", "asked", post, other)
    shift = w.shift(date(2020, 2, 15))
    return w, asker, asked, w.duty(shift, post, one), w.duty(shift, other, two)


Pair = tuple[World, User, User, Duty, Duty]


def test_two_duties_of_the_same_hours_are_swapped_with_the_whole_trail(pair: Pair) -> None:
    w, asker, asked, gives, takes = pair
    swap = swapping.ask(gives, takes, why="exam", by=asker, client_id=uuid4())
    swapping.agree(swap, by=asked)
    swapping.approve(swap, by=w.site_lead)
    gives.refresh_from_db()
    takes.refresh_from_db()
    assert (gives.person, takes.person) == (asked.person, asker.person)
    assert (swap.state, swap.approved_by) == (SwapState.APPROVED, w.site_lead)
    assert [fact.kind for fact in DutyChange.objects.all()] == [DutyChangeKind.SWAPPED] * 2
    assert [fact.after for fact in DutyChange.objects.order_by("pk")] == [asked.person, asker.person]
    trail = [(row.history_user, row.state) for row in swap.history.order_by("history_id")]
    assert trail == [(asker, "asked"), (asked, "agreed"), (w.site_lead, "approved")]
    # Emptied on the way and yet never vacant on record.
    assert None not in [row.person_id for row in gives.history.all()]


def test_a_swap_asked_twice_is_one(pair: Pair) -> None:
    _w, asker, _asked, gives, takes = pair
    sent = uuid4()
    assert swapping.ask(gives, takes, by=asker, client_id=sent) == swapping.ask(gives, takes, by=asker, client_id=sent)
    refused("swap-waits", lambda: swapping.ask(gives, takes, by=asker, client_id=uuid4()))


def test_nobody_agrees_for_another_or_approves_their_own_swap(pair: Pair) -> None:
    w, asker, asked, gives, takes = pair
    refused("not-their-duty", lambda: swapping.ask(takes, gives, by=asker, client_id=uuid4()))
    swap = swapping.ask(gives, takes, by=asker, client_id=uuid4())
    assert refused("not-asked", lambda: swapping.agree(swap, by=asker)) == f"Only {asked.person.name} can agree."
    refused("swap-settled", lambda: swapping.approve(swap, by=w.manager))
    swapping.agree(swap, by=asked)
    for user in (asker, asked):
        said = refused("own-swap", lambda user=user: swapping.approve(swap, by=user))
        assert said == "Nobody approves a swap of their own. Somebody else who keeps the roster does."
    assert Duty.objects.get(pk=gives.pk).person == asker.person


def test_a_swap_that_breaks_a_rest_or_a_role_by_now_is_refused_at_the_approval(pair: Pair) -> None:
    w, asker, asked, gives, takes = pair
    swap = swapping.ask(gives, takes, by=asker, client_id=uuid4())
    swapping.agree(swap, by=asked)
    Eligibility.objects.get(person=asked.person, post=gives.post).amend(by=None, withdrawn_at=at(10))
    refused("person-may-not", lambda: swapping.approve(swap, by=w.manager))
    Eligibility.enter(by=None, person=asked.person, post=gives.post)
    takes.amend(by=None, person=None)
    refused("swap-stale", lambda: swapping.approve(swap, by=w.manager))


def test_a_swap_across_the_night_that_leaves_no_rest_is_refused(w: World) -> None:
    post = w.lead_post
    asker, one = with_log_in(w, "duty-officer", "asker", post)
    _asked, two = with_log_in(w, "duty-officer", "asked", post)
    gives = w.duty(w.shift(date(2020, 2, 16)), post, one)
    takes = w.duty(w.shift(date(2020, 2, 16), "Night"), post, two)
    w.duty(w.shift(date(2020, 2, 15), "Night"), post, two)
    said = refused("person-resting", lambda: swapping.ask(gives, takes, by=asker, client_id=uuid4()))
    assert said.startswith(two.name)


def test_every_state_of_a_swap_lets_its_verbs_through_and_no_other(pair: Pair) -> None:
    w, asker, asked, gives, takes = pair
    who = {"agree": asked, "approve": w.manager, "decline": w.manager, "withdraw": asker}
    for state in SwapState.values:
        for verb, user in who.items():
            Duty.objects.get(pk=gives.pk).amend(by=None, person=None)
            Duty.objects.get(pk=takes.pk).amend(by=None, person=asked.person)
            Duty.objects.get(pk=gives.pk).amend(by=None, person=asker.person)
            swap = Swap.enter(
                by=None,
                building=w.building,
                client_id=uuid4(),
                gives=gives,
                takes=takes,
                asker=asker.person,
                asked=asked.person,
                state=state,
                **({"approved_by": w.manager, "approved_at": at(9)} if state == SwapState.APPROVED else {}),
            )
            wanted = SWAP_TRANSITIONS[verb].get(state)
            act = getattr(swapping, verb)
            if wanted:
                act(swap, by=user)
            elif state in SWAP_TRANSITIONS[verb].values():
                act(swap, by=user)  # the same tap sent again changes nothing
                wanted = state
            else:
                refused("swap-settled", lambda act=act, swap=swap, user=user: act(swap, by=user))
                wanted = state
            assert Swap.objects.get(pk=swap.pk).state == wanted


# what is wrong


def test_clashes_name_broken_rest_absence_and_a_role_that_is_gone(w: World, clock: Any) -> None:
    post = w.lead_post
    one, two, three = able(w, post, "One", "Two", "Three")
    w.duty(w.shift(date(2020, 2, 15)), post, one)
    w.duty(w.shift(date(2020, 2, 15), "Night"), post, one)
    w.duty(w.shift(date(2020, 2, 16)), post, two)
    w.duty(w.shift(date(2020, 2, 16), "Night"), post, three)
    Absence.enter(
        by=None, building=w.building, client_id=uuid4(), person=two, starts_at=at(9, day=16), ends_at=at(10, day=16)
    )
    Eligibility.objects.get(person=three).amend(by=None, withdrawn_at=at(9))
    found = forecasting.clashes_between(w.building, at(10), at(10, day=28))
    assert [(clash.person.name, clash.against) for clash in found] == [
        ("One", Against.RESTING),
        ("Two", Against.ABSENT),
        ("Three", Against.MAY_NOT),
    ]


def test_hours_without_any_shift_are_a_gap_of_the_four_roles_and_the_lead_stands_first(w: World) -> None:
    post = w.lead_post
    rows = forecasting.forecast(w.building)
    assert rows[0].without_lead
    assert rows[0].gaps[0].post == post
    assert {gap.post.pk for gap in rows[0].gaps} == {one.pk for one in w.posts()}
    assert (rows[0].starts, rows[-1].ends) == (at(10), at(10, day=28))
    # The patterns name every hour: without them the four roles alone are missed.
    for pattern in w.building.shift_patterns.all():
        pattern.amend(by=None, retired_at=at(9))
    rows = forecasting.forecast(w.building)
    assert [(row.starts, row.ends, len(row.gaps)) for row in rows] == [(at(10), at(10) + timedelta(days=14), 4)]
