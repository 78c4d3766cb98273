"""The floor plan as a drawing: rooms in, shapes out; the same on a page and on paper.

`templates/rooms/floor_plan.svg` draws a `FloorDrawing`; it carries its colours as attributes, so it needs no style
sheet, and a page may restyle it by class: `floor-plan` on the drawing; `floor-plan__room` on each room, with
`floor-plan__room--<state>` and `floor-plan__room--<zone>`; inside it `floor-plan__wall`, `floor-plan__band` (the zone's
colour and pattern), `floor-plan__letter` (the zone's letter), `floor-plan__number`, `floor-plan__text`,
`floor-plan__bed` (`--taken` where it is somebody's), `floor-plan__step` (`--done` for each step behind the room) or, in
the site's use, `floor-plan__status` (the letter of the bed status);
`floor-plan__corridor` is the floor under the rooms, `floor-plan__key` an entry of the legend.
Black and white loses nothing: zones also differ by pattern and letter, states by word and steps, beds by filling.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rooms.models import Room, RoomState, RoomUse, Zone

UNITS_A_METRE = 40
MARGIN = 6
BAND = 30
KEY_WIDTH = 44
KEY_SIZE = 16
KEY_ROW = 40
SMALLEST = 13  # type size of a label in a room, below which it is broken into lines
# How far each state of the move lies behind a room; states of other procedures show their word alone.
STEPS = (RoomState.SURVEYED, RoomState.PACKED, RoomState.CLEARED)


@dataclass(frozen=True)
class BedOnPlan:
    """A bed with its number; `taken` when it is somebody's."""

    number: int
    taken: bool


@dataclass(frozen=True)
class RoomOnPlan:
    """A room as the plan needs it; lengths in metres from the floor's upper left corner.

    `status` is the letter of the bed status, drawn instead of the move's steps.
    """

    number: str
    floor: int
    use: str
    zone: str
    state: str
    x: float
    y: float
    width: float
    depth: float
    beds: tuple[BedOnPlan, ...] = ()
    href: str = ""
    status: str = ""

    @classmethod
    def of(cls, room: Room, *, taken: Collection[int] = (), href: str = "", status: str = "") -> "RoomOnPlan":
        """The room with its prefetched beds; `taken` are the pks of those that are somebody's."""
        return cls(
            number=room.number,
            floor=room.floor,
            use=room.use,
            zone=room.zone,
            state=room.state,
            x=float(room.plan_x),
            y=float(room.plan_y),
            width=float(room.plan_width),
            depth=float(room.plan_depth),
            beds=tuple(BedOnPlan(bed.number, bed.pk in taken) for bed in room.beds.all()),
            href=href,
            status=status,
        )


@dataclass(frozen=True)
class Mark:
    """A small rectangle inside a room: a bed or a step. `number` is written in it, when there is one."""

    x: int
    y: int
    width: int
    height: int
    full: bool
    number: str = ""

    @property
    def middle(self) -> tuple[int, int]:
        """Where its number is centred: x, and the base line's y."""
        return self.x + self.width // 2, self.y + self.height // 2 + 6


@dataclass(frozen=True)
class RoomShape:
    """One room of the drawing, in units of the drawing."""

    number: str
    x: int
    y: int
    width: int
    height: int
    zone: str
    letter: str
    state: str
    text: str
    number_size: int
    text_size: int
    beds: tuple[Mark, ...]
    steps: tuple[Mark, ...]
    spoken: str
    href: str
    status: str

    @property
    def status_y(self) -> int:
        """The base line of the bed status, under the beds."""
        return self.y + self.height - 6

    @property
    def middle(self) -> int:
        """The x of its middle."""
        return self.x + self.width // 2

    @property
    def plate(self) -> tuple[int, int]:
        """The upper left corner of the white plate behind the letter."""
        return self.middle - 14, self.y + 3

    @property
    def letter_y(self) -> int:
        """The base line of the zone's letter."""
        return self.y + 22

    @property
    def number_y(self) -> int:
        """The base line of the number."""
        return self.y + BAND + 12 + self.number_size

    @property
    def text_y(self) -> int:
        """The base line of the use or the state."""
        return self.number_y + 10 + self.text_size

    @property
    def text_lines(self) -> list[tuple[str, int]]:
        """The use or the state with its base line; a long one in as many lines as it was broken into."""
        return [(line, self.text_y + n * (self.text_size + 3)) for n, line in enumerate(self.text.split("\n"))]


