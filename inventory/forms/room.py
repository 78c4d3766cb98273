"""What the pair says of a room: what it will do about the roster's notes, and whose box a blank label becomes."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.forms.photo import ActForm
from inventory.models import Student
from inventory.packing import Clearance

SHARED = "shared"


class OpenForm(forms.Form):
    """One answer for each note in the roster, given before the door opens."""

    def __init__(self, *args: Any, residents: list[Student], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noted = [resident for resident in residents if resident.notes]
        for resident in self.noted:
            self.fields[f"answer_{resident.pk}"] = forms.CharField(
                label=_("What you will do about it"),
                error_messages={"required": _("Say first what you will do about this note.")},
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=2000,
            )

    @property
    def questions(self) -> list[tuple[Student, Any]]:
        """Each resident with a note, and the field for its answer."""
        return [(resident, self[f"answer_{resident.pk}"]) for resident in self.noted]

    def answers(self) -> dict[int, str]:
        """The answers by student."""
        return {resident.pk: self.cleaned_data[f"answer_{resident.pk}"] for resident in self.noted}


class ClaimForm(ActForm):
    """A blank label that becomes a box, of one resident or of shared and unclear things."""

    label = forms.CharField(
        label=gettext_lazy("Code on the blank label"),
        help_text=gettext_lazy("Scan it, or type the nine characters."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    student = forms.ChoiceField(label=gettext_lazy("Whose box"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, halves: list[Clearance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packable = {str(half.student.pk): half.student for half in halves if half.may_pack}
        choices = [(key, student.person.name) for key, student in self.packable.items()]
        field = self.fields["student"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [*choices, (SHARED, _("shared or unclear things"))]
        if len(choices) == 1:
            field.initial = choices[0][0]

    def clean_student(self) -> Student | None:
        """The resident, or None for a shared box."""
        return self.packable.get(self.cleaned_data["student"])
