"""What an occupant writes on their own pages."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.records import Refused
from inventory.forms.my import plain
from observation.models import Protocol, RequestKind, Symptom
from observation.thermometer import read_temperature


class CodeForm(forms.Form):
    """The code that opens the occupant's own pages."""

    code = forms.CharField(
        label=_("The 6-digit code"),
        help_text=_("It stands on your welcome sheet."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}),
    )

    def clean_code(self) -> str:
        """Exactly six digits; anything else was not meant, so it costs no try."""
        code = plain(self.cleaned_data["code"])
        if len(code) != 6 or not code.isdigit():
            raise forms.ValidationError(_("The code has exactly 6 digits."))
        return code


class ReportForm(forms.Form):
    """How somebody is: temperature, symptoms, and anything else in words."""

    temperature = forms.CharField(
        label=_("Your temperature, °C"),
        help_text=_("For example 36.5. Leave it empty when you have not measured."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )
    symptoms = forms.MultipleChoiceField(
        label=_("What do you feel?"),
        help_text=_("Choose all that fit, or none."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label=_("Anything else we should know"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["symptoms"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared so above
        field.choices = [(key, label) for key, label in Symptom.choices if key in protocol.symptoms]

    def clean_temperature(self) -> Decimal | None:
        """The same rules and sentences as on the round."""
        text = self.cleaned_data["temperature"]
        if not text.strip():
            return None
        try:
            return read_temperature(plain(text).replace("٫", "."))
        except Refused as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal


class OwnRequestForm(forms.Form):
    """What somebody needs."""

    kind = forms.ChoiceField(label=_("What do you need?"), choices=RequestKind, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
