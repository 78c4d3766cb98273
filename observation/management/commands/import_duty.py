"""`python3 manage.py import_duty FILE [--building NAME]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.commands import file_bytes, report
from core.records import Refused
from core.tables_in import UnreadableTable
from inventory.management.commands.import_roster import building_named
from observation.duty.importing import import_duty, preview_duty
from rooms.management.commands.import_building import user_named


class Command(BaseCommand):
    """Import a duty roster. All rows or none, unless told otherwise."""

    help = "Import a duty roster: a row for each shift, a column for each post."

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and for which building."""
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
                report(preview_duty(building, data, name=name), self.stdout, new=True)
            else:
                report(import_duty(building, data, name=name, by=by, good_rows=options["good_rows"]), self.stdout)
        except UnreadableTable as error:
            raise CommandError(str(error)) from None
        except Refused as refused:
            report(preview_duty(building, data, name=name), self.stdout)
            raise CommandError(str(refused.message)) from None
