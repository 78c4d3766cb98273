"""The phone round: who is due, one person a screen, and on to the next by itself."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.access import may, needs
from observation import rounds
from observation.forms.rounds import AgainForm, CorrectForm, ReadingForm
from observation.models import HealthCheck, Occupant, Protocol, Skip
from observation.slots import Due
from people.acting import acting
from rooms.models import Building, Room

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
STATES = {
    Due.AGAIN: "attention",
    Due.LATE: "attention",
    Due.DUE: "going",
    Due.OPEN: "waiting",
    Due.SKIPPED: "waiting",
    Due.DONE: "done",
}
PRESETS, WHOLE, TENTHS = 12, range(35, 42), range(10)


@require_safe
@needs("rooms.view_occupants", Building)
def round_(request: HttpRequest, building: Building) -> HttpResponse:
    """Everybody who is here, late first; one tap begins."""
    now = timezone.now()
    slot = rounds.current_slot(building, now)
    due = rounds.visits(building, slot, now)
    context = {
        "building": building,
        "slot": slot,
        "rows": [(visit, STATES[visit.standing]) for visit in due],
        "waiting": sum(visit.standing.waiting for visit in due),
        "next": rounds.next_visit(due),
        "may_check": may(request.user, "check_health", building),
    }
    return render(request, "observation/rounds/round.html", context)


@require_safe
@needs("rooms.check_health", Room)
def round_room(request: HttpRequest, room: Room) -> HttpResponseBase:
    """A scanned door: the one who is due there, or the round when nobody is."""
    due = rounds.due_list(room.building, timezone.now())
    here = [visit for visit in due if visit.room.pk == room.pk and visit.standing.waiting]
    return _to(here[0], room.building) if here else redirect("round", pk=room.building_id)


@FORM_PAGES
@needs("rooms.check_health", Occupant)
def take_reading(request: HttpRequest, occupant: Occupant) -> HttpResponseBase:
    """One person: a tap on the temperature saves it and leads to the next."""
    slot = rounds.current_slot(occupant.building, timezone.now())
    form = ReadingForm(request.POST or None, protocol=slot.protocol, initial={"day": slot.day, "hour": slot.hour})
    if request.method == "POST" and form.is_valid():
        return _on(rounds.take_reading(occupant, by=acting(request), **form.cleaned_data))
    return _person(request, occupant, form, slot.protocol, skips=Skip.choices)


@FORM_PAGES
@needs("rooms.check_health", HealthCheck)
def measure_again(request: HttpRequest, check: HealthCheck) -> HttpResponseBase:
    """After a fever: measure the same person again at once."""
    form = AgainForm(request.POST or None, protocol=check.protocol)
    if request.method == "POST" and form.is_valid():
        return _on(rounds.measure_again(check, by=acting(request), **form.cleaned_data))
    return _person(request, check.occupant, form, check.protocol, first=check)


@FORM_PAGES
@needs("rooms.check_health", HealthCheck)
def correct_reading(request: HttpRequest, check: HealthCheck) -> HttpResponseBase:
    """Put a wrong reading right and say why; the wrong one stays to be seen."""
    form = CorrectForm(request.POST or None, protocol=check.protocol, initial={"symptoms": check.symptoms})
    if request.method == "POST" and form.is_valid():
        rounds.correct(check, by=acting(request), **form.cleaned_data)
        return redirect("round", pk=check.occupant.building_id)
    context = {"building": check.occupant.building, "check": check, "form": form}
    return render(request, "observation/rounds/correct.html", context, status=422 if form.is_bound else 200)


def _on(check: HealthCheck) -> HttpResponseBase:
    """Where one goes after a reading: the same person again after a first fever, else the next one due."""
    if check.fever and check.repeats_id is None:
        return redirect("measure_again", pk=check.pk)
    building = check.occupant.building
    due = rounds.due_list(building, timezone.now())
    place = next((visit.place for visit in due if visit.occupant.pk == check.occupant_id), None)
    found = rounds.next_visit(due, after=place)
    return _to(found, building) if found else redirect("round", pk=building.pk)


def _to(visit: rounds.Visit, building: Building) -> HttpResponseBase:
    if visit.standing == Due.AGAIN and visit.readings.first is not None:
        return redirect("measure_again", pk=visit.readings.first.pk)
    return redirect("take_reading", pk=visit.occupant.pk)


def _person(
    request: HttpRequest, occupant: Occupant, form: ReadingForm, protocol: Protocol, **more: Any
) -> HttpResponse:
    tenth = Decimal("0.1")
    stay = occupant.stay
    context = {
        "building": occupant.building,
        "occupant": occupant,
        "room": stay.room if stay else None,
        "form": form,
        "protocol": protocol,
        "presets": [f"{protocol.fever_from - n * tenth:.1f}" for n in range(PRESETS, 0, -1)],
        "degrees": [(whole, [f"{whole}.{n}" for n in TENTHS]) for whole in WHOLE],
        "last": occupant.checks.valid().select_related("protocol").order_by("-pk")[:4],
        "back": reverse("round", args=[occupant.building_id]),
        **more,
    }
    return render(request, "observation/rounds/person.html", context, status=422 if form.is_bound else 200)
