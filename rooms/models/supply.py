"""What the site keeps in stock or in hand and counts: supplies, equipment, keys."""

from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from core.records import Fact, Record
from core.text import NamedInTwo
from people.models import User
from rooms.models.building import Building, InBuildingQuerySet


class SupplyKind(models.TextChoices):
    """How a thing is counted: used up, or always the same number."""

    CONSUMABLE = "consumable", _("supply")
    EQUIPMENT = "equipment", _("equipment")
    KEY = "key", _("key")


class SupplyQuerySet(InBuildingQuerySet["Supply"]):
    """Words for lists of supplies."""

    def counted(self) -> Self:
        """Each with its last count: `on_hand` and `counted_at`, both None where nobody has counted yet."""
        last = SupplyCount.objects.filter(supply=OuterRef("pk")).order_by("-at", "-pk")
        return self.annotate(on_hand=Subquery(last.values("quantity")[:1]), counted_at=Subquery(last.values("at")[:1]))

    def short(self) -> Self:
        """Those counted below their minimum, or in another number than there should be."""
        return self.counted().filter(
            Q(kind=SupplyKind.CONSUMABLE, on_hand__lt=F("least"))
            | (~Q(kind=SupplyKind.CONSUMABLE) & ~Q(on_hand=F("least")))
        )


class Supply(NamedInTwo, Record):
    """A thing that is counted. `least` is a supply's minimum, and the number of equipment and keys there should be."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="supplies", verbose_name=_("building"))
    kind = models.CharField(_("kind"), max_length=20, choices=SupplyKind, default=SupplyKind.CONSUMABLE)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True, default="")
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="")
    least = models.PositiveIntegerField(_("at least"))

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("supply")
        verbose_name_plural = _("supplies")
        ordering = ("building", "kind", "name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "name"),
                name="supply_name_stands_once",
                violation_error_message=_("This building already counts a thing with this name."),
            ),
        )

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building


class SupplyCountQuerySet(InBuildingQuerySet["SupplyCount"]):
    """Words for lists of counts."""

    within = "supply__building"


class SupplyCount(Fact):
    """Somebody counted a thing: how many there were at that moment. The newest count is what is on hand."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="counts", verbose_name=_("supply"))
    quantity = models.PositiveIntegerField(_("counted"))
    words = models.CharField(_("note"), max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = SupplyCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        ordering = ("supply", "pk")

    def __str__(self) -> str:
        return f"{self.supply}: {self.quantity}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.supply.building
