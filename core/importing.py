"""What a file would make of the records: a preview row by row, before anything is written."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.cells import CellProblem
from core.headings import Column, Heading, find_headings, rows_under
from core.records import Record, Refused, require
from core.tables_in import Cell, Row, Table, UnreadableTable
from core.text import listed
from core.timeline import Change

T = TypeVar("T")

# Said of a sheet: it is none of our lists, whatever its headings.
LEFT_OUT = "-"


@dataclass(frozen=True)
class ByHand:
    """What a person said about one sheet, before its headings are asked."""

    kind: str = ""
    """Which kind of list it is, LEFT_OUT, or "" for asking the headings."""
    columns: Mapping[int, str] = field(default_factory=dict)
    """Column index → key; "" leaves a column out."""


# By the sheet's name.
Mappings = Mapping[str, ByHand]


class Outcome(StrEnum):
    """What becomes of one row of a sheet."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


OUTCOME_LABELS = {
    Outcome.CREATED: gettext_lazy("new"),
    Outcome.CHANGED: gettext_lazy("changes"),
    Outcome.UNCHANGED: gettext_lazy("unchanged"),
    Outcome.REFUSED: pgettext_lazy("a row of a file", "refused"),
}


@dataclass
class Line:
    """One row of a sheet: what it says, what it would do, and what is wrong with it cell by cell."""

    row: Row
    what: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    record: Record | None = None
    told: list[tuple[str, str]] = field(default_factory=list)
    """What a new row says, column by column, as it was understood."""
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

    def need(
        self, key: str, cell: Cell, reader: Callable[..., T], *more: Any, missing: Any, **options: Any
    ) -> T | None:
        """As `read`; a blank cell refuses the row too, with the sentence `missing`."""
        wrong = len(self.problems)
        value = self.read(key, cell, reader, *more, **options)
        if value in (None, "") and len(self.problems) == wrong:
            self.refuse(cell, missing)
        return value

    def compare(self, record: Record, fields: Iterable[str], words: Callable[[str, Any], str]) -> None:
        """Note which of `fields` differ from the record; a blank cell says nothing and changes nothing."""
        for name in fields:
            value = self.values.get(name)
            old = getattr(record, name)
            if value in (None, "") or value == old:
                continue
            label = str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.changes.append(Change(label, words(name, old) if old not in (None, "") else "—", words(name, value)))

    def tell(self, columns: Iterable[Column], words: Callable[[str, Any], str], *, but: Collection[str]) -> None:
        """Note what the row says in each column but those in `but`."""
        self.told = [
            (column.title, words(column.key, self.values[column.key]))
            for column in columns
            if column.key not in but and self.values.get(column.key) not in (None, "")
        ]


@dataclass
class SheetPreview:
    """One sheet: what kind of list it was taken for, how its headings were understood, and its lines."""

    sheet: str
    kind: str
    heading: Heading
    columns: Sequence[Column]
    problem: str = ""
    """What is wrong with what was said by hand about its columns."""
    lines: list[Line] = field(default_factory=list)

    @property
    def incomplete(self) -> bool:
        """Whether a required column is missing or one stands twice: nothing of the sheet can be read."""
        return bool(self.heading.missing or self.problem)

    @property
    def missing(self) -> list[str]:
        """The required columns that no heading stands for, in the language of the page."""
        titles = {column.key: column.title for column in self.columns}
        return [titles[key] for key in self.heading.missing]

    @property
    def complaint(self) -> str:
        """What must be said about its columns before it can be read; "" for nothing."""
        if self.problem:
            return f"{self.sheet}: {self.problem}"
        if not self.missing:
            return ""
        return _("Sheet %(sheet)s has no column for %(columns)s. Say which column it is, then import again.") % {
            "sheet": self.sheet,
            "columns": listed(self.missing),
        }

    def cell(self, line: Line, key: str) -> Cell:
        """The line's cell in the column `key`."""
        return self.heading.cell(line.row, key)


