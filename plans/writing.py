"""Writing a plan's document: numbered sections and annexes of clauses, their figures, and live blocks between them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

from django.utils.translation import gettext as _

from plans.clauses import Line, Wording
from plans.layout import Block, Column, Form, Row, Section, Table
from plans.telling import Speech

NUMERALS = "一二三四五六七八九十"


def digest_of(plan: Any, *, without: Iterable[str]) -> str:
    """The SHA-256 of a plan's facts but those named: equal for one state of affairs in any language."""
    facts = {field.name: getattr(plan, field.name) for field in fields(plan) if field.name not in set(without)}
    return hashlib.sha256(json.dumps(facts, default=_plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: object) -> object:
    """What JSON does not know: dataclasses as dictionaries, the rest as text."""
    if isinstance(value, frozenset):
        return sorted(value)
    return asdict(value) if hasattr(value, "__dataclass_fields__") else str(value)  # type: ignore[call-overload]


class Writer:
    """Writes one plan in one language; a plan's own writer says what its live blocks and figures are."""

    def __init__(self, tell: Speech, clauses: Mapping[str, Wording]) -> None:
        self.speech = tell
        self.clauses = clauses

    def fill(self, text: str) -> str:
        """The text with its figures."""
        raise NotImplementedError

    def live(self, name: str) -> Iterator[Block]:
        """The blocks of live data that a clause calls by `name`."""
        raise NotImplementedError

    def numbered(self, sections: Iterable[str], annexes: Iterable[str]) -> tuple[Section, ...]:
        """Every section, then every annex, counted as the language does."""
        return (
            *(
                Section(key, self._before(place), self.clauses[key].heading, tuple(self.blocks(key, place)))
                for place, key in enumerate(sections, start=1)
            ),
            *(
                Section(
                    key,
                    _("Annex %(number)d. ") % {"number": place},
                    self.clauses[key].heading,
                    tuple(self.blocks(key, place)),
                    is_annex=True,
                )
                for place, key in enumerate(annexes, start=1)
            ),
        )

    def numeral(self, place: int) -> str:
        """A number as the Chinese official layout counts, up to 19; else as it is."""
        if not self.speech.is_chinese:
            return str(place)
        tens, ones = divmod(place, 10)
        return ("十" if tens else "") + (NUMERALS[ones - 1] if ones else "")

    def _before(self, place: int) -> str:
        return f"{self.numeral(place)}、" if self.speech.is_chinese else f"{place}. "

    def heading(self, text: str, *, place: int, heading: int) -> Block:
        """A sub-heading, counted （一） or 1.1 within its section."""
        before = f"（{self.numeral(heading)}）" if self.speech.is_chinese else f"{place}.{heading} "
        return Block("heading", text=f"{before}{text}")

    def blocks(self, key: str, place: int) -> Iterator[Block]:
        """The blocks of one section."""
        yield from self.lines(self.clauses[key].lines, place=place)

    def lines(self, lines: Iterable[Line], *, place: int) -> Iterator[Block]:
        """The blocks of lines; items are counted from 1 under each sub-heading."""
        heading = item = 0
        rows: list[list[str]] = []
        for line in lines:
            text = self.fill(line.text)
            if rows and line.mark != "|":
                yield written_table(rows)
                rows = []
            if line.mark == "#":
                heading, item = heading + 1, 0
                yield self.heading(text, place=place, heading=heading)
            elif line.mark == "-":
                item += 1
                yield Block("item", text=text, mark=f"{item}.")
            elif line.mark == "@":
                yield from self.live(line.text)
            elif line.mark == "|":
                rows.append([self.fill(cell) for cell in line.cells])
            else:
                yield Block("paragraph", text=text)
        if rows:
            yield written_table(rows)


def written_table(rows: list[list[str]]) -> Block:
    """A table written in the clause itself: a narrow first column, the others share the rest."""
    heads, *body = rows
    rest = 78 // (len(heads) - 1)
    columns = [Column(head, 22 if place == 0 else rest) for place, head in enumerate(heads)]
    return Block("table", body=Table.of(columns, body))


def live_table(
    columns: Iterable[tuple[str, int] | tuple[str, int, str]], rows: Iterable[Iterable[object]]
) -> list[Block]:
    """A table of columns as (head, percent, class), or nothing when it would be empty."""
    table = Table.of([Column(*column) for column in columns], [list(row) for row in rows])
    return [Block("table", body=table)] if table.rows else []


def blank_form(clause: Wording) -> Form:
    """A form from its clause: `?` fields, `|` heads with widths, `~` blank rows, `>` boxes, `!` signatures."""
    by_mark = {mark: [line for line in clause.lines if line.mark == mark] for mark in ("", "?", "|", "~", ">", "!")}
    heads = [cell.rpartition(" ") for line in by_mark["|"] for cell in line.cells]
    columns = tuple(Column(head, int(width)) for head, _space, width in heads)
    blank = int(by_mark["~"][0].text)
    return Form(
        title=clause.heading,
        notes=tuple(line.text for line in by_mark[""]),
        fields=tuple(tuple(line.cells) for line in by_mark["?"]),
        table=Table(columns, (Row(("",) * len(columns)),) * blank),
        boxes=tuple(line.text for line in by_mark[">"]),
        signatures=tuple(cell for line in by_mark["!"] for cell in line.cells),
    )
