"""Somebody comes to be observed: a bed is held, they arrive, or they do not."""

from collections.abc import Collection
from secrets import token_urlsafe
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.ending import protocol_of, today
from observation.models import Occupant, Stay
from people.models import Person, Sex, User
from rooms.models import Bed, Building, Room, RoomState, RoomUse, Zone

OPEN_TO_OCCUPANTS = (RoomState.READY, RoomState.OCCUPIED)


@transaction.atomic
def expect(building: Building, *, person: Person, bed: Bed | None, by: User | None, **fields: Any) -> Occupant:
    """Enter somebody who will be observed and hold `bed` for them, or the one the rules propose.

    `fields` are Occupant's: reason, reason_words, came_from, last_exposure, party, needs, diet. Raises Refused.
    """
    require(
        fields["last_exposure"] <= today(building),
        "exposure-in-the-future",
        _("The last exposure cannot lie in the future. Look at the date again."),
    )
    building.hold()
    occupant = Occupant.enter(by=by, building=building, person=person, secret=token_urlsafe(20), **fields)
    chosen = bed or propose(building, sex=person.sex, party=occupant.party)
    require(chosen, "no-bed-free", _("No ready room has a free bed for this person. Make a room ready first."))
    assert chosen is not None  # noqa: S101 - required above
    hold_bed(occupant, bed=chosen, by=by)
    return occupant


def hold_bed(occupant: Occupant, *, bed: Bed, by: User | None) -> Stay:
    """Hold `bed` for an occupant who has none; one bed is one person's at any moment."""
    with transaction.atomic():
        # Whoever wants a bed of the room waits here, so that two see what the other did.
        bed.room.hold()
        require_free(bed, occupant)
        return Stay.enter(by=by, occupant=occupant, bed=bed, starts_at=timezone.now())


def require_free(bed: Bed, occupant: Occupant) -> None:
    """Refuse unless the room is ready (or shared, where the protocol lets it be) and the bed nobody's."""
    room = bed.room
    require(
        room.building_id == occupant.building_id,
        "bed-elsewhere",
        _("This bed is in another building."),
    )
    require(
        room.state in OPEN_TO_OCCUPANTS,
        "room-not-ready",
        _("Room %(room)s is %(state)s. Only a room that was disinfected and inspected takes anybody.")
        % {"room": room.number, "state": room.get_state_display()},
    )
    others = list(Stay.objects.open().filter(bed__room=room).select_related("occupant__person"))
    require(
        all(other.bed_id != bed.pk for other in others),
        "bed_holds_one_open_stay",
        _("This bed was just given to someone else. Choose another one."),
    )
    if others:
        require(
            may_share(occupant.person.sex, occupant.party, others, cohort=protocol_of(occupant.building).cohort),
            "room-not-shared",
            _(
                "Room %(room)s is taken, and it is not shared with this person: one person a room, unless they travel "
                "together or the protocol lets people of one sex share."
            )
            % {"room": room.number},
        )


def may_share(sex: str, party: str, others: Collection[Stay], *, cohort: bool) -> bool:
    """Whether somebody may move in with `others`: who travels together may; else the protocol and one sex decide."""
    if party and all(other.occupant.party == party for other in others):
        return True
    return cohort and sex != Sex.UNKNOWN and all(other.occupant.person.sex == sex for other in others)


def propose(building: Building, *, sex: str, party: str = "") -> Bed | None:
    """The bed the rules propose: beside those they travel with, else a ready single room of its own.

    Ready rooms only, in the contaminated zone where zones are drawn; single rooms with their own bathroom first; on the
    floor where their party already is, else the lowest floor with the most ready rooms free; a shared room only where
    the protocol lets people of one sex share.
    """
    cohort = protocol_of(building).cohort
    rooms = list(
        Room.objects.in_building(building)
        .filter(use=RoomUse.BEDROOM, state__in=OPEN_TO_OCCUPANTS, zone__in=("", Zone.CONTAMINATED))
        .prefetch_related("beds")
    )
    taken: dict[int, list[Stay]] = {}
    for stay in Stay.objects.open().filter(bed__room__building=building).select_related("occupant__person", "bed"):
        taken.setdefault(stay.bed.room_id, []).append(stay)
    party_floors = {
        room.floor for room in rooms if party and any(s.occupant.party == party for s in taken.get(room.pk, []))
    }
    best: tuple[tuple[Any, ...], Bed] | None = None
    for room in rooms:
        others = taken.get(room.pk, [])
        used = {stay.bed_id for stay in others}
        free = sorted((bed for bed in room.beds.all() if bed.pk not in used), key=lambda bed: bed.number)
        if not free or (others and not may_share(sex, party, others, cohort=cohort)):
            continue
        with_party = bool(others) and bool(party) and all(stay.occupant.party == party for stay in others)
        rank = (
            not with_party,
            bool(others),
            room.floor not in party_floors,
            not room.own_bathroom,
            len(room.beds.all()) > 1,
            room.floor,
            room.number,
        )
        if best is None or rank < best[0]:
            best = (rank, free[0])
    return best[1] if best else None


@transaction.atomic
def arrive(occupant: Occupant, *, by: User) -> None:
    """They have come: the held bed is theirs and its room occupied."""
    occupant.step("arrive", by=by)
    stay = occupant.stay
    require(stay, "no-bed-held", _("No bed is held for %(name)s.") % {"name": occupant.person.name})
    assert stay is not None  # noqa: S101 - required above
    stay.arrive(by=by)
    stay.room.occupy(by=by)


@transaction.atomic
def cancel(occupant: Occupant, *, reason: str, by: User) -> None:
    """They did not come: the bed is free again."""
    occupant.step("cancel", by=by, reason=reason)
    stay = occupant.stay
    if stay is not None:
        stay.end(by=by, reason=reason)
