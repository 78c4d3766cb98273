"""Health checks and the alerts they raise."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Fact, Record, require
from observation.models.occupant import Occupant
from observation.models.protocol import Protocol, Step
from people.models import User
from rooms.models import InBuildingQuerySet

LOWEST, HIGHEST = 35, 42


class Skip(models.TextChoices):
    """Why there is no reading."""

    ASLEEP = "asleep", _("asleep")
    REFUSED = "refused", _("refused")
    AWAY = "away", _("not in the room")
    HOSPITAL = "hospital", _("in hospital")
    OTHER = "other", _("another reason")


class HealthCheckQuerySet(InBuildingQuerySet["HealthCheck"]):
    """Words for lists of readings."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"

    def valid(self) -> Self:
        """Those that no later one has superseded."""
        return self.filter(superseded_by__isnull=True)

    def measured(self) -> Self:
        """Those taken by staff; what occupants report of themselves stands apart."""
        return self.filter(self_reported=False)


class HealthCheck(Fact):
    """One reading of one occupant: temperature in °C and symptoms, or why there is none.

    A reading taken on a round names its slot: the local day and the protocol's hour. A slot has one reading; a
    correction supersedes it and says why, a second measurement after a fever repeats it, and all are kept. What an
    occupant reports has no slot.
    """

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="checks", verbose_name=_("occupant"))
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+", verbose_name=_("protocol"))
    day = models.DateField(_("day"), null=True, blank=True)
    hour = models.CharField(_("hour"), max_length=5, blank=True, default="")
    self_reported = models.BooleanField(_("reported by the occupant"), default=False)
    temperature = models.DecimalField(_("temperature, °C"), max_digits=3, decimal_places=1, null=True, blank=True)
    symptoms = models.JSONField(_("symptoms"), default=list)
    skipped = models.CharField(_("no reading because"), max_length=20, choices=Skip, blank=True, default="")
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name=_("measures again")
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("corrects")
    )
    why = models.CharField(_("why corrected"), max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))

    objects = HealthCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("health check")
        verbose_name_plural = _("health checks")
        ordering = ("occupant", "pk")
        indexes = (models.Index(fields=("occupant", "day", "hour"), name="checks_by_slot"),)
        constraints = (
            models.UniqueConstraint(
                fields=("occupant", "day", "hour"),
                condition=Q(self_reported=False, supersedes__isnull=True, repeats__isnull=True),
                name="slot_has_one_reading",
                violation_error_message=_(
                    "Someone has just taken this reading. Look at it; correct it if it is wrong."
                ),
            ),
            models.UniqueConstraint(
                fields=("repeats",),
                condition=Q(supersedes__isnull=True),
                name="fever_is_measured_again_once",
                violation_error_message=_("The second measurement was taken already."),
            ),
            models.CheckConstraint(
                condition=Q(temperature__isnull=True) | Q(temperature__gte=LOWEST, temperature__lte=HIGHEST),
                name="temperature_is_35_to_42",
                violation_error_message=_("A temperature lies between 35.0 and 42.0 °C."),
            ),
            models.CheckConstraint(
                condition=Q(self_reported=True)
                | Q(temperature__isnull=False, skipped="")
                | (Q(temperature__isnull=True) & ~Q(skipped="")),
                name="reading_or_reason",
                violation_error_message=_("Enter the temperature, or say why there is none."),
            ),
            models.CheckConstraint(
                condition=Q(self_reported=True, day__isnull=True, hour="", by__isnull=True)
                | (Q(self_reported=False, day__isnull=False, by__isnull=False) & ~Q(hour="")),
                name="reading_has_slot_and_author",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(why=""),
                name="correction_says_why",
                violation_error_message=_("Say why the reading is corrected."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupant} · {self.temperature or self.get_skipped_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building

    @property
    def fever(self) -> bool:
        """Whether the temperature reaches the threshold of the protocol it was taken under."""
        return self.temperature is not None and self.temperature >= self.protocol.fever_from


class AlertQuerySet(InBuildingQuerySet["Alert"]):
    """Words for lists of alerts."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"

    def open(self) -> Self:
        """Those nobody has closed, the oldest first."""
        return self.filter(closed_at__isnull=True).order_by("raised_at", "pk")


class Alert(Record):
    """A fever or symptom that somebody must answer: a clock, steps, who took it and how it ended."""

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="alerts", verbose_name=_("occupant"))
    check_up = models.ForeignKey(HealthCheck, models.PROTECT, related_name="alerts", verbose_name=_("health check"))
    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="+", verbose_name=_("protocol"))
    raised_at = models.DateTimeField(_("raised at"))
    taken_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True, default="")

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("occupant", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("occupant",),
                condition=Q(closed_at__isnull=True),
                name="occupant_has_one_open_alert",
                violation_error_message=_("An alert of this person is open already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(closed_by__isnull=False) & ~Q(outcome="")),
                name="closed_alert_says_what_came_of_it",
                violation_error_message=_("Say what came of it."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupant} · {self.raised_at:%Y-%m-%d %H:%M}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building

    @property
    def due_at(self) -> datetime:
        """When it should be closed, by the protocol it was raised under."""
        return self.raised_at + timedelta(minutes=self.protocol.alert_minutes)

    @property
    def escalates_at(self) -> datetime:
        """When the site lead is told, if nobody has taken it by then."""
        return self.raised_at + timedelta(minutes=self.protocol.escalate_minutes)

    def escalated(self, at: datetime) -> bool:
        """Whether at `at` nobody has taken it in time, or it is past its end: the site lead must act."""
        if self.closed_at is not None:
            return False
        return (self.taken_at is None and at >= self.escalates_at) or at >= self.due_at

    def take(self, *, by: User) -> None:
        """`by` looks after it from now on; whoever had it before hands it over."""
        with self.change(by=by):
            require(self.closed_at is None, "alert-closed", _("This alert is closed already."))
            require(self.taken_by != by, "alert-yours", _("You have taken this alert already."))
            self.taken_by, self.taken_at = by, timezone.now()

    def close(self, *, outcome: str, by: User) -> None:
        """It is over; `outcome` says what came of it."""
        with self.change(by=by):
            require(self.closed_at is None, "alert-closed", _("This alert is closed already."))
            require(self.taken_by is not None, "alert-not-taken", _("Take the alert first."))
            self.closed_at, self.closed_by, self.outcome = timezone.now(), by, outcome


class AlertStepQuerySet(InBuildingQuerySet["AlertStep"]):
    """Words for lists of steps."""

    within = "alert__occupant__building"
    seen_with = "rooms.view_occupants"


class AlertStep(Fact):
    """One step of an alert was taken: which, when, by whom, in which words."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="steps", verbose_name=_("alert"))
    kind = models.CharField(_("step"), max_length=20, choices=Step)
    words = models.CharField(_("note"), max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = AlertStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an alert")
        verbose_name_plural = _("steps of alerts")
        ordering = ("alert", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("alert", "kind"),
                name="alert_step_is_taken_once",
                violation_error_message=_("This step was taken already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.alert} · {self.get_kind_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.alert.occupant.building
