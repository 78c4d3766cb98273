"""Incidents: what went wrong in the building, until somebody says how it ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from observation import looking_after
from observation.forms.care import CloseForm, HandForm, IncidentForm
from people.acting import acting
from rooms.models import Building, Incident, IncidentKind

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
# So many closed ones are shown below the open ones.
CLOSED_SHOWN = 50


@require_safe
@needs("rooms.view_occupants", Building)
def incidents(request: HttpRequest, building: Building) -> HttpResponse:
    """Open ones, the oldest first; the newest closed ones below."""
    found = Incident.objects.in_building(building)
    context = {
        "building": building,
        "open": _incident_rows(found.open().order_by("happened_at", "pk")),
        "closed": _incident_rows(found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")[:CLOSED_SHOWN]),
        "may_answer": may(request.user, "answer_request", building),
    }
    return render(request, "observation/incidents/incidents.html", context)


def _incident_rows(found: Any) -> list[dict[str, Any]]:
    kinds = {key: str(label) for key, label in IncidentKind.choices}
    url, now, nobody = reverse("incident", args=[0]).partition("0/")[0], timezone.now(), _("nobody yet")
    names = ("pk", "kind", "words", "happened_at", "closed_at", "outcome", "room__number", "responsible__name")
    return [
        {
            "url": f"{url}{row['pk']}/",
            "kind": kinds[row["kind"]],
            "words": row["words"],
            "room": row["room__number"] or "—",
            "responsible": row["responsible__name"] or nobody,
            "age": looking_after.age(row["happened_at"], row["closed_at"] or now),
            "outcome": row["outcome"],
        }
        for row in found.values(*names)
    ]


@FORM_PAGES
@needs("rooms.answer_request", Building)
def report_incident(request: HttpRequest, building: Building) -> HttpResponse:
    """Enter what went wrong."""
    form = IncidentForm(request.POST or None, building=building)

    def again(status: int) -> HttpResponse:
        context = {"building": building, "form": form}
        return render(request, "observation/incidents/new.html", context, status=status)

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        lambda: looking_after.report(building, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("incidents", args=[building.pk]),
        again=again,
    )


@require_safe
@needs("rooms.view_occupants", Incident)
def incident(request: HttpRequest, incident: Incident) -> HttpResponse:
    """One incident: how it stands, whose it is, how it ended."""
    return _incident_page(request, incident)


def _incident_page(
    request: HttpRequest, incident: Incident, *, close_form: CloseForm | None = None, status: int = 200
) -> HttpResponse:
    building = incident.building
    context = {
        "building": building,
        "incident": incident,
        "age": looking_after.age(incident.happened_at, incident.closed_at or timezone.now()),
        "may_answer": may(request.user, "answer_request", building),
        "hand_form": HandForm(building=building, initial={"responsible": incident.responsible_id}),
        "close_form": close_form or CloseForm(),
        "timeline": timeline_of([incident]) if may(request.user, "view_history", building) else None,
    }
    return render(request, "observation/incidents/incident.html", context, status=status)


@require_POST
@needs("rooms.answer_request", Incident)
def hand_incident(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Name who looks after it."""
    form = HandForm(request.POST, building=incident.building)
    return carry_out(
        request,
        form,
        lambda: incident.hand_to(by=acting(request), **form.cleaned_data),
        then=lambda: reverse("incident", args=[incident.pk]),
        again=lambda status: _incident_page(request, incident, status=status),
    )


@require_POST
@needs("rooms.answer_request", Incident)
def close_incident(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Say how it ended."""
    form = CloseForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: looking_after.close(incident, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("incident", args=[incident.pk]),
        again=lambda status: _incident_page(request, incident, close_form=form, status=status),
    )
