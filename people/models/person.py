"""Persons: whoever the office looks after or works with."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records import Record, RecordQuerySet


class Category(models.TextChoices):
    """What a person is to the campus."""

    STUDENT = "student", _("student")
    STAFF = "staff", _("staff")
    RETIREE = "retiree", _("retiree")
    FOREIGN_TEACHER = "foreign-teacher", _("foreign teacher")
    CONTRACTOR = "contractor", _("contractor")
    RESIDENT = "resident", _("resident of a household")


class Sex(models.TextChoices):
    """As the roster says; packers and witnesses are of the owner's sex where possible."""

    FEMALE = "female", _("female")
    MALE = "male", _("male")
    UNKNOWN = "", _("not said")


class PersonQuerySet(RecordQuerySet["Person"]):
    """Words for lists of persons."""

    def staff(self) -> "PersonQuerySet":
        """Members of staff only."""
        return self.filter(category=Category.STAFF)


class Person(Record):
    """A person with one category, a language, a time zone and a responsible member of staff."""

    category = models.CharField(_("category"), max_length=20, choices=Category)
    name = models.CharField(_("name"), max_length=120)
    passport_name = models.CharField(_("name in passport"), max_length=120, blank=True, default="")
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True, default=Sex.UNKNOWN)
    nationality = models.CharField(_("nationality"), max_length=60, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, default="")
    whereabouts = models.CharField(_("where now"), max_length=120, blank=True, default="")
    passport_number = models.CharField(_("passport number"), max_length=30, blank=True, default="")
    responsible = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responsible_for",
        verbose_name=_("responsible teacher"),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="person_has_a_name",
                violation_error_message=_("A person needs a name."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def language_name(self) -> str:
        """The person's language in the reader's words; what the roster says where we do not know it."""
        return str(dict(settings.LANGUAGES).get(self.language.lower(), self.language))
