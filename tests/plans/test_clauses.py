"""The long texts stand in both languages, clause for clause."""

import re
from collections import Counter

import pytest

from plans.clauses import LANGUAGES
from plans.relocation.clauses import ANNEXES, FORMS, SECTIONS, clauses


def shape(line):
    """What must be equal in both languages: the mark, the block, the number of cells or rows."""
    fixed = line.text if line.mark in {"@", "~"} else len(line.cells)
    return line.mark, fixed


def figures(text):
    return Counter(re.findall(r"\{\w+\}", text))


def test_both_languages_hold_the_same_clauses_line_for_line():
    chinese, english = clauses("zh-hans"), clauses("en")
    assert list(chinese) == list(english)
    for key in chinese:
        ours, theirs = chinese[key], english[key]
        assert [shape(line) for line in ours.lines] == [shape(line) for line in theirs.lines], key
        assert figures(ours.heading) == figures(theirs.heading), key
        for one, other in zip(ours.lines, theirs.lines, strict=True):
            assert set(figures(one.text)) == set(figures(other.text)), (key, one.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_annex_and_form_has_a_heading(language):
    assert all(clauses(language)[key].heading for key in ("title", *SECTIONS, *ANNEXES, *FORMS))


def test_chinese_is_set_with_full_width_marks():
    for clause in clauses("zh-hans").values():
        for text in (clause.heading, *(line.text for line in clause.lines)):
            assert not re.search(r"[\u4e00-\u9fff][,;:()?!]", text), text
