"""The month's roster: what stands empty first, my own duties, today, the grid; the draft by rule, and the exports."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core import tables_out
from core.access import may, needs
from core.text import day_words, listed
from observation.duty import forecasting, importing, rostering
from observation.duty.choosing import MARKS
from observation.duty.fairness import Share, shares, spread
from observation.duty.grid import Cell, Grid, Line, fairness_rows, hours_words, served, short_day, shown_month
from observation.duty.holding import leading
from observation.duty.months import Month
from observation.ending import today
from observation.models import Duty
from observation.views.duty.tabs import tabs_of
from people.acting import acting
from people.models import Person
from rooms.models import Building
from rooms.views.importing import Import, import_pages

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Gaps are told one by one so far; more of them are a roster that is not drawn.
TOLD = 8


@require_safe
@needs("rooms.view_building", Building)
def duty_roster(request: HttpRequest, building: Building) -> HttpResponse:
    """The month as a grid, and a day at a time on a phone; gaps and clashes of the next two weeks stand first."""
    now, zone = timezone.now(), ZoneInfo(building.time_zone)
    this_day = today(building, now)
    month = shown_month(request.GET.get("month", ""), this_day)
    day = _day(request.GET.get("day", ""), this_day, month)
    soon = now + timedelta(days=forecasting.DAYS)
    shown_until = datetime.combine(month.last + timedelta(days=2), time(), zone)
    every_clash = forecasting.clashes_between(building, now, max(soon, shown_until))
    clashes = [clash for clash in every_clash if clash.duty.starts_at < soon]
    grid = Grid.of(building, month.first, month.last, clashes=every_clash)
    gaps = forecasting.gaps_between(building, now, soon)
    keeps = may(request.user, "keep_roster", building)
    context = {
        "building": building,
        "tabs": tabs_of(request, building),
        "month": month,
        "posts": grid.posts,
        "lines": [_line(line, cell_url=_cell_url) for line in grid.lines],
        "day": day,
        "day_words": day_words(day),
        "day_lines": [_day_line(line, zone) for line in grid.of_day(day, also_now=day == this_day)],
        "days": {"before": day - timedelta(days=1), "after": day + timedelta(days=1), "today": this_day},
        "gaps": [_gap(gap, zone) for gap in gaps[:TOLD]],
        "more_gaps": max(0, len(gaps) - TOLD),
        "gap_count": sum(len(gap.gaps) for gap in gaps),
        "clashes": [
            {
                "name": clash.person.name,
                "post": clash.duty.post.shown_name,
                "when": hours_words(clash.duty.starts_at, clash.duty.ends_at, zone),
                "why": MARKS[clash.against],
                "url": _cell_url(clash.duty.shift_id, clash.duty.post_id),
            }
            for clash in clashes
        ],
        "lead": leading(building, now),
        "mine": _mine(acting(request).person, building, zone),
        "fairness": fairness_rows(grid.shares),
        "spread": spread(grid.shares.values()),
        "keeps": keeps,
        "may_print": may(request.user, "print_papers", building),
        "may_export": may(request.user, "export_lists", building),
        "may_import": keeps,
    }
    return render(request, "observation/duty/roster.html", context)


def _day(text: str, this_day: date, month: Month) -> date:
    """The day asked for, else today, within the month."""
    try:
        asked = date.fromisoformat(text) if text.isascii() else this_day
    except ValueError:
        asked = this_day
    return min(max(asked, month.first), month.last)


def _cell_url(shift: int, post: int) -> str:
    """The page of a post in a shift; put together without asking the URLconf six hundred times."""
    return f"/shifts/{shift}/posts/{post}/"


def _names(cell: Cell) -> str:
    return (
        "、".join(cell.names) if any("\u3400" <= c <= "\u9fff" for c in "".join(cell.names)) else ", ".join(cell.names)
    )


def _line(line: Line, *, cell_url: Any) -> dict[str, Any]:
    """A row of the grid; a cell without anything to say stays empty."""
    cells = [_cell(line, cell, cell_url) for cell in line.cells]
    return {
        "day": short_day(line.day),
        "name": line.name,
        "over": line.over,
        "now": line.under_way,
        "made": line.shift is not None,
        "bad": not line.over and (line.without_lead or any(cell.clashes for cell in line.cells)),
        "cells": format_html_join("", "{}", ((cell,) for cell in cells)),
    }


def _cell(line: Line, cell: Cell, cell_url: Any) -> SafeString:
    if not cell.wanted:
        return SafeString('<td class="duty-off">·</td>')
    names = _names(cell)
    gap = cell.empty and not line.over
    kind = "duty-gap" if gap else "duty-clash" if cell.clashes else ""
    words = names or ("—" if line.over else _("vacant"))
    if names and gap:
        words = f"{names} + {_('vacant')}"
    mark = f' class="{kind}"' if kind else ""
    if line.shift is None or cell_url is None:
        return format_html("<td{}>{}</td>", SafeString(mark), cell.drafted or words)
    return format_html('<td{}><a href="{}">{}</a></td>', SafeString(mark), cell_url(line.shift.pk, cell.post.pk), words)


def _day_line(line: Line, zone: ZoneInfo) -> dict[str, Any]:
    """A shift of one day with its posts below each other."""
    return {
        "name": line.name,
        "hours": hours_words(line.starts, line.ends, zone),
        "made": line.shift is not None,
        "now": line.under_way,
        "cells": [
            {
                "post": cell.post.shown_name,
                "leads": cell.post.leads,
                "names": _names(cell),
                "gap": cell.empty and not line.over,
                "clash": bool(cell.clashes),
                "url": _cell_url(line.shift.pk, cell.post.pk) if line.shift else "",
            }
            for cell in line.cells
            if cell.wanted
        ],
    }


def _gap(gap: forecasting.GapsOfShift, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "when": hours_words(gap.starts, gap.ends, zone),
        "made": gap.shift is not None,
        "lead": gap.without_lead,
        "posts": [(one.post.shown_name, _cell_url(gap.shift.pk, one.post.pk) if gap.shift else "") for one in gap.gaps],
    }


def _mine(person: Person | None, building: Building, zone: ZoneInfo) -> list[dict[str, Any]]:
    """My next duties here."""
    if person is None:
        return []
    now = timezone.now()
    rows = (
        Duty.objects.in_building(building)
        .filter(person=person, ends_at__gt=now)
        .select_related("post", "shift__pattern")
        .order_by("starts_at")[:5]
    )
    return [
        {
            "post": duty.post.shown_name,
            "when": hours_words(duty.starts_at, duty.ends_at, zone),
            "now": duty.starts_at <= now,
            "url": _cell_url(duty.shift_id, duty.post_id),
        }
        for duty in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.keep_roster", Building)
def duty_draw(request: HttpRequest, building: Building) -> HttpResponse:
    """The month as the rules would draw it now: looked at first, written in one tap."""
    given = request.POST if request.method == "POST" else request.GET
    month = shown_month(given.get("month", ""), today(building))
    if request.method == "POST":
        found = rostering.write(building, month, mark=given.get("mark", "")[:64], by=acting(request))
        said = ngettext("%(n)d duty is written.", "%(n)d duties are written.", len(found.drawing.assigned))
        messages.success(request, said % {"n": len(found.drawing.assigned)})
        return redirect(f"{reverse('duty_roster', args=[building.pk])}?month={month}")
    return render(request, "observation/duty/draw.html", _draft(request, building, month))


def _draft(request: HttpRequest, building: Building, month: Month) -> dict[str, Any]:
    """The grid with the drafted names in it, what cannot be filled and why, and how even it is."""
    draft = rostering.draft(building, month)
    zone = ZoneInfo(building.time_zone)
    people = Person.objects.in_bulk({one.person for one in draft.drawing.assigned})
    grid = Grid.of(building, month.first, month.last)
    starts = {shift.pk: shift.starts_at for shift in draft.shifts}
    given = {(starts[one.need.shift], one.need.post): people[one.person].name for one in draft.drawing.assigned}
    for line in grid.lines:
        for cell in line.cells:
            cell.drafted = given.get((line.starts, cell.post.pk), "")
    names = {post.pk: post for post in grid.posts}
    found = _drafted_shares(grid, draft, rostering.may_hold(building))
    return {
        "building": building,
        "tabs": tabs_of(request, building),
        "month": month,
        "posts": grid.posts,
        "lines": [_draft_line(line) for line in grid.lines if not line.over],
        "new_duties": len(draft.drawing.assigned),
        "new_shifts": draft.new_shifts,
        "mark": draft.mark,
        "unfilled": [
            {
                "when": hours_words(one.need.starts, one.need.ends, zone),
                "post": names[one.need.post].shown_name,
                "lead": names[one.need.post].leads,
                "why": why_words(one),
            }
            for one in draft.drawing.unfilled
        ],
        "fairness": fairness_rows(found),
        "spread": spread(found.values()),
        "has_posts": bool(grid.posts),
    }


def why_words(unfilled: Any) -> str:
    """Why nobody can have it: how many speak what against."""
    if not unfilled.why:
        return _("nobody may hold it")
    return listed(f"{MARKS[against]} {n}" for against, n in unfilled.why.items())


def _draft_line(line: Line) -> dict[str, Any]:
    def cell(one: Cell) -> SafeString:
        if not one.wanted:
            return SafeString('<td class="duty-off">·</td>')
        if one.drafted:
            return format_html("<td><ins>{}</ins></td>", listed([*one.names, one.drafted]))
        return format_html('<td class="{}">{}</td>', "duty-gap" if one.empty else "", _names(one) or _("vacant"))

    cells = format_html_join("", "{}", ((cell(one),) for one in line.cells))
    return {"day": short_day(line.day), "name": line.name, "cells": cells}


def _drafted_shares(grid: Grid, draft: rostering.Draft, able: dict[int, set[int]]) -> dict[int, Share]:
    """What everybody who may hold anything would serve in the month."""
    shown = {line.shift.pk for line in grid.lines if line.shift}
    rows = served(duty for duty in grid.duties if duty.shift_id in shown)
    by_pk = {shift.pk: shift for shift in draft.shifts}
    for one in draft.drawing.assigned:
        shift = by_pk[one.need.shift]
        rows += served([Duty(shift=shift, person_id=one.person, starts_at=one.need.starts, ends_at=one.need.ends)])
    return shares(rows, {person for people in able.values() for person in people})


@require_safe
@needs("rooms.export_lists", Building)
def export_duty(request: HttpRequest, building: Building, form: str) -> HttpResponse:
    """The month as .xlsx or .csv, a row for each shift and a column for each post; it can be imported again."""
    if form not in {"xlsx", "csv"}:
        raise Http404
    month = shown_month(request.GET.get("month", ""), today(building))
    grid = Grid.of(building, month.first, month.last)
    headings = [_("Date"), _("Shift"), _("From"), _("Until"), *(post.shown_name for post in grid.posts)]
    rows = [
        [
            line.day,
            line.name,
            line.starts,
            line.ends,
            *(listed(cell.names) if cell.wanted else None for cell in line.cells),
        ]
        for line in grid.lines
    ]
    title = f"{building.name} {month}"
    content = tables_out.csv(headings, rows) if form == "csv" else tables_out.xlsx(headings, rows, title=title)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8" if form == "csv" else SPREADSHEET,
        headers={
            "Content-Disposition": f'attachment; filename="duty-{month}.{form}"',
            "Cache-Control": "no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.keep_roster", Building)
def import_duty(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Last month's roster from the office's workbook."""
    what = Import(
        "duty",
        {"duty": _("duty roster")},
        importing.preview_duty,
        importing.import_duty,
        then="duty_roster",
        template="observation/duty/importing.html",
    )
    return import_pages(request, building, what)
