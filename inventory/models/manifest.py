"""Manifests, the student's confirmation of one, and objections."""

import hashlib
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.records import Fact, Record, require
from inventory.models.box import Box, BoxState, Item
from inventory.models.custody import canonical
from inventory.models.student import Student
from people.models import User
from rooms.models import InBuildingQuerySet


class ManifestQuerySet(InBuildingQuerySet["Manifest"]):
    """Words for lists of manifests."""

    within = "student__building"


class Manifest(models.Model):
    """What a student's boxes held at one moment, frozen, numbered 1…n, with its digest."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="manifests", verbose_name=_("student"))
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64, db_index=True)
    made_at = models.DateTimeField(_("made at"))

    objects = ManifestQuerySet.as_manager()

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")
        ordering = ("student", "number")
        constraints = (
            models.UniqueConstraint(fields=("student", "number"), name="manifest_number_stands_once_per_student"),
        )

    def __str__(self) -> str:
        return f"{self.student} · {self.number} · {self.digest[:8]}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.student.building

    @classmethod
    def of(cls, student: Student) -> "Manifest | None":
        """The newest manifest, or None before the first box is sealed."""
        return cls.objects.filter(student=student).order_by("-number").first()

    @classmethod
    def issue(cls, student: Student) -> "Manifest":
        """What sealed boxes now hold of the student's: the newest manifest if nothing changed, else the next."""
        with transaction.atomic():
            Student.objects.select_for_update(no_key=True).get(pk=student.pk)
            boxes = Box.objects.shown_to(student).exclude(state=BoxState.PACKING).order_by("pk")
            content = {"student": student.student_number, "boxes": [box.contents(shown_to=student) for box in boxes]}
            digest = hashlib.sha256(canonical(content)).hexdigest()
            last = cls.of(student)
            if last is not None and last.digest == digest:
                return last
            return cls.objects.create(
                student=student,
                number=last.number + 1 if last else 1,
                content=content,
                digest=digest,
                made_at=timezone.now(),
            )

    def lists(self, item: Item) -> bool:
        """Whether the item stands in this manifest."""
        return any(listed["id"] == item.pk for box in self.content["boxes"] for listed in box["items"])


class Confirmation(Fact):
    """The student's final yes to one manifest; a later manifest asks again."""

    manifest = models.OneToOneField(Manifest, models.PROTECT, related_name="confirmation", verbose_name=_("manifest"))
    text = models.TextField(_("text put before them"))
    language = models.CharField(_("language"), max_length=10)
    factor = models.CharField(_("second factor"), max_length=60)

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.manifest)


class ObjectionState(models.TextChoices):
    """How far an objection is; the student closes it."""

    OPEN = "open", _("waiting for an answer")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed by the student")


class ObjectionQuerySet(InBuildingQuerySet["Objection"]):
    """Words for lists of objections."""

    within = "student__building"

    def unsettled(self) -> Self:
        """Not yet closed by the student."""
        return self.exclude(state=ObjectionState.CLOSED)


class Objection(Record):
    """What a student says is not right with one item of one manifest; has a clock and a thread."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="objections", verbose_name=_("student"))
    manifest = models.ForeignKey(Manifest, models.PROTECT, related_name="objections", verbose_name=_("manifest"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="objections", verbose_name=_("item"))
    state = models.CharField(_("state"), max_length=20, choices=ObjectionState, default=ObjectionState.OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("answer due at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("item",),
                condition=~Q(state=ObjectionState.CLOSED),
                name="item_has_one_unsettled_objection",
                violation_error_message=_("You have already raised this item. Follow the answer on its page."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item}: {self.get_state_display()}"

    @property
    def scope(self) -> Any:
        """Rights are granted on the building."""
        return self.student.building

    @classmethod
    def open(cls, item: Item, *, manifest: Manifest, text: str, client_id: UUID) -> Self:
        """The student objects to an item of theirs; the clock starts (OBJECTION_ANSWER_HOURS)."""
        with transaction.atomic():
            Student.objects.select_for_update(no_key=True).get(pk=manifest.student_id)
            known = ObjectionEntry.objects.filter(client_id=client_id).select_related("objection").first()
            if known is not None:
                return known.objection  # type: ignore[return-value]
            require(text.strip(), "objection-empty", _("Please write what is not right, so that we can look into it."))
            require(
                manifest.lists(item),
                "item-not-listed",
                _("This is not on your list yet. Look again once its box is sealed."),
            )
            require(
                not cls.objects.unsettled().filter(item=item).exclude(student=manifest.student_id).exists(),
                "item-raised-by-roommate",
                _("Your roommate has raised this shared item already. We are looking into it."),
            )
            now = timezone.now()
            objection = cls.enter(
                by=None,
                student=manifest.student,
                manifest=manifest,
                item=item,
                opened_at=now,
                due_at=now + timedelta(hours=settings.OBJECTION_ANSWER_HOURS),
            )
            objection._say(text, by=None, client_id=client_id)
            return objection

    def answer(self, *, text: str, by: User, client_id: UUID) -> None:
        """A member of staff answers by name; the student then accepts or writes again."""
        with self.change(by=by):
            if ObjectionEntry.objects.filter(client_id=client_id).exists():
                return
            require(
                self.state != ObjectionState.CLOSED, "objection-closed", _("The student has closed this objection.")
            )
            require(text.strip(), "answer-empty", _("Write the answer first."))
            self._say(text, by=by, client_id=client_id)
            self.state = ObjectionState.ANSWERED

    def reply(self, *, text: str, client_id: UUID) -> None:
        """The student writes again; the clock starts anew."""
        with self.change(by=None):
            if ObjectionEntry.objects.filter(client_id=client_id).exists():
                return
            require(self.state != ObjectionState.CLOSED, "objection-closed", _("This matter is already closed."))
            require(text.strip(), "objection-empty", _("Please write what is not right, so that we can look into it."))
            self._say(text, by=None, client_id=client_id)
            self.state = ObjectionState.OPEN
            self.due_at = timezone.now() + timedelta(hours=settings.OBJECTION_ANSWER_HOURS)

    def close(self) -> None:
        """The student is satisfied with the answer."""
        with self.change(by=None):
            if self.state == ObjectionState.CLOSED:
                return
            require(
                self.state == ObjectionState.ANSWERED,
                "objection-unanswered",
                _("This matter has not been answered yet."),
            )
            self.state, self.closed_at = ObjectionState.CLOSED, timezone.now()

    def _say(self, text: str, *, by: User | None, client_id: UUID) -> None:
        ObjectionEntry(client_id=client_id, at=timezone.now(), objection=self, by=by, text=text.strip()).save()


class ObjectionEntry(Fact):
    """One message in an objection's thread; without `by` it is the student's."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="entries", verbose_name=_("objection"))
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("text"), max_length=4000)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("objection", "at", "pk")

    def __str__(self) -> str:
        return self.text
