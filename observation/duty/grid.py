"""The roster of some days as rows of shifts and columns of posts: who is down where, and what stands empty."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from observation.duty.fairness import Served, Share, shares
from observation.duty.forecasting import Clash, clashes_between
from observation.duty.months import Month, Span, spans_of
from observation.duty.rostering import uncovered
from observation.models import Duty, Post, Shift
from people.models import Person
from rooms.models import Building


@dataclass
class Cell:
    """One post in one shift."""

    post: Post
    wanted: bool
    duties: list[Duty] = field(default_factory=list)
    empty: bool = False
    """Whether nobody holds it for a part of the shift, or at all."""
    clashes: list[Clash] = field(default_factory=list)
    drafted: str = ""
    """Who would hold it by a draft."""

    @property
    def names(self) -> list[str]:
        """Who holds it, one after the other."""
        return [duty.person.name for duty in self.duties if duty.person]


@dataclass
class Line:
    """One shift with a cell for each post; without a shift, hours for which none is made yet."""

    shift: Shift | None
    day: date
    name: str
    night: bool
    starts: datetime
    ends: datetime
    cells: list[Cell]
    over: bool

    @property
    def without_lead(self) -> bool:
        """Whether nobody leads it, for a part of it or at all."""
        return any(cell.post.leads and cell.empty for cell in self.cells)

    @property
    def under_way(self) -> bool:
        """Whether this moment lies in it."""
        return not self.over and self.starts <= timezone.now()


@dataclass(frozen=True)
class Grid:
    """Some days of a roster."""

    building: Building
    posts: list[Post]
    lines: list[Line]
    duties: list[Duty]
    clashes: list[Clash]

    @classmethod
    def of(cls, building: Building, first: date, last: date, *, clashes: list[Clash] | None = None) -> "Grid":
        """The days from `first` to `last`, as they stand; the number of queries does not grow with them.

        `clashes` are looked up unless somebody has.
        """
        posts = list(Post.objects.in_use().in_building(building).select_related("area"))
        shifts = list(
            Shift.objects.in_building(building)
            .filter(day__range=(first, last))
            .select_related("pattern")
            .order_by("starts_at")
        )
        now = timezone.now()
        # Hours that passed before there was a roster are no part of it.
        spans = [span for span in _not_made(spans_of(building, first, last), shifts) if span.ends_at > now]
        if not shifts and not spans:
            return cls(building, posts, [], [], [])
        every: list[Shift | Span] = [*shifts, *spans]
        start, end = min(one.starts_at for one in every), max(one.ends_at for one in every)
        duties = list(
            Duty.objects.in_building(building)
            .filter(starts_at__lt=end, ends_at__gt=start)
            .select_related("person", "shift__pattern")
            .order_by("starts_at", "pk")
        )
        if clashes is None:
            clashes = clashes_between(building, max(start, now), end) if end > now else []
        lines = [_line(one, posts, duties, clashes, now) for one in every]
        return cls(building, posts, sorted(lines, key=lambda line: line.starts), duties, clashes)

    @property
    def shares(self) -> dict[int, Share]:
        """Who serves how much in the shifts of these days."""
        shown = {line.shift.pk for line in self.lines if line.shift}
        return shares(served(duty for duty in self.duties if duty.shift_id in shown), [])

    def of_day(self, day: date, *, also_now: bool) -> list[Line]:
        """The lines of one day and, of today's, the night of yesterday while it lasts."""
        return [line for line in self.lines if line.day == day or (also_now and line.under_way)]


def served(duties: Iterable[Duty]) -> list[Served]:
    """The held ones as fairness counts them."""
    return [
        Served(duty.person_id, duty.shift_id, duty.shift.day, duty.shift.pattern.night, duty.starts_at, duty.ends_at)
        for duty in duties
        if duty.person_id is not None
    ]


def _not_made(spans: list[Span], shifts: list[Shift]) -> list[Span]:
    """What the patterns ask for and no shift covers."""
    made = [(one.starts_at, one.ends_at) for one in shifts]
    return [span for span in spans if not any(starts < span.ends_at and span.starts_at < ends for starts, ends in made)]


def _line(one: Shift | Span, posts: list[Post], duties: list[Duty], clashes: list[Clash], now: datetime) -> Line:
    shift = one if isinstance(one, Shift) else None
    by_post: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.starts_at < one.ends_at and one.starts_at < duty.ends_at:
            by_post[duty.post_id].append(duty)
    cells = []
    for post in posts:
        wanted = post.held_in(one.pattern)
        held = [(duty.starts_at, duty.ends_at) for duty in by_post[post.pk] if duty.person_id is not None]
        mine = [duty for duty in by_post[post.pk] if duty.person_id is not None]
        cells.append(
            Cell(
                post,
                wanted,
                duties=mine,
                empty=wanted and bool(uncovered(one.starts_at, one.ends_at, held)),
                clashes=[clash for clash in clashes if clash.duty in mine],
            )
        )
    return Line(
        shift,
        one.day,
        one.pattern.shown_name,
        one.pattern.night,
        one.starts_at,
        one.ends_at,
        cells,
        over=one.ends_at <= now,
    )


def short_day(day: date) -> str:
    """A day within a month, with its weekday: 14 Fri, 14日 周五."""
    if get_language() == "zh-hans":
        return f"{day.day}日 周{'一二三四五六日'[day.weekday()]}"
    return date_format(day, "j D", use_l10n=False)


def hours_words(starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """From when until when, by the building's clock; another day is named."""
    start, end = starts.astimezone(zone), ends.astimezone(zone)
    whole_days = (end.date() - start.date()).days
    first = date_format(start, "n月j日 H:i" if get_language() == "zh-hans" else "j M H:i", use_l10n=False)
    if whole_days == 0 or (whole_days == 1 and end - start < timedelta(days=1)):
        return f"{first}–{end:%H:%M}"
    last = date_format(end, "n月j日 H:i" if get_language() == "zh-hans" else "j M H:i", use_l10n=False)
    return f"{first} – {last}"


def shown_month(text: str, today: date) -> Month:
    """The month asked for; this one when none is."""
    return Month.read(text) or Month.of(today)


@dataclass(frozen=True)
class Row:
    """A line of the fairness table."""

    person: Person
    share: Share


def fairness_rows(found: dict[int, Share]) -> list[Row]:
    """With names, whoever serves most first."""
    people = Person.objects.in_bulk(list(found))
    rows = [Row(people[pk], share) for pk, share in found.items() if pk in people]
    return sorted(rows, key=lambda row: (-row.share.minutes, row.person.name))
