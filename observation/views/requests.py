"""Requests and deliveries: what occupants need, who looks after it, and what came of it."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from core.text import day_words
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from observation import looking_after
from observation.ending import today
from observation.forms.care import CloseForm, HandForm, ParcelForm, RequestForm
from observation.models import Occupant, Request, RequestKind
from people.acting import acting
from rooms.models import Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
# The closed ones of so many days are shown below the open ones, and at most so many.
DAYS_BELOW, MOST_BELOW = 7, 300


@require_safe
@needs("rooms.view_occupants", Building)
def requests(request: HttpRequest, building: Building) -> HttpResponse:
    """Open ones, the oldest first; the closed ones of the last days below."""
    now = timezone.now()
    open_ones = chosen(building, request.GET).open()
    closed = chosen(building, request.GET).filter(closed_at__gte=now - timedelta(days=DAYS_BELOW))
    found = [*_read(open_ones), *_read(closed.order_by("-closed_at", "-pk")[:MOST_BELOW])]
    rows = _rows(found, now)
    context = {
        "building": building,
        "open": [row for row in rows if not row["closed_at"]],
        "closed": _by_day(building, [row for row in rows if row["closed_at"]]),
        "kinds": _kind_chips(building, request.GET),
        "staff": looking_after.staff_of(building),
        "chosen": request.GET.get("responsible", ""),
        "kind": request.GET.get("kind", ""),
        "filtered": bool(request.GET.get("kind") or request.GET.get("responsible")),
        "doors": doors(building, "new_request") if may(request.user, "answer_request", building) else [],
    }
    return render(request, "observation/requests/requests.html", context)


def chosen(building: Building, asked: Any) -> Any:
    """The building's requests that the filters in `asked` choose."""
    rows = Request.objects.in_building(building)
    if asked.get("kind") in RequestKind.values:
        rows = rows.filter(kind=asked["kind"])
    responsible = asked.get("responsible", "")
    if responsible == "nobody":
        rows = rows.filter(responsible__isnull=True)
    elif responsible.isdecimal():
        rows = rows.filter(responsible_id=int(responsible[:18]))
    return rows


def _read(rows: Any) -> list[dict[str, Any]]:
    names = ("pk", "occupant_id", "kind", "words", "self_reported", "entered_at", "closed_at", "outcome")
    return list(rows.values(*names, "occupant__person__name", "responsible__name"))


