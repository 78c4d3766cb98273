"""A temperature curve as a drawing: readings in, marks out; the same on a page and on paper.

`templates/observation/temperature.svg` draws a `TemperatureDrawing`; it carries its colours as attributes, so it needs
no style sheet, and a page may restyle it by class: `temperature` on the drawing, `temperature--small` on one of many;
inside it `temperature__day`, `temperature__degree`, `temperature__fever`, `temperature__line`, `temperature__mark` with
`temperature__mark--<kind>`, `temperature__value` and `temperature__gap`.
Black and white loses nothing: what staff measured is filled, what the occupant reported is hollow, a second measurement
is a diamond, a corrected reading stands in a ring and the wrong one is a cross, a fever has its figure written at it,
and where a reading is missing the line breaks and a short bar stands under the gap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DAY_MINUTES = 24 * 60
HALF = Decimal("0.5")
LOWEST, HIGHEST = Decimal("35.5"), Decimal("39.0")  # what a curve shows at least, so that curves compare


class Kind(StrEnum):
    """Where a reading comes from, and what became of it."""

    MEASURED = "measured"
    SECOND = "second"
    REPORTED = "reported"
    WRONG = "wrong"
    MISSING = "missing"


@dataclass(frozen=True)
class Reading:
    """One reading at a minute of a local day; without a temperature where one is missing."""

    day: date
    minute: int
    temperature: Decimal | None
    kind: Kind = Kind.MEASURED
    corrected: bool = False

    @property
    def moment(self) -> tuple[date, int]:
        """When it was, on the building's calendar."""
        return self.day, self.minute


@dataclass(frozen=True)
class Threshold:
    """From which temperature on there is a fever, since which day, and what says so."""

    since: date
    fever_from: Decimal
    cited: str


@dataclass(frozen=True)
class Size:
    """How large a drawing is, in its own units."""

    width: int
    height: int
    left: int
    top: int
    bottom: int
    mark: int
    letter: int
    small: bool


LARGE = Size(width=960, height=420, left=58, top=22, bottom=62, mark=5, letter=17, small=False)
SMALL = Size(width=320, height=170, left=34, top=12, bottom=34, mark=3, letter=13, small=True)


@dataclass(frozen=True)
class Mark:
    """One reading of the drawing; `value` is written at a fever."""

    kind: str
    x: float
    y: float
    size: int
    ring: bool
    value: str
    spoken: str

    @property
    def points(self) -> str:
        """The corners of a diamond."""
        x, y, reach = self.x, self.y, self.size + 2
        return f"{x:g},{y - reach:g} {x + reach:g},{y:g} {x:g},{y + reach:g} {x - reach:g},{y:g}"

    @property
    def cross(self) -> str:
        """The two strokes of a cross."""
        x, y, reach = self.x, self.y, self.size
        low, high, left, right = y + reach, y - reach, x - reach, x + reach
        return f"M{left:g} {high:g}L{right:g} {low:g}M{left:g} {low:g}L{right:g} {high:g}"

    @property
    def left(self) -> float:
        """Where the bar of a missing reading begins."""
        return self.x - self.size

    @property
    def end(self) -> float:
        """Where the bar of a missing reading ends."""
        return self.x + self.size

    @property
    def ring_size(self) -> int:
        """The radius of the ring of a correction."""
        return self.size + 5

    @property
    def value_x(self) -> float:
        """Where its figure begins, for a second measurement, or else ends: so that neither hides the other."""
        return self.x + self.size + 6 if self.kind == Kind.SECOND else self.x + self.size

    @property
    def value_y(self) -> float:
        """The base line of its figure, above it; a second one's is beside it."""
        return self.y + self.size if self.kind == Kind.SECOND else self.y - self.size - 7


@dataclass(frozen=True)
class Line:
    """A straight line with its label: a day's or a degree's."""

    x: float
    y: float
    x2: float
    y2: float
    label: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Key:
    """One entry of the legend: a mark and its words."""

    mark: Mark
    label: str
    label_x: float


