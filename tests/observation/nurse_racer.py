"""One of several nurses who act on the same people at the same time; started by test_two_nurses_at_once.

Arguments: the act (take, again, correct or add), a start time (Unix seconds) and rows as JSON: the nurse, an occupant
or a reading, the slot, what the thermometer shows. Prints one JSON line of outcomes.
"""

import json
import sys
import time
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import OperationalError
from django.utils import translation

from core.records import Refused
from observation import rounds
from observation.models import HealthCheck, Occupant, Symptom
from people.models import User


def do(act: str, row: dict[str, Any], by: User) -> None:
    """One nurse's act on one row."""
    given: dict[str, Any] = {"by": by, "client_id": uuid4()}
    if act == "take":
        occupant = Occupant.objects.select_related("person", "building").get(pk=row["occupant"])
        slot = {"day": date.fromisoformat(row["day"]), "hour": row["hour"]}
        value = Decimal(row["temperature"])
        rounds.take_reading(occupant, **slot, temperature=value, symptoms=[], skipped="", **given)
        return
    checks = HealthCheck.objects.select_related("protocol", "occupant__person", "occupant__building")
    check = checks.get(pk=row["check"])
    if act == "again":
        rounds.measure_again(check, temperature=Decimal(row["temperature"]), symptoms=[], **given)
    elif act == "add":
        rounds.add_symptoms(check, symptoms=[Symptom.COUGH], **given)
    else:
        value = Decimal(row["temperature"])
        rounds.correct(check, temperature=value, symptoms=[], skipped="", why="Misread", **given)


def main() -> None:
    """Race and report."""
    act, start, rows = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])
    outcomes: Counter[str] = Counter()
    translation.activate("en")
    time.sleep(max(0.0, start - time.time()))
    for row in rows:
        try:
            do(act, row, User.objects.get(pk=row["nurse"]))
            outcomes["done"] += 1
        except Refused as refused:
            # What the other is told: who has taken it, and what it was.
            words = str(refused.message)
            told = "took this reading at" in words and "Correct it if it is wrong" in words
            outcomes[f"{refused.code}, told" if told else refused.code] += 1
        except OperationalError as error:
            outcomes[f"operational: {error}"] += 1
    sys.stdout.write(json.dumps(outcomes))
