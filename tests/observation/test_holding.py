"""Who is in charge, asked of the roster at a moment."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core import frozen
from core.records import Refused
from observation.duty.holding import held_at, holder_of, leading, leads, next_shift, responsible_for
from observation.models import Duty, Shift
from rooms.models import Area
from tests.world import make_world

DAY = date(2026, 3, 2)


@pytest.mark.django_db
def test_the_roster_says_who_holds_a_post_an_area_and_the_shift() -> None:
    world = make_world()
    day, night = world.shift(DAY), world.shift(DAY, "Night")
    lead, guard = world.staff(world.duty_officer), world.staff()
    floor = Area.objects.get(building=world.building)
    world.duty(day, world.lead_post, lead)
    world.duty(day, floor.posts.get(), guard)
    noon, midnight = day.starts_at + timedelta(hours=4), night.starts_at + timedelta(hours=4)
    assert leading(world.building, noon).person == lead
    assert leads(world.duty_officer, world.building, noon)
    assert not leads(world.site_lead, world.building, noon)
    assert leading(world.building, midnight) is None
    assert responsible_for(floor, noon) == [guard]
    assert responsible_for(floor, midnight) == []
    assert holder_of(world.lead_post, day.ends_at - timedelta(seconds=1)) == lead
    assert holder_of(world.lead_post, day.ends_at) is None
    assert [held.person for held in held_at(world.building, noon)] == [None, None, None, lead, guard]
    assert next_shift(day) == night
    assert next_shift(night) is None


@pytest.mark.django_db
def test_a_night_of_a_clock_change_lasts_what_it_lasts() -> None:
    world = make_world()
    world.building.amend(by=None, time_zone="Europe/Paris")
    short = world.shift(date(2026, 3, 28), "Night")
    long = world.shift(date(2026, 10, 24), "Night")
    duties = [world.duty(shift, world.lead_post, world.staff()) for shift in (short, long)]
    assert [duty.hours for duty in Duty.objects.filter(pk__in=[one.pk for one in duties])] == [11, 13]
    assert Shift.objects.get(pk=short.pk).starts_at == datetime(2026, 3, 28, 19, tzinfo=UTC)


@pytest.mark.django_db
def test_two_people_in_one_post_and_one_person_in_two_posts_are_refused() -> None:
    world = make_world()
    day = world.shift(DAY)
    first, second = world.posts()[:2]
    person = world.staff()
    world.duty(day, first, person)
    for post, somebody, rule in (
        (first, world.staff(), "post_is_held_by_one_person"),
        (second, person, "duties_of_a_person_never_overlap"),
    ):
        with pytest.raises(Refused) as refused, transaction.atomic():
            world.duty(day, post, somebody)
        assert refused.value.code == rule
    # Two vacant posts do not clash: nobody is not one person.
    world.duty(day, second, None)
    world.duty(day, world.posts()[2], None)


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_duty_and_a_second_shift_under_way() -> None:
    world = make_world()
    day, night = world.shift(DAY), world.shift(DAY, "Night")
    duty = world.duty(day, world.lead_post, world.staff())
    other = world.duty(night, world.lead_post, duty.person)
    for statement, values in (
        ("UPDATE observation_duty SET starts_at = %s WHERE id = %s", [str(day.starts_at.astimezone(UTC)), other.pk]),
        ("UPDATE observation_shift SET began_at = starts_at", []),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    assert frozen.missing() == []
