"""The protocol: what is observed, how long and how often; data with issuer, date and version."""

from typing import Any, Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Fact, require
from people.models import User
from rooms.models import Building, InBuildingQuerySet


class Symptom(models.TextChoices):
    """What a round asks for by tap."""

    COUGH = "cough", _("cough")
    THROAT = "throat", _("sore throat")
    BREATH = "breath", _("short of breath")
    TIRED = "tired", _("unusually tired")
    CHILLS = "chills", _("chills")
    HEADACHE = "headache", _("headache")
    MUSCLES = "muscles", _("aching muscles")
    DIARRHOEA = "diarrhoea", _("diarrhoea")
    SMELL = "smell", _("no smell or taste")
    OTHER = "other", _("something else")


class Step(models.TextChoices):
    """What is done about an alert, in this order."""

    ISOLATE = "isolate", _("isolate in the room")
    CALL = "call", _("call the doctor")
    REPORT = "report", _("report to the health office")
    TRANSPORT = "transport", _("transport to the hospital")


class ReleaseNeed(models.TextChoices):
    """What must hold before somebody is released."""

    FULL_PERIOD = "full-period", _("the whole period is over")
    NO_FEVER = "no-fever", _("no fever on the last days")
    LAST_CHECK = "last-check", _("a check on the day of release")


# Chinese observation guidance, early 2020: 14 days from the last unprotected contact, temperature at least twice a
# day, fever from 37.3 °C. Terminal disinfection with chlorine, 1,000 mg/L for 30 minutes. The alert's clock of 2 hours
# is a setting of the site, without a national source for February 2020.
DEFAULT: dict[str, Any] = {
    "name": "集中医学观察方案",
    "issuer": "国家卫生健康委员会",
    "version": "第四版",
    "source": "《新型冠状病毒感染的肺炎防控方案（第四版）》；预警时限由本站设定。",
    "days": 14,
    "check_hours": ["08:00", "15:00"],
    "late_after_minutes": 60,
    "fever_from": "37.3",
    "symptoms": list(Symptom.values),
    "alert_minutes": 120,
    "escalate_minutes": 15,
    "alert_steps": list(Step.values),
    "release_needs": list(ReleaseNeed.values),
    "fever_free_days": 3,
    "cohort": False,
    "agent": "chlorine",
    "mg_per_litre": 1000,
    "disinfection_minutes": 30,
}


class ProtocolQuerySet(InBuildingQuerySet["Protocol"]):
    """Words for lists of protocols."""

    def applying(self, building: Building) -> Self:
        """The building's protocols in the order in which they came into force."""
        return self.filter(building=building).order_by("applies_from", "pk")


class Protocol(Fact):
    """One version of the protocol; it applies from a moment on until the next one does, and is never edited."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="protocols", verbose_name=_("building"))
    name = models.CharField(_("name"), max_length=160)
    issuer = models.CharField(_("issued by"), max_length=160)
    issued_on = models.DateField(_("issued on"))
    version = models.CharField(_("version"), max_length=80)
    source = models.TextField(_("source"), blank=True, default="")
    days = models.PositiveSmallIntegerField(_("days of observation"))
    check_hours = models.JSONField(_("hours of the checks"))
    late_after_minutes = models.PositiveSmallIntegerField(_("late after, minutes"))
    fever_from = models.DecimalField(_("fever from, °C"), max_digits=3, decimal_places=1)
    symptoms = models.JSONField(_("symptoms asked for"))
    alert_minutes = models.PositiveSmallIntegerField(_("alert closed within, minutes"))
    escalate_minutes = models.PositiveSmallIntegerField(_("leader told when nobody takes it, minutes"))
    alert_steps = models.JSONField(_("steps of an alert"))
    release_needs = models.JSONField(_("what release needs"))
    fever_free_days = models.PositiveSmallIntegerField(_("days without fever before release"))
    cohort = models.BooleanField(_("several people may share a room"), default=False)
    agent = models.CharField(_("disinfectant"), max_length=20)
    mg_per_litre = models.PositiveIntegerField(_("at least, mg/L"))
    disinfection_minutes = models.PositiveSmallIntegerField(_("at least, minutes"))
    applies_from = models.DateTimeField(_("applies from"))
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        ordering = ("building", "applies_from", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "applies_from"),
                name="one_protocol_applies_at_a_moment",
                violation_error_message=_("Another protocol already applies from this very moment."),
            ),
            models.CheckConstraint(
                condition=Q(fever_from__gte=36, fever_from__lte=39, days__gte=1, days__lte=60),
                name="protocol_figures_are_sane",
                violation_error_message=_("Fever begins between 36 and 39 °C; observation takes 1 to 60 days."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} · {self.version}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    @property
    def cited(self) -> str:
        """Where a figure comes from, as every screen and paper that shows one says it: issuer, version, date."""
        return f"{self.issuer} · {self.version} · {self.issued_on.isoformat()}"

    @classmethod
    @transaction.atomic
    def set(cls, building: Building, *, by: User | None, **figures: Any) -> "Protocol":
        """Let a new version apply from `applies_from` (now, when it is not given) on; the past keeps the old one.

        Sent twice it is one version.
        """
        now = timezone.now()
        applies_from = figures.pop("applies_from", None) or now
        client_id = figures.pop("client_id", None) or uuid4()
        building.hold()
        if sent := cls.objects.filter(client_id=client_id, building=building, entered_by=by).first():
            return sent
        require(
            applies_from >= now,
            "protocol-in-the-past",
            _("A protocol applies from now or later. What was done before keeps the protocol it was done under."),
        )
        made = cls(client_id=client_id, at=now, building=building, entered_by=by, applies_from=applies_from, **figures)
        made.save()
        return made
