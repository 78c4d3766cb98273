"""Reading what offices keep: every good file cell by cell, every bad one with one sentence."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import Workbook
from pytest_django import Settings

from core import tables_in, workbooks
from core.tables_in import Table, UnreadableTable, read_tables

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = Path(__file__).parent / "files"

ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def book(*rows: list[Any]) -> tuple[Workbook, Any]:
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "名单"
    for row in rows:
        sheet.append(row)
    return workbook, sheet


def changed(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The zip again, each member as `change` gives it; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = change(member, old.read(member))
            if content is not None:
                new.writestr(member, content)
    return out.getvalue()


def ods(body: str, *, manifest: str = "") -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>{manifest}</manifest:manifest>',
        )
        package.writestr("content.xml", ODS_HEAD + body + ODS_FOOT)
    return out.getvalue()


def ods_text(words: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{words}</text:p></table:table-cell>'


def values(table: Table) -> list[list[Any]]:
    return [[cell.value for cell in row.cells] for row in table.rows]


def refusal(data: bytes, name: str = "roster.xlsx") -> UnreadableTable:
    with pytest.raises(UnreadableTable) as caught:
        read_tables(data, name=name)
    return caught.value


def answer(data: bytes) -> str:
    """What became of the file: "tables", or the code of a refusal that says something."""
    try:
        tables = read_tables(data, name="x.xlsx")
    except UnreadableTable as found:
        return found.code if found.message else "silence"
    return "tables" if tables and all(table.rows for table in tables) else "nothing"


CODES = {
    "tables", "bomb", "damaged", "empty", "encrypted", "long-cell", "not-a-table", "too-large", "too-many-cells",
    "too-many-columns", "too-many-rows", "unreadable", "untrusted-text", "web-page",
}  # fmt: skip


# ---- good files


def test_the_building_has_three_sheets_of_40_26_and_13_records() -> None:
    tables = read_tables((FIXTURES / "building.xlsx").read_bytes(), name="building.xlsx")
    assert [(table.sheet, len(table.rows) - 1) for table in tables] == [
        ("房间 rooms", 40),
        ("存放地点 storage", 26),
        ("人员 crew", 13),
    ]


def test_the_roster_s_cells_know_where_they_stand() -> None:
    (table,) = read_tables((FIXTURES / "roster.xlsx").read_bytes(), name="roster.xlsx")
    assert len(table.rows) == 1 + 1 + 48 + 1
    assert [row.number for row in table.rows[-2:]] == [50, 52]
    room = table.rows[14][8]
    assert (room.value, room.sheet, room.row, room.column, room.address) == ("２０７", "留学生名单", 15, "I", "I15")
    assert table.rows[12][10].value == 82109153547


def test_values_keep_their_kind() -> None:
    day, moment = date(2020, 2, 10), datetime.fromisoformat("2020-02-10 08:30")
    written = ["a\nb", 201, 18.5, True, moment, day, time(8, 30), timedelta(hours=30), 82109153547]
    (table,) = read_tables(saved(book(written)[0]), name="a.xlsx")
    assert values(table) == [written]
    assert [type(value) for value in values(table)[0]] == [type(value) for value in written]


def test_blank_rows_are_left_out_and_the_rest_keep_their_numbers() -> None:
    (table,) = read_tables(saved(book(["a"], [], [None, " \u3000"], ["b", None, None])[0]), name="a.xlsx")
    assert [(row.number, [cell.value for cell in row.cells]) for row in table.rows] == [(1, ["a"]), (4, ["b"])]
    assert table.rows[0][7].blank
    assert table.rows[0][7].address == "H1"


def test_a_room_merged_over_two_rows_counts_for_both_and_a_title_only_once() -> None:
    workbook, sheet = book(
        ["名单", None, None], ["房间", "姓名", "床"], [201, "甲", 1], [None, "乙", 2], [None, "丙", 3]
    )
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    (table,) = read_tables(saved(workbook), name="a.xlsx")
    assert values(table) == [["名单"], ["房间", "姓名", "床"], [201, "甲", 1], [201, "乙", 2], [None, "丙", 3]]
    assert table.rows[3][0].address == "A4"


def test_hidden_sheets_and_empty_sheets_are_left_out() -> None:
    workbook, _sheet = book(["a"])
    workbook.create_sheet("old").append(["b"])
    workbook["old"].sheet_state = "hidden"
    workbook.create_sheet("empty")
    assert [table.sheet for table in read_tables(saved(workbook), name="a.xlsx")] == ["名单"]


def test_formulas_and_errors_are_marked_with_their_address() -> None:
    workbook, sheet = book(["a", "=1+1", 3], ["b", "x"])
    sheet["D5"] = "=COUNTA(A1:A2)"
    sheet["A3"] = "#REF!"
    sheet["A3"].data_type = "e"
    (table,) = read_tables(saved(workbook), name="a.xlsx")
    assert [cell.address for row in table.rows for cell in row.cells if cell.computed] == ["B1", "A3", "D5"]


def test_a_merged_formula_is_marked_in_every_row_it_counts_for() -> None:
    workbook, sheet = book(["=1+1", "a"], [None, "b"])
    sheet.merge_cells("A1:A2")
    (table,) = read_tables(saved(workbook), name="a.xlsx")
    assert [row[0].computed for row in table.rows] == [True, True]


def test_an_old_xls_reads_alike() -> None:
    (table,) = read_tables((FILES / "roster.xls").read_bytes(), name="roster.xls")
    assert table.sheet == "名单"
    assert values(table)[2:4] == [
        ["王芳", 201, 82109153547, datetime.fromisoformat("2020-02-10 08:00"), 1],
        ["李娜", 201, "+82 10 5555 0100", None, "２"],
    ]


def test_an_ods_reads_alike_with_its_repeated_cells_and_formulas() -> None:
    body = (
        '<table:table table:name="表"><table:table-row>'
        + ods_text("姓名")
        + ods_text("房间", 'table:number-columns-repeated="2"')
        + '</table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell table:formula="of:=1+1" '
        'office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell><table:covered-table-cell/>'
        + ods_text("z")
        + '</table:table-row><table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    (table,) = read_tables(ods(body), name="a.ods")
    assert values(table) == [["姓名", "房间", "房间"], [2, None, "z"], [2, None, "z"]]
    assert [cell.address for row in table.rows for cell in row.cells if cell.computed] == ["A2", "A3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    rows = [["姓名", "房间", "备注"], ["李娜", "201", '"药,易碎; 冷\t藏"'], [], ["王芳", "202", "𠮷"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (table,) = read_tables(text.encode(encoding), name="/home/office/名单.2.csv")
    assert table.sheet == "名单.2"
    assert values(table) == [["姓名", "房间", "备注"], ["李娜", "201", "药,易碎; 冷\t藏"], ["王芳", "202", "𠮷"]]
    assert [row.number for row in table.rows] == [1, 2, 4]


def test_a_csv_row_with_a_line_break_is_one_row_as_in_the_spreadsheet() -> None:
    (table,) = read_tables(b'a,"b\nc"\nd,e\n', name="a.csv")
    assert [(row.number, [cell.value for cell in row.cells]) for row in table.rows] == [
        (1, ["a", "b\nc"]),
        (2, ["d", "e"]),
    ]


def test_a_file_is_known_by_its_content_not_by_its_name() -> None:
    assert read_tables(b"a,b\n", name="a.xlsx")[0].rows[0][1].value == "b"
    assert read_tables("PK编号,b\n".encode(), name="a.xlsx")[0].rows[0][0].value == "PK编号"
    assert read_tables(saved(book(["a"])[0]), name="a.csv")[0].sheet == "名单"


@pytest.mark.parametrize("guarded", ["'+82 10", "'=1+1", "'-5", "'@home", "''=x"])
def test_the_apostrophe_that_guards_our_own_exports_is_taken_away(guarded: str) -> None:
    assert read_tables(guarded.encode(), name="a.csv")[0].rows[0][0].value == guarded[1:]


def test_other_apostrophes_stay() -> None:
    assert read_tables(b"'t Hooft", name="a.csv")[0].rows[0][0].value == "'t Hooft"


# ---- bad files


def test_a_workbook_locked_with_a_password_says_so() -> None:
    found = refusal((FILES / "locked.xlsx").read_bytes(), "locked.xlsx")
    assert found.code == "encrypted"
    assert found.message == ("locked.xlsx is locked with a password; save it without the password and choose it again.")


def test_a_locked_xls_says_so() -> None:
    # FILEPASS in the place of the first record after BOF.
    data = (FILES / "roster.xls").read_bytes().replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1)
    assert refusal(data).code == "encrypted"


def test_a_locked_ods_and_a_locked_zip_say_so_too() -> None:
    manifest = (
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        "<manifest:encryption-data/></manifest:file-entry>"
    )
    assert refusal(ods('<table:table table:name="a"/>', manifest=manifest)).code == "encrypted"
    locked = bytearray(saved(book(["a"])[0]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = locked.find(mark)
        while start >= 0:
            locked[start + at] |= 1
            start = locked.find(mark, start + 4)
    assert refusal(bytes(locked)).code == "encrypted"


def test_a_file_beyond_the_site_s_limit_is_refused_unread(settings: Settings) -> None:
    settings.MAX_WORKBOOK_BYTES = 5 * 1024 * 1024
    found = refusal(b"PK" + b"\0" * 50 * 1024 * 1024)
    assert (found.code, "5 MB" in found.message) == ("too-large", True)


@pytest.mark.parametrize("page", [b"<html><table><tr><td>a</table>", b"\xef\xbb\xbf\r\n <?xml version='1.0'?><a/>"])
def test_a_web_page_named_as_a_workbook_is_told_apart(page: bytes) -> None:
    assert refusal(page).code == "web-page"


@pytest.mark.parametrize(
    "other",
    [b"%PDF-1.7 text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"Rar!\x1a\x07\x00", b"abc\x80\xff"],
)
def test_another_kind_of_file_is_refused(other: bytes) -> None:
    assert refusal(other).code == "not-a-table"


def test_a_zip_without_a_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert refusal(out.getvalue()).code == "not-a-table"
    assert refusal(b"PK\x05\x06" + b"\0" * 18).code == "not-a-table"


@pytest.mark.parametrize("empty", [b"", b" \n\n", b"\xef\xbb\xbf", b",,\n,,\n"])
def test_an_empty_file_is_refused(empty: bytes) -> None:
    assert refusal(empty).code == "empty"


def test_an_empty_workbook_is_refused() -> None:
    assert refusal(saved(Workbook())).code == "empty"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_workbook_is_refused_as_damaged(keep: float) -> None:
    for name in ("roster.xlsx", "building.xlsx"):
        data = (FIXTURES / name).read_bytes()
        assert refusal(data[: int(len(data) * keep)]).code == "damaged"


def test_a_truncated_xls_is_refused() -> None:
    data = (FILES / "roster.xls").read_bytes()
    assert refusal(data[:512]).code == "damaged"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = changed(
        saved(book(["a"])[0]), lambda name, content: content + b" " * 60_000_000 if "sheet1" in name else content
    )
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "bomb"


def test_a_zip_of_too_many_entries_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for number in range(workbooks.MAX_ZIP_ENTRIES + 1):
            package.writestr(str(number), "")
    assert refusal(out.getvalue()).code == "bomb"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_that_declares_entities_is_refused(declared: str, member: str) -> None:
    def declare(name: str, content: bytes) -> bytes:
        head = content[: content.index(b"?>") + 2] if content.startswith(b"<?xml") else b""
        return head + declared.encode() + content[len(head) :] if name == member else content

    assert refusal(changed(saved(book(["a"])[0]), declare)).code == "damaged"


@pytest.mark.parametrize(
    ("lost", "known"),
    [
        ("xl/workbook.xml", "not-a-table"),
        ("xl/_rels/workbook.xml.rels", "damaged"),
        ("xl/worksheets/sheet1.xml", "damaged"),
        ("xl/styles.xml", "tables"),
    ],
)
def test_a_workbook_without_one_of_its_parts_gets_an_answer(lost: str, known: str) -> None:
    data = changed(saved(book([1])[0]), lambda name, content: None if name == lost else content)
    assert answer(data) == known


def test_one_stray_cell_at_the_far_end_is_named() -> None:
    workbook, sheet = book(["a"])
    sheet["XFD1048576"] = "x"
    found = refusal(saved(workbook))
    assert found.code == "too-many-rows"
    assert found.message == "Sheet 名单 reaches to cell XFD1048576; delete what stands below row 20000."
    workbook, sheet = book(["a"])
    sheet["GS1"] = "x"
    found = refusal(saved(workbook))
    assert found.code == "too-many-columns"
    assert found.message == "Sheet 名单 reaches to cell GS1; delete what stands to the right of column GR."


def test_formatting_at_the_far_end_does_no_harm() -> None:
    workbook, sheet = book(["a"])
    sheet["XFD1048576"].number_format = "0.00"
    assert values(read_tables(saved(workbook), name="a.xlsx")[0]) == [["a"]]


def test_an_xls_that_asks_for_all_memory_ends_its_own_process_only() -> None:
    assert refusal((FILES / "stray_cells.xls").read_bytes()).code == "unreadable"


def test_an_ods_that_repeats_a_cell_a_billion_times_is_refused() -> None:
    row = '<table:table-row table:number-rows-repeated="1048576">'
    cell = ods_text("x", 'table:number-columns-repeated="16384"')
    body = f'<table:table table:name="a">{row}{cell}</table:table-row></table:table>'
    assert refusal(ods(body)).code == "too-many-rows"


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_in, "SECONDS_TO_OPEN", 0.001)
    assert refusal(saved(book(["a"])[0])).code == "unreadable"


def test_more_rows_or_columns_than_the_limit_are_refused() -> None:
    assert len(read_tables(b"a\n" * 20_000, name="a.csv")[0].rows) == 20_000
    assert refusal(b"a\n" * 20_001).code == "too-many-rows"
    assert len(read_tables(b"," * 198 + b",a", name="a.csv")[0].rows[0].cells) == 200
    assert refusal(b"," * 199 + b",a").code == "too-many-columns"


def test_more_cells_than_a_preview_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_CELLS", 1_000)
    assert len(read_tables(b"a,b\n" * 500, name="a.csv")[0].rows) == 500
    assert refusal(b"a,b\n" * 501).code == "too-many-cells"


def test_a_workbook_of_more_text_than_a_preview_can_hold_is_refused() -> None:
    note = random.Random(1).randbytes(workbooks.MAX_CELL_CHARACTERS // 2).hex()  # noqa: S311 - only to pack badly
    data = saved(book(*([note] * 101 for _n in range(100)))[0])
    assert len(data) < 200_000
    assert refusal(data).code == "too-many-cells"


def test_a_cell_longer_than_the_limit_is_named() -> None:
    good, bad = "字" * 2_000, "字" * 2_001
    assert read_tables(saved(book([good])[0]), name="a.xlsx")[0].rows[0][0].value == good
    for data in (saved(book([], [1, bad])[0]), f'1\n1,"{bad}"'.encode()):
        found = refusal(data, "名单.csv")
        assert found.code == "long-cell"
        assert found.message.startswith("Sheet 名单, cell B2: more than 2000 characters")


def test_a_quotation_mark_that_is_never_closed_is_refused() -> None:
    assert refusal(b'a,"b\n' + b"c,d\n" * 1_000).code == "long-cell"
    assert refusal(b'a,"b\n' + b"c,d\n" * 100_000).code == "long-cell"


def test_text_no_database_keeps_is_named() -> None:
    for data in (saved(book(["a"], ["b", "x_x0000_y"])[0]), b"a longer heading here\nb,x\x00y"):
        found = refusal(data, "名单.csv")
        assert found.code == "untrusted-text"
        assert found.message == "Sheet 名单, cell B2: characters that cannot be kept; type the text again."


def test_a_file_s_name_cannot_break_the_message() -> None:
    for name in ("\x00", "\ud800.xlsx", "../../" + "x" * 5_000, "", "%s%(x)s"):
        assert refusal(b"<html>", name).code == "web-page"


@pytest.mark.slow
@examples(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b\n"])
)
def test_whatever_bytes_come_the_answer_is_tables_or_a_sentence(data: bytes, start: bytes) -> None:
    assert answer(start + data) in CODES


@pytest.mark.slow
@pytest.mark.parametrize("file", [FIXTURES / "roster.xlsx", FILES / "roster.xls", FILES / "locked.xlsx"])
def test_a_workbook_with_flipped_bytes_gives_tables_or_a_sentence(file: Path) -> None:
    chance = random.Random(20200210)  # noqa: S311 - the same damage in every run
    for _n in range(40):
        data = bytearray(file.read_bytes())
        for _m in range(chance.choice([1, 10, 100])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert answer(bytes(data)) in CODES


@pytest.mark.slow
def test_a_workbook_whose_xml_is_damaged_gives_tables_or_a_sentence() -> None:
    chance = random.Random(20200210)  # noqa: S311 - the same damage in every run
    data = (FIXTURES / "building.xlsx").read_bytes()

    def damage(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/") or chance.random() < 0.5:
            return content
        start = chance.randrange(len(content))
        return content[:start] + chance.randbytes(chance.randrange(8)) + content[start + chance.randrange(40) :]

    for _n in range(60):
        assert answer(changed(data, damage)) in CODES
