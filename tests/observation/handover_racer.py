"""One of several phones that take the same shift over at the same time; started by test_handover_stands_still.

Arguments: the act ("begin", "sign" or "acknowledge"), a start time (Unix seconds), and one row as JSON: the handover,
the user, the words. Prints one JSON line of outcomes.
"""

import json
import sys
import time
from collections import Counter
from typing import Any

from core.records import Refused
from observation.handing_over import taking_over, writing
from observation.handing_over.writing import Written
from observation.models import Handover
from people.models import User
from rooms.models import Building


def main() -> None:
    """Race and report."""
    act, start, rows = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    outcomes: Counter[str] = Counter()
    time.sleep(max(0.0, start - time.time()))
    for row in rows:
        try:
            attempt(act, row)
            outcomes["done"] += 1
        except Refused as refused:
            outcomes[refused.code] += 1
    sys.stdout.write(json.dumps(outcomes))


def attempt(act: str, row: dict[str, Any]) -> None:
    """One act."""
    user = User.objects.get(pk=row["user"])
    if act == "begin":
        writing.begin(Building.objects.get(pk=row["building"]), by=user)
        return
    handover = Handover.objects.select_related("building", "shift__pattern", "shift__building", "giver").get(
        pk=row["handover"]
    )
    if act == "sign":
        writing.sign(handover, Written("stable", words=row["words"], shown=row["shown"]), by=user)
    else:
        taking_over.acknowledge(handover, restated=row["words"], by=user)
