"""What a building says in a plan in its own words, instead of the text that the plan brings."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records import Record
from rooms.models import Building, InBuildingQuerySet


class PlanKind(models.TextChoices):
    """Which plan."""

    RELOCATION = "relocation", _("relocation plan")
    FIT_OUT = "fit-out", _("fit-out plan")
    MANAGEMENT = "management", _("management plan")


class ClauseQuerySet(InBuildingQuerySet["Clause"]):
    """Words for lists of clauses."""

    def own(self) -> Self:
        """Those that stand instead of the plan's text."""
        return self.exclude(text="")


class Clause(Record):
    """One clause of a plan as this building has it in one language; an empty text is the plan's own again."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="clauses", verbose_name=_("building"))
    plan = models.CharField(_("plan"), max_length=20, choices=PlanKind)
    key = models.CharField(_("clause"), max_length=60)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"), blank=True, default="")

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ("building", "plan", "key", "language")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "plan", "key", "language"),
                name="clause_stands_once_a_language",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_plan_display()} · {self.key} · {self.language}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
