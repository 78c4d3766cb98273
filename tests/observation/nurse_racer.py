"""One of several nurses who measure the same people at the same time; started by test_two_nurses_at_once.

Arguments: the act's name, a start time (Unix seconds) and rows as JSON: the nurse, an occupant, the slot, what the
thermometer shows. Prints one JSON line of outcomes.
"""

import json
import sys
import time
from collections import Counter
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import OperationalError
from django.utils import translation

from core.records import Refused
from observation import rounds
from observation.models import Occupant
from people.models import User


def main() -> None:
    """Race and report."""
    _act, start, rows = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    outcomes: Counter[str] = Counter()
    translation.activate("en")
    time.sleep(max(0.0, start - time.time()))
    for row in rows:
        occupant = Occupant.objects.select_related("person", "building").get(pk=row["occupant"])
        try:
            rounds.take_reading(
                occupant,
                day=date.fromisoformat(row["day"]),
                hour=row["hour"],
                temperature=Decimal(row["temperature"]),
                symptoms=[],
                skipped="",
                by=User.objects.get(pk=row["nurse"]),
                client_id=uuid4(),
            )
            outcomes["done"] += 1
        except Refused as refused:
            # What the other is told: who has taken it, and what it was.
            told = "took this reading at" in str(refused.message) and "Correct it if it is wrong" in str(
                refused.message
            )
            outcomes[f"{refused.code}, told" if told else refused.code] += 1
        except OperationalError as error:
            outcomes[f"operational: {error}"] += 1
    sys.stdout.write(json.dumps(outcomes))
