"""Two people for one act: the packer shows six digits, the witness joins by an own log-in."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.access import needs
from core.qr import qr_data_uri
from inventory import pairing
from inventory.forms.pair import JoinForm, WitnessForm
from inventory.models import PairSession
from inventory.views.acts import carry_out, go, is_htmx, only_building, user_of
from rooms.models import Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@FORM_PAGES
@needs("rooms.pack_room", Building)
def pair(request: HttpRequest, building: Building) -> HttpResponseBase:
    """The packer's own session in this building: begin it, show its code, see who joined, end it."""
    if request.method == "POST":
        known = PairSession.of(user_of(request), building)
        if "end" in request.POST:
            if known is not None:
                known.end(by=user_of(request))
        elif known is None or not (known.witness_id or known.takes_witness) or "anew" in request.POST:
            # A second tap finds the session that the first one began.
            PairSession.start(building, by=user_of(request))
        return go(request, _address(request, building))
    return _pair_page(request, building, WitnessForm())


def _pair_page(request: HttpRequest, building: Building, form: WitnessForm, status: int = 200) -> HttpResponse:
    session = PairSession.of(user_of(request), building)
    context: dict[str, Any] = {
        "building": building,
        "pair": session,
        "witness_form": form,
        "next": _next(request),
        "address": _address(request, building),
    }
    if session is not None and session.takes_witness:
        join = f"{settings.PUBLIC_URL}{reverse('join_pair')}"
        context["join_address"] = join
        context["join_qr"] = qr_data_uri(f"{join}?code={session.join_code}", level="M")
    template = "inventory/pair/pair.html" + ("#session" if is_htmx(request) and request.method == "GET" else "")
    return render(request, template, context, status=status)


def _next(request: HttpRequest) -> str:
    """Where the packer came from, an address of our own or nothing."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def _address(request: HttpRequest, building: Building) -> str:
    after = _next(request)
    return reverse("pair", args=[building.pk]) + (f"?{urlencode({'next': after})}" if after else "")


@FORM_PAGES
@sensitive_post_parameters("password")
@needs("rooms.pack_room", PairSession)
def witness_here(request: HttpRequest, session: PairSession) -> HttpResponseBase:
    """The witness logs in on the packer's phone, for this session only."""
    if session.packer_id != request.user.pk:
        raise Http404
    building = session.building
    if request.method != "POST":
        return redirect("pair", pk=building.pk)
    form = WitnessForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: pairing.join_here(session, request=request, **form.cleaned_data),
        then=lambda: _next(request) or reverse("pair", args=[building.pk]),
        again=lambda status: _pair_page(request, building, form, status),
    )


@FORM_PAGES
@needs("rooms.witness_packing")
def join_pair(request: HttpRequest) -> HttpResponseBase:
    """The witness's own phone: type the six digits, see whom one stands witness for, step back."""
    if "leave" in request.POST:
        for session in PairSession.objects.alive().filter(witness=user_of(request), pk=_number(request.POST["leave"])):
            session.end(by=user_of(request))
        return redirect("join_pair")
    form = JoinForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    if request.method != "POST":
        return _join_page(request, form)
    return carry_out(
        request,
        form,
        lambda: pairing.join_by_code(by=user_of(request), **form.cleaned_data),
        then=lambda: reverse("join_pair"),
        again=lambda status: _join_page(request, form, status),
    )


def _join_page(request: HttpRequest, form: JoinForm, status: int = 200) -> HttpResponse:
    sessions = PairSession.objects.alive().filter(witness=user_of(request)).select_related("packer", "building")
    context = {"form": form, "sessions": list(sessions), "building": only_building(user_of(request))}
    return render(request, "inventory/pair/join.html", context, status=status)


def _number(text: str) -> int:
    return int(text[:18]) if text.isdecimal() and text.isascii() else 0
