"""Looking after occupants and the building: requests, parcels, care notes, incidents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from core.records import require
from observation.models import GONE, CareNote, Occupant, Request, RequestKind, Stay
from people.models import Person, User
from rooms.models import Building, Incident, Room


@transaction.atomic
def ask(
    occupant: Occupant,
    *,
    kind: str,
    words: str,
    by: User | None,
    client_id: UUID,
    responsible: Person | None = None,
    self_reported: bool = False,
) -> Request:
    """An occupant needs something; sent twice it is one request. Without `by` they asked themselves."""
    occupant.hold()
    sent_before = occupant.requests.filter(client_id=client_id).first()
    if sent_before is not None:
        return sent_before
    _still_here(occupant)
    require(
        kind != RequestKind.OTHER or words.strip(),
        "request-without-words",
        _("Say in a few words what is needed."),
    )
    return Request.enter(
        by=by,
        occupant=occupant,
        client_id=client_id,
        kind=kind,
        words=words.strip(),
        entered_by=by,
        responsible=responsible,
        self_reported=self_reported,
    )


@transaction.atomic
def deliver(parcel: Request, *, by: User) -> None:
    """A parcel stands at the door of its room; a second tap finds it delivered and changes nothing."""
    parcel.hold()
    require(parcel.kind == RequestKind.PARCEL, "request-no-parcel", _("This is no parcel. Open it and close it there."))
    outcome = _("Delivered at the door.")
    if parcel.closed_at is None:
        parcel.close(outcome=outcome, by=by)


@transaction.atomic
def close(asked: Request | CareNote | Incident, *, outcome: str, by: User) -> None:
    """It is over; the same words sent twice close it once."""
    asked.hold()
    if asked.closed_at is None or asked.outcome != outcome:
        asked.close(outcome=outcome, by=by)


@transaction.atomic
def note(
    occupant: Occupant, *, words: str, responsible: Person | None, again_on: date | None, by: User, client_id: UUID
) -> CareNote:
    """Somebody talked with an occupant: how they are, who calls again and when; without a day it is closed at once."""
    occupant.hold()
    sent_before = occupant.care_notes.filter(client_id=client_id).first()
    if sent_before is not None:
        return sent_before
    require(words.strip(), "note-without-words", _("Say how they are."))
    return CareNote.enter(
        by=by,
        occupant=occupant,
        client_id=client_id,
        words=words,
        written_by=by,
        responsible=responsible,
        again_on=again_on,
        closed_at=None if again_on else timezone.now(),
    )


@transaction.atomic
def report(
    building: Building,
    *,
    kind: str,
    room: Room | None,
    words: str,
    happened_at: datetime,
    responsible: Person | None,
    by: User,
    client_id: UUID,
) -> Incident:
    """Something went wrong in the building; sent twice it is one incident."""
    building.hold()
    sent_before = Incident.objects.in_building(building).filter(client_id=client_id).first()
    if sent_before is not None:
        return sent_before
    require(room is None or room.building_id == building.pk, "room-elsewhere", _("This room is in another building."))
    require(
        happened_at <= timezone.now(),
        "incident-in-the-future",
        _("An incident is entered when it has happened. Look at the time again."),
    )
    return Incident.enter(
        by=by,
        building=building,
        room=room,
        client_id=client_id,
        kind=kind,
        words=words,
        happened_at=happened_at,
        reported_by=by,
        responsible=responsible,
    )


def _still_here(occupant: Occupant) -> None:
    require(
        occupant.state not in GONE,
        "occupant-gone",
        _("%(name)s is %(state)s; nothing is asked for them any more.")
        % {"name": occupant.person.name, "state": occupant.get_state_display()},
    )


def staff_of(building: Building) -> QuerySet[Person]:
    """Those who may be made responsible for something: who is posted at the building."""
    return Person.objects.filter(postings__building=building).order_by("name", "pk")


@dataclass(frozen=True)
class Place:
    """Where somebody lives, as a list shows it."""

    room_id: int
    number: str
    floor: int


def places_of(occupants: Iterable[int]) -> dict[int, Place]:
    """The room of each of these occupants, the last one for those who have left it; one query."""
    stays = Stay.objects.filter(occupant_id__in=set(occupants)).order_by("starts_at", "pk")
    found = stays.values_list("occupant_id", "bed__room_id", "bed__room__number", "bed__room__floor")
    return {occupant: Place(room, number, floor) for occupant, room, number, floor in found}


def age(since: datetime, until: datetime) -> str:
    """How long something has waited, in words: the largest unit only."""
    if (until - since).total_seconds() < 60:
        return _("less than a minute")
    return timesince(since, until, depth=1)
