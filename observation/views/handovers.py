"""Earlier handovers by day, and the open points that stand in every one of them."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.access import may, needs
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from inventory.views.listing import page_of
from observation.forms.handover import ClosePointForm, PointForm
from observation.handing_over import pointing
from observation.looking_after import age
from observation.models import Handover, Point
from people.acting import acting
from rooms.models import Building

# So many closed points are shown below the open ones.
CLOSED_SHOWN = 50


@require_safe
@needs("rooms.view_occupants", Building)
def handovers(request: HttpRequest, building: Building) -> HttpResponse:
    """Every handover, the newest first; one day's with a filter in the address."""
    asked = request.GET.get("day", "")
    rows = Handover.objects.in_building(building).select_related("shift__pattern", "giver", "receiver")
    try:
        day = date.fromisoformat(asked) if asked else None
    except ValueError:
        day = None
    if day:
        rows = rows.filter(shift__day=day)
    page = page_of(rows, request)
    context = {"building": building, "page": page, "day": day.isoformat() if day else "", "asked": asked}
    return render(request, "observation/handover/handovers.html", context)


@require_safe
@needs("rooms.view_occupants", Building)
def points(request: HttpRequest, building: Building) -> HttpResponse:
    """Open points, the oldest first; the newest closed ones below."""
    return _points_page(request, building)


def _points_page(
    request: HttpRequest, building: Building, *, form: PointForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    found = Point.objects.in_building(building).select_related("room", "occupant__person", "area", "opened_by")
    context: dict[str, Any] = {
        "building": building,
        "open": [(point, age(point.entered_at, now)) for point in found.open()],
        "closed": list(
            found.filter(closed_at__isnull=False)
            .select_related("closed_by")
            .order_by("-closed_at", "-pk")[:CLOSED_SHOWN]
        ),
        "form": (form or PointForm(building=building)) if may(request.user, "lead_shift", building) else None,
    }
    return render(request, "observation/handover/points.html", context, status=status)


@require_POST
@needs("rooms.lead_shift", Building)
def new_point(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Hand something on."""
    form = PointForm(request.POST, building=building)
    return carry_out(
        request,
        form,
        lambda: pointing.open_point(building, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("points", args=[building.pk]),
        again=lambda status: _points_page(request, building, form=form, status=status),
    )


@require_safe
@needs("rooms.view_occupants", Point)
def point(request: HttpRequest, point: Point) -> HttpResponse:
    """One point: since when, by whom, what came of it."""
    return _point_page(request, point)


def _point_page(
    request: HttpRequest, point: Point, *, form: ClosePointForm | None = None, status: int = 200
) -> HttpResponse:
    building = point.building
    point.refresh_from_db()
    context = {
        "building": building,
        "point": point,
        "age": age(point.entered_at, point.closed_at or timezone.now()),
        "form": (form or ClosePointForm())
        if point.closed_at is None and may(request.user, "write_log", building)
        else None,
        "timeline": timeline_of([point]) if may(request.user, "view_history", building) else None,
    }
    return render(request, "observation/handover/point.html", context, status=status)


@require_POST
@needs("rooms.write_log", Point)
def close_point(request: HttpRequest, point: Point) -> HttpResponseBase:
    """It is settled."""
    form = ClosePointForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: pointing.close_point(point, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("points", args=[point.building_id]),
        again=lambda status: _point_page(request, point, form=form, status=status),
    )
