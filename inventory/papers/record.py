"""The packing record of one room: who agreed, who opened and closed the door, every view before and after, each box."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import paper
from core.codes import scan_url
from core.qr import qr_data_uri
from core.records import require
from inventory import packing
from inventory.models import (
    Box,
    Consent,
    CustodyEvent,
    CustodyKind,
    Item,
    NoteAnswer,
    Override,
    Photo,
    PhotoKind,
    RoomPacking,
    Viewpoint,
)
from inventory.packing import Clearance
from people.models import User
from rooms.models import Room


@dataclass(frozen=True)
class Resident:
    """One who lives in the room: what they had said when the door opened, what they say now, and who overrode it."""

    half: Clearance
    at_opening: Consent | None
    overrides: list[Override]

    @property
    def since(self) -> Consent | None:
        """A later answer, when there is one."""
        now = self.half.consent
        return now if now is not None and (self.at_opening is None or now.pk != self.at_opening.pk) else None


@dataclass(frozen=True)
class View:
    """One view of the shot list, as the room was found and as it was left."""

    viewpoint: Viewpoint
    before: list[Photo]
    after: list[Photo]

    @property
    def sides(self) -> list[list[Photo]]:
        """Both, from left to right."""
        return [self.before, self.after]


@dataclass(frozen=True)
class BoxLine:
    """One box of the room: its newest sealing, and how many things, pieces and photos it has."""

    box: Box
    sealed: CustodyEvent | None
    things: int
    pieces: int
    photos: int

    @property
    def digest(self) -> str:
        """The beginning of the contents' digest."""
        return paper.Imprint(digest=self.sealed.contents_digest).shown_digest if self.sealed else ""


@dataclass(frozen=True)
class Signature:
    """A line to sign on: whose, and what for."""

    name: str
    role: str


@dataclass(frozen=True)
class PackingRecord:
    """What stands on the record of a room whose door was opened."""

    room: Room
    packing: RoomPacking
    residents: list[Resident]
    answers: list[NoteAnswer]
    views: list[View]
    boxes: list[BoxLine]
    printed_at: datetime

    @classmethod
    def of(cls, room: Room) -> "PackingRecord":
        """The record as of now, in a fixed number of queries; Refused before the door was opened."""
        people = ("opened_by", "witness", "closed_by", "closing_witness", "room__building")
        opened = RoomPacking.objects.filter(room=room).select_related(*people).first()
        require(
            opened,
            "room-not-opened",
            _("Room %(room)s has not been opened to pack; there is nothing to record yet.") % {"room": room.number},
        )
        assert opened is not None  # noqa: S101 - required above
        return cls(
            room=opened.room,
            packing=opened,
            residents=_residents(opened),
            answers=list(opened.answers.select_related("student__person", "by")),
            views=_views(opened.room),
            boxes=_boxes(opened.room),
            printed_at=timezone.now(),
        )

    @property
    def qr(self) -> str:
        """The QR on the room's door."""
        return qr_data_uri(scan_url(self.room.code_id))

    @property
    def totals(self) -> Counter[str]:
        """Things, pieces and photos of all boxes."""
        return Counter(
            things=sum(line.things for line in self.boxes),
            pieces=sum(line.pieces for line in self.boxes),
            photos=sum(line.photos for line in self.boxes),
        )

    @property
    def signatures(self) -> list[Signature]:
        """A line for each of the two who opened and of the two who closed, once a person, and one for the office."""
        done: defaultdict[User, list[str]] = defaultdict(list)
        opened = self.packing
        for user, role in (
            (opened.opened_by, gettext_lazy("opened the room")),
            (opened.witness, gettext_lazy("witnessed the opening")),
            (opened.closed_by, gettext_lazy("closed the room")),
            (opened.closing_witness, gettext_lazy("witnessed the closing")),
        ):
            if user is not None:
                done[user].append(str(role))
        found = [Signature(user.shown_name, ", ".join(roles)) for user, roles in done.items()]
        return [*found, Signature("", _("for the dormitory office"))]


def _residents(opened: RoomPacking) -> list[Resident]:
    halves = packing.clearances(packing.residents(opened.room))
    students = [half.student for half in halves]
    before = Consent.objects.filter(student__in=students, at__lte=opened.opened_at).select_related("by")
    at_opening = {consent.student_id: consent for consent in before.order_by("at", "pk")}
    overrides: defaultdict[int, list[Override]] = defaultdict(list)
    signed = Override.objects.signed().filter(student__in=students).select_related("first_signer", "second_signer")
    for override in signed.order_by("pk"):
        overrides[override.student_id].append(override)
    return [Resident(half, at_opening.get(half.student.pk), overrides[half.student.pk]) for half in halves]


def _views(room: Room) -> list[View]:
    """The shot list, and any view beside it that was photographed all the same."""
    taken: defaultdict[tuple[str, str], list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(room=room, box__isnull=True).select_related("by").order_by("pk"):
        taken[photo.kind, photo.viewpoint].append(photo)
    wanted = packing.viewpoints(room)
    views = [View(view, taken[PhotoKind.ROOM_BEFORE, view], taken[PhotoKind.ROOM_AFTER, view]) for view in Viewpoint]
    return [view for view in views if view.viewpoint in wanted or view.before or view.after]


def _boxes(room: Room) -> list[BoxLine]:
    boxes = Box.objects.filter(room=room).select_related("student__person", "place").order_by("pk")
    things: Counter[int] = Counter()
    pieces: Counter[int] = Counter()
    for box, quantity in Item.objects.filter(box__room=room).values_list("box", "quantity"):
        things[box] += 1
        pieces[box] += quantity
    photos = Counter(Photo.objects.filter(box__room=room).values_list("box", flat=True))
    sealings = CustodyEvent.objects.filter(box__room=room, kind=CustodyKind.SEALED).select_related("by", "witness")
    sealed = {event.box_id: event for event in sealings.order_by("number")}
    return [
        BoxLine(box, sealed.get(box.pk), things=things[box.pk], pieces=pieces[box.pk], photos=photos[box.pk])
        for box in boxes
    ]


def draw(record: PackingRecord) -> bytes:
    """The record as a PDF in the language of the page; a photo that is gone from the disk is a PaperFault."""
    return paper.pdf(
        "inventory/paper/record.html",
        {"record": record, "room": record.room, "packing": record.packing},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Packing record of room %(room)s") % {"room": record.room.number},
        imprint=paper.Imprint(on=timezone.localtime(record.printed_at).date()),
    )
