"""What is said before labels are printed: how many, on which sheet, from which label on, moved by how much."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.papers.labels import PRESETS

MOST_AT_ONCE: Final = 480  # labels on one order of the page; more is a slip of the finger
MOST_OFFSET: Final = 10.0  # millimetres; more is another kind of sheet


class OffsetField(forms.FloatField):
    """Millimetres either way; nothing typed is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=-MOST_OFFSET,
            max_value=MOST_OFFSET,
            required=False,
            widget=forms.NumberInput(attrs={"step": "0.1"}),
            **kwargs,
        )

    def clean(self, value: Any) -> float:
        """The millimetres, 0 when nothing was typed."""
        return float(super().clean(value) or 0.0)


class LabelsForm(forms.Form):
    """An order of blank labels; `start` is the label of the drawn sheet that was pressed."""

    preset = forms.ChoiceField(
        choices=[(key, sheet.name) for key, sheet in PRESETS.items()],
        error_messages={"invalid_choice": gettext_lazy("Choose one of the listed label sheets.")},
        widget=forms.HiddenInput,
    )
    start = forms.IntegerField(
        min_value=1,
        error_messages={"required": gettext_lazy("Choose the label to start at.")},
        widget=forms.HiddenInput,
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many labels"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    offset_x = OffsetField(label=gettext_lazy("Move to the right, mm"))
    offset_y = OffsetField(label=gettext_lazy("Move down, mm"))

    def clean(self) -> dict[str, Any]:
        """The label to start at is one of the sheet's."""
        data = super().clean() or self.cleaned_data
        sheet = PRESETS.get(data.get("preset", ""))
        if sheet and data.get("start", 1) > sheet.count:
            self.add_error(
                "start", _("This sheet has labels 1 to %(last)d. Start at one of these.") % {"last": sheet.count}
            )
        return data


class BoxSearchForm(forms.Form):
    """Whose box, from which room, with which code or seal."""

    q = forms.CharField(
        label=gettext_lazy("Code, seal number, room or student"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}),
    )
