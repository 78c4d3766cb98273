"""The timetable as a bar chart: a row a crew, a column a day, a bar a room; the same on a page and on paper.

`templates/plans/relocation/gantt.svg` draws it. Classes for a page's style sheet: `gantt`, `gantt__day`, `gantt__crew`,
`gantt__bar` with `gantt__bar--1` to `--3` for the batch, `gantt__key`. Batches differ by pattern as well as by shade.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plans.relocation.proposal import HALF_DAYS, Batch, Proposal, Turn

LABEL = 96
WIDTH = 800
HEAD = 44
ROW = 44
LEGEND = 50
FIRST_HOUR = HALF_DAYS[0][0].hour
LAST_HOUR = HALF_DAYS[-1][1].hour


@dataclass(frozen=True)
class Bar:
    """One turn; `x` and `width` in units of the drawing."""

    x: int
    y: int
    width: int
    height: int
    batch: int
    text: str
    spoken: str

    @property
    def middle(self) -> tuple[int, int]:
        """Where its text is centred: x, and the base line's y."""
        return self.x + self.width // 2, self.y + self.height // 2 + 6


@dataclass(frozen=True)
class Tick:
    """A day's column, or a crew's row: where it begins, where its middle lies, its label."""

    at: int
    middle: int
    label: str


@dataclass(frozen=True)
class Key:
    """One entry of the legend."""

    batch: int
    x: int
    label: str

    @property
    def label_x(self) -> int:
        """Where its label begins."""
        return self.x + 42


@dataclass(frozen=True)
class Gantt:
    """The whole chart."""

    height: int
    days: tuple[Tick, ...]
    noons: tuple[int, ...]
    crews: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    legend: tuple[Key, ...]
    title: str

    @property
    def full_height(self) -> int:
        """Its height with the legend and a margin for the line width."""
        return self.height + LEGEND + 4

    @property
    def view_box(self) -> str:
        """The drawing's viewBox."""
        return f"-2 -2 {WIDTH + 4} {self.full_height}"

    @property
    def legend_y(self) -> int:
        """The upper edge of the legend's samples."""
        return self.height + 18

    @property
    def legend_base(self) -> int:
        """The base line of the legend's words."""
        return self.legend_y + 17


def batch_label(batch: int) -> str:
    """The batch in words, in the active language."""
    return {
        Batch.AGREED: _("first batch"),
        Batch.HESITANT: _("second batch"),
        Batch.LAST: _("third batch"),
    }[Batch(batch)]


def draw_gantt(proposal: Proposal, *, zone: tzinfo, day_format: str) -> Gantt | None:
    """The chart of a proposal in the active language, or None when there is nothing to show."""
    turns = proposal.turns
    if not turns:
        return None
    days = sorted({turn.start.astimezone(zone).date() for turn in turns})
    wide = (WIDTH - LABEL) / len(days)
    left = {day: LABEL + round(number * wide) for number, day in enumerate(days)}
    numbers = [crew.number for crew in proposal.crews]

    def x(at: datetime) -> int:
        local = at.astimezone(zone)
        hours = local.hour + local.minute / 60 - FIRST_HOUR
        return left[local.date()] + round(hours / (LAST_HOUR - FIRST_HOUR) * wide)

    def bar(turn: Turn) -> Bar:
        start, end = x(turn.start), x(turn.end)
        crew = _("crew %(number)d") % {"number": turn.crew.number}
        return Bar(
            x=start + 1,
            y=HEAD + numbers.index(turn.crew.number) * ROW + 7,
            width=max(end - start - 2, 2),
            height=ROW - 14,
            batch=int(turn.room.batch),
            text=turn.room.number if end - start > 11 * len(turn.room.number) else "",
            spoken=f"{turn.room.number}, {crew}, {batch_label(turn.room.batch)}",
        )

    shown = sorted({int(turn.room.batch) for turn in turns})
    noon = (HALF_DAYS[0][1].hour - FIRST_HOUR) / (LAST_HOUR - FIRST_HOUR)
    return Gantt(
        height=HEAD + ROW * len(numbers),
        days=tuple(Tick(left[day], left[day] + round(wide / 2), date_format(day, day_format)) for day in days),
        noons=tuple(left[day] + round(noon * wide) for day in days),
        crews=_rows(numbers),
        bars=tuple(bar(turn) for turn in turns),
        legend=tuple(Key(batch, LABEL + place * 180, batch_label(batch)) for place, batch in enumerate(shown)),
        title=_("Timetable by crew"),
    )


def _rows(numbers: Sequence[int]) -> tuple[Tick, ...]:
    return tuple(
        Tick(HEAD + place * ROW, HEAD + place * ROW + ROW // 2 + 6, _("crew %(number)d") % {"number": number})
        for place, number in enumerate(numbers)
    )
