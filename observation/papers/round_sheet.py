"""The round sheet: persons × slots of a day to be filled in by hand, by floor and room."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from core.text import day_words
from observation import shorthand
from observation.day_grid import people_on, slots_on
from observation.models import OccupantState, Protocol, Stay
from observation.slots import Slot
from rooms.models import Building


@dataclass(frozen=True)
class Floor:
    """One floor's people by room."""

    number: int
    stays: list[Stay]


@dataclass(frozen=True)
class RoundSheet:
    """Who is to be measured on a day, and at which hours."""

    building: Building
    day: date
    slots: list[Slot]
    floors: list[Floor]
    made_at: datetime

    @classmethod
    def of(cls, building: Building, day: date) -> "RoundSheet":
        """The sheet of those who are here, as of now."""
        slots = slots_on(building, day)
        stays = [stay for stay in people_on(building, day, slots) if stay.occupant.state == OccupantState.STAYING]
        floors = [Floor(number, list(group)) for number, group in groupby(stays, key=lambda stay: stay.room.floor)]
        return cls(building, day, slots, floors, timezone.now())

    @property
    def day_words(self) -> str:
        """The day as the reader writes it."""
        return day_words(self.day)

    @property
    def protocols(self) -> list[Protocol]:
        """What the day's slots are measured by."""
        return list({slot.protocol.pk: slot.protocol for slot in self.slots}.values())

    @property
    def legend(self) -> list[tuple[str, str]]:
        """The letters of the symptoms, as the desk types them from this paper."""
        return shorthand.legend(self.protocols)

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The letters of why there is no reading."""
        return shorthand.reasons()
