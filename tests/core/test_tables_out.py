"""Writing tables: what is opened in a spreadsheet is text, numbers and times, never a formula."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import load_workbook

from core import tables_out
from core.tables_in import read_tables
from core.text import UntrustedText, clean

# Spreadsheets know no zones.
MORNING = datetime.fromisoformat("2020-02-10 08:30")
DANGEROUS = [
    "=1+1",
    "+82 10 5555 0100",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "'=1+1",
    '=HYPERLINK("http://x")',
]


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data)).worksheets[0]


def sheet_xml(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("xl/worksheets/sheet1.xml").decode()


def read_back(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row.cells] for row in read_tables(data, name="x")[0].rows]


def test_a_workbook_reads_back_as_it_was_written() -> None:
    rows: list[Sequence[Any]] = [
        ["李娜", 201, 18.5, MORNING, date(2020, 2, 10), True],
        ["x", None, 0],
    ]
    data = tables_out.xlsx(["姓名", "房间", "面积", "时间", "日期", "有"], rows, title="名单")
    assert read_back(data) == [["姓名", "房间", "面积", "时间", "日期", "有"], list(rows[0]), ["x", None, 0]]


@pytest.mark.parametrize("words", DANGEROUS)
def test_text_that_begins_like_a_formula_stays_text_in_a_workbook(words: str) -> None:
    data = tables_out.xlsx([words], [[words]], title="t")
    assert "<f>" not in sheet_xml(data)
    assert [opened(data).cell(row, 1).data_type for row in (1, 2)] == ["s", "s"]
    # XML has one line end only; the carriage return comes back as one.
    assert opened(data).cell(2, 1).value.replace("\n", "\r") == words
    assert opened(data).cell(2, 1).quotePrefix is (not words.startswith("'"))


@pytest.mark.parametrize("words", ["#N/A", "#REF!"])
def test_text_that_looks_like_an_error_stays_text(words: str) -> None:
    assert opened(tables_out.xlsx(["a"], [[words]], title="t")).cell(2, 1).data_type == "s"


@pytest.mark.parametrize("words", DANGEROUS)
def test_text_that_begins_like_a_formula_is_guarded_in_csv_and_reads_back(words: str) -> None:
    data = tables_out.csv(["a", "b"], [[words, "x"]])
    assert (
        data == "\ufeff".encode() + f'"a","b"\r\n"\'{words}","x"\r\n'.replace('("http://x")', '(""http://x"")').encode()
    )
    assert read_back(data)[1][0] == words


def test_numbers_are_not_guarded() -> None:
    assert tables_out.csv(["a"], [[-5], [Decimal("-1.50")]]).decode("utf-8-sig") == '"a"\r\n"-5"\r\n"-1.50"\r\n'


def test_times_are_written_in_the_active_zone_without_it() -> None:
    moment = datetime(2020, 2, 10, 0, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        workbook, text = tables_out.xlsx(["t"], [[moment]], title="t"), tables_out.csv(["t"], [[moment]])
    assert opened(workbook).cell(2, 1).value == MORNING
    assert opened(workbook).cell(2, 1).number_format == "yyyy-mm-dd hh:mm"
    assert text.decode("utf-8-sig") == '"t"\r\n"2020-02-10 08:30"\r\n'


def test_lazy_words_and_things_are_written_as_text() -> None:
    lazy = gettext_lazy("x")
    assert read_back(tables_out.xlsx([lazy], [[ZoneInfo("Asia/Seoul")]], title="t")) == [["x"], ["Asia/Seoul"]]
    assert read_back(tables_out.csv([lazy], [[ZoneInfo("Asia/Seoul")]])) == [["x"], ["Asia/Seoul"]]


def test_the_heading_is_bold_stays_in_sight_and_columns_fit_their_text() -> None:
    sheet = opened(tables_out.xlsx(["a", "备注", "b"], [["x", "冰箱里有药易碎", "y" * 500]], title="t"))
    assert sheet.freeze_panes == "A2"
    assert [sheet.cell(row, 1).font.bold for row in (1, 2)] == [True, False]
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [8, 16, 60]
    assert [bool(sheet.cell(2, column).alignment.wrap_text) for column in (1, 3)] == [False, True]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("名单 2020/02/10", "名单 2020 02 10"),
        ("a[b]:c*?\\", "a b  c"),
        ("'x'", "x"),
        ("", "1"),
        ("长" * 40, "长" * 31),
        ("\x00\ud800", "1"),
    ],
)
def test_a_sheet_s_title_is_made_one_that_spreadsheets_open(title: str, name: str) -> None:
    assert opened(tables_out.xlsx(["a"], [], title=title)).title == name


@pytest.mark.parametrize("words", ["a\x00b", "\ud800", "\x1b", "\uffff"])
def test_characters_no_file_can_hold_do_not_break_it(words: str) -> None:
    assert opened(tables_out.xlsx(["a"], [[words]], title="t")).cell(2, 1).value.count("\ufffd") == 1
    assert tables_out.csv(["a"], [[words]]).decode("utf-8-sig").startswith('"a"\r\n"')


def test_text_longer_than_a_cell_is_cut() -> None:
    assert len(opened(tables_out.xlsx(["a"], [["x" * 40_000]], title="t")).cell(2, 1).value) == 32_767


def test_a_table_without_rows_has_its_headings() -> None:
    assert read_back(tables_out.xlsx(["a"], [], title="t")) == [["a"]]
    assert read_back(tables_out.csv(["a"], iter([]))) == [["a"]]


@examples(max_examples=200)
@given(st.lists(st.text(max_size=50), min_size=1, max_size=5))
def test_any_text_comes_back_from_csv_and_no_field_begins_like_a_formula(row: list[str]) -> None:
    try:
        clean("".join(row))
    except UntrustedText:
        return
    data = tables_out.csv(["heading"], [row])
    assert not any(mark in data.decode("utf-8-sig") for mark in ('"=', '"+', '"@', '"\t'))
    back = read_tables(data, name="x")[0].rows
    assert [back[-1][index].value or "" for index in range(len(row))] == [
        text if text.strip() else "" for text in row
    ] or not any(text.strip() for text in row)
