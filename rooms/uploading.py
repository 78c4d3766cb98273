"""Between preview and import, an uploaded workbook waits in a private folder under a signed name."""

import time
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.records import Refused, require
from core.tables_in import UnreadableTable
from people.acting import acting
from rooms.models import Building

KEPT_SECONDS = 24 * 3600
_SALT = "waiting workbook"


def keep(request: HttpRequest, building: Building, upload: Any) -> str:
    """Store the upload; returns a ticket that only this user can hand back for this building.

    Raises UnreadableTable for a file beyond MAX_WORKBOOK_BYTES.
    """
    if upload.size > settings.MAX_WORKBOOK_BYTES:
        most = settings.MAX_WORKBOOK_BYTES // (1024 * 1024)
        raise UnreadableTable(
            "too-large",
            _("%(name)s is larger than %(megabytes)s MB; keep only the table in it and choose it again.")
            % {"name": upload.name, "megabytes": most},
        )
    folder = _folder()
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > KEPT_SECONDS:
            old.unlink(missing_ok=True)
    waiting = token_hex(16)
    (folder / waiting).write_bytes(upload.read())
    facts = {"file": waiting, "name": upload.name, "user": acting(request).pk, "building": building.pk}
    return signing.dumps(facts, salt=_SALT)


def take(request: HttpRequest, building: Building, ticket: str) -> tuple[bytes, str]:
    """The waiting file's bytes and name; raises Refused when the ticket is not this user's or has run out."""
    try:
        facts = signing.loads(ticket, salt=_SALT, max_age=KEPT_SECONDS)
        require(facts["user"] == acting(request).pk and facts["building"] == building.pk, "ticket-elsewhere", _again())
        return (_folder() / facts["file"]).read_bytes(), facts["name"]
    except (signing.BadSignature, OSError):
        raise Refused("ticket-gone", _again()) from None


def forget(ticket: str) -> None:
    """Remove the waiting file."""
    facts = signing.loads(ticket, salt=_SALT)
    (_folder() / facts["file"]).unlink(missing_ok=True)


def mapped_by_hand(posted: QueryDict) -> dict[str, dict[int, str]]:
    """The columns a person has named: fields «column|sheet|index» with the key they chose, «-» for leaving it out."""
    mappings: dict[str, dict[int, str]] = {}
    for field, key in posted.items():
        kind, _bar, rest = field.partition("|")
        sheet, _bar, index = rest.rpartition("|")
        if kind == "column" and index.isdigit() and key:
            mappings.setdefault(sheet, {})[int(index[:4])] = "" if key == "-" else str(key)
    return mappings


def _again() -> str:
    return _("The uploaded file is no longer here. Choose it again.")


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
