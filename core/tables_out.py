"""Writing tables for spreadsheets: .xlsx and CSV in which nothing we write is ever run as a formula."""

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from csv import QUOTE_ALL
from csv import writer as csv_writer
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.tables_in import FORMULA_STARTS

_FORMULA = re.compile(FORMULA_STARTS)
# As above, or already guarded: reading takes one apostrophe away.
_TO_GUARD = re.compile(f"'*{FORMULA_STARTS}")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TEXT = 32_767
_LONGEST_TITLE = 31
_NARROWEST, _WIDEST = 8, 60


def xlsx(headings: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str) -> bytes:
    """A workbook of one sheet called `title`: bold headings that stay in sight, columns as wide as their text.

    Text is written as text whatever it begins with; times with a zone are shown in the active one; None is blank;
    what is neither text, number nor time is written as str() gives it.
    """
    table = [[_plain(heading) for heading in headings], *([_plain(value) for value in row] for row in rows)]
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_title(title))
    sheet.freeze_panes = "A2"
    for index in range(max(map(len, table))):
        sheet.column_dimensions[get_column_letter(index + 1)].width = _width(table, index)
    bold, grey = Font(bold=True), PatternFill("solid", fgColor="E7E9EC")
    lines = Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate(table):
        cells = [_cell(sheet, value) for value in row]
        for cell, value in zip(cells, row, strict=True):
            if number == 0:
                cell.font, cell.fill, cell.alignment = bold, grey, lines
            elif isinstance(value, str) and ("\n" in value or len(value) > _WIDEST):
                # Only where it shows: styling every cell of a long list takes most of the time.
                cell.alignment = lines
        sheet.append(cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def csv(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """The table as CSV in UTF-8 with the mark that tells spreadsheets so.

    Text that could start a formula (phone numbers with + too) begins with an apostrophe; `core.tables_in` takes it
    away again. Every field is quoted, so that a spreadsheet that splits at semicolons finds none in the open.
    """
    out = io.StringIO(newline="")
    write = csv_writer(out, quoting=QUOTE_ALL)
    for row in (headings, *rows):
        write.writerow([_guarded(_plain(value)) for value in row])
    # A lone surrogate cannot be written; it becomes a question mark as it does on screen.
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _plain(value: Any) -> Any:
    """The value as a spreadsheet knows it: lazy text as text, times without zone in the active one."""
    match value:
        case Promise():
            return str(value)
        case datetime():
            return timezone.make_naive(value) if timezone.is_aware(value) else value
        case None | bool() | int() | float() | Decimal() | date() | str():
            return value
    return str(value)


def _guarded(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str) and _TO_GUARD.match(value):
        return f"'{value}"
    return value


def _cell(sheet: Any, value: Any) -> Cell:
    if not isinstance(value, str):
        cell: Cell = WriteOnlyCell(sheet, value)
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub("\ufffd", value)[:_LONGEST_TEXT])
    # openpyxl takes "=…" for a formula and "#N/A" for an error; these are words.
    cell.data_type = "s"
    if _FORMULA.match(value):
        # Without it a spreadsheet makes a formula of the text as soon as someone edits the cell.
        cell.quotePrefix = True
    return cell


def _title(title: str) -> str:
    """The title as spreadsheets allow a sheet to be called."""
    return _NOT_IN_XML.sub("", _NOT_IN_TITLE.sub(" ", title)).strip(" '")[:_LONGEST_TITLE].strip(" '") or "1"


def _width(table: Sequence[Sequence[Any]], index: int) -> int:
    """The column's width in characters of its widest line; Chinese characters are two wide."""
    lines = [line for row in table if index < len(row) for line in _shown(row[index]).split("\n")]
    widest = max((sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line) for line in lines), default=0)
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
