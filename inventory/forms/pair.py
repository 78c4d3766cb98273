"""How the witness joins: six digits on the own phone, or the own log-in on the packer's."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text import fold


class JoinForm(forms.Form):
    """The six digits on the packer's phone."""

    code = forms.CharField(
        label=_("Six digits on the packer's phone"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        """The digits as they are kept, however they were typed."""
        code = fold(self.cleaned_data["code"]).replace(" ", "")
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(_("The code has six digits."))
        return code


class WitnessForm(forms.Form):
    """The witness's own log-in, typed on the packer's phone."""

    username = forms.CharField(
        label=_("Your user name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
