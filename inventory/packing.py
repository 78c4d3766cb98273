"""Packing a room, from the door to the walk-out views: the procedure over room, boxes, photos and students."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Code
from core.records import require
from core.text import listed
from core.uploads import TakenPhoto, store
from inventory.models import (
    ALLOWS,
    Box,
    BoxState,
    Consent,
    CustodyEvent,
    CustodyKind,
    Item,
    Manifest,
    NoteAnswer,
    Override,
    OverrideReach,
    Ownership,
    PairSession,
    Photo,
    PhotoKind,
    RoomPacking,
    Student,
    Viewpoint,
)
from people.models import User
from rooms.models import Room, RoomState, StoragePlace


@dataclass(frozen=True)
class Clearance:
    """Whether one resident's half may be entered and packed, and why."""

    student: Student
    consent: Consent | None
    may_enter: bool
    may_pack: bool

    @property
    def protected(self) -> bool:
        """The room may be opened for a roommate, and this half is photographed and stays untouched."""
        return self.may_enter and not self.may_pack

    @property
    def overridden(self) -> bool:
        """Packed by the office's decision and not by the student's."""
        return self.may_pack and (self.consent is None or self.consent.state not in ALLOWS)


def residents(room: Room) -> list[Student]:
    """The students whose beds stand in the room, by bed."""
    return list(Student.objects.filter(bed__room=room).select_related("person", "bed__room").order_by("bed__number"))


def clearances(students: list[Student]) -> list[Clearance]:
    """What consent and signed overrides allow for each student's half of a room, in at most two queries."""
    newest_last = Consent.objects.filter(student__in=students).order_by("at", "pk")
    consents = {consent.student_id: consent for consent in newest_last}
    agreed = {student_id for student_id, consent in consents.items() if consent.state in ALLOWS}
    reaches: dict[int, set[str]] = {}
    silent = [student for student in students if student.pk not in agreed]
    if silent:
        signed = Override.objects.signed().filter(student__in=silent).values_list("student", "reach")
        for student_id, reach in signed:
            reaches.setdefault(student_id, set()).add(reach)
    return [
        Clearance(
            student=student,
            consent=consents.get(student.pk),
            may_enter=student.pk in agreed or student.pk in reaches,
            may_pack=student.pk in agreed or OverrideReach.PACK in reaches.get(student.pk, set()),
        )
        for student in students
    ]


def clearance(student: Student) -> Clearance:
    """What consent and signed overrides allow for one student's half of a room."""
    return clearances([student])[0]


def viewpoints(room: Room) -> list[Viewpoint]:
    """The shot list of the room; a room without own bathroom has no bathroom view."""
    return [view for view in Viewpoint if view != Viewpoint.BATHROOM or room.own_bathroom]


def missing_views(room: Room, kind: PhotoKind) -> list[Viewpoint]:
    """The viewpoints of the shot list that have no photo yet."""
    taken = set(Photo.objects.filter(room=room, kind=kind).values_list("viewpoint", flat=True))
    return [view for view in viewpoints(room) if view not in taken]


@transaction.atomic
def open_room(room: Room, *, pair: PairSession, answers: dict[int, str]) -> RoomPacking:
    """Open the door to pack: every resident agrees or is overridden by two, every note in the roster is answered.

    `answers` maps a student's pk to what the pair will do about the roster's note.
    """
    room.hold()
    known = RoomPacking.objects.filter(room=room).first()
    if known is not None:
        return known
    living_here = residents(room)
    require(living_here, "room-without-residents", _("Nobody's belongings are recorded in this room."))
    for resident in living_here:
        require(
            clearance(resident).may_enter,
            "resident-has-not-agreed",
            _("The room stays closed: %(name)s has not agreed, and no override signed by two is in force.")
            % {"name": resident.person.name},
        )
        require(
            not resident.notes or answers.get(resident.pk, "").strip(),
            "note-unanswered",
            _("Say first what you will do about the note for %(name)s: %(note)s")
            % {"name": resident.person.name, "note": resident.notes},
        )
    pair.touch()
    assert pair.witness is not None  # noqa: S101 - touch() has required it
    packing = RoomPacking.enter(
        by=pair.packer, room=room, opened_at=timezone.now(), opened_by=pair.packer, witness=pair.witness
    )
    for resident in living_here:
        if resident.notes:
            NoteAnswer(
                client_id=_derived(packing, resident),
                at=timezone.now(),
                packing=packing,
                student=resident,
                note=resident.notes,
                answer=answers[resident.pk].strip(),
                by=pair.packer,
            ).save()
    return packing


