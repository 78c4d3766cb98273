"""The protocol's page: what is in force with its source, what was before and comes after, and a new version."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import may, needs
from core.text import listed
from inventory.views.acts import carry_out
from observation.ending import protocol_at
from observation.forms.occupant import ProtocolForm
from observation.models import Protocol, ReleaseNeed, Step, Symptom
from people.acting import acting
from rooms.models import Agent, Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


def figures_of(protocol: Protocol) -> list[tuple[str, str]]:
    """Every figure of a protocol with its name, as a page lists them."""
    words = {
        "check_hours": listed(protocol.check_hours),
        "symptoms": listed(Symptom(one).label for one in protocol.symptoms),
        "alert_steps": listed(Step(one).label for one in protocol.alert_steps),
        "release_needs": listed(ReleaseNeed(one).label for one in protocol.release_needs),
        "cohort": _("yes") if protocol.cohort else _("no"),
        "agent": str(dict(Agent.choices).get(protocol.agent, protocol.agent)),
    }
    names = [name for name in ProtocolForm.base_fields if name not in NOT_FIGURES]
    return [
        (str(ProtocolForm.base_fields[name].label), words.get(name) or str(getattr(protocol, name))) for name in names
    ]


NOT_FIGURES = {"client_id", "name", "issuer", "issued_on", "version", "source", "applies_from"}


@require_safe
@needs("rooms.view_building", Building)
def protocol(request: HttpRequest, building: Building) -> HttpResponse:
    """The protocol in force with every figure, and all versions before and after it."""
    versions = list(Protocol.objects.applying(building).select_related("entered_by"))
    now = protocol_at(versions, timezone.now())
    context = {
        "building": building,
        "protocol": now,
        "figures": figures_of(now) if now else [],
        "versions": [(one, figures_of(one)) for one in reversed(versions)],
        "moment": timezone.now(),
        "may_set": may(request.user, "set_protocol", building),
    }
    return render(request, "observation/protocol/protocol.html", context)


@FORM_PAGES
@needs("rooms.set_protocol", Building)
def set_protocol(request: HttpRequest, building: Building) -> HttpResponse:
    """Let a new version apply from a moment on."""
    now = protocol_at(list(Protocol.objects.applying(building)), timezone.now())
    form = ProtocolForm(request.POST) if request.method == "POST" else ProtocolForm.like(now)

    def again(status: int) -> HttpResponse:
        context = {"building": building, "protocol": now, "form": form}
        return render(request, "observation/protocol/form.html", context, status=status)

    def act() -> None:
        Protocol.set(building, by=acting(request), **form.cleaned_data)
        messages.success(request, _("The new version is entered. What was done before keeps its own."))

    if request.method != "POST":
        return again(200)
    return carry_out(request, form, act, then=lambda: reverse("protocol", args=[building.pk]), again=again)
