"""Forms of looking after occupants: requests, care notes, incidents."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from observation.looking_after import staff_of
from observation.models import RequestKind
from people.models import Person
from rooms.models import Building, IncidentKind, Room


class Sent(forms.Form):
    """A form that makes one row however often it is sent."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class WithStaff(forms.Form):
    """A form that may name who looks after something: somebody posted at the building."""

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["responsible"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so by each of these forms
        field.queryset = staff_of(building)


class RequestForm(Sent):
    """What an occupant needs: one tap says the kind, words are added where they help."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RequestKind)
    words = forms.CharField(
        label=_("What is needed"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class ParcelForm(Sent):
    """A parcel came to the gate: for whom, and what it is where that helps."""

    occupant = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(label=_("Parcel number or what it is"), max_length=200, required=False)


class HandForm(WithStaff):
    """Who looks after it from now on."""

    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=Person.objects.none(), required=False, empty_label=_("nobody yet")
    )


class CloseForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class CareNoteForm(WithStaff, Sent):
    """A talk with an occupant."""

    words = forms.CharField(
        label=_("How they are"),
        help_text=_("What was said, as far as the next one who calls needs it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )
    again_on = forms.DateField(
        label=_("Call again on"),
        help_text=_("Left empty, nobody needs to call again."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    responsible = forms.ModelChoiceField(
        label=_("Who calls again"), queryset=Person.objects.none(), required=False, empty_label=_("whoever is on duty")
    )
    field_order = ("words", "again_on", "responsible", "client_id")


def _now() -> str:
    return f"{timezone.localtime():%Y-%m-%dT%H:%M}"


class IncidentForm(WithStaff, Sent):
    """What went wrong."""

    kind = forms.ChoiceField(label=_("What kind"), choices=IncidentKind, widget=forms.RadioSelect)
    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("in no one room")
    )
    words = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000)
    happened_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        initial=_now,
    )
    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=Person.objects.none(), required=False, empty_label=_("nobody yet")
    )
    field_order = ("kind", "room", "words", "happened_at", "responsible", "client_id")

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, building=building, **kwargs)
        field = self.fields["room"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = Room.objects.in_building(building).order_by("floor", "number")
