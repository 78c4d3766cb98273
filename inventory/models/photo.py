"""Photos: evidence kept byte for byte, shown by derivatives."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records import Fact
from inventory.models.student import Student
from people.models import User
from rooms.models import Building, InBuildingQuerySet, Room


class PhotoKind(models.TextChoices):
    """What a photo proves."""

    ROOM_BEFORE = "room-before", _("room before")
    ITEM = "item", _("item")
    SEALED_BOX = "sealed-box", _("sealed box")
    ROOM_AFTER = "room-after", _("room after")


class Viewpoint(models.TextChoices):
    """The fixed viewpoints of the shot list, walk-in and walk-out alike."""

    DOOR = "door", _("from the door")
    DESK = "desk", _("desk")
    DRAWERS = "drawers", _("each drawer")
    WARDROBE = "wardrobe", _("wardrobe")
    BED = "bed", _("bed")
    BATHROOM = "bathroom", _("bathroom")


class PhotoQuerySet(InBuildingQuerySet["Photo"]):
    """Words for lists of photos."""

    within = "room__building"

    def shown_to(self, student: Student) -> Self:
        """Views of the student's own room, photos of their own boxes, and of things shown to them."""
        from inventory.models.box import Item  # noqa: PLC0415 - the item stands above the photo in the models

        room = student.bed.room_id if student.bed else None
        things = Item.objects.shown_to(student).values("pk")
        return self.filter(
            models.Q(box__isnull=True, room=room)
            | models.Q(item__isnull=True, box__student=student)
            | models.Q(item__in=things)
        )


class Photo(Fact):
    """One photo of a room, a box or an item. Files stand under MEDIA_ROOT with generated names.

    `at` is the moment the server had it on disk; `sha256` is the original's.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=PhotoKind)
    room = models.ForeignKey(Room, models.PROTECT, related_name="photos", verbose_name=_("room"))
    viewpoint = models.CharField(_("viewpoint"), max_length=20, choices=Viewpoint, blank=True, default="")
    box = models.ForeignKey(
        "inventory.Box", models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("box")
    )
    item = models.ForeignKey(
        "inventory.Item", models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("item")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("taken by"))
    original = models.CharField(max_length=200, editable=False)
    large = models.CharField(max_length=200, editable=False)
    small = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("bytes"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=[PhotoKind.ROOM_BEFORE, PhotoKind.ROOM_AFTER], box__isnull=True)
                | models.Q(kind__in=[PhotoKind.ITEM, PhotoKind.SEALED_BOX], box__isnull=False),
                name="photo_shows_a_room_or_a_box",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.room.building
