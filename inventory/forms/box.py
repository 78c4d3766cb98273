"""What is written about a box: the things put in, the seal, the place it is set down in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.forms.photo import ActForm, PhotosField
from inventory.models import Category, ConditionCode, Handling, Ownership, Student
from inventory.packing import Described
from inventory.storing import Shelf, shelf_called

DAMAGES = 6  # condition codes with their places that one form takes
CODE_INPUT = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "enterkeyhint": "go"}


class ItemForm(ActForm):
    """A thing that goes into the box: photo first, then words."""

    photos = PhotosField(required=False, help_text=gettext_lazy("The whole thing first, then damage and labels."))
    description = forms.CharField(
        label=gettext_lazy("What it is"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done"}),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        max_value=9999,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Category, widget=forms.RadioSelect)
    whose = forms.ChoiceField(label=gettext_lazy("Whose it is"), widget=forms.RadioSelect)
    handling = forms.MultipleChoiceField(
        label=gettext_lazy("Handle with care"), choices=Handling, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, owners: list[Student], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(owner.pk): owner for owner in owners}
        whose = self.fields["whose"]
        assert isinstance(whose, forms.ChoiceField)  # noqa: S101 - declared above
        whose.choices = [
            *((key, owner.person.name) for key, owner in self.owners.items()),
            (Ownership.SHARED.value, Ownership.SHARED.label),
            (Ownership.UNCLEAR.value, Ownership.UNCLEAR.label),
        ]
        codes = [("", "—"), *((code.value, f"{code.value} {code.label}") for code in ConditionCode)]
        for n in range(1, DAMAGES + 1):
            self.fields[f"damage_{n}"] = forms.ChoiceField(
                label=_("Condition %(n)d") % {"n": n}, choices=codes, required=False
            )
            self.fields[f"spot_{n}"] = forms.CharField(label=_("Where on it"), max_length=80, required=False)

    @property
    def damages(self) -> list[tuple[Any, Any]]:
        """The fields for condition code and place, two by two."""
        return [(self[f"damage_{n}"], self[f"spot_{n}"]) for n in range(1, DAMAGES + 1)]

    @property
    def damages_open(self) -> bool:
        """Whether any of them is filled or wrong, so that the page shows them."""
        return any(bound.value() or bound.errors for pair in self.damages for bound in pair)

    def clean(self) -> dict[str, Any]:
        """A condition code needs its place on the thing and the other way round."""
        data = super().clean() or self.cleaned_data
        for n in range(1, DAMAGES + 1):
            code, spot = data.get(f"damage_{n}"), data.get(f"spot_{n}")
            if code and not spot:
                self.add_error(f"spot_{n}", _("Say where on the thing, for example: left corner."))
            if spot and not code:
                self.add_error(f"damage_{n}", _("Choose what is the matter there."))
        return data

    def thing(self) -> Described:
        """What was written, as the verb takes it."""
        data = self.cleaned_data
        owner = self.owners.get(data["whose"])
        return Described(
            description=data["description"],
            category=data["category"],
            quantity=data["quantity"],
            ownership=Ownership.OWNED if owner else data["whose"],
            owner=owner,
            condition=[
                {"code": data[f"damage_{n}"], "place": data[f"spot_{n}"]}
                for n in range(1, DAMAGES + 1)
                if data[f"damage_{n}"]
            ],
            handling=data["handling"],
        )


class SealForm(ActForm):
    """The number printed on the seal."""

    number = forms.CharField(label=gettext_lazy("Seal number"), max_length=40, widget=forms.TextInput(attrs=CODE_INPUT))


class StepForm(ActForm):
    """A step that needs no words, such as loading."""


class StoreForm(ActForm):
    """The place a box is set down in: its code, its name, or one chosen from those with a free slot."""

    place = forms.CharField(
        label=gettext_lazy("Code or name of the place"),
        help_text=gettext_lazy("Scan the label on the shelf or type it."),
        error_messages={"required": gettext_lazy("Scan or choose the place first.")},
        max_length=300,
        widget=forms.TextInput(attrs=CODE_INPUT),
    )
    free = forms.TypedChoiceField(label=gettext_lazy("Or choose a place with a free slot"), required=False)

    def __init__(self, *args: Any, shelves: list[Shelf], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shelves = shelves
        free = {str(shelf.place.pk): shelf for shelf in shelves if shelf.free}
        field = self.fields["free"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - declared above
        field.choices = [("", "—"), *((key, described(shelf)) for key, shelf in free.items())]
        field.coerce = free.get
        # One of the two is enough, which the browser cannot know.
        self.use_required_attribute = False
        self.fields["place"].required = not self.data.get("free")

    def clean(self) -> dict[str, Any]:
        """Exactly one place, written or chosen; it stands in `place`."""
        data = super().clean() or self.cleaned_data
        written = data.get("place", "")
        shelf = shelf_called(written, self.shelves) if written else data.get("free")
        if written and not shelf:
            self.add_error("place", _("No place of this building has this code or name."))
        if shelf:
            data["place"] = shelf.place
        return data


def described(shelf: Shelf) -> str:
    """A place for a list to choose from: its name, what is special about it, and how many boxes still fit."""
    place = shelf.place
    special = [str(word) for flag, word in ((place.secure, _("secure")), (place.cold, _("cold"))) if flag]
    return " · ".join([place.name, *special, _("%(n)d free") % {"n": shelf.free}])
