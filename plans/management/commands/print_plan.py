"""`python3 manage.py print_plan relocation|management --language zh-hans|en --output FILE [--building NAME]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.paper import PaperFault
from plans import papers
from plans.clauses import LANGUAGES
from rooms.commands import building_named

PLANS = ("relocation", "fit-out", "management")


class Command(BaseCommand):
    """Print a plan from the live data as a PDF."""

    help = "Print a plan from the live data as a PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which plan, in which language, where to."""
        parser.add_argument("plan", choices=PLANS)
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
        parser.add_argument("--output", metavar="FILE", required=True)
        parser.add_argument("--building", metavar="NAME", help="required when there are several")
        parser.add_argument("--phones", action="store_true", help="print the phones of whoever holds the four roles")
        parser.add_argument("--specimen", action="store_true", help="issue no codes for the forms in the annex")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the PDF and say what it is."""
        if options["plan"] == "fit-out":
            raise CommandError("The fit-out plan comes later; today there are the relocation and the management plan.")
        building = building_named(options["building"])
        language, now = options["language"], timezone.now()
        try:
            if options["plan"] == "management":
                drawn = papers.management_plan(
                    building, language=language, now=now, contacts=options["phones"], with_codes=not options["specimen"]
                )
            else:
                drawn = papers.relocation_plan(building, language=language, now=now)
            Path(options["output"]).write_bytes(drawn)
        except PaperFault as fault:
            raise CommandError(str(fault.message)) from None
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{options['output']}: {options['plan']} plan of {building.name}, {len(drawn):,} bytes")
