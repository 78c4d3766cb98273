"""The forms of counting."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from observation.forms.care import Sent
from rooms.models import Supply, SupplyKind

MOST = 1_000_000


class CountForm(Sent):
    """A number beside everything that is counted; an empty one was not counted now."""

    words = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, supplies: Sequence[Supply], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for supply in supplies:
            self.fields[f"n-{supply.pk}"] = forms.IntegerField(
                label=supply.shown_name,
                min_value=0,
                max_value=MOST,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "6"}),
            )

    def given(self) -> dict[str, Any]:
        """What the verb is told."""
        cleaned = self.cleaned_data
        numbers = {int(name[2:]): n for name, n in cleaned.items() if name.startswith("n-") and n is not None}
        return {"numbers": numbers, "words": cleaned["words"], "client_id": cleaned["client_id"]}


class SupplyForm(forms.Form):
    """What is said of a thing that is counted."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SupplyKind, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    least = forms.IntegerField(
        label=_("At least"),
        help_text=_("A supply's minimum; of equipment and keys, how many there should be."),
        min_value=0,
        max_value=MOST,
    )
