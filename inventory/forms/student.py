"""What the desk writes about a student."""

from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from inventory.models import Channel, ConsentState, OverrideReach
from people.models import ContactKind, Sex


class ConsentForm(forms.Form):
    """What a student said to a member of staff."""

    state = forms.ChoiceField(label=_("What the student said"), choices=ConsentState, widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("How you spoke"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.LINK],
    )
    words = forms.CharField(
        label=_("The student's words"),
        help_text=_("As close to what was said as you can; wishes belong here."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class OverrideForm(forms.Form):
    """The office's decision without the student's consent, signed first."""

    reach = forms.ChoiceField(label=_("Reach"), choices=OverrideReach, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The student will read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
    )


class AnswerForm(forms.Form):
    """An answer to an objection, by name."""

    text = forms.CharField(label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class StudentForm(forms.Form):
    """What may be corrected about a student by hand; every change is kept with its reason."""

    name = forms.CharField(label=_("Name"), max_length=120)
    passport_name = forms.CharField(label=_("Name in passport"), max_length=120, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex, required=False)
    nationality = forms.CharField(label=_("Nationality"), max_length=60, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("", "—"), *settings.LANGUAGES], required=False)
    time_zone = forms.CharField(
        label=_("Time zone"), help_text=_("For example Europe/Paris."), max_length=60, required=False
    )
    whereabouts = forms.CharField(label=_("Where now"), max_length=120, required=False)
    passport_number = forms.CharField(label=_("Passport number"), max_length=30, required=False)
    notes = forms.CharField(
        label=_("Notes shown before the door opens"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    reason = forms.CharField(label=_("Why you change this"), max_length=400)

    def clean_time_zone(self) -> str:
        """The name of a zone that exists."""
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("This time zone is not known. Write it like Europe/Paris."))
        return zone

    def parts(self) -> tuple[dict[str, Any], dict[str, Any], str]:
        """The person's fields, the student's fields, and the reason."""
        data = dict(self.cleaned_data)
        reason = data.pop("reason")
        notes = data.pop("notes")
        return data, {"notes": notes}, reason


class ContactForm(forms.Form):
    """One way to reach the student."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind)
    value = forms.CharField(label=_("Number, address or name and number"), max_length=200)
    reason = forms.CharField(label=_("Why you change this"), max_length=400)
