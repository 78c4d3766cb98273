"""`python3 manage.py import_building FILE --building NAME`."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from core.importing import Preview
from people.models import User
from rooms.commands import ImportCommand
from rooms.importing import import_building, preview_building
from rooms.models import Building, Role, RoleKind


@transaction.atomic
def import_named(building: Building, data: bytes, *, name: str, by: User | None, good_rows: bool) -> Preview:
    """Import the workbook; a building that is not there yet is entered first, with its roles."""
    if building._state.adding:
        building = Building.enter(by=by, name=building.name)
        for kind in RoleKind:
            Role.of(building, kind)
    return import_building(building, data, name=name, by=by, good_rows=good_rows)


def preview_named(building: Building, data: bytes, *, name: str) -> Preview:
    """What the workbook would do to the building, or to a new one."""
    return preview_building(None if building._state.adding else building, data, name=name)


class Command(ImportCommand):
    """Import a building's workbook: rooms, storage places and crew."""

    help = "Import a building's workbook; makes the building when it does not exist yet."
    preview = staticmethod(preview_named)
    write = staticmethod(import_named)

    def add_building(self, parser: CommandParser) -> None:
        """The name is needed: it may be a new one."""
        parser.add_argument("--building", required=True, metavar="NAME")

    def found(self, options: dict[str, Any]) -> Building:
        """The building of this name, or one that is not entered yet."""
        return Building.objects.filter(name=options["building"]).first() or Building(name=options["building"])
