"""Finding the heading an office wrote, in whatever language, order and row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core.headings import Column, Heading, find_headings, is_totals, rows_under
from core.tables_in import Cell, Row, Table, UnreadableTable, read_tables

FIXTURES = Path(__file__).parents[2] / "fixtures"

NAME = Column("name", ("姓名", "name"), required=True)
PASSPORT_NAME = Column("passport_name", ("护照姓名", "name in passport"))
ROOM = Column("room", ("房间", "房号", "room"), required=True)
PHONE = Column("phone", ("电话", "手机", "phone"))
WECHAT = Column("wechat", ("微信", "WeChat"))
RESPONSIBLE = Column("responsible", ("负责老师", "responsible teacher"))
ALL = (NAME, PASSPORT_NAME, ROOM, PHONE, WECHAT, RESPONSIBLE)


def table(*rows: Sequence[Any]) -> Table:
    """A table of these rows; an empty one is a blank row."""
    return Table(
        "名单",
        tuple(
            Row("名单", number, tuple(Cell(value, "名单", number, index) for index, value in enumerate(row)))
            for number, row in enumerate(rows, start=1)
            if row
        ),
    )


def found(*rows: Sequence[Any], columns: Sequence[Column] = ALL, **by_hand: Any) -> Heading:
    heading = find_headings(table(*rows), columns, **by_hand)
    assert heading is not None
    return heading


def test_the_roster_s_heading_stands_below_its_title_and_its_totals_row_is_no_person() -> None:
    (roster,) = read_tables((FIXTURES / "roster.xlsx").read_bytes(), name="roster.xlsx")
    heading = find_headings(roster, ALL)
    assert heading is not None
    assert heading.row == 2
    assert heading.mapping == {"name": 1, "passport_name": 2, "room": 8, "phone": 10, "wechat": 11, "responsible": 16}
    assert (heading.unknown[0], heading.unknown[-1]) == ((0, "序号"), (17, "备注 Notes"))
    assert (heading.missing, heading.guessed) == ([], frozenset())
    people = list(rows_under(roster, heading))
    assert len(people) == 48
    assert [heading.cell(people[n], "name").value for n in (0, -1)] == ["皮姆帕", "金敏俊  "]


def test_the_building_s_sheets_are_told_apart() -> None:
    sheets = read_tables((FIXTURES / "building.xlsx").read_bytes(), name="building.xlsx")
    rooms = (
        Column("number", ("房间", "room"), required=True),
        Column("area", ("面积", "area")),
        Column("x", ("平面x", "plan x")),
        Column("y", ("平面y", "plan y")),
        Column("width", ("宽",)),
        Column("zone", ("分区", "zone")),
    )
    places = (Column("code", ("位置", "place"), required=True), Column("rack", ("货架",)), Column("level", ("层",)))
    crew = (Column("name", ("name",), required=True), Column("role", ("role",), required=True))
    found = [[find_headings(sheet, columns) for sheet in sheets] for columns in (rooms, places, crew)]
    assert [[bool(heading and not heading.missing) for heading in line] for line in found] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    assert found[0][0] is not None
    assert found[0][0].mapping == {"number": 0, "area": 4, "x": 7, "y": 8, "width": 9, "zone": 6}
    assert [len(list(rows_under(sheets[n], heading))) for n in range(3) if (heading := found[n][n])] == [40, 26, 13]


@pytest.mark.parametrize(
    ("name", "passport_name", "room"),
    [
        ("姓名\nName (Chinese)", "护照姓名\nName in passport", "房间\nRoom"),
        ("Name", "Name in passport", "Room"),
        ("姓名", "护照姓名", "房间"),
        ("Name 姓名", "Name in passport 护照姓名", "Room 房间"),
        ("姓　名：", "护照 姓名", " 房 间 *"),
        ("NAME (Chinese)", "ＮＡＭＥ in passport", "Room (新)"),
        ("姓名(必填)", "护照姓名（拼音）", "房号"),
        ("姓名/Name", "护照姓名/Name in passport", "房间号"),
    ],
)
def test_headings_are_known_in_either_language_and_in_any_order(name: str, passport_name: str, room: str) -> None:
    heading = found([room, passport_name, name], ["201", "LI NA", "李娜"])
    assert heading.mapping == {"room": 0, "passport_name": 1, "name": 2}
    assert (heading.unknown, heading.missing) == ([], [])


def test_a_passport_name_alone_is_not_taken_for_the_name() -> None:
    heading = found(["护照姓名", "房间"], ["LI NA", "201"])
    assert heading.mapping == {"passport_name": 0, "room": 1}
    assert heading.missing == ["name"]


def test_a_heading_that_equals_the_label_comes_before_one_with_something_in_brackets() -> None:
    heading = found(["姓名（英文）", "姓名", "房间"], ["LI NA", "李娜", "201"])
    assert heading.mapping == {"name": 1, "room": 2}
    assert heading.unknown == [(0, "姓名(英文)")]


def test_a_label_only_contained_in_a_heading_is_marked_as_a_guess() -> None:
    heading = found(["姓名", "房间", "本人联系电话"], ["李娜", "201", "1"])
    assert heading.mapping["phone"] == 2
    assert heading.guessed == {"phone"}


def test_a_heading_that_holds_two_labels_goes_to_the_longer_one_or_to_nobody() -> None:
    heading = found(["姓名", "房间", "负责老师电话", "电话微信"], ["李娜", "201", "1", "2"])
    assert heading.mapping == {"name": 0, "room": 1, "responsible": 2}
    assert heading.guessed == {"responsible"}
    assert heading.unknown == [(3, "电话微信")]
    taken = found(["姓名", "房间", "负责老师", "负责老师电话"], ["李娜", "201", "王老师", "1"])
    assert taken.unknown == [(3, "负责老师电话")]


def test_two_columns_of_one_name_are_left_to_be_mapped_by_hand() -> None:
    rows = (["姓名", "房间", "电话", "电话"], ["李娜", "201", "1", "2"])
    heading = found(*rows)
    assert heading.mapping == {"name": 0, "room": 1}
    assert heading.unknown == [(2, "电话"), (3, "电话")]
    by_hand = found(*rows, mapping={3: "phone", 2: ""})
    assert by_hand.mapping == {"name": 0, "room": 1, "phone": 3}
    assert by_hand.unknown == []


def test_a_doubled_required_column_is_missing_and_not_sought_elsewhere() -> None:
    heading = found(["姓名", "姓名", "学生姓名", "房间", "电话"], ["a", "b", "c", "d", "e"])
    assert heading.missing == ["name"]
    assert [index for index, _text in heading.unknown] == [0, 1, 2]


def test_a_mapping_made_by_hand_comes_before_the_labels() -> None:
    heading = found(["姓名", "房间", "曾用名"], ["李娜", "201", "李小娜"], mapping={2: "name"})
    assert heading.mapping == {"name": 2, "room": 1}
    assert heading.unknown == [(0, "姓名")]


def test_a_mapping_by_hand_keeps_the_heading_where_it_was_found() -> None:
    rows = (["台账"], [], ["姓名", "房间", "说明"], ["李娜", "201", "x"])
    assert found(*rows).row == 3
    assert found(*rows, mapping={0: "name", 1: "room", 2: "phone"}).row == 3


def test_headings_in_a_language_we_do_not_know_can_be_mapped_by_hand() -> None:
    rows = (["Список"], ["Имя", "Комната"], ["Анна", "201"])
    assert find_headings(table(*rows), ALL) is None
    asked = found(*rows, mapping={})
    assert (asked.row, asked.unknown, asked.missing) == (2, [(0, "Имя"), (1, "Комната")], ["name", "room"])
    assert found(*rows, mapping={0: "name", 1: "room"}).mapping == {"name": 0, "room": 1}


def test_one_key_for_two_columns_is_refused() -> None:
    with pytest.raises(UnreadableTable) as caught:
        found(["姓名", "房间"], ["a", "b"], mapping={0: "name", 1: "name"})
    assert caught.value.code == "mapped-twice"


def test_a_heading_over_two_rows_is_read_as_one() -> None:
    heading = found(
        ["台账", None, None, None],
        ["姓名", "房间", "联系方式", None],
        [None, None, "电话", "微信"],
        ["李娜", "201", "1", "wx"],
    )
    assert (heading.row, heading.mapping) == (3, {"name": 0, "room": 1, "phone": 2, "wechat": 3})


def test_a_heading_with_one_language_a_row_ends_below_the_second() -> None:
    heading = found(["姓名", "房间", "电话"], ["Name", "Room", "Phone"], ["李娜", "201", "x"])
    assert (heading.row, heading.mapping) == (2, {"name": 0, "room": 1, "phone": 2})


def test_the_first_person_is_not_taken_for_a_second_row_of_headings() -> None:
    heading = found(["姓名", "房间"], ["李娜", "东房"], ["王芳", "西房"])
    assert heading.row == 1


@pytest.mark.parametrize("rows", [[], [["a", "b"]], [["姓名"]], [["姓名", "x"], ["李娜", "y"]], [[1, 2], [3, 4]]])
def test_another_kind_of_table_is_not_recognised(rows: list[list[Any]]) -> None:
    assert find_headings(table(*rows), ALL) is None


def test_an_empty_table_has_no_heading_even_by_hand() -> None:
    assert find_headings(table(), ALL, mapping={0: "name"}) is None


def test_a_column_the_table_does_not_have_reads_as_blank() -> None:
    heading = found(["姓名", "房间"], ["李娜", "201"])
    cell = heading.cell(table(["李娜"]).rows[0], "wechat")
    assert (cell.blank, cell.column) == (True, "")


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "48人"], ["合　计"], [None, "总计：", 48], ["小计"], ["共48人"], ["共计 48"], ["Total", 48],
        ["TOTAL: 48"], ["Subtotal"], ["合计 Total"], ["Grand total"], ["总人数", 48],
    ],
)  # fmt: skip
def test_a_row_that_sums_up_is_a_totals_row(row: list[Any]) -> None:
    assert is_totals(table(row).rows[0])


@pytest.mark.parametrize("row", [["共青团"], ["Totalova Anna"], ["李娜", "合计"], [48], ["总务处"], ["1", "总计"]])
def test_a_record_is_no_totals_row(row: list[Any]) -> None:
    assert not is_totals(table(row).rows[0])


@pytest.mark.parametrize(
    "row", [["制表人：", "李娜"], ["审核 ："], ["注：以上信息截至2月"], [None, "填报单位:留学生部"]]
)
def test_the_foot_of_a_form_is_no_record(row: list[Any]) -> None:
    assert list(rows_under(table(["姓名", "房间"], row), found(["姓名", "房间"]))) == []


@pytest.mark.parametrize("row", [["注册处", "201"], ["审核"], ["Note", "201"]])
def test_a_name_like_a_foot_is_a_record(row: list[Any]) -> None:
    assert len(list(rows_under(table(["姓名", "房间"], row), found(["姓名", "房间"])))) == 1


def test_a_row_that_says_nothing_we_know_is_no_record() -> None:
    heading = found(["序号", "姓名", "房间"])
    rows = table(["序号", "姓名", "房间"], [1, "李娜", 201], [2], [3, None, 202]).rows
    assert [row.number for row in rows_under(Table("名单", rows), heading)] == [2, 4]


@pytest.mark.parametrize(("language", "title"), [("en", "name in passport"), ("zh-hans", "护照姓名")])
def test_a_column_is_called_as_the_page_speaks(language: str, title: str) -> None:
    with translation.override(language):
        assert PASSPORT_NAME.title == title
