"""Where boxes stand, and where there is room for more."""

from dataclasses import dataclass

from django.db.models import Count

from core.codes import normalise
from core.text import fold
from rooms.models import Building, StoragePlace


@dataclass(frozen=True)
class Shelf:
    """A storage place and how many boxes stand there."""

    place: StoragePlace
    standing: int

    @property
    def free(self) -> int:
        """How many more boxes fit; never below none, even where slots were taken away later."""
        return max(0, self.place.slots - self.standing)


def shelves_of(building: Building) -> list[Shelf]:
    """Every storage place of the building with its boxes counted, by name, in one query."""
    places = StoragePlace.objects.in_building(building).annotate(standing=Count("boxes")).order_by("name")
    return [Shelf(place, place.standing) for place in places]  # type: ignore[attr-defined]


def shelf_called(text: str, shelves: list[Shelf]) -> Shelf | None:
    """The shelf whose place carries this code, typed or scanned, or this name."""
    code, name = normalise(text), fold(text).casefold()
    return next((one for one in shelves if one.place.code_id == code or fold(one.place.name).casefold() == name), None)
