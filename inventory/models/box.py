"""Boxes and the items in them."""

import hashlib
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.models import Code
from core.records import Record, RecordQuerySet, require
from inventory.models.custody import CustodyEvent, CustodyKind, canonical
from inventory.models.packing import PairSession
from inventory.models.photo import PhotoKind
from inventory.models.student import Student
from rooms.models import Building, InBuildingQuerySet, Room, StoragePlace


class BoxState(models.TextChoices):
    """A box's life as far as the move goes."""

    PACKING = "packing", _("being packed")
    SEALED = "sealed", _("sealed")
    LOADED = "loaded", _("on the way")
    STORED = "stored", _("in storage")


BOX_TRANSITIONS: dict[str, dict[str, str]] = {
    "seal": {BoxState.PACKING: BoxState.SEALED},
    "load": {BoxState.SEALED: BoxState.LOADED},
    "store": {BoxState.SEALED: BoxState.STORED, BoxState.LOADED: BoxState.STORED},
    "move": {BoxState.STORED: BoxState.STORED},
}


class Category(models.TextChoices):
    """What kind of thing an item is."""

    CLOTHING = "clothing", _("clothing and bedding")
    BOOKS = "books", _("books and papers")
    ELECTRONICS = "electronics", _("electronics")
    KITCHEN = "kitchen", _("kitchen and food")
    TOILETRIES = "toiletries", _("toiletries")
    MEDICINE = "medicine", _("medicine")
    DOCUMENTS = "documents", _("documents and money")
    INSTRUMENT = "instrument", _("instrument and sports")
    FURNITURE = "furniture", _("furniture and large pieces")
    OTHER = "other", _("other")


class Ownership(models.TextChoices):
    """Whose a thing is."""

    OWNED = "owned", _("owned by one student")
    SHARED = "shared", _("shared")
    UNCLEAR = "unclear", _("unclear")


class Handling(models.TextChoices):
    """How a thing wants to be treated."""

    FRAGILE = "fragile", _("fragile")
    VALUABLE = "valuable", _("valuable")
    COLD = "cold", _("cold")
    BATTERY = "battery", _("battery")
    MEDICINE = "medicine", _("medicine")
    DOCUMENT = "document", _("document")


class ConditionCode(models.TextChoices):
    """Condition codes of the US household-goods descriptive inventory, as movers use them."""

    BENT = "BE", _("bent")
    BROKEN = "BR", _("broken")
    BURNED = "BU", _("burned")
    CHIPPED = "CH", _("chipped")
    CRUSHED = "CR", _("crushed")
    CONTENTS_UNKNOWN = "CU", _("contents and condition unknown")
    DENTED = "D", _("dented")
    FADED = "F", _("faded")
    GOUGED = "G", _("gouged")
    LOOSE = "L", _("loose")
    MARRED = "M", _("marred")
    MECHANICAL_UNKNOWN = "MCU", _("mechanical condition unknown")
    MILDEW = "MI", _("mildew")
    MOTH_EATEN = "MO", _("moth-eaten")
    PEELING = "P", _("peeling")
    RUBBED = "R", _("rubbed")
    RUSTED = "RU", _("rusted")
    STRETCHED = "S", _("stretched")
    SCRATCHED = "SC", _("scratched")
    SHORT = "SH", _("short")
    SOILED = "SO", _("soiled")
    STAINED = "ST", _("stained")
    TORN = "T", _("torn")
    WORN = "W", _("badly worn")
    CRACKED = "Z", _("cracked")


class BoxQuerySet(InBuildingQuerySet["Box"]):
    """Words for lists of boxes."""

    within = "room__building"

    def shown_to(self, student: Student) -> Self:
        """The student's own boxes, and those without one owner that hold something of theirs or something shared."""
        theirs = Item.objects.shown_to(student).filter(box=OuterRef("pk"))
        return self.filter(Q(student=student) | (Q(student__isnull=True) & Exists(theirs)))