@transaction.atomic
def photograph_room(
    room: Room, *, kind: PhotoKind, viewpoint: str, taken: TakenPhoto, pair: PairSession, client_id: UUID
) -> Photo:
    """Keep a walk-in or walk-out view; the last walk-in view makes the room surveyed."""
    room.hold()
    known = Photo.objects.filter(client_id=client_id).first()
    if known is not None:
        return known
    _require_open(room)
    require(viewpoint in viewpoints(room), "viewpoint-unknown", _("This view is not on the room's shot list."))
    require(
        kind == PhotoKind.ROOM_BEFORE or room.state in {RoomState.SURVEYED, RoomState.PACKED},
        "walk-in-views-missing",
        _("Take the walk-in views first."),
    )
    require(
        kind == PhotoKind.ROOM_AFTER or room.state in {RoomState.LIVED_IN, RoomState.SURVEYED},
        "room-already-packed",
        _("The room is already packed; walk-in views can no longer be taken."),
    )
    pair.touch()
    photo = _keep(taken, kind=kind, room=room, viewpoint=viewpoint, by=pair.packer, client_id=client_id)
    if kind == PhotoKind.ROOM_BEFORE and room.state == RoomState.LIVED_IN and not missing_views(room, kind):
        room.survey(by=pair.packer)
    return photo


@transaction.atomic
def claim_box(room: Room, *, label: str, student: Student | None, pair: PairSession, client_id: UUID) -> Box:
    """Turn a blank label into a box of this room, for one resident or (without one) for shared things."""
    room.hold()
    known = Box.objects.filter(client_id=client_id).first()
    if known is not None:
        return known
    _require_open(room)
    require(
        room.state == RoomState.SURVEYED,
        "room-not-surveyed",
        _("Boxes are packed after the last walk-in view and before the room is closed."),
    )
    if student is not None:
        _require_may_pack(student, room)
    code = Code.claim(label, "box")
    pair.touch()
    assert pair.witness is not None  # noqa: S101 - touch() has required it
    box = Box.enter(by=pair.packer, client_id=client_id, code=code, room=room, student=student)
    CustodyEvent.append(
        box, CustodyKind.PACKED, by=pair.packer, witness=pair.witness, client_id=client_id, to_room=room
    )
    return box


@dataclass(frozen=True)
class Described:
    """An item as the packer describes it; `condition` is a list of {code, place}."""

    description: str
    category: str
    quantity: int
    ownership: str
    owner: Student | None
    condition: list[dict[str, str]]
    handling: list[str]


@transaction.atomic
def put_in(
    box: Box, *, thing: Described, photos: list[tuple[UUID, TakenPhoto]], pair: PairSession, client_id: UUID
) -> Item:
    """Put a thing with its photos into a box that is being packed."""
    box.hold()
    known = Item.objects.filter(client_id=client_id).first()
    if known is not None:
        return known
    _require_packing(box)
    owner = thing.owner if thing.ownership == Ownership.OWNED else None
    if thing.ownership == Ownership.OWNED:
        require(owner, "item-without-owner", _("Say whose it is, or mark it shared or unclear."))
        assert owner is not None  # noqa: S101 - required above
        _require_may_pack(owner, box.room)
        require(
            box.student_id in {None, owner.pk},
            "item-in-another-students-box",
            _("This box belongs to someone else. Put the thing into a box of its owner's or a shared one."),
        )
    pair.touch()
    item = Item.enter(
        by=pair.packer,
        client_id=client_id,
        box=box,
        ownership=thing.ownership,
        owner=owner,
        description=thing.description.strip(),
        category=thing.category,
        quantity=thing.quantity,
        condition=thing.condition,
        handling=thing.handling,
    )
    for photo_id, taken in photos:
        _keep(taken, kind=PhotoKind.ITEM, room=box.room, box=box, item=item, by=pair.packer, client_id=photo_id)
    return item


@transaction.atomic
def photograph_box(box: Box, *, photos: list[tuple[UUID, TakenPhoto]], pair: PairSession) -> None:
    """Add photos of the contents while packing, or of the sealed box afterwards."""
    box.hold()
    kind = PhotoKind.ITEM if box.state == BoxState.PACKING else PhotoKind.SEALED_BOX
    known = set(Photo.objects.filter(client_id__in=[one for one, _taken in photos]).values_list("client_id", flat=True))
    fresh = [(photo_id, taken) for photo_id, taken in photos if photo_id not in known]
    if fresh:
        pair.touch()
    for photo_id, taken in fresh:
        _keep(taken, kind=kind, room=box.room, box=box, by=pair.packer, client_id=photo_id)


