"""The form of the waste log."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from observation.forms.care import Sent
from rooms.models import Building, Room, WasteKind


class WasteForm(Sent):
    """One collection of waste."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=WasteKind, initial=WasteKind.INFECTIOUS, widget=forms.RadioSelect
    )
    room = forms.ModelChoiceField(
        label=gettext_lazy("Room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=gettext_lazy("the whole building"),
    )
    bags = forms.IntegerField(label=gettext_lazy("Bags"), min_value=1, max_value=999, initial=1)
    kilograms = forms.DecimalField(
        label=gettext_lazy("Weight, kg"),
        min_value=0,
        max_value=9999,
        max_digits=6,
        decimal_places=1,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    tag = forms.CharField(label=gettext_lazy("Tag number"), max_length=40, required=False)
    handed_to = forms.CharField(label=gettext_lazy("Handed to"), max_length=120, required=False)

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["room"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = Room.objects.in_building(building).order_by("floor", "number")