class Box(Record):
    """A container or a loose large piece from one room, of one student or shared.

    `state` and `place` repeat the last custody event so that lists stay fast; a test asserts that they agree.
    """

    client_id = models.UUIDField(_("sender's id"), unique=True, editable=False)
    code = models.OneToOneField(Code, models.PROTECT, related_name="box", verbose_name=_("code"))
    room = models.ForeignKey(Room, models.PROTECT, related_name="boxes", verbose_name=_("from room"))
    student = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="boxes", verbose_name=_("student")
    )
    state = models.CharField(_("state"), max_length=20, choices=BoxState, default=BoxState.PACKING)
    place = models.ForeignKey(
        StoragePlace, models.PROTECT, null=True, blank=True, related_name="boxes", verbose_name=_("place")
    )

    objects = BoxQuerySet.as_manager()

    class Meta:
        verbose_name = _("box")
        verbose_name_plural = _("boxes")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=BoxState.values), name="box_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=BoxState.STORED, place__isnull=False)
                | (~Q(state=BoxState.STORED) & Q(place__isnull=True)),
                name="box_has_a_place_exactly_when_stored",
            ),
        )

    def __str__(self) -> str:
        return str(self.code_id)

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.room.building

    def contents(self, *, shown_to: Student | None = None) -> dict[str, Any]:
        """What the box holds, in plain values: the matter of its digest and of the student's manifest.

        Photos of the sealed box show its outside; taken later, they change nothing of this. Of a box without one owner
        a student's manifest lists only what is theirs or shared (`shown_to`), and no photo of the whole.
        """
        items = self.items.order_by("pk").prefetch_related("photos")
        inside = self.photos.filter(item__isnull=True).exclude(kind=PhotoKind.SEALED_BOX)
        if shown_to is not None and self.student_id is None:
            items, inside = items.shown_to(shown_to), inside.none()
        return {
            "box": self.code_id,
            "items": [item.as_listed() for item in items],
            "photos": sorted(inside.values_list("sha256", flat=True)),
        }

    def contents_digest(self) -> str:
        """The SHA-256 of the contents in their one spelling."""
        return hashlib.sha256(canonical(self.contents())).hexdigest()

    def seal(self, *, number: str, pair: PairSession, client_id: UUID) -> None:
        """Close the box under a numbered seal; from now on its contents are frozen."""
        with self.change(by=pair.packer):
            if self._is_resent(client_id):
                return
            target = self._target("seal")
            require(number.strip(), "seal-number-missing", _("Type the number printed on the seal."))
            require(self.items.exists(), "box-empty", _("The box is empty. Add what is in it before sealing."))
            require(
                self.photos.exclude(kind=PhotoKind.SEALED_BOX).exists(),
                "box-without-photo",
                _("Take at least one photo of the contents before sealing."),
            )
            pair.touch()
            Seal.enter(by=pair.packer, number=number.strip().upper(), box=self)
            self.state = target
            self._append(CustodyKind.SEALED, pair=pair, client_id=client_id, to_room=self.room)

    def load(self, *, pair: PairSession, client_id: UUID) -> None:
        """Take the sealed box out of its room onto the cart or the lorry."""
        with self.change(by=pair.packer):
            if self._is_resent(client_id):
                return
            target = self._target("load")
            pair.touch()
            self.state = target
            self._append(CustodyKind.LOADED, pair=pair, client_id=client_id)

    def store(self, *, place: StoragePlace, pair: PairSession, client_id: UUID) -> None:
        """Set the box down in its place; from the room or from the lorry."""
        self._set_down("store", CustodyKind.STORED, place=place, pair=pair, client_id=client_id)

    def move(self, *, place: StoragePlace, pair: PairSession, client_id: UUID) -> None:
        """Carry the stored box to another place."""
        self._set_down("move", CustodyKind.MOVED, place=place, pair=pair, client_id=client_id)

    def _set_down(self, verb: str, kind: str, *, place: StoragePlace, pair: PairSession, client_id: UUID) -> None:
        with self.change(by=pair.packer):
            if self._is_resent(client_id):
                return
            target = self._target(verb)
            # The place is locked, so that two pairs cannot both take its last slot.
            shelf = StoragePlace.objects.select_for_update(no_key=True).get(pk=place.pk)
            require(
                shelf.building_id == self.room.building_id,
                "place-elsewhere",
                _("This storage place belongs to another building."),
            )
            require(shelf.pk != self.place_id, "place-unchanged", _("The box already stands there."))
            require(
                shelf.boxes.count() < shelf.slots,
                "place-full",
                _("Place %(place)s is full. Choose another one.") % {"place": shelf.name},
            )
            handling = {flag for flags in self.items.values_list("handling", flat=True) for flag in flags}
            require(
                Handling.VALUABLE not in handling or shelf.secure,
                "place-not-secure",
                _("This box holds valuables. Store it in a secure place."),
            )
            require(
                Handling.COLD not in handling or shelf.cold,
                "place-not-cold",
                _("This box holds things that must stay cold. Store it in a cold place."),
            )
            pair.touch()
            self.state, self.place = target, shelf
            self._append(kind, pair=pair, client_id=client_id, to_place=shelf)

    def _target(self, verb: str) -> str:
        target = BOX_TRANSITIONS[verb].get(self.state)
        require(
            target is not None,
            "box-not-there-yet",
            _("Box %(code)s is %(state)s; this step does not follow from there.")
            % {"code": self.code_id, "state": self.get_state_display()},
        )
        return str(target)

    def _is_resent(self, client_id: UUID) -> bool:
        return CustodyEvent.objects.filter(client_id=client_id, box=self).exists()

    def _append(self, kind: str, *, pair: PairSession, client_id: UUID, **places: Any) -> None:
        assert pair.witness is not None  # noqa: S101 - touch() has required it
        seal = self.seals.filter(broken_at__isnull=True).first()
        CustodyEvent.append(
            self,
            kind,
            by=pair.packer,
            witness=pair.witness,
            client_id=client_id,
            seal_number=seal.number if seal else "",
            contents_digest=self.contents_digest() if kind == CustodyKind.SEALED else "",
            photo_hashes=sorted(self.photos.values_list("sha256", flat=True)) if kind == CustodyKind.SEALED else [],
            **places,
        )


