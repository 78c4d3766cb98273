"""Between preview and import, an uploaded workbook waits in a private folder under a signed name."""

import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.importing import LEFT_OUT, ByHand
from core.records import Refused, require
from core.tables_in import UnreadableTable, shown
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
            % {"name": shown(upload.name), "megabytes": most},
        )
    folder = _folder()
    for old in folder.iterdir():
        # Somebody else may be removing it at this moment.
        with suppress(FileNotFoundError):
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink()
    waiting = token_hex(16)
    (folder / waiting).write_bytes(upload.read())
    facts = {"file": waiting, "name": shown(upload.name), "user": acting(request).pk, "building": building.pk}
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


def said_by_hand(posted: QueryDict) -> dict[str, ByHand]:
    """What a person said about the sheets: «kind|sheet» is a kind, «column|sheet|index» a key, «-» leaves it out."""
    kinds: dict[str, str] = {}
    columns: dict[str, dict[int, str]] = {}
    for field, said in posted.items():
        what, _bar, rest = field.partition("|")
        sheet, _bar, index = rest.rpartition("|")
        if what == "kind":
            kinds[rest] = str(said)
        elif what == "column" and index.isascii() and index.isdecimal() and len(index) <= 4:
            columns.setdefault(sheet, {})[int(index)] = "" if said == LEFT_OUT else str(said)
    return {
        sheet: ByHand(kind=kinds.get(sheet, ""), columns=columns.get(sheet, {})) for sheet in kinds.keys() | columns
    }


def _again() -> str:
    return _("This file was imported already, or waited too long. Look at the building, or choose the file again.")


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
