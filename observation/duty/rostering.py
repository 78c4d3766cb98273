"""The roster of a month drawn by rule: looked at first, written in one tap."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.duty.drawing import Assigned, Away, Drawing, Held, Need, draw
from observation.duty.fairness import is_weekend
from observation.duty.months import Month, make_shifts, shifts_to_make
from observation.duty.rules import WEEK, Limits
from observation.models import Absence, Duty, DutyRules, Eligibility, Post, Shift
from people.models import User
from rooms.models import Building

# The lead's post is filled before the other roles, those before an area's.
LEAD, ROLE, PLAIN = 4, 2, 1


@dataclass(frozen=True)
class Draft:
    """A month as it would be drawn now: which shifts would be made, and who would hold what."""

    month: Month
    shifts: list[Shift]
    new_shifts: int
    drawing: Drawing
    mark: str
    """Tells one draft from another: what was looked at is what is written."""


def limits_of(building: Building) -> Limits:
    """The building's rules as the drawing knows them."""
    rules = DutyRules.of(building)
    return Limits(timedelta(hours=rules.rest_hours), timedelta(hours=rules.most_hours_a_week))


def may_hold(building: Building) -> dict[int, set[int]]:
    """For each post in use who may hold it, by pk."""
    found: dict[int, set[int]] = {
        post: set() for post in Post.objects.in_use().in_building(building).values_list("pk", flat=True)
    }
    rows = Eligibility.objects.filter(post__in=found, withdrawn_at__isnull=True)
    for post, person in rows.values_list("post", "person"):
        found[post].add(person)
    return found


def weight_of(post: Post) -> int:
    """How grave it is when nobody holds it."""
    if post.leads:
        return LEAD
    return ROLE if post.area_id is None else PLAIN


def uncovered(
    starts: datetime, ends: datetime, taken: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """What of a time is left when what is taken is cut out."""
    left, at = [], starts
    for start, end in sorted(taken):
        if end <= at or start >= ends:
            continue
        if start > at:
            left.append((at, start))
        at = max(at, end)
    if at < ends:
        left.append((at, ends))
    return left


def needs_of(shifts: Iterable[Shift], posts: Iterable[Post], duties: Iterable[Duty]) -> list[Need]:
    """What nobody holds, of the posts that must be held in these shifts."""
    taken: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    vacant: dict[tuple[int, int], list[Duty]] = defaultdict(list)
    for duty in duties:
        taken[duty.post_id].append((duty.starts_at, duty.ends_at))
        if duty.person_id is None:
            vacant[duty.shift_id, duty.post_id].append(duty)
    posts = list(posts)
    found = []
    for shift in shifts:
        for post in posts:
            if not post.held_in(shift.pattern):
                continue
            open_ = [(one.starts_at, one.ends_at) for one in vacant[shift.pk, post.pk]]
            open_ += uncovered(shift.starts_at, shift.ends_at, taken[post.pk])
            found += [
                Need(
                    shift.pk,
                    post.pk,
                    starts,
                    ends,
                    night=shift.pattern.night,
                    weekend=is_weekend(shift.day),
                    weight=weight_of(post),
                )
                for starts, ends in open_
            ]
    return found


def draft(building: Building, month: Month, *, at: datetime | None = None) -> Draft:
    """How the month would be drawn at `at` (now); writes nothing."""
    at = at or timezone.now()
    shifts = list(
        Shift.objects.in_building(building).filter(day__range=(month.first, month.last)).select_related("pattern")
    )
    made = shifts_to_make(building, month.first, month.last, since=at)
    for n, shift in enumerate(made, start=1):
        shift.pk = -n
    every = sorted([*shifts, *made], key=lambda shift: shift.starts_at)
    posts = list(Post.objects.in_use().in_building(building))
    able = may_hold(building)
    drawing = Drawing([], [])
    if every:
        first, last = every[0].starts_at - 2 * WEEK, every[-1].ends_at + 2 * WEEK
        duties = list(
            Duty.objects.in_building(building)
            .filter(starts_at__lt=last, ends_at__gt=first)
            .select_related("shift__pattern")
        )
        people = {person for people in able.values() for person in people}
        drawing = draw(
            needs_of(every, posts, duties),
            may_hold=able,
            held=[*_held(duties, month), *_elsewhere(building, people, first, last)],
            away=_away(building, people, first, last),
            limits=limits_of(building),
            now=at,
        )
    return Draft(month, every, len(made), drawing, _mark(drawing, every))


def _held(duties: Iterable[Duty], month: Month) -> list[Held]:
    return [
        Held(
            duty.person_id,
            duty.shift_id,
            duty.post_id,
            duty.starts_at,
            duty.ends_at,
            night=duty.shift.pattern.night,
            weekend=is_weekend(duty.shift.day),
            counts=month.first <= duty.shift.day <= month.last,
        )
        for duty in duties
        if duty.person_id is not None
    ]


def _elsewhere(building: Building, people: set[int], first: datetime, last: datetime) -> list[Held]:
    """What they serve in other buildings."""
    rows = Duty.objects.filter(person__in=people, starts_at__lt=last, ends_at__gt=first)
    rows = rows.exclude(shift__building=building)
    return [Held(*row, counts=False) for row in rows.values_list("person", "shift", "post", "starts_at", "ends_at")]


def _away(building: Building, people: set[int], first: datetime, last: datetime) -> list[Away]:
    rows = Absence.objects.touching(first, last).filter(person__in=people)
    return [Away(*row) for row in rows.values_list("person", "starts_at", "ends_at")]


def _mark(drawing: Drawing, shifts: list[Shift]) -> str:
    """The draft's own digest, without the keys that a shift not yet made does not have."""
    when = {shift.pk: shift.starts_at for shift in shifts}
    lines = [f"{when[one.need.shift]} {one.need.post} {one.need.starts} {one.person}" for one in drawing.assigned]
    lines += [f"{when[one.need.shift]} {one.need.post} {one.need.starts} -" for one in drawing.unfilled]
    lines += [str(shift.starts_at) for shift in shifts]
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:32]


