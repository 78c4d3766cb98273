"""A roster's rules told a second time, by plain counting, for tests to hold the drawing against."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple


class Row(NamedTuple):
    """Who holds which post from when until when, in which shift."""

    person: int
    shift: int
    post: int
    starts: datetime
    ends: datetime


def faults(
    rows: Iterable[Row],
    *,
    may_hold: Mapping[int, Collection[int]],
    away: Iterable[tuple[int, datetime, datetime]],
    rest_hours: int,
    week_hours: int,
    new: Collection[Row],
) -> list[str]:
    """Everything that is wrong with a roster, where one of the `new` rows has part in it; hour by hour."""
    rows = list(rows)
    found = []
    for row in new:
        if row.person not in may_hold.get(row.post, ()):
            found.append(f"{row} may not hold it")
    busy: dict[tuple[int, datetime], list[Row]] = {}
    full: dict[tuple[int, datetime], list[Row]] = {}
    gone = {(person, at) for person, starts, ends in away for at in _hours(starts, ends)}
    for row in rows:
        for at in _hours(row.starts, row.ends):
            busy.setdefault((row.person, at), []).append(row)
            full.setdefault((row.post, at), []).append(row)
            if row in new and (row.person, at) in gone:
                found.append(f"{row} is absent")
    for (_key, at), ones in (*busy.items(), *full.items()):
        if len(ones) > 1 and any(one in new for one in ones):
            found.append(f"two at {at}: {ones}")
    for row in new:
        # Walk away from the duty hour by hour: within the rest no hour of another shift may be worked.
        for hour in range(1, rest_hours + 1):
            for at in (row.ends + timedelta(hours=hour - 1), row.starts - timedelta(hours=hour)):
                others = [one for one in busy.get((row.person, at), []) if one.shift != row.shift]
                if others:
                    found.append(f"{row} rests less than {rest_hours} h from {others}")
    for row in new:
        mine = sorted(at for person, at in busy if person == row.person)
        for begin in mine:
            worked = sum(begin <= at < begin + timedelta(days=7) for at in mine)
            if worked > week_hours and begin < row.ends and row.starts < begin + timedelta(days=7):
                found.append(f"{row}: {worked} h in the week from {begin}")
    return found


def _hours(starts: datetime, ends: datetime) -> list[datetime]:
    return [starts + timedelta(hours=n) for n in range(int((ends - starts).total_seconds()) // 3600)]
