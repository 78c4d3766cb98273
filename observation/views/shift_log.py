"""The shift log: notes as they happen, by scan or tap, searchable."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.access import may, needs
from core.uploads import serve
from inventory.views.acts import carry_out
from inventory.views.listing import page_of
from observation import shift_log
from observation.forms.shift_log import NoteForm
from observation.models import LogEntry, LogPhoto, Occupant
from people.acting import acting
from rooms.models import Area, Building, Room

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("rooms.view_occupants", Building)
def log(request: HttpRequest, building: Building) -> HttpResponse:
    """Every note, the newest first, as the filters in the address choose."""
    page = page_of(shift_log.chosen(building, request.GET), request)
    asked = request.GET
    context = {
        "building": building,
        "page": page,
        "q": asked.get("q", ""),
        "day": asked.get("day", "") if shift_log.day_of(asked.get("day", "")) else "",
        "room": asked.get("room", ""),
        "attention": bool(asked.get("attention")),
        "filtered": any(asked.get(name) for name in ("q", "day", "room", "area", "occupant", "attention")),
        "rooms": list(Room.objects.in_building(building).order_by("floor", "number").values_list("pk", "number")),
        "form": NoteForm(building=building) if may(request.user, "write_log", building) else None,
    }
    return render(request, "observation/log/log.html", context)


@FORM_PAGES
@needs("rooms.write_log", Building)
def new_note(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Write a note; a scanned door or a tapped person has filled in what it is about."""
    about = _about(building, request.POST if request.method == "POST" else request.GET)
    initial = {name: thing.pk for name, thing in about.items() if thing is not None}
    bound = request.method == "POST"
    form = NoteForm(
        request.POST if bound else None, request.FILES if bound else None, building=building, initial=initial
    )

    def again(status: int) -> HttpResponse:
        return render(request, "observation/log/new.html", {"building": building, "form": form, **about}, status=status)

    if not bound:
        return again(200)
    return carry_out(
        request,
        form,
        lambda: shift_log.note(building, by=acting(request), **form.given()),
        then=lambda: reverse("log", args=[building.pk]) if may(request.user, "view_occupants", building) else "/",
        again=again,
    )


def _about(building: Building, asked: Any) -> dict[str, Any]:
    """What the note is about, as the address says; what is unknown here is left out."""

    def found(name: str, rows: Any) -> Any:
        pk = str(asked.get(name, ""))
        return rows.filter(pk=int(pk[:18])).first() if pk.isdigit() else None

    return {
        "room": found("room", Room.objects.in_building(building)),
        "occupant": found("occupant", Occupant.objects.in_building(building).select_related("person")),
        "area": found("area", Area.objects.in_building(building)),
    }


@require_safe
@needs("rooms.view_occupants", LogEntry)
def log_entry(request: HttpRequest, entry: LogEntry) -> HttpResponse:
    """One note with its photos."""
    context = {"building": entry.building, "entry": entry, "photos": list(entry.photos.all())}
    return render(request, "observation/log/entry.html", context)


@require_safe
@needs("rooms.view_occupants", LogPhoto)
def log_photo(request: HttpRequest, photo: LogPhoto, size: str) -> HttpResponse:
    """One photo of a note: large or small to look at, or the original to download and check."""
    path = {"large": photo.large, "small": photo.small, "original": photo.original}[size]
    return serve(request, path, filename=f"log-{photo.pk}.{path.rpartition('.')[2]}")
