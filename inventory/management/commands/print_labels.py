"""`python3 manage.py print_labels --count N --output FILE [--preset --start --offset-x --offset-y]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.models import Code
from core.records import Refused
from inventory.papers.labels import MOST_LABELS, PRESETS, finders_line, label_sheet_pdf
from rooms.commands import building_named
from rooms.models import Building


class Command(BaseCommand):
    """Print sheets of blank labels with fresh codes; none is issued when the file cannot be written."""

    help = "Print sheets of blank labels with fresh codes as a PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, on which sheet, from which label on, moved by how much, where to."""
        parser.add_argument("--count", metavar="N", type=int, required=True)
        parser.add_argument("--output", metavar="FILE", required=True)
        parser.add_argument("--preset", choices=PRESETS, default=next(iter(PRESETS)), help="the kind of label sheet")
        parser.add_argument("--start", metavar="N", type=int, default=1, help="the first label used, 1 is top left")
        parser.add_argument("--offset-x", metavar="MM", type=float, default=0.0, help="move the print to the right")
        parser.add_argument("--offset-y", metavar="MM", type=float, default=0.0, help="move the print down")
        parser.add_argument("--building", metavar="NAME", help="whose telephone number the labels bear")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Issue the codes and write the PDF, both or neither."""
        if not 0 < options["count"] <= MOST_LABELS:
            raise CommandError(f"Print between 1 and {MOST_LABELS} labels at a time.")
        # Blank labels belong to no building; where there is one only, they bear its number.
        buildings = [building_named(options["building"])] if options["building"] else list(Building.objects.all()[:2])
        phone = buildings[0].phone if len(buildings) == 1 else ""
        try:
            with transaction.atomic():
                codes = [code.value for code in Code.issue_many(options["count"])]
                drawn = label_sheet_pdf(
                    codes,
                    preset=options["preset"],
                    start=options["start"],
                    offset_x=options["offset_x"],
                    offset_y=options["offset_y"],
                    site_line=finders_line(phone) if phone else "",
                )
                Path(options["output"]).write_bytes(drawn)
        except Refused as refused:
            raise CommandError(str(refused.message)) from None
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"{options['output']}: {len(codes)} labels")
