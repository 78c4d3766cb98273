"""A box on the phone: things put in, photos, seal, load, store, and its history; and the page of one item."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.access import may, needs
from core.timeline import Entry, timeline_of
from inventory import packing
from inventory.forms.box import ItemForm, SealForm, StepForm, StoreForm
from inventory.forms.photo import PhotosForm, numbered
from inventory.models import (
    Box,
    BoxState,
    ConditionCode,
    CustodyEvent,
    Handling,
    Item,
    Ownership,
    PairSession,
    Photo,
    PhotoKind,
    Student,
)
from inventory.storing import shelves_of
from inventory.views.acts import Next, call_witness, carry_out, go, is_htmx, pair_of, posted, user_of
from rooms.models import RoomState

WITH = ("room__building", "student__person", "place")


def box_page(request: HttpRequest, box: Box, *, status: int = 200, **sent: forms.Form) -> HttpResponse:
    """The page with any form as it was typed."""
    building = box.room.building
    may_pack = may(request.user, "pack_room", building)
    pair = PairSession.of(user_of(request), building) if may_pack else None
    works = pair is not None and pair.witness_id is not None
    items = list(box.items.select_related("owner__person").order_by("pk"))
    photos = _photos(box)
    events = _events(box)
    context: dict[str, Any] = {
        "building": building,
        "box": box,
        "items": [(item, photos[item.pk], conditions(item), flags(item)) for item in reversed(items)],
        "inside_photos": [photo for photo in photos[None] if photo.kind == PhotoKind.ITEM],
        "outside_photos": [photo for photo in photos[None] if photo.kind == PhotoKind.SEALED_BOX],
        "has_photo": any(photo.kind == PhotoKind.ITEM for some in photos.values() for photo in some),
        "events": events,
        "seal": next((event.seal_number for event in events if event.seal_number), ""),
        "handling": sorted({flag for item in items for flag in flags(item)}),
        "pair": pair,
        "may_pack": may_pack,
        "may_print": may(request.user, "print_papers", building),
        "works": works,
    }
    if works and box.state == BoxState.PACKING:
        context["item_form"] = _item_form(box, items)
        context["seal_form"] = SealForm()
    if works and box.state != BoxState.PACKING:
        context["store_form"] = StoreForm(shelves=shelves_of(building))
        context["step_form"] = StepForm()
    if works:
        context["photos_form"] = PhotosForm(auto_id="more-%s")
    if may_pack:
        context["next"] = _next(box, works=works, photographed=bool(context["outside_photos"]))
    return render(request, "inventory/box/box.html", {**context, **sent}, status=status)


def _next(box: Box, *, works: bool, photographed: bool) -> Next | None:
    """What to do next with the box; None once it stands in its place."""
    if box.state == BoxState.STORED:
        return None
    if not works:
        return call_witness(box, "box")
    if box.state == BoxState.PACKING:
        return Next(_("Put in the box"), "package-plus", form="put-in")
    if box.state == BoxState.SEALED and not photographed:
        return Next(_("Photo of the sealed box"), "camera", camera="more")
    if box.room.state == RoomState.SURVEYED:
        return Next(_("Scan the next label"), "scan-qr-code", url=f"{reverse('scan')}?room={box.room_id}")
    return Next(_("Store the box"), "warehouse", url=f"{reverse('scan')}?box={box.code_id}")


def _photos(box: Box) -> dict[int | None, list[Photo]]:
    found: dict[int | None, list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(box=box).select_related("by").order_by("pk"):
        found[photo.item_id].append(photo)
    return found


def _events(box: Box) -> list[CustodyEvent]:
    """The box's chain, newest first, with the people and places it names."""
    people_and_places = ("by", "witness", "from_room", "from_place", "to_room", "to_place", "note")
    return list(box.events.select_related(*people_and_places).order_by("-number"))


def _owners(box: Box) -> list[Student]:
    """Whose things may go in: its student's, or those of every resident of the room who may be packed."""
    if box.student is not None:
        return [box.student]
    return [half.student for half in packing.clearances(packing.residents(box.room)) if half.may_pack]


def _item_form(box: Box, items: list[Item]) -> ItemForm:
    """An empty form that remembers what the last thing was."""
    initial: dict[str, Any] = {"whose": str(box.student_id or Ownership.SHARED)}
    if items:
        last = items[-1]
        initial = {"category": last.category, "whose": str(last.owner_id or last.ownership)}
    return ItemForm(owners=_owners(box), initial=initial)


def conditions(item: Item) -> list[str]:
    """The item's condition codes in words, each with its place on the thing."""
    words = dict(ConditionCode.choices)
    return [f"{words.get(one['code'], one['code'])} ({one['code']}): {one['place']}" for one in item.condition]


