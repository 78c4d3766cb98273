"""The student's own pages: how things stand, the answer, the boxes, objections, the confirmation and its receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import uploads
from inventory import confirming, consenting, objecting
from inventory.confirming import Progress
from inventory.forms.my import AnswerForm, ConfirmForm, ObjectionForm, ReplyForm
from inventory.models import (
    Box,
    Item,
    Objection,
    ObjectionState,
    Photo,
    PhotoKind,
    Student,
)
from inventory.own import CONSENT_TEXT, CONSENT_VERSION, confirmation_text, name_of, own_page
from inventory.papers import receipt
from people.models import ContactKind, ContactPoint

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Tile:
    """A photo as the pages show it: small, and large behind a tap."""

    url: str
    thumb: str
    alt: str
    at: datetime
    by: str = ""


def tile(photo: Photo, *, alt: Any) -> Tile:
    """The tile of a photo that the student may see."""
    large, small = (reverse("my_photo", args=[photo.pk, size]) for size in ("large", "small"))
    return Tile(url=large, thumb=small, alt=str(alt), at=photo.at)


def item_tiles(item: Item) -> list[Tile]:
    """The photos of one thing, numbered: its description stands above them."""
    photos = sorted(item.photos.all(), key=lambda photo: photo.pk)
    return [tile(photo, alt=_("photo %(n)d") % {"n": n}) for n, photo in enumerate(photos, start=1)]


@require_safe
@own_page
def my(request: HttpRequest, student: Student) -> HttpResponse:
    """How things stand and what to do next; whom to call; the boxes, the room's photos, objections and receipts."""
    progress = Progress.of(student)
    room = student.bed.room_id if student.bed else None
    views = list(Photo.objects.filter(room=room, box__isnull=True).order_by("pk"))
    context = {
        "student": student,
        "progress": progress,
        "own_name": name_of(student.person, language=get_language() or ""),
        "phones": phones_of(student),
        "before": [tile(v, alt=v.get_viewpoint_display()) for v in views if v.kind == PhotoKind.ROOM_BEFORE],
        "after": [tile(v, alt=v.get_viewpoint_display()) for v in views if v.kind == PhotoKind.ROOM_AFTER],
    }
    return render(request, "inventory/my/my.html", context)


def phones_of(student: Student) -> list[str]:
    """The numbers at which the student's responsible teacher answers."""
    points = ContactPoint.objects.filter(person=student.person.responsible_id, kind=ContactKind.PHONE)
    return list(points.values_list("value", flat=True))


@FORM_PAGES
@own_page
def my_consent(request: HttpRequest, student: Student) -> HttpResponse:
    """The exact text, and the student's answer to it."""
    initial = {"language": get_language(), "version": CONSENT_VERSION}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        consenting.answer_by_link(student, **form.cleaned_data)
        messages.success(request, _("Thank you. Your answer is kept."))
        return redirect("my")
    context = {
        "student": student,
        "progress": Progress.of(student),
        "paragraphs": [_(paragraph) for paragraph in CONSENT_TEXT],
        "form": form,
    }
    return render(request, "inventory/my/consent.html", context, status=422 if form.is_bound else 200)


@require_safe
@own_page
def my_box(request: HttpRequest, student: Student, pk: int) -> HttpResponse:
    """One box: what is in it, with photos, its seal, its way so far."""
    boxes = Box.objects.shown_to(student).select_related("place", "room")
    box = get_object_or_404(boxes, pk=pk)
    items = list(Item.objects.shown_to(student).filter(box=box).order_by("pk").prefetch_related("photos"))
    objections = {o.item_id: o for o in Objection.objects.filter(student=student, item__box=box).order_by("pk")}
    whole = Photo.objects.shown_to(student).filter(box=box, item__isnull=True).order_by("pk")
    context = {
        "student": student,
        "box": box,
        "rows": [(item, item_tiles(item), objections.get(item.pk)) for item in items],
        "whole": [tile(photo, alt=photo.get_kind_display()) for photo in whole],
        "seal": box.seals.filter(broken_at__isnull=True).first(),
        "events": box.events.select_related("by", "witness", "to_place").order_by("number"),
    }
    return render(request, "inventory/my/box.html", context)


