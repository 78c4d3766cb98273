"""A room between two people: disinfected by one, inspected by another; and the waste that leaves it."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.records import Fact
from people.models import User
from rooms.models.building import Building, InBuildingQuerySet
from rooms.models.room import Room


class Agent(models.TextChoices):
    """What a room is disinfected with."""

    CHLORINE = "chlorine", _("chlorine")
    PEROXIDE = "peroxide", _("hydrogen peroxide")
    PERACETIC = "peracetic", _("peracetic acid")
    ALCOHOL = "alcohol", _("alcohol, 75 %")


class DisinfectionQuerySet(InBuildingQuerySet["Disinfection"]):
    """Words for lists of disinfections."""

    within = "room__building"


class Disinfection(Fact):
    """The room was disinfected: with what, how strong (mg/L), how long (minutes), by whom."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="disinfections", verbose_name=_("room"))
    agent = models.CharField(_("agent"), max_length=20, choices=Agent)
    mg_per_litre = models.PositiveIntegerField(_("concentration, mg/L"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = DisinfectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("disinfection")
        verbose_name_plural = _("disinfections")
        ordering = ("room", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(mg_per_litre__gt=0, minutes__gt=0),
                name="disinfection_has_strength_and_time",
                violation_error_message=_("Say how strong it was (mg/L) and how long it worked (minutes)."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.room} · {self.get_agent_display()} {self.mg_per_litre} mg/L · {self.minutes} min"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.room.building


class RoomInspectionQuerySet(InBuildingQuerySet["RoomInspection"]):
    """Words for lists of inspections."""

    within = "room__building"


class RoomInspection(Fact):
    """A second person looked at a disinfected room: accepted, or not and why."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="inspections", verbose_name=_("room"))
    disinfection = models.OneToOneField(
        Disinfection, models.PROTECT, related_name="inspection", verbose_name=_("disinfection")
    )
    # A copy, so that the database itself can refuse one person on both sides.
    disinfected_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("disinfected by"))
    accepted = models.BooleanField(_("accepted"))
    fault = models.TextField(_("what is not right"), blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("inspected by"))

    objects = RoomInspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ("room", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(by=F("disinfected_by")),
                name="inspector_is_another_person",
                violation_error_message=_(
                    "Whoever disinfected the room does not inspect it. Ask someone else to look."
                ),
            ),
            models.CheckConstraint(
                condition=Q(accepted=True) | ~Q(fault=""),
                name="rejection_says_why",
                violation_error_message=_("Say what is not right, so that it can be put right."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.room} · {self.by}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.room.building


class WasteKind(models.TextChoices):
    """What kind of waste."""

    INFECTIOUS = "infectious", _("infectious waste")
    SHARPS = "sharps", _("sharps")
    LINEN = "linen", _("linen to be disinfected")
    HOUSEHOLD = "household", _("household waste")


class WasteCollectionQuerySet(InBuildingQuerySet["WasteCollection"]):
    """Words for lists of collections."""


class WasteCollection(Fact):
    """Waste left a room or the building: what, how many bags, how heavy, to whom."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="+", verbose_name=_("building"))
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="waste", verbose_name=_("room"))
    kind = models.CharField(_("kind"), max_length=20, choices=WasteKind)
    bags = models.PositiveSmallIntegerField(_("bags"))
    kilograms = models.DecimalField(_("weight, kg"), max_digits=6, decimal_places=1, null=True, blank=True)
    tag = models.CharField(_("tag number"), max_length=40, blank=True, default="")
    handed_to = models.CharField(_("handed to"), max_length=120, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = WasteCollectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("waste collection")
        verbose_name_plural = _("waste collections")
        ordering = ("building", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(bags__gt=0) & (Q(kilograms__isnull=True) | Q(kilograms__gt=0)),
                name="waste_has_bags",
                violation_error_message=_("Say how many bags, at least one, and a weight above nothing."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.bags}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.building
