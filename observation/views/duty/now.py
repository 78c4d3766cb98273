"""Who is in charge, now and at any moment; the papers of the roster; the calendars."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import paper
from core.access import may, needs
from observation.duty.grid import hours_words, shown_month
from observation.duty.responsible import responsible_at
from observation.ending import today
from observation.forms.duty import AtForm, in_zone
from observation.papers import area_list as area_papers
from observation.papers import duty_roster as roster_papers
from observation.views.duty.tabs import tabs_of
from rooms.models import Building


def _moment(request: HttpRequest, building: Building) -> tuple[AtForm, datetime]:
    form = AtForm(request.GET if "at" in request.GET else None)
    asked = in_zone(form.cleaned_data["at"], building) if form.is_bound and form.is_valid() else None
    return form, asked or timezone.now()


@require_safe
@needs("rooms.view_building", Building)
def duty_now(request: HttpRequest, building: Building) -> HttpResponse:
    """Every post with its holder at a moment; phone numbers for those who may see contact points."""
    form, at = _moment(request, building)
    phones, zone = may(request.user, "view_contacts", building), ZoneInfo(building.time_zone)
    rows: list[dict[str, Any]] = [
        {
            "post": one.held.post.shown_name,
            "leads": one.held.post.leads,
            "area": one.held.post.area.shown_name if one.held.post.area else "",
            "name": one.name,
            "wanted": one.wanted,
            "phone": one.phone,
            "when": hours_words(one.held.duty.starts_at, one.held.duty.ends_at, zone) if one.held.duty else "",
            "url": f"/shifts/{one.held.duty.shift_id}/posts/{one.held.post.pk}/" if one.held.duty else "",
        }
        for one in responsible_at(building, at, phones=phones)
    ]
    context = {
        "building": building,
        "tabs": tabs_of(request, building),
        "form": form,
        "at": at,
        "asked": "at" in request.GET and form.is_valid(),
        "rows": rows,
        "phones": phones,
        "query": request.GET.urlencode(),
        "may_print": may(request.user, "print_papers", building),
    }
    return render(request, "observation/duty/now.html", context, status=422 if form.is_bound and form.errors else 200)


@require_safe
@needs("rooms.print_papers", Building)
def area_list_paper(request: HttpRequest, building: Building) -> HttpResponse:
    """The area responsibility list of a moment as a PDF; numbers only for those who may see them."""
    _form, at = _moment(request, building)
    phones = may(request.user, "view_contacts", building)
    drawn = area_papers.draw(area_papers.AreaList.of(building, at, phones=phones))
    return paper.answer(drawn, filename=f"responsible-{timezone.localtime(at):%Y-%m-%d-%H%M}.pdf")


@require_safe
@needs("rooms.print_papers", Building)
def duty_roster_paper(request: HttpRequest, building: Building) -> HttpResponse:
    """The roster of a month as a PDF."""
    month = shown_month(request.GET.get("month", ""), today(building))
    drawn = roster_papers.draw(roster_papers.DutyRoster.of(building, month))
    return paper.answer(drawn, filename=f"duty-{month}.pdf")
