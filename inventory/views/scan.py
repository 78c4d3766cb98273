"""Scanning: one view for every code on every door, box, shelf and file, and for strangers who found a label."""

from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from core.access import holds_anywhere, may, needs, public
from core.context import language
from core.records import Refused
from inventory import packing
from inventory.forms.box import StoreForm
from inventory.forms.room import ClaimForm
from inventory.forms.scan import PhotoScanForm, ScanForm
from inventory.models import Box, CustodyEvent, PairSession
from inventory.scanning import known_to, look_up, rooms_being_packed
from inventory.storing import Shelf, shelves_of
from inventory.views.acts import carry_out, go, is_htmx, only_building, pair_of, user_of
from people.models import User
from rooms.models import Building, Room, StoragePlace

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
LATELY = 20  # boxes just set down that the page still shows


@FORM_PAGES
@needs("rooms.view_building")
def scan(request: HttpRequest) -> HttpResponseBase:
    """Scan one thing after another; with a place chosen (`?place=`) each box scanned is set down there."""
    user = user_of(request)
    if request.method != "POST" and "room" in request.GET:
        return _claim_page(request, user)
    if request.method != "POST" and "box" in request.GET:
        return _store_page(request, user)
    place = _place(request, user)
    form = ScanForm(request.POST or None)
    if request.method != "POST":
        return _scan_page(request, place, form)
    if is_htmx(request) and place is not None and form.is_valid():
        return _line(request, place, form)
    reached: list[str] = []
    return carry_out(
        request,
        form,
        lambda: reached.append(_reached(request, place, form.cleaned_data["code"], form.cleaned_data["client_id"])),
        then=lambda: reached[0],
        again=lambda status: _scan_page(request, place, form, status=status),
    )


def _reached(request: HttpRequest, place: StoragePlace | None, text: str, client_id: UUID) -> str:
    """Do what the code is scanned for here; the page where one goes on."""
    user = user_of(request)
    found = look_up(text, by=user)
    if place is not None and isinstance(found.thing, Box):
        packing.store_box(found.thing, place=place, pair=pair_of(request, place.building), client_id=client_id)
        return _continuous(place)
    if isinstance(found.thing, StoragePlace) and may(user, "pack_room", found.thing.building):
        return _continuous(found.thing)
    return found.url


def _line(request: HttpRequest, place: StoragePlace, form: ScanForm) -> HttpResponse:
    """What became of one scan, a line for the list on the page; a refusal is a line too, so that scanning goes on."""
    text = form.cleaned_data["code"]
    context: dict[str, Any] = {"text": text, "place": place}
    try:
        reached = _reached(request, place, text, form.cleaned_data["client_id"])
    except Refused as refusal:
        context["refusal"] = refusal
    else:
        if reached != _continuous(place):
            return go(request, reached)
        context["event"] = _lately(place, user_of(request))[0]
    context["shelf"] = Shelf(place, place.boxes.count())
    return render(request, "inventory/scan/line.html", context)


@FORM_PAGES
@needs("rooms.view_building")
def scan_photo(request: HttpRequest) -> HttpResponseBase:
    """Read the codes in a photo: for script as JSON, else go on as if they had been typed."""
    user = user_of(request)
    place = _place(request, user)
    if request.method != "POST":
        return redirect("scan")
    form = PhotoScanForm(request.POST, request.FILES)
    if "application/json" in request.headers.get("Accept", ""):
        codes = form.cleaned_data["photo"] if form.is_valid() else []
        return JsonResponse({"codes": codes})
    reached: list[str] = []

    def read() -> None:
        for text in form.cleaned_data["photo"]:
            # Each code of one photo is an act of its own, and the same one when the photo is sent again.
            reached.append(_reached(request, place, text, uuid5(form.cleaned_data["client_id"], text)))

    return carry_out(
        request,
        form,
        read,
        then=lambda: reached[0],
        again=lambda status: _scan_page(request, place, ScanForm(), photo_form=form, status=status),
    )