@dataclass(frozen=True)
class Key:
    """One entry of the legend under the floor: a zone's band, a bed or the steps, from its upper left corner."""

    kind: str
    letter: str
    label: str
    x: int
    y: int

    @property
    def plate_x(self) -> int:
        """The left edge of the white plate behind the letter."""
        return self.x + KEY_WIDTH // 2 - 14

    @property
    def letter_x(self) -> int:
        """The middle of its sample."""
        return self.x + KEY_WIDTH // 2

    @property
    def label_x(self) -> int:
        """Where its label begins."""
        return self.x + KEY_WIDTH + 8

    @property
    def plate_y(self) -> int:
        """The upper edge of the white plate."""
        return self.y + 3

    @property
    def steps_y(self) -> int:
        """The upper edge of the sample of steps."""
        return self.y + 11

    @property
    def base(self) -> int:
        """The base line of its words."""
        return self.y + 21


@dataclass(frozen=True)
class FloorDrawing:
    """One floor to scale."""

    floor: int
    width: int
    height: int
    rooms: tuple[RoomShape, ...]
    legend: tuple[Key, ...]
    title: str

    @property
    def view_box(self) -> str:
        """The drawing's viewBox: the floor, the legend under it, a margin for the line width."""
        bottom = max([self.height, *(key.y + 34 for key in self.legend)])
        return f"{-MARGIN} {-MARGIN} {self.width + 2 * MARGIN} {bottom + 2 * MARGIN}"


def zone_letter(zone: str) -> str:
    """The letter beside the zone's colour; K for contaminated as in the HL7 bed status."""
    letters = {
        Zone.CLEAN: pgettext("letter of the clean zone", "C"),
        Zone.BUFFER: pgettext("letter of the buffer zone", "B"),
        Zone.CONTAMINATED: pgettext("letter of the contaminated zone", "K"),
    }
    return letters.get(Zone(zone), "") if zone in Zone.values else ""


def draw_floors(rooms: Iterable[RoomOnPlan], *, taken: str = "") -> tuple[FloorDrawing, ...]:
    """A drawing for each floor that has a room, from the lowest up, in the active language."""
    rooms = list(rooms)
    return tuple(draw_floor(floor, rooms, taken=taken) for floor in sorted({room.floor for room in rooms}))


def draw_floor(floor: int, rooms: Iterable[RoomOnPlan], *, taken: str = "") -> FloorDrawing:
    """The rooms of one floor to scale, in the active language; the corner of the outermost rooms is the origin.

    `taken` says in the legend whose a filled bed is, a student's where nothing is said.
    """
    here = [room for room in rooms if room.floor == floor]
    left = min((room.x for room in here), default=0.0)
    top = min((room.y for room in here), default=0.0)
    shapes = tuple(_shape(room, left=left, top=top) for room in here)
    width = max((shape.x + shape.width for shape in shapes), default=0)
    height = max((shape.y + shape.height for shape in shapes), default=0)
    return FloorDrawing(
        floor=floor,
        width=width,
        height=height,
        rooms=shapes,
        legend=_legend(here, top=height, width=width, taken=taken or _("a student's bed")),
        title=_("Floor %(floor)s") % {"floor": floor},
    )


def _units(metres: float) -> int:
    return round(metres * UNITS_A_METRE)


