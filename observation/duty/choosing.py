"""Whom to put down for a post: everybody who may hold it, and what speaks against each."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from observation.duty.changing import diaries
from observation.duty.fairness import shares
from observation.duty.grid import served
from observation.duty.months import Month
from observation.duty.rostering import limits_of
from observation.duty.rules import Against, Piece
from observation.models import Duty, Eligibility, Post, Shift
from people.models import Person

MARKS = {
    None: _("free"),
    Against.ABSENT: _("absent"),
    Against.ON_DUTY: _("on duty"),
    Against.RESTING: _("resting"),
    Against.HOURS: _("too many hours"),
    Against.MAY_NOT: _("may not hold it"),
}


@dataclass(frozen=True)
class Candidate:
    """Somebody who may hold a post, what speaks against it then, and how much they serve in the month."""

    person: Person
    against: Against | None
    hours: float

    @property
    def mark(self) -> str:
        """What speaks against it, in words."""
        return str(MARKS[self.against])


def candidates(shift: Shift, post: Post) -> list[Candidate]:
    """Everybody who may hold the post, who is free first, then who serves least; a handful of queries."""
    rows = Eligibility.objects.filter(post=post, withdrawn_at__isnull=True).select_related("person")
    people = [row.person for row in rows]
    piece = Piece(shift.pk, max(shift.starts_at, timezone.now()), shift.ends_at)
    mine = Duty.objects.filter(shift=shift, post=post).values_list("pk", flat=True)
    known = diaries([one.pk for one in people], shift.starts_at, shift.ends_at, but=list(mine))
    limits, hours = limits_of(shift.building), _hours(shift)
    found = [Candidate(person, known[person.pk].against(piece, limits), hours.get(person.pk, 0.0)) for person in people]
    order = list(MARKS)
    return sorted(found, key=lambda one: (order.index(one.against), one.hours, one.person.name))


def _hours(shift: Shift) -> dict[int, float]:
    month = Month.of(shift.day)
    rows = (
        Duty.objects.in_building(shift.building)
        .held()
        .filter(shift__day__range=(month.first, month.last))
        .select_related("shift__pattern")
    )
    return {person: share.hours for person, share in shares(served(rows), []).items()}
