"""The parts a plan's document is made of: sections of blocks, ready for a template that knows nothing of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

# A table of no more rows is not broken over two pages.
SHORT = 12
# A last word of fewer letters does not stand on a line of its own.
SHORT_END = 12


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in percent, and a class for its cells (`number`, `lines`, `code`)."""

    head: str
    width: int
    kind: str = ""


@dataclass(frozen=True)
class Row:
    """One row; a group's row has one cell across all columns."""

    cells: tuple[str, ...]
    is_group: bool = False


@dataclass(frozen=True)
class Table:
    """Columns and rows; `kind` is a class of the whole table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    kind: str = ""

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> "Table":
        """A table of plain values."""
        return cls(tuple(columns), tuple(Row(tuple(str(cell) for cell in row)) for row in rows))

    @property
    def is_short(self) -> bool:
        """Whether it can stand on one page with what leads to it."""
        return len(self.rows) <= SHORT

    def printed(self) -> list[tuple[str, list[list[tuple[str, str]]]]]:
        """The rows by group, each group with its title, each cell beside its class."""
        kinds = [column.kind for column in self.columns]
        groups: list[tuple[str, list[list[tuple[str, str]]]]] = []
        for row in self.rows:
            if row.is_group:
                groups.append((row.cells[0], []))
                continue
            if not groups:
                groups.append(("", []))
            groups[-1][1].append(list(zip(row.cells, kinds, strict=True)))
        return groups


@dataclass(frozen=True)
class Form:
    """A form to fill in by hand: fields in rows, a table of blank rows, boxes to write in, signatures."""

    title: str
    notes: tuple[str, ...]
    fields: tuple[tuple[str, ...], ...]
    table: Table
    boxes: tuple[str, ...]
    signatures: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One piece of a section. `kind` names its template, `mark` is an item's number, `body` is what is not text."""

    kind: str
    text: str = ""
    mark: str = ""
    body: object = None

    @property
    def lead(self) -> str:
        """The text without its tail; Latin words at its end are held together by a no-break space instead."""
        if not self.tail:
            start, space, end = self.text.rpartition(" ")
            return f"{start}\u00a0{end}" if space and len(end) < SHORT_END else self.text
        return self.text[: len(self.text) - len(self.tail)]

    @property
    def tail(self) -> str:
        """The last Chinese characters, kept on one line so that no line ends a paragraph with one alone."""
        return "" if self.text[-2:].isascii() else self.text[-3:]

    @property
    def template(self) -> str:
        """What prints it."""
        return f"plans/blocks/{self.kind}.html"


@dataclass(frozen=True)
class Section:
    """A section or an annex; `number` is written before the heading."""

    key: str
    number: str
    heading: str
    blocks: tuple[Block, ...]
    is_annex: bool = False

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return self.key

    @property
    def title(self) -> str:
        """Number and heading."""
        return f"{self.number}{self.heading}"

    @property
    def level(self) -> int:
        """Its level in the contents."""
        return 1


@dataclass(frozen=True)
class Document:
    """A plan told in one language."""

    title: str
    short_title: str
    building: str
    made_at: str
    sections: tuple[Section, ...]

    @property
    def widths(self) -> list[int]:
        """Every width of a column, in percent; the style sheet needs a rule for each."""
        bodies = [block.body for section in self.sections for block in section.blocks]
        tables = [body.table if isinstance(body, Form) else body for body in bodies]
        own = {width for body in bodies for width in getattr(body, "widths", ())}
        return sorted(own | {column.width for table in tables if isinstance(table, Table) for column in table.columns})