def _rows(found: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """What a list shows of each, by the names its row's template fills in; addresses are cut from one reverse()."""
    kinds = {key: str(label) for key, label in RequestKind.choices}
    places = looking_after.places_of(row["occupant_id"] for row in found)
    url = reverse("request", args=[0]).partition("0/")[0]
    nobody, themselves = _("nobody yet"), _("asked by the occupant")
    return [
        {
            "pk": row["pk"],
            "url": f"{url}{row['pk']}/",
            "kind": kinds[row["kind"]],
            "words": " · ".join(filter(None, (row["words"], themselves if row["self_reported"] else ""))) or "—",
            "room": places[row["occupant_id"]].number if row["occupant_id"] in places else "—",
            "floor": places[row["occupant_id"]].floor if row["occupant_id"] in places else 0,
            "name": row["occupant__person__name"],
            "responsible": row["responsible__name"] or nobody,
            "age": looking_after.age(row["entered_at"], row["closed_at"] or now),
            "closed_at": row["closed_at"],
            "outcome": row["outcome"],
        }
        for row in found
    ]


def _by_day(building: Building, rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    zone = ZoneInfo(building.time_zone)
    days = groupby(rows, key=lambda row: timezone.localdate(row["closed_at"], zone))
    return [(day_words(day), list(group)) for day, group in days]


def _kind_chips(building: Building, asked: Any) -> list[dict[str, Any]]:
    """The kinds as links that keep who is responsible, each with how many of it are open."""
    counted: dict[str, int] = {}
    for kind in Request.objects.in_building(building).open().values_list("kind", flat=True):
        counted[kind] = counted.get(kind, 0) + 1
    kept = {"responsible": asked["responsible"]} if asked.get("responsible") else {}
    every = {"label": _("all"), "url": f"?{urlencode(kept)}", "count": sum(counted.values())}
    return [
        {**every, "current": not asked.get("kind")},
        *(
            {
                "label": label,
                "url": f"?{urlencode({'kind': kind, **kept})}",
                "count": counted.get(kind, 0),
                "current": asked.get("kind") == kind,
            }
            for kind, label in RequestKind.choices
        ),
    ]


def doors(building: Building, page: str) -> list[dict[str, Any]]:
    """Those for whom something may be entered, by floor and room; each leads to `page` for them."""
    people = list(Occupant.objects.in_building(building).unfinished().values_list("pk", "person__name"))
    places = looking_after.places_of(pk for pk, _name in people)
    before, _zero, after = reverse(page, args=[0]).rpartition("/0/")
    found = [
        {
            "pk": pk,
            "url": f"{before}/{pk}/{after}",
            "name": name,
            "room": places[pk].number if pk in places else "—",
            "floor": places[pk].floor if pk in places else 0,
        }
        for pk, name in people
    ]
    return sorted(found, key=lambda door: (door["floor"], door["room"], door["pk"]))


@FORM_PAGES
@needs("rooms.answer_request", Occupant)
def new_request(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """What an occupant needs: the tap on the kind sends it."""
    form = RequestForm(request.POST or None)

    def again(status: int) -> HttpResponse:
        place = looking_after.places_of([occupant.pk]).get(occupant.pk)
        context = {"building": occupant.building, "occupant": occupant, "place": place, "form": form}
        return render(request, "observation/requests/new.html", context, status=status)

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        lambda: looking_after.ask(occupant, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("requests", args=[occupant.building_id]),
        again=again,
    )


@require_safe
@needs("rooms.view_occupants", Request)
def one_request(request: HttpRequest, asked: Request) -> HttpResponse:
    """One request: how it stands, whose it is, what happened to it."""
    return _page(request, asked)


def _page(
    request: HttpRequest, asked: Request, *, close_form: CloseForm | None = None, status: int = 200
) -> HttpResponse:
    building = asked.occupant.building
    history = may(request.user, "view_history", building)
    context = {
        "building": building,
        "asked": asked,
        "place": looking_after.places_of([asked.occupant_id]).get(asked.occupant_id),
        "age": looking_after.age(asked.entered_at, asked.closed_at or timezone.now()),
        "may_answer": may(request.user, "answer_request", building),
        "hand_form": HandForm(building=building, initial={"responsible": asked.responsible_id}),
        "close_form": close_form or CloseForm(),
        "timeline": timeline_of([asked], nobody=_("the occupant")) if history else None,
    }
    return render(request, "observation/requests/request.html", context, status=status)


@require_POST
@needs("rooms.answer_request", Request)
def hand_request(request: HttpRequest, asked: Request) -> HttpResponse:
    """Name who looks after it."""
    form = HandForm(request.POST, building=asked.occupant.building)
    return carry_out(
        request,
        form,
        lambda: asked.hand_to(by=acting(request), **form.cleaned_data),
        then=lambda: reverse("request", args=[asked.pk]),
        again=lambda status: _page(request, asked, status=status),
    )


@require_POST
@needs("rooms.answer_request", Request)
def close_request(request: HttpRequest, asked: Request) -> HttpResponse:
    """Say what came of it."""
    form = CloseForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: looking_after.close(asked, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("requests", args=[asked.occupant.building_id]),
        again=lambda status: _page(request, asked, close_form=form, status=status),
    )


@require_safe
@needs("rooms.view_occupants", Building)
def deliveries(request: HttpRequest, building: Building) -> HttpResponse:
    """What arrived at the gate, floor by floor, to carry up."""
    return _deliveries(request, building, ParcelForm())


def _deliveries(request: HttpRequest, building: Building, form: ParcelForm, status: int = 200) -> HttpResponse:
    waiting = Request.objects.in_building(building).open().filter(kind=RequestKind.PARCEL)
    rows = sorted(_rows(_read(waiting), timezone.now()), key=lambda row: (row["floor"], row["room"], row["pk"]))
    allowed = may(request.user, "answer_request", building)
    since = timezone.now() - timedelta(days=1)
    context = {
        "building": building,
        "floors": [(floor, list(group)) for floor, group in groupby(rows, key=lambda row: row["floor"])],
        "waiting": len(rows),
        "carried": Request.objects.in_building(building).filter(kind=RequestKind.PARCEL, closed_at__gte=since).count(),
        "deliver_url": reverse("deliver", args=[0]).partition("0/")[0],
        "may_answer": allowed,
        "doors": doors(building, "new_request") if allowed else [],
        "form": form,
        "day": today(building),
    }
    return render(request, "observation/requests/deliveries.html", context, status=status)


@require_POST
@needs("rooms.answer_request", Building)
def parcel_arrived(request: HttpRequest, building: Building) -> HttpResponse:
    """A parcel came to the gate for somebody; the tap on their name records it."""
    form = ParcelForm(request.POST)
    if not form.is_valid():
        return _deliveries(request, building, form, status=422)
    data = form.cleaned_data
    occupant = get_object_or_404(Occupant.objects.in_building(building), pk=data.pop("occupant"))
    looking_after.ask(occupant, kind=RequestKind.PARCEL, by=acting(request), **data)
    messages.success(request, _("A parcel for %(name)s.") % {"name": occupant.person.name})
    return redirect("deliveries", pk=building.pk)


@require_POST
@needs("rooms.answer_request", Request)
def deliver(request: HttpRequest, parcel: Request) -> HttpResponse:
    """The parcel stands at the door."""
    looking_after.deliver(parcel, by=acting(request))
    return redirect("deliveries", pk=parcel.occupant.building_id)