@dataclass(frozen=True)
class TemperatureDrawing:
    """One person's temperature over the days."""

    title: str
    spoken: str
    size: Size
    bottom: float
    right: float
    days: tuple[Line, ...]
    degrees: tuple[Line, ...]
    fevers: tuple[Line, ...]
    curves: tuple[str, ...]
    marks: tuple[Mark, ...]
    legend: tuple[Key, ...]
    sources: tuple[str, ...]
    height: int

    @property
    def view_box(self) -> str:
        """The drawing's viewBox."""
        return f"0 0 {self.size.width} {self.height}"

    @property
    def plot_width(self) -> float:
        """From the first day to the last."""
        return self.right - self.size.left

    @property
    def plot_height(self) -> float:
        """From the highest temperature to the lowest."""
        return self.bottom - self.size.top

    @property
    def legend_y(self) -> int:
        """The base line of the legend's words."""
        return self.size.height + 12

    @property
    def source_lines(self) -> list[tuple[int, str]]:
        """The fever lines' sources, each with its base line."""
        return [(self.size.height + 40 + 26 * n, source) for n, source in enumerate(self.sources)]


def draw(
    title: str,
    readings: Iterable[Reading],
    *,
    first: date,
    last: date,
    thresholds: Sequence[Threshold],
    size: Size = LARGE,
) -> TemperatureDrawing:
    """The readings from `first` to `last` as a drawing, in the active language; `thresholds` in their order."""
    shown = sorted((one for one in readings if first <= one.day <= last), key=lambda one: one.moment)
    scale = _Scale.of(shown, first=first, last=last, thresholds=thresholds, size=size)
    marks = tuple(_mark(one, scale, thresholds) for one in shown)
    sources = () if size.small else tuple(_source(one) for one in _within(thresholds, first=first, last=last))
    legend = () if size.small else _legend(marks, size)
    return TemperatureDrawing(
        title=title,
        spoken=_spoken(title, shown),
        size=size,
        bottom=scale.bottom,
        right=scale.right,
        days=_days(scale),
        degrees=_degrees(scale),
        fevers=_fevers(scale, thresholds),
        curves=_curves(shown, scale),
        marks=marks,
        legend=legend,
        sources=sources,
        height=size.height + (24 + 26 * len(sources) if not size.small else 0),
    )


def fever_from(thresholds: Sequence[Threshold], day: date) -> Decimal | None:
    """The fever threshold of a day; None before the first protocol."""
    found = [one.fever_from for one in thresholds if one.since <= day]
    return found[-1] if found else None


@dataclass(frozen=True)
class _Scale:
    """Days to x and degrees to y."""

    first: date
    days: int
    low: Decimal
    high: Decimal
    size: Size

    @classmethod
    def of(
        cls, readings: Sequence[Reading], *, first: date, last: date, thresholds: Sequence[Threshold], size: Size
    ) -> "_Scale":
        values = [one.temperature for one in readings if one.temperature is not None]
        values += [one.fever_from for one in thresholds]
        low = min([LOWEST, *values])
        high = max([HIGHEST, *values])
        return cls(
            first=first,
            days=(last - first).days + 1,
            low=(low / HALF).to_integral_value(ROUND_FLOOR) * HALF,
            high=(high / HALF).to_integral_value(ROUND_CEILING) * HALF,
            size=size,
        )

    @property
    def right(self) -> float:
        return self.size.width - 12

    @property
    def bottom(self) -> float:
        return self.size.height - self.size.bottom

    def day_x(self, n: float) -> float:
        """Where the day `n` after the first begins."""
        return round(self.size.left + (self.right - self.size.left) * n / self.days, 1)

    def x(self, one: Reading) -> float:
        return self.day_x((one.day - self.first).days + one.minute / DAY_MINUTES)

    def y(self, temperature: Decimal) -> float:
        part = float((temperature - self.low) / (self.high - self.low))
        return round(self.bottom - (self.bottom - self.size.top) * part, 1)


def _mark(one: Reading, scale: _Scale, thresholds: Sequence[Threshold]) -> Mark:
    threshold = fever_from(thresholds, one.day)
    value = one.temperature
    fever = value is not None and threshold is not None and value >= threshold and one.kind != Kind.WRONG
    return Mark(
        kind=one.kind,
        # A second measurement belongs to the same round; beside the first, both can be seen.
        x=round(scale.x(one) + (2.4 * scale.size.mark if one.kind == Kind.SECOND else 0), 1),
        y=scale.y(value) if value is not None else scale.bottom - 6,
        size=scale.size.mark,
        ring=one.corrected,
        value=f"{value}" if fever and not (scale.size.small and one.kind == Kind.SECOND) else "",
        spoken=f"{one.day.isoformat()} {one.minute // 60:02}:{one.minute % 60:02} "
        f"{_no_reading() if value is None else f'{value} °C'} · {_words(one.kind)}",
    )


def _no_reading() -> str:
    return _("no reading")


