"""Forms of answering an alert."""

from django import forms
from django.utils.translation import gettext_lazy as _

from observation.models import Step


class TakeForm(forms.Form):
    """Who had it when the page was read."""

    had_by = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)


class StepForm(forms.Form):
    """A step that was taken, with a note where one helps."""

    kind = forms.ChoiceField(choices=Step)
    words = forms.CharField(required=False, max_length=200)
    client_id = forms.UUIDField(widget=forms.HiddenInput)


class CloseAlertForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
