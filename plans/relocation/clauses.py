"""The plan's long texts, in Chinese and English side by side: `wording/zh-hans.txt` and `wording/en.txt`.

They are written, not translated string by string, since each is a formal document of its own; both files hold the same
clauses line for line (a test compares them), so that a later editor can show them in pairs. A file is read as follows:
`= key: heading` begins a clause; `# ` is a sub-heading, `- ` a numbered item, `@name` a block from live data, `| a | b`
a row of a table (its first row the heads, each with its width in percent, if it has one), `? a | b` fields to fill in,
`~ n` n blank rows, `> ` a box to write in, `! a | b` signatures; any other line is a paragraph. `{name}` is a figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDING = Path(__file__).parent / "wording"
LANGUAGES = ("zh-hans", "en")
SECTIONS = (
    "purpose",
    "organisation",
    "consent",
    "timetable",
    "floors",
    "storage",
    "materials",
    "procedure",
    "roommates",
    "valuables",
    "special",
    "objections",
    "emergency",
)
ANNEXES = ("annex-roster", "annex-rooms", "annex-forms")
FORMS = ("form.record", "form.handover", "form.override")
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
class Clause:
    """A heading and the lines under it."""

    key: str
    heading: str
    lines: tuple[Line, ...]


@cache
def clauses(language: str) -> Mapping[str, Clause]:
    """Every clause of one language, by key."""
    found: dict[str, Clause] = {}
    for part in f"\n{(WORDING / f'{language}.txt').read_text(encoding='utf-8')}".split("\n= ")[1:]:
        head, *lines = part.strip().splitlines()
        key, _colon, heading = head.partition(":")
        found[key] = Clause(key, heading.strip(), tuple(_line(line) for line in lines if line.strip()))
    return found


def _line(line: str) -> Line:
    if line[0] in MARKS:
        return Line(line[0], line[1:].strip())
    return Line("", line.strip())
