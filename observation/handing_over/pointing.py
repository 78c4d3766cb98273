"""Open points: what no other record holds, handed on until somebody closes it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.models import Occupant, Point, Section
from people.models import User
from rooms.models import Area, Building, Room


@transaction.atomic
def open_point(
    building: Building,
    *,
    words: str,
    by: User,
    client_id: UUID,
    section: str = Section.ACTIONS,
    room: Room | None = None,
    occupant: Occupant | None = None,
    area: Area | None = None,
) -> Point:
    """Hand something on from shift to shift; sent twice it is one point."""
    building.hold()
    if sent := Point.objects.in_building(building).filter(client_id=client_id).first():
        return sent
    words = words.strip()
    require(words, "point-without-words", _("Say in a few words what is to be done or known."))
    for thing in (room, occupant, area):
        require(thing is None or thing.building_id == building.pk, "elsewhere", _("This belongs to another building."))
    return Point.enter(
        by=by,
        building=building,
        client_id=client_id,
        section=section,
        words=words,
        room=room,
        occupant=occupant,
        area=area,
        opened_by=by,
    )


@transaction.atomic
def close_point(point: Point, *, outcome: str, by: User) -> None:
    """It is settled, and what came of it; the same words sent twice close it once."""
    with point.change(by=by):
        if point.closed_at is not None and point.outcome == outcome.strip():
            return
        require(point.closed_at is None, "point-closed", _("This point is closed already."))
        require(outcome.strip(), "closed_point_says_what_came_of_it", _("Say what came of it."))
        point.closed_at, point.closed_by, point.outcome = timezone.now(), by, outcome.strip()
