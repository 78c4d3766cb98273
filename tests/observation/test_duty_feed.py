"""Calendar addresses: read by any calendar, true after every change, and silent once ended."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from observation.duty import feeding, swapping
from observation.models import Duty, DutyFeed, Eligibility
from tests.inventory.phone import phone_of, said
from tests.sheets import rows_in_the_database
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2020, 2, 14, 10, tzinfo=SHANGHAI), tick=False) as clock:
        yield clock


@pytest.fixture
def w(clock: Any) -> World:
    return make_world()


def alike(answer: Any, token: str) -> str:
    """The page without what differs at every request, and without the address that was asked for."""
    page = answer.content.decode().replace(token, "")
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=|CSRFToken": )"[^"]*"', "", page)


def events(token: str) -> dict[str, Any]:
    """What a calendar program reads, by identity."""
    answer = Client().get(reverse("duty_feed", args=[token]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return {str(one["uid"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_an_address_is_made_shown_once_and_only_its_digest_kept(w: World) -> None:
    person = w.staff(w.nurse)
    w.duty(w.shift(date(2020, 2, 20)), w.lead_post, person)
    page = phone_of(w.nurse).post(reverse("duty_feeds", args=[w.building.pk]), {"area": ""})
    token = page.content.decode().partition("/duty/feed/")[2].partition(".ics")[0]
    assert len(token) > 20
    feed = DutyFeed.objects.get()
    assert (feed.person, feed.token_hash) == (person, feeding.token_digest(token))
    assert token not in said(phone_of(w.nurse).get(reverse("duty_feeds", args=[w.building.pk])))
    assert token not in str(list(DutyFeed.history.values()))
    (event,) = events(token).values()
    assert str(event["summary"]) == w.lead_post.name
    assert event.decoded("dtstart") == datetime(2020, 2, 20, 0, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2020, 2, 20, 12, tzinfo=UTC)
    assert w.building.name in str(event["location"])


def test_reading_changes_nothing_and_a_feed_tells_nothing_but_post_area_hours_and_building(w: World) -> None:
    floor = w.posts()[-1]
    person = w.staff(name="Zanzibarwood")
    duty = w.duty(w.shift(date(2020, 2, 20)), floor, person)
    duty.amend(by=w.manager, reason="fever at home", person=person)
    _feed, token = feeding.make_address(w.building, area=floor.area, by=w.manager)
    before = rows_in_the_database()
    (event,) = events(token).values()
    assert rows_in_the_database() == before
    body = Client().get(reverse("duty_feed", args=[token])).content
    assert b"Zanzibarwood" not in body
    assert b"fever" not in body
    assert "Floor 2" in str(event["location"])


def test_an_unknown_an_ended_and_a_foreign_address_answer_alike(w: World) -> None:
    w.staff(w.nurse)
    feed, token = feeding.make_address(w.building, area=None, by=w.nurse)
    assert Client().get(reverse("duty_feed", args=[token])).status_code == 200
    other = w.user("nurse", name="other")
    w.staff(other)
    end = reverse("end_feed", args=[feed.pk])
    assert phone_of(other).post(end).status_code == 409
    for _tap in range(2):
        assert phone_of(w.nurse).post(end).status_code == 302
    ended, unknown = (Client().get(reverse("duty_feed", args=[one])) for one in (token, "x" * 27))
    assert (ended.status_code, unknown.status_code) == (404, 404)
    assert alike(ended, token) == alike(unknown, "x" * 27)
    assert Client().post(reverse("duty_feed", args=[token])).status_code == 405


def test_after_a_swap_each_feed_shows_the_others_duty_under_its_identity_with_a_higher_sequence(
    w: World, clock: Any
) -> None:
    post = w.lead_post
    asker, asked = w.duty_officer, w.nurse
    for user in (asker, asked):
        Eligibility.enter(by=None, post=post, person=w.staff(user))
    gives = w.duty(w.shift(date(2020, 2, 20)), post, asker.person)
    takes = w.duty(w.shift(date(2020, 2, 22)), post, asked.person)
    (_one, mine), (_two, theirs) = (feeding.make_address(w.building, area=None, by=user) for user in (asker, asked))
    before = {**events(mine), **events(theirs)}
    assert [int(one["sequence"]) for one in before.values()] == [0, 0]
    clock.shift(timedelta(hours=1))
    swap = swapping.ask(gives, takes, by=asker, client_id=uuid4())
    swapping.agree(swap, by=asked)
    swapping.approve(swap, by=w.manager)
    (uid_given,) = events(theirs)
    (uid_taken,) = events(mine)
    assert {uid_given, uid_taken} == set(before)
    assert events(theirs)[uid_given].decoded("dtstart") == gives.starts_at
    for found in (events(mine), events(theirs)):
        (event,) = found.values()
        assert int(event["sequence"]) == 1
        assert event.decoded("last-modified") == datetime(2020, 2, 14, 3, tzinfo=UTC)
        assert event.decoded("created") == datetime(2020, 2, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2020, 3, 28), 11), (date(2020, 10, 24), 13), (date(2020, 6, 1), 12)])
def test_a_night_of_a_clock_change_has_its_hours_in_the_calendar(w: World, day: date, hours: int) -> None:
    w.building.amend(by=None, time_zone="Europe/Berlin")
    person = w.staff(w.nurse)
    w.duty(w.shift(day, "Night"), w.lead_post, person)
    _feed, token = feeding.make_address(w.building, area=None, by=w.nurse)
    (event,) = events(token).values()
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=hours)
    wall = [event.decoded(name).astimezone(ZoneInfo("Europe/Berlin")).hour for name in ("dtstart", "dtend")]
    assert wall == [20, 8]


def test_vacant_duties_and_those_long_past_are_left_out(w: World) -> None:
    floor = w.posts()[-1]
    w.duty(w.shift(date(2020, 2, 20)), floor, None)
    w.duty(w.shift(date(2019, 11, 20)), floor, w.staff(name="One"))
    _feed, token = feeding.make_address(w.building, area=floor.area, by=w.manager)
    assert events(token) == {}
    assert Duty.objects.count() == 2
