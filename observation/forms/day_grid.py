"""The form of the day's grid: which day, and which sending; its cells are read one by one."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _


class GridForm(forms.Form):
    """What all cells of one sending share."""

    day = forms.DateField(widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last

    def clean_day(self) -> date:
        """A day on which somebody was here, up to today."""
        day: date = self.cleaned_data["day"]
        if not self.first <= day <= self.last:
            raise forms.ValidationError(_("Nobody was here on this day."), code="day-outside")
        return day
