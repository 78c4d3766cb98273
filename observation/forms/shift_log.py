"""The forms of the shift log."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.uploads import TakenPhoto
from inventory.forms.photo import PhotosField, numbered
from observation.forms.care import Sent
from observation.forms.handover import choose_places
from observation.models import Occupant
from rooms.models import Area, Building, Room


class NoteForm(Sent):
    """A quick note: words or a photo, and what it is about where one tap says it."""

    words = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)
    attention = forms.BooleanField(label=_("The next shift must know"), required=False)
    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("in no one room")
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, empty_label=_("of no one area")
    )
    occupant = forms.ModelChoiceField(
        queryset=Occupant.objects.none(), required=False, widget=forms.HiddenInput, blank=True
    )
    photos = PhotosField(required=False)

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_places(self, building)
        occupant = self.fields["occupant"]
        assert isinstance(occupant, forms.ModelChoiceField)  # noqa: S101 - declared so above
        occupant.queryset = Occupant.objects.in_building(building)

    def given(self) -> dict[str, Any]:
        """What the verb is told; each photo with an id that a resend of this form repeats."""
        photos: list[tuple[UUID, TakenPhoto]] = numbered(self.cleaned_data["client_id"], self.cleaned_data["photos"])
        return {**self.cleaned_data, "photos": photos}
