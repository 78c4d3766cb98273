"""The two passages: their steps by the rooms' uses, and their drawing on a floor plan.

A solid line and square marks are the staff's, a broken line and round marks the occupants'; both carry a letter and the
number of the step, so that black and white loses nothing. The drawing says no more than the workbook knows: which doors
lie on a passage, and the corridor between two rows of rooms. Where there is no such corridor only doors are marked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.managing.plan import ManagementPlan, RoomFact
from plans.managing.telling import Telling
from rooms.floor_drawing import UNITS_A_METRE, FloorDrawing, RoomOnPlan, draw_floor
from rooms.models import RoomUse

STAFF, OCCUPANTS = "staff", "occupants"
INSET = 17
# A room's own step shows where its mark would hide nothing: at its door on the corridor.
STAFF_USES = (RoomUse.GATEHOUSE, RoomUse.DONNING_ROOM, None, RoomUse.DOFFING_ROOM)
OCCUPANT_USES = (RoomUse.INTAKE, None, RoomUse.WASTE_HOLDING)


@dataclass(frozen=True)
class Step:
    """One step of a passage: its mark, the rooms (none: the floors people stay on), and what is done there."""

    passage: str
    mark: str
    rooms: tuple[RoomFact, ...]
    use: str
    done: str


@dataclass(frozen=True)
class Mark:
    """A mark on the drawing with its letter and number, and where its door is."""

    passage: str
    text: str
    x: int
    y: int
    door_y: int

    @property
    def left(self) -> int:
        """The left edge of a square one."""
        return self.x - INSET

    @property
    def top(self) -> int:
        """Its upper edge."""
        return self.y - INSET

    @property
    def base(self) -> int:
        """The base line of its text."""
        return self.y + 6


@dataclass(frozen=True)
class Way:
    """A passage along the corridor: from `x` to `end`, where its arrow points both ways."""

    passage: str
    x: int
    end: int
    y: int


@dataclass(frozen=True)
class Passages:
    """What lies over one floor."""

    ways: tuple[Way, ...]
    marks: tuple[Mark, ...]
    template = "plans/managing/passages.svg"


@dataclass(frozen=True)
class FloorWithPassages:
    """A floor and the passages on it."""

    drawing: FloorDrawing
    over: Passages


def letter(passage: str) -> str:
    """The letter of a passage."""
    return (
        pgettext("letter of the staff's passage", "S")
        if passage == STAFF
        else pgettext("letter of the occupants' passage", "O")
    )


def steps(plan: ManagementPlan, tell: Telling) -> list[Step]:
    """The steps of both passages, as far as the building has the rooms for them."""
    done = {
        RoomUse.GATEHOUSE: _("shows the pass, is measured, signs in"),
        RoomUse.DONNING_ROOM: _("puts the equipment on, a second person checks it"),
        RoomUse.DOFFING_ROOM: _("takes the equipment off step by step, washes, disinfects"),
        RoomUse.INTAKE: _("is met, measured, entered and told what follows"),
        RoomUse.WASTE_HOLDING: _("waste leaves by this door, locked until it is handed over"),
    }
    found: list[Step] = []
    for passage, uses in ((STAFF, STAFF_USES), (OCCUPANTS, OCCUPANT_USES)):
        number = 0
        for use in uses:
            rooms = plan.used_as(use) if use else plan.bedrooms
            if not rooms:
                continue
            number += 1
            if use:
                words, doing = str(use.label), done[use]
            else:
                words = _("floors %(floors)s") % {"floors": tell.floors_in_words()}
                doing = (
                    _("goes from door to door: rounds, meals, requests")
                    if passage == STAFF
                    else _("goes straight to the room and stays there")
                )
            found.append(Step(passage, f"{letter(passage)}{number}", rooms, words, doing))
    return found


def draw(plan: ManagementPlan, tell: Telling) -> tuple[FloorWithPassages, ...]:
    """Each floor with its zones and passages, from the lowest up."""
    known = steps(plan, tell)
    found = []
    for floor in sorted({room.floor for room in plan.rooms}):
        here = [room for room in plan.rooms if room.floor == floor]
        # A blank bed status: the steps of the move are no matter of this plan.
        shapes = [
            RoomOnPlan(
                number=room.number,
                floor=floor,
                use=room.use,
                zone=room.zone,
                state=room.state,
                x=room.x,
                y=room.y,
                width=room.width,
                depth=room.depth,
                status="\u00a0",
            )
            for room in here
        ]
        found.append(FloorWithPassages(draw_floor(floor, shapes), _over(here, known)))
    return tuple(found)


def _over(here: list[RoomFact], known: Iterable[Step]) -> Passages:
    corridor = _corridor(here)
    left, top = min(room.x for room in here), min(room.y for room in here)
    right = max(room.x + room.width for room in here)

    def units(metres: float) -> int:
        return round(metres * UNITS_A_METRE)

    ways: list[Way] = []
    marks: list[Mark] = []
    for step in known:
        rooms = [room for room in step.rooms if room in here]
        if not rooms:
            continue
        own = step.passage == STAFF
        if corridor is None:
            marks += [
                Mark(step.passage, step.mark, units(room.x - left) + 24, units(room.y + room.depth - top) - 24, 0)
                for room in rooms
                if not room.is_bedroom
            ]
            continue
        begins, ends = corridor
        y = units(begins - top + (ends - begins) * (0.27 if own else 0.75))
        if not any(way.passage == step.passage for way in ways):
            ways.append(Way(step.passage, INSET + 4, units(right - left) - INSET - 4, y))
        if rooms[0].is_bedroom:
            marks.append(Mark(step.passage, step.mark, units((right - left) * (0.35 if own else 0.65)), y, y))
            continue
        for room in rooms:
            above = room.y + room.depth <= begins + 0.01
            door = units((room.y + room.depth if above else room.y) - top)
            marks.append(Mark(step.passage, step.mark, units(room.x + room.width / 2 - left), y, door))
    return Passages(tuple(ways), tuple(_apart(marks)))


def _apart(marks: list[Mark]) -> list[Mark]:
    """The marks with those that would hide one another moved aside: two doors may face each other."""
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.y, one.x, one.text)):
        before = [one for one in placed if abs(one.y - mark.y) < 2 * INSET and one.x > mark.x - 2 * INSET - 6]
        moved = max([mark.x, *(one.x + 2 * INSET + 8 for one in before)])
        placed.append(replace(mark, x=moved))
    return placed


def _corridor(here: list[RoomFact]) -> tuple[float, float] | None:
    """The widest band between two rows of rooms; None where the rooms leave none of at least a metre."""
    edges = sorted((room.y, room.y + room.depth) for room in here)
    reach, widest = edges[0][1], None
    for start, end in edges:
        if start - reach >= 1 and (widest is None or start - reach > widest[1] - widest[0]):
            widest = (reach, start)
        reach = max(reach, end)
    return widest
