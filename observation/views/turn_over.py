"""A room from one occupant to the next: taken over, disinfected, inspected by another person, ready."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import may, needs
from inventory.views.acts import carry_out, posted, user_of
from observation import turning_over
from observation.forms.rooms import DisinfectForm, InspectForm, TakeOverForm
from rooms.models import Room

FORMS: dict[str, type[forms.Form]] = {
    "take_over": TakeOverForm,
    "disinfect": DisinfectForm,
    "inspect": InspectForm,
}


@require_safe
@needs("rooms.view_building", Room)
def turn_over(request: HttpRequest, room: Room) -> HttpResponse:
    """Where the room stands between two occupants, and the next step as one form."""
    return _page(request, room)


@needs("rooms.disinfect_room", Room)
@posted("turn_over")
def take_over(request: HttpRequest, room: Room) -> HttpResponseBase:
    """A room nobody lived in becomes the site's."""
    form = TakeOverForm(request.POST)
    said = _("Room %(room)s is the site's now. Next it is disinfected.") % {"room": room.number}
    return _carried_out(request, room, form, lambda: turning_over.take_over(room, by=user_of(request)), said)


@needs("rooms.disinfect_room", Room)
@posted("turn_over")
def disinfect(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Record the terminal disinfection."""
    form = DisinfectForm(request.POST)
    said = _("Recorded. Next somebody else inspects the room.")
    return _carried_out(
        request, room, form, lambda: turning_over.disinfect(room, by=user_of(request), **form.cleaned_data), said
    )


@needs("rooms.inspect_room", Room)
@posted("turn_over")
def inspect(request: HttpRequest, room: Room) -> HttpResponseBase:
    """Record what a second person found."""
    form = InspectForm(request.POST)
    said = _("Recorded what you found in room %(room)s.") % {"room": room.number}
    return _carried_out(
        request, room, form, lambda: turning_over.inspect(room, by=user_of(request), **form.cleaned_data), said
    )


def _carried_out(
    request: HttpRequest, room: Room, form: forms.Form, act: Callable[[], object], said: str
) -> HttpResponseBase:
    def acting() -> None:
        act()
        messages.success(request, said)

    return carry_out(
        request,
        form,
        acting,
        then=lambda: reverse("turn_over", args=[room.pk]),
        again=lambda status: _page(request, room, form=form, status=status),
    )


def _page(request: HttpRequest, room: Room, *, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    building = room.building
    turn = turning_over.Turn.of(room)
    right = {"inspect": "inspect_room"}.get(turn.next, "disinfect_room")
    allowed = bool(turn.next) and may(request.user, right, building) and not turn.same_person(user_of(request))
    shown = _form(turn, form) if allowed else None
    context = {
        "building": building,
        "room": room,
        "turn": turn,
        "form": shown,
        # What was refused of another step than the next one has no form here, and is said all the same.
        "refused": form.non_field_errors() if form is not None and form is not shown else [],
        "own_disinfection": turn.next == "inspect" and turn.same_person(user_of(request)),
        "sees_names": may(request.user, "view_occupants", building),
    }
    return render(request, "observation/rooms/turn_over.html", context, status=status)


def _form(turn: turning_over.Turn, sent: forms.Form | None) -> forms.Form:
    """The form of the next step: the one just sent when it is that, with what is wrong about it."""
    wanted = FORMS[turn.next]
    return sent if isinstance(sent, wanted) else wanted()
