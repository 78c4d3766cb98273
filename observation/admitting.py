"""Somebody comes to be observed: a bed is held, they arrive, or they do not."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.ending import protocol_of, today
from observation.models import Occupant, OccupantState, Stay
from people.models import Category, ContactKind, ContactPoint, Person, Sex, User
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
    # Not `enter`: its `reason` is why a row is written, theirs is why they are observed.
    fresh = Occupant(building=building, person=person, secret=token_urlsafe(20), **fields)
    occupant = Occupant.enter_many([fresh], by=by)[0]
    chosen = bed or propose(building, sex=person.sex, party=occupant.party, came_from=occupant.came_from)
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
            may_share(
                occupant.person.sex,
                occupant.party,
                [Sleeper(one.bed_id, one.occupant.person.sex, one.occupant.party, "") for one in others],
                cohort=protocol_of(occupant.building).cohort,
            ),
            "room-not-shared",
            _(
                "Room %(room)s is taken, and it is not shared with this person: one person a room, unless they travel "
                "together or the protocol lets people of one sex share."
            )
            % {"room": room.number},
        )


def may_share(sex: str, party: str, others: "Collection[Sleeper]", *, cohort: bool) -> bool:
    """Whether somebody may move in with `others`: who travels together may; else the protocol and one sex decide."""
    if party and all(other.party == party for other in others):
        return True
    return cohort and sex != Sex.UNKNOWN and all(other.sex == sex for other in others)


@dataclass(frozen=True)
class Proposal:
    """A bed the rules propose, and why in one sentence."""

    bed: Bed
    why: str


@dataclass(frozen=True)
class Sleeper:
    """What the rules ask of somebody who has a bed or for whom one is held."""

    bed: int
    sex: str
    party: str
    came_from: str


class Vacancies:
    """The beds that rooms open to occupants have free, looked up once and filled one after the other.

    Ready rooms only, in the contaminated zone where zones are drawn.
    """

    def __init__(self, building: Building) -> None:
        self.cohort = protocol_of(building).cohort
        self.rooms = list(
            Room.objects.in_building(building)
            .filter(use=RoomUse.BEDROOM, state__in=OPEN_TO_OCCUPANTS, zone__in=("", Zone.CONTAMINATED))
            .order_by("floor", "number")
            .prefetch_related("beds")
        )
        self.places = {room.pk: place for place, room in enumerate(self.rooms)}
        self.sleepers: dict[int, list[Sleeper]] = {}
        open_stays = Stay.objects.open().filter(bed__room__building=building)
        for stay in open_stays.select_related("occupant__person", "bed"):
            who = stay.occupant
            self.take(stay.bed, sex=who.person.sex, party=who.party, came_from=who.came_from)

    def take(self, bed: Bed, *, sex: str, party: str, came_from: str = "") -> None:
        """Somebody gets this bed, so that the next proposal counts with them."""
        self.sleepers.setdefault(bed.room_id, []).append(Sleeper(bed.pk, sex, party, came_from))

    def free_beds(self, room: Room, *, sex: str, party: str) -> list[Bed]:
        """The beds of `room` that this person may have, the lowest number first."""
        others = self.sleepers.get(room.pk, [])
        if others and not may_share(sex, party, others, cohort=self.cohort):
            return []
        used = {one.bed for one in others}
        return sorted((bed for bed in room.beds.all() if bed.pk not in used), key=lambda bed: bed.number)

    def proposal(self, *, sex: str, party: str = "", came_from: str = "", companions: int = 0) -> Proposal | None:
        """The bed the rules propose, and why; None when no bed is free.

        Beside those they travel with; else a room of their own, next to the rooms of their party, single rooms with
        their own bathroom first, on a floor that has room for the companions still to come, then where others from the
        same place are, then from the lowest floor up. A shared room only where the protocol lets people of one sex
        share.
        """
        best: tuple[tuple[Any, ...], Proposal] | None = None
        party_places = self._places(lambda one: bool(party) and one.party == party)
        cohort_places = self._places(lambda one: bool(came_from) and one.came_from == came_from)
        cohort_floors = {self.rooms[at].floor for at in cohort_places}
        empty = Counter(room.floor for room in self.rooms if room.pk not in self.sleepers and room.beds.all())
        for place, room in enumerate(self.rooms):
            free = self.free_beds(room, sex=sex, party=party)
            if not free:
                continue
            others = self.sleepers.get(room.pk, [])
            with_party = bool(others) and bool(party) and all(one.party == party for one in others)
            near = min((abs(place - at) for at in party_places if self.rooms[at].floor == room.floor), default=None)
            rank = (
                not with_party,
                bool(others),
                bool(party_places) and near is None,
                not room.own_bathroom,
                len(room.beds.all()) > 1,
                empty[room.floor] <= companions,
                near or 0,
                room.floor not in cohort_floors,
                place,
            )
            if best is None or rank < best[0]:
                why = _why(
                    room, others, with_party=with_party, near=near is not None, cohort=room.floor in cohort_floors
                )
                best = (rank, Proposal(free[0], why))
        return best[1] if best else None

    def _places(self, fits: Callable[[Sleeper], bool]) -> list[int]:
        found = [pk for pk, sleepers in self.sleepers.items() if any(fits(one) for one in sleepers)]
        return sorted(self.places[pk] for pk in found if pk in self.places)


def _why(room: Room, others: Collection[Sleeper], *, with_party: bool, near: bool, cohort: bool) -> str:
    """Why the rules come to this room, in one sentence."""
    if with_party:
        return _("Room %(room)s: those they travel with are in it.") % {"room": room.number}
    if others:
        return _("Room %(room)s: no room is free for one alone; the protocol lets people of one sex share.") % {
            "room": room.number
        }
    if len(room.beds.all()) > 1:
        what = _("ready and to themselves; no ready single room suits better")
    elif room.own_bathroom:
        what = _("a ready single room with its own bathroom")
    else:
        what = _("a ready single room; none with its own bathroom is free")
    if near:
        where = _("on the floor of those they travel with")
    elif cohort:
        where = _("on the floor of others who came from the same place")
    else:
        where = _("the first one free on floor %(floor)s") % {"floor": room.floor}
    return _("Room %(room)s: %(what)s, %(where)s.") % {"room": room.number, "what": what, "where": where}


def propose(building: Building, *, sex: str, party: str = "", came_from: str = "") -> Bed | None:
    """The bed the rules propose, None when none is free; `Vacancies.proposal` says the rules."""
    found = Vacancies(building).proposal(sex=sex, party=party, came_from=came_from)
    return found.bed if found else None


def known_person(passport_number: str, *, name: str, passport_name: str = "") -> Person | None:
    """The person who is here under this passport number already; Refused when the names say it is somebody else."""
    if not passport_number:
        return None
    found = Person.objects.filter(passport_number=passport_number).order_by("pk").first()
    require(
        found is None or same_name(found, name=name, passport_name=passport_name),
        "passport-of-another",
        _("This passport number is another person's. Look at the number and the name again."),
    )
    return found


def same_name(person: Person, *, name: str, passport_name: str = "") -> bool:
    """Whether one of the names is the person's, however it is spaced and in whatever capitals."""
    known = {plain_name(person.name), plain_name(person.passport_name)} - {""}
    return not known.isdisjoint({plain_name(name), plain_name(passport_name)})


