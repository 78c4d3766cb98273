"""The student's own link: unguessable, with a second factor, an end, and a lock after five wrong tries."""

import hmac
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.records import Record, require
from inventory.models.student import Student
from people.models import User
from rooms.models import InBuildingQuerySet

MOST_FAILURES = 5
PASSPORT_TAIL = 4  # characters of the passport number that are asked for


def new_token() -> str:
    """A fresh unguessable token of 160 bits."""
    return token_urlsafe(20)


def token_digest(token: str) -> str:
    """The keyed digest under which a token is kept; the token itself is kept nowhere."""
    return salted_hmac("guanshe.student-link", token, algorithm="sha256").hexdigest()


class StudentLinkQuerySet(InBuildingQuerySet["StudentLink"]):
    """Words for lists of links."""

    within = "student__building"

    def active(self) -> Self:
        """Not revoked and not past their end (a locked link is still the active one until it is replaced)."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class StudentLink(Record):
    """One student's personal link, handed over in a letter; the 6-digit code comes from the responsible teacher."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="links", verbose_name=_("student"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )

    objects = StudentLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("student's link")
        verbose_name_plural = _("students' links")
        ordering = ("student", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(failures__gte=0, failures__lte=MOST_FAILURES), name="link_failures_are_0_to_5"
            ),
            models.UniqueConstraint(
                fields=("student",), condition=Q(revoked_at__isnull=True), name="student_has_one_active_link"
            ),
        )

    def __str__(self) -> str:
        return f"{self.student} · {self.expires_at:%Y-%m-%d}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.student.building

    @property
    def locked(self) -> bool:
        """Whether five wrong tries have closed it; a new letter opens the way again."""
        return self.failures >= MOST_FAILURES

    @property
    def code(self) -> str:
        """The 6-digit code the responsible teacher hands over; derived, so that no table holds it."""
        digest = salted_hmac("guanshe.student-code", f"{self.pk}:{self.digest}", algorithm="sha256").hexdigest()
        return f"{int(digest, 16) % 1_000_000:06d}"

    @classmethod
    def issue(cls, student: Student, *, by: User | None, token: str = "") -> tuple[Self, str]:
        """Make the student's new link and end the old one; returns the link and its token, shown this once.

        A `token` from `new_token()` may be handed in, so that a letter is drawn before the old link ends.
        """
        token = token or new_token()
        with student.change(by=by):
            require(
                len(student.person.passport_number) >= PASSPORT_TAIL,
                "passport-unknown",
                _("The passport number of %(name)s is missing. Enter it first: the link asks for its last characters.")
                % {"name": student.person.name},
            )
            for old in cls.objects.filter(student=student, revoked_at__isnull=True).locked():
                old.revoke(by=by)
            link = cls.enter(
                by=by,
                student=student,
                digest=token_digest(token),
                expires_at=timezone.now() + timedelta(days=settings.STUDENT_LINK_DAYS),
                issued_by=by,
            )
        return link, token

    def revoke(self, *, by: User | None) -> None:
        """End the link now."""
        with self.change(by=by):
            if self.revoked_at is None:
                self.revoked_at = timezone.now()

    @classmethod
    def open(cls, token: str, *, passport_tail: str, code: str) -> "StudentLink | None":
        """The link when token and both factors are right; else None, whatever was wrong.

        Each try is counted in one statement before anything is compared, so that parallel guesses cannot share a
        try; a right answer gives the tries back.
        """
        digest = token_digest(token)
        alive = cls.objects.filter(digest=digest, revoked_at__isnull=True, expires_at__gt=timezone.now())
        counted = alive.filter(failures__lt=MOST_FAILURES).update(failures=F("failures") + 1)
        if not counted:
            return None
        link = alive.select_related("student__person").get()
        passport = link.student.person.passport_number.upper()
        expected_tail = passport[-PASSPORT_TAIL:] if len(passport) >= PASSPORT_TAIL else ""
        right_tail = hmac.compare_digest(expected_tail.encode(), passport_tail.strip().upper().encode())
        right_code = hmac.compare_digest(link.code.encode(), code.strip().encode())
        if not (expected_tail and right_tail and right_code):
            return None
        alive.update(failures=0)
        return link
