"""When observations end: on the building's calendar, by the protocol of the moment or the office's decision."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.records import Refused
from observation import ending, moving
from observation.models import EndChange, Occupant, OccupantState, Protocol
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def released(occupant: Occupant, world: World, at: datetime) -> None:
    with occupant.change(by=world.site_lead):
        occupant.state, occupant.ended_at = OccupantState.RELEASED, at


@pytest.mark.parametrize(
    ("exposed", "end"),
    [
        (date(2020, 2, 15), date(2020, 2, 29)),
        (date(2020, 2, 16), date(2020, 3, 1)),
        (date(2024, 2, 20), date(2024, 3, 5)),
        (date(2023, 2, 20), date(2023, 3, 6)),
    ],
)
def test_an_end_counts_the_leap_day(world: World, exposed: date, end: date) -> None:
    occupant = world.occupant(last_exposure=exposed)
    assert ending.end_of(occupant).day == end


def test_a_clock_change_moves_no_end_and_the_day_turns_at_local_midnight(world: World) -> None:
    world.building.amend(by=None, time_zone="Europe/Paris")
    occupant = world.occupant(last_exposure=date(2020, 3, 20))
    occupant.refresh_from_db()
    assert ending.end_of(occupant).day == date(2020, 4, 3)
    assert ending.today(world.building, datetime(2020, 3, 28, 22, 59, tzinfo=UTC)) == date(2020, 3, 28)
    assert ending.today(world.building, datetime(2020, 3, 28, 23, 0, tzinfo=UTC)) == date(2020, 3, 29)
    # From 29 March the clocks are two hours ahead.
    assert ending.today(world.building, datetime(2020, 3, 29, 21, 59, tzinfo=UTC)) == date(2020, 3, 29)
    assert ending.today(world.building, datetime(2020, 3, 29, 22, 0, tzinfo=UTC)) == date(2020, 3, 30)


def test_another_time_zone_of_the_building_moves_no_end(world: World) -> None:
    occupant = world.occupant(last_exposure=date(2020, 2, 10))
    before = ending.end_of(occupant).day
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        world.building.amend(by=None, time_zone=zone)
        again = Occupant.objects.get(pk=occupant.pk)
        assert ending.end_of(again).day == before == date(2020, 2, 24)


def test_a_changed_protocol_applies_from_its_moment_and_rewrites_nothing(world: World) -> None:
    occupant, gone = world.occupant(last_exposure=date(2020, 2, 10)), world.occupant(last_exposure=date(2020, 2, 10))
    moment = timezone.now() + timedelta(hours=1)
    released(gone, world, moment - timedelta(minutes=30))
    world.protocol(days=21, version="5", applies_from=moment)
    before = ending.end_of(occupant, moment - timedelta(microseconds=1))
    after = ending.end_of(occupant, moment)
    assert (before.day, before.protocol.days) == (date(2020, 2, 24), 14)
    assert (after.day, after.protocol.version) == (date(2020, 3, 2), "5")
    assert ending.end_of(gone, moment + timedelta(days=1)).day == date(2020, 2, 24)
    assert ending.end_of(occupant, moment - timedelta(minutes=1)).day == date(2020, 2, 24)


def test_an_extension_and_a_shortening_say_who_decided_and_leave_the_past(world: World) -> None:
    occupant = world.occupant(last_exposure=date(2020, 2, 10))
    before = timezone.now()
    moving.change_end(occupant, ends_on=date(2020, 3, 9), reason="Again", by=world.site_lead, client_id=uuid4())
    between = timezone.now()
    moving.change_end(occupant, ends_on=date(2020, 2, 20), reason="Mistaken", by=world.duty_officer, client_id=uuid4())
    assert [ending.end_of(occupant, at).day for at in (before, between, None)] == [
        date(2020, 2, 24),
        date(2020, 3, 9),
        date(2020, 2, 20),
    ]
    assert str(world.duty_officer) in ending.end_of(occupant).cited
    assert ending.end_of(occupant, before).cited == Protocol.objects.get().cited


def test_a_changed_end_sent_twice_stands_once(world: World) -> None:
    occupant, sent = world.occupant(), uuid4()
    given = {"ends_on": date(2099, 1, 1), "reason": "Again", "by": world.site_lead, "client_id": sent}
    assert moving.change_end(occupant, **given) == moving.change_end(occupant, **given)
    assert EndChange.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "reason", "code"),
    [(-1, "Why", "end-before-exposure"), (14, "Why", "end-unchanged"), (20, " ", "reason-missing")],
)
def test_a_changed_end_is_refused(world: World, days: int, reason: str, code: str) -> None:
    occupant = world.occupant()
    with pytest.raises(Refused, match=code):
        moving.change_end(
            occupant,
            ends_on=occupant.last_exposure + timedelta(days=days),
            reason=reason,
            by=world.site_lead,
            client_id=uuid4(),
        )
    assert not EndChange.objects.exists()
