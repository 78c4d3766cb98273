"""The papers around the move: one page that lists them all, blank labels, manifests, packing records, signs."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import paper
from core.access import needs
from core.codes import normalise
from core.models import Code
from inventory.forms.papers import BoxSearchForm, LabelsForm
from inventory.models import Box, BoxState, RoomPacking
from inventory.papers import manifest, places, record, signs
from inventory.papers.labels import PRESETS, LabelSheet, finders_line, label_sheet_pdf
from rooms.models import Building, Room

SHOWN_BOXES = 50
COOKIE = "labels"
REMEMBERED_SECONDS = 365 * 24 * 3600


@require_safe
@needs("rooms.print_papers", Building)
def papers(request: HttpRequest, building: Building) -> HttpResponse:
    """Every paper of the building with what it is for; boxes are found by what stands on them."""
    form = BoxSearchForm(request.GET or None)
    word = form.cleaned_data["q"] if form.is_valid() else ""
    boxes = found_boxes(building, word) if word else []
    context = {
        "building": building,
        "form": form,
        "word": word,
        "boxes": boxes[:SHOWN_BOXES],
        "more": len(boxes) > SHOWN_BOXES,
        "packings": RoomPacking.objects.in_building(building)
        .select_related("room")
        .order_by("room__floor", "room__number"),
    }
    return render(request, "inventory/papers/papers.html", context)


def found_boxes(building: Building, word: str) -> list[Box]:
    """Sealed boxes whose code, seal, room or student the word names, newest first; one more than are shown."""
    found = (
        Q(code__value__startswith=normalise(word) or word.upper())
        | Q(seals__number__iexact=word)
        | Q(room__number__iexact=word)
        | Q(student__person__name__icontains=word)
        | Q(student__person__passport_name__icontains=word)
        | Q(student__student_number__iexact=word)
    )
    boxes = Box.objects.in_building(building).filter(found).exclude(state=BoxState.PACKING).distinct()
    return list(boxes.select_related("room", "student__person", "place").order_by("-pk")[: SHOWN_BOXES + 1])


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.print_papers", Building)
def print_labels(request: HttpRequest, building: Building) -> HttpResponse:
    """Blank labels as a PDF to keep; looking issues none.

    Pressing twice prints two sheets with codes of their own: a label that is never claimed harms nobody.
    """
    kept = _remembered(request)
    if request.method != "POST":
        return _labels_page(request, building, LabelsForm(initial=_order(kept, asked=request.GET.get("preset", ""))))
    form = LabelsForm(request.POST)
    if not form.is_valid():
        return _labels_page(request, building, form, status=422)
    order = form.cleaned_data
    count = order.pop("count")
    # Issued before they are drawn, not in one transaction with it: drawing 480 labels would hold up every writer.
    codes = [code.value for code in Code.issue_many(count)]
    line = finders_line(building.phone) if building.phone else ""
    answer = paper.answer(
        label_sheet_pdf(codes, site_line=line, **order),
        filename=f"labels-{timezone.localdate():%Y-%m-%d}.pdf",
        keep=True,
    )
    next_free = (order["start"] - 1 + count) % PRESETS[order["preset"]].count + 1
    answer.set_cookie(
        COOKIE,
        signing.dumps({**order, "count": count, "start": next_free}, salt=COOKIE),
        max_age=REMEMBERED_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _remembered(request: HttpRequest) -> dict[str, Any]:
    """The last order of this browser, which stands beside one printer, and the first label it left free."""
    try:
        kept: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE)
    except signing.BadSignature:
        return {}
    return kept if kept["preset"] in PRESETS else {}


def _order(kept: dict[str, Any], *, asked: str) -> dict[str, Any]:
    """What the form starts with: the last order, on the kind of sheet asked for."""
    preset = asked if asked in PRESETS else kept.get("preset", next(iter(PRESETS)))
    sheet = PRESETS[preset]
    blank = {"preset": preset, "start": 1, "count": sheet.count, "offset_x": 0.0, "offset_y": 0.0}
    return {**blank, **kept} if kept.get("preset") == preset else {**blank, "count": kept.get("count", sheet.count)}


@dataclass(frozen=True)
class DrawnSheet:
    """The sheet as the page draws it: label by label, those before `start` already used."""

    sheet: LabelSheet
    start: int

    @property
    def labels(self) -> list[tuple[int, bool]]:
        """Each label's number and whether it is used."""
        return [(number, number < self.start) for number in range(1, self.sheet.count + 1)]


def _labels_page(request: HttpRequest, building: Building, form: LabelsForm, *, status: int = 200) -> HttpResponse:
    preset = form["preset"].value() if form["preset"].value() in PRESETS else next(iter(PRESETS))
    sheet = PRESETS[preset]
    start = str(form["start"].value())
    known = int(start) if start.isdecimal() and int(start[:6]) <= sheet.count else 1
    context = {
        "building": building,
        "form": form,
        "preset": preset,
        "drawn": DrawnSheet(sheet, start=max(1, known)),
        "presets": [
            {"label": sheet.name, "url": f"?preset={key}", "current": key == preset} for key, sheet in PRESETS.items()
        ],
        "moved": form["offset_x"].value() or form["offset_y"].value() or form["offset_x"].errors,
    }
    return render(request, "inventory/papers/labels.html", context, status=status)


@require_safe
@needs("rooms.print_papers", Box)
def box_manifest(request: HttpRequest, box: Box) -> HttpResponse:
    """The manifest of a sealed box; `?photos=no` leaves the photos out."""
    drawn = manifest.draw(manifest.BoxManifest.of(box), photos=request.GET.get("photos") != "no")
    return paper.answer(drawn, filename=f"manifest-{box.code_id}.pdf")


@require_safe
@needs("rooms.print_papers", Room)
def packing_record(request: HttpRequest, room: Room) -> HttpResponse:
    """The packing record of a room that was opened."""
    return paper.answer(record.draw(record.PackingRecord.of(room)), filename=f"packing-record-{room.number}.pdf")


@require_safe
@needs("rooms.print_papers", Building)
def door_signs(request: HttpRequest, building: Building) -> HttpResponse:
    """The codes of the rooms, for their doors."""
    drawn = signs.draw(signs.door_signs(building), building=building, title=_("Signs for doors"))
    return paper.answer(drawn, filename="signs-doors.pdf")


@require_safe
@needs("rooms.print_papers", Building)
def shelf_signs(request: HttpRequest, building: Building) -> HttpResponse:
    """The codes of the storage places, for their shelves."""
    drawn = signs.draw(signs.shelf_signs(building), building=building, title=_("Signs for shelves"))
    return paper.answer(drawn, filename="signs-shelves.pdf")


@require_safe
@needs("rooms.print_papers", Building)
def place_list(request: HttpRequest, building: Building) -> HttpResponse:
    """Which box stands where, to count by."""
    return paper.answer(places.draw(places.PlaceList.of(building)), filename="place-list.pdf")
