"""The one table of core: every code ever issued, so that no two things carry the same one."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.codes import new_code, normalise
from core.records import require


class Code(models.Model):
    """A printed code: eight Crockford characters and a check character. `kind` is empty while the label is blank."""

    value = models.CharField(_("code"), max_length=9, primary_key=True)
    kind = models.CharField(_("kind"), max_length=20, blank=True, default="")
    issued_at = models.DateTimeField(_("issued at"), auto_now_add=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = (models.CheckConstraint(condition=~models.Q(value=""), name="code_is_not_empty"),)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def issue(cls, kind: str = "") -> Self:
        """A fresh code for a thing of `kind`, or a blank label's."""
        return cls.objects.create(value=new_code(), kind=kind)

    @classmethod
    def issue_many(cls, count: int, kind: str = "") -> list[Self]:
        """`count` fresh codes in one statement."""
        return cls.objects.bulk_create([cls(value=new_code(), kind=kind) for _n in range(count)])

    @classmethod
    def claim(cls, text: str, kind: str) -> Self:
        """Turn the blank label `text` into the code of a thing of `kind`, once, whoever else tries at the same time.

        Raises Refused for an unknown or a used label.
        """
        value = normalise(text)
        require(value, "code-unreadable", _("This is not a code of ours. Scan again or type the nine characters."))
        taken = cls.objects.filter(value=value, kind="").update(kind=kind)
        if not taken:
            known = cls.objects.filter(value=value).exists()
            require(not known, "label-used", _("This label is already in use. Take a new blank label."))
            require(known, "label-unknown", _("This label was not printed here. Take a label from a printed sheet."))
        return cls.objects.get(value=value)