class Seal(Record):
    """A numbered seal on a box; its number is used once, whoever tries, wherever."""

    number = models.CharField(_("seal number"), max_length=40)
    box = models.ForeignKey(Box, models.PROTECT, related_name="seals", verbose_name=_("box"))
    broken_at = models.DateTimeField(_("broken at"), null=True, blank=True)

    objects = RecordQuerySet["Seal"].as_manager()

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("number",),
                name="seal_number_stands_once",
                violation_error_message=_("This seal number was used before. Take a new seal and type its number."),
            ),
            models.UniqueConstraint(
                fields=("box",),
                condition=Q(broken_at__isnull=True),
                name="box_has_one_unbroken_seal",
                violation_error_message=_("This box is already sealed."),
            ),
        )

    def __str__(self) -> str:
        return self.number


class ItemQuerySet(InBuildingQuerySet["Item"]):
    """Words for lists of items."""

    within = "box__room__building"

    def shown_to(self, student: Student) -> Self:
        """What is the student's own, and what is shared or unclear in their box or in one of their room's."""
        room = student.bed.room_id if student.bed else None
        common = Q(box__student=student) | Q(box__student__isnull=True, box__room=room)
        return self.filter(Q(owner=student) | (~Q(ownership=Ownership.OWNED) & common))


class Item(Record):
    """A thing in a box. `condition` is a list of {code, place}; `handling` a list of Handling values."""

    client_id = models.UUIDField(_("sender's id"), unique=True, editable=False)
    box = models.ForeignKey(Box, models.PROTECT, related_name="items", verbose_name=_("box"))
    ownership = models.CharField(_("ownership"), max_length=10, choices=Ownership, default=Ownership.OWNED)
    owner = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("owner")
    )
    description = models.CharField(_("description"), max_length=200)
    category = models.CharField(_("category"), max_length=20, choices=Category, default=Category.OTHER)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    condition = models.JSONField(_("condition"), default=list, blank=True)
    handling = models.JSONField(_("handling"), default=list, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="item_quantity_is_at_least_1",
                violation_error_message=_("The quantity is at least 1."),
            ),
            models.CheckConstraint(
                condition=(Q(ownership=Ownership.OWNED) & Q(owner__isnull=False))
                | (~Q(ownership=Ownership.OWNED) & Q(owner__isnull=True)),
                name="item_has_an_owner_or_is_marked_shared_or_unclear",
                violation_error_message=_("Say whose it is, or mark it shared or unclear."),
            ),
            models.CheckConstraint(condition=~Q(description=""), name="item_has_a_description"),
        )

    def __str__(self) -> str:
        return self.description

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.box.room.building

    @property
    def student(self) -> Student | None:
        """Whose file the item belongs to: its owner's."""
        return self.owner

    def as_listed(self) -> dict[str, Any]:
        """The item in plain values, as a manifest lists it."""
        return {
            "id": self.pk,
            "description": self.description,
            "category": self.category,
            "quantity": self.quantity,
            "ownership": self.ownership,
            "condition": self.condition,
            "handling": self.handling,
            "photos": sorted(photo.sha256 for photo in self.photos.all()),
        }
