"""What a student writes on their own pages."""

import unicodedata
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.text import fold
from inventory.models import ConsentState
from inventory.models.link import PASSPORT_TAIL

LANGUAGES = [(code, code) for code in settings.STUDENT_LANGUAGES]


def plain(text: str) -> str:
    """Signs as the passport and the code have them: no spaces or hyphens, capitals, and 0 to 9 for ٠ to ٩, ๐ to ๙ …"""
    signs = "".join(fold(text).upper().replace("-", "").split())
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in signs)


class FactorsForm(forms.Form):
    """The two factors that open the student's own pages."""

    passport_tail = forms.CharField(
        label=_("The last 4 characters of your passport number"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )
    code = forms.CharField(
        label=_("The 6-digit code"),
        help_text=_("Your responsible teacher tells it to you; it is not in the letter."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}),
    )

    def clean_passport_tail(self) -> str:
        """Exactly four signs; fewer or more were not meant, so they cost no try."""
        tail = plain(self.cleaned_data["passport_tail"])
        if len(tail) != PASSPORT_TAIL:
            raise forms.ValidationError(_("Write exactly the last 4 letters or digits of the number."))
        return tail

    def clean_code(self) -> str:
        """Exactly six digits."""
        code = plain(self.cleaned_data["code"])
        if len(code) != 6 or not code.isdigit():
            raise forms.ValidationError(_("The code has exactly 6 digits."))
        return code


class AnswerForm(forms.Form):
    """The student's answer to the text of consent; `language` and `version` say which text was read."""

    state = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[
            (ConsentState.AUTHORISED, _("Yes. Please pack, move and store my belongings.")),
            (ConsentState.WITH_WISHES, _("Yes, and I have wishes. I write them below.")),
            (ConsentState.HESITANT, _("I am not sure. Please talk with me first.")),
            (ConsentState.REFUSED, _("No, I do not agree.")),
        ],
    )
    words = forms.CharField(
        label=_("Your wishes, or whatever you want us to know"),
        help_text=_("For example what is fragile, what must stay cold, what you need sent to you."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    language = forms.ChoiceField(choices=LANGUAGES, widget=forms.HiddenInput)
    version = forms.CharField(max_length=40, widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_words(self) -> str:
        """Wishes need words."""
        words: str = self.cleaned_data["words"]
        if self.cleaned_data.get("state") == ConsentState.WITH_WISHES and not words.strip():
            raise forms.ValidationError(_("Please write your wishes here, so that we can follow them."))
        return words


class ObjectionForm(forms.Form):
    """What is not right, in the student's words."""

    text = forms.CharField(
        label=_("What is not right?"),
        help_text=_("You can write in your own language."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ReplyForm(ObjectionForm):
    """One more message in the thread."""

    text = forms.CharField(
        label=_("Your reply"),
        help_text=_("You can write in your own language."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ConfirmForm(forms.Form):
    """The yes to one list; `digest` says which."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    language = forms.ChoiceField(choices=LANGUAGES, widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
