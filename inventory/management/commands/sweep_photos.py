"""`python3 manage.py sweep_photos [--hours N]`: remove the files of uploads that a power cut left without a row."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.uploads import sweep_orphans

FILES = ("original", "large", "small")


class Command(BaseCommand):
    """Remove photo files that no row names."""

    help = "Remove photo files that no photo names, left behind by uploads that were cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        """How old a file must be; younger ones may belong to an upload still going on."""
        parser.add_argument("--hours", metavar="N", type=float, default=24.0, help="spare files younger than this")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep; the last line says how many."""
        if not 0 <= options["hours"] <= 24 * 365:
            raise CommandError("Give the hours as a number between 0 and 8760.")
        swept = sweep_orphans(named_files, older_than=timedelta(hours=options["hours"]))
        self.stdout.write(f"{len(swept)} files removed")


def named_files() -> Iterator[str]:
    """Every path that a photo of any app names: whatever has an original and its two sizes."""
    for model in apps.get_models():
        if {field.name for field in model._meta.concrete_fields} >= set(FILES):
            for paths in model._base_manager.values_list(*FILES).iterator():
                yield from paths
