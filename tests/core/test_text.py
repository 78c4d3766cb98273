"""What text may be kept, and when two spellings are the same word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import UntrustedText, clean, contains, fold, loose_parts, natural_key, parts, tidy


@pytest.mark.parametrize("bad", ["\x00", "a\x00b", "\ud800", "x\udfff", "\x1b[31m", "\x0b", "\x0c", "\x08", "\x1f"])
def test_text_no_database_keeps_is_refused(bad: str) -> None:
    with pytest.raises(UntrustedText):
        clean(bad)


@pytest.mark.parametrize("good", ["", "a\tb\r\nc", "李娜", "𠮷野家", "Lefèvre", "عربي", "👩‍⚕️", "\x7f", "\u0085"])
def test_all_other_text_passes_unchanged(good: str) -> None:
    assert clean(good) == good


@given(st.text())
def test_text_that_passes_can_be_written_as_utf_8(text: str) -> None:
    try:
        kept = clean(text)
    except UntrustedText:
        return
    assert kept.encode() == text.encode()


def test_folding_makes_full_width_plain_and_whitespace_single() -> None:
    assert fold("  ２０７　室\n（东） ") == "207 室 (东)"


def test_tidying_keeps_the_office_s_own_punctuation() -> None:
    assert tidy(" 冰箱里有药（胰岛素），\n易碎 ") == "冰箱里有药（胰岛素）， 易碎"


def test_characters_nobody_sees_are_dropped() -> None:
    assert tidy("\u202a+82 10\u202c\u200b") == "+82 10"
    assert fold("\ufeff201\u200e") == "201"


def test_composed_and_decomposed_names_are_the_same() -> None:
    assert tidy("LEFE\u0300VRE") == tidy("LEFÈVRE")


def test_names_sort_by_their_numbers() -> None:
    names = ["B1-A10", "210", "B1-A2", "９", "b1-a1", "21"]
    assert sorted(names, key=natural_key) == ["９", "21", "210", "b1-a1", "B1-A2", "B1-A10"]


def test_sorting_survives_numbers_of_any_length() -> None:
    assert natural_key("9" * 5_000) > natural_key("1" * 5_000) > natural_key("9")


@given(st.text(), st.text())
def test_any_two_names_can_be_sorted(one: str, other: str) -> None:
    assert sorted([natural_key(one), natural_key(other)])


@pytest.mark.parametrize(
    ("heading", "languages"),
    [
        ("姓名\nName (Chinese)", {"姓名", "name (chinese)", "姓名 name (chinese)"}),
        ("房间 room", {"房间", "room", "房间 room"}),
        ("Room 房间", {"房间", "room", "room 房间"}),
        ("平面x plan x", {"平面x", "plan x", "平面x plan x"}),
        ("姓　名：", {"姓名"}),
        ("性别/Sex *", {"性别", "sex", "性别/sex"}),
        ("ＲＯＯＭ", {"room"}),
        ("", set()),
    ],
)
def test_a_heading_in_two_languages_has_two_parts(heading: str, languages: set[str]) -> None:
    assert parts(heading) == languages


@pytest.mark.parametrize("heading", ["姓名(中文)", "姓名（必填）", "姓名Name", "姓名【必填】", "姓名[1]"])
def test_brackets_and_a_change_of_script_are_seen_through_loosely(heading: str) -> None:
    assert "姓名" not in parts(heading)
    assert "姓名" in loose_parts(heading)


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("联系电话", "电话", True),
        ("Mobile phone no.", "phone", True),
        ("Classroom", "room", False),
        ("房间room", "room", True),
        ("宽度", "宽", False),
        ("anything", "", False),
        ("Group a+b only", "a+b", True),
    ],
)
def test_latin_is_found_as_words_and_chinese_anywhere(text: str, words: str, *, held: bool) -> None:
    assert contains(text, words) is held
