"""The month of a roster, and its shifts made from the patterns."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import get_language

from core.records import Author
from observation.models import Shift, ShiftPattern
from rooms.models import Building

_WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The month written as 2020-02; None for anything else, and for years that no roster is kept for."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            return None
        year, number = int(match[1]), int(match[2])
        return cls(year, number) if 2000 <= year < 2200 and 1 <= number <= 12 else None

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def days(self) -> list[date]:
        """All its days."""
        return list(days_between(self.first, self.last))

    @property
    def before(self) -> "Month":
        """The month before."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Month":
        """The month after."""
        return Month.of(self.last + timedelta(days=1))

    @property
    def words(self) -> str:
        """As the reader writes it."""
        return date_format(self.first, "Y年n月" if get_language() == "zh-hans" else "F Y", use_l10n=False)


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day from `first` to `last`."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True)
class Span:
    """A shift that the patterns ask for on a day, made or not."""

    pattern: ShiftPattern
    day: date
    starts_at: datetime
    ends_at: datetime


def spans_of(building: Building, first: date, last: date) -> list[Span]:
    """What the patterns in use ask for on these days; a shift that a clock change swallows whole is left out."""
    zone = ZoneInfo(building.time_zone)
    found = []
    for pattern in ShiftPattern.objects.in_use().in_building(building):
        for day in days_between(first, last):
            starts_at, ends_at = pattern.moments(day, zone)
            if starts_at < ends_at:
                found.append(Span(pattern, day, starts_at, ends_at))
    return sorted(found, key=lambda span: span.starts_at)


def shifts_to_make(building: Building, first: date, last: date, *, since: datetime | None = None) -> list[Shift]:
    """The shifts of these days that are not in the roster yet, unsaved; hours that another shift has are left to it.

    With `since` only those that end later: what has passed without a roster stays so.
    """
    spans = [span for span in spans_of(building, first, last) if since is None or span.ends_at > since]
    if not spans:
        return []
    there = Shift.objects.in_building(building).filter(starts_at__lt=spans[-1].ends_at, ends_at__gt=spans[0].starts_at)
    taken = list(there.values_list("starts_at", "ends_at"))
    found: list[Shift] = []
    for span in spans:
        if not any(starts < span.ends_at and span.starts_at < ends for starts, ends in taken):
            taken.append((span.starts_at, span.ends_at))
            found.append(
                Shift(
                    building=building,
                    pattern=span.pattern,
                    day=span.day,
                    starts_at=span.starts_at,
                    ends_at=span.ends_at,
                )
            )
    return found


@transaction.atomic
def make_shifts(
    building: Building, first: date, last: date, *, by: Author, since: datetime | None = None
) -> list[Shift]:
    """Make the shifts of these days that are not in the roster yet."""
    building.hold()
    return Shift.enter_many(shifts_to_make(building, first, last, since=since), by=by)
