"""The manager's board: how the building stands, what blocks what, and the lists behind the figures."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import needs, signed_in
from inventory.models import BoxState
from inventory.standing import CONSENT_LABELS, STAGES, RoomStanding, Standing, StudentStanding, standing_of
from rooms.models import Building, RoomState


@require_safe
@signed_in("leads to the first building the user may see, or says that there is none")
def home(request: HttpRequest) -> HttpResponseBase:
    """The board of the only building, else the buildings to choose from."""
    buildings = list(Building.objects.visible_to(request.user)[:50])
    if len(buildings) == 1:
        return redirect("board", pk=buildings[0].pk)
    return render(request, "inventory/board/home.html", {"buildings": buildings})


@require_safe
@needs("rooms.view_building", Building)
def board(request: HttpRequest, building: Building) -> HttpResponse:
    """Figures, what needs attention, and every bedroom by floor; the live part is its own fragment."""
    standing = standing_of(building)
    live_only = bool(request.headers.get("HX-Request"))
    context = {"building": building, "live_only": live_only, **_board(building, standing)}
    template = "inventory/board/board.html" + ("#live" if live_only else "")
    return render(request, template, context)


def _board(building: Building, standing: Standing) -> dict[str, Any]:
    students = reverse("students", args=[building.pk])
    boxes = standing.boxes()
    stages = standing.students_by("stage")
    consents = standing.students_by("consent")
    floors: dict[int, list[RoomStanding]] = {}
    for room in standing.rooms:
        floors.setdefault(room.room.floor, []).append(room)
    blocked = [(room, room.blockers) for room in standing.rooms]
    return {
        "total": len(standing.students),
        "rooms_total": len(standing.rooms),
        "rooms_cleared": standing.rooms_by_state()[RoomState.CLEARED],
        "done": stages["done"],
        "stages": [
            {"label": label, "count": stages[key], "url": f"{students}?stage={key}"} for key, label in STAGES.items()
        ],
        "consents": [
            {"label": label, "count": consents[key], "url": f"{students}?consent={key}", "key": key}
            for key, label in CONSENT_LABELS.items()
        ],
        "boxes_total": sum(boxes.values()),
        "boxes_stored": boxes[BoxState.STORED],
        "boxes": [
            {"label": label, "count": boxes[key], "url": f"{reverse('boxes', args=[building.pk])}?state={key}"}
            for key, label in BoxState.choices
        ],
        "objections": sum(one.open_objections for one in standing.students),
        "objections_url": f"{students}?blocker=objection",
        "blocked": [(room, blockers) for room, blockers in blocked if blockers],
        "floors": sorted(floors.items()),
    }


def _teacher(one: StudentStanding) -> str:
    responsible = one.student.person.responsible
    return responsible.name if responsible else ""


def _floor(one: StudentStanding) -> str:
    return str(one.student.bed.room.floor) if one.student.bed else ""


@require_safe
@needs("rooms.view_building", Building)
def students(request: HttpRequest, building: Building) -> HttpResponse:
    """Every student with consent, stage and blockers; filters stand in the address bar."""
    everyone = standing_of(building).students
    context = {
        "building": building,
        "rows": chosen_students(everyone, request.GET),
        "total": len(everyone),
        "filters": _student_filters(everyone, request),
        "q": request.GET.get("q", ""),
        "query": request.GET.urlencode(),
        "filtered": any(request.GET.values()),
    }
    return render(request, "inventory/board/students.html", context)


def chosen_students(everyone: list[StudentStanding], asked: Any) -> list[StudentStanding]:
    """The students the filters in `asked` (a query string) choose."""
    rows = everyone
    if asked.get("consent"):
        rows = [one for one in rows if one.consent == asked["consent"]]
    if asked.get("stage"):
        rows = [one for one in rows if one.stage == asked["stage"]]
    if asked.get("floor"):
        rows = [one for one in rows if _floor(one) == asked["floor"]]
    if asked.get("teacher"):
        rows = [one for one in rows if _teacher(one) == asked["teacher"]]
    if asked.get("blocker"):
        rows = [one for one in rows if asked["blocker"] in {blocker.code for blocker in one.blockers}]
    if asked.get("q"):
        word = asked["q"].strip().casefold()
        rows = [one for one in rows if word in _searched(one)]
    return rows


def _searched(one: StudentStanding) -> str:
    person = one.student.person
    room = one.student.bed.room.number if one.student.bed else ""
    return f"{person.name} {person.passport_name} {one.student.student_number} {room}".casefold()


def _student_filters(everyone: list[StudentStanding], request: HttpRequest) -> list[dict[str, Any]]:
    consents = Counter(one.consent for one in everyone)
    stages = Counter(one.stage for one in everyone)
    floors = Counter(_floor(one) for one in everyone)
    teachers = Counter(_teacher(one) for one in everyone)
    return [
        _filter(request, "stage", _("Stage"), [(key, str(label), stages[key]) for key, label in STAGES.items()]),
        _filter(
            request,
            "consent",
            _("Consent"),
            [(key, str(label), consents[key]) for key, label in CONSENT_LABELS.items()],
        ),
        _filter(request, "floor", _("Floor"), [(key, key, n) for key, n in sorted(floors.items()) if key]),
        _filter(
            request, "teacher", _("Responsible teacher"), [(key, key, n) for key, n in sorted(teachers.items()) if key]
        ),
    ]


def _filter(request: HttpRequest, name: str, label: str, choices: list[tuple[str, str, int]]) -> dict[str, Any]:
    """A drop-down of the filter form: only choices that would find something, or the one chosen now."""
    now = request.GET.get(name, "")
    return {
        "name": name,
        "label": label,
        "current": now,
        "choices": [
            {"key": key, "label": text, "count": count, "current": key == now}
            for key, text, count in choices
            if count or key == now
        ],
    }


@require_safe
@needs("rooms.view_building", Building)
def rooms(request: HttpRequest, building: Building) -> HttpResponse:
    """Every bedroom with its residents, state, boxes and blockers."""
    everything = standing_of(building).rooms
    states = Counter(one.room.state for one in everything)
    floors = Counter(str(one.room.floor) for one in everything)
    context = {
        "building": building,
        "rows": chosen_rooms(everything, request.GET),
        "total": len(everything),
        "filters": [
            _filter(request, "state", _("State"), [(key, str(label), states[key]) for key, label in RoomState.choices]),
            _filter(request, "floor", _("Floor"), [(key, key, n) for key, n in sorted(floors.items())]),
        ],
        "query": request.GET.urlencode(),
        "filtered": any(request.GET.values()),
    }
    return render(request, "inventory/board/rooms.html", context)


def chosen_rooms(everything: list[RoomStanding], asked: Any) -> list[RoomStanding]:
    """The rooms the filters in `asked` choose."""
    rows = everything
    if asked.get("state"):
        rows = [one for one in rows if one.room.state == asked["state"]]
    if asked.get("floor"):
        rows = [one for one in rows if str(one.room.floor) == asked["floor"]]
    return rows
