"""Forms of the round: a reading by taps."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.records import Refused
from observation.models import HealthCheck, Protocol, Skip, Symptom
from observation.thermometer import read_temperature


def typed_temperature(text: str) -> Decimal | None:
    """The temperature as a thermometer shows it, None for an empty field; one sentence says what is wrong."""
    try:
        return read_temperature(text) if text.strip() else None
    except Refused as refusal:
        raise forms.ValidationError(str(refusal.message), code=refusal.code) from refusal


class ReadingForm(forms.Form):
    """A temperature, symptoms, or why there is none; `protocol` says which symptoms are asked for."""

    day = forms.DateField(widget=forms.HiddenInput)
    hour = forms.CharField(max_length=5, widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    temperature = forms.CharField(label=_("temperature, °C"), max_length=20, required=False)
    symptoms = forms.MultipleChoiceField(
        label=_("symptoms"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    skipped = forms.ChoiceField(required=False, choices=[("", ""), *Skip.choices])

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        asked = [(one, label) for one, label in Symptom.choices if one in protocol.symptoms]
        self.fields["symptoms"].choices = asked  # type: ignore[attr-defined]

    def clean_temperature(self) -> Decimal | None:
        """The temperature as a thermometer shows it, or one sentence that says what is wrong."""
        return typed_temperature(self.cleaned_data["temperature"])


class AgainForm(ReadingForm):
    """A second measurement: its slot is the first one's, and it is not skipped."""

    day = None  # type: ignore[assignment]
    hour = None  # type: ignore[assignment]
    skipped = None  # type: ignore[assignment]


class SymptomsForm(forms.Form):
    """What is added to a reading that stands: symptoms it does not have yet."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    symptoms = forms.MultipleChoiceField(
        label=_("symptoms"),
        widget=forms.CheckboxSelectMultiple,
        choices=(),
        error_messages={"required": _("Tick what was noticed.")},
    )

    def __init__(self, *args: Any, check: HealthCheck, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        asked = [one for one in check.protocol.symptoms if one not in check.symptoms]
        self.fields["symptoms"].choices = [choice for choice in Symptom.choices if choice[0] in asked]  # type: ignore[attr-defined]


class CorrectForm(AgainForm):
    """What should stand instead of a wrong reading, and why."""

    skipped = forms.ChoiceField(  # type: ignore[assignment]
        label=_("no reading because"), required=False, choices=[("", "—"), *Skip.choices]
    )
    why = forms.CharField(label=_("why corrected"), max_length=200)
