"""Several processes at the same boxes, seals and labels: one wins, the others hear why, nothing is locked up."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from core.models import Code
from inventory.models import Box, BoxState, CustodyEvent, PairSession, Seal
from rooms.models import Role, RoleKind
from tests.world import World, make_user, make_world

PROCESSES = 8
RACER = "import django; django.setup(); from tests.inventory.racer import main; main()"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def race(act: str, rows: list[list[dict[str, Any]]], *, racer: str = RACER, patience: int = 180) -> Counter[str]:
    """Run `act` in one process per list of rows, all at once; every outcome counted."""
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
    start = str(time.time() + 6)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", racer, act, start, json.dumps(own)],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for own in rows
    ]
    total: Counter[str] = Counter()
    for one in racers:
        out, err = one.communicate(timeout=patience)
        assert one.returncode == 0, err
        total.update(json.loads(out))
    return total


def pairs(world: World, count: int) -> list[PairSession]:
    """So many pairs of two people each."""
    found = []
    for n in range(count):
        packer = make_user(f"packer{n}", Role.of(world.building, RoleKind.MOVER))
        witness = make_user(f"witness{n}", Role.of(world.building, RoleKind.WITNESS))
        pair = PairSession.start(world.building, by=packer)
        pair.join(by=witness)
        found.append(pair)
    return found


def ready(world: World, boxes: int) -> list[Box]:
    """Boxes packed and not yet sealed, of one student."""
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    return [world.box(student) for _n in range(boxes)]


def test_one_box_is_sealed_once_whoever_tries() -> None:
    world = make_world()
    boxes = ready(world, 5)
    crews = pairs(world, PROCESSES)
    outcomes = race(
        "seal",
        [[{"box": box.pk, "seal": f"R{box.pk}", "own": True, "pair": crew.pk} for box in boxes] for crew in crews],
    )
    assert outcomes == {"done": 5, "box-not-there-yet": 5 * (PROCESSES - 1)}
    assert Seal.objects.count() == 5
    assert CustodyEvent.objects.filter(kind="sealed").count() == 5


def test_one_seal_number_closes_one_box_whoever_tries() -> None:
    world = make_world()
    boxes = ready(world, PROCESSES)
    crews = pairs(world, PROCESSES)
    outcomes = race(
        "seal", [[{"box": box.pk, "seal": "ONE", "pair": crew.pk}] for box, crew in zip(boxes, crews, strict=True)]
    )
    assert outcomes == {"done": 1, "seal_number_stands_once": PROCESSES - 1}
    assert Box.objects.filter(state=BoxState.SEALED).count() == 1


def test_one_label_makes_one_box_whoever_claims_it() -> None:
    world = make_world()
    student = world.student()
    world.consent(student)
    room = world.surveyed(student.bed.room)
    labels = [code.value for code in Code.issue_many(6)]
    crews = pairs(world, PROCESSES)
    rows = [
        [{"room": room.pk, "label": label, "student": student.pk, "pair": crew.pk} for label in labels]
        for crew in crews
    ]
    outcomes = race("claim", rows)
    assert outcomes == {"done": 6, "label-used": 6 * (PROCESSES - 1)}
    assert Box.objects.count() == 6
    assert sorted(Box.objects.values_list("code_id", flat=True)) == sorted(labels)
