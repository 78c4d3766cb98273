"""Who is responsible for which area at a moment, as the page and the paper list it."""

from dataclasses import dataclass
from datetime import datetime

from observation.duty.holding import Held, held_at
from observation.models import Shift
from people.models import ContactKind, ContactPoint
from rooms.models import Building


@dataclass(frozen=True)
class Responsible:
    """A post at a moment, who holds it, and how to reach them."""

    held: Held
    phone: str
    wanted: bool
    """Whether somebody must hold it then: a post that is not held by night stands empty without harm."""

    @property
    def name(self) -> str:
        """Who holds it; "" for nobody."""
        return self.held.person.name if self.held.person else ""


def responsible_at(building: Building, at: datetime, *, phones: bool) -> list[Responsible]:
    """Every post in use; with `phones` the first number of each holder."""
    rows = held_at(building, at)
    people = {row.person.pk for row in rows if row.person}
    known: dict[int, str] = {}
    if phones:
        points = ContactPoint.objects.filter(person__in=people, kind=ContactKind.PHONE).order_by("-pk")
        known = dict(points.values_list("person", "value"))
    shift = Shift.objects.in_building(building).at(at).select_related("pattern").first()
    return [
        Responsible(
            row,
            known.get(row.person.pk, "") if row.person else "",
            wanted=shift is None or row.post.held_in(shift.pattern),
        )
        for row in rows
    ]
