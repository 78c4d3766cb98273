"""The slots of the rounds: protocols, a zone and days in; each slot out, and what is due when.

A slot is a local day and one of the protocol's hours. It belongs to the protocol that applies at that hour, so a
protocol that changes in the middle of a day brings its later hours and leaves the earlier ones as they were. An hour
that a clock change leaves out stands at the moment where it would have been; one that comes twice counts once, the
first time. Whether somebody is late is decided here alone: the round, the board and the curves ask `standing`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from observation.ending import protocol_at
from observation.models import Protocol

OPENS_BEFORE = timedelta(hours=1)
AROUND = timedelta(days=2)


@dataclass(frozen=True)
class Slot:
    """One round of one day: readings count for it from `opens_at` until the next one opens. Its moments are in UTC."""

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

    def late(self, at: datetime) -> bool:
        """Whether at `at` whoever should have been measured is late."""
        return at >= self.late_at


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
                # In UTC: within one zone Python adds and compares what the clocks show, not what passes.
                starts_at = datetime.combine(day, time.fromisoformat(hour), zone).astimezone(UTC)
                if protocol_at(protocols, starts_at) == protocol:
                    late_at = starts_at + timedelta(minutes=protocol.late_after_minutes)
                    found.append(Slot(day, hour, protocol, starts_at, starts_at - OPENS_BEFORE, late_at))
    found.sort(key=lambda slot: slot.starts_at)
    opened = [
        replace(slot, opens_at=max(slot.opens_at, before.starts_at) if before else slot.opens_at)
        for before, slot in zip([None, *found], found, strict=False)
    ]
    closed = [
        replace(slot, closes_at=after.opens_at if after else None)
        for slot, after in zip(opened, [*opened[1:], None], strict=False)
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


def standing(slot: Slot, at: datetime, *, there: bool) -> Due:
    """How a slot without any reading stands at `at` for somebody who was `there` while it was due.

    Who came after the round is not late: their first reading may be taken at once. Another room is no reason: who was
    late before they moved is late afterwards.
    """
    if slot.late(at):
        return Due.LATE if there else Due.OPEN
    return Due.DUE if at >= slot.starts_at else Due.OPEN
