"""Forms of admission."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from observation.models import Diet, Reason
from people.models import Sex
from rooms.models import Bed, Building


class AdmissionForm(forms.Form):
    """One person who will be observed, and the bed: the proposed one when none is chosen."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = forms.CharField(label=_("Name"), max_length=120)
    passport_name = forms.CharField(label=_("Name in passport"), max_length=120, required=False)
    passport_number = forms.CharField(
        label=_("Passport or ID number"),
        help_text=_("Who is known under this number is not entered a second time."),
        max_length=30,
        required=False,
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex, required=False)
    nationality = forms.CharField(label=_("Nationality"), max_length=60, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("The welcome sheet and their own pages speak it."),
        choices=[("", _("not said")), *settings.LANGUAGES],
        required=False,
    )
    phone = forms.CharField(label=_("Phone"), max_length=200, required=False)
    reason = forms.ChoiceField(label=_("Why they are observed"), choices=Reason)
    reason_words = forms.CharField(label=_("Reason in words"), max_length=200, required=False)
    last_exposure = forms.DateField(
        label=_("Last exposure"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    came_from = forms.CharField(label=_("Came from"), max_length=120, required=False)
    party = forms.CharField(
        label=_("Travels with"),
        help_text=_("The same word for all who travel together, such as the family's name; they live side by side."),
        max_length=40,
        required=False,
    )
    needs = forms.CharField(
        label=_("Special needs"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )
    diet = forms.ChoiceField(label=_("Diet"), choices=Diet, initial=Diet.ORDINARY)
    bed = forms.ModelChoiceField(label=_("Bed"), queryset=Bed.objects.none(), required=False)

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bed"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = Bed.objects.filter(room__building=building)

    @property
    def identity(self) -> list[forms.BoundField]:
        """Who they are."""
        names = ("name", "passport_name", "passport_number", "sex", "nationality", "language", "phone")
        return [self[name] for name in names]

    @property
    def observation(self) -> list[forms.BoundField]:
        """Why they come, and what they need."""
        names = ("reason", "reason_words", "last_exposure", "came_from", "party", "needs", "diet")
        return [self[name] for name in names]

    @property
    def so_far(self) -> dict[str, str]:
        """What the proposal asks of what is typed so far, in order or not."""
        return {name: str(self[name].value() or "").strip() for name in ("sex", "party", "came_from")}


class CancelForm(forms.Form):
    """Why somebody did not come, where that is known."""

    reason = forms.CharField(label=_("Why, if known"), max_length=200, required=False)
