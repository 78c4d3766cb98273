"""Drawing a roster by rule: what must be held, by whom it may be, what they do already; who holds what comes out.

Nothing is read or written here. Shift by shift, each post gets somebody whose duty breaks no rule, so that as few as
possible stand empty and hours, nights and weekends are spread; then what stands empty is tried once more by moving
others, and what is uneven is evened out. The same input gives the same roster.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from observation.duty.rules import Against, Diary, Limits, Piece

# Beyond all that fairness costs; a pair that breaks a rule costs more than a post that stands empty.
EMPTY, FORBIDDEN = 10**15, 10**18
# A night or a weekend more weighs as much as twelve hours more.
WEIGHT = 720 * 720
SWEEPS = 4


@dataclass(frozen=True)
class Need:
    """A post to be held through a shift, or through a part of one; a heavy one is filled before others."""

    shift: int
    post: int
    starts: datetime
    ends: datetime
    night: bool = False
    weekend: bool = False
    weight: int = 1

    @property
    def piece(self) -> Piece:
        """The time it takes."""
        return Piece(self.shift, self.starts, self.ends)


@dataclass(frozen=True)
class Held:
    """What somebody holds already."""

    person: int
    shift: int
    post: int
    starts: datetime
    ends: datetime
    night: bool = False
    weekend: bool = False
    counts: bool = True
    """Whether it counts for fairness: what lies outside the month does not."""


@dataclass(frozen=True)
class Away:
    """Somebody is absent."""

    person: int
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Assigned:
    """Somebody is to hold a post."""

    need: Need
    person: int


@dataclass(frozen=True)
class Unfilled:
    """Nobody can hold a post, and how many speak what against; nobody at all when nobody may hold it."""

    need: Need
    why: Mapping[Against, int]


@dataclass(frozen=True)
class Drawing:
    """A roster as it was drawn."""

    assigned: list[Assigned]
    unfilled: list[Unfilled]


@dataclass
class _Load:
    """What somebody serves in the month."""

    minutes: int = 0
    nights: int = 0
    weekends: int = 0

    def add(self, need: Need | Held, sign: int = 1) -> None:
        self.minutes += sign * _minutes(need)
        self.nights += sign * need.night
        self.weekends += sign * need.weekend

    def costs(self, need: Need) -> int:
        """How much less even it gets with this one more: the squares of all loads grow by so much."""
        minutes = _minutes(need)
        cost = minutes * (2 * self.minutes + minutes)
        cost += need.night * WEIGHT * (2 * self.nights + 1)
        return cost + need.weekend * WEIGHT * (2 * self.weekends + 1)

    def spares(self, need: Need) -> int:
        """How much more even it gets without it."""
        minutes = _minutes(need)
        cost = minutes * (2 * self.minutes - minutes)
        cost += need.night * WEIGHT * (2 * self.nights - 1)
        return cost + need.weekend * WEIGHT * (2 * self.weekends - 1)


def draw(
    needs: Iterable[Need],
    *,
    may_hold: Mapping[int, Collection[int]],
    held: Iterable[Held],
    away: Iterable[Away],
    limits: Limits,
    now: datetime,
) -> Drawing:
    """Who is to hold what, of `needs` that begin at `now` or later and that nobody holds yet.

    `may_hold` names for each post who may hold it. What is held stays as it is.
    """
    roster = _Roster(may_hold, limits)
    taken: dict[int, list[Held]] = defaultdict(list)
    for one in held:
        roster.know(one)
        taken[one.post].append(one)
    for absence in away:
        roster.diaries[absence.person].away.append((absence.starts, absence.ends))
    wanted = [
        need
        for need in needs
        if need.starts >= now and not any(one.starts < need.ends and need.starts < one.ends for one in taken[need.post])
    ]
    wanted.sort(key=lambda need: (need.starts, need.shift, need.post))
    for _start, group in groupby(wanted, key=lambda need: (need.starts, need.shift)):
        roster.fill(list(group))
    for need in [need for need in wanted if need not in roster.given]:
        roster.make_room(need)
    for _sweep in range(SWEEPS):
        if not roster.even_out():
            break
    # Whatever was moved may have left somebody free.
    for need in [need for need in wanted if need not in roster.given]:
        roster.fill([need])
    return Drawing(
        [Assigned(need, roster.given[need]) for need in wanted if need in roster.given],
        [Unfilled(need, roster.why_not(need)) for need in wanted if need not in roster.given],
    )


@dataclass
class _Roster:
    """The roster while it is being drawn."""

    may_hold: Mapping[int, Collection[int]]
    limits: Limits
    diaries: dict[int, Diary] = field(default_factory=lambda: defaultdict(Diary))
    loads: dict[int, _Load] = field(default_factory=lambda: defaultdict(_Load))
    given: dict[Need, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        posts = {post: sorted(people) for post, people in self.may_hold.items()}
        self.people = {post: people for post, people in posts.items() if people}
        self._posts_of: dict[int, list[int]] = defaultdict(list)
        for post, people in self.people.items():
            for person in people:
                self._posts_of[person].append(post)

    def know(self, one: Held) -> None:
        """Somebody holds something already."""
        self.diaries[one.person].pieces.append(Piece(one.shift, one.starts, one.ends))
        if one.counts:
            self.loads[one.person].add(one)

    def against(self, person: int, need: Need) -> Against | None:
        """What speaks against giving them this."""
        return self.diaries[person].against(need.piece, self.limits)

    def why_not(self, need: Need) -> Mapping[Against, int]:
        """How many of those who may hold it cannot, by what speaks against it."""
        found = (self.against(person, need) for person in self.people.get(need.post, ()))
        return dict(sorted(Counter(one for one in found if one is not None).items()))

    def give(self, need: Need, person: int) -> None:
        """They hold it."""
        self.given[need] = person
        self.diaries[person].pieces.append(need.piece)
        self.loads[person].add(need)

    def take(self, need: Need) -> int:
        """They hold it no more."""
        person = self.given.pop(need)
        self.diaries[person].pieces.remove(need.piece)
        self.loads[person].add(need, -1)
        return person

    def fill(self, needs: list[Need]) -> None:
        """The posts of one shift, all at once, so that a scarce person is not spent on a post that others may hold."""
        everybody = sorted({person for need in needs for person in self.people.get(need.post, ())})
        free = {(person, need.starts, need.ends): self.against(person, need) for need in needs for person in everybody}
        table = []
        for need in needs:
            able = set(self.people.get(need.post, ()))
            row = [
                self.loads[person].costs(need) + self._scarcity(person, need.post)
                if person in able and free[person, need.starts, need.ends] is None
                else FORBIDDEN
                for person in everybody
            ]
            table.append(row + [EMPTY * need.weight] * len(needs))
        for need, column in zip(needs, cheapest(table), strict=True):
            if column < len(everybody):
                self.give(need, everybody[column])

    def _scarcity(self, person: int, post: int) -> int:
        """Somebody whom another post can hardly do without is spared here."""
        others = (len(self.people[other]) for other in self._posts_of[person] if other != post)
        here, fewest = len(self.people[post]), min(others, default=10**6)
        return WEIGHT // fewest if fewest < here else 0

    def make_room(self, need: Need) -> None:
        """Let somebody have it by giving what they were drawn for to others, if that can be."""
        for person in self.people.get(need.post, ()):
            mine = [one for one, holder in self.given.items() if holder == person and _near(one, need, self.limits)]
            for other in mine:
                if self._exchange(need, person, other):
                    return

    def _exchange(self, need: Need, person: int, other: Need) -> bool:
        """Give them `need` instead of `other`, which somebody else can hold; undone when it cannot be."""
        self.take(other)
        if self.against(person, need) is None:
            self.give(need, person)
            able = [one for one in self.people[other.post] if one != person and self.against(one, other) is None]
            if able:
                self.give(other, min(able, key=lambda one: (self.loads[one].costs(other), one)))
                return True
            self.take(need)
        self.give(other, person)
        return False

    def even_out(self) -> bool:
        """Hand single duties from who has much to who has little; whether anything was moved."""
        moved = False
        for need in list(self.given):
            person = self.given[need]
            spared = self.loads[person].spares(need)
            lighter = sorted((self.loads[one].costs(need), one) for one in self.people[need.post] if one != person)
            for cost, one in lighter:
                if cost >= spared:
                    break
                if self.against(one, need) is None:
                    self.take(need)
                    self.give(need, one)
                    moved = True
                    break
        return moved


def _minutes(need: Need | Held) -> int:
    return int((need.ends - need.starts).total_seconds()) // 60


def _near(one: Need, need: Need, limits: Limits) -> bool:
    """Whether one of them can be in the other's way."""
    return one.starts < need.ends + limits.rest + limits.week and need.starts < one.ends + limits.rest + limits.week


def cheapest(table: Sequence[Sequence[int]]) -> list[int]:
    """The column of each row, no column twice, with the least sum (Kuhn and Munkres, by augmenting paths)."""
    height, width = len(table), len(table[0]) if table else 0
    above, left = [0] * (height + 1), [0] * (width + 1)
    row_of = [0] * (width + 1)
    for row in range(1, height + 1):
        row_of[0], column = row, 0
        least, before, done = [FORBIDDEN**2] * (width + 1), [0] * (width + 1), [False] * (width + 1)
        while row_of[column]:
            done[column] = True
            here, step, following = row_of[column], FORBIDDEN**2, 0
            for other in range(1, width + 1):
                if done[other]:
                    continue
                cost = table[here - 1][other - 1] - above[here] - left[other]
                if cost < least[other]:
                    least[other], before[other] = cost, column
                if least[other] < step:
                    step, following = least[other], other
            for other in range(width + 1):
                if done[other]:
                    above[row_of[other]] += step
                    left[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            row_of[column] = row_of[before[column]]
            column = before[column]
    found = [0] * height
    for column in range(1, width + 1):
        if row_of[column]:
            found[row_of[column] - 1] = column - 1
    return found
