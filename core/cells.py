"""Reading one cell as text, number, time or one of some words; every complaint says where the cell stands."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from core.tables_in import Cell, Value
from core.text import fold, in_language, listed, loose_parts, parts, tidy, unpadded

T = TypeVar("T")

# Beyond these a spreadsheet's number has lost its last digits.
_EXACT = 10**15
_SHORTENED = re.compile(r"[+-]?\d([.,]\d+)?E\+\d{2,3}", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(\.0*)?")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_MOMENT = re.compile(
    r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?"
    r"(?:[ T]?(\d{1,2}) ?[:时点] ?(?:(\d{1,2}) ?(?:[:分] ?(?:(\d{1,2})秒?)?)?)?)?",
    re.ASCII,
)
_LARGEST = 2**31 - 1


class CellProblem(ValueError):  # noqa: N818 - the office's slip, to be shown beside the cell
    """A cell cannot be read as what its column is; `message` says what to do, `str()` also where."""

    def __init__(self, cell: Cell, message: str) -> None:
        super().__init__(message)
        self.cell = cell
        self.message = message

    def __str__(self) -> str:
        return f"{where(self.cell)}: {self.message}"


def where(cell: Cell) -> str:
    """The cell's place in the office's file, in words: "Sheet 名单, row 12, column I"."""
    place = {"sheet": cell.sheet, "row": cell.row, "column": cell.column}
    if not cell.column:
        return _("Sheet %(sheet)s, row %(row)s") % place
    return _("Sheet %(sheet)s, row %(row)s, column %(column)s") % place


def text(cell: Cell) -> str:
    """The words in the cell, tidied; "" when blank. Numbers without exponent or ".0", times as 2020-02-10 08:00.

    Raises CellProblem for a formula, and for numbers that a spreadsheet has shortened.
    """
    match _value(cell):
        case None:
            return ""
        case str() as value:
            if _SHORTENED.fullmatch(fold(value)):
                raise _shortened(cell)
            return tidy(value)
        case bool() as value:
            return "TRUE" if value else "FALSE"
        case int() | float() as value:
            if abs(value) >= _EXACT:
                raise _shortened(cell)
            return f"{value:.15g}" if isinstance(value, float) else str(value)
        case datetime() as value:
            return f"{value:%Y-%m-%d %H:%M}"
        case date() as value:
            return value.isoformat()
        case time() as value:
            return f"{value:%H:%M}"
        case timedelta() as value:
            return str(value)


def name(cell: Cell) -> str:
    """As `text`, for people: without the spaces that line Chinese names up."""
    return unpadded(text(cell))


def folded(cell: Cell) -> str:
    """As `text`, for codes and numbers of all kinds: full-width letters and digits become plain ones."""
    return fold(text(cell))


def stripped(cell: Cell, suffixes: Sequence[str]) -> str:
    """As `folded`, without the first of `suffixes` it ends with: "２１０ 室" is "210"."""
    whole = folded(cell)
    for suffix in suffixes:
        bare = whole.removesuffix(suffix).rstrip()
        if bare and bare != whole:
            return bare
    return whole


def integer(cell: Cell, *, least: int = -_LARGEST, most: int = _LARGEST, suffixes: Sequence[str] = ()) -> int | None:
    """The whole number in the cell, typed as number or as text, None when blank; raises CellProblem.

    One of `suffixes` may stand behind it: "2层" is 2.
    """
    value = _value(cell)
    if value is None:
        return None
    written = "" if isinstance(value, bool) else stripped(cell, suffixes)
    if not _WHOLE.fullmatch(written):
        raise CellProblem(cell, _("Type a whole number instead of “%(text)s”.") % {"text": text(cell)})
    number = int(written.partition(".")[0])
    if not least <= number <= most:
        raise CellProblem(cell, _("Type a number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return number


def number(cell: Cell, *, suffixes: Sequence[str] = ()) -> Decimal | None:
    """The number in the cell, typed as number or as text with a point, None when blank; raises CellProblem.

    One of `suffixes` may stand behind it: "18.5㎡" is 18.5.
    """
    value = _value(cell)
    if value is None:
        return None
    written = "" if isinstance(value, bool) else stripped(cell, suffixes)
    if not _DECIMAL.fullmatch(written):
        raise CellProblem(cell, _("Type a number instead of “%(text)s”.") % {"text": text(cell)})
    return Decimal(written)


def moment(cell: Cell, zone: tzinfo) -> datetime | None:
    """The time in the cell, read in `zone` unless it names an offset; a date alone is its midnight; None when blank.

    Reads a spreadsheet's dates, ISO 8601 and year-first writings such as 2020/2/10 8:00 and 2020年2月10日8时.
    Raises CellProblem for anything else, day-first dates among it: nobody can tell 10/02 from 02/10.
    """
    value = _value(cell)
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    elif isinstance(value, str):
        value = _moment_in(fold(value))
    if not isinstance(value, datetime) or not 1900 <= value.year < 2200:
        raise CellProblem(
            cell, _("Type the date and time as 2020-02-10 08:00 instead of “%(text)s”.") % {"text": text(cell)}
        )
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _moment_in(written: str) -> datetime | None:
    match = _MOMENT.fullmatch(written)
    try:
        if match is None:
            return datetime.fromisoformat(written)
        year, month, day, hour, minute, second = (int(group or 0) for group in match.groups())
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller gives it the zone
    except ValueError:
        return None


def one_of(cell: Cell, words: Mapping[T, Sequence[str]]) -> T | None:
    """The key of which one of the words stands in the cell, in either language or both; None when blank.

    "污染区 contaminated", "污染区" and "Contaminated" are the same. Raises CellProblem for other words, and for words
    of two keys at once.
    """
    said = text(cell)
    if not said:
        return None
    for found in (parts(said), loose_parts(said)):
        keys = [key for key, known in words.items() if any(not found.isdisjoint(parts(word)) for word in known)]
        if len(keys) == 1:
            return keys[0]
        if keys:
            break
    choice = listed(in_language(known) for known in words.values())
    raise CellProblem(cell, _("Choose one of %(words)s instead of “%(text)s”.") % {"words": choice, "text": said})


def _value(cell: Cell) -> Value:
    if cell.computed:
        raise CellProblem(cell, _("The cell holds a formula or an error; type the value itself."))
    return cell.value


def _shortened(cell: Cell) -> CellProblem:
    return CellProblem(
        cell, _("The spreadsheet has shortened this number; format the cell as text and type all its digits.")
    )
