"""What is wrong with a roster: gaps, where a post stands empty, and clashes, where a duty breaks a rule.

The four roles are held at every hour: hours without any shift are a gap too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone

from observation.duty.months import Span, spans_of
from observation.duty.rostering import limits_of, may_hold, uncovered, weight_of
from observation.duty.rules import WEEK, Against, Diary, Limits, Piece
from observation.ending import today
from observation.models import Absence, Duty, Post, Shift
from people.models import Person
from rooms.models import Building

DAYS = 14


@dataclass(frozen=True)
class Gap:
    """A post that nobody holds from a moment until another; without a shift, because none is made for these hours."""

    post: Post
    starts: datetime
    ends: datetime
    shift: Shift | None


@dataclass(frozen=True)
class GapsOfShift:
    """What stands empty from one moment on, the gravest first."""

    starts: datetime
    ends: datetime
    shift: Shift | None
    gaps: list[Gap]

    @property
    def without_lead(self) -> bool:
        """Whether nobody leads then."""
        return any(gap.post.leads for gap in self.gaps)


@dataclass(frozen=True)
class Clash:
    """A duty that breaks a rule."""

    duty: Duty
    person: Person
    against: Against


def gaps(
    posts: Sequence[Post],
    spans: Iterable[Span],
    shifts: Iterable[Shift],
    duties: Iterable[Duty],
    *,
    start: datetime,
    end: datetime,
) -> list[Gap]:
    """What nobody holds from `start` to `end`.

    An area's post is wanted in the shifts it is held in, made or asked for by a pattern; the four roles at every hour.
    """
    shifts = list(shifts)
    held: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for duty in duties:
        if duty.person_id is not None:
            held[duty.post_id].append((duty.starts_at, duty.ends_at))
    made = [(one.starts_at, one.ends_at) for one in shifts]
    wanted: list[tuple[datetime, datetime, Shift | None, bool]] = [
        (one.starts_at, one.ends_at, one, one.pattern.night) for one in shifts
    ]
    for span in spans:
        for starts, ends in uncovered(span.starts_at, span.ends_at, made):
            wanted.append((starts, ends, None, span.pattern.night))
    named = [(starts, ends) for starts, ends, _shift, _night in wanted]
    # Hours that neither a shift nor a pattern names: nobody but the four roles is wanted then.
    wanted += [(starts, ends, None, True) for starts, ends in uncovered(start, end, named)]
    nameless = {(starts, ends) for starts, ends in uncovered(start, end, named)}
    found = []
    for starts, ends, shift, night in wanted:
        for post in posts:
            if post.area_id is not None and ((night and not post.by_night) or (starts, ends) in nameless):
                continue
            for free in uncovered(max(starts, start), min(ends, end), held[post.pk]):
                found.append(Gap(post, *free, shift))
    return sorted(found, key=lambda gap: (gap.starts, -weight_of(gap.post), gap.post.position, gap.post.pk))


def by_shift(found: Iterable[Gap]) -> list[GapsOfShift]:
    """The gaps of the same hours together."""
    rows = []
    for (starts, ends), group in groupby(
        sorted(found, key=lambda gap: (gap.starts, gap.ends)), key=lambda gap: (gap.starts, gap.ends)
    ):
        ones = sorted(group, key=lambda gap: (-weight_of(gap.post), gap.post.position, gap.post.pk))
        rows.append(GapsOfShift(starts, ends, ones[0].shift, ones))
    return rows


def forecast(building: Building, *, at: datetime | None = None, days: int = DAYS) -> list[GapsOfShift]:
    """The gaps of the next `days` days from `at` (now) on."""
    start = at or timezone.now()
    end = start + timedelta(days=days)
    return gaps_between(building, start, end)


def gaps_between(building: Building, start: datetime, end: datetime) -> list[GapsOfShift]:
    """The gaps from a moment to another; four queries."""
    posts = list(Post.objects.in_use().in_building(building))
    if not posts:
        return []
    spans = spans_of(building, today(building, start) - timedelta(days=1), today(building, end))
    spans = [span for span in spans if span.starts_at < end and span.ends_at > start]
    shifts = Shift.objects.in_building(building).filter(starts_at__lt=end, ends_at__gt=start).select_related("pattern")
    duties = Duty.objects.in_building(building).held().filter(starts_at__lt=end, ends_at__gt=start)
    return by_shift(gaps(posts, spans, shifts, duties, start=start, end=end))


def clashes(
    duties: Iterable[Duty],
    *,
    able: Mapping[int, Collection[int]],
    away: Mapping[int, list[tuple[datetime, datetime]]],
    limits: Limits,
    since: datetime,
) -> list[Clash]:
    """Which duties that end after `since` break a rule, each told once, with the gravest."""
    of_person: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.person_id is not None:
            of_person[duty.person_id].append(duty)
    found = []
    for person, own in of_person.items():
        diary = Diary(away=away.get(person, []))
        for duty in sorted(own, key=lambda one: one.starts_at):
            piece = Piece(duty.shift_id, duty.starts_at, duty.ends_at)
            against = diary.against(piece, limits)
            if duty.post_id in able and person not in able[duty.post_id]:
                against = Against.MAY_NOT
            if against is not None and duty.ends_at > since and duty.person is not None:
                found.append(Clash(duty, duty.person, against))
            diary.pieces.append(piece)
    return sorted(found, key=lambda clash: (clash.duty.starts_at, clash.duty.pk))


def clashes_between(building: Building, start: datetime, end: datetime) -> list[Clash]:
    """The clashes of duties that lie between two moments."""
    rows = (
        Duty.objects.held()
        .filter(starts_at__lt=end, ends_at__gt=start - WEEK - timedelta(days=1))
        .select_related("person", "post", "shift__pattern")
    )
    people = Duty.objects.in_building(building).held().filter(starts_at__lt=end, ends_at__gt=start).values("person")
    duties = list(rows.filter(person__in=people))
    away: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for person, starts, ends in Absence.objects.touching(start, end).values_list("person", "starts_at", "ends_at"):
        away[person].append((starts, ends))
    found = clashes(duties, able=may_hold(building), away=away, limits=limits_of(building), since=start)
    return [clash for clash in found if clash.duty.shift.building_id == building.pk]
