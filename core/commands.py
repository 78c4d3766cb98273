"""What the import commands share: reading the file named on the command line and printing a preview."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from core.importing import Outcome, Preview


def file_bytes(path: str) -> bytes:
    """The file's bytes; raises CommandError with one sentence when it cannot be read or is too large."""
    file = Path(path)
    try:
        if file.stat().st_size > settings.MAX_WORKBOOK_BYTES:
            most = settings.MAX_WORKBOOK_BYTES // (1024 * 1024)
            raise CommandError(f"{path} is larger than {most} MB. Keep only the table in it.")
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def report(preview: Preview, out: Any, *, new: bool = False) -> None:
    """Print what would be or was done: notes, changes and refusals cell by cell, the fixed summary last.

    With `new` also what each new row says.
    """
    for sheet in preview.left_out:
        out.write(_("Sheet %(sheet)s is left out.") % {"sheet": sheet})
    for note in preview.notes:
        out.write(note)
    for line in preview.lines:
        where = f"{line.row.sheet} {line.row.number} {line.what}"
        if line.outcome is Outcome.CHANGED:
            for change in line.changes:
                out.write(f"{where}: {change.label}: {change.old} → {change.new}")
        elif line.outcome is Outcome.CREATED and new:
            out.write(f"{where}: " + " · ".join(f"{label} {value}" for label, value in line.told))
        for problem in line.problems:
            out.write(str(problem))
    out.write(preview.summary)
