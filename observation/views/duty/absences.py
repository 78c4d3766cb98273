"""Absences: who cannot serve, who stands in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import needs
from inventory.views.acts import carry_out
from inventory.views.listing import page_of
from observation.duty import absences
from observation.forms.duty import AbsenceForm
from observation.models import Absence
from observation.views.duty.tabs import tabs_of
from people.acting import acting
from rooms.models import Building


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.keep_roster", Building)
def duty_absences(request: HttpRequest, building: Building) -> HttpResponse:
    """Every absence, the newest first, and the form for one more."""
    form = AbsenceForm(request.POST or None, building=building)

    def again(status: int) -> HttpResponse:
        found = Absence.objects.in_building(building).select_related("person", "substitute")
        context = {
            "building": building,
            "tabs": tabs_of(request, building),
            "form": form,
            "page": (page := page_of(found, request)),
            "rows": page.rows,
            "now": timezone.now(),
        }
        return render(request, "observation/duty/absences.html", context, status=status)

    def act() -> None:
        absences.be_absent(building, by=acting(request), **form.cleaned_data)
        messages.success(request, _("The absence is noted; the duties in it are passed on."))

    if request.method != "POST":
        return again(200)
    return carry_out(request, form, act, then=lambda: reverse("duty_absences", args=[building.pk]), again=again)


@require_POST
@needs("rooms.keep_roster", Absence)
def end_absence(request: HttpRequest, absence: Absence) -> HttpResponse:
    """They can serve again."""
    absences.call_off(absence, by=acting(request))
    messages.success(request, _("Called off. Duties that were passed on do not come back by themselves."))
    return redirect("duty_absences", pk=absence.building_id)
