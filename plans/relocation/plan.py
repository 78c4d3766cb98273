"""The relocation plan as plain facts: what `gather` read, and the figures that follow from it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.models import ALLOWS, BoxState, ConsentState, ObjectionState, OverrideReach
from plans.relocation.materials import Counts, Material
from plans.relocation.notes import Care, cares_of
from plans.relocation.proposal import Batch, Proposal
from plans.relocation.storing import BOXES_A_STUDENT, Keeping, Place, Storing
from plans.site import Site
from plans.writing import digest_of
from rooms.models import RoomState, RoomUse

# Nobody has asked the student yet; Student.objects.with_consent() says it so.
NOT_ASKED = "none"
CONSENT_STATES: tuple[str, ...] = (*ConsentState.values, NOT_ASKED)
BATCHES: dict[str, Batch] = {
    ConsentState.AUTHORISED: Batch.AGREED,
    ConsentState.WITH_WISHES: Batch.AGREED,
    ConsentState.HESITANT: Batch.HESITANT,
    ConsentState.REFUSED: Batch.LAST,
    ConsentState.NOT_REACHED: Batch.LAST,
    NOT_ASKED: Batch.LAST,
}
SHARED = 0
"""The `student` of allotments for boxes that belong to nobody alone."""


@dataclass(frozen=True)
class Member:
    """A member of staff posted at the building."""

    key: int
    name: str
    sex: str
    department: str
    serves_as: str
    may_also: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Resident:
    """A student with what the plan must know; contact points and passports stay out of it.

    `boxes` counts the boxes of each kind packed so far, `stored` those that stand in a place, by (kind, place's key).
    """

    key: int
    name: str
    latin: str
    sex: str
    language: str
    teacher: str
    room: str
    bed: int | None
    consent: str
    answered_at: datetime | None
    override: str
    note: str
    note_answered: bool
    room_packed: bool
    boxes: tuple[tuple[Keeping, int], ...] = ()
    stored: tuple[tuple[Keeping, int, int], ...] = ()

    @property
    def agreed(self) -> bool:
        """Whether the student said yes, with or without wishes."""
        return self.consent in ALLOWS

    @property
    def may_open(self) -> bool:
        """Whether the room may be entered as far as this student goes."""
        return self.agreed or bool(self.override)

    @property
    def untouched(self) -> bool:
        """Whether this half is photographed and left as it is."""
        return not self.agreed and self.override == OverrideReach.ENTER

    @property
    def cares(self) -> tuple[Care, ...]:
        """What the roster's note asks for."""
        return cares_of(self.note)

    def forecast(self, keeping: Keeping) -> int:
        """How many boxes of a kind there will be: the actual ones once the room is packed, else the planning figure."""
        actual = dict(self.boxes).get(keeping, 0)
        if self.room_packed or self.untouched:
            return actual
        noted = {
            Keeping.ORDINARY: BOXES_A_STUDENT,
            Keeping.SECURE: int(Care.VALUABLE in self.cares),
            Keeping.COLD: int(Care.COLD in self.cares),
        }
        return max(actual, noted[keeping])

    @property
    def all_boxes(self) -> int:
        """How many boxes there will be in all."""
        return sum(self.forecast(keeping) for keeping in Keeping)


@dataclass(frozen=True)
class RoomFact:
    """A room of the building; lengths in metres, `beds` by number."""

    key: int
    number: str
    floor: int
    use: str
    area: str
    own_bathroom: bool
    zone: str
    state: str
    x: float
    y: float
    width: float
    depth: float
    beds: tuple[int, ...]
    opened_at: datetime | None
    closed_at: datetime | None

    @property
    def is_bedroom(self) -> bool:
        """Whether it has beds."""
        return self.use == RoomUse.BEDROOM

    @property
    def is_packed(self) -> bool:
        """Whether nothing is left to pack in it; a room that the site uses by now was packed before."""
        return self.state not in {RoomState.LIVED_IN, RoomState.SURVEYED}


@dataclass(frozen=True)
class ObjectionFact:
    """An objection with its clock."""

    room: str
    state: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class RelocationPlan:
    """Everything the plan's page and paper say, read at `made_at`."""

    made_at: datetime
    site: Site
    members: tuple[Member, ...]
    residents: tuple[Resident, ...]
    rooms: tuple[RoomFact, ...]
    places: tuple[Place, ...]
    objections: tuple[ObjectionFact, ...]
    box_states: tuple[tuple[str, int], ...]
    proposal: Proposal
    windows_are_past: bool
    storing: Storing
    counts: Counts
    materials: tuple[Material, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the facts, the moment of reading left out: equal for one state of affairs in any language."""
        return digest_of(self, without=("made_at", "counts"))

    @property
    def issue(self) -> str:
        """The issue's number: a draft is numbered by building and moment until plans are approved."""
        at = self.made_at.astimezone(self.site.zone)
        return f"RP-{self.site.key}-{at:%Y%m%d-%H%M}"

    def consents(self) -> dict[str, int]:
        """How many students stand in each consent state; every state is named."""
        counted = Counter(resident.consent for resident in self.residents)
        return {state: counted[state] for state in CONSENT_STATES}

    @property
    def agreed(self) -> int:
        """How many students said yes."""
        return sum(resident.agreed for resident in self.residents)

    def living_in(self, number: str) -> tuple[Resident, ...]:
        """The students of a room, by bed."""
        return tuple(resident for resident in self.residents if resident.room == number)

    @property
    def bedrooms(self) -> tuple[RoomFact, ...]:
        """The rooms with beds."""
        return tuple(room for room in self.rooms if room.is_bedroom)

    @property
    def noted(self) -> tuple[Resident, ...]:
        """The students about whom the roster notes something."""
        return tuple(resident for resident in self.residents if resident.note)

    def noted_with(self, *cares: Care) -> tuple[Resident, ...]:
        """The students whose note asks for one of these."""
        return tuple(resident for resident in self.noted if set(cares) & set(resident.cares))

    @property
    def is_finished(self) -> bool:
        """Whether the move is over: nobody's room is left to pack."""
        return bool(self.residents) and not self.proposal.turns and not self.proposal.unplaced

    @property
    def in_storage(self) -> int:
        """How many boxes stand in their place."""
        return dict(self.box_states).get(str(BoxState.STORED), 0)

    @property
    def boxes(self) -> int:
        """How many boxes the move will have."""
        return self.counts.boxes

    def objections_in(self, state: str) -> tuple[ObjectionFact, ...]:
        """The objections in one state, the oldest first."""
        return tuple(sorted((one for one in self.objections if one.state == state), key=lambda one: one.opened_at))

    @property
    def overdue(self) -> tuple[ObjectionFact, ...]:
        """Objections that wait for an answer longer than promised."""
        return tuple(one for one in self.objections_in(ObjectionState.OPEN) if one.due_at < self.made_at)

    def age(self, objection: ObjectionFact) -> timedelta:
        """How long ago it was raised; for a closed one, how long it took."""
        return (objection.closed_at or self.made_at) - objection.opened_at
