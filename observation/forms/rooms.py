"""What is said of a room between two occupants."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rooms.models import Agent


class TakeOverForm(forms.Form):
    """Nothing to say but yes."""


class DisinfectForm(forms.Form):
    """The terminal disinfection as it was done; nothing is filled in, so that it is read off and not agreed to."""

    agent = forms.ChoiceField(label=gettext_lazy("Disinfectant"), choices=Agent, widget=forms.RadioSelect)
    mg_per_litre = forms.IntegerField(label=gettext_lazy("Concentration, mg/L"), min_value=1, max_value=1_000_000)
    minutes = forms.IntegerField(label=gettext_lazy("How long it worked, minutes"), min_value=1, max_value=1440)
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class InspectForm(forms.Form):
    """What a second person found."""

    accepted = forms.TypedChoiceField(
        label=gettext_lazy("What you found"),
        choices=[
            ("yes", gettext_lazy("In order: the room is ready")),
            ("no", gettext_lazy("Not in order: disinfect again")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    fault = forms.CharField(
        label=gettext_lazy("What is not right"),
        help_text=gettext_lazy("Needed when the room is not in order, so that it can be put right."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean(self) -> dict[str, Any]:
        """A fault says what it is."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("accepted") is False and not data.get("fault"):
            self.add_error("fault", _("Say what is not right, so that it can be put right."))
        return data
