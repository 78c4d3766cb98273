"""The sheet of a handover as it is read, on the screen and on paper alike: what changed, what is open, the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observation.handing_over.gathering import Draft, gather
from observation.handing_over.telling import Said, tell
from observation.handing_over.writing import overlaid
from observation.models import Handover, HandoverLine, HandoverState, Section, Severity, Shift
from rooms.models import Building

CHANGED, OPEN, REST = "changed", "open", "rest"
TITLES = {
    CHANGED: gettext_lazy("What changed"),
    OPEN: gettext_lazy("Still open"),
    REST: gettext_lazy("The rest, unchanged"),
}


@dataclass(frozen=True)
class Part:
    """The lines of one section of I-PASS."""

    letter: str
    title: str
    lines: list[Said]


@dataclass(frozen=True)
class Group:
    """What is read together; the rest is folded on a screen."""

    key: str
    title: str
    parts: list[Part]
    count: int

    @property
    def folded(self) -> bool:
        """Whether it opens only when it is asked for."""
        return self.key == REST


@dataclass(frozen=True)
class Sheet:
    """A handover, or the draft that would be written now when nobody has begun it."""

    building: Building
    shift: Shift
    handover: Handover | None
    at: datetime
    figures: dict[str, Any]
    groups: list[Group]
    lines: list[Said]

    @property
    def top(self) -> list[Said]:
        """What is to be restated."""
        return [said for said in self.lines if said.line.top]

    @property
    def severity(self) -> Severity:
        """How the site stands as a whole."""
        return Severity(self.handover.severity) if self.handover else Severity.STABLE

    @property
    def census(self) -> str:
        """Who lived here, came, left and lives here now."""
        words = [_("%(before)d + %(came)d came − %(left)d left = %(now)d here now") % _numbers(self.figures)]
        if self.figures.get("expected"):
            words.append(_("%(expected)d expected") % _numbers(self.figures))
        if self.figures.get("at_hospital"):
            words.append(_("%(at_hospital)d in hospital") % _numbers(self.figures))
        return " · ".join(words)

    @property
    def counts(self) -> list[tuple[int, str]]:
        """What the head counts."""
        labels = {
            "alerts": _("open alerts"),
            "late": _("late checks"),
            "requests": _("open requests"),
            "incidents": _("open incidents"),
            "points": _("open points"),
        }
        return [(int(self.figures.get(key, 0)), label) for key, label in labels.items()]


def sheet_of(handover: Handover, *, now: datetime | None = None) -> Sheet:
    """The sheet of a handover: as it was signed, or, while it is written, as the data says it now."""
    now = now or timezone.now()
    if handover.state == HandoverState.DRAFT:
        draft = gather(handover.shift, now)
        return _sheet(handover.shift, handover, now, Draft(draft.figures, overlaid(handover, draft)))
    lines = list(handover.lines.order_by("position", "pk"))
    return _sheet(handover.shift, handover, handover.written_at or now, Draft(handover.figures, lines))


def preview_of(shift: Shift, *, now: datetime | None = None) -> Sheet:
    """What the draft would say now."""
    now = now or timezone.now()
    return _sheet(shift, None, now, gather(shift, now))


def news_since(handover: Handover, *, now: datetime) -> list[Said]:
    """What needs attention and came up after the signature: it is not in what the receiver signs for."""
    stands = set(handover.lines.values_list("key", flat=True))
    lines = [line for line in gather(handover.shift, now).lines if line.attention and line.key not in stands]
    return tell(lines, building=handover.building, at=now)


def _sheet(shift: Shift, handover: Handover | None, at: datetime, draft: Draft) -> Sheet:
    building = shift.building
    said = tell(draft.lines, building=building, at=at)
    return Sheet(building, shift, handover, at, draft.figures, grouped(said), said)


def grouped(said: Iterable[Said]) -> list[Group]:
    """What changed first, then what is still open and needs attention, then the rest; within each by section."""
    found: dict[str, list[Said]] = {CHANGED: [], OPEN: [], REST: []}
    for one in said:
        found[group_of(one.line)].append(one)
    return [
        Group(key, str(TITLES[key]), [_part(section, list(lines)) for section, lines in _by_section(some)], len(some))
        for key, some in found.items()
        if some
    ]


def group_of(line: HandoverLine) -> str:
    """Which group a line is read in."""
    if line.fresh:
        return CHANGED
    return OPEN if line.attention else REST


def _by_section(said: list[Said]) -> Iterable[tuple[str, Iterable[Said]]]:
    order = Section.values
    return groupby(sorted(said, key=lambda one: order.index(one.line.section)), key=lambda one: one.line.section)


def _part(section: str, lines: list[Said]) -> Part:
    return Part(lines[0].letter, str(Section(section).label), lines)


def _numbers(figures: dict[str, Any]) -> dict[str, int]:
    names = ("before", "came", "left", "now", "expected", "at_hospital")
    return {name: int(figures.get(name, 0)) for name in names}
