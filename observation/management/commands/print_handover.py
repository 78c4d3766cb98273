"""`python3 manage.py print_handover (--shift DAY:PATTERN | --number N) --language LANGUAGE --output FILE`."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from core.records import Refused
from observation.models import Handover
from observation.papers import handover as papers
from rooms.commands import building_named
from rooms.models import Building


class Command(BaseCommand):
    """Print the sheet of any handover, past or present."""

    help = "Print the sheet of a handover as a PDF, by its shift or its number."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which handover, in which language, where to."""
        parser.add_argument("--building", metavar="NAME", help="required when there are several")
        parser.add_argument("--shift", metavar="YYYY-MM-DD:PATTERN", help="the day and the name of the shift")
        parser.add_argument("--number", type=int, metavar="N", help="the number in the sheet's foot")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")
        parser.add_argument("--output", required=True, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Draw and write; the last line says what was written."""
        if bool(options["shift"]) == bool(options["number"]):
            raise CommandError("Say which handover: --shift YYYY-MM-DD:PATTERN, or --number N.")
        found = self.found(building_named(options["building"]), shift=options["shift"], number=options["number"])
        try:
            drawn = papers.draw(found, language=options["language"])
        except Refused as refused:
            raise CommandError(str(refused.message)) from None
        file = Path(options["output"])
        try:
            file.write_bytes(drawn)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{file}: handover {found.pk}, {found}, {len(drawn)} bytes")

    @staticmethod
    def found(building: Building, *, shift: str | None, number: int | None) -> Handover:
        """The handover that is meant; CommandError when there is none."""
        rows = Handover.objects.in_building(building).select_related(
            "building", "shift__pattern", "shift__building", "giver", "receiver"
        )
        if shift:
            day, _colon, name = shift.partition(":")
            try:
                rows = rows.filter(
                    Q(shift__pattern__name=name) | Q(shift__pattern__name_en=name), shift__day=date.fromisoformat(day)
                )
            except ValueError:
                raise CommandError(f"{day} is not a day. Write it as 2020-02-10:Night.") from None
        else:
            rows = rows.filter(pk=number or 0)
        found = rows.first()
        if found is None:
            raise CommandError("There is no such handover in this building.")
        return found
