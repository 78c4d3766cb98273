"""The duty roster of a month on paper: A4 across, a row for each shift, a column for each post."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from observation.duty.fairness import Spread, spread
from observation.duty.grid import Grid, Row, fairness_rows, short_day
from observation.duty.months import Month
from rooms.models import Building


@dataclass(frozen=True)
class RosterCell:
    """Who holds a post in a shift; "·" where nobody has to."""

    names: list[str]
    wanted: bool
    empty: bool


@dataclass(frozen=True)
class RosterRow:
    """One shift."""

    day: str
    weekend: bool
    name: str
    starts: datetime
    ends: datetime
    cells: list[RosterCell]
    first_of_day: bool


@dataclass(frozen=True)
class DutyRoster:
    """A month's roster as it stood when it was made."""

    building: Building
    month: Month
    made_at: datetime
    posts: list[str]
    rows: list[RosterRow]
    fairness: list[Row]
    spread: Spread

    @classmethod
    def of(cls, building: Building, month: Month) -> "DutyRoster":
        """The roster as it stands."""
        grid = Grid.of(building, month.first, month.last)
        rows, before = [], None
        for line in grid.lines:
            cells = [RosterCell(cell.names, cell.wanted, cell.empty) for cell in line.cells]
            rows.append(
                RosterRow(
                    short_day(line.day),
                    line.day.weekday() >= 5,
                    line.name,
                    line.starts,
                    line.ends,
                    cells,
                    first_of_day=line.day != before,
                )
            )
            before = line.day
        found = grid.shares
        return cls(
            building,
            month,
            timezone.now(),
            [post.shown_name for post in grid.posts],
            rows,
            fairness_rows(found),
            spread(found.values()),
        )

    @property
    def empty(self) -> int:
        """How many posts stand empty, for a part of a shift or at all."""
        return sum(cell.empty for row in self.rows for cell in row.cells)


def draw(made: DutyRoster) -> bytes:
    """The roster as a PDF in the language of the page."""
    return paper.pdf(
        "observation/paper/duty_roster.html",
        {"roster": made, "building": made.building},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Duty roster"),
        imprint=paper.Imprint(on=timezone.localtime(made.made_at).date()),
    )
