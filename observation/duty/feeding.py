"""Calendar addresses: one person's or one area's duties for any calendar program, by an unguessable token."""

from datetime import timedelta
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from core.records import require
from observation.models import Duty, DutyFeed
from people.models import User
from rooms.models import Area, Building

# Duties that ended longer ago are left out.
KEPT = timedelta(days=62)


def token_digest(token: str) -> str:
    """The keyed digest under which a token is kept; the token itself is kept nowhere."""
    return salted_hmac("guanshe.duty-feed", token, algorithm="sha256").hexdigest()


@transaction.atomic
def make_address(building: Building, *, area: Area | None, by: User) -> tuple[DutyFeed, str]:
    """A new address for one's own duties, or an area's; the token is shown this once."""
    token = token_urlsafe(20)
    require(
        area is None or area.building_id == building.pk, "area-elsewhere", _("This area belongs to another building.")
    )
    require(
        area is not None or by.person is not None,
        "no-person",
        _("Your log-in is no member of staff here. Ask the manager to connect it."),
    )
    person = by.person if area is None else None
    feed = DutyFeed.enter(by=by, building=building, person=person, area=area, token_hash=token_digest(token))
    return feed, token


def end_address(feed: DutyFeed, *, by: User) -> None:
    """It answers no more; twice is once."""
    with feed.change(by=by):
        if feed.ended_at is None:
            feed.ended_at = timezone.now()


def feed_of(token: str) -> DutyFeed | None:
    """The living address of this token."""
    found = DutyFeed.objects.alive().filter(token_hash=token_digest(token))
    return found.select_related("building", "area", "person").first()


def calendar(feed: DutyFeed) -> bytes:
    """The duties as iCalendar: post, area, hours and building, and nothing else.

    An event keeps its identity as long as its duty does; each change of the duty counts its sequence up.
    """
    building: Building = feed.building
    made = Calendar()
    made.add("prodid", "-//Guanshe//duty//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", str(feed.area or building))
    made.add("x-wr-calname", f"{building} · {feed.area.shown_name if feed.area else _('my duties')}")
    made.add("refresh-interval;value=duration", "PT1H")
    rows = (
        Duty.objects.in_building(building)
        .held()
        .filter(ends_at__gt=timezone.now() - KEPT)
        .select_related("post__area", "shift")
        .order_by("starts_at", "pk")
    )
    rows = rows.filter(post__area=feed.area) if feed.area else rows.filter(person=feed.person)
    duties = list(rows)
    changed: dict[int, list[object]] = {}
    history = Duty.history.filter(id__in=[duty.pk for duty in duties]).order_by("history_date", "history_id")
    for pk, at in history.values_list("id", "history_date"):
        changed.setdefault(pk, []).append(at)
    for duty in duties:
        made.add_component(_event(duty, building, changed.get(duty.pk, [duty.entered_at])))
    return bytes(made.to_ical())


def _event(duty: Duty, building: Building, changed: list[object]) -> Event:
    zone = ZoneInfo(building.time_zone)
    post, area = duty.post, duty.post.area
    event = Event()
    event.add("uid", f"{salted_hmac('guanshe.duty-uid', str(duty.pk), algorithm='sha256').hexdigest()[:32]}@guanshe")
    event.add("summary", post.shown_name)
    event.add("location", f"{building} · {area.shown_name}" if area else str(building))
    # In UTC, which every calendar shows by its own clock, the nights of a clock change too.
    event.add("dtstart", duty.starts_at)
    event.add("dtend", duty.ends_at)
    event.add("dtstamp", changed[-1])
    event.add("last-modified", changed[-1])
    event.add("created", changed[0])
    event.add("sequence", len(changed) - 1)
    event.add("description", f"{duty.starts_at.astimezone(zone):%H:%M}–{duty.ends_at.astimezone(zone):%H:%M}")
    return event
