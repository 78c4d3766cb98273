"""Printed forms for a night without power, and the visitors' log: what is written on paper is typed back here."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Code
from core.records import Record
from observation.models.duty import Shift
from people.models import User
from rooms.models import Area, Building, InBuildingQuerySet, Room


class FormKind(models.TextChoices):
    """Which form it is."""

    ROUND = "round", _("round sheet")
    HANDOVER = "handover", _("handover sheet")
    DISINFECTION = "disinfection", _("disinfection record")
    VISITORS = "visitors", _("visitor log")


class PaperFormQuerySet(InBuildingQuerySet["PaperForm"]):
    """Words for lists of forms."""

    seen_with = "rooms.view_occupants"

    def waiting(self) -> Self:
        """Those that nobody has typed back or laid aside yet."""
        return self.filter(typed_at__isnull=True).order_by("pk")


class PaperForm(Record):
    """One printed form with its own code: scanned, it opens the record that its figures belong to."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="paper_forms", verbose_name=_("building"))
    kind = models.CharField(_("form"), max_length=20, choices=FormKind)
    code = models.OneToOneField(Code, models.PROTECT, related_name="paper_form", verbose_name=_("code"))
    day = models.DateField(_("day"), null=True, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room"))
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shift"))
    printed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("printed by")
    )
    typed_at = models.DateTimeField(_("typed back at"), null=True, blank=True)
    typed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("typed back by")
    )

    objects = PaperFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed form")
        verbose_name_plural = _("printed forms")
        ordering = ("building", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=(Q(kind="round") & Q(day__isnull=False))
                | (Q(kind="handover") & Q(shift__isnull=False))
                | (Q(kind="disinfection") & Q(room__isnull=False))
                | (Q(kind="visitors") & Q(day__isnull=False)),
                name="form_names_its_record",
            ),
            models.CheckConstraint(
                condition=Q(typed_at__isnull=True, typed_by__isnull=True)
                | Q(typed_at__isnull=False, typed_by__isnull=False),
                name="typed_form_says_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code_id}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building


class VisitQuerySet(InBuildingQuerySet["Visit"]):
    """Words for lists of visits."""

    seen_with = "rooms.view_occupants"

    def inside(self) -> Self:
        """Those who have come and not left."""
        return self.filter(left_at__isnull=True)


class Visit(Record):
    """Somebody from outside came in: who, from where, for what, to which area, until when."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="visits", verbose_name=_("building"))
    client_id = models.UUIDField(unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    purpose = models.CharField(_("purpose"), max_length=200)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area"))
    temperature = models.DecimalField(_("temperature, °C"), max_digits=3, decimal_places=1, null=True, blank=True)
    came_at = models.DateTimeField(_("came at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    form = models.ForeignKey(
        PaperForm, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("printed form")
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ("building", "-came_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("came_at")),
                name="visit_ends_after_it_begins",
                violation_error_message=_("Nobody leaves before they come."),
            ),
            models.CheckConstraint(
                condition=Q(temperature__isnull=True) | Q(temperature__gte=35, temperature__lte=42),
                name="visitor_temperature_is_35_to_42",
                violation_error_message=_("A temperature lies between 35.0 and 42.0 °C."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