@transaction.atomic
def seal_box(box: Box, *, number: str, pair: PairSession, client_id: UUID) -> None:
    """Seal the box and issue the next manifest of its student, or of everyone who has something in a shared box."""
    box.seal(number=number, pair=pair, client_id=client_id)
    concerned = [box.student] if box.student is not None else holders(box)
    for student in concerned:
        Manifest.issue(student)


def holders(box: Box) -> list[Student]:
    """Whose things are in a box without one owner: the items' owners, and for shared things all residents, by pk."""
    found = {item.owner_id for item in box.items.all() if item.owner_id is not None}
    if any(item.ownership != Ownership.OWNED for item in box.items.all()):
        found |= {resident.pk for resident in residents(box.room)}
    return list(Student.objects.filter(pk__in=found).order_by("pk"))


@transaction.atomic
def close_room(room: Room, *, pair: PairSession) -> None:
    """End the packing: no box open, every walk-out view taken; the room is packed."""
    room.hold()
    if RoomPacking.objects.filter(room=room, closed_at__isnull=False).exists():
        return
    packing = _require_open(room)
    open_boxes = Box.objects.filter(room=room, state=BoxState.PACKING).count()
    require(
        not open_boxes,
        "boxes-unsealed",
        _("%(count)d boxes of this room are not sealed yet. Seal them first.") % {"count": open_boxes},
    )
    missing = missing_views(room, PhotoKind.ROOM_AFTER)
    require(
        not missing,
        "walk-out-views-missing",
        _("Walk-out views are still missing: %(views)s.") % {"views": listed(v.label for v in missing)},
    )
    pair.touch()
    with packing.change(by=pair.packer):
        packing.closed_at, packing.closed_by, packing.closing_witness = timezone.now(), pair.packer, pair.witness
    room.pack(by=pair.packer)
    clear_when_empty(room, by=pair.packer)


@transaction.atomic
def load_box(box: Box, *, pair: PairSession, client_id: UUID) -> None:
    """Take the box out of its room; the last one clears the room."""
    # The room is held first: of two pairs who carry out the last two boxes, the second must see what the first did.
    box.room.hold()
    box.load(pair=pair, client_id=client_id)
    clear_when_empty(box.room, by=pair.packer)


@transaction.atomic
def store_box(box: Box, *, place: StoragePlace, pair: PairSession, client_id: UUID) -> None:
    """Set the box down in a place, straight from the room, from the lorry, or from another place."""
    box.room.hold()
    if box.state == BoxState.STORED:
        box.move(place=place, pair=pair, client_id=client_id)
    else:
        box.store(place=place, pair=pair, client_id=client_id)
    clear_when_empty(box.room, by=pair.packer)


def clear_when_empty(room: Room, *, by: User) -> None:
    """The packed room is cleared once none of its boxes stands in it."""
    room.refresh_from_db()
    standing = Box.objects.filter(room=room, state__in=[BoxState.PACKING, BoxState.SEALED]).exists()
    if room.state == RoomState.PACKED and not standing:
        room.clear(by=by)


def _require_open(room: Room) -> RoomPacking:
    packing = RoomPacking.objects.filter(room=room).first()
    require(packing is not None, "room-not-opened", _("Open the room first."))
    assert packing is not None  # noqa: S101 - required above
    require(packing.closed_at is None, "room-closed", _("The packing of this room is closed."))
    return packing


def _require_packing(box: Box) -> None:
    require(
        box.state == BoxState.PACKING,
        "box-sealed",
        _("Box %(code)s is already sealed; its contents are frozen.") % {"code": box.code_id},
    )


def _require_may_pack(student: Student, room: Room) -> None:
    require(
        student.bed is not None and student.bed.room_id == room.pk,
        "student-elsewhere",
        _("%(name)s does not live in this room.") % {"name": student.person.name},
    )
    require(
        clearance(student).may_pack,
        "half-protected",
        _("The belongings of %(name)s stay untouched: no consent, and no override to pack.")
        % {"name": student.person.name},
    )


def _keep(taken: TakenPhoto, *, by: User, client_id: UUID, **shows: object) -> Photo:
    kept = store(taken)
    photo = Photo(
        client_id=client_id,
        at=timezone.now(),
        by=by,
        original=kept.original,
        large=kept.large,
        small=kept.small,
        sha256=kept.sha256,
        size=kept.size,
        width=kept.width,
        height=kept.height,
        **shows,
    )
    photo.save()
    return photo


def _derived(packing: RoomPacking, student: Student) -> UUID:
    """One id per room and student: the answer to a note is recorded once, however often it is sent."""
    return UUID(int=(packing.pk << 64) | student.pk)
