"""From a posted form to an act and its answer, the same for every act on a phone.

With script the answer to a form that must be put right replaces its errors only, so that chosen photos stay chosen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from core.records import Refused, require
from inventory.models import Box, PairSession
from people.models import User
from rooms.models import Building, Room

# The field a refusal is about; any other refusal is the whole form's.
ABOUT = {
    "code-unreadable": "label",
    "label-unknown": "label",
    "label-used": "label",
    "half-protected": "student",
    "student-elsewhere": "student",
    "item-without-owner": "whose",
    "item-in-another-students-box": "whose",
    "seal-number-missing": "number",
    "seal_number_stands_once": "number",
    "place-elsewhere": "place",
    "place-full": "place",
    "place-not-cold": "place",
    "place-not-secure": "place",
    "place-unchanged": "place",
    "pair-code-wrong": "code",
    "witness-unknown": "password",
    "witness-without-right": "username",
}


@dataclass(frozen=True)
class Next:
    """The one next action of a page: a link, the button of a form on it, or the camera of a photo field."""

    words: str
    icon: str
    url: str = ""
    form: str = ""
    camera: str = ""


def call_witness(thing: Box | Room, page: str) -> Next:
    """First find the second of two, then come back."""
    after = urlencode({"next": reverse(page, args=[thing.pk])})
    return Next(_("Call your witness"), "users", url=f"{reverse('pair', args=[thing.scope.pk])}?{after}")


def is_htmx(request: HttpRequest) -> bool:
    """Whether script sent this and puts the answer into the page that stands."""
    return request.headers.get("HX-Request") == "true"


def posted(page: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let only POST act; whoever comes by a link or reloads is led to the thing's own `page`."""

    def declare(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def acting(request: HttpRequest, thing: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                return redirect(page, pk=thing.pk)
            return view(request, thing, *args, **kwargs)

        return acting

    return declare


def user_of(request: HttpRequest) -> User:
    """The one who acts, past a view's @needs."""
    assert isinstance(request.user, User)  # noqa: S101 - @needs lets nobody else in
    return request.user


def only_building(user: User) -> Building | None:
    """The one building this user serves, for the navigation of pages that belong to none; None when there are more."""
    buildings = list(Building.objects.visible_to(user)[:2])
    return buildings[0] if len(buildings) == 1 else None


def pair_of(request: HttpRequest, building: Building) -> PairSession:
    """The packer's session here, the living one first; Refused when there never was one.

    An ended session carries no act, but the verbs look for a resend before they ask: what was recorded and whose
    answer was lost on the way is answered as it was the first time, however late it comes again.
    """
    packer = user_of(request)
    mine = PairSession.objects.filter(packer=packer, building=building).select_related("packer", "witness")
    pair = PairSession.of(packer, building) or mine.first()
    require(pair, "no-witness", _("Two people stand behind this step. Ask your witness to join first."))
    assert pair is not None  # noqa: S101 - required above
    return pair


def carry_out(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], object],
    *,
    then: Callable[[], str],
    again: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Do the act if the form is in order and go to `then`; else show the form, what is wrong and all that was typed.

    `again` draws the whole page with the form, given the status: 422 for a form not in order, 409 for a rule's no.
    """
    status = 422
    if form.is_valid():
        try:
            act()
        except Refused as refusal:
            if is_htmx(request):
                raise
            field = ABOUT.get(refusal.code)
            form.add_error(field if field in form.fields else None, str(refusal.message))
            status = 409
        else:
            return go(request, then())
    if is_htmx(request):
        return render(request, "inventory/parts/errors.html", {"form": form}, status=422)
    return again(status)


def go(request: HttpRequest, to: str, **kwargs: Any) -> HttpResponse:
    """On to another page, by the browser itself: a fragment must not be filled with a whole page."""
    address = resolve_url(to, **kwargs)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
