"""One of several processes that want the same beds at the same time; started by test_two_at_once.

Arguments: what protects the beds ("both", "lock", "constraint" or "neither"), a start time (Unix seconds), and one row
as JSON: the beds, an occupant of the racer's own, how often to try. Prints one JSON line of outcomes; what the
database itself refused says so.

The constraint stands alone when nothing is asked before and each statement is committed by itself: SQLite's BEGIN
IMMEDIATE would be a lock. (A deferred transaction that reads first is refused there as soon as it writes, whoever
else does: that is SQLite, not a rule about beds.) With neither, the code asks whether the bed is free, and then takes
it, as it would without a lock.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from random import Random
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.signals import pre_save

from core.records import Refused
from observation import admitting
from observation.models import Occupant, Stay
from rooms.models import Bed, Room


def main() -> None:
    """Race and report."""
    protected_by, start, rows = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    locked = protected_by in ("both", "lock")
    if not locked:
        Room.hold = lambda self: None  # type: ignore[method-assign]
    if protected_by == "constraint":
        admitting.require_free = lambda bed, occupant: None
    outcomes: Counter[str] = Counter()
    time.sleep(max(0.0, start - time.time()))
    for row in rows:
        compete(row, outcomes, locked=locked)
    sys.stdout.write(json.dumps(outcomes))


@contextmanager
def each_statement_by_itself() -> Iterator[None]:
    """No transaction is begun for the length of the block; a stay that is saved in one stops the race."""
    whole = transaction.atomic
    transaction.atomic = lambda *_args, **_kwargs: nullcontext()  # type: ignore[assignment]
    pre_save.connect(stands_alone, sender=Stay)
    try:
        yield
    finally:
        transaction.atomic = whole  # type: ignore[assignment]
        pre_save.disconnect(stands_alone, sender=Stay)


def stands_alone(**_signal: Any) -> None:
    """Nothing protects this row but what the database says of it."""
    if connection.in_atomic_block or not connection.get_autocommit():
        raise RuntimeError("The stay is saved in a transaction.")


def compete(row: dict[str, Any], outcomes: Counter[str], *, locked: bool) -> None:
    """Want one of the beds, keep it for a moment when it is got, give it back, and want one again."""
    chance = Random(row["occupant"])  # noqa: S311 - an order, not a secret
    for _try in range(row["tries"]):
        bed = Bed.objects.select_related("room").get(pk=chance.choice(row["beds"]))
        occupant = Occupant.objects.select_related("person", "building").get(pk=row["occupant"])
        try:
            with nullcontext() if locked else each_statement_by_itself():
                stay = admitting.hold_bed(occupant, bed=bed, by=None)
            outcomes["done"] += 1
            time.sleep(chance.random() / 200)
            stay.end(by=None)
        except Refused as refused:
            told = ", said the database" if isinstance(refused.__cause__, IntegrityError) else ""
            outcomes[f"{refused.code}{told}"] += 1
        except OperationalError as error:
            outcomes[f"operational: {error}"] += 1