def _legend(rooms: list[RoomOnPlan], *, top: int, width: int, taken: str) -> tuple[Key, ...]:
    """What stands on this floor, side by side under it, in as many rows as it takes."""
    entries = [
        (str(zone), zone_letter(zone), str(zone.label)) for zone in Zone if any(room.zone == zone for room in rooms)
    ]
    beds = [bed.taken for room in rooms for bed in room.beds]
    entries += [("bed-taken", "", taken)] if any(beds) else []
    entries += [("bed-free", "", _("free bed"))] if not all(beds) else []
    if any(room.use == RoomUse.BEDROOM and not room.status for room in rooms):
        entries.append(("steps", "", " → ".join(str(step.label) for step in STEPS)))
    keys: list[Key] = []
    x = y = 0
    for kind, letter, label in entries:
        wide = KEY_WIDTH + 8 + round(_ems(label) * KEY_SIZE)
        if x + wide > width and x:
            x, y = 0, y + KEY_ROW
        keys.append(Key(kind, letter, label, x, top + 22 + y))
        x += wide + 22
    return tuple(keys)


def _ems(text: str) -> float:
    """About how wide the text is, in ems: Chinese is twice as wide as Latin."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.56 for char in text)


def _shape(room: RoomOnPlan, *, left: float, top: float) -> RoomShape:
    x, y = _units(room.x - left), _units(room.y - top)
    width, height = _units(room.width), _units(room.depth)
    bedroom = room.use == RoomUse.BEDROOM
    said = _label(RoomState, room.state) if bedroom else _label(RoomUse, room.use)
    label = _broken(said, width=width)
    return RoomShape(
        number=room.number,
        x=x,
        y=y,
        width=width,
        height=height,
        zone=room.zone if room.zone in Zone.values else "none",
        letter=zone_letter(room.zone),
        state=room.state,
        text=label,
        number_size=fitting(room.number, width=width, largest=38),
        text_size=min(fitting(line, width=width, largest=20) for line in label.split("\n")),
        beds=_beds(room.beds, x=x, y=y, width=width, height=height),
        steps=_steps(room.state, x=x, y=y, width=width, height=height) if bedroom and not room.status else (),
        spoken=_spoken(room, said),
        href=room.href,
        status=room.status,
    )


def _label(choices: type[RoomState] | type[RoomUse], value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def fitting(text: str, *, width: int, largest: int) -> int:
    """The largest type size at which the text stays inside its room."""
    return max(8, min(largest, int((width - 16) / max(_ems(text), 1.0))))


def _broken(text: str, *, width: int) -> str:
    """The text, broken at its spaces where one line would be too small to read."""
    return text if fitting(text, width=width, largest=20) >= SMALLEST else text.replace(" ", "\n")


def _beds(beds: tuple[BedOnPlan, ...], *, x: int, y: int, width: int, height: int) -> tuple[Mark, ...]:
    """The beds side by side above the room's lower wall."""
    if not beds:
        return ()
    gap = 8
    each = min(44, (width - gap * (len(beds) + 1)) // len(beds))
    start = x + (width - len(beds) * each - (len(beds) - 1) * gap) // 2
    return tuple(
        Mark(start + n * (each + gap), y + height - 58, each, 28, bed.taken, str(bed.number))
        for n, bed in enumerate(beds)
    )


def _steps(state: str, *, x: int, y: int, width: int, height: int) -> tuple[Mark, ...]:
    """One small box for each step of the move, full once it lies behind the room."""
    if state not in RoomState.values:
        return ()
    done = STEPS.index(RoomState(state)) + 1 if state in STEPS else 0
    each, gap = 26, 6
    start = x + (width - len(STEPS) * each - (len(STEPS) - 1) * gap) // 2
    return tuple(Mark(start + n * (each + gap), y + height - 18, each, 8, n < done) for n in range(len(STEPS)))


def _spoken(room: RoomOnPlan, label: str) -> str:
    """What a screen reader says of the room."""
    parts = [_("Room %(number)s") % {"number": room.number}, label]
    if room.zone in Zone.values:
        parts.append(str(Zone(room.zone).label))
    if room.beds:
        parts.append(ngettext("%(count)d bed", "%(count)d beds", len(room.beds)) % {"count": len(room.beds)})
    return ", ".join(parts)
