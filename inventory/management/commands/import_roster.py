"""`python3 manage.py import_roster FILE [--building NAME]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.commands import file_bytes, report
from core.records import Refused
from core.tables_in import UnreadableTable
from inventory.importing import import_roster, preview_roster
from rooms.management.commands.import_building import user_named
from rooms.models import Building


class Command(BaseCommand):
    """Import a roster of students. All rows or none, unless told otherwise."""

    help = "Import a roster of students into a building."

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and whose roster."""
        parser.add_argument("file")
        parser.add_argument("--building", metavar="NAME", help="required when there are several")
        parser.add_argument("--dry-run", action="store_true", help="show what would be done and write nothing")
        parser.add_argument("--good-rows", action="store_true", help="write the good rows even if others are refused")
        parser.add_argument("--by", metavar="USER", help="log-in name of the one who imports")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Preview or import; the last line is the summary."""
        data, name = file_bytes(options["file"]), Path(options["file"]).name
        building = building_named(options["building"])
        by = user_named(options["by"])
        try:
            if options["dry_run"]:
                report(preview_roster(building, data, name=name), self.stdout, new=True)
            else:
                report(import_roster(building, data, name=name, by=by, good_rows=options["good_rows"]), self.stdout)
        except UnreadableTable as error:
            raise CommandError(str(error)) from None
        except Refused as refused:
            report(preview_roster(building, data, name=name), self.stdout)
            raise CommandError(str(refused.message)) from None


def building_named(name: str | None) -> Building:
    """The building of this name, or the only one; raises CommandError when it cannot be told."""
    buildings = Building.objects.filter(name=name) if name else Building.objects.all()
    found = list(buildings[:2])
    if not found:
        known = f"There is no building called {name}." if name else "There is no building yet."
        raise CommandError(f"{known} Import the building's workbook first.")
    if len(found) > 1:
        raise CommandError("There are several buildings. Say which one with --building NAME.")
    return found[0]
