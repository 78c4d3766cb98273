"""`python3 manage.py bench [ROW …]`: how fast the house is, beside others doing the same work in the same run."""

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Print the rows of the goals as a table: row, other side, ours, ratio, goal, reached."""

    help = "Time the house beside others doing the same work and say which goals are reached."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which rows, and how thoroughly."""
        parser.add_argument(
            "rows", nargs="*", metavar="ROW", help="keys of the goals, such as S6; all when none is given"
        )
        parser.add_argument("--rounds", type=int, help="times each side is run (default: the row's own, 5 or more)")
        parser.add_argument(
            "--quick", action="store_true", help="3 rounds, and smaller worlds: a first impression only"
        )
        parser.add_argument("--strict", action="store_true", help="end with code 1 when a goal is not reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure row by row, then print one table."""
        try:
            frame = import_module("tests.bench")
        except ImportError as error:
            raise CommandError(f"The benchmark runs from a checkout with its dev requirements: {error}") from error
        known = frame.row_keys()
        wanted = [key.upper() for key in options["rows"]] or known
        unknown = [key for key in wanted if key not in known]
        if unknown:
            raise CommandError(f"No such row: {', '.join(unknown)}. There are: {', '.join(known)}.")
        if options["rounds"] is not None and options["rounds"] < 1:
            raise CommandError("--rounds must be 1 or more.")

        lines, titles = [], []
        for key in wanted:
            try:
                row = frame.load_row(key)
                rounds = options["rounds"] or (3 if options["quick"] else row.rounds)
                self.stderr.write(f"{key}: {row.title} ({rounds} rounds) …")
                measured = frame.measure(row, rounds=rounds, quick=options["quick"])
                lines += frame.lines_of(key, row, measured)
            except Exception as error:  # one broken row must not hide the others' figures
                lines.append(frame.failed_line(key, error))
                continue
            titles.append(f"{key}: {row.title}")
        self.stdout.write(frame.machine())
        self.stdout.write(frame.table(lines))
        self.stdout.write("\n".join(titles))
        missed = sorted({line[0] for line in lines if line[-1] == "no"})
        if missed and options["strict"]:
            raise CommandError(f"Goals not reached: {', '.join(missed)}.", returncode=1)
