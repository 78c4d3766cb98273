"""Opening an office's workbook, in a process of its own.

A 5 kB file with one stray cell at XFD1048576 makes the reading library ask for 500 GB and abort the whole process.
So this file is also a program: it takes the workbook on standard input, limits its own memory, and writes one JSON
object: {"sheets": [...]} or {"refused": code, ...}. `core.tables_in` starts it and words the refusals.
"""

import contextlib
import io
import json
import posixpath
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import IO, Any, TypeAlias
from xml.parsers import expat

import python_calamine as calamine

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 2_000
# Of all sheets together: what a web process can hold while it shows a preview.
MAX_CELLS = 500_000
MAX_CHARACTERS = 20_000_000
MAX_ZIP_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
# Sheets of repeated numbers pack about 20 to 1.
MAX_PACKING_RATIO = 200
MEMORY_BYTES = 1024 * 1024 * 1024

# An .xls's globals (BOF, perhaps WRITEPROT) followed by the record that begins encryption (FILEPASS).
_LOCKED_XLS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00[\s\S]{12}(?:\x86\x00\x00\x00)?\x2f\x00")
_MANIFEST = "meta-inf/manifest.xml"
_BROKEN_PACKAGE = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, NotImplementedError, OSError, ValueError,
)  # fmt: skip

Rows: TypeAlias = list[list[Any]]
StartElement: TypeAlias = Callable[[str, dict[str, str]], None]


class CannotOpen(Exception):  # noqa: N818 - the workbook's state, not a fault of the program
    """The workbook is refused; `code` says why and `where` holds sheet, row and column (from 1) when one is meant."""

    def __init__(self, code: str, *where: str | int) -> None:
        super().__init__(code, *where)
        self.code = code
        self.where = where


@dataclass
class Sheet:
    """One visible sheet: its rows from row 1, and the cells (row, column from 1) that hold a formula or an error."""

    name: str
    rows: Rows
    computed: set[tuple[int, int]] = field(default_factory=set)


def open_workbook(data: bytes) -> list[Sheet]:
    """The visible sheets of an .xlsx, .ods or .xls workbook, whatever it is named; raises CannotOpen.

    Hidden sheets are left out: nobody would see what is imported from them. Formulas are found in .xlsx and .ods; the
    reading library shows only the last result of those in an .xls.
    """
    if data.startswith(b"PK"):
        computed = _look_into_zip(data)
    elif "EncryptedPackage".encode("utf-16-le") in data or _LOCKED_XLS.search(data):
        raise CannotOpen("encrypted")
    else:
        computed = {}
    try:
        with calamine.load_workbook(io.BytesIO(data)) as workbook:
            sheets = list(_visible_sheets(workbook, computed))
    except calamine.CalamineError:
        raise CannotOpen("damaged") from None
    _hold_to_the_limits(sheets)
    return sheets


def _visible_sheets(workbook: calamine.CalamineWorkbook, computed: dict[str, set[tuple[int, int]]]) -> Iterator[Sheet]:
    for known in workbook.sheets_metadata:
        if known.visible != calamine.SheetVisibleEnum.Visible or known.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(known.name)
        if sheet.end is not None:
            _require_within(known.name, sheet.end[0] + 1, sheet.end[1] + 1)
        found = Sheet(known.name, sheet.to_python(skip_empty_area=False), computed.get(known.name, set()))
        _make_room(found)
        _fill_down(found, sheet.merged_cell_ranges or [])
        yield found


def _make_room(sheet: Sheet) -> None:
    """Let the rows reach to each formula, also to one whose result was never saved and which reads as nothing."""
    for row, column in sheet.computed:
        while len(sheet.rows) < row:
            sheet.rows.append([])
        cells = sheet.rows[row - 1]
        cells.extend([""] * (column - len(cells)))


