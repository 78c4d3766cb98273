"""The draft of a handover, written from the shift's data: every open matter, and what happened since the last one.

The rows are asked for in a constant number of questions, however many there are. Nothing is stored here: the page of a
shift that is under way shows the draft as it would be written now, and the signature writes it down.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from observation.duty.holding import next_shift
from observation.handing_over.matters import FIRST_LOOKS_BACK, GRACE, Matter, Window, iso
from observation.handing_over.of_house import house
from observation.handing_over.of_people import people
from observation.models import Handover, HandoverLine, Shift
from rooms.models import Building

# So many lines are offered to be restated, the gravest first, until the giver chooses others.
MOST_TOP = 5


@dataclass(frozen=True)
class Draft:
    """What the data says of the shift at a moment: figures, and lines that are not stored."""

    figures: dict[str, Any]
    lines: list[HandoverLine]


def gather(shift: Shift, at: datetime) -> Draft:
    """The draft of the handover of `shift` as of `at`."""
    building = shift.building
    last = last_acknowledged(building)
    before = {line.key: line for line in last.lines.all()} if last else {}
    began = shift.began_at or shift.starts_at
    window = Window(
        since=last.written_at if last and last.written_at else began,
        at=at,
        told=before.keys(),
        grace=GRACE if last else FIRST_LOOKS_BACK,
    )
    overdue = timedelta(hours=settings.HANDOVER_OVERDUE_HOURS)
    following = next_shift(shift)
    until = (following.ends_at if following else at + timedelta(hours=12)).astimezone(ZoneInfo(building.time_zone))
    matters, census = people(building, window, until=until.date(), overdue=overdue)
    matters += house(building, window, following=following, overdue=overdue)
    lines = lines_of(matters, before)
    figures = {"since": iso(window.since), **census, **counted(matters)}
    return Draft(figures, lines)


def last_acknowledged(building: Building) -> Handover | None:
    """The handover before: the newest that both have signed."""
    done = Handover.objects.in_building(building).filter(acknowledged_at__isnull=False)
    return done.prefetch_related("lines").order_by("-acknowledged_at", "-pk").first()


def lines_of(matters: list[Matter], before: dict[str, HandoverLine]) -> list[HandoverLine]:
    """The lines in their order, each with its age in shifts and whether it is new or has changed."""
    found = []
    for position, matter in enumerate(sorted(matters, key=lambda one: one.place)):
        known = before.get(matter.key)
        found.append(
            HandoverLine(
                key=matter.key,
                section=matter.section,
                kind=matter.kind,
                told={**matter.told, "open": matter.open},
                position=position,
                attention=matter.attention,
                fresh=known is None or known.told != {**matter.told, "open": matter.open},
                age=known.age + 1 if known is not None else 0,
            )
        )
    for line in [one for one in found if one.attention][:MOST_TOP]:
        line.top = True
    return found


def counted(matters: list[Matter]) -> dict[str, int]:
    """How many open matters of the kinds that the head of the sheet counts."""
    kinds = {"alerts": "alert", "late": "late", "requests": "request", "incidents": "incident", "points": "point"}
    return {name: sum(one.kind == kind and one.open for one in matters) for name, kind in kinds.items()}
