"""`python3 manage.py import_building FILE --building NAME`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.commands import file_bytes, report
from core.records import Refused
from core.tables_in import UnreadableTable
from people.models import User
from rooms.importing import import_building, preview_building
from rooms.models import Building, Role, RoleKind


class Command(BaseCommand):
    """Import a building's workbook: rooms, storage places and crew. All rows or none, unless told otherwise."""

    help = "Import a building's workbook; makes the building when it does not exist yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and whose building."""
        parser.add_argument("file")
        parser.add_argument("--building", required=True, metavar="NAME")
        parser.add_argument("--dry-run", action="store_true", help="show what would be done and write nothing")
        parser.add_argument("--good-rows", action="store_true", help="write the good rows even if others are refused")
        parser.add_argument("--by", metavar="USER", help="log-in name of the one who imports")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Preview or import; the last line is the summary."""
        data, name = file_bytes(options["file"]), Path(options["file"]).name
        by = user_named(options["by"])
        try:
            if options["dry_run"]:
                building = Building.objects.filter(name=options["building"]).first()
                report(preview_building(building, data, name=name), self.stdout, new=True)
                return
            with transaction.atomic():
                building = Building.objects.filter(name=options["building"]).first()
                if building is None:
                    building = Building.enter(by=by, name=options["building"])
                    for kind in RoleKind:
                        Role.of(building, kind)
                report(import_building(building, data, name=name, by=by, good_rows=options["good_rows"]), self.stdout)
        except UnreadableTable as error:
            raise CommandError(str(error)) from None
        except Refused as refused:
            report(
                preview_building(Building.objects.filter(name=options["building"]).first(), data, name=name),
                self.stdout,
            )
            raise CommandError(str(refused.message)) from None


def user_named(name: str | None) -> User | None:
    """The user of this log-in name; raises CommandError for an unknown one."""
    if not name:
        return None
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"Nobody logs in as {name}.")
    return user
