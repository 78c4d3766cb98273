"""`python3 manage.py import_occupants FILE [--building NAME]`."""

from observation.importing import import_occupants, preview_occupants
from rooms.commands import ImportCommand


class Command(ImportCommand):
    """Import a bus-load of people to be observed."""

    help = "Import a bus-load of people to be observed; a bed is held for each."
    preview = staticmethod(preview_occupants)
    write = staticmethod(import_occupants)
