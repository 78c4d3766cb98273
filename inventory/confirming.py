"""Confirming: the student's yes to one list of their belongings, and how far they are on the way there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Refused, require
from inventory.models import (
    ALLOWS,
    Box,
    BoxState,
    Confirmation,
    Consent,
    ConsentState,
    CustodyEvent,
    CustodyKind,
    Item,
    Manifest,
    Objection,
    ObjectionState,
    Override,
    RoomPacking,
    Seal,
    Student,
)
from inventory.own import FACTOR, confirmation_text


@dataclass(frozen=True)
class Progress:
    """How one student's belongings stand, as the student's own pages show it."""

    student: Student
    consent: Consent | None
    overrides: list[Override]
    packing: RoomPacking | None
    boxes: list[Box]
    objections: list[Objection]
    manifest: Manifest | None
    confirmations: list[Confirmation]

    @classmethod
    def of(cls, student: Student) -> "Progress":
        """Fetch it: seven queries, however many boxes. A box carries `seen` (things it shows) and `seal_number`."""
        things = Item.objects.shown_to(student).filter(box=OuterRef("pk")).order_by().values("box")
        seals = Seal.objects.filter(box=OuterRef("pk"), broken_at__isnull=True).values("number")[:1]
        boxes = Box.objects.shown_to(student).annotate(
            seen=Coalesce(Subquery(things.annotate(count=Count("pk")).values("count")), 0), seal_number=Subquery(seals)
        )
        room = student.bed.room_id if student.bed else None
        return cls(
            student=student,
            consent=Consent.objects.filter(student=student).select_related("by").order_by("-at", "-pk").first(),
            overrides=list(
                Override.objects.signed().filter(student=student).select_related("first_signer", "second_signer")
            ),
            packing=RoomPacking.objects.filter(room=room).first(),
            boxes=list(boxes.select_related("place").order_by("pk")),
            objections=list(Objection.objects.filter(student=student).select_related("item").order_by("-pk")),
            manifest=Manifest.of(student),
            confirmations=list(
                Confirmation.objects.filter(manifest__student=student)
                .select_related("manifest")
                .defer("manifest__content")
                .order_by("-pk")
            ),
        )

    @property
    def answered(self) -> bool:
        """Whether the student has said anything on the move."""
        return self.consent is not None and self.consent.state != ConsentState.NOT_REACHED

    @property
    def agreed(self) -> bool:
        """Whether the student said yes."""
        return self.consent is not None and self.consent.state in ALLOWS

    @property
    def may_change_answer(self) -> bool:
        """A yes stands once the room was opened to pack."""
        return not (self.agreed and self.packing)

    @property
    def unsettled(self) -> list[Objection]:
        """Objections the student has not closed."""
        return [objection for objection in self.objections if objection.state != ObjectionState.CLOSED]

    @property
    def to_read(self) -> list[Objection]:
        """Objections with an answer the student has not accepted yet."""
        return [objection for objection in self.objections if objection.state == ObjectionState.ANSWERED]

    @property
    def stored(self) -> int:
        """How many boxes stand in storage."""
        return sum(box.state == BoxState.STORED for box in self.boxes)

    @property
    def packed(self) -> bool:
        """Whether the packing has ended and no box is open."""
        closed = self.packing is None or self.packing.closed_at is not None
        return closed and bool(self.boxes) and all(box.state != BoxState.PACKING for box in self.boxes)

    @property
    def confirmation(self) -> Confirmation | None:
        """The student's yes to the newest list."""
        newest = self.confirmations[0] if self.confirmations else None
        return newest if newest and self.manifest and newest.manifest_id == self.manifest.pk else None

    @property
    def obstacle(self) -> tuple[str, Any] | None:
        """What stands between the student and confirming the newest list: the rule's code and its sentence."""
        if self.manifest is None or not self.manifest.content["boxes"]:
            return "nothing-to-confirm", _("There is nothing to confirm yet: no box of yours has been sealed.")
        if not self.packed:
            return "packing-not-finished", _("Your things are still being packed. Please confirm when that is done.")
        if self.unsettled:
            return (
                "objection-unsettled",
                _("Something on the list is not settled yet. As soon as it is, you can confirm the whole list."),
            )
        return None

    @property
    def to_confirm(self) -> bool:
        """Whether the newest list waits for the student's yes and nothing else."""
        return self.confirmation is None and self.obstacle is None

    @property
    def next_step(self) -> str:
        """What the student can do now: answer, read an answer, confirm, or nothing."""
        if not self.answered:
            return "consent"
        if self.to_read:
            return "objection"
        return "confirm" if self.to_confirm else ""


@transaction.atomic
def confirm(student: Student, *, digest: str, language: str, client_id: UUID) -> Confirmation:
    """Keep the student's yes to the list whose `digest` they have seen, with the text in the `language` they read.

    A later list asks again; this yes stays beside the list it was given to.
    """
    student.hold()
    known = Confirmation.objects.filter(client_id=client_id, manifest__student=student).first()
    if known is not None:
        return known
    progress = Progress.of(student)
    if progress.confirmation is not None and progress.confirmation.manifest.digest == digest:
        return progress.confirmation
    if progress.obstacle is not None:
        raise Refused(*progress.obstacle)
    manifest = progress.manifest
    require(
        manifest is not None and manifest.digest == digest,
        "list-has-changed",
        _("The list has changed since you opened it. Please open it again and look at it once more."),
    )
    assert manifest is not None  # noqa: S101 - required above
    said = Confirmation(
        client_id=client_id,
        at=timezone.now(),
        manifest=manifest,
        text=confirmation_text(language, number=manifest.number),
        language=language,
        factor=FACTOR,
    )
    said.save()
    return said


@dataclass(frozen=True)
class ListedBox:
    """One box of a manifest as it is read: its code, the seal it carried then, and its things in plain values."""

    code: str
    seal: str
    sealed_at: datetime | None
    items: list[dict[str, Any]]


def listed(manifest: Manifest, *, until: datetime | None = None) -> Iterator[ListedBox]:
    """The boxes of a manifest in order, each with its newest seal (as of `until`)."""
    codes = [box["box"] for box in manifest.content["boxes"]]
    sealed = CustodyEvent.objects.filter(box__code__in=codes, kind=CustodyKind.SEALED).select_related("box")
    if until is not None:
        sealed = sealed.filter(at__lte=until)
    newest = {event.box.code_id: event for event in sealed.order_by("number")}
    for box in manifest.content["boxes"]:
        event = newest.get(box["box"])
        yield ListedBox(
            code=box["box"],
            seal=event.seal_number if event else "",
            sealed_at=event.at if event else None,
            items=box["items"],
        )
