"""`python3 manage.py import_duty FILE [--building NAME]`."""

from observation.duty.importing import import_duty, preview_duty
from rooms.commands import ImportCommand


class Command(ImportCommand):
    """Import a duty roster."""

    help = "Import a duty roster: a row for each shift, a column for each post."
    preview = staticmethod(preview_duty)
    write = staticmethod(import_duty)
