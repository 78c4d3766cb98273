"""The slots of the rounds: protocols, a zone and days in; each slot out, and what is due when.

A slot is a local day and one of the protocol's hours. It belongs to the protocol that applies at that hour, so a
protocol that changes in the middle of a day brings its later hours and leaves the earlier ones as they were. An hour
that a clock change leaves out stands at the moment where it would have been; one that comes twice counts once, the
first time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from observation.ending import protocol_at
from observation.models import Protocol

OPENS_BEFORE = timedelta(hours=1)
AROUND = timedelta(days=2)


@dataclass(frozen=True)
class Slot:
    """One round of one day: readings count for it from `opens_at` until the next one opens."""

    day: date
    hour: str
    protocol: Protocol
    starts_at: datetime
    opens_at: datetime
    late_at: datetime
    closes_at: datetime | None = None

    @property
    def key(self) -> tuple[date, str]:
        """What a reading is filed under."""
        return self.day, self.hour

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies in this slot."""
        return self.opens_at <= at and (self.closes_at is None or at < self.closes_at)


class Due(Enum):
    """How a slot stands for one person; in the order in which people are looked after."""

    AGAIN = "again"
    LATE = "late"
    DUE = "due"
    OPEN = "open"
    SKIPPED = "skipped"
    DONE = "done"

    @property
    def waiting(self) -> bool:
        """Whether the round still has to come by."""
        return self in (Due.AGAIN, Due.LATE, Due.DUE, Due.OPEN)


def slots_of(protocols: Sequence[Protocol], zone: ZoneInfo, days: Iterable[date]) -> list[Slot]:
    """The slots of these days in order; `protocols` in the order in which they came into force."""
    wanted = sorted(set(days))
    if not wanted:
        return []
    # The neighbours of the first and the last slot stand on days that were not asked for.
    first, last = wanted[0] - AROUND, wanted[-1] + AROUND
    found: list[Slot] = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for protocol in protocols:
            for hour in sorted(set(protocol.check_hours)):
                starts_at = datetime.combine(day, time.fromisoformat(hour), zone)
                if protocol_at(protocols, starts_at) == protocol:
                    late_at = starts_at + timedelta(minutes=protocol.late_after_minutes)
                    found.append(Slot(day, hour, protocol, starts_at, starts_at - OPENS_BEFORE, late_at))
    # Moments are compared in UTC: within one zone Python compares what the clocks show.
    found.sort(key=lambda slot: slot.starts_at.timestamp())
    opened = [
        replace(
            slot, opens_at=max(slot.opens_at, before.starts_at, key=datetime.timestamp) if before else slot.opens_at
        )
        for before, slot in zip([None, *found], found, strict=False)
    ]
    closed = [
        replace(slot, closes_at=after.opens_at if after else None)
        for slot, after in zip(opened, [*opened[1:], None], strict=True)
    ]
    return [slot for slot in closed if slot.day in wanted]


def slot_at(protocols: Sequence[Protocol], zone: ZoneInfo, at: datetime) -> Slot | None:
    """The slot that `at` lies in; None before the first protocol's first slot."""
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(-2, 2)]
    # A protocol whose hours all lie behind may have had its last slot earlier; the newest opened one counts.
    return next((slot for slot in reversed(slots_of(protocols, zone, days)) if slot.opens_at <= at), None)


def slot_of(protocols: Sequence[Protocol], zone: ZoneInfo, day: date, hour: str) -> Slot | None:
    """The slot of that day and hour, when the protocol has one."""
    return next((slot for slot in slots_of(protocols, zone, [day]) if slot.hour == hour), None)


def standing(slot: Slot, at: datetime, *, arrived_at: datetime | None) -> Due:
    """How a slot without any reading stands at `at` for somebody who came at `arrived_at`.

    Who came after the round is not late: their first reading may be taken at once.
    """
    if arrived_at is not None and arrived_at > slot.late_at:
        return Due.OPEN
    if at > slot.late_at:
        return Due.LATE
    return Due.DUE if at >= slot.starts_at else Due.OPEN
