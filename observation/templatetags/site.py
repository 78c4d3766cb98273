"""What every page of the site shows the site lead."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone

from core.access import rights_on
from observation.handing_over.waiting import waiting_of
from observation.models import Alert, PaperForm
from rooms.models import Building

register = template.Library()
LEAD = {"answer_alert", "set_protocol"}  # rights that only the site lead holds together


@register.inclusion_tag("observation/alerts/bar.html")
def alerts_bar(user: Any, building: Any) -> dict[str, Any]:
    """What needs the site lead: alerts that nobody answers in time, a handover that nobody does; two questions."""
    if not isinstance(building, Building) or not rights_on(user, building) >= LEAD:
        return {"waiting": 0}
    now, minutes = timezone.now(), timedelta(minutes=1)
    rows = (
        Alert.objects.in_building(building)
        .open()
        .values_list("raised_at", "taken_at", "protocol__alert_minutes", "protocol__escalate_minutes")
    )
    waiting = sum(
        now >= raised + end * minutes or (taken is None and now >= raised + told * minutes)
        for raised, taken, end, told in rows
    )
    shift = waiting_of(building, now)
    return {"waiting": waiting, "shift": shift if shift and shift.escalated else None, "building": building}


@register.inclusion_tag("observation/paper_forms/bar.html", takes_context=True)
def paper_form_bar(context: Any) -> dict[str, Any]:
    """The printed form that is being typed back here, when the address names one; no question else."""
    request = context.get("request")
    asked = request.GET.get("form", "") if request else ""
    if not (asked.isascii() and asked.isdecimal()):
        return {"paper": None}
    forms = PaperForm.objects.visible_to(request.user).select_related("room", "shift__pattern")
    return {
        "paper": forms.filter(pk=int(asked[:18])).first(),
        "csrf_token": context.get("csrf_token"),
        "may": rights_on(request.user, context["building"]) if context.get("building") else (),
    }
