"""Meals: what the kitchen cooks for one meal time, what it was told, and what has changed since."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from core.text import day_words
from inventory.views.acts import carry_out
from observation import meals as cooking
from observation.ending import today
from observation.forms.care import Sent
from observation.models import Diet, KitchenOrder, MealTime, Occupant, OccupantState
from observation.papers import kitchen
from people.acting import acting
from rooms.models import Building


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class MealForm(forms.Form):
    """Which meal of which day."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    meal = forms.ChoiceField(label=gettext_lazy("Meal"), choices=MealTime)


class HoursForm(Sent):
    """When each meal is carried up."""

    breakfast = _hour(gettext_lazy("Breakfast"))
    lunch = _hour(gettext_lazy("Lunch"))
    supper = _hour(gettext_lazy("Supper"))


class SendForm(MealForm, Sent):
    """The same, sent to the kitchen once however often it is tapped."""


def chosen(building: Building, asked: Any) -> tuple[date, str]:
    """The meal that `asked` names; else the next one."""
    form = MealForm(asked)
    if form.is_valid():
        return form.cleaned_data["day"], form.cleaned_data["meal"]
    return cooking.next_meal(building, timezone.now())


@require_safe
@needs("rooms.view_occupants", Building)
def meals(request: HttpRequest, building: Building) -> HttpResponse:
    """Portions by diet and floor, from who is in the building then."""
    day, meal = chosen(building, request.GET)
    return render(request, "observation/meals/meals.html", _page(request, building, day, meal))


def _page(request: HttpRequest, building: Building, day: date, meal: str) -> dict[str, Any]:
    served = cooking.served_at(building, day, meal)
    eaters = cooking.eaters_at(building, served)
    counted = cooking.count(eaters)
    orders = list(
        KitchenOrder.objects.in_building(building).filter(day=day, meal=meal).select_related("by").order_by("-pk")
    )
    changed = cooking.changes(orders[0].portions, counted.portions) if orders else {}
    diets = list(counted.portions)
    here = {"day": day.isoformat(), "meal": meal}
    return {
        "building": building,
        "day": day,
        "day_words": day_words(day),
        "meal": MealTime(meal),
        "served": served,
        "count": counted,
        "figures": [(n, Diet(diet).label) for diet, n in counted.portions.items()],
        "diets": [Diet(diet).label for diet in diets],
        "floors": [
            (floor, [portions.get(diet, 0) for diet in diets], sum(portions.values()))
            for floor, portions in counted.floors.items()
        ],
        "special": [{"room": one.room, "name": one.name, "needs": one.needs} for one in eaters if one.needs],
        "expected": Occupant.objects.in_building(building).filter(state=OccupantState.EXPECTED).count(),
        "order": orders[0] if orders else None,
        "orders": [
            {
                "at": order.at,
                "by": order.by,
                "words": ", ".join(f"{Diet(diet).label} {n}" for diet, n in order.portions.items()),
            }
            for order in orders
        ],
        "changed": cooking.in_words(changed),
        "may_send": may(request.user, "answer_request", building)
        and day >= today(building)
        and bool(changed or (counted.portions and not orders)),
        "may_set": may(request.user, "set_protocol", building),
        "form": MealForm(initial={"day": day, "meal": meal}),
        "send_form": SendForm(),
        "tabs": [
            {"label": label, "url": f"?{urlencode({**here, 'meal': key})}", "current": key == meal}
            for key, label in MealTime.choices
        ],
        "before": f"?{urlencode({**here, 'day': date.fromordinal(day.toordinal() - 1).isoformat()})}",
        "after": f"?{urlencode({**here, 'day': date.fromordinal(day.toordinal() + 1).isoformat()})}",
        "query": urlencode(here),
    }


@require_POST
@needs("rooms.answer_request", Building)
def send_meals(request: HttpRequest, building: Building) -> HttpResponse:
    """Tell the kitchen what it cooks."""
    form = SendForm(request.POST)
    if not form.is_valid():
        return redirect("meals", pk=building.pk)
    order = cooking.send(building, by=acting(request), **form.cleaned_data)
    messages.success(request, _("The kitchen has the numbers for %(meal)s.") % {"meal": order.get_meal_display()})
    query = urlencode({"day": order.day.isoformat(), "meal": order.meal})
    return redirect(f"{reverse('meals', args=[building.pk])}?{query}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rooms.set_protocol", Building)
def meal_hours(request: HttpRequest, building: Building) -> HttpResponse:
    """Set when each meal is carried up, from today on."""
    form = HoursForm(request.POST or None, initial=cooking.hours_of(building, today(building)))

    def again(status: int) -> HttpResponse:
        return render(request, "observation/meals/hours.html", {"building": building, "form": form}, status=status)

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        lambda: cooking.set_hours(building, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("meals", args=[building.pk]),
        again=again,
    )


@require_safe
@needs("rooms.view_occupants", Building)
def kitchen_list(request: HttpRequest, building: Building) -> HttpResponse:
    """The kitchen's list as a PDF."""
    day, meal = chosen(building, request.GET)
    return kitchen.answer(kitchen.KitchenList.of(building, day=day, meal=meal))
