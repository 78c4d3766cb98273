"""Occupants and their stays."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.frozen import Rule, never_overlap
from core.records import Fact, Record, require
from people.models import Person, User
from rooms.models import Bed, Building, InBuildingQuerySet, Room

MOST_FAILURES = 5


class Reason(models.TextChoices):
    """Why somebody is observed."""

    CLOSE_CONTACT = "close-contact", _("close contact")
    RETURNED = "returned", _("returned from an affected area")
    REFERRED = "referred", _("referred by a clinic")
    STAFF = "staff", _("member of staff after exposure")
    OTHER = "other", _("other reason")


class Diet(models.TextChoices):
    """What the kitchen cooks for them."""

    ORDINARY = "ordinary", pgettext_lazy("a diet", "ordinary")
    HALAL = "halal", _("halal")
    VEGETARIAN = "vegetarian", _("vegetarian")
    DIABETIC = "diabetic", _("diabetic")
    SOFT = "soft", _("soft or liquid")
    CHILD = "child", _("child's meal")


class OccupantState(models.TextChoices):
    """How an observation stands."""

    EXPECTED = "expected", _("expected, bed held")
    STAYING = "staying", _("staying")
    AT_HOSPITAL = "at-hospital", _("in hospital")
    RELEASED = "released", pgettext_lazy("an observation", "released")
    CANCELLED = "cancelled", _("did not come")


OCCUPANT_TRANSITIONS: dict[str, dict[str, str]] = {
    "arrive": {OccupantState.EXPECTED: OccupantState.STAYING},
    "cancel": {OccupantState.EXPECTED: OccupantState.CANCELLED},
    "leave_for_hospital": {OccupantState.STAYING: OccupantState.AT_HOSPITAL},
    "come_back": {OccupantState.AT_HOSPITAL: OccupantState.STAYING},
    "release": {
        OccupantState.STAYING: OccupantState.RELEASED,
        OccupantState.AT_HOSPITAL: OccupantState.RELEASED,
    },
}
GONE = (OccupantState.RELEASED, OccupantState.CANCELLED)


class OccupantQuerySet(InBuildingQuerySet["Occupant"]):
    """Words for lists of occupants; they are seen only with the right to see occupants."""

    seen_with = "rooms.view_occupants"

    def present(self) -> Self:
        """Those who live in the building now."""
        return self.filter(state=OccupantState.STAYING)

    def unfinished(self) -> Self:
        """Those whose observation is not over: expected, staying or in hospital."""
        return self.exclude(state__in=GONE)


class Occupant(Record):
    """A person under observation, from the day a bed is held for them to their release."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="occupants", verbose_name=_("building"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="observations", verbose_name=_("person"))
    # Whoever is typed in has one, so that a form sent twice admits once; who comes from a workbook has none.
    client_id = models.UUIDField(unique=True, null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    reason_words = models.CharField(_("reason in words"), max_length=200, blank=True, default="")
    came_from = models.CharField(_("came from"), max_length=120, blank=True, default="")
    last_exposure = models.DateField(_("last exposure"))
    party = models.CharField(_("travels with"), max_length=40, blank=True, default="")
    needs = models.TextField(_("special needs"), blank=True, default="")
    diet = models.CharField(_("diet"), max_length=20, choices=Diet, default=Diet.ORDINARY)
    state = models.CharField(_("state"), max_length=20, choices=OccupantState, default=OccupantState.EXPECTED)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # What their 6-digit code for reporting themselves is derived from; a new one makes a new code.
    secret = models.CharField(max_length=40, editable=False)
    failures = models.PositiveSmallIntegerField(_("wrong tries"), default=0)

    objects = OccupantQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupant")
        verbose_name_plural = _("occupants")
        ordering = ("building", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("person",),
                condition=~Q(state__in=["released", "cancelled"]),
                name="person_is_observed_once_at_a_time",
                violation_error_message=_("This person is under observation already."),
            ),
            models.CheckConstraint(condition=Q(state__in=OccupantState.values), name="occupant_state_is_known"),
            models.CheckConstraint(
                condition=Q(failures__gte=0, failures__lte=MOST_FAILURES), name="occupant_failures_are_0_to_5"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["released", "cancelled"], ended_at__isnull=False)
                | (~Q(state__in=["released", "cancelled"]) & Q(ended_at__isnull=True)),
                name="ended_observation_has_its_moment",
            ),
        )

    def __str__(self) -> str:
        return str(self.person)

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.building

    @property
    def code(self) -> str:
        """The 6-digit code on the welcome sheet with which they report themselves; derived, no table holds it."""
        digest = salted_hmac("guanshe.occupant-code", f"{self.pk}:{self.secret}", algorithm="sha256").hexdigest()
        return f"{int(digest, 16) % 1_000_000:06d}"

    @property
    def code_mark(self) -> str:
        """What a page remembers of the code it was drawn with; it opens nothing."""
        return salted_hmac("guanshe.occupant-session", self.secret, algorithm="sha256").hexdigest()

    @property
    def locked(self) -> bool:
        """Whether five wrong tries have closed self-reporting; a new code opens it again."""
        return self.failures >= MOST_FAILURES

    @property
    def stay(self) -> "Stay | None":
        """The bed they have now or that is held for them."""
        return self.stays.filter(ends_at__isnull=True).select_related("bed__room").first()

    def step(self, verb: str, *, by: User | None, reason: str = "") -> None:
        """Take the step `verb` of OCCUPANT_TRANSITIONS."""
        with self.change(by=by, reason=reason):
            target = OCCUPANT_TRANSITIONS[verb].get(self.state)
            require(
                target is not None,
                "occupant-not-there",
                _("%(name)s is %(state)s; this step does not follow from there.")
                % {"name": self.person.name, "state": self.get_state_display()},
            )
            self.state = str(target)
            self.ended_at = timezone.now() if target in GONE else None

    def renew_code(self, *, instead_of: str, by: User) -> None:
        """Give them a new code; the old one opens nothing any more.

        `instead_of` is the mark of the code it was asked against: sent again, it would make a newer one than the sheet
        that was just printed says.
        """
        with self.change(by=by):
            if constant_time_compare(instead_of, self.code_mark):
                self.secret, self.failures = token_urlsafe(20), 0


