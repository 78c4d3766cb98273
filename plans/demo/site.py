"""The demo on a day of observation: the finished move, and the site from its first day to this moment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from observation.models import Occupant
from plans.demo.campus import Guest, ask_for_consent, enter_building, enter_users, guest_of
from plans.demo.caring import Caring
from plans.demo.checking import Checking
from plans.demo.clock import story_from
from plans.demo.comers import AT_THE_DOOR
from plans.demo.coming import Coming
from plans.demo.days import Days
from plans.demo.emptied import confirm, empty_rooms, make_ready, set_protocol, settle
from plans.demo.handing import Handing
from plans.demo.on_duty import OnDuty
from plans.demo.visiting import Visiting
from rooms.models import Building

LAST_DAY = 30


@transaction.atomic
def build(day: int) -> Guest:
    """Make the campus on day `day` of observation; the first occupants came on day 0."""
    now = timezone.now()
    opened = timezone.localtime(now, ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    opened -= timedelta(days=day)

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return opened + timedelta(days=day, hours=hour, minutes=minute)

    with story_from(at(-6, 8, 20)) as clock:
        building = enter_building(at(-4, 8, 20))
        users = enter_users(building)
        clock.forward(minutes=40)
        ask_for_consent(building, users, clock)
        clock.at = at(-5, 9)
        settle(building, users, clock)
        clock.at = at(-4, 8, 20)
        empty_rooms(building, users, clock)
        clock.at = max(clock.at, at(-3, 18)) + timedelta(minutes=30)
        confirm(building, users, clock)
        clock.at = at(-2, 8, 30)
        set_protocol(building, until=timezone.localtime(now, opened.tzinfo))
        make_ready(building, users, clock)
        days = Days(building=building, users=users, opened=opened, clock=clock, until=now, last=day)
        _live(days)
    return _with_door(guest_of(building, users["manager"]), building, day)


def _live(days: Days) -> None:
    """From the eve of the first day to this moment."""
    coming = Coming(days)
    for part in (OnDuty(days), coming, Checking(days, coming), Caring(days), Visiting(days), Handing(days)):
        part.plan()
    days.tell()


def _with_door(guest: Guest, building: Building, day: int) -> Guest:
    """The guest, and beside them an occupant with the address of their door and their code."""
    living = Occupant.objects.in_building(building).present()
    occupant = living.filter(person__name=AT_THE_DOOR).first() or living.first()
    stay = occupant.stay if occupant else None
    if occupant is None or stay is None:
        return Guest(guest.name, guest.token, guest.passport_tail, guest.code, day=day)
    return Guest(
        guest.name,
        guest.token,
        guest.passport_tail,
        guest.code,
        day=day,
        occupant=f"{occupant.person.name} · {stay.bed.room.number}",
        door=stay.bed.room.code_id,
        door_code=occupant.code,
    )
