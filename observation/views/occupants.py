"""The list of occupants: who is here, expected, in hospital, gone."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import tables_out
from core.access import may, needs
from core.templatetags.ui import state as badge
from core.text import day_words
from observation.ending import protocol_at, released_from
from observation.models import GONE, Alert, EndChange, Occupant, OccupantState, Protocol, Stay
from rooms.models import Building

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = (
    OccupantState.EXPECTED,
    OccupantState.STAYING,
    OccupantState.AT_HOSPITAL,
    OccupantState.RELEASED,
    OccupantState.CANCELLED,
)
ROW = (
    "pk",
    "state",
    "last_exposure",
    "party",
    "ended_at",
    "person__name",
    "person__passport_name",
    "room",
    "floor",
    "bed",
    "alert",
    "changed_to",
)
# The gone grow with the years; the newest of them are enough on a screen.
MOST_GONE = 300


@require_safe
@needs("rooms.view_occupants", Building)
def occupants(request: HttpRequest, building: Building) -> HttpResponse:
    """Everybody by how their observation stands; filters stand in the address."""
    states, floors = _counts(building)
    rows = _rows(building, list(chosen(building, request.GET)))
    labels = {str(key): str(key.label) for key in ORDER}
    sections = [(key, labels[key], [row for row in rows if row["state"] == key]) for key in labels]
    context = {
        "building": building,
        "sections": [section for section in sections if section[2]],
        "state_chips": _chips(request.GET, "state", [(key, labels[key], states[key]) for key in labels]),
        "floor_chips": _chips(request.GET, "floor", [(str(key), key, floors[key]) for key in sorted(floors)]),
        "expected": states[OccupantState.EXPECTED],
        "any": bool(states),
        "query": request.GET.urlencode(),
        "may_admit": may(request.user, "admit_occupant", building),
        "protocol": protocol_at(list(Protocol.objects.applying(building)), timezone.now()),
    }
    return render(request, "observation/occupants/occupants.html", context)


def chosen(building: Building, asked: Any) -> Any:
    """The rows the filters in `asked` choose: without one, all whose observation is not over."""
    # Annotated names are beyond what the types know.
    rows: Any = Occupant.objects.in_building(building)
    state = asked.get("state", "")
    rows = rows.filter(state=state) if state in OccupantState.values else rows.unfinished()
    stays = Stay.objects.filter(occupant=OuterRef("pk")).order_by("-starts_at", "-pk")
    changes = EndChange.objects.filter(occupant=OuterRef("pk")).order_by("-pk")
    alerts = Alert.objects.open().filter(occupant=OuterRef("pk"))
    rows = rows.annotate(
        room=Subquery(stays.values("bed__room__number")[:1]),
        floor=Subquery(stays.values("bed__room__floor")[:1]),
        bed=Subquery(stays.values("bed__number")[:1]),
        alert=Subquery(alerts.values("pk")[:1]),
        changed_to=Subquery(changes.values("ends_on")[:1]),
    )
    floor = asked.get("floor", "")
    if floor.removeprefix("-").isdecimal():
        rows = rows.filter(floor=int(floor[:4]))
    if state in GONE:
        return rows.order_by("-ended_at", "-pk").values(*ROW)[:MOST_GONE]
    return rows.order_by("floor", "room", "bed", "pk").values(*ROW)


def _counts(building: Building) -> tuple[Counter[str], Counter[int]]:
    """How many there are in each state, and on each floor of those who have a bed."""
    states = Occupant.objects.in_building(building).order_by().values_list("state", flat=True)
    floors = Stay.objects.in_building(building).open().order_by().values_list("bed__room__floor", flat=True)
    return Counter(states), Counter(floors)


def _chips(asked: Any, key: str, choices: list[tuple[str, Any, int]]) -> list[dict[str, Any]]:
    """Filters as links that keep the other filter."""
    kept = {name: asked[name] for name in ("state", "floor") if name != key and asked.get(name)}
    every = _("not over") if key == "state" else _("all")
    return [
        {"label": every, "url": f"?{urlencode(kept)}", "current": not asked.get(key)},
        *(
            {
                "label": label,
                "url": f"?{urlencode({key: value, **kept})}",
                "count": count,
                "current": asked.get(key) == value,
            }
            for value, label, count in choices
        ),
    ]


def _rows(building: Building, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the list shows of each, by the names its row's template fills in; addresses are cut from one reverse()."""
    protocols = list(Protocol.objects.applying(building))
    now = timezone.now()
    url = reverse("occupant", args=[0]).partition("0/")[0]
    alert_url = reverse("alert", args=[0]).partition("0/")[0]
    alarm = badge("attention", _("open alert"))
    rows = []
    for row in found:
        protocol = protocol_at(protocols, row["ended_at"] or now)
        end = protocol and released_from(row["last_exposure"], days=protocol.days, changed_to=row["changed_to"])
        rows.append(
            {
                "pk": row["pk"],
                "state": row["state"],
                "url": f"{url}{row['pk']}/",
                "name": row["person__name"],
                "passport_name": row["person__passport_name"],
                "room": f"{row['room']}-{row['bed']}" if row["room"] else "—",
                "party": row["party"],
                "with": row["party"] or "—",
                "exposure": day_words(row["last_exposure"]),
                "end": day_words(end) if end else "—",
                "alert": format_html('<a href="{}{}/">{}</a>', alert_url, row["alert"], alarm) if row["alert"] else "",
                "days": (row["last_exposure"], end),
            }
        )
    return rows


@require_safe
@needs("rooms.export_lists", Building)
def export_occupants(request: HttpRequest, building: Building, form: str) -> HttpResponse:
    """The list as .xlsx or .csv; cells that look like formulas stay text."""
    if form not in {"xlsx", "csv"} or not may(request.user, "view_occupants", building):
        raise Http404
    headings = [
        _("Room"),
        _("Name"),
        _("Name in passport"),
        _("State"),
        _("Travels with"),
        _("Last exposure"),
        _("Released from"),
        _("Open alert"),
    ]
    states = {str(key): str(key.label) for key in ORDER}
    rows: list[list[Any]] = [
        [
            row["room"],
            row["name"],
            row["passport_name"],
            states[row["state"]],
            row["party"],
            *row["days"],
            _("yes") if row["alert"] else "",
        ]
        for row in _rows(building, list(chosen(building, request.GET)))
    ]
    title = f"{building.name} {timezone.localtime():%Y-%m-%d %H:%M}"
    content = tables_out.csv(headings, rows) if form == "csv" else tables_out.xlsx(headings, rows, title=title)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8" if form == "csv" else SPREADSHEET,
        headers={"Content-Disposition": f'attachment; filename="occupants.{form}"', "Cache-Control": "no-store"},
    )
