"""The days of the demo's site: acts wait in order of their hour, and are told up to this moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from django.utils import timezone

from observation.models import Occupant, Stay
from people.models import User
from plans.demo.clock import Clock
from rooms.models import Building, Room


@dataclass
class Days:
    """The story from the eve of the first day (`opened`) to `until`, which lies on day `last`."""

    building: Building
    users: dict[str, User]
    opened: datetime
    clock: Clock
    until: datetime
    last: int
    occupants: dict[str, Occupant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()

    def plan(self, at: datetime, act: Callable[..., object], *given: object) -> None:
        """Let `act` happen at `at`, if the story comes so far."""
        bound: Callable[[], object] = partial(act, *given)
        heappush(self._waiting, (at, next(self._order), bound))

    def tell(self) -> None:
        """Let everything happen that comes before the end of the story."""
        while self._waiting and self._waiting[0][0] <= self.until:
            at, _order, act = heappop(self._waiting)
            self.clock.at = max(self.clock.at, at)
            act()

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """An hour of a day of the site."""
        return self.opened + timedelta(days=day, hours=hour, minutes=minute)

    def slot(self, day: int, hour: str) -> datetime:
        """When a check of a day is due."""
        asked = time.fromisoformat(hour)
        return self.at(day, asked.hour, asked.minute)

    def ago(self, minutes: int) -> datetime:
        """A moment shortly before the end of the story."""
        return self.until - timedelta(minutes=minutes)

    @property
    def date(self) -> date:
        """The calendar day of the story's present."""
        return timezone.localdate(self.clock.at, self.opened.tzinfo)

    @property
    def day(self) -> int:
        """The day of the site, of the story's present."""
        return (self.date - self.opened.date()).days

    def staying(self) -> list[Occupant]:
        """Who lives here at the story's present, in the order of the rooms."""
        stays = Stay.objects.open().filter(occupant__building=self.building, arrived_at__isnull=False)
        stays = stays.select_related("occupant__person", "occupant__building", "bed__room")
        return [stay.occupant for stay in stays.order_by("bed__room__number", "bed__number")]

    def living(self, name: str) -> Occupant | None:
        """The occupant of this name, when they live here at the story's present."""
        return next((one for one in self.staying() if one.person.name == name), None)

    def room_of(self, occupant: Occupant) -> Room:
        """The room they have now."""
        stay = occupant.stay
        assert stay is not None  # noqa: S101 - asked only of those who live here
        return stay.bed.room
