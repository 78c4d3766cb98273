"""Whose temperatures are drawn: readings, gaps and fever thresholds of one person over the stay, or of a floor."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min
from django.utils import timezone

from observation.ending import end_of, today
from observation.models import HealthCheck, Occupant, OccupantState, Stay
from observation.models.occupant import StayQuerySet
from observation.rounds import protocols_of, zone_of
from observation.slots import Slot, slots_of
from observation.temperature_drawing import SMALL, Kind, Reading, TemperatureDrawing, Threshold, draw
from rooms.models import Building

MOST_DAYS, LEAST_DAYS = 14, 7  # of a floor; as far back as the one who came first


@dataclass(frozen=True)
class Person:
    """One person of a floor with their curve."""

    occupant: Occupant
    stay: Stay
    drawing: TemperatureDrawing


@dataclass(frozen=True)
class Floor:
    """Everybody on one floor, drawn to one scale."""

    number: int
    people: list[Person]


def thresholds_of(building: Building) -> list[Threshold]:
    """The fever thresholds of the building's protocols; one that repeats the one before adds no step."""
    found: list[Threshold] = []
    for protocol in protocols_of(building):
        one = Threshold(today(building, protocol.applies_from), protocol.fever_from, protocol.cited)
        if not found or (found[-1].fever_from, found[-1].cited) != (one.fever_from, one.cited):
            found.append(one)
    return found


def checks_of(occupant: Occupant) -> list[HealthCheck]:
    """All readings of somebody, wrong ones too, in the order in which they were taken."""
    return list(occupant.checks.select_related("protocol", "by").order_by("pk"))


def curve_of(occupant: Occupant, checks: Sequence[HealthCheck]) -> TemperatureDrawing:
    """One person over the stay: from the first day to the last, or to the day it will end."""
    building, now = occupant.building, timezone.now()
    came = occupant.stays.filter(arrived_at__isnull=False).order_by("arrived_at").first()
    began = came.arrived_at if came is not None and came.arrived_at else now
    over = occupant.ended_at
    last = today(building, over) if over else max(today(building), end_of(occupant).day)
    first = today(building, began)
    until = min(now, over or now)
    slots = slots_of(protocols_of(building), zone_of(building), _days(first, min(last, today(building, until))))
    return draw(
        occupant.person.name,
        _readings(building, checks, slots, began=began, until=until),
        first=first,
        last=last,
        thresholds=thresholds_of(building),
    )


def floors_of(building: Building) -> list[int]:
    """The floors where somebody is."""
    return sorted(set(_here(building).values_list("bed__room__floor", flat=True)))


def floors(building: Building, numbers: Iterable[int]) -> list[Floor]:
    """The last days of everybody on these floors, by room; as many queries for one as for three hundred."""
    now, last = timezone.now(), today(building)
    stays = list(
        _here(building)
        .filter(bed__room__floor__in=list(numbers))
        .select_related("occupant__person", "bed__room")
        .order_by("bed__room__floor", "bed__room__number", "bed__number")
    )
    ids = [stay.occupant_id for stay in stays]
    own: dict[int, list[HealthCheck]] = defaultdict(list)
    for check in HealthCheck.objects.filter(occupant__in=ids).order_by("pk"):
        own[check.occupant_id].append(check)
    arrived = Stay.objects.filter(occupant__in=ids, arrived_at__isnull=False)
    came = dict(arrived.values_list("occupant").annotate(Min("arrived_at")).order_by())
    earliest = today(building, min(came.values(), default=now))
    first = last - timedelta(days=min(MOST_DAYS, max(LEAST_DAYS, (last - earliest).days + 1)) - 1)
    slots = slots_of(protocols_of(building), zone_of(building), _days(first, last))
    thresholds = thresholds_of(building)
    found: dict[int, list[Person]] = defaultdict(list)
    for stay in stays:
        drawing = draw(
            f"{stay.bed.room.number} {stay.occupant.person.name}",
            _readings(building, own[stay.occupant_id], slots, began=came[stay.occupant_id], until=now),
            first=first,
            last=last,
            thresholds=thresholds,
            size=SMALL,
        )
        found[stay.bed.room.floor].append(Person(stay.occupant, stay, drawing))
    return [Floor(number, people) for number, people in found.items()]


def _here(building: Building) -> StayQuerySet:
    return Stay.objects.open().filter(
        occupant__building=building, occupant__state=OccupantState.STAYING, arrived_at__isnull=False
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _readings(
    building: Building, checks: Sequence[HealthCheck], slots: Sequence[Slot], *, began: datetime, until: datetime
) -> list[Reading]:
    """What was read, and what is missing: each slot that is late without a temperature."""
    # Measured after a skip, nothing was wrong before.
    skips = {check.pk for check in checks if check.skipped}
    wrong = {check.supersedes_id for check in checks if check.supersedes_id} - skips
    found = [_reading(building, check, wrong=wrong) for check in checks if check.temperature is not None]
    read = {
        (check.day, check.hour)
        for check in checks
        if check.temperature is not None and check.pk not in wrong and not check.self_reported
    }
    missing = [
        Reading(slot.day, _minute(time.fromisoformat(slot.hour)), None, Kind.MISSING)
        for slot in slots
        if slot.key not in read and slot.late_at > began and slot.late(until)
    ]
    return found + missing


def _reading(building: Building, check: HealthCheck, *, wrong: set[int]) -> Reading:
    at = check.at.astimezone(zone_of(building))
    day = check.day or at.date()
    minute = _minute(time.fromisoformat(check.hour) if check.hour else at.time())
    if check.self_reported:
        return Reading(day, minute, check.temperature, Kind.REPORTED)
    kind = Kind.WRONG if check.pk in wrong else Kind.SECOND if check.repeats_id else Kind.MEASURED
    return Reading(day, minute, check.temperature, kind, corrected=kind != Kind.WRONG and check.supersedes_id in wrong)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
