"""`manage.py makemessages`: refresh every catalogue of locale/ from the sources, the way this house keeps them."""

from pathlib import Path

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

# What stands in the repository and speaks to nobody, or only to us.
IGNORED = ["var", "tests", "docs", "static", "test-results", "staticfiles"]


class Command(makemessages.Command):
    """Django's command with our habits: nothing guessed, nothing dead kept, and small differences from run to run."""

    # A guessed translation looks like a finished one; a new sentence is translated by someone who reads it.
    msgmerge_options = ["--quiet", "--backup=none", "--no-fuzzy-matching", "--update"]

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's arguments with our defaults: all catalogues, templates and drawings as well as code."""
        super().add_arguments(parser)
        parser.set_defaults(
            all=True,
            extensions=["html", "svg", "py"],
            ignore_patterns=IGNORED,
            add_location="file",
            no_wrap=True,
            no_obsolete=True,
        )

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Write the catalogue of `locale`, without the date that would change it at every run."""
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        lines = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
        catalogue.write_text(
            "".join(line for line in lines if not line.startswith('"POT-Creation-Date:')), encoding="utf-8"
        )
