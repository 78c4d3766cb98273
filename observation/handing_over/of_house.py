"""What a handover says of the house: rooms, incidents, counts, objections, the roster, the log, open points."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Q

from inventory.models import Objection, ObjectionState
from observation.handing_over.matters import Matter, Window, iso
from observation.models import Duty, DutyChange, LogEntry, PaperForm, Point, Post, Section, Shift
from rooms.models import Building, Incident, Room, RoomState, Supply, SupplyKind


def house(building: Building, window: Window, *, following: Shift | None, overdue: timedelta) -> list[Matter]:
    """The matters of the house; `following` is the next shift of the roster."""
    return [
        *_points(building, window),
        *_rooms(building),
        *_forms(building),
        *_incidents(building, window, overdue=overdue),
        *_notes(building, window),
        *_supplies(building, window),
        *_vacancies(building, following),
        *_changes(building, window),
        *_objections(building, window),
    ]


def _points(building: Building, window: Window) -> Iterator[Matter]:
    lately = Q(closed_at__isnull=True) | Q(closed_at__gt=window.earliest)
    for point in Point.objects.in_building(building).filter(lately).select_related("room"):
        key, still = f"point:{point.pk}", point.closed_at is None
        if still or window.holds(point.closed_at, key):
            told = {
                "point": point.pk,
                "room": point.room.number if point.room else "",
                "since": iso(point.entered_at),
                "closed": iso(point.closed_at),
            }
            yield Matter(key, "point", point.section, told, attention=still, open=still)


def _rooms(building: Building) -> Iterator[Matter]:
    """Rooms between two people: to be disinfected, or disinfected and not inspected yet."""
    waiting = Room.objects.in_building(building).filter(state__in=[RoomState.TO_DISINFECT, RoomState.DISINFECTED])
    for pk, number, state in waiting.values_list("pk", "number", "state"):
        yield Matter(f"room:{pk}", "room", Section.ACTIONS, {"place": pk, "room": number, "state": state})


def _forms(building: Building) -> Iterator[Matter]:
    """Printed forms that nobody has typed back or laid aside."""
    for form in PaperForm.objects.in_building(building).waiting().select_related("room"):
        told = {
            "form": form.pk,
            "code": form.code_id,
            "kind": form.kind,
            "day": form.day.isoformat() if form.day else "",
            "room": form.room.number if form.room else "",
        }
        yield Matter(f"form:{form.pk}", "form", Section.ACTIONS, told)


def _incidents(building: Building, window: Window, *, overdue: timedelta) -> Iterator[Matter]:
    lately = Q(closed_at__isnull=True) | Q(closed_at__gt=window.earliest)
    for incident in Incident.objects.in_building(building).filter(lately).select_related("room"):
        key, still = f"incident:{incident.pk}", incident.closed_at is None
        if still or window.holds(incident.closed_at, key):
            told = {
                "incident": incident.pk,
                "room": incident.room.number if incident.room else "",
                "kind": incident.kind,
                "since": iso(incident.happened_at),
                "responsible": incident.responsible_id,
                "late": still and window.at - incident.happened_at >= overdue,
                "closed": iso(incident.closed_at),
            }
            yield Matter(key, "incident", Section.SITUATION, told, attention=still, open=still)


def _notes(building: Building, window: Window) -> Iterator[Matter]:
    """Notes of the log that the next shift must know."""
    notes = LogEntry.objects.in_building(building).filter(attention=True, at__gt=window.earliest)
    for note in notes.select_related("room"):
        if window.holds(note.at, f"note:{note.pk}"):
            told = {
                "note": note.pk,
                "room": note.room.number if note.room else "",
                "occupant": note.occupant_id,
                "area": note.area_id,
                "at": iso(note.at),
            }
            yield Matter(f"note:{note.pk}", "note", Section.SITUATION, told, attention=True, open=False)


def _supplies(building: Building, window: Window) -> Iterator[Matter]:
    """What is short, what differs from the number there should be, and what nobody has counted in this shift."""
    uncounted: list[int] = []
    total = 0
    # The annotated names are beyond what the types know.
    counts: Any = Supply.objects.in_building(building).counted()
    rows = counts.values("pk", "kind", "least", "on_hand", "counted_at")
    for row in rows.order_by("pk"):
        total += 1
        consumed, on_hand = row["kind"] == SupplyKind.CONSUMABLE, row["on_hand"]
        if on_hand is not None and (on_hand < row["least"] if consumed else on_hand != row["least"]):
            told = {"supply": row["pk"], "kind": row["kind"], "on_hand": on_hand, "least": row["least"]}
            yield Matter(f"supply:{row['pk']}", "supply", Section.SITUATION, told, attention=True)
        if row["counted_at"] is None or row["counted_at"] <= window.since:
            uncounted.append(row["pk"])
    if uncounted:
        yield Matter("uncounted", "uncounted", Section.SITUATION, {"supplies": uncounted, "of": total})


def _vacancies(building: Building, following: Shift | None) -> Iterator[Matter]:
    """Posts that nobody holds through the whole of the next shift."""
    held: dict[int, list[Duty]] = defaultdict(list)
    for duty in Duty.objects.held().filter(shift=following).order_by("starts_at"):
        held[duty.post_id].append(duty)
    posts = Post.objects.in_use().in_building(building)
    for post in posts:
        if following is None or not post.held_in(following.pattern):
            continue
        covered = following.starts_at
        for duty in held[post.pk]:
            if duty.starts_at <= covered:
                covered = max(covered, duty.ends_at)
        if covered < following.ends_at:
            told = {"post": post.pk, "shift": following.pk, "from": iso(covered)}
            key = f"vacancy:{following.pk}:{post.pk}"
            yield Matter(key, "vacancy", Section.SITUATION, told, attention=post.leads)


def _changes(building: Building, window: Window) -> Iterator[Matter]:
    """How the roster of this and the coming shifts was changed since the last handover."""
    changes = DutyChange.objects.in_building(building).filter(at__gt=window.earliest)
    for change in changes.filter(shift__ends_at__gt=window.since):
        if window.holds(change.at, f"change:{change.pk}"):
            told = {
                "change": change.pk,
                "kind": change.kind,
                "post": change.post_id,
                "shift": change.shift_id,
                "before": change.before_id,
                "after": change.after_id,
            }
            yield Matter(f"change:{change.pk}", "change", Section.SITUATION, told, open=False)


def _objections(building: Building, window: Window) -> Iterator[Matter]:
    """What students say is not right with their belongings, until they close it."""
    for objection in Objection.objects.in_building(building).unsettled().select_related("item__box__room"):
        late = objection.state == ObjectionState.OPEN and window.at >= objection.due_at
        told = {
            "objection": objection.pk,
            "item": objection.item_id,
            "room": objection.item.box.room.number,
            "state": objection.state,
            "due": iso(objection.due_at),
            "late": late,
        }
        yield Matter(f"objection:{objection.pk}", "objection", Section.SITUATION, told, attention=late)
