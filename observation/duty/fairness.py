"""Who serves how much: hours, nights and weekends of each, and how far apart the most and the least are. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


class Served(NamedTuple):
    """A duty as fairness counts it."""

    person: int
    shift: int
    day: date
    night: bool
    starts: datetime
    ends: datetime


@dataclass
class Share:
    """What one person serves."""

    person: int
    minutes: int = 0
    nights: int = 0
    weekends: int = 0
    duties: int = 0

    @property
    def hours(self) -> float:
        """With one decimal."""
        return round(self.minutes / 60, 1)


@dataclass(frozen=True)
class Spread:
    """How far the most and the least lie apart."""

    hours: float
    nights: int
    weekends: int


def is_weekend(day: date) -> bool:
    """Saturday and Sunday."""
    return day.weekday() >= 5


def shares(duties: Iterable[Served], people: Collection[int]) -> dict[int, Share]:
    """What each of `people`, and whoever else serves, has; a shift counts once however many pieces it is held in."""
    found = {person: Share(person) for person in people}
    seen: set[tuple[int, int]] = set()
    for one in duties:
        share = found.setdefault(one.person, Share(one.person))
        share.minutes += int((one.ends - one.starts).total_seconds()) // 60
        if (one.person, one.shift) not in seen:
            seen.add((one.person, one.shift))
            share.duties += 1
            share.nights += one.night
            share.weekends += is_weekend(one.day)
    return found


def spread(found: Iterable[Share]) -> Spread:
    """The most less the least, of hours, nights and weekends."""
    rows = list(found)

    def apart(values: list[int]) -> int:
        return max(values, default=0) - min(values, default=0)

    return Spread(
        hours=round(apart([row.minutes for row in rows]) / 60, 1),
        nights=apart([row.nights for row in rows]),
        weekends=apart([row.weekends for row in rows]),
    )
