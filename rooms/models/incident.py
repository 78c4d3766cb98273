"""Incidents: what went wrong in the building, from open to closed."""

from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Record, require
from people.models import Person, User
from rooms.models.building import Building, InBuildingQuerySet
from rooms.models.room import Room


class IncidentKind(models.TextChoices):
    """What kind of incident."""

    LEAVING = "leaving", _("someone left the room or the zone")
    EXPOSURE = "exposure", _("staff exposed")
    INJURY = "injury", _("injury or fall")
    FIRE = "fire", _("fire or smoke")
    OUTAGE = "outage", _("power, water or heating out")
    CONFLICT = "conflict", _("conflict")
    DAMAGE = "damage", _("damage")
    OTHER = "other", _("other")


class IncidentQuerySet(InBuildingQuerySet["Incident"]):
    """Words for lists of incidents."""

    seen_with = "rooms.view_occupants"

    def open(self) -> Self:
        """Those nobody has closed."""
        return self.filter(closed_at__isnull=True)


class Incident(Record):
    """Something went wrong: what, where, who looks after it, and how it ended."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="incidents", verbose_name=_("building"))
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("room")
    )
    # Made by the sender before sending, so that a double tap makes no second incident.
    client_id = models.UUIDField(unique=True, editable=False, default=uuid4)
    kind = models.CharField(_("kind"), max_length=20, choices=IncidentKind)
    words = models.TextField(_("what happened"))
    happened_at = models.DateTimeField(_("when"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    responsible = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.TextField(_("how it ended"), blank=True, default="")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("building", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(outcome=""),
                name="closed_incident_says_how",
                violation_error_message=_("Say how it ended."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.room or self.building}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.building

    def hand_to(self, *, responsible: Person | None, by: User) -> None:
        """Name who looks after it from now on."""
        with self.change(by=by):
            require(self.closed_at is None, "incident-closed", _("This incident is closed already."))
            self.responsible = responsible

    def close(self, *, outcome: str, by: User) -> None:
        """It is over; `outcome` says how it ended."""
        with self.change(by=by):
            require(self.closed_at is None, "incident-closed", _("This incident is closed already."))
            self.closed_at, self.outcome = timezone.now(), outcome