class StayQuerySet(InBuildingQuerySet["Stay"]):
    """Words for lists of stays."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"

    def open(self) -> Self:
        """Those that are not over."""
        return self.filter(ends_at__isnull=True)

    def there(self, *, since: datetime, before: datetime) -> Self:
        """Those of people who had come `before` the one moment and were not gone at the other."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=since), arrived_at__lt=before)


class Stay(Record):
    """A bed from the moment it is held for an occupant until they leave it; they may never have come."""

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="stays", verbose_name=_("occupant"))
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="stays", verbose_name=_("bed"))
    starts_at = models.DateTimeField(_("held from"))
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        ordering = ("occupant", "starts_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("bed",),
                condition=Q(ends_at__isnull=True),
                name="bed_holds_one_open_stay",
                violation_error_message=_("This bed was just given to someone else. Choose another one."),
            ),
            models.UniqueConstraint(
                fields=("occupant",),
                condition=Q(ends_at__isnull=True),
                name="occupant_has_one_open_stay",
                violation_error_message=_("This person already has a bed."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="stay_ends_after_it_starts",
                violation_error_message=_("A stay ends after it began."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupant} · {self.bed}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building

    @property
    def room(self) -> Room:
        """The room of the bed."""
        return self.bed.room

    def arrive(self, *, by: User | None) -> None:
        """They have come and sleep here from now on."""
        with self.change(by=by):
            self.arrived_at = timezone.now()

    def end(self, *, by: User | None, reason: str = "") -> None:
        """They have left the bed, or it is no longer held for them."""
        with self.change(by=by, reason=reason):
            require(self.ends_at is None, "stay-over", _("This stay is over already."))
            self.ends_at = timezone.now()


never_overlap(
    Rule(
        name="stays_of_a_bed_never_overlap",
        table="observation_stay",
        of="bed_id",
        start="starts_at",
        end="ends_at",
        message=_("This bed was just given to someone else. Choose another one."),
    )
)


class EndChangeQuerySet(InBuildingQuerySet["EndChange"]):
    """Words for lists of changed ends."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"


class EndChange(Fact):
    """The office lengthened or shortened an observation: the new last day, by whom and why. The newest one counts."""

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="end_changes", verbose_name=_("occupant"))
    ends_on = models.DateField(_("released from"))
    reason = models.TextField(_("why"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = EndChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changed end")
        verbose_name_plural = _("changed ends")
        ordering = ("occupant", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="changed_end_says_why",
                violation_error_message=_("Say why the observation is made longer or shorter."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupant} · {self.ends_on}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building


class ReleaseCertificateQuerySet(InBuildingQuerySet["ReleaseCertificate"]):
    """Words for lists of certificates."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"


class ReleaseCertificate(Fact):
    """A certificate of a release was issued, so that anyone can check the paper; the newest one counts.

    Its words are the occupant's and stand with them; here is only what binds them: a salted digest, which nobody can
    guess who knows the person.
    """

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="certificates", verbose_name=_("occupant"))
    salt = models.CharField(max_length=32)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = ReleaseCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of a release")
        verbose_name_plural = _("certificates of releases")
        ordering = ("occupant", "pk")

    def __str__(self) -> str:
        return f"{self.occupant} · {self.digest[:8]}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building


class HospitalTransferQuerySet(InBuildingQuerySet["HospitalTransfer"]):
    """Words for lists of transfers."""

    within = "occupant__building"
    seen_with = "rooms.view_occupants"


class HospitalTransfer(Record):
    """Somebody goes to hospital: where, by which vehicle, with whom; its steps are facts of their own."""

    occupant = models.ForeignKey(Occupant, models.PROTECT, related_name="transfers", verbose_name=_("occupant"))
    hospital = models.CharField(_("hospital"), max_length=160)
    vehicle = models.CharField(_("vehicle"), max_length=120, blank=True, default="")
    escort = models.CharField(_("escort"), max_length=120, blank=True, default="")
    reason = models.TextField(_("why"))
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = HospitalTransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer to hospital")
        verbose_name_plural = _("transfers to hospital")
        ordering = ("occupant", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("occupant",),
                condition=Q(closed_at__isnull=True),
                name="occupant_has_one_open_transfer",
                violation_error_message=_("A transfer of this person is under way already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.occupant} → {self.hospital}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.occupant.building


class TransferStepKind(models.TextChoices):
    """The steps of a transfer, in this order."""

    AGREED = "agreed", _("hospital has agreed")
    VEHICLE = "vehicle", _("vehicle called")
    LEFT = "left", _("left the building")
    HANDED_OVER = "handed-over", _("handed over to the hospital")


class TransferStepQuerySet(InBuildingQuerySet["TransferStep"]):
    """Words for lists of steps."""

    within = "transfer__occupant__building"
    seen_with = "rooms.view_occupants"


class TransferStep(Fact):
    """One step of a transfer was taken, when and by whom."""

    transfer = models.ForeignKey(
        HospitalTransfer, models.PROTECT, related_name="steps", verbose_name=_("transfer to hospital")
    )
    kind = models.CharField(_("step"), max_length=20, choices=TransferStepKind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = TransferStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a transfer")
        verbose_name_plural = _("steps of transfers")
        ordering = ("transfer", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("transfer", "kind"),
                name="transfer_step_is_taken_once",
                violation_error_message=_("This step was taken already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.transfer} · {self.get_kind_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.transfer.occupant.building
