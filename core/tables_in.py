"""Reading the tables an office keeps, workbook or CSV, into cells that know where they stood."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any, NoReturn, TypeAlias

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from core import workbooks
from core.text import UntrustedText, clean, tidy

Value: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | None

SECONDS_TO_OPEN = 30
# Rows of which the delimiter of a CSV file is learnt.
_SAMPLE_ROWS = 30
# A zip, an empty zip, and the container of .xls and of locked workbooks.
_WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_BINARY_START = re.compile(rb"%PDF|[\s\S]{0,15}[\x00-\x08\x0e-\x1f]")
# As a set in a pattern: what begins a formula in some spreadsheet; tab and carriage return are skipped by some first.
FORMULA_STARTS = "[=+\\-@＝＋－＠\t\r]"
# The apostrophe that tables_out puts before such text.
_GUARDED = re.compile(f"'+{FORMULA_STARTS}")

_SENTENCES = {
    "bomb": _("%(name)s unpacks to far more than a table needs; copy the table to a new workbook and choose that."),
    "damaged": _(
        "%(name)s is damaged or not a workbook; open it in the spreadsheet program, save it as .xlsx and choose that."
    ),
    "empty": _("%(name)s holds no table; fill it in or choose another file."),
    "encrypted": _("%(name)s is locked with a password; save it without the password and choose it again."),
    "long-cell": _(
        "Sheet %(sheet)s, cell %(address)s: more than %(characters)s characters; shorten the text, "
        "or close its quotation mark if this is a CSV file."
    ),
    "not-a-table": _("%(name)s is neither a workbook nor a CSV file; choose an .xlsx, .xls, .ods or .csv file."),
    "too-large": _("%(name)s is larger than %(megabytes)s MB; keep only the table in it and choose it again."),
    "too-many-cells": _("%(name)s holds more text than one import can show; split it into several files."),
    "too-many-columns": _(
        "Sheet %(sheet)s reaches to cell %(address)s; delete what stands to the right of column %(columns)s."
    ),
    "too-many-rows": _("Sheet %(sheet)s reaches to cell %(address)s; delete what stands below row %(rows)s."),
    "unreadable": _(
        "%(name)s takes more memory or time to open than a table should; copy the table to a new workbook "
        "and choose that."
    ),
    "untrusted-text": _("Sheet %(sheet)s, cell %(address)s: characters that cannot be kept; type the text again."),
    "web-page": _(
        "%(name)s is a web page, whatever its ending says; open it in the spreadsheet program, "
        "save it as .xlsx and choose that."
    ),
}


class UnreadableTable(Exception):  # noqa: N818 - the file's state, not a fault of the program
    """The file is refused as a whole; `code` names why, `message` says in the active language what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


