"""Where boxes stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Code
from core.records import Record
from rooms.models.building import Building, InBuildingQuerySet


class StoragePlaceQuerySet(InBuildingQuerySet["StoragePlace"]):
    """Words for lists of storage places."""


class StoragePlace(Record):
    """A level of a rack with room for `slots` boxes; may be secure (a safe) or cold (a fridge)."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="storage_places", verbose_name=_("building"))
    name = models.CharField(_("place"), max_length=40)
    site = models.CharField(_("site"), max_length=120, blank=True, default="")
    rack = models.CharField(_("rack"), max_length=40, blank=True, default="")
    level = models.SmallIntegerField(_("level"), default=1)
    slots = models.PositiveSmallIntegerField(_("slots"))
    secure = models.BooleanField(_("secure"), default=False)
    cold = models.BooleanField(_("cold"), default=False)
    code = models.OneToOneField(Code, models.PROTECT, related_name="storage_place", verbose_name=_("code"))

    objects = StoragePlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("storage place")
        verbose_name_plural = _("storage places")
        ordering = ("building", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "name"),
                name="storage_place_stands_once",
                violation_error_message=_("This building already has a storage place of this name."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
