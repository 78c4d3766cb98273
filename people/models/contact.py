"""How a person can be reached."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records import Record
from people.models.person import Person


class ContactKind(models.TextChoices):
    """The channel or the one who passes word on."""

    PHONE = "phone", _("phone")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", _("e-mail")
    RELATIVE = "relative", _("relative")
    FRIEND = "friend", _("friend")
    COMMUNITY = "community", _("community office")
    POLICE = "police", _("police")
    BANK = "bank", _("bank")
    EMBASSY = "embassy", _("embassy")


class ContactPoint(Record):
    """One way to reach a person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=20, choices=ContactKind)
    value = models.CharField(_("number or address"), max_length=200)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ("person", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "kind", "value"),
                name="contact_point_stands_once",
                violation_error_message=_("This contact point is already there."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
