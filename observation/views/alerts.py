"""Alerts: the desk's list that keeps itself up to date, one alert with its steps, the wall screen."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.access import may, needs
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from observation import alerting
from observation.alert_board import board_of, closed_lately, readings_of
from observation.forms.alerts import CloseAlertForm, StepForm, TakeForm
from observation.handing_over.waiting import waiting_of
from observation.models import Alert, Step
from people.acting import acting
from rooms.models import Building


@require_safe
@needs("rooms.view_occupants", Building)
def alerts(request: HttpRequest, building: Building) -> HttpResponse:
    """Open ones, the oldest first, closed ones below; the live part is sent alone, and only when it changed."""
    return _live(request, building, "observation/alerts/alerts.html")


@require_safe
@needs("rooms.view_occupants", Building)
def wall(request: HttpRequest, building: Building) -> HttpResponse:
    """For a screen on the wall: rooms and what is to be done, no names."""
    return _live(request, building, "observation/alerts/wall.html")


def _live(request: HttpRequest, building: Building, template: str) -> HttpResponse:
    now = timezone.now()
    rows = board_of(building, now)
    waiting = waiting_of(building, now)
    shift = waiting if waiting and waiting.escalated else None
    mark = sha256(repr((rows, shift)).encode()).hexdigest()[:16]
    live = bool(request.headers.get("HX-Request"))
    if live and request.GET.get("seen") == mark:
        return HttpResponse(status=204)
    context: dict[str, Any] = {
        "building": building,
        "rows": rows,
        "shift": shift,
        "mark": mark,
        "may_answer": may(request.user, "answer_alert", building),
        "fresh_id": uuid4,
    }
    if not live:
        context["closed"] = closed_lately(building, now)
    return render(request, template + ("#live" if live else ""), context)


@require_safe
@needs("rooms.view_occupants", Alert)
def alert(request: HttpRequest, alert: Alert) -> HttpResponse:
    """One alert: readings, steps, history."""
    return _page(request, alert)


def _page(request: HttpRequest, alert: Alert, *, form: CloseAlertForm | None = None, status: int = 200) -> HttpResponse:
    building = alert.occupant.building
    stay = alert.occupant.stay
    done = {step.kind: step for step in alert.steps.select_related("by")}
    labels = dict(Step.choices)
    context = {
        "building": building,
        "alert": alert,
        "room": stay.room if stay else None,
        "escalated": alert.escalated(timezone.now()),
        "readings": readings_of(alert),
        "steps": [(kind, labels[kind], done.get(kind)) for kind in alert.protocol.alert_steps if kind in labels],
        "may_answer": may(request.user, "answer_alert", building) and alert.closed_at is None,
        "close_form": form or CloseAlertForm(),
        "client_id": uuid4(),
        "timeline": timeline_of([alert]) if may(request.user, "view_history", building) else None,
    }
    return render(request, "observation/alerts/alert.html", context, status=status)


@require_POST
@needs("rooms.answer_alert", Alert)
def take_alert(request: HttpRequest, alert: Alert) -> HttpResponse:
    """Look after it from now on."""
    return carry_out(
        request,
        form := TakeForm(request.POST),
        lambda: alerting.take(alert, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("alert", args=[alert.pk]),
        again=lambda status: _page(request, alert, status=status),
    )


@require_POST
@needs("rooms.answer_alert", Alert)
def step_alert(request: HttpRequest, alert: Alert) -> HttpResponse:
    """A step was taken."""
    return carry_out(
        request,
        form := StepForm(request.POST),
        lambda: alerting.take_step(alert, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("alert", args=[alert.pk]),
        again=lambda status: _page(request, alert, status=status),
    )


@require_POST
@needs("rooms.answer_alert", Alert)
def close_alert(request: HttpRequest, alert: Alert) -> HttpResponse:
    """It is over, and what came of it."""
    form = CloseAlertForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: alerting.close(alert, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("alerts", args=[alert.occupant.building_id]),
        again=lambda status: _page(request, alert, form=form, status=status),
    )
