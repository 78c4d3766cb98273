"""When an observation ends: days are counted on the building's calendar, so that no clock change moves them.

The day of the last exposure is day 0; with 14 days somebody last exposed on 1 February is released on 15 February.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.models import EndChange, Occupant, Protocol
from rooms.models import Building


def released_from(last_exposure: date, *, days: int, changed_to: date | None = None) -> date:
    """The day from which somebody may be released; a decision of the office (`changed_to`) goes before the rule."""
    return changed_to or last_exposure + timedelta(days=days)


def protocol_at(protocols: Sequence[Protocol], at: datetime) -> Protocol | None:
    """The one that applies at `at`, of `protocols` in the order in which they came into force."""
    found = None
    for protocol in protocols:
        if protocol.applies_from <= at:
            found = protocol
    return found


def today(building: Building, at: datetime | None = None) -> date:
    """The building's calendar day at `at` (now)."""
    return timezone.localdate(at or timezone.now(), ZoneInfo(building.time_zone))


def protocol_of(building: Building, at: datetime | None = None) -> Protocol:
    """The protocol that applies at `at` (now); Refused when none was entered."""
    return protocol_in(list(Protocol.objects.applying(building)), at or timezone.now())


def protocol_in(protocols: Sequence[Protocol], at: datetime) -> Protocol:
    """As `protocol_at`; Refused when none applies yet."""
    found = protocol_at(protocols, at)
    require(found, "no-protocol", _("Enter the observation protocol first: nothing here can be counted without it."))
    assert found is not None  # noqa: S101 - required above
    return found


@dataclass(frozen=True)
class End:
    """When an observation ends, and what says so: the protocol, or the office's decision."""

    day: date
    protocol: Protocol
    change: EndChange | None

    @property
    def cited(self) -> str:
        """What says so, as screens and papers show it beside the day."""
        if self.change is None:
            return self.protocol.cited
        said = {"by": str(self.change.by), "day": today(self.change.occupant.building, self.change.at)}
        return _("decision of the office, %(by)s, %(day)s") % said


def end_of(occupant: Occupant, at: datetime | None = None) -> End:
    """The end as it stood at `at` (now): later protocols and decisions do not rewrite what was said before.

    An observation that is over keeps the end it had.
    """
    return end_under(list(Protocol.objects.applying(occupant.building)), occupant, at)


def end_under(protocols: Sequence[Protocol], occupant: Occupant, at: datetime | None = None) -> End:
    """As `end_of`, for a page that has read the building's protocols already."""
    at = min(filter(None, (at or timezone.now(), occupant.ended_at)))
    protocol = protocol_in(protocols, at)
    change = occupant.end_changes.filter(at__lte=at).select_related("by").order_by("pk").last()
    day = released_from(
        occupant.last_exposure, days=protocol.days, changed_to=change.ends_on if change is not None else None
    )
    return End(day, protocol, change)
