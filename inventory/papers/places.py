"""The place list: which box stands where, place by place, with a square to tick when the boxes are counted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from inventory.models import Box, Seal
from rooms.models import Building, StoragePlace


@dataclass(frozen=True)
class Place:
    """A storage place with the boxes that stand there; each box carries `seal_number`."""

    place: StoragePlace
    boxes: list[Box]


@dataclass(frozen=True)
class PlaceList:
    """All places of a building as they stood at one moment."""

    building: Building
    places: list[Place]
    printed_at: datetime

    @classmethod
    def of(cls, building: Building) -> "PlaceList":
        """The list as of now, in two queries."""
        seals = Seal.objects.filter(box=OuterRef("pk"), broken_at__isnull=True).values("number")[:1]
        boxes = Box.objects.in_building(building).filter(place__isnull=False).annotate(seal_number=Subquery(seals))
        standing: defaultdict[int | None, list[Box]] = defaultdict(list)
        for box in boxes.select_related("room", "student__person").order_by("room__number", "code_id"):
            standing[box.place_id].append(box)
        places = StoragePlace.objects.in_building(building).order_by("name")
        return cls(building, [Place(place, standing[place.pk]) for place in places], timezone.now())

    @property
    def used(self) -> list[Place]:
        """The places where something stands."""
        return [place for place in self.places if place.boxes]

    @property
    def free(self) -> list[StoragePlace]:
        """The places where nothing stands."""
        return [place.place for place in self.places if not place.boxes]

    @property
    def standing(self) -> int:
        """How many boxes stand in all places."""
        return sum(len(place.boxes) for place in self.places)


def draw(places: PlaceList) -> bytes:
    """The list as a PDF in the language of the page."""
    return paper.pdf(
        "inventory/paper/places.html",
        {"list": places, "building": places.building},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Place list"),
        imprint=paper.Imprint(on=timezone.localtime(places.printed_at).date()),
    )
