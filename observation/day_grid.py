"""The grid of a day: persons × slots, as they stand and as the desk types them in from paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from django.db.models import Min, Q
from django.utils import timezone

from core.records import Refused
from observation.ending import today
from observation.models import HealthCheck, Occupant, OccupantState, Stay
from observation.rounds import NOTHING, protocols_of, readings_of, take_reading, zone_of
from observation.slots import Slot, slot_at, slots_of
from observation.thermometer import read_temperature
from people.models import User
from rooms.models import Building


class CellState(StrEnum):
    """What can be done with one cell."""

    READ = "read"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Cell:
    """One person's slot: read, open to be typed, or neither."""

    stay: Stay
    slot: Slot
    state: CellState
    first: HealthCheck | None
    second: HealthCheck | None
    typed: str = ""
    fault: str = ""

    @property
    def name(self) -> str:
        """The name of its field in the form."""
        return f"t-{self.stay.occupant_id}-{self.slot.hour}"

    @property
    def again(self) -> bool:
        """Whether a fever still waits for its second measurement."""
        return self.first is not None and self.first.fever and self.second is None

    @property
    def fault_id(self) -> str:
        """What names its fault for a screen reader."""
        return f"fault-{self.stay.occupant_id}-{self.slot.hour.replace(':', '')}"


@dataclass(frozen=True)
class Column:
    """One slot of the day with a cell for each person, by floor and room."""

    slot: Slot
    cells: list[Cell]

    @property
    def open(self) -> int:
        """How many can be typed."""
        return sum(cell.state == CellState.OPEN for cell in self.cells)

    @property
    def read(self) -> int:
        """How many are read."""
        return sum(cell.state == CellState.READ for cell in self.cells)


def first_day(building: Building) -> date:
    """The day of the first round for which somebody was here; today when nobody was.

    Who came after midnight may still have been measured for the evening's round, which stands on the day before.
    """
    came = Stay.objects.filter(occupant__building=building).aggregate(first=Min("arrived_at"))["first"]
    slot = slot_at(protocols_of(building), zone_of(building), came) if came else None
    return slot.day if slot else today(building, came)


def slots_on(building: Building, day: date) -> list[Slot]:
    """The slots of a day."""
    return slots_of(protocols_of(building), zone_of(building), [day])


def people_on(building: Building, day: date, slots: Sequence[Slot]) -> list[Stay]:
    """Who was here on a day or for one of its `slots`, each once, where they were last on it, by floor and room."""
    zone = zone_of(building)
    starts, ends = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    ends = max([ends, *(slot.closes_at for slot in slots if slot.closes_at)])
    stays = (
        Stay.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gte=starts), occupant__building=building)
        .filter(arrived_at__lt=ends)
        .select_related("occupant__person", "occupant__building", "bed__room")
        .order_by("arrived_at", "pk")
    )
    newest = {stay.occupant_id: stay for stay in stays}
    return sorted(newest.values(), key=lambda stay: (stay.room.floor, stay.room.number, stay.bed.number))


def columns_of(
    building: Building,
    day: date,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> list[Column]:
    """The grid of a day; `typed` and `faults`, by the cell's name, stand in the cells that were not kept."""
    typed, faults, now = typed or {}, faults or {}, timezone.now()
    slots = slots_on(building, day)
    stays = people_on(building, day, slots)
    readings = readings_of(building, [slot.key for slot in slots])
    came = _first_arrivals(building)
    columns = []
    for slot in slots:
        cells = []
        for stay in stays:
            own = readings.get((stay.occupant_id, *slot.key), NOTHING)
            cell = Cell(stay, slot, _state(stay, slot, own.first, came=came, now=now), own.first, own.second)
            if cell.name in faults:
                cell = Cell(stay, slot, cell.state, own.first, own.second, typed.get(cell.name, ""), faults[cell.name])
            cells.append(cell)
        columns.append(Column(slot, cells))
    return columns


def enter(building: Building, day: date, typed: Mapping[str, str], *, by: User, client_id: UUID) -> dict[str, str]:
    """Keep each good cell of `typed`, by the cell's name, as a reading of its own; what is wrong with each other one.

    A form sent twice keeps nothing twice: a cell's row is known by the form, the cell and the temperature.
    """
    hours = [slot.hour for slot in slots_on(building, day)]
    occupants = Occupant.objects.filter(building=building).select_related("person", "building").in_bulk()
    faults: dict[str, str] = {}
    for hour in hours:
        for occupant in occupants.values():
            name = f"t-{occupant.pk}-{hour}"
            text = typed.get(name, "").strip()
            if not text:
                continue
            try:
                value = read_temperature(text)
                take_reading(
                    occupant,
                    day=day,
                    hour=hour,
                    temperature=value,
                    symptoms=[],
                    skipped="",
                    by=by,
                    client_id=uuid5(client_id, f"{name} {day.isoformat()} {value}"),
                )
            except Refused as refusal:
                faults[name] = str(refusal.message)
    return faults


def _first_arrivals(building: Building) -> dict[int, datetime]:
    """When each person who is here first came."""
    stays = Stay.objects.filter(occupant__building=building, arrived_at__isnull=False).order_by("-arrived_at")
    return {occupant: at for occupant, at in stays.values_list("occupant", "arrived_at") if at is not None}


def _state(
    stay: Stay, slot: Slot, first: HealthCheck | None, *, came: Mapping[int, datetime], now: datetime
) -> CellState:
    """As `take_reading` would answer."""
    if first is not None and not first.skipped:
        return CellState.READ
    here = stay.occupant.state == OccupantState.STAYING
    begun = slot.opens_at <= now and (slot.closes_at is None or came[stay.occupant_id] < slot.closes_at)
    return CellState.OPEN if here and begun else CellState.CLOSED
