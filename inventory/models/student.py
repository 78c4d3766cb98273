"""Students: persons whose belongings are in custody."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Code
from core.records import Record
from people.models import Person
from rooms.models import Bed, Building, InBuildingQuerySet


class StudentQuerySet(InBuildingQuerySet["Student"]):
    """Words for lists of students."""

    def with_consent(self) -> Self:
        """Each with `consent_state`: the state of the newest consent, or «none» when nobody was asked yet."""
        from inventory.models.consent import Consent  # noqa: PLC0415 - the consent points at the student

        newest = Consent.objects.filter(student=models.OuterRef("pk")).order_by("-at", "-pk").values("state")[:1]
        return self.annotate(consent_state=models.functions.Coalesce(models.Subquery(newest), models.Value("none")))


class Student(Record):
    """A person whose belongings are in custody, with the bed they lived in."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="student", verbose_name=_("person"))
    building = models.ForeignKey(Building, models.PROTECT, related_name="students", verbose_name=_("building"))
    bed = models.OneToOneField(
        Bed, models.PROTECT, null=True, blank=True, related_name="student", verbose_name=_("bed")
    )
    student_number = models.CharField(_("student number"), max_length=40)
    notes = models.TextField(_("notes"), blank=True, default="", max_length=2000)
    code = models.OneToOneField(Code, models.PROTECT, related_name="student", verbose_name=_("code"))

    # Set by with_consent().
    consent_state: str

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        ordering = ("building", "bed__room__number", "bed__number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("building", "student_number"),
                name="student_number_stands_once",
                violation_error_message=_("This building already has a student with this number."),
            ),
            models.CheckConstraint(
                condition=~models.Q(student_number=""),
                name="student_has_a_number",
                violation_error_message=_("A student needs a student number."),
            ),
        )

    def __str__(self) -> str:
        return self.person.name

    @property
    def scope(self) -> Building:
        """Rights are granted on the building."""
        return self.building

    @property
    def room(self) -> Any:
        """The room of the student's bed, or None."""
        return self.bed.room if self.bed else None
