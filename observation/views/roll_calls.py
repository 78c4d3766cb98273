"""The roll call: room by room on a phone, with what differs always in sight."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import paper
from core.access import may, needs
from inventory.views.acts import carry_out
from inventory.views.listing import page_of
from observation import roll_calling
from observation.forms.roll import CloseRollForm, MeetForm, TapForm
from observation.models import Found, Occupant, OccupantState, RollCall, RollMark
from observation.papers.roll_call import RollPaper, draw
from observation.roll_calling import Differs, Standing
from people.acting import acting
from rooms.models import Building, Room


@require_safe
@needs("rooms.view_occupants", Building)
def roll_calls(request: HttpRequest, building: Building) -> HttpResponse:
    """The one under way, and those before it."""
    found = RollCall.objects.in_building(building).select_related("started_by", "closed_by")
    page = page_of(found.filter(closed_at__isnull=False), request)
    context = {
        "building": building,
        "going": found.filter(closed_at__isnull=True).first(),
        "page": page,
        "rows": _past(page.rows),
        "may_call": may(request.user, "call_roll", building),
    }
    return render(request, "observation/roll/roll_calls.html", context)


def _past(calls: Iterable[RollCall]) -> list[dict[str, Any]]:
    """Each with how many were found, missing and unexpected; the newest mark of an occupant counts."""
    calls = list(calls)
    last: dict[int, dict[Any, str]] = {call.pk: {} for call in calls}
    marks = RollMark.objects.filter(roll_call__in=last).order_by("pk")
    for pk, call, occupant, found in marks.values_list("pk", "roll_call_id", "occupant_id", "found"):
        last[call][occupant or f"stranger {pk}"] = found
    return [
        {"call": call, **{one.value: sum(found == one for found in last[call.pk].values()) for one in Found}}
        for call in calls
    ]


@require_POST
@needs("rooms.call_roll", Building)
def start_roll_call(request: HttpRequest, building: Building) -> HttpResponse:
    """Begin to call the roll."""
    return redirect("roll_call", pk=roll_calling.start(building, by=acting(request)).pk)


@require_safe
@needs("rooms.view_occupants", RollCall)
def roll_call(request: HttpRequest, call: RollCall) -> HttpResponse:
    """The rooms to ask at, and what differs; a closed one as it stood when it was closed."""
    return _page(request, call)


def _page(
    request: HttpRequest,
    call: RollCall,
    *,
    meet_form: MeetForm | None = None,
    close_form: CloseRollForm | None = None,
    status: int = 200,
) -> HttpResponse:
    building, standing = call.building, roll_calling.standing(call)
    marking = call.closed_at is None and may(request.user, "call_roll", building)
    floor = "all" if call.closed_at else _floor(standing, request.GET.get("floor", ""))
    context = {
        "building": building,
        "call": call,
        "standing": standing,
        "differ": [
            (label, [one for one in standing.discrepancies if one.kind == kind])
            for kind, label in Differs.choices
            if any(one.kind == kind for one in standing.discrepancies)
        ],
        "grave": sum(one.kind != Differs.NOT_ASKED for one in standing.discrepancies),
        "floors": _rooms(standing, floor),
        "floor": floor,
        "chips": _floor_chips(standing, floor),
        "marking": marking,
        "tap_form": TapForm(),
        "away": list(
            Occupant.objects.in_building(building)
            .filter(state=OccupantState.AT_HOSPITAL)
            .values_list("person__name", flat=True)
        )
        if marking
        else [],
        "meet_form": (meet_form or MeetForm(building=building)) if marking else None,
        "close_form": close_form or CloseRollForm(),
    }
    return render(request, "observation/roll/roll_call.html", context, status=status)


def _floor(standing: Standing, asked: str) -> str:
    """The floor that was asked for; else the lowest one where somebody has yet to be asked."""
    floors = [str(one.floor) for one in standing.expected]
    if asked == "all" or asked in floors:
        return asked
    left = [str(one.floor) for one in standing.expected if one.occupant_id not in standing.newest]
    return (left or floors or ["all"])[0]


def _rooms(standing: Standing, floor: str) -> list[tuple[int, list[dict[str, Any]]]]:
    """The chosen floors with their rooms, and in each who lives there and what was found."""
    newest = standing.newest
    words = {str(key): str(label) for key, label in Found.choices}
    chosen = [one for one in standing.expected if floor in ("all", str(one.floor))]
    found = []
    for number, on_floor in groupby(chosen, key=lambda one: one.floor):
        rooms = []
        for (pk, room), living in groupby(on_floor, key=lambda one: (one.room_id, one.room)):
            people = []
            for one in living:
                mark = newest.get(one.occupant_id)
                people.append(
                    {
                        "pk": one.occupant_id,
                        "name": one.name,
                        "found": mark.found if mark else "",
                        "words": words[mark.found] if mark else "",
                        "by": mark.by if mark else "",
                        "at": mark.at if mark else None,
                    }
                )
            left = sum(not person["found"] for person in people)
            rooms.append({"pk": pk, "number": room, "people": people, "left": left, "many": len(people) > 1})
        found.append((number, rooms))
    return found


def _floor_chips(standing: Standing, floor: str) -> list[dict[str, Any]]:
    """The floors as links, each with how many are left to ask there."""
    left: dict[int, int] = {}
    for one in standing.expected:
        left[one.floor] = left.get(one.floor, 0) + (one.occupant_id not in standing.newest)
    return [
        *(
            {
                "label": _("Floor %(floor)s") % {"floor": number},
                "url": f"?{urlencode({'floor': number})}",
                "count": n,
                "current": floor == str(number),
            }
            for number, n in sorted(left.items())
        ),
        {"label": _("all floors"), "url": "?floor=all", "count": sum(left.values()), "current": floor == "all"},
    ]


@require_safe
@needs("rooms.view_occupants", RollCall)
def roll_call_paper(request: HttpRequest, call: RollCall) -> HttpResponse:
    """The roll call as a PDF, to be signed and filed."""
    return paper.answer(draw(RollPaper.of(call)), filename=f"roll-call-{call.pk}.pdf")


@require_POST
@needs("rooms.call_roll", RollCall)
def mark_roll(request: HttpRequest, call: RollCall) -> HttpResponse:
    """One tap: somebody is here, somebody is not, all of a room are here. Then on to the next room."""
    form = TapForm(request.POST)
    if not form.is_valid():
        return _page(request, call, status=422)
    (found, pk), client_id = form.cleaned_data["tap"], form.cleaned_data["client_id"]
    if found == "room":
        room = get_object_or_404(Room.objects.in_building(call.building), pk=pk)
        roll_calling.mark_all_here(call, room=room, by=acting(request), client_id=client_id)
    else:
        occupant = get_object_or_404(Occupant.objects.in_building(call.building).select_related("person"), pk=pk)
        made = roll_calling.mark(call, occupant=occupant, found=found, by=acting(request), client_id=client_id)
        room = made.room
    return redirect(f"{reverse('roll_call', args=[call.pk])}{_onward(call, room)}")


def _onward(call: RollCall, room: Room) -> str:
    """Where the page goes on: the next room of the floor where somebody is left to ask; else the next such floor."""
    standing = roll_calling.standing(call)
    rooms = [one for one in standing.expected if one.occupant_id not in standing.newest]
    here = (room.floor, room.number)
    same = [one for one in rooms if one.floor == room.floor]
    onward = next((one for one in same if (one.floor, one.room) >= here), None) or next(iter(same or rooms), None)
    if onward is None:
        return "#discrepancies"
    return f"?{urlencode({'floor': onward.floor})}#room-{onward.room_id}"


@require_POST
@needs("rooms.call_roll", RollCall)
def meet_unexpected(request: HttpRequest, call: RollCall) -> HttpResponse:
    """Note somebody who is in a room and not expected there."""
    form = MeetForm(request.POST, building=call.building)
    return carry_out(
        request,
        form,
        lambda: roll_calling.meet(call, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("roll_call", args=[call.pk]),
        again=lambda status: _page(request, call, meet_form=form, status=status),
    )


@require_POST
@needs("rooms.call_roll", RollCall)
def close_roll_call(request: HttpRequest, call: RollCall) -> HttpResponse:
    """The roll is called; what differs is explained."""
    form = CloseRollForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: roll_calling.close(call, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("roll_call", args=[call.pk]),
        again=lambda status: _page(request, call, close_form=form, status=status),
    )
