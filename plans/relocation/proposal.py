"""Who packs which room when: a fair first-come proposal, computed from rows and handed-in windows alone.

Rules, with their source: two people a student of the owner's sex, about two hours (the good examples of 2020); three
batches, those who agreed first, those who refused or were not reached last; one room is finished on the day it is
opened. A solver may later propose better waves from the same rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import IntEnum, StrEnum
from itertools import pairwise

# Four person-hours a student: two people, two hours. A prior, until the crews' own pace is known.
CREW_TIME_A_STUDENT = timedelta(hours=2)
PEOPLE_A_CREW = 2
# The working day of the crews, in the site's own time; the gap is the noon break.
HALF_DAYS = ((time(8), time(12)), (time(13), time(18)))


class Batch(IntEnum):
    """The three batches; a room goes with the last of its residents."""

    AGREED = 1
    HESITANT = 2
    LAST = 3


class Obstacle(StrEnum):
    """Why a room stands in no wave."""

    MIXED = "mixed"
    NO_CREW = "no-crew"
    TOO_LONG = "too-long"
    NO_TIME = "no-time"


@dataclass(frozen=True, order=True)
class Window:
    """A stretch of time, start included, end not."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Worker:
    """A mover or a witness with the times at which they can be had; `key` is the person's pk."""

    key: int
    sex: str
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class Crew:
    """A mover and a witness of one sex, with the times both can be had."""

    number: int
    mover: int
    witness: int
    sex: str
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class RoomToPack:
    """A room with belongings in it. `since` is when its last resident answered; `packs` counts the students packed."""

    key: int
    number: str
    floor: int
    packs: int
    sexes: frozenset[str]
    batch: Batch
    since: datetime | None = None
    started: bool = False

    @property
    def effort(self) -> timedelta:
        """The time one crew needs."""
        return CREW_TIME_A_STUDENT * max(self.packs, 1)


@dataclass(frozen=True)
class Turn:
    """One room packed by one crew."""

    room: RoomToPack
    crew: Crew
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Wave:
    """The rooms whose packing starts in one half-day."""

    number: int
    window: Window
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Unplaced:
    """A room the proposal found no time for, and why."""

    room: RoomToPack
    why: Obstacle


@dataclass(frozen=True)
class Proposal:
    """Waves × rooms × crews × time."""

    crews: tuple[Crew, ...]
    waves: tuple[Wave, ...]
    unplaced: tuple[Unplaced, ...]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Every turn, by wave."""
        return tuple(turn for wave in self.waves for turn in wave.turns)

    @property
    def finish(self) -> datetime | None:
        """When the last room is packed, or None when no room is placed."""
        return max((turn.end for turn in self.turns), default=None)


def working_windows(start: datetime, end: datetime, *, zone: tzinfo) -> tuple[Window, ...]:
    """The working half-days between two moments, in the site's zone."""
    start, end = start.astimezone(zone), end.astimezone(zone)
    windows = []
    day = start.date()
    while day <= end.date():
        for opens, closes in HALF_DAYS:
            window = Window(
                max(start, datetime.combine(day, opens, zone)), min(end, datetime.combine(day, closes, zone))
            )
            if window.start < window.end:
                windows.append(window)
        day += timedelta(days=1)
    return tuple(windows)


def make_crews(movers: Sequence[Worker], witnesses: Sequence[Worker]) -> tuple[Crew, ...]:
    """Pair each mover, first come first served, with the first free witness of the same sex who has time in common."""
    crews: list[Crew] = []
    free = list(witnesses)
    for mover in movers:
        for witness in free:
            common = _in_common(mover.windows, witness.windows)
            if mover.sex and witness.sex == mover.sex and witness.key != mover.key and common:
                crews.append(Crew(len(crews) + 1, mover.key, witness.key, mover.sex, common))
                free.remove(witness)
                break
    return tuple(crews)


def propose(rooms: Iterable[RoomToPack], crews: Sequence[Crew]) -> Proposal:
    """Lay the rooms into the crews' windows: by batch, inside a batch who answered first, then by room number.

    A room takes the earliest end any crew of its residents' sex can offer. A crew never starts a room before one of an
    earlier batch; a gap too short for one room is filled by a later one of the same batch. When time runs out, the
    batches stay and two rules yield, one by one, if that places more rooms: rooms stay inside one half-day, and who
    answered first comes first (then long rooms go before short ones).
    """
    rooms = list(rooms)
    tries = (
        _lay(sorted(rooms, key=order), crews, across_noon=across_noon)
        for order in (_first_come, _longest_first)
        for across_noon in (False, True)
    )
    best = next(tries)
    for other in tries:
        if not any(left.why == Obstacle.NO_TIME for left in best.unplaced):
            break
        best = min(best, other, key=lambda proposal: len(proposal.unplaced))
    return best


