"""The desk's grid of a day, typed from paper fast, and the sheet that goes round on paper."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import paper
from core.access import needs
from core.text import day_words
from observation import day_grid, shorthand
from observation.ending import today
from observation.forms.day_grid import GridForm
from observation.papers.forms import draw_round
from observation.papers.round_sheet import RoundSheet
from people.acting import acting
from rooms.models import Building

MOST_TYPED = 40
FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@FORM_PAGES
@needs("rooms.check_health", Building)
def check_grid(request: HttpRequest, building: Building) -> HttpResponseBase:
    """A day's persons × slots: good cells are kept, each bad one is said beside its cell."""
    days = {"first": day_grid.first_day(building), "last": today(building)}
    asked = _day(request, **days)
    form = GridForm(request.POST or None, initial={"day": asked}, **days)
    typed = {name: str(text)[:MOST_TYPED] for name, text in request.POST.items() if name.startswith(("t-", "a-"))}
    if request.method != "POST" or not form.is_valid():
        return _page(request, building, form, asked, typed=typed, status=422 if form.is_bound else 200)
    day = form.cleaned_data["day"]
    faults = day_grid.enter(building, typed=typed, by=acting(request), **form.cleaned_data)
    if faults:
        again = GridForm(initial={"day": day}, **days)
        not_kept = {name: typed[name] for name in faults}
        return _page(request, building, again, day, typed=not_kept, faults=faults, status=422)
    messages.success(request, _("All that was typed is kept."))
    return redirect(f"{reverse('check_grid', args=[building.pk])}?day={day.isoformat()}{_kept(request)}")


@require_safe
@needs("rooms.check_health", Building)
def round_sheet(request: HttpRequest, building: Building) -> HttpResponse:
    """The sheet of a day to be looked at; printed with its codes, it is a form (`print_forms`)."""
    day = _day(request, first=day_grid.first_day(building), last=today(building))
    drawn = draw_round(RoundSheet.of(building, day))
    return paper.answer(drawn, filename=f"round-{day.isoformat()}.pdf")


def _day(request: HttpRequest, *, first: date, last: date) -> date:
    """The day asked for, today when none is or it lies outside the days on which somebody was here."""
    form = GridForm(request.GET, first=first, last=last)
    form.full_clean()
    day: date = form.cleaned_data.get("day") or last
    return day


def _kept(request: HttpRequest) -> str:
    """What the page goes on with: the floor shown alone, and the paper that is typed."""
    kept = {name: request.GET[name] for name in ("floor", "form") if request.GET.get(name, "").isdecimal()}
    return f"&{urlencode(kept)}" if kept else ""


def _page(
    request: HttpRequest, building: Building, form: GridForm, day: date, *, status: int = 200, **given: Any
) -> HttpResponse:
    columns = day_grid.columns_of(building, day, **given)
    floor = request.GET.get("floor", "")
    if floor.lstrip("-").isdecimal():
        columns = [column.of_floor(int(floor)) for column in columns]
    protocols = list({column.slot.protocol.pk: column.slot.protocol for column in columns}.values())
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    context = {
        "building": building,
        "form": form,
        "day": day,
        "day_words": day_words(day),
        "floor": floor,
        "keeps": _kept(request),
        "columns": columns,
        "open": sum(column.open for column in columns),
        "faults": len(given.get("faults", ())),
        "wrong": [cell for column in columns for cell in column.cells if cell.fault],
        "protocols": protocols,
        "legend": shorthand.legend(protocols),
        "reasons": shorthand.reasons(),
        "before": before if before >= form.first else None,
        "after": after if after <= form.last else None,
    }
    return render(request, "observation/rounds/grid.html", context, status=status)
