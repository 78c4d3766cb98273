"""Forms of the roll call."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observation.forms.care import Sent
from observation.models import Occupant
from rooms.models import Building, Room

TAP = re.compile(r"(here|missing|room):([0-9]{1,18})")


class TapForm(Sent):
    """One tap on the roll: somebody is here, somebody is not, all of a room are here."""

    tap = forms.CharField(max_length=40)

    def clean_tap(self) -> tuple[str, int]:
        """What was tapped and of whom or which room."""
        found = TAP.fullmatch(self.cleaned_data["tap"])
        if found is None:
            raise forms.ValidationError(_("Tap again."))
        return found[1], int(found[2])


class MeetForm(Sent):
    """Somebody is in a room who is not expected there."""

    room = forms.ModelChoiceField(label=gettext_lazy("In which room"), queryset=Room.objects.none())
    occupant = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=Occupant.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody of our list"),
    )
    words = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Who it is, or what they look like and why they are here."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms, occupants = self.fields["room"], self.fields["occupant"]
        assert isinstance(rooms, forms.ModelChoiceField)  # noqa: S101 - declared so above
        assert isinstance(occupants, forms.ModelChoiceField)  # noqa: S101 - declared so above
        rooms.queryset = Room.objects.in_building(building).order_by("floor", "number")
        occupants.queryset = (
            Occupant.objects.in_building(building).unfinished().select_related("person").order_by("person__name", "pk")
        )


class CloseRollForm(forms.Form):
    """What was done about whatever differs."""

    words = forms.CharField(
        label=gettext_lazy("What was done about the discrepancies"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )
