"""The roll: everybody in the building is looked for, room by room; what differs is said before the roll is closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.records import require
from observation.models import Found, Occupant, OccupantState, RollCall, RollMark, Stay
from people.models import User
from rooms.models import Building, Room


@dataclass(frozen=True)
class Expected:
    """Somebody who must be found: they live in this room since this moment."""

    occupant_id: int
    name: str
    room_id: int
    room: str
    floor: int
    since: datetime


@dataclass(frozen=True)
class Mark:
    """What was found; of somebody unexpected there is no occupant but a note."""

    occupant_id: int | None
    name: str
    room_id: int
    room: str
    floor: int
    found: str
    words: str
    at: datetime
    by: str = ""


class Differs(models.TextChoices):
    """How what was found differs from what should be; the gravest first."""

    MISSING = "missing", gettext_lazy("not in the room")
    UNEXPECTED = "unexpected", gettext_lazy("somebody who is not on the list")
    SHOULD_BE_AWAY = "should-be-away", gettext_lazy("here, though their state says otherwise")
    ELSEWHERE = "elsewhere", gettext_lazy("found in another room")
    NOT_ASKED = "not-asked", gettext_lazy("not yet asked")


@dataclass(frozen=True)
class Discrepancy:
    """One difference: whom and which room it is about, and what is known."""

    kind: str
    name: str
    room: str
    floor: int
    words: str = ""

    @property
    def label(self) -> str:
        """The difference in words."""
        return str(Differs(self.kind).label)


def newest(marks: Iterable[Mark]) -> dict[int, Mark]:
    """The mark that counts for each occupant: the last one, of `marks` in the order in which they were made."""
    return {mark.occupant_id: mark for mark in marks if mark.occupant_id is not None}


def discrepancies(
    expected: Sequence[Expected], marks: Sequence[Mark], states: dict[int, str] | None = None
) -> list[Discrepancy]:
    """What differs, the gravest first.

    `marks` stand in the order in which they were made. `states` says in words how it stands with those who were found
    here and are not expected. Whoever moved after they were found is not found elsewhere.
    """
    found: list[Discrepancy] = []
    by_occupant, awaited = newest(marks), {one.occupant_id for one in expected}
    for one in expected:
        mark = by_occupant.get(one.occupant_id)
        if mark is None:
            found.append(Discrepancy(Differs.NOT_ASKED, one.name, one.room, one.floor))
        elif mark.found == Found.MISSING:
            found.append(Discrepancy(Differs.MISSING, one.name, one.room, one.floor, mark.words))
        elif mark.room_id != one.room_id and mark.at >= one.since:
            words = _("lives in %(room)s") % {"room": one.room}
            found.append(Discrepancy(Differs.ELSEWHERE, one.name, mark.room, mark.floor, words))
    for occupant, mark in by_occupant.items():
        if occupant not in awaited and mark.found == Found.HERE:
            words = (states or {}).get(occupant, "")
            found.append(Discrepancy(Differs.SHOULD_BE_AWAY, mark.name, mark.room, mark.floor, words))
    found += [
        Discrepancy(Differs.UNEXPECTED, "", mark.room, mark.floor, mark.words)
        for mark in marks
        if mark.found == Found.UNEXPECTED
    ]
    order = {kind: n for n, kind in enumerate(Differs.values)}
    return sorted(found, key=lambda one: (order[one.kind], one.floor, one.room, one.name))


@dataclass(frozen=True)
class Standing:
    """A roll call as it stands, or as it stood when it was closed."""

    expected: list[Expected]
    marks: list[Mark]
    discrepancies: list[Discrepancy]

    @property
    def newest(self) -> dict[int, Mark]:
        """The mark that counts for each occupant."""
        return newest(self.marks)

    @property
    def asked(self) -> int:
        """How many of those who are expected were looked for."""
        return sum(one.occupant_id in self.newest for one in self.expected)


def standing(roll_call: RollCall) -> Standing:
    """How the roll stands now; a closed one as it stood when it was closed."""
    at = roll_call.closed_at or timezone.now()
    expected, marks = expected_at(roll_call.building, at), marks_of(roll_call)
    awaited = {one.occupant_id for one in expected}
    others = {mark.occupant_id for mark in marks if mark.occupant_id is not None} - awaited
    return Standing(expected, marks, discrepancies(expected, marks, states_at(others, at) if others else {}))


def expected_at(building: Building, at: datetime) -> list[Expected]:
    """Who lived in the building at `at`, by floor and room."""
    rows = (
        Stay.objects.filter(occupant__building=building, arrived_at__lte=at)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .order_by("bed__room__floor", "bed__room__number", "bed__number")
        .values_list(
            "occupant_id",
            "occupant__person__name",
            "bed__room_id",
            "bed__room__number",
            "bed__room__floor",
            "arrived_at",
        )
    )
    return [Expected(*row[:5], since=row[5]) for row in rows if row[5] is not None]


def marks_of(roll_call: RollCall) -> list[Mark]:
    """The marks of a roll call in the order in which they were made."""
    rows = roll_call.marks.order_by("pk").values_list(
        "occupant_id",
        "occupant__person__name",
        "room_id",
        "room__number",
        "room__floor",
        "found",
        "words",
        "at",
        "by__first_name",
    )
    return [Mark(row[0], row[1] or "", *row[2:]) for row in rows]


def states_at(occupants: Iterable[int], at: datetime) -> dict[int, str]:
    """How it stood with these occupants at `at`, in words, as their history says."""
    past = Occupant.history.filter(id__in=set(occupants), history_date__lte=at).order_by("history_date", "history_id")
    return {pk: str(OccupantState(state).label) for pk, state in past.values_list("id", "state")}


@transaction.atomic
def start(building: Building, *, by: User) -> RollCall:
    """Begin to call the roll; whoever taps twice goes on with the one they began."""
    building.hold()
    going = RollCall.objects.in_building(building).filter(closed_at__isnull=True).first()
    if going is not None and going.started_by_id == by.pk:
        return going
    return RollCall.enter(by=by, building=building, started_by=by)


@transaction.atomic
def mark(roll_call: RollCall, *, occupant: Occupant, found: str, by: User, client_id: UUID) -> RollMark:
    """Somebody is in their room, or is not."""
    roll_call.hold()
    stay = occupant.stay
    require(
        stay is not None and stay.arrived_at is not None,
        "occupant-without-room",
        _("%(name)s has no room here. If you found them, say in which room below.") % {"name": occupant.person.name},
    )
    assert stay is not None  # noqa: S101 - required above
    return _append(roll_call, occupant=occupant, room=stay.room, found=found, words="", by=by, client_id=client_id)


@transaction.atomic
def mark_all_here(roll_call: RollCall, *, room: Room, by: User, client_id: UUID) -> list[RollMark]:
    """Everybody who lives in the room is here; whoever was just said to be missing too."""
    roll_call.hold()
    _in_building(roll_call, room)
    stays = Stay.objects.open().filter(bed__room=room, arrived_at__isnull=False).select_related("occupant")
    return [
        _append(roll_call, occupant=stay.occupant, room=room, found=Found.HERE, words="", by=by, client_id=client_id)
        for stay in stays.order_by("pk")
    ]


@transaction.atomic
def meet(
    roll_call: RollCall, *, room: Room, occupant: Occupant | None, words: str, by: User, client_id: UUID
) -> RollMark:
    """Somebody is in a room who is not expected there: an occupant, or somebody the note describes."""
    roll_call.hold()
    _in_building(roll_call, room)
    if occupant is not None:
        return _append(
            roll_call, occupant=occupant, room=room, found=Found.HERE, words=words, by=by, client_id=client_id
        )
    require(words.strip(), "stranger-without-note", _("Say who it is, or what they look like and why they are here."))
    return _append(roll_call, occupant=None, room=room, found=Found.UNEXPECTED, words=words, by=by, client_id=client_id)


@transaction.atomic
def close(roll_call: RollCall, *, words: str, by: User) -> None:
    """The roll is called; what differs is explained. A second tap finds it closed and changes nothing."""
    roll_call.hold()
    if roll_call.closed_by_id == by.pk and roll_call.words == words.strip():
        return
    _still_open(roll_call)
    differ = standing(roll_call).discrepancies
    require(
        not differ or words.strip(),
        "discrepancies-without-words",
        _("Not everybody is where they should be. Say what was done about it, then close the roll call."),
    )
    with roll_call.change(by=by):
        roll_call.closed_at, roll_call.closed_by, roll_call.words = timezone.now(), by, words.strip()


def _append(
    roll_call: RollCall,
    *,
    occupant: Occupant | None,
    room: Room,
    found: str,
    words: str,
    by: User,
    client_id: UUID,
) -> RollMark:
    """Add a mark unless the newest one says the same, so that a second tap adds nothing."""
    of_them = roll_call.marks.filter(occupant=occupant) if occupant is not None else roll_call.marks.none()
    last = of_them.order_by("-pk").first()
    if last is not None and (last.found, last.room_id, last.words) == (found, room.pk, words):
        return last
    # One form marks many, and may be sent again after going back: each mark's id follows from how many came before.
    sent = uuid5(client_id, f"{occupant.pk}:{of_them.count()}") if occupant is not None else client_id
    sent_before = roll_call.marks.filter(client_id=sent).first()
    if sent_before is not None:
        return sent_before
    _still_open(roll_call)
    require(
        occupant is None or occupant.building_id == roll_call.building_id,
        "occupant-elsewhere",
        _("This person belongs to another building."),
    )
    made = RollMark(
        client_id=sent,
        at=timezone.now(),
        roll_call=roll_call,
        occupant=occupant,
        room=room,
        found=found,
        words=words,
        by=by,
    )
    made.save()
    return made


def _still_open(roll_call: RollCall) -> None:
    require(roll_call.closed_at is None, "roll-call-closed", _("This roll call is closed. Start a new one."))


def _in_building(roll_call: RollCall, room: Room) -> None:
    require(room.building_id == roll_call.building_id, "room-elsewhere", _("This room is in another building."))
