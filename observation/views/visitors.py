"""The visitor log: who is inside now, who came on a day, and the lines of a sheet typed back from paper."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import tables_out
from core.access import may, needs
from core.templatetags.ui import moment
from core.text import day_words, in_two
from inventory.views.acts import carry_out
from observation import letting_in
from observation.ending import today
from observation.forms.visitors import VisitForm
from observation.models import FormKind, PaperForm, Visit
from observation.rounds import zone_of
from people.acting import acting
from rooms.models import Building

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROW = (
    "pk",
    "name",
    "organisation",
    "phone",
    "purpose",
    "area__name",
    "area__name_en",
    "temperature",
    "came_at",
    "left_at",
    "form_id",
    "entered_by__first_name",
    "entered_by__username",
)


@require_safe
@needs("rooms.view_occupants", Building)
def visitors(request: HttpRequest, building: Building) -> HttpResponse:
    """Who is inside now, the form of the gate, and everybody who came on the day."""
    return _page(request, building)


def _page(
    request: HttpRequest, building: Building, *, form: VisitForm | None = None, status: int = 200
) -> HttpResponse:
    day, paper_form = _day(request, building), _form(request, building)
    inside = Visit.objects.in_building(building).inside().order_by("came_at", "pk")
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    context = {
        "building": building,
        "day": day,
        "day_words": day_words(day),
        "before": before,
        "after": after if after <= today(building) else None,
        "paper": paper_form,
        "inside": [_shown(row) for row in inside.values(*ROW)],
        "rows": [_shown(row) for row in came_on(building, day).values(*ROW)],
        "may_write": may(request.user, "write_log", building),
        "may_export": may(request.user, "export_lists", building),
        "form": form
        or VisitForm(
            building=building,
            initial={"form": paper_form, "came_at": datetime.combine(day, time(12)) if paper_form else None},
        ),
    }
    return render(request, "observation/visitors/visitors.html", context, status=status)


def _day(request: HttpRequest, building: Building) -> date:
    """The day asked for; today when none is."""
    try:
        return parse_date(request.GET.get("day", "")) or today(building)
    except ValueError:
        return today(building)


def _form(request: HttpRequest, building: Building) -> PaperForm | None:
    """The sheet that is typed back, when the address names one of this building."""
    asked = request.GET.get("form", "")
    if not (asked.isascii() and asked.isdecimal()):
        return None
    sheets = PaperForm.objects.in_building(building).filter(kind=FormKind.VISITORS)
    return sheets.filter(pk=int(asked[:18])).first()


def came_on(building: Building, day: date) -> QuerySet[Visit]:
    """The visits that began on a day of the building, the newest first."""
    zone = zone_of(building)
    starts, ends = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    return Visit.objects.in_building(building).filter(came_at__gte=starts, came_at__lt=ends).order_by("-came_at", "-pk")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    area = in_two(row["area__name"] or "", row["area__name_en"] or "")
    return {
        "pk": row["pk"],
        "name": row["name"],
        "organisation": row["organisation"] or "—",
        "purpose": row["purpose"],
        "area": area or _("the gate only"),
        "temperature": "—" if row["temperature"] is None else row["temperature"],
        "came": moment(row["came_at"]),
        "left": moment(row["left_at"]) if row["left_at"] else _("inside"),
        "paper": _("from paper") if row["form_id"] else "",
    }


@require_POST
@needs("rooms.write_log", Building)
def let_in(request: HttpRequest, building: Building) -> HttpResponse:
    """A visitor came in, or a line of the sheet is typed back."""
    form = VisitForm(request.POST, building=building)

    def act() -> None:
        visit = letting_in.let_in(building, by=acting(request), **form.cleaned_data)
        messages.success(request, _("%(name)s stands in the log.") % {"name": visit.name})

    return carry_out(
        request,
        form,
        act,
        then=lambda: _back(request, building),
        again=lambda s: _page(request, building, form=form, status=s),
    )


def _back(request: HttpRequest, building: Building) -> str:
    kept = {name: request.GET[name] for name in ("day", "form") if request.GET.get(name)}
    return f"{reverse('visitors', args=[building.pk])}{'?' + urlencode(kept) if kept else ''}"


@require_POST
@needs("rooms.write_log", Visit)
def visitor_left(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The visitor has left, in one tap."""
    letting_in.see_off(visit, by=acting(request))
    messages.success(request, _("%(name)s has left.") % {"name": visit.name})
    return redirect("visitors", visit.building_id)


@require_safe
@needs("rooms.export_lists", Building)
def export_visitors(request: HttpRequest, building: Building, form: str) -> HttpResponse:
    """The whole log as .xlsx or .csv; cells that look like formulas stay text."""
    if form not in {"xlsx", "csv"} or not may(request.user, "view_occupants", building):
        raise Http404
    headings = [
        _("Came at"),
        _("Left at"),
        _("Name"),
        _("From which office or firm"),
        _("Phone"),
        _("What for"),
        _("Area"),
        _("temperature, °C"),
        _("By"),
    ]
    rows: list[list[Any]] = [
        [
            row["came_at"],
            row["left_at"],
            row["name"],
            row["organisation"],
            row["phone"],
            row["purpose"],
            in_two(row["area__name"] or "", row["area__name_en"] or ""),
            row["temperature"],
            row["entered_by__first_name"] or row["entered_by__username"],
        ]
        for row in Visit.objects.in_building(building).order_by("came_at", "pk").values(*ROW)
    ]
    title = f"{building.name} {timezone.localtime():%Y-%m-%d %H:%M}"
    content = tables_out.csv(headings, rows) if form == "csv" else tables_out.xlsx(headings, rows, title=title)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8" if form == "csv" else SPREADSHEET,
        headers={"Content-Disposition": f'attachment; filename="visitors.{form}"', "Cache-Control": "no-store"},
    )
