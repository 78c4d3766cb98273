"""The long texts of plans, in Chinese and English side by side: `wording/zh-hans.txt` and `wording/en.txt`.

They are written, not translated string by string, since each is a formal document of its own; both files hold the same
clauses line for line (a test compares them), so that the editor shows them in pairs. A file is read as follows:
`= key: heading` begins a clause; `# ` is a sub-heading, `- ` a numbered item, `@name` a block from live data, `| a | b`
a row of a table (its first row the heads, each with its width in percent, if it has one), `? a | b` fields to fill in,
`~ n` n blank rows, `> ` a box to write in, `! a | b` signatures; any other line is a paragraph. `{name}` is a figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("zh-hans", "en")
MARKS = "#-@|?~>!"


@dataclass(frozen=True)
class Line:
    """One line of a clause; `mark` is one of MARKS, or empty for a paragraph."""

    mark: str
    text: str

    @property
    def cells(self) -> list[str]:
        """The line's parts between upright bars."""
        return [cell.strip() for cell in self.text.split("|")]


@dataclass(frozen=True)
class Wording:
    """A clause as it is written: a heading and the lines under it."""

    key: str
    heading: str
    lines: tuple[Line, ...]


@cache
def read(folder: Path, language: str) -> Mapping[str, Wording]:
    """Every clause of one plan in one language, by key."""
    found: dict[str, Wording] = {}
    for part in f"\n{(folder / f'{language}.txt').read_text(encoding='utf-8')}".split("\n= ")[1:]:
        head, *lines = part.strip().splitlines()
        key, _colon, heading = head.partition(":")
        found[key] = Wording(key, heading.strip(), tuple(_line(line) for line in lines if line.strip()))
    return found


def _line(line: str) -> Line:
    if line[0] in MARKS:
        return Line(line[0], line[1:].strip())
    return Line("", line.strip())