@transaction.atomic
def write(building: Building, month: Month, *, mark: str, by: User | None) -> Draft:
    """Make the month's shifts and write what the draft shows; Refused when it is no longer what was looked at.

    Sent twice, the second finds nothing to write.
    """
    building.hold()
    # A part of an hour that passes between the look and the tap changes nothing: only shifts to come are drawn.
    now = timezone.now()
    found = draft(building, month, at=now)
    require(
        not mark or found.mark == mark or not found.drawing.assigned,
        "draft-changed",
        _("The roster has changed since you looked. Look at the new draft, then write it."),
    )
    make_shifts(building, month.first, month.last, by=by, since=now)
    saved = {
        shift.starts_at: shift
        for shift in Shift.objects.in_building(building).filter(starts_at__in=[one.starts_at for one in found.shifts])
    }
    shift_of = {shift.pk: saved[shift.starts_at] for shift in found.shifts}
    _assign(found.drawing.assigned, shift_of, by)
    return found


def _assign(assigned: list[Assigned], shift_of: dict[int, Shift], by: User | None) -> None:
    """A vacant duty gets its person, other time a duty of its own."""
    vacant = {
        (duty.post_id, duty.starts_at, duty.ends_at): duty
        for duty in Duty.objects.filter(person__isnull=True, shift__in=[one.pk for one in shift_of.values()]).locked()
    }
    reason = _("drawn by rule")
    filled, new = [], []
    for one in assigned:
        need, person = one.need, one.person
        duty = vacant.get((need.post, need.starts, need.ends))
        if duty is None:
            new.append(
                Duty(
                    shift=shift_of[need.shift],
                    post_id=need.post,
                    person_id=person,
                    starts_at=need.starts,
                    ends_at=need.ends,
                )
            )
        else:
            duty.person_id = person
            filled.append(duty)
    Duty.amend_many(filled, by=by, fields=("person",), reason=reason)
    Duty.enter_many(new, by=by, reason=reason)
