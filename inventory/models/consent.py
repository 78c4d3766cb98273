"""Consent to the move, and the office's override signed by two."""

from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Fact, Record, require
from inventory.models.student import Student
from people.models import User
from rooms.models import InBuildingQuerySet


class ConsentState(models.TextChoices):
    """What the student said; silence never counts as yes."""

    AUTHORISED = "authorised", _("authorised")
    WITH_WISHES = "with-wishes", _("authorised with wishes")
    HESITANT = "hesitant", _("hesitant")
    REFUSED = "refused", _("refused")
    NOT_REACHED = "not-reached", _("not reached")


ALLOWS = frozenset({ConsentState.AUTHORISED, ConsentState.WITH_WISHES})


class Channel(models.TextChoices):
    """How the student was spoken with."""

    LINK = "link", _("own link")
    PHONE = "phone", _("phone")
    WECHAT = "wechat", _("WeChat")
    VIDEO = "video", _("video call")
    EMAIL = "email", _("e-mail")
    IN_PERSON = "in-person", _("in person")
    RELATIVE = "relative", _("through a relative")


class ConsentQuerySet(InBuildingQuerySet["Consent"]):
    """Words for lists of consents."""

    within = "student__building"


class Consent(Fact):
    """What one student answered, with the exact text, version and language put before them.

    `by` is the member of staff who spoke with the student; empty when the student answered through their own link
    with the second factor.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="consents", verbose_name=_("student"))
    state = models.CharField(_("consent"), max_length=20, choices=ConsentState)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by"))
    words = models.TextField(_("the student's words"), blank=True, default="", max_length=4000)
    text = models.TextField(_("text put before them"), blank=True, default="")
    text_version = models.CharField(_("version of the text"), max_length=40, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    factor = models.CharField(_("second factor"), max_length=60, blank=True, default="")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("student", "at", "pk")
        indexes = (models.Index(fields=("student", "-at", "-id"), name="consent_newest_first"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=ConsentState.values), name="consent_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(by__isnull=False) | models.Q(channel=Channel.LINK),
                name="consent_has_a_witness_or_the_own_link",
            ),
        )

    def __str__(self) -> str:
        return f"{self.student}: {self.get_state_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.student.building

    @classmethod
    def of(cls, student: Student) -> "Consent | None":
        """The newest consent, or None when nobody was asked yet."""
        return cls.objects.filter(student=student).order_by("-at", "-pk").first()


class OverrideReach(models.TextChoices):
    """How far an override reaches."""

    ENTER = "enter", _("open the room for a roommate; this half is photographed and stays untouched")
    PACK = "pack", _("pack and store the belongings too")


class OverrideQuerySet(InBuildingQuerySet["Override"]):
    """Words for lists of overrides."""

    within = "student__building"

    def signed(self) -> Self:
        """Signed by two and therefore in force."""
        return self.filter(second_signer__isnull=False)


class Override(Record):
    """The office's decision to go on without the student's consent: a reason and two different signatures."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="overrides", verbose_name=_("student"))
    reach = models.CharField(_("reach"), max_length=10, choices=OverrideReach)
    grounds = models.TextField(_("reason"), max_length=4000)
    first_signer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signed first by"))
    first_signed_at = models.DateTimeField(_("signed first at"))
    second_signer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed second by")
    )
    second_signed_at = models.DateTimeField(_("signed second at"), null=True, blank=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ("student", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(second_signer=models.F("first_signer")),
                name="override_is_signed_by_two_people",
                violation_error_message=_("The second signature must be another person's."),
            ),
            models.CheckConstraint(
                condition=~models.Q(grounds=""),
                name="override_has_a_reason",
                violation_error_message=_("An override needs a reason."),
            ),
            models.UniqueConstraint(
                fields=("student", "reach"),
                name="override_stands_once_per_reach",
                violation_error_message=_("This override has already been proposed."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.student}: {self.get_reach_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.student.building

    @classmethod
    def propose(cls, student: Student, *, reach: str, reason: str, by: User) -> Self:
        """Sign first: state the reason; nothing is in force until another person signs."""
        require(reason.strip(), "override-without-reason", _("An override needs a reason."))
        return cls.enter(
            by=by,
            student=student,
            reach=reach,
            grounds=reason.strip(),
            first_signer=by,
            first_signed_at=timezone.now(),
        )

    def sign(self, *, by: User) -> None:
        """Sign second: from now on the override is in force."""
        with self.change(by=by):
            require(self.second_signer_id is None, "override-signed", _("This override is already signed by two."))
            require(
                by.pk != self.first_signer_id,
                "override_is_signed_by_two_people",
                _("The second signature must be another person's."),
            )
            self.second_signer, self.second_signed_at = by, timezone.now()
