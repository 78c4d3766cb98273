"""Whom and what the lines of a handover point at, fetched at once: one question a kind, however many lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from inventory.models import Item
from observation.models import (
    Alert,
    CareNote,
    DutyChange,
    EndChange,
    HandoverLine,
    HospitalTransfer,
    LogEntry,
    Occupant,
    Point,
    Post,
    Request,
    Shift,
)
from people.models import Person, User
from rooms.models import Area, Incident, Supply

# Which reference of a line leads to which table; what a row needs beside itself.
TABLES: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "alert": (Alert, ()),
    "request": (Request, ()),
    "care": (CareNote, ()),
    "incident": (Incident, ()),
    "transfer": (HospitalTransfer, ()),
    "change": (DutyChange, ()),
    "note": (LogEntry, ("by",)),
    "point": (Point, ("occupant__person", "area", "opened_by", "closed_by")),
    "supply": (Supply, ()),
    "post": (Post, ()),
    "shift": (Shift, ("pattern",)),
    "item": (Item, ()),
    "area": (Area, ()),
    "occupant": (Occupant, ("person",)),
    "taken_by": (User, ()),
}
PEOPLE = ("responsible", "before", "after")


@dataclass
class Names:
    """The rows behind the references, by the reference's name."""

    rows: dict[str, dict[int, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[HandoverLine]) -> "Names":
        """Everything that these lines point at."""
        asked: dict[str, set[int]] = {}
        for line in lines:
            for name, value in line.told.items():
                # The end of a stay and the roster both have changes.
                table = "end" if line.kind == "end" and name == "change" else name
                if isinstance(value, int) and not isinstance(value, bool) and (name in TABLES or name in PEOPLE):
                    asked.setdefault("person" if name in PEOPLE else table, set()).add(value)
            asked.setdefault("supply", set()).update(line.told.get("supplies", ()))
        tables: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
            **TABLES,
            "person": (Person, ()),
            "end": (EndChange, ()),
        }
        found = cls()
        for name, pks in asked.items():
            if pks:
                model, beside = tables[name]
                rows = model._default_manager.select_related(*beside) if beside else model._default_manager
                found.rows[name] = rows.in_bulk(pks)
        return found

    def row(self, name: str, line: HandoverLine) -> Any:
        """What the line points at under `name`; None when it is no longer there."""
        return self.rows.get("end" if line.kind == "end" and name == "change" else name, {}).get(line.told.get(name))

    def person(self, pk: int | None) -> str:
        """Somebody's name; a dash where nobody is named or who was named is erased."""
        person = self.rows.get("person", {}).get(pk) if pk else None
        return person.name if person else "—"

    def occupant(self, line: HandoverLine) -> str:
        """Room and name of the occupant a line is about."""
        occupant = self.row("occupant", line)
        return " · ".join(filter(None, [str(line.told.get("room") or ""), occupant.person.name if occupant else ""]))
