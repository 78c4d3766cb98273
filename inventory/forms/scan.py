"""A code, scanned or typed, or a photo with codes in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.qr import read_codes
from core.uploads import RefusedUpload
from inventory.forms.box import CODE_INPUT
from inventory.forms.photo import ACCEPTED, ActForm


class ScanForm(ActForm):
    """One code. A keyboard scanner types it and presses Enter."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Scan with a scanner, or type the nine characters and press Enter."),
        max_length=300,
        widget=forms.TextInput(attrs={**CODE_INPUT, "autofocus": True}),
    )


class CodesField(forms.FileField):
    """The codes found in a photo."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED, "capture": "environment"})

    def clean(self, data: Any, initial: Any = None) -> list[str]:
        """The texts of the QR codes in the photo; ValidationError when there is none or it is no photo."""
        file = super().clean(data, initial)
        try:
            codes = read_codes(file.read())
        except RefusedUpload as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        if not codes:
            raise forms.ValidationError(
                _("No code was found in the photo. Go closer, hold still, and keep the whole square in the picture.")
            )
        return codes


class PhotoScanForm(ActForm):
    """A photo of one or several labels."""

    photo = CodesField(label=gettext_lazy("Photo of the label"))
