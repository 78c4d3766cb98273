"""Photos in forms: several at once, each taken strictly, each refused one named with its reason."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.uploads import RefusedUpload, TakenPhoto, take_photo
from inventory.models import PhotoKind, Viewpoint

ACCEPTED = "image/jpeg,image/png,image/webp"
AT_ONCE = 12  # photos in one form; each is held in memory until it is stored


class PhotosInput(forms.FileInput):
    """A file input that takes several photos, from the camera or the gallery."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPTED, "multiple": True, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        """All files under this name."""
        return files.getlist(name)


class PhotosField(forms.FileField):
    """The photos that were sent, as TakenPhoto; those in order stand in `taken` even when others are refused."""

    widget = PhotosInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Photos"))
        super().__init__(**kwargs)
        self.taken: list[TakenPhoto] = []

    def clean(self, data: Any, initial: Any = None) -> list[TakenPhoto]:
        """Take each photo; ValidationError with one sentence for each that is refused."""
        if self.required and not data:
            raise forms.ValidationError(_("Take or choose a photo first."))
        if len(data) > AT_ONCE:
            raise forms.ValidationError(_("Send at most %(n)d photos at a time.") % {"n": AT_ONCE})
        taken: dict[str, TakenPhoto] = {}
        refusals = []
        for file in data:
            try:
                photo = take_photo(file, name=file.name)
                taken[photo.sha256] = photo
            except RefusedUpload as refusal:
                refusals.append(f"{file.name}: {refusal.message}")
        self.taken = list(taken.values())
        if refusals:
            raise forms.ValidationError(refusals)
        return self.taken


class ActForm(forms.Form):
    """A form whose act is recorded once, however often it is sent: its id is made when the form is shown."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class PhotosForm(ActForm):
    """Photos of one thing. The good ones are kept even when others are refused."""

    photos = PhotosField()

    def good_photos(self) -> list[tuple[UUID, TakenPhoto]]:
        """Each photo in order with an id that a resend of this form repeats; none when anything else is wrong."""
        photos = self.fields["photos"]
        assert isinstance(photos, PhotosField)  # noqa: S101 - declared above
        return [] if self.errors.keys() - {"photos"} else numbered(self.cleaned_data["client_id"], photos.taken)


class ViewForm(PhotosForm):
    """Photos of one view of the room's shot list, walking in or walking out."""

    kind = forms.ChoiceField(
        widget=forms.HiddenInput,
        choices=[(kind.value, kind.label) for kind in (PhotoKind.ROOM_BEFORE, PhotoKind.ROOM_AFTER)],
    )
    viewpoint = forms.ChoiceField(widget=forms.HiddenInput, choices=Viewpoint)


def numbered(form_id: UUID, photos: list[TakenPhoto]) -> list[tuple[UUID, TakenPhoto]]:
    """Each photo with an id made of the form's id and its own bytes."""
    return [(uuid5(form_id, photo.sha256), photo) for photo in photos]
