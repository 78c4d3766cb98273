"""Reading the relocation plan's facts from the live data, in a constant number of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from inventory.models import (
    Box,
    BoxState,
    Consent,
    Handling,
    Item,
    NoteAnswer,
    Objection,
    Override,
    OverrideReach,
    RoomPacking,
    Student,
)
from plans.relocation import words
from plans.relocation.materials import Counts, materials
from plans.relocation.notes import Care
from plans.relocation.plan import (
    BATCHES,
    SHARED,
    Member,
    ObjectionFact,
    RelocationPlan,
    Resident,
    RoomFact,
)
from plans.relocation.proposal import Crew, RoomToPack, Window, Worker, make_crews, propose, working_windows
from plans.relocation.storing import Keeping, Place, ToStore, allot
from plans.site import Site
from rooms.models import Building, Posting, Room, RoomState, StoragePlace


@dataclass(frozen=True)
class BoxFact:
    """A box with whose it is, where it stands and what kind of place it needs."""

    student: int | None
    state: str
    place: int | None
    keeping: Keeping


# A turn begins at a full half hour; nobody opens a door at 10:07 by a plan.
STEP = timedelta(minutes=30)


def gather(building: Building, now: datetime) -> RelocationPlan:
    """The relocation plan of a building as things stand at `now`."""
    site = Site.of(building)
    members = tuple(_members(building))
    boxes = _boxes(building)
    rooms = tuple(_rooms(building))
    residents = tuple(_residents(building, boxes, packed={room.number for room in rooms if room.is_packed}))
    places = tuple(_places(building, boxes))
    crews, windows_are_past = _crews(members, site, now=now)
    proposal = propose(_to_pack(rooms, residents), crews)
    counts = Counts(
        students=len(residents),
        rooms=sum(1 for room in rooms if room.is_bedroom),
        boxes=sum(resident.all_boxes for resident in residents) + sum(box.student is None for box in boxes),
        crews=len(crews),
        half_days=sum(len({turn.crew.number for turn in wave.turns}) for wave in proposal.waves),
        valuable=sum(Care.VALUABLE in resident.cares for resident in residents),
        cold=sum(Care.COLD in resident.cares for resident in residents),
        battery=sum(Care.BATTERY in resident.cares for resident in residents),
        fragile=sum(Care.FRAGILE in resident.cares for resident in residents),
    )
    return RelocationPlan(
        made_at=now,
        site=site,
        members=members,
        residents=residents,
        rooms=rooms,
        places=places,
        objections=tuple(_objections(building)),
        box_states=tuple((str(state), sum(box.state == state for box in boxes)) for state in BoxState),
        proposal=proposal,
        windows_are_past=windows_are_past,
        storing=allot(_to_store(residents, boxes), places),
        counts=counts,
        materials=materials(counts),
    )


def _members(building: Building) -> Iterable[Member]:
    for posting in Posting.objects.in_building(building).select_related("person").order_by("pk"):
        yield Member(
            key=posting.person_id,
            name=posting.person.name,
            sex=posting.person.sex,
            department=posting.department,
            serves_as=posting.serves_as,
            may_also=posting.may_also,
            start=posting.available_from,
            end=posting.available_until,
        )


def _boxes(building: Building) -> list[BoxFact]:
    flags: defaultdict[int, set[str]] = defaultdict(set)
    for pk, handling in Item.objects.in_building(building).values_list("box_id", "handling"):
        flags[pk].update(handling)
    boxes = Box.objects.in_building(building).order_by("pk")
    return [
        BoxFact(student, state, place, _keeping(flags[pk]))
        for pk, student, state, place in boxes.values_list("pk", "student_id", "state", "place_id")
    ]


def _keeping(flags: set[str]) -> Keeping:
    if Handling.VALUABLE in flags:
        return Keeping.SECURE
    return Keeping.COLD if Handling.COLD in flags else Keeping.ORDINARY


def _rooms(building: Building) -> Iterable[RoomFact]:
    packings = {packing.room_id: packing for packing in RoomPacking.objects.in_building(building)}
    rooms = Room.objects.in_building(building).order_by("floor", "number").prefetch_related("beds")
    for room in rooms:
        packing = packings.get(room.pk)
        yield RoomFact(
            key=room.pk,
            number=room.number,
            floor=room.floor,
            use=room.use,
            area="" if room.area is None else f"{room.area.normalize():f}",
            own_bathroom=room.own_bathroom,
            zone=room.zone,
            state=room.state,
            x=float(room.plan_x),
            y=float(room.plan_y),
            width=float(room.plan_width),
            depth=float(room.plan_depth),
            beds=tuple(bed.number for bed in room.beds.all()),
            opened_at=packing.opened_at if packing else None,
            closed_at=packing.closed_at if packing else None,
        )


def _residents(building: Building, boxes: list[BoxFact], *, packed: set[str]) -> Iterable[Resident]:
    reaches: defaultdict[int, set[str]] = defaultdict(set)
    for owner, reach in Override.objects.in_building(building).signed().values_list("student_id", "reach"):
        reaches[owner].add(reach)
    answered = set(NoteAnswer.objects.filter(student__building=building).values_list("student_id", flat=True))
    counted: defaultdict[int, Counter[Keeping]] = defaultdict(Counter)
    stored: defaultdict[int, Counter[tuple[Keeping, int]]] = defaultdict(Counter)
    for box in boxes:
        if box.student is not None:
            counted[box.student][box.keeping] += 1
            if box.place is not None:
                stored[box.student][(box.keeping, box.place)] += 1
    newest = Consent.objects.filter(student=OuterRef("pk")).order_by("-at", "-pk").values("at")[:1]
    students = (
        Student.objects.in_building(building)
        .with_consent()
        .annotate(answered_at=Subquery(newest))
        .select_related("person__responsible", "bed__room")
        .order_by("bed__room__floor", "bed__room__number", "bed__number", "pk")
    )
    for student in students:
        person, bed = student.person, student.bed
        room = bed.room.number if bed else ""
        yield Resident(
            key=student.pk,
            name=person.name,
            latin=person.passport_name,
            sex=person.sex,
            language=person.language,
            teacher=person.responsible.name if person.responsible else "",
            room=room,
            bed=bed.number if bed else None,
            consent=student.consent_state,
            answered_at=student.answered_at,  # type: ignore[attr-defined]
            override=_reach(reaches[student.pk]),
            note=student.notes,
            note_answered=student.pk in answered,
            room_packed=room in packed,
            boxes=tuple(sorted(counted[student.pk].items())),
            stored=tuple(sorted((keeping, place, n) for (keeping, place), n in stored[student.pk].items())),
        )


def _reach(reaches: set[str]) -> str:
    """The farther of the overrides in force, or nothing."""
    return next((str(reach) for reach in (OverrideReach.PACK, OverrideReach.ENTER) if reach in reaches), "")


def _places(building: Building, boxes: list[BoxFact]) -> Iterable[Place]:
    taken = Counter(box.place for box in boxes if box.place is not None)
    for place in StoragePlace.objects.in_building(building).order_by("name"):
        yield Place(
            key=place.pk,
            name=place.name,
            site=place.site,
            rack=place.rack,
            level=place.level,
            slots=place.slots,
            taken=taken[place.pk],
            secure=place.secure,
            cold=place.cold,
        )


def _objections(building: Building) -> Iterable[ObjectionFact]:
    for one in Objection.objects.in_building(building).select_related("item__box__room").order_by("opened_at", "pk"):
        yield ObjectionFact(one.item.box.room.number, one.state, one.opened_at, one.due_at, one.closed_at)


def _crews(members: Iterable[Member], site: Site, *, now: datetime) -> tuple[tuple[Crew, ...], bool]:
    """The crews with the time still before them; when all their time is past, as it was, and True."""
    workers = [(words.roles_of(member), Worker(member.key, member.sex, _windows(member, site))) for member in members]
    last = max((window.end for _roles, worker in workers for window in worker.windows), default=None)
    past = last is not None and last <= now
    if not past:
        start = _next_step(now)
        workers = [(roles, Worker(one.key, one.sex, _from(one.windows, start))) for roles, one in workers]
    movers = [worker for roles, worker in workers if words.Role.MOVER in roles]
    # Who is a witness by post comes before who may also be one.
    witnesses = [worker for roles, worker in workers if roles[:1] == (words.Role.WITNESS,)]
    witnesses += [worker for roles, worker in workers if words.Role.WITNESS in roles[1:]]
    return make_crews(movers, witnesses), past


def _windows(member: Member, site: Site) -> tuple[Window, ...]:
    if member.start is None or member.end is None:
        return ()
    return working_windows(member.start, member.end, zone=site.zone)


def _next_step(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -(-(now - midnight) // STEP) * STEP


def _from(windows: tuple[Window, ...], start: datetime) -> tuple[Window, ...]:
    return tuple(Window(max(window.start, start), window.end) for window in windows if window.end > start)


def _to_pack(rooms: Iterable[RoomFact], residents: tuple[Resident, ...]) -> list[RoomToPack]:
    """The rooms with belongings that are not packed yet; a room goes with the last of its residents."""
    by_room: defaultdict[str, list[Resident]] = defaultdict(list)
    for resident in residents:
        by_room[resident.room].append(resident)
    return [
        RoomToPack(
            key=room.key,
            number=room.number,
            floor=room.floor,
            packs=sum(not resident.untouched for resident in living),
            sexes=frozenset(resident.sex for resident in living if resident.sex),
            batch=max(BATCHES[resident.consent] for resident in living),
            since=_last_answer(living),
            started=room.state == RoomState.SURVEYED or room.opened_at is not None,
        )
        for room in rooms
        if not room.is_packed and (living := by_room[room.number])
    ]


def _last_answer(living: list[Resident]) -> datetime | None:
    """When the last resident answered; None while one has not been asked."""
    answers = [resident.answered_at for resident in living]
    known = [at for at in answers if at is not None]
    return max(known) if len(known) == len(answers) else None


def _to_store(residents: Iterable[Resident], boxes: list[BoxFact]) -> Iterable[ToStore]:
    """What still needs a place, by room and bed, so that roommates stand side by side; then what is shared."""
    for resident in residents:
        for keeping in Keeping:
            homes = [(place, n) for kind, place, n in resident.stored if kind == keeping]
            left = resident.forecast(keeping) - sum(n for _place, n in homes)
            if left > 0:
                yield ToStore(resident.key, keeping, left, tuple(place for place, _n in homes))
    for keeping in Keeping:
        shared = [box.place for box in boxes if box.student is None and box.keeping == keeping]
        left = shared.count(None)
        if left:
            yield ToStore(SHARED, keeping, left, tuple({place for place in shared if place is not None}))
