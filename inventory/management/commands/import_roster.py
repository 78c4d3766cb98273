"""`python3 manage.py import_roster FILE [--building NAME]`."""

from inventory.importing import import_roster, preview_roster
from rooms.commands import ImportCommand


class Command(ImportCommand):
    """Import a roster of students."""

    help = "Import a roster of students into a building."
    preview = staticmethod(preview_roster)
    write = staticmethod(import_roster)
