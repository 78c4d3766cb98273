"""Whose letters are printed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory.models import Student


class LettersForm(forms.Form):
    """Those who wait for a letter, or those who are ticked."""

    which = forms.ChoiceField(choices=[("waiting", "waiting"), ("chosen", "chosen")])
    students = forms.ModelMultipleChoiceField(Student.objects.none(), required=False)

    def __init__(self, *args: Any, students: list[Student], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["students"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = Student.objects.filter(pk__in=[student.pk for student in students])

    def clean(self) -> dict[str, Any]:
        """Choosing needs somebody chosen."""
        data = super().clean() or self.cleaned_data
        if data.get("which") == "chosen" and not data.get("students"):
            raise forms.ValidationError(_("Tick the students whose letters you want to print."))
        return data
