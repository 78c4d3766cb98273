"""What commands about a building share: which building, who acts, and how a workbook comes in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.commands import file_bytes, report
from core.importing import Preview
from core.records import Refused
from core.tables_in import UnreadableTable
from people.models import User
from rooms.models import Building


class ImportCommand(BaseCommand):
    """Import a workbook into a building. All rows or none, unless told otherwise; the last line is the summary.

    A command names the function that says what a file would do, and the one that does it.
    """

    preview: ClassVar[Callable[..., Preview]]
    write: ClassVar[Callable[..., Preview]]

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and for which building."""
        parser.add_argument("file")
        self.add_building(parser)
        parser.add_argument("--dry-run", action="store_true", help="show what would be done and write nothing")
        parser.add_argument("--good-rows", action="store_true", help="write the good rows even if others are refused")
        parser.add_argument("--by", metavar="USER", help="log-in name of the one who imports")

    def add_building(self, parser: CommandParser) -> None:
        """How the building is named."""
        parser.add_argument("--building", metavar="NAME", help="required when there are several")

    def found(self, options: dict[str, Any]) -> Any:
        """The building that was named."""
        return building_named(options["building"])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Preview or import."""
        data, name = file_bytes(options["file"]), Path(options["file"]).name
        building, by = self.found(options), user_named(options["by"])
        try:
            if options["dry_run"]:
                report(self.preview(building, data, name=name), self.stdout, new=True)
            else:
                report(self.write(building, data, name=name, by=by, good_rows=options["good_rows"]), self.stdout)
        except UnreadableTable as error:
            raise CommandError(str(error)) from None
        except Refused as refused:
            report(self.preview(building, data, name=name), self.stdout)
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


def user_named(name: str | None) -> User | None:
    """The user of this log-in name; raises CommandError for an unknown one."""
    if not name:
        return None
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"Nobody logs in as {name}.")
    return user