def _place(request: HttpRequest, user: User) -> StoragePlace | None:
    """The place that boxes are being set down in, if one was chosen."""
    if "place" not in request.GET:
        return None
    found = known_to(user, request.GET["place"])
    if found is None or not isinstance(found.thing, StoragePlace):
        raise Http404
    if not may(user, "pack_room", found.thing.building):
        raise PermissionDenied
    return found.thing


def _continuous(place: StoragePlace) -> str:
    return f"{reverse('scan')}?place={place.code_id}"


def _lately(place: StoragePlace, user: User) -> list[CustodyEvent]:
    """The boxes that this user set down in the place, newest first."""
    events = CustodyEvent.objects.filter(to_place=place, by=user).select_related("box__student__person", "box__room")
    return list(events.order_by("-pk")[:LATELY])


def _scan_page(
    request: HttpRequest,
    place: StoragePlace | None,
    form: ScanForm,
    *,
    photo_form: PhotoScanForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "photo_form": photo_form or PhotoScanForm(auto_id="photo-%s"),
        "place": place,
        "query": f"?place={place.code_id}" if place else "",
        "building": place.building if place else only_building(user_of(request)),
    }
    if place is not None:
        context |= {
            "shelf": Shelf(place, place.boxes.count()),
            "events": _lately(place, user_of(request)),
            "pair": PairSession.of(user_of(request), place.building),
            "may_pack": True,
        }
    return render(request, "inventory/scan/scan.html", context, status=status)


def _claim_page(request: HttpRequest, user: User) -> HttpResponse:
    """Scan a blank label for a room: the form is the room's own."""
    asked = request.GET["room"]
    rooms = Room.objects.visible_to(user).select_related("building")
    room = rooms.filter(pk=int(asked[:18])).first() if asked.isdecimal() and asked.isascii() else None
    if room is None:
        raise Http404
    if not may(user, "pack_room", room.building):
        raise PermissionDenied
    context = {
        "building": room.building,
        "room": room,
        "form": ClaimForm(
            halves=packing.clearances(packing.residents(room)), initial={"label": request.GET.get("label", "")[:20]}
        ),
        "pair": PairSession.of(user, room.building),
        "may_pack": True,
    }
    return render(request, "inventory/scan/claim.html", context)


def _store_page(request: HttpRequest, user: User) -> HttpResponse:
    """Scan the place for one box: the form is the box's own."""
    found = known_to(user, request.GET["box"])
    if found is None or not isinstance(found.thing, Box):
        raise Http404
    box = found.thing
    if not may(user, "pack_room", box.scope):
        raise PermissionDenied
    context = {
        "building": box.scope,
        "box": box,
        "form": StoreForm(shelves=shelves_of(box.scope)),
        "pair": PairSession.of(user, box.scope),
        "may_pack": True,
    }
    return render(request, "inventory/scan/store.html", context)


@require_safe
@public("a stranger learns whom to call and nothing of the thing; staff are led to the thing itself")
def code(request: HttpRequest, code: str) -> HttpResponseBase:
    """The address in every QR code.

    For strangers the answer is the same, byte for byte, whatever the code, which it repeats in one link.
    """
    if isinstance(request.user, User):
        found = known_to(request.user, code)
        if found is not None and found.thing is not None:
            return redirect(found.url)
        if found is not None and holds_anywhere(request.user, "rooms.pack_room"):
            context = {
                "building": only_building(request.user),
                "code": found.code,
                "rooms": rooms_being_packed(request.user),
            }
            return render(request, "inventory/scan/blank.html", context)
    elif "staff" in request.GET:
        return redirect_to_login(request.path)
    return _stranger(request, code)


def _stranger(request: HttpRequest, code: str) -> HttpResponse:
    """Whom to call; made of nothing but the site's own numbers and the language that was asked for."""
    asked = request.GET.get("language", "")
    chosen = asked if asked in settings.STUDENT_LANGUAGES else translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(chosen):
        context = {
            "buildings": list(Building.objects.exclude(phone="").order_by("pk").values("name", "name_en", "phone")),
            "languages": [language(one) for one in settings.STUDENT_LANGUAGES],
            "code": code,
        }
        return HttpResponse(
            render_to_string("inventory/scan/stranger.html", context), headers={"Content-Language": chosen}
        )
