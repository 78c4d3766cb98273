"""The demo on day 6, made at any hour of day or night: what it promises is there to be seen."""

import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from observation import rounds, standing
from observation.models import DEFAULT, HealthCheck, Occupant, OccupantState, Protocol
from observation.slots import Due, slot_at
from plans.demo import comers, emptied, site
from rooms.models import Building, RoomState

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
BEIJING = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
# Each builds the whole demo; the hour in which the last check was yesterday's is the one that went wrong.
HOURS = [(0, 40), (7, 5), (14, 5), (23, 59)] if os.environ.get("GUANSHE_FULL") else [(0, 40)]


def named(building: Building, name: str) -> Occupant:
    return Occupant.objects.in_building(building).get(person__name=name)


def test_at_every_minute_the_newest_slot_began_long_enough_ago_to_be_late() -> None:
    for minute in range(24 * 60):
        until = NOON.replace(hour=0) + timedelta(minutes=minute)
        figures = {**DEFAULT, "check_hours": list(emptied.hours_for(until))}
        slot = slot_at([Protocol(applies_from=NOON - timedelta(days=9), **figures)], BEIJING, until)
        assert slot is not None
        assert slot.late(until), until
        assert until - slot.starts_at >= emptied.LATE, until


@pytest.mark.once
@pytest.mark.parametrize(("hour", "minute"), HOURS)
def test_at_any_hour_the_sixth_day_shows_what_it_promises(
    hour: int, minute: int, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    now = NOON.replace(hour=hour, minute=minute)
    with patch.object(timezone, "now", lambda: now):
        site.build(6)
        building = Building.objects.get()
        rooms = standing.rooms_of(building, now)
        late = [one.name for room in rooms for one in room.guests if one.late]
        again = {one.name: one.standing for one in rounds.due_list(building, now)}
        alert = named(building, comers.FEVER).alerts.open().get()
    assert (len(rooms), sum(len(room.staying) for room in rooms)) == (30, 22)
    assert late == [comers.LATE]
    assert [name for name, due in again.items() if due == Due.LATE] == [comers.LATE]
    assert (alert.check_up.fever, alert.escalated(now)) == (True, False)
    assert named(building, comers.TO_HOSPITAL).state == OccupantState.AT_HOSPITAL
    assert named(building, comers.MOVED).stays.count() == 2
    assert Occupant.objects.filter(state=OccupantState.RELEASED).exists()
    states = Counter(room.state for room in rooms)
    assert (states[RoomState.TO_DISINFECT], states[RoomState.DISINFECTED]) == (1, 1)
    assert not HealthCheck.objects.filter(at__gt=now).exists()
