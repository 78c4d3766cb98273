"""Lists as workbooks and CSV, with the same rows and filters as the page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import tables_out
from core.access import needs
from inventory.models import ConditionCode, Handling
from inventory.standing import CONSENT_LABELS, standing_of
from inventory.views.board import chosen_rooms, chosen_students
from inventory.views.listing import chosen_boxes, chosen_items
from rooms.models import Building

Rows = tuple[list[str], list[list[Any]]]


def _students(building: Building, asked: Any) -> Rows:
    headings = [
        _("Room"),
        _("Bed"),
        _("Name"),
        _("Name in passport"),
        _("Student number"),
        _("Language"),
        _("Responsible teacher"),
        _("Consent"),
        _("Stage"),
        _("Boxes"),
        _("Open objections"),
        _("What blocks"),
    ]
    rows = []
    for one in chosen_students(standing_of(building).students, asked):
        person, bed = one.student.person, one.student.bed
        rows.append(
            [
                bed.room.number if bed else "",
                bed.number if bed else "",
                person.name,
                person.passport_name,
                one.student.student_number,
                person.language,
                person.responsible.name if person.responsible else "",
                str(CONSENT_LABELS[one.consent]),
                str(one.stage_label),
                one.total_boxes,
                one.open_objections,
                "; ".join(blocker.text for blocker in one.blockers),
            ]
        )
    return headings, rows


def _rooms(building: Building, asked: Any) -> Rows:
    headings = [_("Room"), _("Floor"), _("State"), _("Residents"), _("Boxes"), _("What blocks")]
    rows: list[list[Any]] = [
        [
            one.room.number,
            one.room.floor,
            one.room.get_state_display(),
            ", ".join(resident.student.person.name for resident in one.residents),
            one.total_boxes,
            "; ".join(blocker.text for blocker in one.blockers),
        ]
        for one in chosen_rooms(standing_of(building).rooms, asked)
    ]
    return headings, rows


def _boxes(building: Building, asked: Any) -> Rows:
    headings = [_("Code"), _("Room"), _("Student"), _("State"), _("Place"), _("Items")]
    rows: list[list[Any]] = [
        [
            box.code_id,
            box.room.number,
            box.student.person.name if box.student else _("shared or unclear"),
            box.get_state_display(),
            box.place.name if box.place else "",
            box.item_count,  # type: ignore[attr-defined]
        ]
        for box in chosen_boxes(building, asked).order_by("pk")
    ]
    return headings, rows


def _items(building: Building, asked: Any) -> Rows:
    headings = [
        _("Box"),
        _("Room"),
        _("Owner"),
        _("Description"),
        _("Category"),
        _("Quantity"),
        _("Condition"),
        _("Handling"),
        _("Place"),
    ]
    rows: list[list[Any]] = [
        [
            item.box.code_id,
            item.box.room.number,
            item.owner.person.name if item.owner else item.get_ownership_display(),
            item.description,
            item.get_category_display(),
            item.quantity,
            "; ".join(f"{ConditionCode(mark['code']).label}: {mark['place']}" for mark in item.condition),
            "; ".join(str(Handling(flag).label) for flag in item.handling),
            item.box.place.name if item.box.place else item.box.get_state_display(),
        ]
        for item in chosen_items(building, asked)
        .select_related("box__room", "box__place", "owner__person")
        .order_by("pk")
    ]
    return headings, rows


LISTS: dict[str, Callable[[Building, Any], Rows]] = {
    "students": _students,
    "rooms": _rooms,
    "boxes": _boxes,
    "items": _items,
}


@require_safe
@needs("rooms.export_lists", Building)
def export(request: HttpRequest, building: Building, listing: str, form: str) -> HttpResponse:
    """One list as .xlsx or .csv; cells that look like formulas stay text."""
    if listing not in LISTS:
        raise Http404
    headings, rows = LISTS[listing](building, request.GET)
    if form == "csv":
        return _file(tables_out.csv(headings, rows), "text/csv; charset=utf-8", f"{listing}.csv")
    workbook = tables_out.xlsx(headings, rows, title=_title(building, timezone.localtime()))
    return _file(workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", f"{listing}.xlsx")


def _title(building: Building, now: datetime) -> str:
    return f"{building.name} {now:%Y-%m-%d %H:%M}"


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
