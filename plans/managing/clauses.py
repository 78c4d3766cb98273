"""The management plan's texts: what it brings, and what a building has written instead.

A section is the clause of its own name and the clauses `section.…` after it, each under its heading. What people write
is plain text: an empty line ends a paragraph, a line that begins with "- " is an item, `{name}` is a live figure.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from core.records import require
from plans.clauses import Line, Wording, read

WORDING = Path(__file__).parent / "wording"
SECTIONS = (
    "purpose",
    "organisation",
    "zones",
    "duty",
    "admission",
    "rounds",
    "meals",
    "waste",
    "disinfection",
    "security",
    "deliveries",
    "transfer",
    "release",
    "handover",
    "emergency",
    "contacts",
)
ANNEXES = ("annex-roster", "annex-areas", "annex-rooms", "annex-forms")
LONGEST = 6000
REFERENCE = re.compile(r"\{([a-z_]+)\}")
WRITTEN = ("", "-")


def clauses(language: str) -> Mapping[str, Wording]:
    """Every clause of one language, by key."""
    return read(WORDING, language)


@cache
def keys_of(section: str) -> tuple[str, ...]:
    """The clauses of a section, in their order; its own first where it says anything."""
    return tuple(
        key
        for key, clause in clauses("en").items()
        if (key == section and clause.lines) or key.startswith(f"{section}.")
    )


def written(clause: Wording) -> str:
    """What the clause says as people write it, without its live blocks."""
    text = ""
    for line in clause.lines:
        if line.mark in WRITTEN:
            between = "\n" if line.mark and text.rpartition("\n")[2].startswith("- ") else "\n\n"
            text += (between if text else "") + (f"- {line.text}" if line.mark else line.text)
    return text


def lines_of(text: str) -> tuple[Line, ...]:
    """What somebody wrote, line by line as the plan prints it."""
    found: list[Line] = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        open_ = False
        for raw in part.split("\n"):
            line = raw.strip()
            if line.startswith("- "):
                found.append(Line("-", line[2:].strip()))
                open_ = True
            elif open_ and line:
                found[-1] = Line(found[-1].mark, _joined(found[-1].text, line))
            elif line:
                found.append(Line("", line))
                open_ = True
    return tuple(found)


def _joined(before: str, after: str) -> str:
    """Two lines of one paragraph; no space between Chinese ones."""
    chinese = before[-1:] > "\u2e7f" or after[:1] > "\u2e7f"
    return before + ("" if chinese else " ") + after


def references(lines: Iterable[Line]) -> set[str]:
    """The figures that the lines name."""
    return {name for line in lines for name in REFERENCE.findall(line.text)}


def require_known(text: str, known: Collection[str]) -> None:
    """Refused when the text names a figure that no plan has, or holds a brace that names none."""
    for name in re.findall(r"\{([^{}]*)\}", text):
        require(
            name in known,
            "unknown-reference",
            _("There is no figure {%(name)s}. Take one from the list beside the text.") % {"name": name[:40]},
        )
    require(
        not re.search(r"[{}]", REFERENCE.sub("", text)),
        "stray-brace",
        _("A brace stands only around the name of a figure, like {fever_from}."),
    )
