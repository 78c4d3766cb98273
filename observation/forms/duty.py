"""Forms of the duty roster."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observation.duty.choosing import Candidate
from observation.forms.occupant import Sent
from observation.looking_after import staff_of
from observation.models import Duty, DutyRole, DutyRules, Post, ShiftPattern
from people.models import Person
from rooms.models import Area, Building, Room
from rooms.models.area import AreaKind

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class MomentField(forms.DateTimeField):
    """A date and time by the building's clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **kwargs
        )


def in_zone(value: datetime | None, building: Building) -> datetime | None:
    """A moment that was read in the site's zone, as one of the building's."""
    return value.replace(tzinfo=ZoneInfo(building.time_zone)) if value else None


class AtForm(forms.Form):
    """As of which moment."""

    at = MomentField(label=gettext_lazy("As of"), required=False)


class CellForm(Sent):
    """Who holds a post in a shift."""

    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    why = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.person.pk): one.person for one in candidates}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        words = _("%(name)s · %(mark)s · %(hours)s h this month")
        field.choices = [
            ("", _("nobody")),
            *(
                (
                    str(one.person.pk),
                    words % {"name": one.person.name, "mark": one.mark, "hours": f"{one.hours:g}"},
                )
                for one in candidates
            ),
        ]

    def clean_person(self) -> Person | None:
        """The person."""
        return self.people.get(self.cleaned_data["person"])


class StayOnForm(Sent):
    """Until when somebody stays on."""

    until = MomentField(label=gettext_lazy("Until"))
    why = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)


class TakeOverForm(Sent):
    """Why somebody takes over."""

    why = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)


class DutyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A duty with its hours, post and holder."""

    def label_from_instance(self, obj: Any) -> str:
        """As the list shows it."""
        return f"{obj.shift} · {obj.post.shown_name} · {obj.person.name if obj.person else '—'}"


class SwapForm(Sent):
    """Which duty for which."""

    gives = DutyField(label=gettext_lazy("I give"), queryset=Duty.objects.none())
    takes = DutyField(label=gettext_lazy("I take"), queryset=Duty.objects.none())
    why = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, gives: Any, takes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("gives", gives), ("takes", takes)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
            field.queryset = rows


class AbsenceForm(Sent):
    """Who cannot serve, from when until when, and who stands in."""

    person = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=Person.objects.none())
    starts_at = MomentField(label=gettext_lazy("From"))
    ends_at = MomentField(label=gettext_lazy("Until"))
    substitute = forms.ModelChoiceField(
        label=gettext_lazy("Substitute"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody yet: the duties stand vacant"),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Seen by those who keep the roster only."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.building = building
        for name in ("person", "substitute"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
            field.queryset = staff_of(building)

    def clean_starts_at(self) -> datetime | None:
        """By the building's clock."""
        return in_zone(self.cleaned_data["starts_at"], self.building)

    def clean_ends_at(self) -> datetime | None:
        """By the building's clock."""
        return in_zone(self.cleaned_data["ends_at"], self.building)


class PatternForm(forms.Form):
    """A shift of every day."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=40, required=False)
    starts = forms.TimeField(label=gettext_lazy("From"), widget=CLOCK)
    ends = forms.TimeField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("At or before the beginning: it ends the next day."),
        widget=CLOCK,
    )
    night = forms.BooleanField(label=gettext_lazy("Counts as a night"), required=False)
    retired = forms.BooleanField(label=gettext_lazy("No longer used"), required=False)

    @classmethod
    def like(cls, pattern: ShiftPattern | None) -> "PatternForm":
        """The form with what stands."""
        if pattern is None:
            return cls()
        names = ("name", "name_en", "starts", "ends", "night")
        return cls(initial={name: getattr(pattern, name) for name in names} | {"retired": bool(pattern.retired_at)})


class PostForm(forms.Form):
    """A post and who may hold it."""

    role = forms.ChoiceField(label=gettext_lazy("Duty role"), choices=DutyRole)
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"),
        help_text=gettext_lazy("Only for the post of an area."),
        queryset=Area.objects.none(),
        required=False,
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    by_night = forms.BooleanField(label=gettext_lazy("Held by night too"), required=False, initial=True)
    leads = forms.BooleanField(label=gettext_lazy("Leads the shift and hands it over"), required=False)
    position = forms.IntegerField(label=gettext_lazy("Position in lists"), min_value=0, max_value=999, initial=0)
    retired = forms.BooleanField(label=gettext_lazy("No longer used"), required=False)
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who may hold it"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, building: Building, post: Post | None = None, **kwargs: Any) -> None:
        if post is not None:
            names = ("role", "area", "name", "name_en", "by_night", "leads", "position")
            able = post.eligibilities.filter(withdrawn_at__isnull=True).values_list("person", flat=True)
            kwargs["initial"] = {name: getattr(post, name) for name in names} | {
                "retired": bool(post.retired_at),
                "people": list(able),
            }
        super().__init__(*args, **kwargs)
        for name, rows in (("area", Area.objects.in_building(building)), ("people", staff_of(building))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
            field.queryset = rows


class AreaForm(forms.Form):
    """An area of responsibility."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AreaKind)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    floor = forms.IntegerField(
        label=gettext_lazy("Floor"),
        help_text=gettext_lazy("Of an area that is a whole floor."),
        min_value=-9,
        max_value=99,
        required=False,
    )
    room = forms.ModelChoiceField(
        label=gettext_lazy("Its door"),
        help_text=gettext_lazy("Of an area that is one place."),
        queryset=Room.objects.none(),
        required=False,
    )
    position = forms.IntegerField(label=gettext_lazy("Position in lists"), min_value=0, max_value=999, initial=0)

    def __init__(self, *args: Any, building: Building, area: Area | None = None, **kwargs: Any) -> None:
        if area is not None:
            names = ("kind", "name", "name_en", "floor", "room", "position")
            kwargs["initial"] = {name: getattr(area, name) for name in names}
        super().__init__(*args, **kwargs)
        field = self.fields["room"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = Room.objects.in_building(building).order_by("floor", "number")


class RulesForm(forms.Form):
    """The rules of the roster."""

    rest_hours = forms.IntegerField(label=gettext_lazy("Hours of rest between two duties"), min_value=0, max_value=24)
    most_hours_a_week = forms.IntegerField(
        label=gettext_lazy("Hours in seven days, at most"), min_value=1, max_value=168
    )
    answer_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes in which a handover is answered"), min_value=1, max_value=1440
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("No figure has a national source: say who decided it, and when."),
        max_length=200,
        required=False,
    )

    @classmethod
    def like(cls, rules: DutyRules) -> "RulesForm":
        """The form with what stands."""
        return cls(initial={name: getattr(rules, name) for name in cls.base_fields})


class FeedForm(forms.Form):
    """Whose calendar address to make."""

    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=gettext_lazy("my own duties"),
    )

    def __init__(self, *args: Any, building: Building, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = Area.objects.in_building(building)
