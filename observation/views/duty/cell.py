"""One post in one shift: who holds it, changed by hand, taken over, held on; and everything that became of it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import may, needs
from core.text import day_words
from core.timeline import Entry, timeline_of
from inventory.views.acts import carry_out
from observation.duty import changing
from observation.duty.choosing import candidates
from observation.duty.grid import hours_words
from observation.forms.duty import CellForm, StayOnForm, TakeOverForm, in_zone
from observation.models import Duty, DutyChange, Post, Shift
from people.acting import acting
from rooms.models import Building

LATELY = timedelta(hours=4)


def _post_of(shift: Shift, pk: int) -> Post:
    found = Post.objects.filter(building=shift.building_id, pk=pk).select_related("area", "building").first()
    if found is None:
        raise Http404
    return found


@require_safe
@needs("rooms.view_building", Shift)
def duty_cell(request: HttpRequest, shift: Shift, post_pk: int) -> HttpResponse:
    """Who holds the post in this shift, what became of it, and what can be done about it."""
    return _page(request, shift, _post_of(shift, post_pk))


@require_POST
@needs("rooms.keep_roster", Shift)
def change_duty(request: HttpRequest, shift: Shift, post_pk: int) -> HttpResponse:
    """Put somebody, or nobody, down for the post."""
    post = _post_of(shift, post_pk)
    form = CellForm(request.POST, candidates=candidates(shift, post))

    def act() -> None:
        changing.change_by_hand(shift, post, by=acting(request), **form.cleaned_data)
        messages.success(request, _("The roster is changed."))

    return carry_out(
        request,
        form,
        act,
        then=lambda: reverse("duty_cell", args=[shift.pk, post.pk]),
        again=lambda status: _page(request, shift, post, form=form, status=status),
    )


def _page(
    request: HttpRequest,
    shift: Shift,
    post: Post,
    *,
    form: CellForm | None = None,
    over_form: TakeOverForm | None = None,
    stay_form: StayOnForm | None = None,
    staying: Duty | None = None,
    status: int = 200,
) -> HttpResponse:
    building, now, user = shift.building, timezone.now(), acting(request)
    zone = ZoneInfo(building.time_zone)
    rows = list(
        Duty.objects.filter(post=post, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at)
        .select_related("person", "shift__pattern", "post")
        .order_by("starts_at")
    )
    current = next((row for row in rows if row.starts_at <= now < row.ends_at), None)
    keeps, swaps = may(user, "keep_roster", building), may(user, "swap_duty", building)
    over = shift.ends_at <= now
    able = user.person is not None and swaps and changing.may_hold_post(user.person, post)
    here = shift.starts_at <= now < shift.ends_at
    # The relief of a shift that ended not long ago may not have come.
    last = current or (rows[-1] if rows and over and shift.ends_at > now - LATELY else None)
    stays = last is not None and last.person_id is not None and (keeps or last.person_id == user.person_id)
    own = [row for row in rows if row.person_id and row.person_id == user.person_id and row.starts_at > now]
    theirs = [row for row in rows if row.person_id and row.person_id != user.person_id and row.starts_at > now]
    people = candidates(shift, post) if keeps and not over and post.held_in(shift.pattern) else []
    context = {
        "building": building,
        "shift": shift,
        "post": post,
        "day_words": day_words(shift.day),
        "month": f"{shift.day:%Y-%m}",
        "hours": hours_words(shift.starts_at, shift.ends_at, zone),
        "rows": [
            {
                "name": row.person.name if row.person else "",
                "when": hours_words(row.starts_at, row.ends_at, zone),
                "now": row is current,
            }
            for row in rows
        ],
        "over": over,
        "wanted": post.held_in(shift.pattern),
        "form": form or (CellForm(candidates=people, initial=_initial(rows, now)) if people else None),
        "nobody_able": keeps and not over and post.held_in(shift.pattern) and not people,
        "over_form": over_form
        or (TakeOverForm() if able and here and (current is None or current.person_id != user.person_id) else None),
        "stay_form": stay_form or (StayOnForm() if swaps and stays and last and last.starts_at <= now else None),
        "stay_pk": staying.pk if staying else last.pk if last else None,
        "swap_pk": (own or theirs)[0].pk if swaps and user.person_id and (own or theirs) else None,
        "swap_own": bool(own),
        "timeline": _timeline(shift, post, rows, full=may(user, "view_history", building), zone=zone),
    }
    return render(request, "observation/duty/cell.html", context, status=status)


def _initial(rows: list[Duty], now: Any) -> dict[str, Any]:
    """Who holds it now, or will."""
    later = [row for row in rows if row.ends_at > now]
    return {"person": str(later[0].person_id or "") if later else ""}


def _timeline(shift: Shift, post: Post, rows: list[Duty], *, full: bool, zone: ZoneInfo) -> list[Entry]:
    """The facts, for who may see history also every change of the rows."""
    facts = DutyChange.objects.filter(shift=shift, post=post).select_related("before", "after", "by")
    entries = [
        Entry(
            at=fact.at,
            by=str(fact.by) if fact.by else _("the system"),
            what=_("%(kind)s: %(before)s → %(after)s, from %(at)s")
            % {
                "kind": fact.get_kind_display(),
                "before": fact.before.name if fact.before else _("nobody"),
                "after": fact.after.name if fact.after else _("nobody"),
                "at": f"{fact.applies_from.astimezone(zone):%m-%d %H:%M}",
            },
            why=fact.why,
        )
        for fact in facts
    ]
    return timeline_of(rows if full else [], more=entries)


@require_POST
@needs("rooms.swap_duty", Shift)
def take_over_duty(request: HttpRequest, shift: Shift, post_pk: int) -> HttpResponse:
    """I hold this post from this moment on."""
    post = _post_of(shift, post_pk)
    form = TakeOverForm(request.POST)

    def act() -> None:
        changing.take_over(post, by=acting(request), **form.cleaned_data)
        messages.success(request, _("You hold %(post)s from now on.") % {"post": post.shown_name})

    return carry_out(
        request,
        form,
        act,
        then=lambda: reverse("duty_cell", args=[shift.pk, post.pk]),
        again=lambda status: _page(request, shift, post, over_form=form, status=status),
    )


@require_POST
@needs("rooms.swap_duty", Duty)
def stay_on_duty(request: HttpRequest, duty: Duty) -> HttpResponse:
    """The relief does not come: I stay on."""
    building: Building = duty.shift.building
    form = StayOnForm(request.POST)

    def act() -> None:
        said = {**form.cleaned_data, "until": in_zone(form.cleaned_data["until"], building)}
        changing.stay_on(duty, by=acting(request), **said)
        messages.success(request, _("The duty lasts longer; the next one begins later."))

    return carry_out(
        request,
        form,
        act,
        then=lambda: reverse("duty_cell", args=[duty.shift_id, duty.post_id]),
        again=lambda status: _page(request, duty.shift, duty.post, stay_form=form, staying=duty, status=status),
    )
