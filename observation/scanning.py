"""Where the door of a room leads whoever scans it while the site has the room."""

from typing import Any

from django.urls import reverse

from core.access import may
from observation.standing import IN_USE
from rooms.models import Room, RoomState


def page_of_room(user: Any, room: Room) -> str:
    """Its round where somebody lives and who scans takes readings, else its turnover; none while the move has it."""
    if room.state not in IN_USE or not may(user, "view_occupants", room.building):
        return ""
    on_round = room.state == RoomState.OCCUPIED and may(user, "check_health", room.building)
    return reverse("round_room" if on_round else "turn_over", args=[room.pk])