def _words(kind: str) -> str:
    words = {
        Kind.MEASURED: _("measured"),
        Kind.SECOND: _("second measurement"),
        Kind.REPORTED: _("self-reported"),
        Kind.WRONG: _("wrong, corrected later"),
        Kind.MISSING: _("no reading"),
    }
    return words[Kind(kind)]


def _curves(readings: Sequence[Reading], scale: _Scale) -> tuple[str, ...]:
    """The measured temperatures joined; a missing one breaks the line."""
    curves: list[list[str]] = [[]]
    for one in readings:
        if one.kind == Kind.MISSING:
            curves.append([])
        elif one.kind == Kind.MEASURED and one.temperature is not None:
            curves[-1].append(f"{scale.x(one):g},{scale.y(one.temperature):g}")
    return tuple(" ".join(curve) for curve in curves if len(curve) > 1)


def _days(scale: _Scale) -> tuple[Line, ...]:
    """A line where each day begins, and its date where there is room for it."""
    each = scale.day_x(1) - scale.day_x(0)
    every = max(1, -(-scale.size.letter * 3 // max(1, int(each))))
    return tuple(
        Line(
            x=scale.day_x(n),
            y=scale.size.top,
            x2=scale.day_x(n),
            y2=scale.bottom,
            label=f"{day.month}-{day.day}" if n % every == 0 else "",
            label_x=round((scale.day_x(n) + scale.day_x(n + 1)) / 2, 1),
            label_y=scale.bottom + scale.size.letter + 6,
        )
        for n in range(scale.days)
        for day in [scale.first + timedelta(days=n)]
    )


def _degrees(scale: _Scale) -> tuple[Line, ...]:
    whole = range(int(scale.low.to_integral_value(ROUND_CEILING)), int(scale.high) + 1)
    return tuple(
        Line(
            x=scale.size.left,
            y=scale.y(Decimal(degree)),
            x2=scale.right,
            y2=scale.y(Decimal(degree)),
            label=str(degree),
            label_x=scale.size.left - 6,
            label_y=scale.y(Decimal(degree)) + scale.size.letter * 0.35,
        )
        for degree in whole
    )


def _within(thresholds: Sequence[Threshold], *, first: date, last: date) -> list[Threshold]:
    """Those that hold on one of the days."""
    pairs = zip_longest(thresholds, thresholds[1:])
    return [one for one, after in pairs if one.since <= last and (after is None or after.since > first)]


def _fevers(scale: _Scale, thresholds: Sequence[Threshold]) -> tuple[Line, ...]:
    """The fever line, on each protocol's days at its height."""
    last = scale.first + timedelta(days=scale.days - 1)
    held = _within(thresholds, first=scale.first, last=last)
    starts = [max(0, (one.since - scale.first).days) for one in held]
    return tuple(
        Line(
            x=scale.day_x(start),
            y=scale.y(one.fever_from),
            x2=scale.day_x(end),
            y2=scale.y(one.fever_from),
            label="" if scale.size.small else f"{one.fever_from}",
            label_x=scale.day_x(start) + 4,
            label_y=scale.y(one.fever_from) - 6,
        )
        for one, start, end in zip(held, starts, [*starts[1:], scale.days], strict=False)
    )


def _source(one: Threshold) -> str:
    return _("Broken line: fever from %(from)s °C (%(source)s)") % {"from": one.fever_from, "source": one.cited}


def _legend(marks: Sequence[Mark], size: Size) -> tuple[Key, ...]:
    """The kinds of marks that stand in the drawing, side by side under it."""
    there = [(str(kind), False) for kind in Kind if any(mark.kind == kind for mark in marks)]
    there += [(str(Kind.MEASURED), True)] if any(mark.ring for mark in marks) else []
    keys: list[Key] = []
    x = float(size.left + 8)
    for kind, ring in there:
        label = _("corrected") if ring else _words(kind)
        keys.append(Key(Mark(kind, x, size.height + 6, size.mark, ring, "", label), label, x + 16))
        x += 16 + 34 + sum(1.0 if ord(char) > 0x2E7F else 0.56 for char in label) * size.letter
    return tuple(keys)


def _spoken(title: str, readings: Sequence[Reading]) -> str:
    """What a screen reader says of the whole."""
    values = [one.temperature for one in readings if one.temperature is not None and one.kind != Kind.WRONG]
    said = ngettext("%(count)d reading", "%(count)d readings", len(values)) % {"count": len(values)}
    highest = _("highest %(value)s °C") % {"value": max(values)} if values else ""
    return ", ".join(filter(None, [title, said, highest]))