@FORM_PAGES
@own_page
def my_object(request: HttpRequest, student: Student, pk: int) -> HttpResponse:
    """Say what is not right with one thing."""
    item = get_object_or_404(Item.objects.shown_to(student).select_related("box"), pk=pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        objection = objecting.object_to(item, student=student, **form.cleaned_data)
        messages.success(request, _("Thank you for telling us. We will answer you here, by name."))
        return redirect("my_objection", pk=objection.pk)
    context = {"student": student, "item": item, "tiles": item_tiles(item), "form": form}
    return render(request, "inventory/my/object.html", context, status=422 if form.is_bound else 200)


@FORM_PAGES
@own_page
def my_objection(request: HttpRequest, student: Student, pk: int) -> HttpResponse:
    """The thread of one objection: read the answer, reply, or close the matter."""
    objections = Objection.objects.filter(student=student).select_related("item__box")
    objection = get_object_or_404(objections, pk=pk)
    if request.method == "POST" and "close" in request.POST:
        objection.close()
        messages.success(request, _("Thank you. The matter is closed."))
        return redirect("my")
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        objection.reply(**form.cleaned_data)
        messages.success(request, _("Your reply is sent."))
        return redirect("my_objection", pk=objection.pk)
    context = {
        "student": student,
        "objection": objection,
        "entries": objection.entries.select_related("by").order_by("at", "pk"),
        "states": ObjectionState,
        "form": form,
    }
    return render(request, "inventory/my/objection.html", context, status=422 if form.is_bound else 200)


@FORM_PAGES
@own_page
def my_confirm(request: HttpRequest, student: Student) -> HttpResponse:
    """The whole list by box, and the student's yes to it."""
    progress = Progress.of(student)
    manifest = progress.manifest
    if request.method == "POST":
        form = ConfirmForm(request.POST)
        if form.is_valid():
            confirming.confirm(student, **form.cleaned_data)
            messages.success(request, _("Thank you. Your confirmation is kept, and your receipt is ready."))
            return redirect("my")
    initial = {"digest": manifest.digest if manifest else "", "language": get_language()}
    text = confirmation_text(get_language() or "", number=manifest.number) if manifest else ""
    context = {
        "student": student,
        "progress": progress,
        "manifest": manifest,
        "boxes": _boxes_to_confirm(progress),
        "text": text,
        "form": ConfirmForm(initial=initial),
    }
    return render(request, "inventory/my/confirm.html", context, status=422 if request.method == "POST" else 200)


def _boxes_to_confirm(progress: Progress) -> list[dict[str, Any]]:
    """The newest list by box, each thing with its unsettled objection, if any."""
    if progress.manifest is None:
        return []
    pages = {box.code_id: box.pk for box in progress.boxes}
    raised = {objection.item_id: objection.pk for objection in progress.unsettled}
    return [
        {
            "code": box.code,
            "pk": pages[box.code],
            "seal": box.seal,
            "items": [{**item, "objection": raised.get(item["id"])} for item in box.items],
        }
        for box in confirming.listed(progress.manifest)
    ]


@require_safe
@own_page
def my_receipt(request: HttpRequest, student: Student) -> HttpResponse:
    """The receipt of the newest confirmation, or of the list `?list=` names, as a PDF."""
    return receipt.answer(student, number=request.GET.get("list", ""))


@require_safe
@own_page
def my_photo(request: HttpRequest, student: Student, pk: int, size: str) -> HttpResponse:
    """One photo of the student's own room, boxes or things."""
    photo = get_object_or_404(Photo.objects.shown_to(student), pk=pk)
    path = {"large": photo.large, "small": photo.small}.get(size)
    if path is None:
        raise Http404
    return uploads.serve(request, path, filename=f"{photo.pk}-{size}.jpg")
