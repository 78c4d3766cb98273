"""The timeline of a record: who changed what, when and why, with old and new values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import Record

_QUIET = {"id", "entered_at", "code"}


@dataclass(frozen=True)
class Change:
    """One field's old and new value, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    by: str
    what: str
    why: str = ""
    changes: list[Change] = field(default_factory=list)
    attention: bool = False


def timeline_of(
    records: Iterable[Record], *, more: Iterable[Entry] = (), masked: frozenset[str] = frozenset(), nobody: str = ""
) -> list[Entry]:
    """The history of several records and `more` entries beside them, newest first.

    Fields named in `masked` show that they changed and not their values. `nobody` names the author of changes made
    without a log-in (a student through their own link, a command).
    """
    entries = list(more)
    for record in records:
        entries += _entries(record, masked, nobody or _("the system"))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _entries(record: Record, masked: frozenset[str], nobody: str) -> list[Entry]:
    rows = list(record.history.select_related("history_user").order_by("history_date", "history_id"))
    names = _Names(rows)
    found: list[Entry] = []
    before: Any = None
    for row in rows:
        changes = [] if before is None else _changes(before, row, masked, names)
        if before is None or changes:
            noun = str(record._meta.verbose_name)
            what = _("%(noun)s entered") if before is None else _("%(noun)s changed")
            found.append(
                Entry(
                    at=row.history_date,
                    by=str(row.history_user) if row.history_user else nobody,
                    what=what % {"noun": noun},
                    why=_(row.history_change_reason) if row.history_change_reason else "",
                    changes=changes,
                )
            )
        before = row
    return found


class _Names:
    """The words for foreign keys, each looked up once for a whole history."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows
        self.known: dict[tuple[str, Any], str] = {}

    def of(self, field: models.ForeignKey[Any, Any], key: Any) -> str:
        if key is None:
            return "—"
        if (field.name, key) not in self.known:
            wanted = {getattr(row, field.attname) for row in self.rows} - {None}
            for found in field.related_model._base_manager.filter(pk__in=wanted):
                self.known[field.name, found.pk] = str(found)
        return self.known.get((field.name, key), str(key))


def _changes(before: Any, after: Any, masked: frozenset[str], names: _Names) -> list[Change]:
    found = []
    for one in before.tracked_fields:
        old, new = getattr(before, one.attname), getattr(after, one.attname)
        if one.name in _QUIET or old == new:
            continue
        label = str(one.verbose_name)
        if one.name in masked:
            found.append(Change(label, "•••", "•••"))
        else:
            found.append(Change(label, _said(one, before, old, names), _said(one, after, new, names)))
    return found


def _said(one: Any, row: Any, value: Any, names: _Names) -> str:
    if isinstance(one, models.ForeignKey):
        return names.of(one, value)
    if one.choices:
        return str(dict(one.flatchoices).get(value, value)) or "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return "—" if value in (None, "") else str(value)
