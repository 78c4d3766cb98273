"""Storage places: how full each is, and what stands there."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import may, needs
from inventory.models import Box
from inventory.storing import Shelf, shelves_of
from rooms.models import Building, StoragePlace


@require_safe
@needs("rooms.view_building", Building)
def places(request: HttpRequest, building: Building) -> HttpResponse:
    """Every place with the slots taken and free."""
    shelves = shelves_of(building)
    context = {
        "building": building,
        "shelves": shelves,
        "standing": sum(shelf.standing for shelf in shelves),
        "slots": sum(shelf.place.slots for shelf in shelves),
        "may_print": may(request.user, "print_papers", building),
    }
    return render(request, "inventory/place/places.html", context)


@require_safe
@needs("rooms.view_building", StoragePlace)
def place(request: HttpRequest, place: StoragePlace) -> HttpResponse:
    """One place and the boxes that stand there."""
    boxes = list(
        Box.objects.filter(place=place)
        .select_related("room", "student__person")
        .annotate(item_count=Count("items"))
        .order_by("pk")
    )
    context = {
        "building": place.building,
        "place": place,
        "shelf": Shelf(place, len(boxes)),
        "boxes": boxes,
        "may_pack": may(request.user, "pack_room", place.building),
    }
    return render(request, "inventory/place/place.html", context)
