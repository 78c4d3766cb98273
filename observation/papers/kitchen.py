"""The kitchen's list of one meal: rooms by floor with their diet, and what it adds up to; no name and no health."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from core.text import day_words
from observation import meals
from observation.models import Diet, MealTime
from rooms.models import Building


@dataclass(frozen=True)
class Room:
    """One door: how many portions of one diet."""

    number: str
    diet: str
    portions: int


@dataclass(frozen=True)
class Floor:
    """One floor's doors and what they add up to."""

    number: int
    rooms: list[Room]
    portions: dict[str, int]

    @property
    def total(self) -> int:
        """All portions of the floor."""
        return sum(self.portions.values())


@dataclass(frozen=True)
class KitchenList:
    """What the kitchen cooks for one meal, as counted at `made_at`."""

    building: Building
    day: date
    meal: str
    served: datetime
    made_at: datetime
    count: meals.Count
    floors: list[Floor]

    @classmethod
    def of(cls, building: Building, *, day: date, meal: str) -> "KitchenList":
        """The list as of now."""
        served = meals.served_at(building, day, meal)
        eaters = meals.eaters_at(building, served)
        counted = meals.count(eaters)
        floors = [
            Floor(number, _doors(list(group)), {str(Diet(diet).label): n for diet, n in counted.floors[number].items()})
            for number, group in groupby(eaters, key=lambda one: one.floor)
        ]
        return cls(building, day, meal, served, timezone.now(), counted, floors)

    @property
    def portions(self) -> list[tuple[str, int]]:
        """Diets in words with their portions."""
        return [(str(Diet(diet).label), n) for diet, n in self.count.portions.items()]

    @property
    def day_words(self) -> str:
        """The day as the reader writes it."""
        return day_words(self.day)

    @property
    def label(self) -> str:
        """Which meal, in words."""
        return str(MealTime(self.meal).label)


def _doors(eaters: list[meals.Eater]) -> list[Room]:
    """A door with two diets takes two lines."""
    order = {diet: n for n, diet in enumerate(Diet.values)}
    eaters = sorted(eaters, key=lambda one: (one.room, order[one.diet]))
    return [
        Room(number, str(Diet(diet).label), len(list(group)))
        for (number, diet), group in groupby(eaters, key=lambda one: (one.room, one.diet))
    ]


def draw(made: KitchenList) -> bytes:
    """The list as a PDF in the language of the page."""
    return paper.pdf(
        "observation/paper/kitchen.html",
        {"list": made, "building": made.building},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Kitchen list"),
        imprint=paper.Imprint(on=timezone.localtime(made.made_at).date()),
    )


def answer(made: KitchenList) -> HttpResponse:
    """The list shown in the browser."""
    name = f"kitchen-{made.day.isoformat()}-{made.meal}.pdf"
    return HttpResponse(
        draw(made),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store, private"},
    )
