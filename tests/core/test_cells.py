"""Reading one cell; a complaint says where and what to do."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import cells
from core.cells import CellProblem
from core.tables_in import Cell

BEIJING = ZoneInfo("Asia/Shanghai")
ZONES = {"clean": ("清洁区", "clean"), "contaminated": ("污染区", "contaminated"), "yes": ("有", "是", "yes")}
READERS: dict[str, Callable[[Cell], object]] = {
    "text": cells.text,
    "folded": cells.folded,
    "stripped": lambda found: cells.stripped(found, ("室",)),
    "integer": cells.integer,
    "number": cells.number,
    "moment": lambda found: cells.moment(found, BEIJING),
    "one_of": lambda found: cells.one_of(found, ZONES),
}
VALUES = st.one_of(
    st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates(), st.times(), st.none()
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def cell(value: Any, *, computed: bool = False) -> Cell:
    return Cell(value, "名单", 12, 8, computed)


def problem(act: Callable[[], object]) -> CellProblem:
    with pytest.raises(CellProblem) as caught:
        act()
    return caught.value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("  金敏俊 \u3000 ", "金敏俊"),
        ("a\nb", "a b"),
        (201, "201"),
        (18.5, "18.5"),
        (0.1 + 0.2, "0.3"),
        (82109153547, "82109153547"),
        (999_999_999_999_999, "999999999999999"),
        (True, "TRUE"),
        (datetime.fromisoformat("2020-02-10 08:00"), "2020-02-10 08:00"),
        (date(2020, 2, 10), "2020-02-10"),
        (time(8, 30), "08:30"),
        (timedelta(hours=2), "2:00:00"),
    ],
)
def test_a_cell_reads_as_the_text_one_sees(value: Any, text: str) -> None:
    assert cells.text(cell(value)) == text


@pytest.mark.parametrize(
    "value", [110101199003071234, 1.10101199003071e17, -(10**15), "8.21092E+10", "1E+17", "１.1e+17"]
)
def test_a_number_that_lost_its_digits_is_refused(value: Any) -> None:
    assert problem(lambda: cells.text(cell(value))).message == (
        "The spreadsheet has shortened this number; format the cell as text and type all its digits."
    )


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("value", [None, 2, "x"])
def test_a_formula_is_refused_with_its_place(read: Callable[[Cell], object], value: Any) -> None:
    found = problem(lambda: read(cell(value, computed=True)))
    assert str(found) == ("Sheet 名单, row 12, column I: The cell holds a formula or an error; type the value itself.")
    assert found.cell.address == "I12"


def test_a_column_that_is_not_there_is_not_named() -> None:
    assert cells.where(Cell(None, "名单", 12, -1)) == "Sheet 名单, row 12"


@pytest.mark.parametrize(
    ("value", "room"),
    [
        ("210室", "210"),
        ("２１０　室 ", "210"),
        (210, "210"),
        ("210房", "210"),
        ("201", "201"),
        ("室", "室"),
        ("B1-室2", "B1-室2"),
        (None, ""),
    ],
)
def test_a_suffix_is_taken_off(value: Any, room: str) -> None:
    assert cells.stripped(cell(value), ("室", "房")) == room


@pytest.mark.parametrize(
    ("value", "number"),
    [(None, None), (2, 2), ("２", 2), (" 12 ", 12), ("2.0", 2), ("-3", -3), ("+3", 3), (0, 0), ("007", 7)],
)
def test_a_whole_number_is_read_however_it_was_typed(value: Any, number: int | None) -> None:
    assert cells.integer(cell(value)) == number


@pytest.mark.parametrize("value", ["two", "1,000", 1.5, True, date(2020, 2, 1), "2.5", "1 2", "٣"])
def test_anything_else_is_no_whole_number(value: Any) -> None:
    assert problem(lambda: cells.integer(cell(value))).message.startswith("Type a whole number instead of “")


@pytest.mark.parametrize("value", [0, 21, "-1", 2**31])
def test_a_whole_number_beyond_its_bounds_is_refused(value: Any) -> None:
    assert problem(lambda: cells.integer(cell(value), least=1, most=20)).message == "Type a number from 1 to 20."


def test_a_whole_number_is_never_larger_than_the_database_keeps() -> None:
    assert cells.integer(cell(2**31 - 1)) == 2**31 - 1
    problem(lambda: cells.integer(cell(2**31)))


@pytest.mark.parametrize(
    ("value", "number"), [(None, None), (18.5, "18.5"), ("１８.5", "18.5"), (14, "14"), ("-0.25", "-0.25")]
)
def test_a_number_is_read_exactly(value: Any, number: str | None) -> None:
    assert cells.number(cell(value)) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("value", ["18,5", "18.5m²", "NaN", "Infinity", float("nan"), "1e5", False])
def test_anything_else_is_no_number(value: Any) -> None:
    assert problem(lambda: cells.number(cell(value))).message.startswith("Type a number instead of “")


@pytest.mark.parametrize(
    "value",
    [
        datetime.fromisoformat("2020-02-10 08:00"),
        "2020-02-10 08:00",
        "2020-02-10T08:00:00",
        "2020/2/10 8:00",
        "2020.2.10 8:00",
        "２０２０年２月１０日　８：００",
        "2020年2月10日8时",
        "2020年2月10日 8点00分",
        "2020年2月10日8时0分0秒",
        "2020-02-10T00:00Z",
        "2020-02-10 09:00+09:00",
    ],
)
def test_a_time_is_read_in_the_site_s_zone_however_it_was_typed(value: Any) -> None:
    found = cells.moment(cell(value), BEIJING)
    assert found is not None
    assert found.astimezone(UTC) == datetime(2020, 2, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("value", [date(2020, 2, 10), "2020-02-10", "20200210", "2020年2月10日", "2020/2/10"])
def test_a_date_alone_is_its_midnight(value: Any) -> None:
    assert cells.moment(cell(value), BEIJING) == datetime(2020, 2, 10, tzinfo=BEIJING)


def test_no_time_is_none() -> None:
    assert cells.moment(cell(None), BEIJING) is None


@pytest.mark.parametrize(
    "value",
    [
        "10/02/2020",
        "2月10日",
        "2020-02-30",
        "2020-13-01",
        "soon",
        43871,
        43871.5,
        time(8),
        "1020-02-10",
        "2020-02-10 25:00",
    ],
)
def test_a_time_nobody_can_be_sure_of_is_refused(value: Any) -> None:
    found = problem(lambda: cells.moment(cell(value), BEIJING))
    assert found.message.startswith("Type the date and time as 2020-02-10 08:00 instead of “")


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("污染区 contaminated", "contaminated"),
        ("污染区", "contaminated"),
        ("Contaminated", "contaminated"),
        ("clean 清洁区", "clean"),
        ("污染区(planned)", "contaminated"),
        ("有 yes", "yes"),
        (None, None),
    ],
)
def test_a_word_is_known_in_either_language(value: Any, key: str | None) -> None:
    assert cells.one_of(cell(value), ZONES) == key


@pytest.mark.parametrize("value", ["半污染区", "clean 污染区", "没有", 3])
def test_an_unknown_or_contradictory_word_is_refused(value: Any) -> None:
    found = problem(lambda: cells.one_of(cell(value), ZONES))
    assert found.message == f"Choose one of clean, contaminated, yes instead of “{value}”."


def test_the_words_to_choose_from_are_those_of_the_page_s_language() -> None:
    with translation.override("zh-hans"):
        found = problem(lambda: cells.one_of(cell("?"), ZONES))
    assert ("清洁区" in found.message, "污染区" in found.message, "clean" in found.message) == (True, True, False)


@pytest.mark.parametrize(("value", "read"), [("2层", 2), ("２ 楼", 2), ("3F", 3), (4, 4), ("层", None), ("2号", None)])
def test_a_number_may_have_its_measure_behind_it(value: Any, read: int | None) -> None:
    if read is None:
        problem(lambda: cells.integer(cell(value), suffixes=("层", "楼", "F")))
    else:
        assert cells.integer(cell(value), suffixes=("层", "楼", "F")) == read


def test_a_length_may_have_its_measure_behind_it() -> None:
    assert cells.number(cell("１８.５ ㎡"), suffixes=("m2",)) == Decimal("18.5")


@pytest.mark.parametrize(
    ("value", "name"), [("张　三", "张三"), (" 欧阳 娜 娜 ", "欧阳娜娜"), ("Kim Min-jun", "Kim Min-jun"), (None, "")]
)
def test_a_name_is_read_without_the_spaces_that_line_it_up(value: Any, name: str) -> None:
    assert cells.name(cell(value)) == name


@given(VALUES)
def test_whatever_a_cell_holds_it_is_read_or_complained_about(value: Any) -> None:
    for read in READERS.values():
        try:
            read(cell(value))
        except CellProblem as found:
            said = str(found)
        else:
            continue
        assert said.startswith("Sheet 名单, row 12, column I: ")
