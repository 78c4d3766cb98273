"""What a file would make of the records: a preview row by row, before anything is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.cells import CellProblem
from core.headings import Column, Heading, find_headings
from core.records import Record
from core.tables_in import Cell, Row, Table
from core.timeline import Change

T = TypeVar("T")

# By sheet: column index → key, made by hand; "" leaves a column out.
Mappings = Mapping[str, Mapping[int, str]]


class Outcome(StrEnum):
    """What becomes of one row of a sheet."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


OUTCOME_LABELS = {
    Outcome.CREATED: _("new"),
    Outcome.CHANGED: _("changes"),
    Outcome.UNCHANGED: _("unchanged"),
    Outcome.REFUSED: pgettext_lazy("a row of a file", "refused"),
}


@dataclass
class Line:
    """One row of a sheet: what it says, what it would do, and what is wrong with it cell by cell."""

    row: Row
    what: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    record: Record | None = None
    changes: list[Change] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Refused when anything is wrong; else new, changed or unchanged."""
        if self.problems:
            return Outcome.REFUSED
        if self.record is None:
            return Outcome.CREATED
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED

    @property
    def label(self) -> Any:
        """The outcome in words."""
        return OUTCOME_LABELS[self.outcome]

    def refuse(self, cell: Cell, message: Any) -> None:
        """Say what is wrong with a cell of this row."""
        self.problems.append(CellProblem(cell, str(message)))

    def read(self, key: str, cell: Cell, reader: Callable[..., T], *more: Any, **options: Any) -> T | None:
        """Read a cell into `values[key]`; a cell that cannot be read refuses the row and gives None."""
        try:
            value = reader(cell, *more, **options)
        except CellProblem as problem:
            self.problems.append(problem)
            return None
        self.values[key] = value
        return value

    def compare(self, record: Record, fields: Iterable[str], *, said: Callable[[str, Any], str] | None = None) -> None:
        """Note which of `fields` differ from the record; a blank cell says nothing and changes nothing."""
        for name in fields:
            value = self.values.get(name)
            old = getattr(record, name)
            if value in (None, "") or value == old:
                continue
            label = str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            show = said or (lambda _name, shown: str(shown))
            self.changes.append(Change(label, show(name, old) if old not in (None, "") else "—", show(name, value)))


@dataclass
class SheetPreview:
    """One sheet: what kind of list it was taken for, how its headings were understood, and its lines."""

    sheet: str
    kind: str
    heading: Heading | None
    columns: Sequence[Column]
    lines: list[Line] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The required columns that no heading stands for, by their first name."""
        if self.heading is None:
            return []
        names = {column.key: column.labels[0] for column in self.columns}
        return [names[key] for key in self.heading.missing]


@dataclass
class Preview:
    """What a whole file would do."""

    sheets: list[SheetPreview] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All lines of all sheets."""
        return [line for sheet in self.sheets for line in sheet.lines]

    @property
    def incomplete(self) -> list[SheetPreview]:
        """Sheets that lack a required column: nothing of them can be read."""
        return [sheet for sheet in self.sheets if sheet.missing]

    def count(self, outcome: str) -> int:
        """How many rows have this outcome."""
        return Counter(line.outcome for line in self.lines)[Outcome(outcome)]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome, every outcome named."""
        return {str(outcome): self.count(outcome) for outcome in Outcome}

    @property
    def summary(self) -> str:
        """The last line of the import commands, in their fixed English."""
        return ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())


def take_sheet(table: Table, kinds: Mapping[str, Sequence[Column]], mappings: Mappings) -> SheetPreview | None:
    """The sheet as the kind of list whose headings fit it best, or None when none fits.

    Raises UnreadableTable when the hand-made mapping gives one column twice.
    """
    by_hand = mappings.get(table.sheet)
    found = []
    for kind, columns in kinds.items():
        heading = find_headings(table, columns, mapping=by_hand)
        if heading is not None:
            found.append((len(heading.mapping) - 3 * len(heading.missing), kind, heading))
    if not found:
        return None
    _score, kind, heading = max(found, key=lambda one: one[0])
    return SheetPreview(sheet=table.sheet, kind=kind, heading=heading, columns=kinds[kind])
