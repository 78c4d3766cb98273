"""Supplies, equipment and keys: what is on hand, what is short, counted in one go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from inventory.views.acts import carry_out
from observation import counting
from observation.forms.supplies import CountForm, SupplyForm
from observation.models import Shift
from people.acting import acting
from rooms.models import Building, Supply, SupplyKind

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("rooms.view_building", Building)
def supplies(request: HttpRequest, building: Building) -> HttpResponse:
    """Everything that is counted, what is short first said; the numbers of a new count beside it."""
    return _page(request, building)


def _counted(building: Building) -> list[Any]:
    return list(Supply.objects.in_building(building).counted().order_by("kind", "name", "pk"))


def _page(
    request: HttpRequest, building: Building, *, form: CountForm | None = None, status: int = 200
) -> HttpResponse:
    found = _counted(building)
    may_count = may(request.user, "count_supplies", building)
    form = (form or CountForm(supplies=found)) if may_count else None
    shift = Shift.objects.in_building(building).under_way().first()
    since = shift.began_at if shift else None
    rows = [
        {
            "supply": supply,
            "field": form[f"n-{supply.pk}"] if form and f"n-{supply.pk}" in form.fields else None,
            "short": _short(supply),
            "old": supply.counted_at is None or (since is not None and supply.counted_at < since),
        }
        for supply in found
    ]
    kinds = [(SupplyKind(kind).label, [row for row in rows if row["supply"].kind == kind]) for kind in SupplyKind]
    context = {
        "building": building,
        "kinds": [(label, some) for label, some in kinds if some],
        "total": len(rows),
        "short": sum(row["short"] for row in rows),
        "old": sum(row["old"] for row in rows),
        "form": form if rows else None,
        "may_keep": may(request.user, "count_supplies", building) and may(request.user, "keep_roster", building),
    }
    return render(request, "observation/supplies/supplies.html", context, status=status)


def _short(supply: Any) -> bool:
    if supply.on_hand is None:
        return False
    below: bool = supply.on_hand < supply.least
    return below if supply.kind == SupplyKind.CONSUMABLE else supply.on_hand != supply.least


@require_POST
@needs("rooms.count_supplies", Building)
def count_supplies(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Record the numbers that were typed; one that cannot be read is said beside itself and none is kept."""
    form = CountForm(request.POST, supplies=_counted(building))

    def act() -> None:
        n = counting.count(building, by=acting(request), **form.given())
        messages.success(request, ngettext("%(n)d number is kept.", "%(n)d numbers are kept.", n) % {"n": n})

    return carry_out(
        request,
        form,
        act,
        then=lambda: reverse("supplies", args=[building.pk]),
        again=lambda status: _page(request, building, form=form, status=status),
    )


@FORM_PAGES
@needs("rooms.keep_roster", Building)
def new_supply(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Count a thing from now on."""
    return _keep(request, building, None)


@FORM_PAGES
@needs("rooms.keep_roster", Supply)
def supply(request: HttpRequest, supply: Supply) -> HttpResponseBase:
    """Correct what is said of a thing that is counted."""
    return _keep(request, supply.building, supply)


def _keep(request: HttpRequest, building: Building, kept: Supply | None) -> HttpResponseBase:
    names = ("kind", "name", "name_en", "unit", "least")
    initial = {name: getattr(kept, name) for name in names} if kept else {"kind": SupplyKind.CONSUMABLE}
    form = SupplyForm(request.POST if request.method == "POST" else None, initial=initial)

    def again(status: int) -> HttpResponse:
        context = {"building": building, "form": form, "kept": kept, "title": kept or _("Count something new")}
        return render(request, "observation/supplies/form.html", context, status=status)

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        lambda: counting.keep(building, supply=kept, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("supplies", args=[building.pk]),
        again=again,
    )
