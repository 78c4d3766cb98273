"""Which box goes where: a first-fit proposal that keeps one student together, valuables secure, cold things cold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

# The forecast until a room is packed; then what was packed counts. A planning figure of the office, not a norm.
BOXES_A_STUDENT = 6


class Keeping(StrEnum):
    """What kind of place a box needs."""

    ORDINARY = "ordinary"
    SECURE = "secure"
    COLD = "cold"


@dataclass(frozen=True)
class Place:
    """A storage place; `taken` counts the boxes that stand there now."""

    key: int
    name: str
    site: str
    rack: str
    level: int
    slots: int
    taken: int
    secure: bool
    cold: bool

    def keeps(self, keeping: Keeping) -> bool:
        """Whether the place is meant for such boxes; ordinary ones leave safe and fridge free."""
        if keeping == Keeping.ORDINARY:
            return not self.secure and not self.cold
        return self.secure if keeping == Keeping.SECURE else self.cold


@dataclass(frozen=True)
class ToStore:
    """How many boxes of one student still need a place; `homes` are the places where some stand already."""

    student: int
    keeping: Keeping
    boxes: int
    homes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Allotment:
    """So many boxes of one student to one place."""

    student: int
    keeping: Keeping
    place: int
    boxes: int


@dataclass(frozen=True)
class Shortage:
    """Boxes without a place."""

    keeping: Keeping
    boxes: int


@dataclass(frozen=True)
class Storing:
    """Every allotment, and what did not fit."""

    allotments: tuple[Allotment, ...]
    shortages: tuple[Shortage, ...]

    def split(self) -> frozenset[int]:
        """The students whose boxes of one kind stand in more than one place."""
        seen: set[tuple[int, Keeping]] = set()
        apart = set()
        for one in self.allotments:
            key = (one.student, one.keeping)
            if key in seen:
                apart.add(one.student)
            seen.add(key)
        return frozenset(apart)


def allot(wanted: Iterable[ToStore], places: Sequence[Place]) -> Storing:
    """First fit in the order given: where the student's boxes already stand, else the first place that holds them all.

    Only when no single place is left are a student's boxes split, over the fewest places.
    """
    free = {place.key: place.slots - place.taken for place in places}
    allotments: list[Allotment] = []
    lacking: dict[Keeping, int] = {}
    for want in wanted:
        left = want.boxes
        fitting = [place.key for place in places if place.keeps(want.keeping) and free[place.key] > 0]
        # Where boxes of the student stand comes first, then a place for all, then the emptiest ones.
        fitting.sort(key=lambda key: (key not in want.homes, free[key] < want.boxes, _need(free[key], want.boxes)))
        for key in fitting:
            taken = min(left, free[key])
            if taken:
                allotments.append(Allotment(want.student, want.keeping, key, taken))
                free[key] -= taken
                left -= taken
        if left:
            lacking[want.keeping] = lacking.get(want.keeping, 0) + left
    return Storing(tuple(allotments), tuple(Shortage(keeping, boxes) for keeping, boxes in lacking.items()))


def _need(free: int, boxes: int) -> int:
    """Places that hold all keep their order; of the others the emptiest comes first."""
    return 0 if free >= boxes else -free
