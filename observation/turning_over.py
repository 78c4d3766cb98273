"""Rooms that turn over: from one occupant to the next by disinfection and a second person's inspection."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.records import require
from inventory import packing
from inventory.models import Box, BoxState, Objection, ObjectionState, Student
from observation.ending import protocol_of
from people.models import User
from rooms.models import Agent, Disinfection, Room, RoomInspection, RoomState


@transaction.atomic
def take_over(room: Room, *, by: User) -> None:
    """A room that nobody lived in needs no packing: it is cleared as it stands."""
    room.hold()
    residents = Student.objects.filter(bed__room=room).count()
    require(
        residents == 0,
        "room-lived-in",
        ngettext(
            "Room %(room)s is %(count)d student's; their belongings are packed first.",
            "Room %(room)s is %(count)d students'; their belongings are packed first.",
            residents,
        )
        % {"room": room.number, "count": residents},
    )
    room.take_over(by=by)


@transaction.atomic
def disinfect(room: Room, *, agent: str, mg_per_litre: int, minutes: int, by: User, client_id: UUID) -> Disinfection:
    """Record the terminal disinfection; weaker or shorter than the protocol asks is refused."""
    room.hold()
    protocol = protocol_of(room.building)
    if agent == Agent.CHLORINE == protocol.agent:
        require(
            mg_per_litre >= protocol.mg_per_litre and minutes >= protocol.disinfection_minutes,
            "disinfection-too-weak",
            _("At least %(mg)d mg/L for %(minutes)d minutes (%(source)s).")
            % {
                "mg": protocol.mg_per_litre,
                "minutes": protocol.disinfection_minutes,
                "source": protocol.cited,
            },
        )
    room.disinfect(by=by)
    made = Disinfection(
        client_id=client_id,
        at=timezone.now(),
        room=room,
        agent=agent,
        mg_per_litre=mg_per_litre,
        minutes=minutes,
        by=by,
    )
    made.save()
    return made


def against_ready(room: Room) -> list[str]:
    """What of belongings stands against the room being ready, one sentence each.

    A room cannot be ready while a belongings file of it is open: until all its boxes are stored and its objections
    answered. A student's silence afterwards does not block it.
    """
    found = []
    standing = Box.objects.filter(room=room).exclude(state=BoxState.STORED).count()
    if standing:
        found.append(
            ngettext(
                "%(count)d box of room %(room)s is not stored yet.",
                "%(count)d boxes of room %(room)s are not stored yet.",
                standing,
            )
            % {"count": standing, "room": room.number}
        )
    if any(half.protected for half in packing.clearances(packing.residents(room))):
        found.append(
            _("Room %(room)s still holds the belongings of a resident who has not agreed.") % {"room": room.number}
        )
    open_objections = Objection.objects.filter(item__box__room=room, state=ObjectionState.OPEN).count()
    if open_objections:
        found.append(
            ngettext(
                "%(count)d objection to the belongings of room %(room)s has no answer yet.",
                "%(count)d objections to the belongings of room %(room)s have no answer yet.",
                open_objections,
            )
            % {"count": open_objections, "room": room.number}
        )
    return found


@transaction.atomic
def inspect(room: Room, *, accepted: bool, fault: str, by: User, client_id: UUID) -> RoomInspection:
    """A second person looks at the disinfected room: ready, or to be disinfected again and why."""
    room.hold()
    require(
        room.state == RoomState.DISINFECTED,
        "room-not-disinfected",
        _("Room %(room)s is %(state)s. Only a disinfected room is inspected.")
        % {"room": room.number, "state": room.get_state_display()},
    )
    last = room.disinfections.order_by("pk").last()
    assert last is not None  # noqa: S101 - the state says there is one
    require(
        last.by_id != by.pk,
        "inspector_is_another_person",
        _("Whoever disinfected the room does not inspect it. Ask someone else to look."),
    )
    if accepted:
        for sentence in against_ready(room):
            require(condition=False, code="belongings-open", message=sentence)
    made = RoomInspection(
        client_id=client_id,
        at=timezone.now(),
        room=room,
        disinfection=last,
        disinfected_by=last.by,
        accepted=accepted,
        fault="" if accepted else fault,
        by=by,
    )
    made.save()
    if accepted:
        room.accept(by=by)
    else:
        room.reject(by=by)
    return made
