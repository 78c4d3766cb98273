"""Writers on SQLite wait in line: nobody starves, a killed holder frees the line, and patience ends in an error."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Barrier, Event, Thread

import pytest
from django.db import OperationalError, connection, transaction

from people.models import User
from tests.world import make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a line of its own"),
]
HOLDER = """
import sqlite3, sys, time
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(60)
"""


def patience() -> int:
    """What the connection would wait for a single statement, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


@contextmanager
def killed_holder() -> Iterator[subprocess.Popen[str]]:
    """Another process that has the write lock and lets go of it only when it dies."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(connection.settings_dict["NAME"])], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield holder
    finally:
        holder.kill()
        holder.communicate()


def test_whoever_waits_is_in_moments_after_the_lock_is_free() -> None:
    late = []
    for _n in range(5):
        held, freed = Event(), []

        def hold(held: Event, freed: list[float]) -> None:
            with closing(sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                held.set()
                # SQLite itself would look after 328 and 428 ms.
                time.sleep(0.34)
                freed.append(time.monotonic())
                file.execute("ROLLBACK")

        holder = Thread(target=hold, args=(held, freed))
        holder.start()
        held.wait()
        with transaction.atomic():
            entered = time.monotonic()
        holder.join()
        late.append(entered - freed[0])
    assert min(late) < 0.04, late


@pytest.mark.slow
def test_nobody_starves_among_eight_who_write_without_a_pause() -> None:
    ready = Barrier(8)

    def write(_n: int) -> int:
        acts = 0
        ready.wait()
        until = time.monotonic() + 3
        while time.monotonic() < until:
            with transaction.atomic():
                time.sleep(0.005)
            acts += 1
        connection.close()
        return acts

    with ThreadPoolExecutor(8) as pool:
        acts = list(pool.map(write, range(8)))
    assert min(acts) >= 0.3 * max(acts), acts


def test_a_killed_holder_frees_the_line() -> None:
    user = make_user("nurse")
    with killed_holder() as holder, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: (make_user("guard"), connection.close()))
        time.sleep(0.2)
        assert not waiting.done()
        holder.kill()
        waiting.result(timeout=5)
    assert set(User.objects.values_list("pk", flat=True)) > {user.pk}


def test_patience_ends_in_an_error_and_the_connection_goes_on() -> None:
    options = connection.settings_dict["OPTIONS"]
    before = options["timeout"], patience()
    options["timeout"] = 0.3
    try:
        with killed_holder():
            began = time.monotonic()
            with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
                pass
            assert time.monotonic() - began >= 0.3
            assert patience() == 300
            assert not connection.in_atomic_block
    finally:
        options["timeout"] = before[0]
    with transaction.atomic(durable=True):
        user = make_user("nurse")
        with transaction.atomic():
            make_user("guard")
    assert User.objects.filter(pk=user.pk).exists()
    assert patience() == before[1] == 30000


def test_other_trouble_is_not_waited_for() -> None:
    began = time.monotonic()
    connection.ensure_connection()
    connection.connection.execute("BEGIN")
    try:
        with pytest.raises(OperationalError, match="within a transaction"), transaction.atomic():
            pass
    finally:
        connection.connection.execute("ROLLBACK")
    assert time.monotonic() - began < 5
