"""The grid of a day: persons × slots, as they stand and as the desk types them in from paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import Refused, require
from observation import shorthand
from observation.ending import today
from observation.models import HealthCheck, Occupant, OccupantState, Stay
from observation.rounds import (
    NOTHING,
    Readings,
    in_words,
    measure_again,
    protocols_of,
    readings_of,
    take_reading,
    zone_of,
)
from observation.slots import Slot, slot_at, slots_of
from people.models import User
from rooms.models import Building


class CellState(StrEnum):
    """What can be done with one cell."""

    READ = "read"
    AGAIN = "again"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Cell:
    """One person's slot: read, waiting for a second measurement, open to be typed, or neither.

    A fault is of what was typed as `typed`; when the slot changed meanwhile, that is shown and not put in again.
    """

    stay: Stay
    slot: Slot
    state: CellState
    first: HealthCheck | None
    second: HealthCheck | None
    typed: str = ""
    fault: str = ""
    moved_on: bool = False

    @property
    def name(self) -> str:
        """The name of its field in the form; what is typed as a second measurement is one of that very fever."""
        if self.state == CellState.AGAIN and self.first is not None:
            return f"a-{self.first.pk}"
        return f"t-{self.stay.occupant_id}-{self.slot.hour}"

    @property
    def id(self) -> str:
        """What a fault's link leads to."""
        return f"cell-{self.stay.occupant_id}-{self.slot.hour.replace(':', '')}"

    @property
    def typing(self) -> bool:
        """Whether something can be typed here."""
        return self.state in (CellState.OPEN, CellState.AGAIN)

    @property
    def said(self) -> str:
        """What stands there, in words."""
        return " → ".join(in_words(one) for one in (self.first, self.second) if one is not None)


@dataclass(frozen=True)
class Column:
    """One slot of the day with a cell for each person, by floor and room."""

    slot: Slot
    cells: list[Cell]

    def of_floor(self, floor: int) -> "Column":
        """The same for one floor."""
        return Column(self.slot, [cell for cell in self.cells if cell.stay.room.floor == floor])

    @property
    def open(self) -> int:
        """How many can be typed."""
        return sum(cell.typing for cell in self.cells)

    @property
    def read(self) -> int:
        """How many are read."""
        return sum(cell.state in (CellState.READ, CellState.AGAIN) for cell in self.cells)


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
            cell = Cell(stay, slot, _state(stay, slot, own, came=came, now=now), own.first, own.second)
            names = [f"t-{stay.occupant_id}-{slot.hour}", *([f"a-{own.first.pk}"] if own.first else [])]
            wrong = next((name for name in names if name in faults), cell.name)
            said, fault = typed.get(wrong, ""), faults.get(wrong, "")
            cells.append(replace(cell, typed=said, fault=fault, moved_on=wrong != cell.name))
        columns.append(Column(slot, cells))
    return columns


def enter(building: Building, day: date, typed: Mapping[str, str], *, by: User, client_id: UUID) -> dict[str, str]:
    """Keep each good cell of `typed`, by the cell's name; what is wrong with each other one.

    A cell is kept whole or not at all: never the first measurement without the second that stands beside it. A form
    sent twice keeps nothing twice: a cell's rows are known by the form, the cell and what was typed.
    """
    hours = [slot.hour for slot in slots_on(building, day)]
    occupants = Occupant.objects.filter(building=building).select_related("person", "building").in_bulk()
    cells: list[tuple[str, Occupant | HealthCheck, str]] = [
        (f"t-{occupant.pk}-{hour}", occupant, hour) for hour in hours for occupant in occupants.values()
    ]
    fevers = HealthCheck.objects.in_building(building).select_related("protocol", "occupant__person")
    fevers = fevers.select_related("occupant__building").measured().filter(day=day, repeats__isnull=True)
    named = {name for name in typed if name.startswith("a-")}
    cells += [(f"a-{check.pk}", check, check.hour) for check in fevers if f"a-{check.pk}" in named]
    faults: dict[str, str] = {}
    for name, whose, hour in cells:
        text = typed.get(name, "").strip()
        if not text:
            continue
        try:
            sent = uuid5(client_id, f"{name} {day.isoformat()} {text}")
            _keep(whose, shorthand.read(text), day=day, hour=hour, by=by, client_id=sent)
        except Refused as refusal:
            faults[name] = str(refusal.message)
    return faults


@transaction.atomic
def _keep(
    whose: Occupant | HealthCheck, written: shorthand.Written, *, day: date, hour: str, by: User, client_id: UUID
) -> None:
    """One cell: a person's reading, with its second measurement where there is one; or a fever's second one."""
    if isinstance(whose, HealthCheck):
        require(
            len(written.temperatures) == 1,
            "one-second-measurement",
            _("Here stands the second measurement alone: one temperature."),
        )
        measure_again(whose, temperature=written.temperatures[0], symptoms=written.symptoms, by=by, client_id=client_id)
        return
    first = written.temperatures[0] if written.temperatures else None
    check = take_reading(
        whose,
        day=day,
        hour=hour,
        temperature=first,
        symptoms=written.symptoms,
        skipped=written.skipped,
        by=by,
        client_id=client_id,
    )
    for second in written.temperatures[1:]:
        measure_again(check, temperature=second, symptoms=[], by=by, client_id=uuid5(client_id, "second"))


def _first_arrivals(building: Building) -> dict[int, datetime]:
    """When each person who is here first came."""
    stays = Stay.objects.filter(occupant__building=building, arrived_at__isnull=False).order_by("-arrived_at")
    return {occupant: at for occupant, at in stays.values_list("occupant", "arrived_at") if at is not None}


def _state(stay: Stay, slot: Slot, own: Readings, *, came: Mapping[int, datetime], now: datetime) -> CellState:
    """As `take_reading` and `measure_again` would answer."""
    here = stay.occupant.state == OccupantState.STAYING
    if own.taken:
        return CellState.AGAIN if own.again and here else CellState.READ
    begun = slot.opens_at <= now and (slot.closes_at is None or came[stay.occupant_id] < slot.closes_at)
    return CellState.OPEN if here and begun else CellState.CLOSED
