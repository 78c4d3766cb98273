"""The chain of custody: one numbered, hashed chain of events a box."""

import hashlib
import json
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.records import Fact
from people.models import User
from rooms.models import Building, InBuildingQuerySet, Room, StoragePlace

if TYPE_CHECKING:
    from inventory.models.box import Box


class CustodyKind(models.TextChoices):
    """What happened to a box."""

    PACKED = "packed", pgettext_lazy("a box", "packed")
    SEALED = "sealed", _("sealed")
    LOADED = "loaded", _("loaded")
    STORED = "stored", _("stored")
    MOVED = "moved", _("moved")
    INSPECTED = "inspected", _("inspected")
    OPENED = "opened", _("opened")
    RELEASED = "released", _("released")
    RETURNED = "returned", _("returned")
    DAMAGED = "damaged", _("damaged")
    MISSING = "missing", _("missing")


class CustodyEventQuerySet(InBuildingQuerySet["CustodyEvent"]):
    """Words for lists of custody events."""

    within = "box__room__building"


def canonical(content: Any) -> bytes:
    """One spelling for one content, so that equal contents have equal digests."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def commitment(salt: str, text: str) -> str:
    """What the chain keeps of a personal text: erasing salt and text leaves the chain whole and the text gone."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _where(room: Room | None, place: StoragePlace | None) -> str:
    if room is not None:
        return gettext("room %(number)s") % {"number": room.number}
    return place.name if place is not None else gettext("on the way")


class CustodyEvent(Fact):
    """One step of a box, appended only. Numbered 1…n; each names the place before it and the hash before it.

    At most one of `to_room` and `to_place` is set; neither means on the way.
    """

    box = models.ForeignKey("inventory.Box", models.PROTECT, related_name="events", verbose_name=_("box"))
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what happened"), max_length=20, choices=CustodyKind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    witness = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("witness"))
    from_room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+")
    from_place = models.ForeignKey(StoragePlace, models.PROTECT, null=True, blank=True, related_name="+")
    to_room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+")
    to_place = models.ForeignKey(StoragePlace, models.PROTECT, null=True, blank=True, related_name="+")
    seal_number = models.CharField(_("seal number"), max_length=40, blank=True, default="")
    contents_digest = models.CharField(_("digest of the contents"), max_length=64, blank=True, default="")
    photo_hashes = models.JSONField(_("photos"), default=list, blank=True)
    note_commitment = models.CharField(max_length=64, blank=True, default="")
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    objects = CustodyEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody event")
        verbose_name_plural = _("custody events")
        ordering = ("box", "number")
        constraints = (
            models.UniqueConstraint(fields=("box", "number"), name="custody_number_stands_once_per_box"),
            models.CheckConstraint(
                condition=~Q(witness=F("by")),
                name="custody_has_two_people",
                violation_error_message=_("The witness must be someone other than the packer."),
            ),
            models.CheckConstraint(
                condition=Q(to_room__isnull=True) | Q(to_place__isnull=True), name="custody_leads_to_one_place"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="custody_numbers_start_at_1"),
            models.CheckConstraint(
                condition=(Q(number=1) & Q(previous_hash="")) | (Q(number__gt=1) & ~Q(previous_hash="")),
                name="custody_names_the_hash_before",
            ),
        )

    def __str__(self) -> str:
        return f"{self.box} {self.number} {self.get_kind_display()}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.box.room.building

    @property
    def whence(self) -> str:
        """Where the box came from, in words."""
        if self.number == 1:
            return "—"
        return _where(self.from_room, self.from_place)

    @property
    def whither(self) -> str:
        """Where the box was afterwards, in words."""
        return _where(self.to_room, self.to_place)

    def chained(self) -> dict[str, Any]:
        """What the hash covers: every fact of the event, and no personal text."""
        return {
            "box": self.box.code_id,
            "number": self.number,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "by": self.by_id,
            "witness": self.witness_id,
            "from": [self.from_room_id, self.from_place_id],
            "to": [self.to_room_id, self.to_place_id],
            "seal": self.seal_number,
            "contents": self.contents_digest,
            "photos": self.photo_hashes,
            "note": self.note_commitment,
            "before": self.previous_hash,
        }

    def computed_hash(self) -> str:
        """The SHA-256 that `hash` must equal."""
        return hashlib.sha256(canonical(self.chained())).hexdigest()

    @classmethod
    def append(
        cls,
        box: "Box",
        kind: str,
        *,
        by: User,
        witness: User,
        client_id: UUID,
        to_room: Room | None = None,
        to_place: StoragePlace | None = None,
        seal_number: str = "",
        contents_digest: str = "",
        photo_hashes: list[str] | None = None,
        note: str = "",
    ) -> Self:
        """Add the next event to the chain of a box that the caller holds locked."""
        last = cls.objects.filter(box=box).order_by("-number").first()
        salt = token_hex(16)
        event = cls(
            client_id=client_id,
            at=timezone.now(),
            box=box,
            number=last.number + 1 if last else 1,
            kind=kind,
            by=by,
            witness=witness,
            from_room_id=last.to_room_id if last else None,
            from_place_id=last.to_place_id if last else None,
            to_room=to_room,
            to_place=to_place,
            seal_number=seal_number,
            contents_digest=contents_digest,
            photo_hashes=photo_hashes or [],
            note_commitment=commitment(salt, note) if note else "",
            previous_hash=last.hash if last else "",
        )
        event.hash = event.computed_hash()
        event.save()
        if note:
            CustodyNote.objects.create(event=event, salt=salt, text=note)
        return event


class CustodyNote(models.Model):
    """The personal words beside an event; may be erased, and the chain still verifies."""

    event = models.OneToOneField(CustodyEvent, models.PROTECT, related_name="note", verbose_name=_("custody event"))
    salt = models.CharField(max_length=32)
    text = models.TextField(_("note"), max_length=2000)

    class Meta:
        verbose_name = _("note to a custody event")
        verbose_name_plural = _("notes to custody events")

    def __str__(self) -> str:
        return self.text
