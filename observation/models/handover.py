"""Handover from one shift to the next, in I-PASS form: two people, two signatures, then it stands still.

I-PASS: illness severity, patient summary, action list, situation awareness, synthesis by receiver (Starmer et al.,
New England Journal of Medicine 2014: errors −23 %, preventable adverse events −30 % in nine hospitals).
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.frozen import Signed, stand_still
from core.records import Record
from observation.models.duty import Shift
from observation.models.occupant import Occupant
from people.models import User
from rooms.models import Area, Building, InBuildingQuerySet, Room


class Section(models.TextChoices):
    """The parts of a handover that lines stand in; the fifth, the synthesis, is the receiver's own words."""

    SEVERITY = "severity", _("Illness severity")
    PATIENTS = "patients", _("Occupants")
    ACTIONS = "actions", _("To do")
    SITUATION = "situation", _("Situation")


class Severity(models.TextChoices):
    """How the site stands as a whole, in the giver's judgement."""

    STABLE = "stable", _("stable")
    WATCH = "watch", _("to be watched")
    CRITICAL = "critical", _("critical")


class HandoverState(models.TextChoices):
    """How a handover stands."""

    DRAFT = "draft", _("being written")
    SIGNED = "signed", _("signed, waits for the next shift")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")


HANDOVER_TRANSITIONS: dict[str, dict[str, str]] = {
    "write": {HandoverState.DRAFT: HandoverState.DRAFT},
    "sign": {HandoverState.DRAFT: HandoverState.SIGNED},
    "take_back": {HandoverState.SIGNED: HandoverState.DRAFT},
    "acknowledge": {HandoverState.SIGNED: HandoverState.ACKNOWLEDGED},
}


class HandoverQuerySet(InBuildingQuerySet["Handover"]):
    """Words for lists of handovers; what they say of people is seen only with the right to see occupants."""

    seen_with = "rooms.view_occupants"

    def open(self) -> Self:
        """The one that is not acknowledged yet."""
        return self.filter(acknowledged_at__isnull=True)


class Handover(Record):
    """One shift is handed to the next: written and signed by its lead, restated and signed by the next one."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="handovers", verbose_name=_("building"))
    shift = models.OneToOneField(Shift, models.PROTECT, related_name="handover", verbose_name=_("shift"))
    next_shift = models.OneToOneField(
        Shift, models.PROTECT, null=True, blank=True, related_name="taken_over_by", verbose_name=_("next shift")
    )
    giver = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("handed over by"))
    severity = models.CharField(_("as a whole"), max_length=20, choices=Severity, default=Severity.STABLE)
    words = models.TextField(_("what the next shift should know"), blank=True, default="")
    # Where a figure of the draft is as of; from the signature on nothing is read again.
    written_at = models.DateTimeField(_("written at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    # The census and whatever else the head of the sheet counts, as of `written_at`.
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    receiver = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken over by")
    )
    restated = models.TextField(_("in the receiver's own words"), blank=True, default="")
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True, default="", editable=False)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ("building", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building",),
                condition=Q(acknowledged_at__isnull=True),
                name="one_handover_is_open",
                violation_error_message=_("The last handover is not acknowledged yet. It comes first."),
            ),
            models.CheckConstraint(
                condition=~Q(receiver=F("giver")),
                name="receiver_is_not_the_giver",
                violation_error_message=_("Somebody else than the one who hands over must take over."),
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True)
                | (
                    Q(receiver__isnull=False, signed_at__isnull=False, acknowledged_at__gte=F("signed_at"))
                    & ~Q(restated="")
                    & ~Q(digest="")
                ),
                name="acknowledged_handover_is_complete",
                violation_error_message=_("Say the most important points in your own words, then sign."),
            ),
        )

    def __str__(self) -> str:
        return str(self.shift)

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    @property
    def state(self) -> HandoverState:
        """What the signatures say."""
        if self.acknowledged_at:
            return HandoverState.ACKNOWLEDGED
        return HandoverState.SIGNED if self.signed_at else HandoverState.DRAFT


class HandoverLineQuerySet(InBuildingQuerySet["HandoverLine"]):
    """Words for lists of lines."""

    within = "handover__building"
    seen_with = "rooms.view_occupants"


class HandoverLine(Record):
    """One line of a handover: what it is about, as figures and names that any language can say, and the giver's note.

    `key` names the matter ("alert:12") and is the same in every handover that it stands in; `age` counts the shifts
    that have handed it on before; `fresh` says that it is new or has changed in this shift.
    """

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines", verbose_name=_("handover"))
    key = models.CharField(max_length=80)
    section = models.CharField(_("section"), max_length=20, choices=Section)
    kind = models.CharField(_("kind"), max_length=30)
    told = models.JSONField(_("what it says"), default=dict)
    position = models.PositiveIntegerField(default=0)
    attention = models.BooleanField(_("needs attention"), default=False)
    fresh = models.BooleanField(_("new or changed"), default=False)
    age = models.PositiveSmallIntegerField(_("age in shifts"), default=0)
    top = models.BooleanField(_("to be restated"), default=False)
    note = models.CharField(_("note"), max_length=400, blank=True, default="")

    objects = HandoverLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a handover")
        verbose_name_plural = _("lines of handovers")
        ordering = ("handover", "position", "pk")
        constraints = (models.UniqueConstraint(fields=("handover", "key"), name="matter_stands_once_in_a_handover"),)

    def __str__(self) -> str:
        return f"{self.handover} · {self.key}"

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.handover.building


stand_still(
    Signed(
        table="observation_handover",
        moment="acknowledged_at",
        parts=("observation_handoverline",),
        key="handover_id",
    )
)


class PointQuerySet(InBuildingQuerySet["Point"]):
    """Words for lists of points."""

    seen_with = "rooms.view_occupants"

    def open(self) -> Self:
        """Those nobody has closed, the oldest first."""
        return self.filter(closed_at__isnull=True).order_by("entered_at", "pk")


class Point(Record):
    """Something a lead hands on that no other record holds; it stands in every handover until somebody closes it."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="points", verbose_name=_("building"))
    client_id = models.UUIDField(unique=True, editable=False)
    section = models.CharField(_("section"), max_length=20, choices=Section, default=Section.ACTIONS)
    words = models.CharField(_("what"), max_length=400)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room"))
    occupant = models.ForeignKey(
        Occupant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("occupant")
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=400, blank=True, default="")

    objects = PointQuerySet.as_manager()

    class Meta:
        verbose_name = _("open point")
        verbose_name_plural = _("open points")
        ordering = ("building", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(closed_by__isnull=False) & ~Q(outcome="")),
                name="closed_point_says_what_came_of_it",
                violation_error_message=_("Say what came of it."),
            ),
        )

    def __str__(self) -> str:
        return self.words

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building
