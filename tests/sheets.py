"""Workbooks as an office might hand them in, made for a test; and what is in the whole database before and after."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from openpyxl import Workbook, load_workbook

FIXTURES = Path(__file__).parents[1] / "fixtures"
FILES = Path(__file__).parent / "core" / "files"
HEADINGS = ["姓名", "学号", "房间", "床位", "语言", "时区", "负责老师", "护照号", "电话"]


def fixture(name: str) -> bytes:
    """The bytes of one of the house's own workbooks."""
    return (FIXTURES / name).read_bytes()


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An .xlsx of these sheets, row by row."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return _bytes(book)


def edited(name: str, cells: Mapping[str, Any], *, sheet: int = 0) -> bytes:
    """One of the house's own workbooks with some cells written over."""
    book = load_workbook(FIXTURES / name)
    for address, value in cells.items():
        book.worksheets[sheet][address] = value
    return _bytes(book)


def roster(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> bytes:
    """A roster of these rows; the first of them is row 2 of the sheet 名单."""
    return workbook({"名单": [headings, *rows]})


def comma_separated(*rows: Sequence[Any], encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def rows_in_the_database() -> dict[str, int]:
    """How many rows each table of the house holds, history included."""
    ours = {"core", "people", "rooms", "inventory", "auth"}
    return {
        model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.app_label in ours
    }


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
