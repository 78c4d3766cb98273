"""Admission: one person at a time, a bus-load from a workbook; they arrive, or they do not."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import needs
from inventory.views.acts import carry_out
from observation import admitting, importing
from observation.forms.admission import AdmissionForm, CancelForm
from observation.models import Occupant, OccupantState
from observation.papers import welcome
from people.acting import acting
from rooms.models import Building
from rooms.views.importing import Import, import_pages


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.admit_occupant", Building)
def admit(request: HttpRequest, building: Building) -> HttpResponse:
    """One person: who they are, why they come, and the bed the rules propose or another free one."""
    form = AdmissionForm(request.POST or None, building=building)
    if request.method != "POST" or request.POST.get("act") == "propose":
        return _admission(request, building, form)
    return carry_out(
        request,
        form,
        lambda: _admit(request, building, form.cleaned_data),
        then=lambda: reverse("occupants", args=[building.pk]),
        again=lambda status: _admission(request, building, form, status=status),
    )


def _admit(request: HttpRequest, building: Building, said: dict[str, Any]) -> None:
    occupant = admitting.admit(building, by=acting(request), **said)
    held = {"name": occupant.person.name, "bed": occupant.stay.bed if occupant.stay else "—"}
    messages.success(request, _("%(name)s is expected; bed %(bed)s is held.") % held)


def _admission(request: HttpRequest, building: Building, form: AdmissionForm, *, status: int = 200) -> HttpResponse:
    """The page with the bed proposed for what is typed so far, and every other one that is free."""
    vacancies = admitting.Vacancies(building)
    said = form.so_far
    fits: dict[str, Any] = {"sex": said["sex"], "party": said["party"]}
    free = [(room, bed) for room in vacancies.rooms for bed in vacancies.free_beds(room, **fits)]
    # The room whose tile on the board led here.
    wished = next((bed.pk for room, bed in free if str(room.pk) == request.GET.get("room")), "")
    context = {
        "building": building,
        "form": form,
        "proposal": vacancies.proposal(**fits, came_from=said["came_from"]),
        "chosen": str(form["bed"].value() or wished),
        "floors": [
            (floor, [{"pk": str(bed.pk), "words": _bed_words(room, bed.number)} for room, bed in beds])
            for floor, beds in groupby(free, key=lambda one: one[0].floor)
        ],
        "free": len(free),
    }
    return render(request, "observation/admission/admit.html", context, status=status)


def _bed_words(room: Any, number: int) -> str:
    bath = _("own bathroom") if room.own_bathroom else _("shared bathroom")
    return _("Room %(room)s, bed %(bed)s · %(bathroom)s") % {"room": room.number, "bed": number, "bathroom": bath}


@require_POST
@needs("rooms.admit_occupant", Occupant)
def arrive_occupant(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """They have come."""
    admitting.arrive(occupant, by=acting(request))
    messages.success(request, _("%(name)s has arrived.") % {"name": occupant.person.name})
    return redirect("occupants", pk=occupant.building_id)


@require_POST
@needs("rooms.admit_occupant", Occupant)
def cancel_occupant(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """They did not come: the bed is free again."""
    form = CancelForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    admitting.cancel(occupant, reason=reason or _("did not come"), by=acting(request))
    messages.success(request, _("%(name)s did not come; the bed is free again.") % {"name": occupant.person.name})
    return redirect("occupants", pk=occupant.building_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.admit_occupant", Building)
def import_occupants(request: HttpRequest, building: Building) -> HttpResponseBase:
    """A bus-load from the office's workbook."""
    what = Import(
        "occupants",
        {"occupants": _("occupants")},
        importing.preview_occupants,
        importing.import_occupants,
        then="occupants",
        template="observation/admission/importing.html",
    )
    return import_pages(request, building, what)


@require_safe
@needs("rooms.print_papers", Occupant)
def welcome_sheet(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """The sheet they find in their room, in their language."""
    return welcome.answer([occupant], building=occupant.building)


@require_safe
@needs("rooms.print_papers", Building)
def welcome_sheets(request: HttpRequest, building: Building) -> HttpResponse:
    """The sheets of all who are expected, or of one party of them, each in its person's language."""
    expected = Occupant.objects.in_building(building).visible_to(request.user).filter(state=OccupantState.EXPECTED)
    party = request.GET.get("party", "")
    chosen = expected.filter(party=party) if party else expected
    return welcome.answer(list(chosen.select_related("person", "building")), building=building)