def _lay(rooms: Iterable[RoomToPack], crews: Sequence[Crew], *, across_noon: bool) -> Proposal:
    diaries = {crew.number: _Diary(crew, across_noon=across_noon) for crew in crews}
    unplaced = []
    for room in rooms:
        fitting = [diary for diary in diaries.values() if room.sexes in (set(), {diary.crew.sex})]
        offers = [offer for diary in fitting if (offer := diary.offer(room)) is not None]
        if len(room.sexes) > 1:
            unplaced.append(Unplaced(room, Obstacle.MIXED))
        elif not fitting:
            unplaced.append(Unplaced(room, Obstacle.NO_CREW))
        elif offers:
            best = min(offers, key=lambda turn: (turn.end, turn.crew.number))
            diaries[best.crew.number].turns.append(best)
        else:
            longest = max(diary.longest_day for diary in fitting)
            unplaced.append(Unplaced(room, Obstacle.TOO_LONG if room.effort > longest else Obstacle.NO_TIME))
    return Proposal(tuple(crews), _waves(diaries.values()), tuple(unplaced))


def _first_come(room: RoomToPack) -> tuple[bool, int, bool, float, int, str]:
    """Rooms already begun first; then by batch, by the time of the answer, by number."""
    since = room.since.timestamp() if room.since else 0.0
    return (not room.started, room.batch, room.since is None, since, room.floor, room.number)


def _longest_first(room: RoomToPack) -> tuple[bool, int, timedelta, int, str]:
    """Rooms already begun first; then by batch, the longest first, by number."""
    return (not room.started, room.batch, -room.effort, room.floor, room.number)


@dataclass
class _Diary:
    """What one crew has promised so far."""

    crew: Crew
    across_noon: bool
    turns: list[Turn] = field(default_factory=list)

    def offer(self, room: RoomToPack) -> Turn | None:
        """The turn for the room that ends first: inside one half-day or, if need be, across the noon break."""
        earlier = [turn.start for turn in self.turns if turn.room.batch < room.batch or turn.room.started]
        free = self._free(after=max(earlier, default=None))
        inside = (
            Turn(room, self.crew, window.start, window.start + room.effort)
            for window in free
            if window.length >= room.effort
        )
        first = next(inside, None)
        if first is not None and not self.across_noon:
            return first
        offers = [turn for turn in (first, self._over_noon(room, free)) if turn is not None]
        return min(offers, key=lambda turn: turn.end, default=None)

    def _over_noon(self, room: RoomToPack, free: list[Window]) -> Turn | None:
        ends = {window.end for window in self.crew.windows}
        starts = {window.start for window in self.crew.windows}
        for first, second in pairwise(free):
            # Both stretches reach the break, or something else would lie between the two halves of the work.
            touch = first.end in ends and second.start in starts and first.start.date() == second.start.date()
            if touch and first.length < room.effort <= first.length + second.length:
                return Turn(room, self.crew, first.start, second.start + room.effort - first.length)
        return None

    def _free(self, *, after: datetime | None) -> list[Window]:
        """The crew's windows without its promises and, when `after` is given, without what lies before it."""
        free = []
        for window in self.crew.windows:
            start = window.start if after is None else max(window.start, after)
            for turn in sorted(self.turns, key=lambda turn: turn.start):
                if turn.end <= start or turn.start >= window.end:
                    continue
                if start < turn.start:
                    free.append(Window(start, turn.start))
                start = max(start, turn.end)
            if start < window.end:
                free.append(Window(start, window.end))
        return free

    @property
    def longest_day(self) -> timedelta:
        """The most working time this crew has on one day."""
        days: defaultdict[date, timedelta] = defaultdict(timedelta)
        for window in self.crew.windows:
            days[window.start.date()] += window.length
        return max(days.values(), default=timedelta())


def _in_common(one: tuple[Window, ...], other: tuple[Window, ...]) -> tuple[Window, ...]:
    common = (Window(max(a.start, b.start), min(a.end, b.end)) for a in one for b in other)
    return tuple(sorted(window for window in common if window.start < window.end))


def _waves(diaries: Iterable[_Diary]) -> tuple[Wave, ...]:
    """Turns gathered by the half-day in which they start."""
    by_half_day: defaultdict[tuple[date, bool], list[Turn]] = defaultdict(list)
    for diary in diaries:
        for turn in diary.turns:
            by_half_day[(turn.start.date(), turn.start.time() >= HALF_DAYS[1][0])].append(turn)
    waves = []
    for number, key in enumerate(sorted(by_half_day), start=1):
        turns = sorted(by_half_day[key], key=lambda turn: (turn.crew.number, turn.start))
        window = Window(min(turn.start for turn in turns), max(turn.end for turn in turns))
        waves.append(Wave(number, window, tuple(turns)))
    return tuple(waves)