def _refuse(code: str, *, name: str = "", where: Sequence[Any] = ("", 1, 1)) -> NoReturn:
    """Raise UnreadableTable; `where` is sheet, row and column (from 1)."""
    sheet, row, column = where or ("", 1, 1)
    raise UnreadableTable(
        code,
        str(_SENTENCES[code])
        % {
            "name": name,
            "sheet": sheet,
            "address": f"{get_column_letter(column)}{row}",
            "megabytes": settings.MAX_WORKBOOK_BYTES // (1024 * 1024),
            "rows": workbooks.MAX_ROWS,
            "columns": get_column_letter(workbooks.MAX_COLUMNS),
            "characters": workbooks.MAX_CELL_CHARACTERS,
        },
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value and where it stands in the office's own file."""

    value: Value
    sheet: str
    row: int
    """From 1, as the spreadsheet shows it."""
    index: int
    """The column, from 0; -1 for a column the table does not have."""
    computed: bool = False
    """Whether the cell holds a formula or an error; `value` is then its last result. Readers refuse it."""

    @property
    def column(self) -> str:
        """The column's letters, empty for a column the table does not have."""
        return get_column_letter(self.index + 1) if self.index >= 0 else ""

    @property
    def address(self) -> str:
        """As a spreadsheet writes it: "C12"."""
        return f"{self.column}{self.row}"

    @property
    def blank(self) -> bool:
        """Whether nothing stands here."""
        return self.value is None and not self.computed


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something; cells past its end are blank."""

    sheet: str
    number: int
    cells: tuple[Cell, ...]

    def __getitem__(self, index: int) -> Cell:
        """The cell of the column `index` (from 0), blank when the row does not reach there."""
        if 0 <= index < len(self.cells):
            return self.cells[index]
        return Cell(None, self.sheet, self.number, index)

    @property
    def filled(self) -> Iterator[Cell]:
        """The cells that hold something, from the left."""
        return (cell for cell in self.cells if not cell.blank)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or a CSV file under its name. Blank rows are left out; the others keep the office's numbers."""

    sheet: str
    rows: tuple[Row, ...]


def read_tables(data: bytes, *, name: str) -> list[Table]:
    """The tables in a file that was called `name`, at least one, each with at least one row.

    Reads .xlsx, .xls, .ods and CSV (UTF-8 with or without BOM, UTF-16 with BOM, GB18030; comma, semicolon or tab) by
    content, not by name. Hidden sheets are left out. A cell merged over several rows counts for each of them. Cells
    with a formula are marked `computed`, except in .xls files, where only the last result can be seen.

    Raises UnreadableTable, and nothing else, for whatever cannot be read within the limits of `core.workbooks`.
    """
    name = shown(PurePath(name).name)
    if len(data) > settings.MAX_WORKBOOK_BYTES:
        _refuse("too-large", name=name)
    if data.startswith(_WORKBOOK_STARTS):
        tables = [
            _table(shown(sheet["name"]), sheet["rows"], {(row, column) for row, column in sheet["computed"]})
            for sheet in _open_workbook(data, name)
        ]
    else:
        stem = PurePath(name).stem
        tables = [_table(stem, _csv_rows(data, name), set())]
    tables = [table for table in tables if table.rows]
    if not tables:
        _refuse("empty", name=name)
    return tables


def shown(name: str) -> str:
    """The file's or sheet's name as it may stand in a message: browsers and workbooks hand in anything."""
    try:
        return tidy(clean(name))[:80]
    except UntrustedText:
        return "?"


def _table(sheet: str, rows: Iterable[list[Any]], computed: set[tuple[int, int]]) -> Table:
    found = []
    for number, values in enumerate(rows, start=1):
        cells = [
            Cell(_value(value, sheet, number, index), sheet, number, index, (number, index + 1) in computed)
            for index, value in enumerate(values)
        ]
        while cells and cells[-1].blank:
            cells.pop()
        if cells:
            found.append(Row(sheet, number, tuple(cells)))
    return Table(sheet, tuple(found))


def _value(value: Any, sheet: str, row: int, index: int) -> Value:
    """What the cell holds: None for nothing, whole numbers as int, text cleaned and without its formula guard."""
    match value:
        case str():
            try:
                clean(value)
            except UntrustedText:
                _refuse("untrusted-text", where=(sheet, row, index + 1))
            if _GUARDED.match(value):
                value = value[1:]
            return value if value.strip() else None
        case float() if value.is_integer():
            return int(value)
        case ["datetime", str(text)]:
            return datetime.fromisoformat(text)
        case ["date", str(text)]:
            return date.fromisoformat(text)
        case ["time", str(text)]:
            return time.fromisoformat(text)
        case ["duration", float(seconds)]:
            return timedelta(seconds=seconds)
    return value  # type: ignore[no-any-return]  # a number, a truth value or nothing, as JSON gave it


def _open_workbook(data: bytes, name: str) -> list[dict[str, Any]]:
    """The sheets as `core.workbooks` gives them, from a process of its own."""
    program = [sys.executable, "-I", workbooks.__file__]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, the file only on its standard input
            program, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS_TO_OPEN, check=False
        )
    except subprocess.TimeoutExpired:
        _refuse("unreadable", name=name)
    if done.returncode != 0:
        _refuse("unreadable", name=name)
    answer = json.loads(done.stdout)
    if "refused" in answer:
        _refuse(answer["refused"], name=name, where=answer["where"])
    return answer["sheets"]  # type: ignore[no-any-return]


def _csv_rows(data: bytes, name: str) -> Iterator[list[str]]:
    """The records of a CSV file, as a spreadsheet numbers its rows: a blank line is a row, a quoted line break none."""
    text = _decoded(data, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    stem = PurePath(name).stem
    cells = number = 0
    try:
        for number, values in enumerate(reader, start=1):
            if number > workbooks.MAX_ROWS:
                _refuse("too-many-rows", where=(stem, number, 1))
            if len(values) > workbooks.MAX_COLUMNS:
                _refuse("too-many-columns", where=(stem, number, len(values)))
            for column, value in enumerate(values, start=1):
                if len(value) > workbooks.MAX_CELL_CHARACTERS:
                    _refuse("long-cell", where=(stem, number, column))
            cells += len(values)
            if cells > workbooks.MAX_CELLS:
                _refuse("too-many-cells", name=name)
            yield values
    except csv.Error:
        # The reader's own limit on one field, reached through a quotation mark that is never closed.
        _refuse("long-cell", where=(stem, number + 1, 1))


def _decoded(data: bytes, name: str) -> str:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        _refuse("web-page", name=name)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif _BINARY_START.match(data):
        _refuse("not-a-table", name=name)
    else:
        # GB18030 takes nearly any bytes for Chinese, so it comes last.
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    _refuse("not-a-table", name=name)


def _delimiter(text: str) -> str:
    """The one of comma, semicolon and tab that cuts the first rows most often."""

    def cuts(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            return sum(len(row) - 1 for row, _n in zip(reader, range(_SAMPLE_ROWS), strict=False))
        except csv.Error:
            return 0

    return max(",;\t", key=cuts)
