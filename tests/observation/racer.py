"""One of several processes that want the same beds at the same time; started by test_two_at_once.

Arguments: what protects the beds ("both", "lock" or "constraint"), a start time (Unix seconds), and one row as JSON:
the beds, an occupant of the racer's own, how often to try. Prints one JSON line of outcomes.
"""

import json
import sys
import time
from collections import Counter
from random import Random
from typing import Any

from django.db import OperationalError

from core.records import Refused
from observation import admitting
from observation.models import Occupant
from rooms.models import Bed, Room


def main() -> None:
    """Race and report."""
    protected_by, start, rows = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    if protected_by == "constraint":
        Room.hold = lambda self: None  # type: ignore[method-assign]
        admitting.require_free = lambda bed, occupant: None
    outcomes: Counter[str] = Counter()
    time.sleep(max(0.0, start - time.time()))
    for row in rows:
        compete(row, outcomes)
    sys.stdout.write(json.dumps(outcomes))


def compete(row: dict[str, Any], outcomes: Counter[str]) -> None:
    """Want one of the beds, keep it for a moment when it is got, give it back, and want one again."""
    chance = Random(row["occupant"])  # noqa: S311 - an order, not a secret
    for _try in range(row["tries"]):
        bed = Bed.objects.select_related("room").get(pk=chance.choice(row["beds"]))
        occupant = Occupant.objects.select_related("person", "building").get(pk=row["occupant"])
        try:
            stay = admitting.hold_bed(occupant, bed=bed, by=None)
            outcomes["done"] += 1
            time.sleep(chance.random() / 200)
            stay.end(by=None)
        except Refused as refused:
            outcomes[refused.code] += 1
        except OperationalError as error:
            outcomes[f"operational: {error}"] += 1
