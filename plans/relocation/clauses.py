"""The relocation plan's long texts, in the files of `wording/`; plans.clauses says how they are read."""

from collections.abc import Mapping
from pathlib import Path

from plans.clauses import Wording, read

WORDING = Path(__file__).parent / "wording"
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


def clauses(language: str) -> Mapping[str, Wording]:
    """Every clause of one language, by key."""
    return read(WORDING, language)