def flags(item: Item) -> list[str]:
    """How the item wants to be treated, in words."""
    words = dict(Handling.choices)
    return [str(words.get(flag, flag)) for flag in item.handling]


def _fresh(box: Box) -> Box:
    return Box.objects.select_related(*WITH).get(pk=box.pk)


@require_safe
@needs("rooms.view_building", Box)
def box(request: HttpRequest, box: Box) -> HttpResponse:
    """What the box is, where it stands, what is in it, and the next action."""
    return box_page(request, _fresh(box))


@needs("rooms.pack_room", Box)
@posted("box")
def put_in(request: HttpRequest, box: Box) -> HttpResponseBase:
    """Put a thing with its photos into the box."""
    form = ItemForm(request.POST, request.FILES, owners=_owners(box))

    def put() -> None:
        form_id = form.cleaned_data["client_id"]
        packing.put_in(
            box,
            thing=form.thing(),
            photos=numbered(form_id, form.cleaned_data["photos"]),
            pair=pair_of(request, box.scope),
            client_id=form_id,
        )

    return carry_out(
        request,
        form,
        put,
        then=lambda: reverse("box", args=[box.pk]),
        again=lambda status: box_page(request, _fresh(box), status=status, item_form=form),
    )


@needs("rooms.pack_room", Box)
@posted("box")
def photograph_box(request: HttpRequest, box: Box) -> HttpResponseBase:
    """Keep photos of the contents or of the sealed box, the good ones even when others are refused."""
    form = PhotosForm(request.POST, request.FILES, auto_id="more-%s")
    if good := form.good_photos():
        packing.photograph_box(box, photos=good, pair=pair_of(request, box.scope))
    if form.is_valid():
        return go(request, "box", pk=box.pk)
    if is_htmx(request):
        return render(request, "inventory/parts/errors.html", {"form": form}, status=422)
    return box_page(request, _fresh(box), status=422, photos_form=form)


@needs("rooms.pack_room", Box)
@posted("box")
def seal_box(request: HttpRequest, box: Box) -> HttpResponseBase:
    """Close the box under a numbered seal."""
    form = SealForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: packing.seal_box(box, pair=pair_of(request, box.scope), **form.cleaned_data),
        then=lambda: reverse("box", args=[box.pk]),
        again=lambda status: box_page(request, _fresh(box), status=status, seal_form=form),
    )


@needs("rooms.pack_room", Box)
@posted("box")
def load_box(request: HttpRequest, box: Box) -> HttpResponseBase:
    """Take the sealed box out of its room."""
    form = StepForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: packing.load_box(box, pair=pair_of(request, box.scope), **form.cleaned_data),
        then=lambda: reverse("box", args=[box.pk]),
        again=lambda status: box_page(request, _fresh(box), status=status, step_form=form),
    )


@needs("rooms.pack_room", Box)
@posted("box")
def store_box(request: HttpRequest, box: Box) -> HttpResponseBase:
    """Set the box down in a place, or carry it to another one."""
    form = StoreForm(request.POST, shelves=shelves_of(box.scope))

    def store() -> None:
        data = form.cleaned_data
        packing.store_box(box, place=data["place"], pair=pair_of(request, box.scope), client_id=data["client_id"])
        messages.success(request, _("The box stands in %(place)s.") % {"place": data["place"].name})

    return carry_out(
        request,
        form,
        store,
        then=lambda: reverse("box", args=[box.pk]),
        again=lambda status: box_page(request, _fresh(box), status=status, store_form=form),
    )


@require_safe
@needs("rooms.view_building", Item)
def item(request: HttpRequest, item: Item) -> HttpResponse:
    """One thing with its photos, and all that happened to it: its own changes and its box's moves."""
    item = Item.objects.select_related("owner__person", *(f"box__{path}" for path in WITH)).get(pk=item.pk)
    box = item.box
    moves = [
        Entry(
            at=event.at,
            by=f"{event.by} + {event.witness}",
            what=_moved(event),
        )
        for event in _events(box)
        if event.at >= item.entered_at or event.number == 1
    ]
    context = {
        "building": box.room.building,
        "item": item,
        "box": box,
        "photos": list(item.photos.select_related("by")),
        "conditions": conditions(item),
        "flags": flags(item),
        "timeline": timeline_of([item], more=moves),
    }
    return render(request, "inventory/box/item.html", context)


def _moved(event: CustodyEvent) -> str:
    """The box's step in words: what, from where to where, under which seal."""
    words = [
        _("Box %(code)s, step %(number)d: %(kind)s")
        % {"code": event.box.code_id, "number": event.number, "kind": event.get_kind_display()},
        f"{event.whence} → {event.whither}",
    ]
    if event.seal_number:
        words.append(_("seal %(number)s") % {"number": event.seal_number})
    return " · ".join(words)
