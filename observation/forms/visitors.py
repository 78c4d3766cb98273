"""Forms at the gate: a visitor comes in; and what forms are printed."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from observation.forms.care import Sent
from observation.forms.rounds import typed_temperature
from observation.models import FormKind, PaperForm, Shift
from observation.printing_forms import shifts_near
from rooms.models import Area, Building, Room

LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
THE_SET = "set"


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=LOCAL,
    )


class VisitForm(Sent):
    """Who came in: at the gate without times, from paper with them."""

    name = forms.CharField(label=_("Name"), max_length=80)
    organisation = forms.CharField(label=_("From which office or firm"), max_length=120, required=False)
    purpose = forms.CharField(label=_("What for"), max_length=200)
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, empty_label=_("the gate only")
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    temperature = forms.CharField(
        label=_("Temperature, °C"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"required": _("Measure the temperature before somebody comes in.")},
    )
    came_at = _moment(_("Came at"), _("Empty: now."))
    left_at = _moment(_("Left at"), _("Empty: still inside."))
    form = forms.ModelChoiceField(queryset=PaperForm.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "area", Area.objects.in_building(building).order_by("position", "pk"))
        # A line of paper may lack it; nobody comes in at the gate without.
        self.fields["temperature"].required = not (self.initial.get("form") or self.data.get("form"))
        choose(self, "form", PaperForm.objects.in_building(building).filter(kind=FormKind.VISITORS))

    def clean_temperature(self) -> Decimal | None:
        """The temperature as a thermometer shows it, or one sentence that says what is wrong."""
        return typed_temperature(self.cleaned_data["temperature"])


class PrintForm(forms.Form):
    """Which forms are printed: a kind and its record, or all that a night without power needs."""

    kind = forms.ChoiceField(
        label=_("Which form"), choices=[(THE_SET, _("All that a night without power needs")), *FormKind.choices]
    )
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    floor = forms.TypedChoiceField(label=_("Floor"), coerce=int, empty_value=None, required=False, choices=())
    room = forms.ModelChoiceField(
        label=_("Room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=_("every room that awaits disinfection"),
    )
    shift = forms.ModelChoiceField(
        label=_("Shift"), queryset=Shift.objects.none(), required=False, empty_label=_("the one on duty")
    )

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms = Room.objects.in_building(building).order_by("floor", "number")
        choose(self, "room", rooms)
        near = [shift.pk for shift in shifts_near(building)]
        choose(self, "shift", Shift.objects.filter(pk__in=near).select_related("pattern").order_by("starts_at"))
        floors = sorted(set(rooms.values_list("floor", flat=True)))
        field = self.fields["floor"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared so above
        field.choices = [("", _("every floor where somebody lives")), *((floor, str(floor)) for floor in floors)]


def choose(form: forms.Form, name: str, rows: Any) -> None:
    """Let the field of that name choose among `rows`."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so by each of these forms
    field.queryset = rows
