"""The rooms of the site: the board, and each room from one occupant to the next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import needs
from rooms.models import Building


@require_safe
@needs("rooms.view_occupants", Building)
def site(request: HttpRequest, building: Building) -> HttpResponse:
    """Every room with who is in it and what comes next there."""
    return render(request, "observation/rooms/site.html", {"building": building})
