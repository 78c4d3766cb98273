"""S7: eight clients at once write health checks and custody scans through the ORM.

"Default SQLite" is the same work with the settings Django has without being told: no write-ahead log, transactions that
begin as readers, five seconds of patience. What fails for a lock is counted and tried again until it is written. On
PostgreSQL there is no such side, so both are the house's and the ratio says nothing there.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from inventory.models import Box, CustodyEvent, PairSession
from observation.models import HealthCheck, Occupant
from people.models import User
from rooms.models import StoragePlace
from tests.bench import Goal, Measured, Row, Side, bench_database
from tests.world import make_world

CLIENTS = 8
MOST_TRIES = 500
SETTLED = {"default": ["delete", 2, 5000, None], "ours": ["wal", 2, 30000, "IMMEDIATE"]}
CLIENT = "import django; django.setup(); from tests.bench.s7 import client; client()"


def client() -> None:
    """One client: readings of its own occupant and moves of its own box, in turn; prints how long and what failed."""
    mode, row = sys.argv[1], json.loads(sys.argv[2])
    if mode == "default" and connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"] = {}
    nurse = User.objects.get(pk=row["nurse"])
    occupant = Occupant.objects.get(pk=row["occupant"])
    box, pair = Box.objects.get(pk=row["box"]), PairSession.objects.get(pk=row["pair"])
    places = list(StoragePlace.objects.filter(pk__in=row["places"]).order_by("pk"))
    protocol = occupant.building.protocols.get()

    def read(n: int) -> None:
        with transaction.atomic():
            HealthCheck(
                client_id=uuid4(),
                at=timezone.now(),
                occupant=occupant,
                protocol=protocol,
                day=date(2020, 2, 8) + timedelta(days=row["from"] + n),
                hour="08:00",
                temperature="36.5",
                by=nurse,
            ).save()

    def carry() -> None:
        box.refresh_from_db()
        elsewhere = next(place for place in places if place.pk != box.place_id)
        box.move(place=elsewhere, pair=pair, client_id=uuid4())

    settled = _settled()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    began = time.perf_counter()
    failed = sum(_until_written(partial(read, n)) + _until_written(carry) for n in range(row["each"]))
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - began, "failed": failed, "settled": settled}))


def _until_written(act: Callable[[], None]) -> int:
    """Do it until it is written, as whoever taps again does; how often it failed for a lock."""
    for failures in range(MOST_TRIES):
        try:
            act()
        except OperationalError:
            continue
        return failures
    return MOST_TRIES


def _settled() -> list[object]:
    """What the connection really has: the journal, how it flushes, its patience, and how transactions begin."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
    return [*found, patience, connection.transaction_mode]


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's word
    """Eight clients, each with an occupant, a box and two places of its own."""
    with bench_database():
        world = make_world()
        rows = []
        for _n in range(CLIENTS):
            student = world.student()
            world.consent(student)
            world.surveyed(student.bed.room)
            places = [world.place(), world.place()]
            box = world.stored(student, places[1])
            occupant = world.occupant()
            rows.append(
                {
                    "nurse": world.nurse.pk,
                    "occupant": occupant.pk,
                    "box": box.pk,
                    "pair": world.pair().pk,
                    "places": [place.pk for place in places],
                    "each": 5 if quick else 40,
                }
            )
        done = {"rounds": 0}

        def side(mode: str) -> Side:
            def write() -> Mapping[str, float]:
                for row in rows:
                    row["from"] = done["rounds"] * row["each"]
                done["rounds"] += 1
                before = CustodyEvent.objects.count() + HealthCheck.objects.count()
                answers = _clients(mode, rows)
                written = CustodyEvent.objects.count() + HealthCheck.objects.count() - before
                seconds = [one["seconds"] for one in answers]
                assert written == 2 * CLIENTS * rows[0]["each"], written
                return {
                    "rate": written / max(seconds),
                    "written": written,
                    "failed": sum(one["failed"] for one in answers),
                    "evenness": min(seconds) / max(seconds),
                }

            return write

        yield {"default": side("default"), "ours": side("ours")}


def _clients(mode: str, rows: list[dict[str, object]]) -> list[dict[str, float]]:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{database['NAME']}"
    else:
        where = f"{database['HOST']}:{database['PORT'] or 5432}"
        address = f"postgres://{database['USER']}:{database['PASSWORD']}@{where}/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "GUANSHE_DATA": str(Path(settings.MEDIA_ROOT).parent),
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    connection.close()
    if connection.vendor == "sqlite":
        # The journal is the file's, so it is set before anybody has it open.
        with closing(sqlite3.connect(str(database["NAME"]))) as file:
            file.execute(f"PRAGMA journal_mode={SETTLED[mode][0]}")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT, mode, json.dumps(row)],
            env=environment,
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for row in rows
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    answers: list[dict[str, float]] = [json.loads(one.communicate(timeout=900)[0]) for one in started]
    for answer in answers:
        assert connection.vendor != "sqlite" or answer["settled"] == SETTLED[mode], answer
    return answers


def rate(measured: Measured) -> float:
    """How many times more rows a second ours writes."""
    ours, other = measured.answers["ours"], measured.answers["default"]
    return ours["rate"] / other["rate"]  # type: ignore[index,no-any-return]


def failed(measured: Measured) -> float:
    """What ours lost to locks."""
    return measured.answers["ours"]["failed"]  # type: ignore[index,no-any-return]


def evenness(measured: Measured) -> float:
    """The slowest client's pace beside the fastest's."""
    return measured.answers["ours"]["evenness"]  # type: ignore[index,no-any-return]


ROW = Row(
    title="eight clients writing readings and custody scans",
    sides=sides,
    goals=(
        Goal("rows a second, default SQLite", ">=", 4, of=rate),
        Goal("lock errors", "<=", 0, of=failed, unit=""),
        Goal("slowest client beside the fastest", ">=", 0.5, of=evenness),
    ),
    rounds=5,
)
