"""The occupant's own pages: who may open them and for how long."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils import timezone

from core.access import own_link
from observation.models import Occupant, OccupantState
from people.language import STUDENT_LANGUAGE

P = ParamSpec("P")

SESSION_OCCUPANT, SESSION_KEY = "occupant", "occupant_key"
MINUTES = 30


def begin(request: HttpRequest, occupant: Occupant, *, language: str) -> None:
    """Open the occupant's session in this browser; whoever was logged in there before is logged out."""
    request.session.flush()
    request.session[SESSION_OCCUPANT] = occupant.pk
    # A new code closes the pages opened with the old one.
    request.session[SESSION_KEY] = occupant.code_mark
    request.session[STUDENT_LANGUAGE] = language
    request.session.set_expiry(MINUTES * 60)
    rotate_token(request)


def occupant_of(request: HttpRequest) -> Occupant | None:
    """Who opened this browser's session and still stays here; none beside a staff log-in."""
    pk = request.session.get(SESSION_OCCUPANT)
    if pk is None or request.user.is_authenticated:
        return None
    found = Occupant.objects.filter(pk=pk, state=OccupantState.STAYING).select_related("person", "building").first()
    if found is None or request.session.get(SESSION_KEY) != found.code_mark:
        return None
    return found


def own_page(
    view: Callable[Concatenate[HttpRequest, Occupant, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in only the occupant who opened this browser's session; the view runs in the building's time zone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        occupant = occupant_of(request)
        if occupant is None:
            return render(request, "observation/own/closed.html", status=403)
        if request.method == "POST":
            request.session.modified = True
        with timezone.override(ZoneInfo(occupant.building.time_zone)):
            return view(request, occupant, *args, **kwargs)

    return own_link(guarded)
