"""When observations end: on the building's calendar, by the protocol of the moment or the office's decision."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.records import Refused
from observation import ending, moving
from observation.models import EndChange, Occupant, OccupantState, Protocol
from observation.papers.certificate import Certificate
from observation.standing import rooms_of
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


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
        (date(2020, 2, 29), date(2020, 3, 14)),
        (date(2019, 12, 25), date(2020, 1, 8)),
    ],
)
def test_an_end_counts_the_leap_day(world: World, exposed: date, end: date) -> None:
    occupant = world.occupant(last_exposure=exposed)
    assert ending.end_of(occupant).day == end


def test_a_century_has_no_leap_day() -> None:
    assert ending.released_from(date(2100, 2, 20), days=14) == date(2100, 3, 6)


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


@pytest.mark.parametrize(
    ("zone", "exposed", "opens"),
    [
        # Over the leap day; over the night in spring and the one in autumn when the clocks change.
        ("Asia/Shanghai", date(2020, 2, 16), datetime(2020, 2, 29, 16, tzinfo=UTC)),
        ("Europe/Paris", date(2020, 3, 20), datetime(2020, 4, 2, 22, tzinfo=UTC)),
        ("Europe/Paris", date(2020, 10, 20), datetime(2020, 11, 2, 23, tzinfo=UTC)),
        # The clocks change in the very night in which the period is over.
        ("Europe/Paris", date(2020, 3, 15), datetime(2020, 3, 28, 23, tzinfo=UTC)),
        # Where the clocks change at midnight the day begins at one.
        ("America/Asuncion", date(2020, 9, 20), datetime(2020, 10, 4, 4, tzinfo=UTC)),
    ],
)
def test_a_release_opens_with_the_buildings_own_day_and_not_a_second_before(
    world: World, zone: str, exposed: date, opens: datetime
) -> None:
    world.building.amend(by=None, time_zone=zone)
    world.protocol(release_needs=["full-period"], applies_from=datetime(2020, 1, 1, tzinfo=UTC))
    with time_machine.travel(opens - timedelta(days=5), tick=False) as clock:
        occupant = world.occupant(last_exposure=exposed)
        occupant.refresh_from_db()
        clock.move_to(opens - timedelta(seconds=1))
        with pytest.raises(Refused, match="release-refused"):
            moving.release(occupant, by=world.site_lead)
        clock.move_to(opens)
        moving.release(occupant, by=world.site_lead)
        released = Occupant.objects.get()
    assert (released.state, ending.today(world.building, released.ended_at)) == (
        OccupantState.RELEASED,
        exposed + timedelta(days=14),
    )


def test_a_longer_protocol_keeps_even_whoever_could_have_gone_and_a_shorter_one_lets_go_at_once(world: World) -> None:
    long, short = datetime(2020, 2, 25, 9, tzinfo=SHANGHAI), datetime(2020, 2, 26, 9, tzinfo=SHANGHAI)
    world.protocol(release_needs=["full-period"])
    world.protocol(release_needs=["full-period"], days=21, version="5", applies_from=long)
    world.protocol(release_needs=["full-period"], days=10, version="6", applies_from=short)
    with time_machine.travel(datetime(2020, 2, 20, 9, tzinfo=SHANGHAI), tick=False) as clock:
        occupant = world.occupant(last_exposure=date(2020, 2, 10))
        clock.move_to(long - timedelta(seconds=1))
        assert moving.against_release(occupant) == []
        clock.move_to(long)
        (sentence,) = moving.against_release(occupant)
        assert "2020-03-02" in sentence
        assert "· 5 ·" in sentence
        clock.move_to(short)
        assert moving.against_release(occupant) == []
        assert ending.end_of(occupant).day == date(2020, 2, 20)


def test_a_decision_of_the_office_outlives_a_changed_protocol(world: World) -> None:
    occupant = world.occupant(last_exposure=date(2020, 2, 10))
    moving.change_end(occupant, ends_on=date(2020, 3, 9), reason="Again", by=world.site_lead, client_id=uuid4())
    world.protocol(days=7, version="5", applies_from=timezone.now() + timedelta(seconds=1))
    later = timezone.now() + timedelta(days=1)
    end = ending.end_of(occupant, later)
    assert (end.day, end.protocol.version) == (date(2020, 3, 9), "5")


def test_the_board_the_list_the_page_and_the_certificate_name_the_same_end(world: World) -> None:
    """Across a leap day, a clock change and a changed protocol, with one end by rule and one by decision."""
    world.building.amend(by=None, time_zone="Europe/Paris")
    world.protocol(release_needs=[], applies_from=datetime(2020, 1, 1, tzinfo=UTC))
    world.protocol(days=35, version="5", release_needs=[], applies_from=datetime(2020, 3, 2, 11, tzinfo=UTC))
    with time_machine.travel(datetime(2020, 2, 28, 9, tzinfo=UTC), tick=False) as clock:
        by_rule = world.occupant(last_exposure=date(2020, 2, 26), name="Guest Rule")
        decided = world.occupant(last_exposure=date(2020, 2, 26), name="Guest Decided")
        given = {"reason": "Again", "by": world.site_lead, "client_id": uuid4()}
        moving.change_end(decided, ends_on=date(2020, 3, 30), **given)
        for now, ends in (
            (datetime(2020, 3, 2, 10, 59, tzinfo=UTC), {by_rule: date(2020, 3, 11), decided: date(2020, 3, 30)}),
            (datetime(2020, 3, 29, 10, tzinfo=UTC), {by_rule: date(2020, 4, 1), decided: date(2020, 3, 30)}),
        ):
            clock.move_to(now)
            guests = {one.occupant: one for room in rooms_of(world.building, now) for one in room.guests}
            lead = phone_of(world.site_lead)
            sheet = lead.get(reverse("export_occupants", args=[world.building.pk, "csv"])).content.decode()
            for occupant, end in ends.items():
                assert ending.end_of(occupant).day == end
                guest = guests[occupant.pk]
                assert occupant.last_exposure + timedelta(days=guest.days) == end
                assert guest.day == (now.date() - occupant.last_exposure).days
                assert end.isoformat() in next(line for line in sheet.splitlines() if occupant.person.name in line)
                assert f"Released from {end.isoformat()}" in said(lead.get(reverse("occupant", args=[occupant.pk])))
        for occupant, end in ends.items():
            clock.move_to(datetime.combine(end, time(10), tzinfo=UTC))
            moving.release(occupant, by=world.site_lead)
            paper = Certificate.of(Occupant.objects.get(pk=occupant.pk))
            assert (paper.complete_on, paper.released_on, paper.days) == (end, end, 35)
            assert (paper.first_day, paper.last_exposure) == (date(2020, 2, 28), date(2020, 2, 26))
            assert "· 5 ·" in paper.protocol
        # A protocol of a later day changes nothing of what was certified.
        world.protocol(days=3, version="6", release_needs=[], applies_from=datetime(2020, 5, 1, tzinfo=UTC))
        clock.move_to(datetime(2020, 5, 2, tzinfo=UTC))
        assert Certificate.of(Occupant.objects.get(pk=by_rule.pk)).complete_on == ends[by_rule]
