"""Rooms that turn over: from one occupant to the next by disinfection and a second person's inspection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.records import require
from inventory import packing
from inventory.models import Box, BoxState, Objection, ObjectionState, Student
from observation.ending import protocol_at, protocol_of
from observation.models import Alert, Protocol, Stay
from people.models import User
from rooms.models import (
    BED_STATUS,
    Agent,
    Disinfection,
    Room,
    RoomInspection,
    RoomState,
    WasteCollection,
)

# What is done next in a room on its way to the next occupant, by the verb here.
NEXT: dict[str, str] = {
    RoomState.CLEARED: "disinfect",
    RoomState.TO_DISINFECT: "disinfect",
    RoomState.DISINFECTED: "inspect",
}


@transaction.atomic
def take_over(room: Room, *, by: User) -> None:
    """A room that nobody lived in needs no packing: it is cleared as it stands. A second tap finds it so."""
    room.hold()
    if room.state == RoomState.CLEARED and room.said_last(by=by):
        return
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
    # Sent again: the answer was lost on the way, the act was not.
    if sent := Disinfection.objects.filter(client_id=client_id, room=room, by=by).first():
        return sent
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
    if sent := RoomInspection.objects.filter(client_id=client_id, room=room, by=by).first():
        return sent
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


@dataclass(frozen=True)
class Turn:
    """A room between two occupants: where it stands, what is next, and all that was done in it."""

    room: Room
    status: str
    residents: int
    protocol: Protocol | None
    disinfections: Sequence[Disinfection]
    stays: Sequence[Stay]
    waste: Sequence[WasteCollection]
    against: Sequence[str]

    @classmethod
    def of(cls, room: Room) -> "Turn":
        """The room as it stands now, the newest first in every list."""
        stays = list(Stay.objects.filter(bed__room=room).select_related("occupant__person", "bed").order_by("-pk"))
        alert = Alert.objects.open().filter(occupant__in=[stay.occupant_id for stay in stays if stay.ends_at is None])
        in_use = room.state not in {RoomState.READY, RoomState.OCCUPIED}
        return cls(
            room=room,
            status="I" if room.state == RoomState.OCCUPIED and alert.exists() else BED_STATUS[room.state],
            residents=Student.objects.filter(bed__room=room).count(),
            protocol=protocol_at(list(Protocol.objects.applying(room.building)), timezone.now()),
            disinfections=list(room.disinfections.select_related("by", "inspection__by").order_by("-pk")),
            stays=stays,
            waste=list(room.waste.select_related("by").order_by("-pk")),
            against=against_ready(room) if in_use else [],
        )

    @property
    def next(self) -> str:
        """The verb of the next step here; empty when there is none, or when the move has the room."""
        if self.room.state == RoomState.LIVED_IN and not self.residents:
            return "take_over"
        return NEXT.get(self.room.state, "")

    @property
    def last(self) -> Disinfection | None:
        """The disinfection that counts: the one of this turn, where there is one."""
        done = self.room.state in {RoomState.DISINFECTED, RoomState.READY}
        return self.disinfections[0] if done and self.disinfections else None

    @property
    def rejected(self) -> RoomInspection | None:
        """The inspection that sent the room back to be disinfected again."""
        if self.room.state != RoomState.TO_DISINFECT or not self.disinfections:
            return None
        found: RoomInspection | None = getattr(self.disinfections[0], "inspection", None)
        return found if found is not None and not found.accepted else None

    @property
    def steps(self) -> list[tuple[Any, str]]:
        """The way from one occupant to the next: each step's words, and whether it is done, going or waiting."""
        ahead = {
            RoomState.CLEARED: 1,
            RoomState.TO_DISINFECT: 1,
            RoomState.DISINFECTED: 2,
            RoomState.READY: 4,
        }.get(RoomState(self.room.state), 0)
        words = (_("empty"), _("disinfected"), _("inspected by another person"), _("ready"))
        return [
            (label, "done" if n < ahead else "going" if n == ahead and ahead else "waiting")
            for n, label in enumerate(words)
        ]

    @property
    def held(self) -> Sequence[Stay]:
        """Who lives here, or for whom a bed is held."""
        return [stay for stay in self.stays if stay.ends_at is None]

    def same_person(self, user: User) -> bool:
        """Whether the next step is an inspection and `user` disinfected the room: then it is another's."""
        return self.next == "inspect" and self.last is not None and self.last.by_id == user.pk
