"""How the rooms of the site stand: who is in each, what is open there, and what comes next.

Two queries fetch a whole building, whatever its size; the rest is computed from the rows and the moment handed in.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inventory.models import Student
from observation.ending import protocol_at, released_from
from observation.models import Alert, EndChange, HealthCheck, Protocol, Request, Stay
from observation.rounds import there_for
from observation.slots import Due, Slot, slot_at, standing
from rooms.models import BED_STATUS, Building, Room, RoomState

# A room that somebody lives in and about whom an alert is open, on hospitals' boards; see BED_STATUS.
ISOLATED = "I"
# The part of a room's life in which the site has it; before that it is the move's.
IN_USE = (RoomState.READY, RoomState.OCCUPIED, RoomState.TO_DISINFECT, RoomState.DISINFECTED)


@dataclass(frozen=True)
class Guest:
    """Somebody who lives in a room or for whom a bed of it is held, with what is open about them."""

    occupant: int
    name: str
    arrived_at: datetime | None
    day: int
    days: int
    alert: int | None
    late: bool
    requests: int
    may_go: bool


@dataclass
class RoomStands:
    """One room as the board shows it."""

    pk: int
    number: str
    floor: int
    state: str
    beds: int
    lived_in: bool
    guests: list[Guest] = field(default_factory=list)

    @property
    def staying(self) -> list[Guest]:
        """Those who have arrived."""
        return [one for one in self.guests if one.arrived_at is not None]

    @property
    def expected(self) -> list[Guest]:
        """Those for whom a bed is held."""
        return [one for one in self.guests if one.arrived_at is None]

    @property
    def alert(self) -> int | None:
        """An open alert of somebody here."""
        return next((one.alert for one in self.guests if one.alert is not None), None)

    @property
    def status(self) -> str:
        """The letter of the HL7 bed status."""
        return ISOLATED if self.alert is not None and self.staying else BED_STATUS[self.state]

    @cached_property
    def marks(self) -> list[str]:
        """What is open here, the gravest first; worked out once, when everybody is in."""
        if not self.guests:
            return []
        found = {
            "alert": self.alert is not None,
            "late": any(one.late for one in self.guests),
            "release": any(one.may_go for one in self.staying),
            "request": any(one.requests for one in self.guests),
            "arrival": bool(self.expected),
        }
        return [mark for mark, there in found.items() if there]

    @property
    def next(self) -> str:
        """What comes next here, by its short name; empty when nothing waits."""
        if self.marks:
            return self.marks[0]
        if self.state == RoomState.LIVED_IN:
            return "move" if self.lived_in else "take-over"
        steps: dict[str, str] = {
            RoomState.SURVEYED: "move",
            RoomState.PACKED: "move",
            RoomState.CLEARED: "disinfect",
            RoomState.TO_DISINFECT: "disinfect",
            RoomState.DISINFECTED: "inspect",
            RoomState.READY: "admit",
        }
        return steps.get(self.state, "")


def rooms_of(building: Building, at: datetime) -> list[RoomStands]:
    """Every bedroom as it stands at `at`, by floor and number."""
    protocols = list(Protocol.objects.applying(building))
    protocol = protocol_at(protocols, at)
    today = at.astimezone(ZoneInfo(building.time_zone)).date()
    slot = slot_at(protocols, ZoneInfo(building.time_zone), at)
    found: dict[int, RoomStands] = {}
    for row in _rows(building, slot):
        room = found.get(row["pk"])
        if room is None:
            room = RoomStands(row["pk"], row["number"], row["floor"], row["state"], 0, row["lived_in"])
            found[room.pk] = room
        room.beds += row["bed"] is not None
        if row["occupant"] is not None:
            room.guests.append(_guest(row, protocol, today, slot, at))
    return list(found.values())


def _rows(building: Building, slot: Slot | None) -> QuerySet[Room, dict[str, Any]]:
    """A row for every bed with whoever holds it and what is open about them, in one query."""
    of_theirs = OuterRef("held__occupant_id")
    requests = Request.objects.filter(occupant=of_theirs, closed_at__isnull=True).order_by()
    taken, there = HealthCheck.objects.none(), Stay.objects.none()
    if slot is not None:
        taken = HealthCheck.objects.measured().valid().filter(occupant=of_theirs, day=slot.day, hour=slot.hour)
        there = there_for(slot, of_theirs)
    rows: QuerySet[Room, dict[str, Any]] = (
        Room.objects.bedrooms()
        .filter(building=building)
        .annotate(held=FilteredRelation("beds__stays", condition=Q(beds__stays__ends_at__isnull=True)))
        .annotate(
            lived_in=Exists(Student.objects.filter(bed__room=OuterRef("pk"))),
            bed=F("beds__pk"),
            occupant=F("held__occupant_id"),
            arrived_at=F("held__arrived_at"),
            name=F("held__occupant__person__name"),
            last_exposure=F("held__occupant__last_exposure"),
            changed_to=Subquery(EndChange.objects.filter(occupant=of_theirs).order_by("-pk").values("ends_on")[:1]),
            alert=Subquery(
                Alert.objects.filter(occupant=of_theirs, closed_at__isnull=True).order_by("pk").values("pk")[:1]
            ),
            requests=Coalesce(Subquery(requests.values("occupant").annotate(count=Count("pk")).values("count")), 0),
            taken=Exists(taken),
            there=Exists(there),
        )
        .order_by("floor", "number", "pk", "beds__number")
        .values(
            *("pk", "number", "floor", "state", "lived_in", "bed", "occupant", "arrived_at", "name"),
            *("last_exposure", "changed_to", "alert", "requests", "taken", "there"),
        )
    )
    return rows


def _guest(row: dict[str, Any], protocol: Protocol | None, today: date, slot: Slot | None, at: datetime) -> Guest:
    end = (
        released_from(row["last_exposure"], days=protocol.days, changed_to=row["changed_to"])
        if protocol
        else row["last_exposure"]
    )
    arrived = row["arrived_at"]
    return Guest(
        occupant=row["occupant"],
        name=row["name"],
        arrived_at=arrived,
        day=(today - row["last_exposure"]).days,
        days=(end - row["last_exposure"]).days,
        alert=row["alert"],
        late=slot is not None
        and arrived is not None
        and not row["taken"]
        and standing(slot, at, there=row["there"]) == Due.LATE,
        requests=row["requests"],
        may_go=arrived is not None and protocol is not None and today >= end,
    )


# So many tiles stand on one page; a larger house is shown floor by floor, unless a filter is chosen.
MOST_AT_ONCE = 100
EVERY_FLOOR = "all"


def floor_shown(rooms: Sequence[RoomStands], asked: Any) -> str:
    """The floor whose rooms are shown; empty when all are. `asked` is a query string."""
    floor: str = asked.get("floor") or ""
    if floor or len(rooms) <= MOST_AT_ONCE or asked.get("state") or asked.get("mark"):
        return "" if floor == EVERY_FLOOR else floor
    return str(min(room.floor for room in rooms))


def chosen(rooms: Sequence[RoomStands], asked: Any) -> list[RoomStands]:
    """The rooms that the filters in `asked` (a query string) choose: state, floor, mark."""
    floor = floor_shown(rooms, asked)
    return [
        room
        for room in rooms
        if asked.get("state") in {None, "", room.state}
        and floor in {"", str(room.floor)}
        and (not asked.get("mark") or asked["mark"] in room.marks)
    ]


def counts(rooms: Sequence[RoomStands]) -> Counter[str]:
    """How many rooms stand in each state and carry each mark."""
    return Counter([room.state for room in rooms] + [mark for room in rooms for mark in room.marks])
