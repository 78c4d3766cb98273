"""The room board of the site: every bedroom with who is in it and what comes next there, as tiles and as a plan."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import needs
from core.templatetags.ui import icon, state
from observation.models import Stay
from observation.standing import EVERY_FLOOR, IN_USE, ISOLATED, RoomStands, chosen, counts, floor_shown, rooms_of
from rooms.floor_drawing import RoomOnPlan, draw_floors
from rooms.models import BED_STATUS, Building, Room, RoomState

# The four state colours of the face.
COLOURS: dict[str, str] = {
    RoomState.READY: "done",
    RoomState.OCCUPIED: "going",
    RoomState.TO_DISINFECT: "attention",
}


@require_safe
@needs("rooms.view_occupants", Building)
def site(request: HttpRequest, building: Building) -> HttpResponse:
    """Every room with who is in it and what comes next there; the live part is its own fragment."""
    rooms = rooms_of(building, timezone.now())
    live_only = bool(request.headers.get("HX-Request"))
    context = {
        "building": building,
        "live_only": live_only,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "total": len(rooms),
        **_figures(request, building, rooms),
        "floors": _floors(building, chosen(rooms, request.GET)),
        "filtered": any(request.GET.values()),
    }
    return render(request, "observation/rooms/site.html" + ("#live" if live_only else ""), context)


def _words() -> dict[str, str]:
    """What a mark is called where it is counted."""
    return {
        "alert": _("open alert"),
        "late": _("late check"),
        "release": _("may go home"),
        "request": _("open request"),
        "arrival": _("expected"),
    }


def _figures(request: HttpRequest, building: Building, rooms: Sequence[RoomStands]) -> dict[str, Any]:
    """The counts above the tiles, each a link to what it counts, and the filters that are left."""
    counted, here = counts(rooms), reverse("site", args=[building.pk])
    floors = sorted({room.floor for room in rooms})
    shown = floor_shown(rooms, request.GET)
    asked = request.GET.copy()
    asked.pop("floor", None)
    rest = asked.urlencode()
    return {
        "states": [
            {"label": label, "count": counted[key], "url": f"{here}?state={key}", "status": BED_STATUS[key]}
            for key, label in RoomState.choices
            if counted[key] or key in IN_USE
        ],
        "marks": [
            {
                "label": label,
                "count": counted[mark],
                "url": f"{here}?mark={mark}",
                "state": "attention" if mark in {"alert", "late"} and counted[mark] else "",
            }
            for mark, label in _words().items()
        ],
        "floor_chips": [
            {
                "label": _("all floors"),
                "url": f"{here}?{rest}&floor={EVERY_FLOOR}" if rest else f"{here}?floor={EVERY_FLOOR}",
                "current": not shown,
            },
            *(
                {
                    "label": _("Floor %(floor)s") % {"floor": floor},
                    "url": f"{here}?{rest}&floor={floor}" if rest else f"{here}?floor={floor}",
                    "count": sum(room.floor == floor for room in rooms),
                    "current": shown == str(floor),
                }
                for floor in floors
            ),
        ],
    }


def _floors(building: Building, rooms: Sequence[RoomStands]) -> list[tuple[int, list[dict[str, Any]]]]:
    """The tiles by floor: plain rows for `{% each %}`.

    What does not differ from room to room is made once, around a number: a full house has hundreds of tiles.
    """
    badges = {key: state(COLOURS.get(key, "waiting"), label) for key, label in RoomState.choices}
    steps, words = _steps(building), _words()
    marks = {mark: format_html(MARK, mark, icon(drawing), words[mark]) for mark, drawing in MARKS.items()}
    room_url, guest_url = _base("turn_over"), _base("occupant")
    expected, day = _("expected"), _("day %(day)d of %(days)d")
    floors: dict[int, list[dict[str, Any]]] = {}
    for room in rooms:
        guests = [
            format_html(
                GUEST,
                f"{guest_url}{one.occupant}/",
                one.name,
                expected if one.arrived_at is None else day % {"day": one.day, "days": one.days},
            )
            for one in room.guests
        ]
        floors.setdefault(room.floor, []).append(
            {
                "number": room.number,
                "url": f"{room_url}{room.pk}/turn-over/",
                "kind": room.state + (" room-tile-alert" if room.status == ISOLATED else ""),
                "status": room.status,
                "badge": badges[room.state],
                "guests": SafeString("".join(guests)),
                "marks": SafeString("".join([marks[mark] for mark in room.marks if mark in marks])),
                "next": _next(room, steps),
            }
        )
    return sorted(floors.items())


GUEST = '<a class="room-guest" href="{}"><bdi>{}</bdi> <small>{}</small></a>'
MARK = '<span class="room-mark room-mark-{}">{}<span>{}</span></span>'
NEXT = '<a class="room-next" href="{}'
NEXT_END = '{}">{}<span>{}</span></a>'
MARKS = {"alert": "siren", "late": "alarm-clock", "request": "message-square"}


def _base(name: str) -> str:
    """The address of a page up to the number of its thing."""
    return reverse(name, args=[0]).partition("0/")[0]


def _steps(building: Building) -> dict[str, tuple[SafeString, SafeString]]:
    """The link to where each next step is done: what stands before the number in its address, and what behind."""
    room, guest = (_base("turn_over"), "/turn-over/"), (_base("occupant"), "/")
    drawn = {
        "alert": ("siren", _("Answer the alert"), _base("alert"), "/"),
        "late": ("thermometer", _("Take the temperature"), _base("round_room"), "/round/"),
        "release": ("log-out", _("Release"), *guest),
        "request": ("message-square", _("Look after the request"), *guest),
        "arrival": ("door-open", _("Enter the arrival"), *guest),
        "move": ("package", _("Go on with the move"), _base("room"), "/"),
        "take-over": ("key-round", _("Take the room over"), *room),
        "disinfect": ("spray-can", _("Disinfect"), *room),
        "inspect": ("clipboard-check", _("Inspect"), *room),
        "admit": ("user-plus", _("Admit somebody"), f"{reverse('admit', args=[building.pk])}?room=", ""),
    }
    return {
        key: (format_html(NEXT, before), format_html(NEXT_END, after, icon(drawing), words))
        for key, (drawing, words, before, after) in drawn.items()
    }


def _next(room: RoomStands, steps: dict[str, tuple[SafeString, SafeString]]) -> SafeString | str:
    step = room.next
    if not step:
        return ""
    number: int | None = room.pk
    if step == "alert":
        number = room.alert
    elif step == "release":
        number = next(one.occupant for one in room.staying if one.may_go)
    elif step == "request":
        number = next(one.occupant for one in room.guests if one.requests)
    elif step == "arrival":
        number = room.expected[0].occupant
    before, after = steps[step]
    return SafeString(f"{before}{number}{after}")


@require_safe
@needs("rooms.view_occupants", Building)
def site_plan(request: HttpRequest, building: Building) -> HttpResponse:
    """The rooms' states on the floor plan, with the bed status of hospitals' boards; a room leads to its page."""
    stands = {room.pk: room for room in rooms_of(building, timezone.now())}
    held = set(Stay.objects.open().filter(bed__room__building=building).values_list("bed_id", flat=True))
    rooms = Room.objects.in_building(building).prefetch_related("beds")
    drawings = draw_floors(
        [
            RoomOnPlan.of(
                room,
                taken=held,
                href=reverse("turn_over", args=[room.pk]) if room.pk in stands else "",
                status=stands[room.pk].status if room.pk in stands else "",
            )
            for room in rooms
        ],
        taken=_("bed taken or held"),
    )
    return render(request, "observation/rooms/plan.html", {"building": building, "drawings": drawings})
