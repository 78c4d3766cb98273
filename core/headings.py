"""Finding the heading of a table, and which of its columns means what."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from core.tables_in import Cell, Row, Table, UnreadableTable
from core.text import contains, fold, in_language, loose_parts, parts

# Titles, dates and notes above a heading never fill more rows than this.
_ROWS_SEARCHED = 30
# Longer text is a title or an instruction.
_LONGEST_HEADING = 80
_NO_HEADING = re.compile(r"[\d\s:./年月日+-]*")
_FOOT = re.compile(r"(制表|填表|填报|审核|审批|核对|签字|盖章|备注|注|说明)(人|单位|日期)?:")
_TOTALS = re.compile(r"合计|总计|小计|共计|总数|总人数|共\d+|(sub|grand)?totals?(?![a-z])")


@dataclass(frozen=True)
class Column:
    """A column that an import understands: its key, and what offices call it, in any language."""

    key: str
    labels: tuple[str, ...]
    required: bool = False

    @property
    def title(self) -> str:
        """What the column is called in the language of the page."""
        return in_language(self.labels)


@dataclass(frozen=True)
class Heading:
    """Where a table's heading ends and what its columns mean. Column indexes count from 0."""

    row: int
    """The number of the heading's last row, from 1; the records stand below it."""
    mapping: Mapping[str, int]
    unknown: Sequence[tuple[int, str]]
    """Headings nobody recognised or that fit several columns, left to right, to be mapped by hand."""
    missing: Sequence[str]
    """Keys of required columns that no heading stands for."""
    guessed: frozenset[str] = frozenset()
    """Keys mapped only because a heading contains one of their labels: worth a look before anything is written."""
    texts: Mapping[int, str] = field(default_factory=dict)
    """What the office wrote above each column."""

    def cell(self, row: Row, key: str) -> Cell:
        """The row's cell in the column `key`; a blank one when the table has no such column."""
        return row[self.mapping.get(key, -1)]


@dataclass
class _Match:
    """What the texts of one candidate heading give."""

    mapping: dict[str, int] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)

    @property
    def sure(self) -> int:
        return len(self.mapping) - len(self.guessed)


def find_headings(
    table: Table, columns: Sequence[Column], *, mapping: Mapping[int, str] | None = None
) -> Heading | None:
    """The table's heading, which may stand below titles, in two languages in one cell, or spread over two rows.

    A label that equals a language part of a heading comes before one that equals it without its brackets, and that
    before one merely contained in it. What fits twice is not guessed at but left in `unknown`.

    `mapping` (column index → key, or → "" for a column to leave out) is made by hand and comes before all labels.
    Returns None when nothing is recognised and nothing was mapped by hand: another kind of table. Raises
    UnreadableTable "mapped-twice" when the hand-made mapping gives one key to two columns.
    """
    spans = _candidates(table.rows[:_ROWS_SEARCHED])
    if not spans:
        return None
    matches = [(span, _match(_texts(span), columns, {})) for span in spans]
    span, best = max(matches, key=lambda found: (found[1].sure, len(found[1].mapping), -len(found[0])))
    recognised = best.sure >= 1 and (mapping is not None or len(best.mapping) >= min(2, len(columns)))
    if not recognised:
        if mapping is None:
            return None
        # Nothing to go by but the shape: a heading names the most columns.
        span = max((span for span in spans if len(span) == 1), key=lambda span: len(_texts(span)))
    elif len(span) == 1:
        span = _with_second_language(span, matches)
    return _heading(span, columns, mapping or {})


def rows_under(table: Table, heading: Heading) -> Iterator[Row]:
    """The records: what stands below the heading, says anything in a column we know, and is no total or signature."""
    for row in table.rows:
        known = any(not heading.cell(row, key).blank for key in heading.mapping)
        if row.number > heading.row and known and not is_totals(row) and not is_foot(row):
            yield row


def is_totals(row: Row) -> bool:
    """Whether the row sums up others: its first filled cell says 合计, 总计, 小计, 共48人, total or the like."""
    return _TOTALS.match(_first_words(row)) is not None


def is_foot(row: Row) -> bool:
    """Whether the row belongs to the foot of a form: its first filled cell says 制表人：, 审核：, 注： or the like."""
    return _FOOT.match(_first_words(row)) is not None


