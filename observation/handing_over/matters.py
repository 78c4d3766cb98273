"""What a handover speaks of: a matter with a key of its own, as figures and references that any language can say."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from observation.models import Section

# An event whose row was saved a moment late is not lost between two handovers; what was told once is not told again.
GRACE = timedelta(minutes=10)
# Before the first handover there is no other one to have told it.
FIRST_LOOKS_BACK = timedelta(hours=24)
# The order of the kinds within a section.
KINDS = (
    *("alert", "fever"),
    *("hospital", "arrived", "moved", "released", "end"),
    *("late", "skipped", "care", "request", "point", "room", "expected", "leaving", "form"),
    *("incident", "note", "supply", "uncounted", "vacancy", "change", "objection"),
)


@dataclass(frozen=True)
class Window:
    """The time a handover speaks of: after the last one was written, until now."""

    since: datetime
    at: datetime
    told: Collection[str] = frozenset()
    grace: timedelta = GRACE

    @property
    def earliest(self) -> datetime:
        """From when on rows are looked at."""
        return self.since - self.grace

    def holds(self, moment: datetime | None, key: str) -> bool:
        """Whether what happened at `moment` belongs here and not to the handover before."""
        return moment is not None and (moment > self.since or (moment > self.earliest and key not in self.told))


@dataclass
class Matter:
    """One matter: `told` holds references and figures only, never a name, so that a person can be erased."""

    key: str
    kind: str
    section: str
    told: dict[str, Any] = field(default_factory=dict)
    attention: bool = False
    # Whether somebody still has to do something about it; what merely happened is told once.
    open: bool = True

    @property
    def place(self) -> tuple[int, bool, int, str, str]:
        """Where it stands in the handover: by section, what needs attention first, by kind, by room."""
        room = str(self.told.get("room") or "")
        return (
            Section.values.index(self.section),
            not self.attention,
            KINDS.index(self.kind),
            room.rjust(12),
            self.key,
        )


def iso(moment: datetime | None) -> str | None:
    """A moment as it is kept in a line."""
    return moment.astimezone(UTC).isoformat(timespec="minutes") if moment else None
