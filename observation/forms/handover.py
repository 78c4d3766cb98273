"""Forms of the handover: what the giver writes, what the receiver restates, open points."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from observation.forms.care import Sent
from observation.handing_over.telling import Said
from observation.handing_over.writing import Written
from observation.models import Section, Severity
from rooms.models import Area, Building, Room

MOST_LINES = 800


class WriteForm(forms.Form):
    """The giver's words: one form for the whole page, so that signing loses nothing that was typed."""

    severity = forms.ChoiceField(label=_("The site as a whole"), choices=Severity, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What the next shift should know"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    point = forms.CharField(
        label=_("A point that no record holds"),
        help_text=_("It stands in every handover until somebody closes it and says what came of it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=400,
        required=False,
    )
    point_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, *, lines: list[Said] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        stored = {said.line.key: said.line for said in lines or []}
        self.shown: list[str] = data.getlist("line")[:MOST_LINES] if data is not None else list(stored)
        self.top: set[str] = (
            set(data.getlist("top")) if data is not None else {key for key, line in stored.items() if line.top}
        )
        for key in self.shown:
            initial = stored[key].note if key in stored else ""
            self.fields[f"note:{key}"] = forms.CharField(max_length=400, required=False, initial=initial)

    def line(self, said: Said) -> dict[str, Any]:
        """A line of the page with the giver's controls."""
        key = said.line.key
        if key not in self.shown:
            # It came up after the page was opened.
            return {"said": said, "key": key, "note": said.line.note, "top": said.line.top, "new": True}
        field = self[f"note:{key}"]
        return {
            "said": said,
            "key": key,
            "note": field.value() or "",
            "top": key in self.top,
            "errors": field.errors,
            "new": False,
        }

    def written(self) -> Written:
        """What was sent."""
        cleaned = self.cleaned_data
        return Written(
            severity=cleaned["severity"],
            words=cleaned["words"],
            notes={key: cleaned[f"note:{key}"] for key in self.shown},
            top=self.top,
            shown=self.shown,
            point=cleaned["point"],
            point_id=cleaned["point_id"],
        )


class AcknowledgeForm(forms.Form):
    """The receiver's synthesis."""

    restated = forms.CharField(
        label=_("The most important points in your own words"),
        help_text=_("What is gravest, what you do first, what you do if it gets worse."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class PointForm(Sent):
    """Something to be handed on."""

    words = forms.CharField(label=_("What"), widget=forms.Textarea(attrs={"rows": 2}), max_length=400)
    section = forms.ChoiceField(
        label=_("Part of the handover"), choices=Section, initial=Section.ACTIONS, widget=forms.RadioSelect
    )
    room = forms.ModelChoiceField(
        label=_("Room"), queryset=Room.objects.none(), required=False, empty_label=_("in no one room")
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, empty_label=_("of no one area")
    )

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_places(self, building)


class ClosePointForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 2}), max_length=400)


def choose_places(form: forms.Form, building: Building) -> None:
    """Offer the rooms and areas of the building."""
    room, area = form.fields["room"], form.fields["area"]
    assert isinstance(room, forms.ModelChoiceField)  # noqa: S101 - declared so by these forms
    assert isinstance(area, forms.ModelChoiceField)  # noqa: S101 - declared so by these forms
    room.queryset = Room.objects.in_building(building).order_by("floor", "number")
    area.queryset = Area.objects.in_building(building)
