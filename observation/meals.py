"""Meals: who is in the building then eats; the kitchen is told how many of each diet, and again when that changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from core.text import listed
from observation.ending import today
from observation.models import Diet, KitchenOrder, MealHours, MealTime, Stay
from people.models import User
from rooms.models import Building

# When each meal is carried up, on the building's clock, until the office says otherwise.
SERVED: dict[str, time] = {
    MealTime.BREAKFAST: time(7, 30),
    MealTime.LUNCH: time(12, 0),
    MealTime.SUPPER: time(18, 0),
}


@dataclass(frozen=True)
class Eater:
    """Somebody for whom a meal is carried up."""

    occupant_id: int
    name: str
    room: str
    floor: int
    diet: str
    needs: str = ""


@dataclass(frozen=True)
class Count:
    """Portions by diet, of the whole building and of each floor; diets nobody has are left out."""

    portions: dict[str, int]
    floors: dict[int, dict[str, int]]

    @property
    def total(self) -> int:
        """All portions."""
        return sum(self.portions.values())


def count(eaters: Iterable[Eater]) -> Count:
    """The portions these people need, diets in the order of Diet and floors from below."""
    floors: dict[int, dict[str, int]] = {}
    for one in eaters:
        floor = floors.setdefault(one.floor, {})
        floor[one.diet] = floor.get(one.diet, 0) + 1
    portions = {diet: sum(floor.get(diet, 0) for floor in floors.values()) for diet in Diet.values}
    return Count(
        {diet: n for diet, n in portions.items() if n},
        {
            number: {diet: floor[diet] for diet in Diet.values if diet in floor}
            for number, floor in sorted(floors.items())
        },
    )


def changes(sent: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """By how much each diet changed since the kitchen was told; empty when nothing did."""
    differ = {diet: now.get(diet, 0) - sent.get(diet, 0) for diet in Diet.values}
    return {diet: n for diet, n in differ.items() if n}


def in_words(changed: Mapping[str, int]) -> str:
    """The changes as the kitchen hears them: “+1 halal, −1 ordinary”."""
    return listed(f"{'+' if n > 0 else '−'}{abs(n)} {Diet(diet).label}" for diet, n in changed.items())


def hours_of(building: Building, day: date) -> dict[str, time]:
    """When each meal of that day is carried up; what is set later changes nothing about it."""
    midnight = datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(building.time_zone))
    last = building.meal_hours.filter(at__lt=midnight).order_by("pk").last()
    return {meal: getattr(last, meal) for meal in MealTime.values} if last else SERVED


@transaction.atomic
def set_hours(
    building: Building, *, breakfast: time, lunch: time, supper: time, by: User, client_id: UUID
) -> MealHours:
    """From today on the meals are carried up at these hours; sent twice it is said once."""
    building.hold()
    if sent := building.meal_hours.filter(client_id=client_id).first():
        return sent
    require(
        breakfast < lunch < supper,
        "meals_follow_one_another",
        _("Breakfast comes before lunch, and lunch before supper."),
    )
    made = MealHours(
        client_id=client_id,
        at=timezone.now(),
        building=building,
        breakfast=breakfast,
        lunch=lunch,
        supper=supper,
        by=by,
    )
    made.save()
    return made


def served_at(building: Building, day: date, meal: str) -> datetime:
    """When the meal is carried up."""
    return datetime.combine(day, hours_of(building, day)[meal], ZoneInfo(building.time_zone))


def next_meal(building: Building, at: datetime) -> tuple[date, str]:
    """The meal that is cooked next; after supper it is tomorrow's breakfast."""
    day = today(building, at)
    clock = at.astimezone(ZoneInfo(building.time_zone)).time()
    for meal, hour in hours_of(building, day).items():
        if clock <= hour:
            return day, meal
    return date.fromordinal(day.toordinal() + 1), MealTime.BREAKFAST


def eaters(building: Building, *, day: date, meal: str) -> list[Eater]:
    """Who was in the building when the meal was carried up; before that, who is there now."""
    return eaters_at(building, served_at(building, day, meal))


def eaters_at(building: Building, served: datetime) -> list[Eater]:
    """As `eaters`, where the hour of the meal is known already."""
    at = min(served, timezone.now())
    there = Stay.objects.filter(occupant__building=building, arrived_at__lte=at)
    names = ("occupant_id", "occupant__person__name", "bed__room__number", "bed__room__floor")
    rows = (
        there.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .order_by("bed__room__floor", "bed__room__number", "bed__number")
        .values_list(*names, "occupant__diet", "occupant__needs")
    )
    return [Eater(*row) for row in rows]


def last_order(building: Building, *, day: date, meal: str) -> KitchenOrder | None:
    """What the kitchen was told last for this meal."""
    return KitchenOrder.objects.in_building(building).filter(day=day, meal=meal).order_by("-pk").first()


@transaction.atomic
def send(building: Building, *, day: date, meal: str, by: User, client_id: UUID) -> KitchenOrder:
    """Tell the kitchen what it cooks; what it already knows is not sent again."""
    building.hold()
    sent_before = KitchenOrder.objects.in_building(building).filter(client_id=client_id).first()
    if sent_before is not None:
        return sent_before
    require(day >= today(building), "meal-over", _("This meal is over; nothing more is cooked for it."))
    portions = count(eaters(building, day=day, meal=meal)).portions
    last = last_order(building, day=day, meal=meal)
    require(portions or last, "nobody-eats", _("Nobody is in the building for this meal."))
    require(
        last is None or changes(last.portions, portions),
        "order-unchanged",
        _("The kitchen has these very numbers already."),
    )
    made = KitchenOrder(
        client_id=client_id, at=timezone.now(), building=building, day=day, meal=meal, portions=portions, by=by
    )
    made.save()
    return made