def _fill_down(sheet: Sheet, merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Give each row under a merged cell its value: roommates share one merged room cell. Never to the right: titles."""
    for (top, column), (bottom, _right) in merged:
        for row in range(top + 1, min(bottom + 1, len(sheet.rows))):
            if column < min(len(sheet.rows[top]), len(sheet.rows[row])):
                sheet.rows[row][column] = sheet.rows[top][column]
                if (top + 1, column + 1) in sheet.computed:
                    sheet.computed.add((row + 1, column + 1))


def _hold_to_the_limits(sheets: list[Sheet]) -> None:
    cells = characters = 0
    for sheet in sheets:
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row, start=1):
                cells += value != ""
                if isinstance(value, str):
                    characters += len(value)
                    if len(value) > MAX_CELL_CHARACTERS:
                        raise CannotOpen("long-cell", sheet.name, number, column)
            if cells > MAX_CELLS or characters > MAX_CHARACTERS:
                raise CannotOpen("too-many-cells")


def _require_within(sheet: str, row: int, column: int) -> None:
    if row > MAX_ROWS:
        raise CannotOpen("too-many-rows", sheet, row, column)
    if column > MAX_COLUMNS:
        raise CannotOpen("too-many-columns", sheet, row, column)


def _look_into_zip(data: bytes) -> dict[str, set[tuple[int, int]]]:
    """The formula cells of each sheet; refuses bombs, locked files and packages that are no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if (
                len(entries) > MAX_ZIP_ENTRIES
                or unpacked > MAX_UNPACKED_BYTES
                or unpacked > MAX_PACKING_RATIO * len(data)
            ):
                raise CannotOpen("bomb")
            if any(entry.flag_bits & 1 for entry in entries):
                raise CannotOpen("encrypted")
            names = {entry.filename.lower(): entry.filename for entry in entries}
            if "xl/workbook.xml" in names:
                return _formulas_of_xlsx(package, names)
            if _MANIFEST in names and b"encryption-data" in package.read(names[_MANIFEST]):
                raise CannotOpen("encrypted")
            if "content.xml" in names and "xl/workbook.bin" not in names:
                with package.open(names["content.xml"]) as content:
                    return _formulas_of_ods(content)
    except _BROKEN_PACKAGE:
        raise CannotOpen("damaged") from None
    raise CannotOpen("not-a-table")


def _walk(document: IO[bytes], start: StartElement) -> None:
    """Call `start` with the local name and local attribute names of each element; a DOCTYPE is refused.

    Without a DOCTYPE there are no entities: nothing to expand, nothing outside to open.
    """
    parser = expat.ParserCreate(namespace_separator=" ")

    def on_start(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(" ")[2], attributes)

    def on_doctype(*_declared: object) -> None:
        raise CannotOpen("damaged")

    parser.StartElementHandler = on_start
    parser.StartDoctypeDeclHandler = on_doctype
    parser.ParseFile(document)


def _local(attributes: dict[str, str], name: str) -> str:
    """The attribute of this local name in any namespace, or an empty text."""
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _formulas_of_xlsx(package: zipfile.ZipFile, names: dict[str, str]) -> dict[str, set[tuple[int, int]]]:
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def in_workbook(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            # Of the two ids, the relationship's is the one in a namespace.
            sheets[attributes["name"]] = next((value for key, value in attributes.items() if key.endswith(" id")), "")

    def in_relationships(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    for member, start in (("xl/workbook.xml", in_workbook), ("xl/_rels/workbook.xml.rels", in_relationships)):
        with package.open(names[member]) as document:
            _walk(document, start)
    computed = {}
    for name, relationship in sheets.items():
        # An absolute target starts at the package's root; join() forgets "xl" then.
        member = posixpath.normpath(posixpath.join("/xl", targets[relationship])).lstrip("/")
        with package.open(names[member.lower()]) as document:
            computed[name] = _formulas_of_xlsx_sheet(name, document)
    return computed


_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def _formulas_of_xlsx_sheet(sheet: str, document: IO[bytes]) -> set[tuple[int, int]]:
    computed: set[tuple[int, int]] = set()
    row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        if name == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif name == "c":
            reference = _REFERENCE.fullmatch(attributes.get("r", ""))
            if reference:
                row, column = int(reference[2]), _column_number(reference[1])
            else:
                column += 1
            if attributes.get("t") == "e":
                computed.add((row, column))
        elif name in {"f", "v", "is"}:
            _require_within(sheet, row, column)
            if name == "f":
                computed.add((row, column))

    _walk(document, start)
    return computed


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _formulas_of_ods(document: IO[bytes]) -> dict[str, set[tuple[int, int]]]:
    computed: dict[str, set[tuple[int, int]]] = {}
    sheet = ""
    first_row = last_row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal sheet, first_row, last_row, column
        if name == "table":
            sheet, first_row, last_row = _local(attributes, "name"), 1, 0
            computed[sheet] = set()
        elif name == "table-row":
            first_row, column = last_row + 1, 0
            last_row += int(_local(attributes, "number-rows-repeated") or 1)
        elif name in {"table-cell", "covered-table-cell"}:
            first_column = column + 1
            column += int(_local(attributes, "number-columns-repeated") or 1)
            formula = _local(attributes, "formula")
            # The unused rest of a sheet is one cell repeated a million times; only cells with a value count.
            if formula or _local(attributes, "value-type"):
                _require_within(sheet, last_row, column)
            if formula:
                computed[sheet].update(
                    (r, c) for r in range(first_row, last_row + 1) for c in range(first_column, column + 1)
                )

    _walk(document, start)
    return computed


def _as_json(value: Any) -> Any:
    """Text, numbers and booleans as they are; dates and times as [kind, text]."""
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return ["duration", value.total_seconds()]
    return value


def _limit_memory() -> None:
    """Where the system can: Windows has no such limits, macOS may refuse them."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - only Unix has it

        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def main() -> None:
    """Standard input to standard output; ends by a signal when the workbook asks for more memory than allowed."""
    _limit_memory()
    answer: dict[str, Any]
    try:
        sheets = open_workbook(sys.stdin.buffer.read())
        answer = {
            "sheets": [
                {
                    "name": sheet.name,
                    "rows": [[_as_json(value) for value in row] for row in sheet.rows],
                    "computed": sorted(sheet.computed),
                }
                for sheet in sheets
            ]
        }
    except CannotOpen as refusal:
        answer = {"refused": refusal.code, "where": refusal.where}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
