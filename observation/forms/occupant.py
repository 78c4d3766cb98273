"""Forms of the occupant's page: details, moves, hospital, the end; and the protocol's."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from observation.models import Diet, Protocol, ReleaseNeed, Step, Symptom
from people.models import ContactKind, Person, Sex
from rooms.models import Agent, Bed


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class Sent(forms.Form):
    """A form that makes one row however often it is sent."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class DetailsForm(forms.Form):
    """Why and how somebody is here, corrected with a reason."""

    last_exposure = _day(_("Last exposure"))
    reason_words = forms.CharField(label=_("Reason in words"), max_length=200, required=False)
    came_from = forms.CharField(label=_("Came from"), max_length=120, required=False)
    party = forms.CharField(label=_("Travels with"), max_length=40, required=False)
    needs = forms.CharField(
        label=_("Special needs"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    diet = forms.ChoiceField(label=_("Diet"), choices=Diet)
    reason = forms.CharField(label=_("Why this is corrected"), max_length=200)


LANGUAGE_CHOICES = [("", _("not said")), *settings.LANGUAGES]


class IdentityForm(forms.Form):
    """Who somebody is, corrected with a reason."""

    name = forms.CharField(label=_("Name"), max_length=120)
    passport_name = forms.CharField(label=_("Name in passport"), max_length=120, required=False)
    passport_number = forms.CharField(label=_("Passport or ID number"), max_length=30, required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex, required=False)
    nationality = forms.CharField(label=_("Nationality"), max_length=60, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("The welcome sheet and their own pages speak it."),
        choices=LANGUAGE_CHOICES,
        required=False,
    )
    reason = forms.CharField(label=_("Why this is corrected"), max_length=200)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        names = set(self.base_fields) - {"reason"}
        kwargs["initial"] = {name: getattr(person, name) for name in names}
        super().__init__(*args, **kwargs)
        # A roster may say a language that no page speaks; correcting something else keeps it.
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        if person.language not in dict(settings.LANGUAGES):
            field.choices = [*LANGUAGE_CHOICES, *([(person.language, person.language_name)] if person.language else [])]


class ContactForm(forms.Form):
    """One way to reach somebody."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind)
    value = forms.CharField(label=_("Number, address or name and number"), max_length=200)
    reason = forms.CharField(label=_("Why you change this"), max_length=200)


class BedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A bed as staff name it."""

    def label_from_instance(self, obj: Any) -> str:
        """Room, floor and bed."""
        return _("Room %(room)s, bed %(bed)s, floor %(floor)s") % {
            "room": obj.room.number,
            "bed": obj.number,
            "floor": obj.room.floor,
        }


class BackForm(forms.Form):
    """The bed somebody comes back to."""

    bed = BedField(label=_("Bed"), queryset=Bed.objects.none(), empty_label=_("choose a free bed"))

    def __init__(self, *args: Any, beds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bed"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = beds


class MoveForm(BackForm):
    """Another bed, and why."""

    reason = forms.CharField(label=_("Why they move"), max_length=200)


class EndForm(Sent):
    """A longer or shorter observation."""

    ends_on = _day(_("Released from"))
    reason = forms.CharField(
        label=_("Why it is made longer or shorter"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class HospitalForm(forms.Form):
    """The decision that somebody goes to hospital."""

    hospital = forms.CharField(label=_("Hospital"), max_length=160)
    vehicle = forms.CharField(label=_("Vehicle"), max_length=120)
    escort = forms.CharField(label=_("Escort"), max_length=120, required=False)
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class ProtocolForm(Sent):
    """A new version of the protocol; every figure has issuer, version and date."""

    name = forms.CharField(label=_("Name"), max_length=160)
    issuer = forms.CharField(label=_("Issued by"), max_length=160)
    issued_on = _day(_("Issued on"))
    version = forms.CharField(label=_("Version"), max_length=80)
    source = forms.CharField(
        label=_("Source"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False
    )
    applies_from = forms.DateTimeField(
        label=_("Applies from"),
        help_text=_("Left empty, it applies from now on. What was done before keeps its own protocol."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        required=False,
    )
    days = forms.IntegerField(label=_("Days of observation"), min_value=1, max_value=60)
    check_hours = forms.CharField(
        label=_("Hours of the checks"), help_text=_("Hours and minutes, such as 08:00, 15:00."), max_length=80
    )
    late_after_minutes = forms.IntegerField(label=_("Late after, minutes"), min_value=1, max_value=720)
    fever_from = forms.DecimalField(
        label=_("Fever from, °C"), min_value=36, max_value=39, max_digits=3, decimal_places=1
    )
    symptoms = forms.MultipleChoiceField(
        label=_("Symptoms asked for"), choices=Symptom, widget=forms.CheckboxSelectMultiple
    )
    alert_minutes = forms.IntegerField(label=_("Alert closed within, minutes"), min_value=1, max_value=2880)
    escalate_minutes = forms.IntegerField(
        label=_("Leader told when nobody takes it, minutes"), min_value=1, max_value=2880
    )
    alert_steps = forms.MultipleChoiceField(
        label=_("Steps of an alert"), choices=Step, widget=forms.CheckboxSelectMultiple
    )
    release_needs = forms.MultipleChoiceField(
        label=_("What release needs"), choices=ReleaseNeed, widget=forms.CheckboxSelectMultiple, required=False
    )
    fever_free_days = forms.IntegerField(label=_("Days without fever before release"), min_value=1, max_value=60)
    cohort = forms.BooleanField(label=_("Several people of one sex may share a room"), required=False)
    agent = forms.ChoiceField(label=_("Disinfectant"), choices=Agent)
    mg_per_litre = forms.IntegerField(label=_("At least, mg/L"), min_value=1, max_value=100_000)
    disinfection_minutes = forms.IntegerField(label=_("At least, minutes"), min_value=1, max_value=1440)

    def clean_check_hours(self) -> list[str]:
        """Each hour once, in the day's order."""
        hours = re.split(r"[\s,;，、；]+", self.cleaned_data["check_hours"].strip())
        wrong = [one for one in hours if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", one)]
        if wrong:
            raise forms.ValidationError(_("%(hour)s is no hour. Write it as 08:00."), params={"hour": wrong[0]})
        if len(set(hours)) < len(hours):
            raise forms.ValidationError(_("An hour stands there twice. Each check has its own hour."))
        return sorted(hours)

    @classmethod
    def like(cls, protocol: Protocol | None) -> "ProtocolForm":
        """A form filled with the figures in force; its issuer, date and version are the new one's to give."""
        if protocol is None:
            return cls()
        asked = set(cls.base_fields) - {"client_id", "applies_from", "issued_on", "version", "check_hours", "source"}
        figures = {name: getattr(protocol, name) for name in asked}
        return cls(initial={**figures, "check_hours": ", ".join(protocol.check_hours)})
