"""Text from outside: what may be kept, what two spellings of the same word have in common, and how names sort."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

# PostgreSQL keeps no NUL, neither database a lone surrogate, and XML none of the other controls.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# Come along unseen when text is copied from a chat or a web page: zero width, soft hyphen, direction marks.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Han with its punctuation, kana, and the supplementary ideographs; Hangul is written with spaces like Latin.
_HAN = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAS_HAN = re.compile(f"[{_HAN}]")
_SPACE_IN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_SCRIPT_RUN = re.compile(f"[{_HAN}]+|[^{_HAN}]+")
_BETWEEN_LANGUAGES = re.compile(r"[\n\r/|]")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_DIGITS = re.compile(r"([0-9]+)")
DAYS = {"zh-hans": "Y年n月j日", "ar": "j F Y"}
# Offices end a heading with a colon and mark required ones with a star.
_EDGES = " *:.。,、"


class UntrustedText(ValueError):  # noqa: N818 - names the text, like Refused names the act
    """Text holds NUL, another control character or a lone surrogate; no database of ours keeps it."""


def clean(text: str) -> str:
    """The same text, unchanged.

    Raises UntrustedText when it holds a C0 control other than tab, line feed and carriage return, or a lone surrogate.
    """
    if _FORBIDDEN.search(text):
        raise UntrustedText(_("The text contains characters that cannot be kept."))
    return text


def tidy(text: str) -> str:
    """The words as written: composed (NFC), unseen characters removed, every run of whitespace one space, stripped."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def unpadded(text: str) -> str:
    """A name without the spaces an office puts between Chinese characters to line names up: "张　三" is "张三"."""
    return _SPACE_IN_HAN.sub("", tidy(text))


def fold(text: str) -> str:
    """For codes and comparing: as `tidy`, and full-width letters, digits and brackets become plain ones (NFKC)."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)).split())


def in_two(chinese: str, english: str) -> str:
    """Of a name kept in Chinese and, perhaps, in English: the one for the reader's language."""
    return chinese if not english or (get_language() or "").startswith("zh") else english


def day_words(day: date) -> str:
    """A day as the reader writes it, the same as pages write moments: 27 Nov 2026, 2026年11月27日."""
    return date_format(day, DAYS.get(get_language() or "", "j M Y"), use_l10n=False)


class NamedInTwo:
    """What has a name in Chinese and, perhaps, one in English, and shows itself in the reader's language."""

    name: Any
    name_en: Any

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name in the reader's language where it is known."""
        return in_two(self.name, self.name_en)


def listed(words: Iterable[object]) -> str:
    """Several words in a row, with the comma of the reader's language between them."""
    return pgettext("between the words of a list", ", ").join(str(word) for word in words)


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts "A2" before "A10" and knows neither case nor width."""
    key: list[tuple[int, int, str]] = []
    for piece in _DIGITS.split(fold(text).casefold()):
        if piece.isdecimal() and piece.isascii():
            digits = piece.lstrip("0")
            # Compared by length first, because int() refuses very long numbers.
            key.append((0, len(digits), digits))
        elif piece:
            key.append((1, 0, piece))
    return tuple(key)


def in_language(words: Sequence[str]) -> str:
    """The first of a thing's names that suits the page: one in Chinese on a Chinese page, else one without."""
    chinese = (get_language() or "").startswith("zh")
    return next((word for word in words if bool(_HAS_HAN.search(word)) == chinese), words[0])


# Lists say the same few words in thousands of cells.
@lru_cache(maxsize=4096)
def parts(text: str) -> frozenset[str]:
    """The whole and each language part of a text that says one thing in two languages, folded, without case.

    "姓名\\nName (Chinese)" gives "姓名" and "name (chinese)" beside the whole; "平面x plan x" "平面x" and "plan x".
    """
    found = {_same(text)}
    for line in _BETWEEN_LANGUAGES.split(text):
        words = fold(line).split()
        found.add(_same(line))
        found.add(_same(" ".join(word for word in words if _HAS_HAN.search(word))))
        found.add(_same(" ".join(word for word in words if not _HAS_HAN.search(word))))
    return frozenset(found - {""})


@lru_cache(maxsize=4096)
def loose_parts(text: str) -> frozenset[str]:
    """As `parts`, and each again without what stands in brackets and cut where the script changes.

    "姓名(Name)" and "姓名Name" give "姓名"; the latter gives "name" too.
    """
    found = set(parts(text))
    for part in parts(text):
        bare = _BRACKETED.sub(" ", part)
        found.add(_same(bare))
        found.update(_same(run) for run in _SCRIPT_RUN.findall(bare))
    return frozenset(found - {""})


def contains(text: str, words: str) -> bool:
    """Whether `text` holds `words`: Latin as whole words, Han anywhere but never a single character."""
    inner, outer = _same(words), _same(text)
    if _HAS_HAN.search(inner):
        return len(inner) > 1 and inner in outer
    letter = rf"[^\W_{_HAN}]"
    return bool(inner) and re.search(f"(?<!{letter}){re.escape(inner)}(?!{letter})", outer) is not None


def _same(text: str) -> str:
    """What is left of a heading when case, width, spacing between characters and marks at its ends are forgotten."""
    return _SPACE_IN_HAN.sub("", fold(text).casefold()).strip(_EDGES)
