"""The forms in the plan's annex, for one day: blanks that name nobody, with their codes once they are printed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from observation import printing_forms
from observation.models import FormKind, PaperForm
from observation.papers.forms import Sheet, blank
from people.models import User
from plans.managing.plan import ManagementPlan
from rooms.models import Building, Room


@transaction.atomic
def issue(building: Building, plan: ManagementPlan, *, day: date, by: User | None) -> list[PaperForm]:
    """The day's forms with their codes; where there is no record yet to lead to, a form without."""
    return [
        printing_forms.issue(building, by=by, **record)
        if _has_record(record)
        else PaperForm(building=building, **record)
        for record in _records(building, plan, day)
    ]


def specimens(building: Building, plan: ManagementPlan, *, day: date) -> list[PaperForm]:
    """The same forms to be looked at: nothing is issued."""
    return [PaperForm(building=building, **record) for record in _records(building, plan, day)]


def sheets(building: Building, plan: ManagementPlan, forms: Iterable[PaperForm]) -> list[Sheet]:
    """What is printed for the forms, in the active language."""
    doors: dict[int, list[str]] = {}
    for room in plan.bedrooms:
        beds = [f"{room.number}-{n}" for n in range(1, room.beds + 1)] if room.beds > 1 else [room.number]
        doors.setdefault(room.floor, []).extend(beds)
    return [
        replace(
            blank(building, form, doors=doors.get(form.floor, []) if form.floor is not None else []),
            code=form.code_id or "",
        )
        for form in forms
    ]


def _records(building: Building, plan: ManagementPlan, day: date) -> list[dict[str, Any]]:
    """A round sheet a floor, the handover of the shift on duty, a room's disinfection, the day's visitors."""
    shift = printing_forms.shift_of(building, plan.made_at)
    waiting = plan.to_disinfect or plan.bedrooms
    room = Room.objects.in_building(building).filter(number=waiting[0].number).first() if waiting else None
    rounds = [{"kind": FormKind.ROUND, "day": day, "floor": floor} for floor in plan.floors]
    return [
        *(rounds or [{"kind": FormKind.ROUND, "day": day}]),
        {"kind": FormKind.HANDOVER, "shift": shift, "day": shift.day if shift else None},
        {"kind": FormKind.DISINFECTION, "room": room},
        {"kind": FormKind.VISITORS, "day": day},
    ]


def _has_record(record: dict[str, Any]) -> bool:
    needed = {FormKind.HANDOVER: "shift", FormKind.DISINFECTION: "room"}.get(record["kind"], "day")
    return record.get(needed) is not None
