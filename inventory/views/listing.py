"""The long lists, boxes and items, a page at a time however many there are, and the search over all of them."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from core.access import needs
from core.codes import normalise
from inventory.models import Box, BoxState, Handling, Item, Photo, Student
from rooms.models import Building, Room

PAGE = 50
R = TypeVar("R")
ITEM_ROW = (
    "pk",
    "description",
    "quantity",
    "box_id",
    "box__code_id",
    "box__room__number",
    "box__state",
    "box__place__name",
    "owner__person__name",
)


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a list ordered by descending pk."""

    rows: list[R]
    older: str
    newest: str


def page_of(rows: QuerySet[Any, R], request: HttpRequest) -> Page[R]:
    """The page that starts after the pk in `after`; finding it costs the same at any depth."""
    after = request.GET.get("after", "")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after[:18]))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    asked = request.GET.copy()
    asked.pop("after", None)
    newest = f"?{asked.urlencode()}" if after else ""
    older = ""
    if len(found) > PAGE:
        last: Any = found[PAGE - 1]
        asked["after"] = str(last["pk"] if isinstance(last, dict) else last.pk)
        older = f"?{asked.urlencode()}"
    return Page(found[:PAGE], older, newest)


@require_safe
@needs("rooms.view_building", Building)
def boxes(request: HttpRequest, building: Building) -> HttpResponse:
    """Boxes by state, newest first."""
    page = page_of(chosen_boxes(building, request.GET), request)
    context = {
        "building": building,
        "page": page,
        "state": request.GET.get("state", ""),
        "states": BoxState.choices,
        "query": request.GET.urlencode(),
    }
    return render(request, "inventory/listing/boxes.html", context)


def chosen_boxes(building: Building, asked: Any) -> QuerySet[Box]:
    """The building's boxes that the filters in `asked` choose, with what a list shows of them."""
    rows = (
        Box.objects.in_building(building)
        .select_related("room", "student__person", "place")
        .annotate(item_count=Count("items", distinct=True))
    )
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows


@require_safe
@needs("rooms.view_building", Building)
def items(request: HttpRequest, building: Building) -> HttpResponse:
    """Items with a thumbnail each, newest first."""
    page = page_of(chosen_items(building, request.GET).values(*ITEM_ROW), request)
    context = {
        "building": building,
        "page": page,
        "rows": _item_rows(page.rows),
        "q": request.GET.get("q", ""),
        "handling": request.GET.get("handling", ""),
        "handlings": Handling.choices,
        "query": request.GET.urlencode(),
    }
    return render(request, "inventory/listing/items.html", context)


def _item_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the list shows of each item, by the names its row's template fills in.

    Plain dictionaries and addresses cut from one reverse(): six joined tables as objects and two hundred reversals
    would cost more than the rest of the page.
    """
    thumbs = _first_photos([row["pk"] for row in rows])
    states = {key: str(label) for key, label in BoxState.choices}
    nobody = gettext("shared or unclear")
    item_url, box_url = reverse("item", args=[0]).partition("0/")[0], reverse("box", args=[0]).partition("0/")[0]
    photo_url = reverse("photo", args=[0, "small"]).partition("0/")[0]
    picture = f'<img src="{photo_url}%d/small/" alt="" width="64" height="64" loading="lazy">'
    return [
        {
            "description": row["description"],
            "quantity": row["quantity"],
            "room": row["box__room__number"],
            "code": f"{row['box__code_id'][:4]} {row['box__code_id'][4:]}",
            "owner": row["owner__person__name"] or nobody,
            "where": row["box__place__name"] or states[row["box__state"]],
            "url": f"{item_url}{row['pk']}/",
            "box_url": f"{box_url}{row['box_id']}/",
            "photo": mark_safe(picture % thumbs[row["pk"]]) if row["pk"] in thumbs else "",  # noqa: S308 - a number
        }
        for row in rows
    ]


def chosen_items(building: Building, asked: Any) -> QuerySet[Item]:
    """The building's items that the filters in `asked` choose."""
    # EXISTS instead of a join keeps SQLite walking down the newest items instead of sorting all of the building's.
    here = Box.objects.in_building(building).filter(pk=OuterRef("box_id"))
    rows = Item.objects.filter(Exists(here))
    if asked.get("q"):
        rows = rows.filter(description__icontains=asked["q"].strip())
    if asked.get("handling") in Handling.values:
        # The values are plain words in a JSON list; both databases find them as text.
        rows = rows.annotate(flags=F("handling")).filter(flags__icontains=f'"{asked["handling"]}"')
    return rows


def _first_photos(item_ids: list[int]) -> dict[int, int]:
    rows = Photo.objects.filter(item_id__in=item_ids).order_by("-pk").values_list("item_id", "pk")
    return dict(rows)


@require_safe
@needs("rooms.view_building", Building)
def search(request: HttpRequest, building: Building) -> HttpResponse:
    """What the word finds in this building; a whole code leads straight to its thing."""
    word = request.GET.get("q", "").strip()[:100]
    code = normalise(word) if word else None
    if code:
        return redirect("code", code=code)
    found: dict[str, Any] = {"students": [], "rooms": [], "boxes": [], "items": []}
    if word:
        found = {
            "students": list(
                Student.objects.in_building(building)
                .filter(
                    Q(person__name__icontains=word)
                    | Q(person__passport_name__icontains=word)
                    | Q(student_number__icontains=word)
                )
                .select_related("person", "bed__room")[:20]
            ),
            "rooms": list(Room.objects.in_building(building).filter(number__icontains=word)[:20]),
            "boxes": list(
                Box.objects.in_building(building)
                .filter(Q(code__value__startswith=word.upper()) | Q(seals__number__iexact=word))
                .select_related("room", "student__person", "place")
                .distinct()[:20]
            ),
            "items": list(
                Item.objects.in_building(building)
                .filter(description__icontains=word)
                .select_related("box__room", "owner__person")[:20]
            ),
        }
    return render(
        request,
        "inventory/listing/search.html",
        {"building": building, "q": word, "found": found, "any": any(found.values())},
    )