def _first_words(row: Row) -> str:
    first = next(row.filled, None)
    return "".join(fold(first.value).casefold().split()) if first and isinstance(first.value, str) else ""


def _heading(span: Sequence[Row], columns: Sequence[Column], by_hand: Mapping[int, str]) -> Heading:
    texts = _texts(span)
    match = _match(texts, columns, by_hand)
    known = {*match.mapping.values(), *by_hand}
    return Heading(
        row=span[-1].number,
        mapping=match.mapping,
        unknown=[(index, fold(text)) for index, text in sorted(texts.items()) if index not in known],
        missing=[column.key for column in columns if column.required and column.key not in match.mapping],
        guessed=frozenset(match.guessed),
        texts={index: fold(text) for index, text in sorted(texts.items())},
    )


def _candidates(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """Each row, and each two adjoining rows that hold nothing but what could be a heading; from the top."""
    pairs = [
        (upper, lower)
        for upper, lower in pairwise(rows)
        if upper.number + 1 == lower.number
        and all(_may_be_heading(cell) for row in (upper, lower) for cell in row.filled)
    ]
    return [*((row,) for row in rows), *pairs]


def _may_be_heading(cell: Cell) -> bool:
    return (
        isinstance(cell.value, str)
        and len(cell.value) <= _LONGEST_HEADING
        and _NO_HEADING.fullmatch(fold(cell.value)) is None
    )


def _texts(span: Sequence[Row]) -> dict[int, str]:
    """The text of each column's heading, the rows of the span one below the other."""
    lines: dict[int, list[str]] = defaultdict(list)
    for row in span:
        for cell in filter(_may_be_heading, row.filled):
            lines[cell.index].append(str(cell.value))
    return {index: "\n".join(texts) for index, texts in lines.items()}


def _with_second_language(span: Sequence[Row], matches: Sequence[tuple[Sequence[Row], _Match]]) -> Sequence[Row]:
    """Lengthen the span by the row below when that is a heading too: the same columns in another language."""
    for pair, _found in matches:
        if len(pair) == 2 and pair[0] is span[0]:
            below = next(found for row, found in matches if len(row) == 1 and row[0] is pair[1])
            if below.sure >= 2:
                return pair
    return span


def _match(texts: Mapping[int, str], columns: Sequence[Column], by_hand: Mapping[int, str]) -> _Match:
    match = _Match()
    for index, key in by_hand.items():
        if key and key in match.mapping:
            letters = {"one": get_column_letter(match.mapping[key] + 1), "other": get_column_letter(index + 1)}
            message = _("Columns %(one)s and %(other)s stand for the same thing; choose one of them.")
            raise UnreadableTable("mapped-twice", message % letters)
        if key:
            match.mapping[key] = index
    open_texts = {index: text for index, text in texts.items() if index not in by_hand}
    open_keys = {column.key for column in columns} - set(match.mapping)
    steps: Sequence[Callable[[str], set[str]]] = (
        lambda text: _fitting(parts(text), columns),
        lambda text: _fitting(loose_parts(text), columns),
        lambda text: _contained(text, columns),
    )
    for step in steps:
        wanted: dict[str, list[int]] = defaultdict(list)
        for index, text in list(open_texts.items()):
            keys = step(text)
            if len(keys) > 1:
                del open_texts[index]
            elif not keys.isdisjoint(open_keys):
                wanted[keys.pop()].append(index)
        for key, indexes in wanted.items():
            # Whether it fits one column or several, no looser fit will be sought for this key.
            open_keys.discard(key)
            if len(indexes) == 1:
                match.mapping[key] = indexes[0]
                if step is steps[-1]:
                    match.guessed.add(key)
            for index in indexes:
                del open_texts[index]
    return match


def _fitting(found: frozenset[str], columns: Sequence[Column]) -> set[str]:
    """The keys of which a label, or one language of it, is among the parts found in a heading."""
    return {column.key for column in columns if any(not found.isdisjoint(parts(label)) for label in column.labels)}


def _contained(text: str, columns: Sequence[Column]) -> set[str]:
    """The keys with the longest label contained in a heading."""
    lengths = {
        column.key: max((len(label) for label in column.labels if contains(text, label)), default=0)
        for column in columns
    }
    longest = max(lengths.values(), default=0)
    return {key for key, length in lengths.items() if length == longest > 0}
