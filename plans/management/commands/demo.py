"""`python3 manage.py demo [--day N]`: a campus in the middle of its move or on a day of observation, served here."""

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import get_internal_wsgi_application, run
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import frozen
from core.catalogues import compile_stale
from plans.demo import campus, site
from plans.demo.campus import LOG_INS, PASSWORD, Guest
from plans.demo.site import LAST_DAY
from rooms.models import Building


class Command(BaseCommand):
    """Prepare the demo once, print how to enter, and serve it."""

    help = (
        "Serve a fictional campus in the middle of its move, or on a day of observation; a second start keeps its data."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """--fresh, --day, --no-serve, --port."""
        parser.add_argument("--fresh", action="store_true", help="start over and print a new student's link")
        parser.add_argument(
            "--day", type=int, metavar="N", help=f"the move is over and the site in use since N days, 0 to {LAST_DAY}"
        )
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")
        parser.add_argument("--port", type=int, default=8000, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Migrate, compile the translations, load the campus, print the ways in, serve."""
        if not 0 < options["port"] < 65536:
            raise CommandError("The port is a number from 1 to 65535.")
        day = options["day"]
        if day is not None and not 0 <= day <= LAST_DAY:
            raise CommandError(f"The day of observation is a number from 0 to {LAST_DAY}.")
        if day is not None and not options["fresh"] and self.kept.exists():
            raise CommandError(f"The demo keeps its data; to start over on day {day}, add --fresh.")
        if "GUANSHE_PUBLIC_URL" not in os.environ:
            settings.PUBLIC_URL = f"http://localhost:{options['port']}"
        if options["fresh"]:
            self.start_over()
        compile_stale()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0)
        self.tell(self.guest(day))
        if not options["no_serve"]:
            self.stdout.write("Stop with Ctrl-C.")
            try:
                run("127.0.0.1", options["port"], get_internal_wsgi_application(), threading=True)
            except OSError as error:
                raise CommandError(
                    f"Port {options['port']} cannot be used ({error.strerror}). Try --port {options['port'] + 1}."
                ) from None
            except KeyboardInterrupt:
                self.stdout.write("")

    @property
    def kept(self) -> Path:
        """Where the demo notes the student's link it printed: a real site has no such file."""
        return Path(settings.DATA_DIR) / "demo.json"

    def start_over(self) -> None:
        """Empty the demo's own database and media; never those of a real site."""
        if "rooms_building" in connection.introspection.table_names():
            if Building.objects.exists() and not self.kept.exists():
                raise CommandError("This database holds a real building. Choose another folder with GUANSHE_DATA.")
            with frozen.lifted():
                call_command("flush", verbosity=0, interactive=False)
        for folder in (Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR) / "imports"):
            shutil.rmtree(folder, ignore_errors=True)
        self.kept.unlink(missing_ok=True)

    def guest(self, day: int | None) -> Guest:
        """The student whose link is printed; makes the campus, on that day of observation, when there is none."""
        if self.kept.exists():
            return Guest(**json.loads(self.kept.read_text()))
        if Building.objects.exists():
            raise CommandError("This database holds a real building. Choose another folder with GUANSHE_DATA.")
        if day is None:
            self.stdout.write("Moving a fictional campus halfway out: packing, photographing, sealing, storing …")
            guest = campus.build()
        else:
            self.stdout.write(f"Moving a fictional campus out, and {day} days of observation: about half a minute …")
            guest = site.build(day)
        self.kept.write_text(json.dumps(asdict(guest)))
        self.kept.chmod(0o600)
        return guest

    def tell(self, guest: Guest) -> None:
        """Print the address, a log-in for each role and the student's link."""
        address = settings.PUBLIC_URL
        self.stdout.write(f"\nGuanshe demo: {address}/\n")
        if guest.day is not None:
            self.stdout.write(
                f"Day {guest.day} of observation, when it was made; the students' belongings are in storage."
            )
        self.stdout.write(f"Log in with the password {PASSWORD} as:")
        for username, (name, kind) in LOG_INS.items():
            self.stdout.write(f"  {username:<8} {kind.value:<10} {name}")
        self.stdout.write(f"\nA student's own page ({guest.name}):")
        self.stdout.write(f"  {address}/s/{guest.token}/")
        self.stdout.write(f"  last 4 of the passport number: {guest.passport_tail}   6-digit code: {guest.code}\n")
        if guest.door:
            self.stdout.write(f"An occupant's own page ({guest.occupant}), as the code on the door opens it:")
            self.stdout.write(f"  {address}/O/{guest.door}")
            self.stdout.write(f"  6-digit code: {guest.door_code}\n")
