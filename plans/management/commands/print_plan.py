"""`python3 manage.py print_plan relocation --language zh-hans|en --output FILE [--building NAME]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.paper import PaperFault
from inventory.management.commands.import_roster import building_named
from plans import papers
from plans.clauses import LANGUAGES

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

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the PDF and say what it is."""
        if options["plan"] != "relocation":
            raise CommandError(f"The {options['plan']} plan comes later; today there is the relocation plan.")
        building = building_named(options["building"])
        try:
            drawn = papers.relocation_plan(building, language=options["language"], now=timezone.now())
            Path(options["output"]).write_bytes(drawn)
        except PaperFault as fault:
            raise CommandError(str(fault.message)) from None
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{options['output']}: relocation plan of {building.name}, {len(drawn):,} bytes")
