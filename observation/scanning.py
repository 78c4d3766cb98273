"""Where the door of a room leads whoever scans it while the site has the room."""

from typing import Any

from django.urls import reverse

from core.access import may
from observation.standing import IN_USE
from rooms.models import Room


def page_of_room(user: Any, room: Room) -> str:
    """The room's page for who sees occupants; none while the move has it."""
    if room.state not in IN_USE or not may(user, "view_occupants", room.building):
        return ""
    return reverse("turn_over", args=[room.pk])
