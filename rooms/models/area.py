"""Areas of responsibility: what somebody on duty looks after, a floor, the gate, the clinic, the kitchen."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.records import Record
from core.text import NamedInTwo
from rooms.models.building import Building, InBuildingQuerySet
from rooms.models.room import Room


class AreaKind(models.TextChoices):
    """What an area is."""

    FLOOR = "floor", _("floor")
    GATE = "gate", _("gate")
    CLINIC = "clinic", _("clinic")
    KITCHEN = "kitchen", _("kitchen")
    OTHER = "other", _("other")


class AreaQuerySet(InBuildingQuerySet["Area"]):
    """Words for lists of areas."""

    def of_room(self, room: Room) -> Self:
        """The area that a room belongs to: the one whose door it is, else its floor's."""
        rows = self.filter(Q(room=room) | Q(floor=room.floor, room__isnull=True), building=room.building_id)
        return rows.order_by(models.F("room").asc(nulls_last=True), "position", "pk")


class Area(NamedInTwo, Record):
    """An area of responsibility: a whole floor, or one place known by its door."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="areas", verbose_name=_("building"))
    kind = models.CharField(_("kind"), max_length=20, choices=AreaKind)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True, default="")
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.OneToOneField(
        Room, models.PROTECT, null=True, blank=True, related_name="duty_area", verbose_name=_("its door")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("building", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "name"),
                name="area_name_stands_once",
                violation_error_message=_("This building already has an area with this name."),
            ),
            models.UniqueConstraint(
                fields=("building", "floor"),
                condition=Q(kind="floor"),
                name="floor_is_one_area",
                violation_error_message=_("This floor is an area already."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="floor", floor__isnull=False, room__isnull=True)) | ~Q(kind="floor"),
                name="floor_area_names_its_floor",
                violation_error_message=_("An area that is a floor needs the floor's number and no door."),
            ),
        )

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
