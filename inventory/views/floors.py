"""The floor plan: the map of the building, each room by state and zone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import needs
from inventory.models import Student
from rooms.floor_drawing import RoomOnPlan, draw_floors
from rooms.models import Building, Room


@require_safe
@needs("rooms.view_building", Building)
def floor_plan(request: HttpRequest, building: Building) -> HttpResponse:
    """Every floor to scale; a room leads to its page."""
    rooms = Room.objects.in_building(building).prefetch_related("beds")
    taken = set(Student.objects.in_building(building).filter(bed__isnull=False).values_list("bed_id", flat=True))
    drawings = draw_floors(RoomOnPlan.of(room, taken=taken, href=reverse("room", args=[room.pk])) for room in rooms)
    return render(request, "inventory/board/floors.html", {"building": building, "drawings": drawings})
