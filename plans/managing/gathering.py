"""Reading the management plan's facts from the live data, in a constant number of queries."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from observation.ending import protocol_at
from observation.meals import hours_of
from observation.models import Diet, Duty, DutyRules, Post, Protocol, ShiftPattern, Stay
from people.models import ContactKind, ContactPoint
from plans.managing.plan import (
    AreaFact,
    DutyFact,
    ManagementPlan,
    PatternFact,
    PostFact,
    ProtocolFact,
    RoomFact,
    Rules,
)
from plans.models import Clause, PlanKind
from plans.site import Site
from rooms.models import Area, Building, Posting, Room


def gather(building: Building, now: datetime, *, contacts: bool = False) -> ManagementPlan:
    """The management plan of a building as things stand at `now`; staff's phones only with `contacts`."""
    zone = ZoneInfo(building.time_zone)
    today = now.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=today.weekday()), time(), zone)
    until = datetime.combine(today + timedelta(days=8), time(), zone)
    duties = list(
        Duty.objects.in_building(building)
        .filter(starts_at__lt=until, ends_at__gt=since - timedelta(days=1))
        .select_related("person", "shift")
        .order_by("starts_at", "pk")
    )
    rules = DutyRules.of(building)
    diets = _diets(building)
    return ManagementPlan(
        made_at=now,
        site=Site.of(building),
        posts=tuple(
            _posts(building, [duty for duty in duties if duty.starts_at <= now < duty.ends_at], contacts=contacts)
        ),
        areas=tuple(
            AreaFact(area.pk, area.kind, area.name, area.name_en, area.floor, area.room.number if area.room else "")
            for area in Area.objects.in_building(building).select_related("room").order_by("position", "pk")
        ),
        patterns=tuple(
            PatternFact(one.pk, one.name, one.name_en, one.starts, one.ends, one.night)
            for one in ShiftPattern.objects.in_use().in_building(building)
        ),
        duties=tuple(
            DutyFact(duty.post_id, duty.shift.pattern_id, duty.shift.day, duty.person.name if duty.person else "")
            for duty in duties
        ),
        rooms=tuple(_rooms(building)),
        protocol=_protocol(building, now),
        rules=Rules(rules.rest_hours, rules.most_hours_a_week, rules.answer_minutes, rules.source),
        occupants=sum(diets.values()),
        diets=tuple((diet, diets[diet]) for diet in Diet.values if diets.get(diet)),
        meals=tuple(hours_of(building, today).items()),
        own=tuple(
            Clause.objects.own()
            .filter(building=building, plan=PlanKind.MANAGEMENT)
            .order_by("key", "language")
            .values_list("key", "language", "text")
        ),
    )


def _posts(building: Building, now: list[Duty], *, contacts: bool) -> Iterator[PostFact]:
    held = {duty.post_id: duty.person for duty in now if duty.person}
    people = [person.pk for person in held.values()]
    departments: dict[int, str] = dict(
        Posting.objects.in_building(building).filter(person__in=people).values_list("person_id", "department")
    )
    phones: dict[int, str] = {}
    if contacts:
        points = ContactPoint.objects.filter(person__in=people, kind=ContactKind.PHONE).order_by("-pk")
        phones = dict(points.values_list("person_id", "value"))
    for post in Post.objects.in_use().in_building(building):
        person = held.get(post.pk)
        yield PostFact(
            key=post.pk,
            role=post.role,
            name=post.name,
            name_en=post.name_en,
            area=post.area_id,
            by_night=post.by_night,
            leads=post.leads,
            held_by=person.name if person else "",
            department=departments.get(person.pk, "") if person else "",
            phone=phones.get(person.pk, "") if person else "",
        )


def _rooms(building: Building) -> Iterator[RoomFact]:
    rooms = Room.objects.in_building(building).annotate(bed_count=Count("beds")).order_by("floor", "number")
    for room in rooms:
        yield RoomFact(
            number=room.number,
            floor=room.floor,
            use=room.use,
            zone=room.zone,
            state=room.state,
            own_bathroom=room.own_bathroom,
            beds=room.bed_count,  # type: ignore[attr-defined]
            x=float(room.plan_x),
            y=float(room.plan_y),
            width=float(room.plan_width),
            depth=float(room.plan_depth),
        )


def _protocol(building: Building, now: datetime) -> ProtocolFact | None:
    found = protocol_at(list(Protocol.objects.applying(building)), now)
    if found is None:
        return None
    return ProtocolFact(
        name=found.name,
        cited=found.cited,
        days=found.days,
        hours=tuple(sorted(found.check_hours)),
        late_after=found.late_after_minutes,
        fever_from=f"{found.fever_from:f}",
        symptoms=tuple(found.symptoms),
        alert_minutes=found.alert_minutes,
        escalate_minutes=found.escalate_minutes,
        steps=tuple(found.alert_steps),
        needs=tuple(found.release_needs),
        fever_free_days=found.fever_free_days,
        cohort=found.cohort,
        agent=found.agent,
        mg_per_litre=found.mg_per_litre,
        disinfection_minutes=found.disinfection_minutes,
    )


def _diets(building: Building) -> dict[str, int]:
    """How many of each diet are in the building now."""
    here = Stay.objects.open().filter(occupant__building=building, arrived_at__isnull=False)
    rows: Any = here.values_list("occupant__diet").annotate(n=Count("pk")).order_by()
    return dict(rows)