def plain_name(name: str) -> str:
    """A name for comparing: no spaces, no capitals."""
    return "".join(name.casefold().split())


def plain_number(number: str) -> str:
    """A passport or ID number as it is kept: capitals, no spaces."""
    return "".join(number.upper().split())


@transaction.atomic
def admit(
    building: Building,
    *,
    client_id: UUID,
    by: User,
    bed: Bed | None,
    name: str,
    passport_name: str,
    passport_number: str,
    sex: str,
    nationality: str,
    language: str,
    phone: str,
    **fields: Any,
) -> Occupant:
    """Enter one person and hold a bed; sent twice they are admitted once, and who is known is not entered again."""
    building.hold()
    if sent := Occupant.objects.filter(client_id=client_id, building=building).first():
        return sent
    number = plain_number(passport_number)
    said = {
        "name": name,
        "passport_name": passport_name,
        "passport_number": number,
        "sex": sex,
        "nationality": nationality,
        "language": language,
    }
    person = known_person(number, name=name, passport_name=passport_name)
    if person is None:
        person = Person.enter(by=by, category=Category.RESIDENT, **said)
    else:
        # What is left blank here says nothing; a name that is known already stays as it is written.
        person.amend(by=by, **{key: value for key, value in said.items() if value and key != "name"})
    if phone and not person.contact_points.filter(kind=ContactKind.PHONE, value=phone).exists():
        ContactPoint.enter(by=by, person=person, kind=ContactKind.PHONE, value=phone)
    return expect(building, person=person, bed=bed, by=by, client_id=client_id, **fields)


@transaction.atomic
def arrive(occupant: Occupant, *, by: User) -> None:
    """They have come: the held bed is theirs and its room occupied. A second tap finds them here."""
    occupant.hold()
    if occupant.state == OccupantState.STAYING and occupant.said_last(by=by):
        return
    occupant.step("arrive", by=by)
    stay = occupant.stay
    require(stay, "no-bed-held", _("No bed is held for %(name)s.") % {"name": occupant.person.name})
    assert stay is not None  # noqa: S101 - required above
    stay.arrive(by=by)
    stay.room.occupy(by=by)


@transaction.atomic
def cancel(occupant: Occupant, *, reason: str, by: User) -> None:
    """They did not come: the bed is free again. A second tap finds it so."""
    occupant.hold()
    if occupant.state == OccupantState.CANCELLED and occupant.said_last(by=by, reason=reason):
        return
    occupant.step("cancel", by=by, reason=reason)
    stay = occupant.stay
    if stay is not None:
        stay.end(by=by, reason=reason)
