"""What the roster is made of: patterns, posts and who may hold them, areas, rules."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.access import needs
from inventory.views.acts import carry_out
from observation.duty import setting_up
from observation.forms.duty import AreaForm, PatternForm, PostForm, RulesForm
from observation.models import DutyRules, Post, ShiftPattern
from observation.views.duty.tabs import tabs_of
from people.acting import acting
from rooms.models import Area, Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("rooms.keep_roster", Building)
def duty_setup(request: HttpRequest, building: Building) -> HttpResponse:
    """All of it on one page."""
    able = Count("eligibilities", filter=Q(eligibilities__withdrawn_at__isnull=True))
    context = {
        "building": building,
        "tabs": tabs_of(request, building),
        "patterns": ShiftPattern.objects.in_building(building).order_by("retired_at", "starts", "pk"),
        "posts": Post.objects.in_building(building)
        .select_related("area")
        .annotate(able=able)
        .order_by("retired_at", "position", "pk"),
        "areas": Area.objects.in_building(building).select_related("room"),
        "rules": DutyRules.of(building),
    }
    return render(request, "observation/duty/setup.html", context)


def _page(
    request: HttpRequest, building: Building, form: forms.Form, title: str, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    def again(status: int) -> HttpResponse:
        context = {"building": building, "form": form, "heading": title}
        return render(request, "observation/duty/setup_form.html", context, status=status)

    def do() -> None:
        act(form.cleaned_data)
        messages.success(request, _("Saved."))

    if request.method != "POST":
        return again(200)
    return carry_out(request, form, do, then=lambda: reverse("duty_setup", args=[building.pk]), again=again)


@FORM_PAGES
@needs("rooms.keep_roster", Building)
def new_pattern(request: HttpRequest, building: Building) -> HttpResponse:
    """A shift of every day."""
    form = PatternForm(request.POST or None)
    return _page(
        request,
        building,
        form,
        _("New shift pattern"),
        lambda said: setting_up.set_pattern(building, None, by=acting(request), **said),
    )


@FORM_PAGES
@needs("rooms.keep_roster", ShiftPattern)
def edit_pattern(request: HttpRequest, pattern: ShiftPattern) -> HttpResponse:
    """Change it, or use it no longer."""
    form = PatternForm(request.POST) if request.method == "POST" else PatternForm.like(pattern)
    return _page(
        request,
        pattern.building,
        form,
        pattern.shown_name,
        lambda said: setting_up.set_pattern(pattern.building, pattern, by=acting(request), **said),
    )


@FORM_PAGES
@needs("rooms.keep_roster", Building)
def new_post(request: HttpRequest, building: Building) -> HttpResponse:
    """A post and who may hold it."""
    form = PostForm(request.POST or None, building=building)
    return _page(
        request,
        building,
        form,
        _("New post"),
        lambda said: setting_up.set_post(building, None, by=acting(request), **said),
    )


@FORM_PAGES
@needs("rooms.keep_roster", Post)
def edit_post(request: HttpRequest, post: Post) -> HttpResponse:
    """Change it, say who may hold it, or use it no longer."""
    form = PostForm(request.POST or None, building=post.building, post=post)
    return _page(
        request,
        post.building,
        form,
        post.shown_name,
        lambda said: setting_up.set_post(post.building, post, by=acting(request), **said),
    )


@FORM_PAGES
@needs("rooms.keep_roster", Building)
def new_area(request: HttpRequest, building: Building) -> HttpResponse:
    """An area of responsibility."""
    form = AreaForm(request.POST or None, building=building)
    return _page(
        request,
        building,
        form,
        _("New area"),
        lambda said: setting_up.set_area(building, None, by=acting(request), **said),
    )


@FORM_PAGES
@needs("rooms.keep_roster", Area)
def edit_area(request: HttpRequest, area: Area) -> HttpResponse:
    """Change it."""
    form = AreaForm(request.POST or None, building=area.building, area=area)
    return _page(
        request,
        area.building,
        form,
        area.shown_name,
        lambda said: setting_up.set_area(area.building, area, by=acting(request), **said),
    )


@FORM_PAGES
@needs("rooms.keep_roster", Building)
def duty_rules(request: HttpRequest, building: Building) -> HttpResponse:
    """Rest, hours a week, minutes to answer a handover."""
    form = RulesForm(request.POST) if request.method == "POST" else RulesForm.like(DutyRules.of(building))
    return _page(
        request,
        building,
        form,
        _("Rules of the roster"),
        lambda said: setting_up.set_rules(building, by=acting(request), **said),
    )
