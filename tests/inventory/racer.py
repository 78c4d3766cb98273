"""One of several processes that try the same acts at the same time; started by test_two_at_once.

Arguments: the act, a start time (Unix seconds) and the act's rows as JSON. Prints one JSON line of outcomes.
"""

import json
import os
import sys
import time
from collections import Counter
from typing import Any
from uuid import uuid4

from django.db import OperationalError

from core.records import Refused
from inventory import packing
from inventory.models import Box, PairSession, Student
from rooms.models import Room


def main() -> None:
    """Race and report."""
    act, start, rows = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    outcomes: Counter[str] = Counter()
    time.sleep(max(0.0, start - time.time()))
    for row in rows:
        try:
            ACTS[act](row)
            outcomes["done"] += 1
        except Refused as refused:
            outcomes[refused.code] += 1
        except OperationalError as error:
            outcomes[f"operational: {error}"] += 1
    sys.stdout.write(json.dumps(outcomes))


def pair_of(row: dict[str, Any]) -> PairSession:
    """The racer's own pair."""
    return PairSession.objects.select_related("packer", "witness").get(pk=row["pair"])


def seal(row: dict[str, Any]) -> None:
    """Seal a box, with a number of the racer's own where the row says so."""
    number = f"{row['seal']}-{os.getpid()}" if row.get("own") else row["seal"]
    packing.seal_box(Box.objects.get(pk=row["box"]), number=number, pair=pair_of(row), client_id=uuid4())


def claim(row: dict[str, Any]) -> None:
    """Claim a blank label for a room."""
    packing.claim_box(
        Room.objects.get(pk=row["room"]),
        label=row["label"],
        student=Student.objects.get(pk=row["student"]),
        pair=pair_of(row),
        client_id=uuid4(),
    )


ACTS = {"seal": seal, "claim": claim}
