"""Swaps: asked, agreed to by the other's own log-in, approved by a third."""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from inventory.views.listing import page_of
from observation.duty import swapping
from observation.duty.grid import hours_words
from observation.forms.duty import SwapForm
from observation.models import Duty, Swap, SwapState
from observation.views.duty.tabs import tabs_of
from people.acting import acting
from people.models import User
from rooms.models import Building

SAID = {
    "agree": gettext_lazy("You agreed; it takes an approval yet."),
    "decline": gettext_lazy("The swap is declined."),
    "withdraw": gettext_lazy("The swap is withdrawn."),
    "approve": gettext_lazy("The swap is approved; the roster is changed."),
}


@require_safe
@needs("rooms.view_building", Building)
def duty_swaps(request: HttpRequest, building: Building) -> HttpResponse:
    """What waits for somebody, and everything before it with its trail."""
    found = Swap.objects.in_building(building).select_related(
        "asker",
        "asked",
        "approved_by",
        "building",
        "gives__post",
        "gives__shift__pattern",
        "takes__post",
        "takes__shift__pattern",
    )
    page = page_of(found.exclude(state__in=[SwapState.ASKED, SwapState.AGREED]), request)
    user = acting(request)
    context = {
        "building": building,
        "tabs": tabs_of(request, building),
        "open": [_shown(swap, user) for swap in found.filter(state__in=[SwapState.ASKED, SwapState.AGREED])],
        "page": page,
        "rows": [_shown(swap, user) for swap in page.rows],
    }
    return render(request, "observation/duty/swaps.html", context)


def _shown(swap: Swap, user: User) -> dict[str, Any]:
    """A swap with what this reader can do with it next."""
    zone = ZoneInfo(swap.building.time_zone)
    keeps = may(user, "keep_roster", swap.building)
    own = {swap.asker_id, swap.asked_id}
    verbs = []
    if swap.state == SwapState.ASKED and user.person_id == swap.asked_id:
        verbs = [("agree", _("Agree")), ("decline", _("Decline"))]
    elif swap.state == SwapState.AGREED and keeps and user.person_id not in own:
        verbs = [("approve", _("Approve")), ("decline", _("Decline"))]
    elif swap.state in {SwapState.ASKED, SwapState.AGREED} and user.person_id == swap.asker_id:
        verbs = [("withdraw", _("Withdraw"))]
    kinds = {SwapState.ASKED: "waiting", SwapState.AGREED: "going", SwapState.APPROVED: "done"}
    return {
        "swap": swap,
        "kind": kinds.get(SwapState(swap.state), "waiting"),
        "gives": f"{hours_words(swap.gives.starts_at, swap.gives.ends_at, zone)} · {swap.gives.post.shown_name}",
        "takes": f"{hours_words(swap.takes.starts_at, swap.takes.ends_at, zone)} · {swap.takes.post.shown_name}",
        "verbs": verbs,
    }


@require_safe
@needs("rooms.view_building", Swap)
def duty_swap(request: HttpRequest, swap: Swap) -> HttpResponse:
    """One swap with its whole trail."""
    user = acting(request)
    context = {
        "building": swap.building,
        "one": _shown(swap, user),
        "swap": swap,
        "timeline": timeline_of([swap]),
    }
    return render(request, "observation/duty/swap.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.swap_duty", Duty)
def ask_swap(request: HttpRequest, duty: Duty) -> HttpResponse:
    """Ask somebody to exchange a duty: one of mine for one of theirs, either of which led here."""
    user, building = acting(request), duty.shift.building
    rows = (
        Duty.objects.in_building(building)
        .held()
        .filter(starts_at__gt=timezone.now())
        .select_related("person", "post", "shift__pattern")
        .order_by("starts_at", "post__position", "pk")
    )
    mine, others = rows.filter(person=user.person_id or 0), rows.exclude(person=user.person_id or 0)
    given = duty.person_id == user.person_id
    if given:
        mine = mine.filter(pk=duty.pk)
        others = others.filter(post__eligibilities__person=user.person_id, post__eligibilities__withdrawn_at=None)
    else:
        others = others.filter(pk=duty.pk)
    form = SwapForm(
        request.POST or None,
        gives=mine,
        takes=others,
        initial={"client_id": uuid4(), "gives" if given else "takes": duty.pk},
    )

    def again(status: int) -> HttpResponse:
        context = {"building": building, "form": form, "duty": duty, "month": f"{duty.shift.day:%Y-%m}"}
        return render(request, "observation/duty/ask_swap.html", context, status=status)

    def act() -> None:
        swapping.ask(by=user, **form.cleaned_data)
        messages.success(request, _("Asked. The other agrees by their own log-in; then somebody approves."))

    if request.method != "POST":
        return again(200)
    return carry_out(request, form, act, then=lambda: reverse("duty_swaps", args=[building.pk]), again=again)


@require_POST
@needs("rooms.swap_duty", Swap)
def answer_swap(request: HttpRequest, swap: Swap, verb: str) -> HttpResponse:
    """Agree, decline, withdraw."""
    verbs = {"agree": swapping.agree, "decline": swapping.decline, "withdraw": swapping.withdraw}
    if verb not in verbs:
        raise Http404
    verbs[verb](swap, by=acting(request))
    messages.success(request, SAID[verb])
    return redirect("duty_swaps", pk=swap.building_id)


@require_POST
@needs("rooms.keep_roster", Swap)
def approve_swap(request: HttpRequest, swap: Swap) -> HttpResponse:
    """The duties change hands."""
    swapping.approve(swap, by=acting(request))
    messages.success(request, SAID["approve"])
    return redirect("duty_swaps", pk=swap.building_id)