@dataclass
class Preview:
    """What a whole file would do."""

    sheets: list[SheetPreview] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Sheets that are no list of ours, or were left out by hand."""
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All lines of all sheets."""
        return [line for sheet in self.sheets for line in sheet.lines]

    @property
    def incomplete(self) -> list[SheetPreview]:
        """The sheets whose columns must be named first."""
        return [sheet for sheet in self.sheets if sheet.incomplete]

    def count(self, outcome: str) -> int:
        """How many rows have this outcome."""
        return Counter(line.outcome for line in self.lines)[Outcome(outcome)]

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome, every outcome named."""
        found = Counter(line.outcome for line in self.lines)
        return {str(outcome): found[outcome] for outcome in Outcome}

    @property
    def summary(self) -> str:
        """The last line of the import commands, in their fixed English."""
        return ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())


def in_words(value: Any, *, choices: Mapping[Any, Any], zone: tzinfo | None = None) -> str:
    """A value as a preview shows it: choices and truth in words, times in `zone`."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    return str(choices.get(value, value))


def take_sheets(tables: Sequence[Table], kinds: Mapping[str, Sequence[Column]], mappings: Mappings | None) -> Preview:
    """Each sheet as the kind of list whose headings fit it best, its lines not yet read; others are left out.

    A sheet with less than half of a list's required columns is another list. But where there is somebody to ask
    (`mappings` is not None) and nothing to choose from, the one sheet is taken for the one kind.
    """
    said = mappings or {}
    found = [(table, _take(table, kinds, said.get(table.sheet, ByHand()))) for table in tables]
    if mappings is not None and len(tables) == len(kinds) == 1 and found == [(tables[0], None)]:
        found = [(tables[0], _take(tables[0], kinds, ByHand(kind=next(iter(kinds)))))]
    preview = Preview()
    for table, sheet in found:
        if sheet is None:
            preview.left_out.append(table.sheet)
            continue
        preview.sheets.append(sheet)
        if not sheet.incomplete:
            sheet.lines = [Line(row) for row in rows_under(table, sheet.heading)]
    return preview


def require_writable(preview: Preview, *, good_rows: bool) -> None:
    """Raise Refused unless the preview may be written as asked: all of it, or its good rows only."""
    require(preview.sheets, "no-sheet", _("No sheet of this file was recognised. Say what the sheets are."))
    for sheet in preview.incomplete:
        raise Refused("columns-missing", sheet.complaint)
    refused = preview.count(Outcome.REFUSED)
    require(
        good_rows or not refused,
        "rows-refused",
        _("%(count)d rows are refused, so nothing was written. Correct them, or import only the good rows.")
        % {"count": refused},
    )


def _take(table: Table, kinds: Mapping[str, Sequence[Column]], said: ByHand) -> SheetPreview | None:
    if said.kind == LEFT_OUT:
        return None
    found = []
    for kind, columns in kinds.items():
        if said.kind in kinds and said.kind != kind:
            continue
        if said.kind or said.columns:
            keys = {column.key for column in columns}
            by_hand = {index: key for index, key in said.columns.items() if not key or key in keys}
            heading, problem = _by_hand(table, columns, by_hand)
        else:
            heading, problem = find_headings(table, columns), ""
            required = [column for column in columns if column.required]
            if heading is not None and len(heading.missing) * 2 > len(required):
                continue
        if heading is not None:
            fit = len(heading.mapping) - 3 * len(heading.missing)
            found.append((fit, SheetPreview(table.sheet, kind, heading, columns, problem)))
    return max(found, key=lambda one: one[0])[1] if found else None


def _by_hand(table: Table, columns: Sequence[Column], by_hand: Mapping[int, str]) -> tuple[Heading | None, str]:
    """The heading with what was said by hand, and what is wrong with that: the first of two columns counts."""
    try:
        return find_headings(table, columns, mapping=by_hand), ""
    except UnreadableTable as twice:
        first: dict[int, str] = {}
        for index, key in sorted(by_hand.items()):
            if not key or key not in first.values():
                first[index] = key
        return find_headings(table, columns, mapping=first), twice.message
