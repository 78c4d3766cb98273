"""The waste log: what left which room, when and to whom, with totals by day and kind."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import tables_out
from core.access import may, needs
from core.templatetags.ui import moment
from core.text import day_words
from inventory.views.acts import carry_out
from inventory.views.listing import page_of
from observation import collecting_waste
from observation.ending import today
from observation.forms.waste import WasteForm
from people.acting import acting
from rooms.models import Building, WasteCollection, WasteKind

# The totals are of so many days.
DAYS = 14
ROW = ("pk", "at", "kind", "bags", "kilograms", "tag", "handed_to", "room__number", "by__first_name", "by__username")
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@needs("rooms.view_occupants", Building)
def waste(request: HttpRequest, building: Building) -> HttpResponse:
    """The quick form, the totals of the last days, and every collection, newest first."""
    return _page(request, building)


def _page(
    request: HttpRequest, building: Building, *, form: WasteForm | None = None, status: int = 200
) -> HttpResponse:
    kind = request.GET.get("kind", "")
    page = page_of(chosen(building, request.GET).values(*ROW), request)
    totals = _totals(building)
    context = {
        "building": building,
        "page": page,
        "rows": [_shown(row) for row in page.rows],
        "kinds": WasteKind.choices,
        "chips": [
            {"label": _("all"), "url": "?", "current": not kind},
            *(
                {"label": label, "url": f"?{urlencode({'kind': key})}", "current": key == kind}
                for key, label in WasteKind.choices
            ),
        ],
        "totals": totals,
        "today": next((kinds for day, kinds in totals if day == day_words(today(building))), []),
        "form": (form or WasteForm(building=building)) if may(request.user, "disinfect_room", building) else None,
        "may_export": may(request.user, "export_lists", building),
        "query": urlencode({"kind": kind} if kind else {}),
    }
    return render(request, "observation/waste/waste.html", context, status=status)


def chosen(building: Building, asked: Any) -> Any:
    """The building's collections that the filter in `asked` chooses."""
    rows = WasteCollection.objects.in_building(building)
    return rows.filter(kind=asked["kind"]) if asked.get("kind") in WasteKind.values else rows


def _totals(building: Building) -> list[tuple[str, list[dict[str, Any]]]]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = WasteCollection.objects.in_building(building).filter(at__gte=since)
    found = collecting_waste.totals(
        (today(building, at), kind, bags, kilograms)
        for at, kind, bags, kilograms in rows.values_list("at", "kind", "bags", "kilograms")
    )
    return [
        (
            day_words(day),
            [
                {
                    "label": WasteKind(kind).label,
                    "bags": total.bags,
                    "kilograms": total.kilograms if total.weighed else None,
                    "unweighed": total.bags - total.weighed if total.weighed else 0,
                }
                for kind, total in kinds.items()
            ],
        )
        for day, kinds in found.items()
    ]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": moment(row["at"]),
        "kind": WasteKind(row["kind"]).label,
        "room": row["room__number"] or _("the whole building"),
        "bags": row["bags"],
        "kilograms": "—" if row["kilograms"] is None else row["kilograms"],
        "tag": row["tag"] or "—",
        "handed_to": row["handed_to"] or "—",
        "by": row["by__first_name"] or row["by__username"],
    }


@require_POST
@needs("rooms.disinfect_room", Building)
def log_waste(request: HttpRequest, building: Building) -> HttpResponse:
    """Log one collection."""
    form = WasteForm(request.POST, building=building)
    return carry_out(
        request,
        form,
        lambda: collecting_waste.collect(building, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("waste", args=[building.pk]),
        again=lambda status: _page(request, building, form=form, status=status),
    )


@require_safe
@needs("rooms.export_lists", Building)
def export_waste(request: HttpRequest, building: Building, form: str) -> HttpResponse:
    """The log as .xlsx or .csv; cells that look like formulas stay text."""
    if form not in {"xlsx", "csv"}:
        raise Http404
    headings = [
        _("When"),
        _("Kind"),
        _("Room"),
        _("Bags"),
        _("Weight, kg"),
        _("Tag number"),
        _("Handed to"),
        _("By"),
    ]
    rows: list[list[Any]] = [
        [
            row["at"],
            WasteKind(row["kind"]).label,
            row["room__number"] or "",
            row["bags"],
            row["kilograms"],
            row["tag"],
            row["handed_to"],
            row["by__first_name"] or row["by__username"],
        ]
        for row in chosen(building, request.GET).order_by("pk").values(*ROW)
    ]
    title = f"{building.name} {timezone.localtime():%Y-%m-%d %H:%M}"
    content = tables_out.csv(headings, rows) if form == "csv" else tables_out.xlsx(headings, rows, title=title)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8" if form == "csv" else SPREADSHEET,
        headers={"Content-Disposition": f'attachment; filename="waste.{form}"', "Cache-Control": "no-store"},
    )
