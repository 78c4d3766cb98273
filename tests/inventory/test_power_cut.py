"""An upload is cut off at any moment: what was acknowledged is whole, what was not leaves nothing after the sweep."""

import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from PIL import Image

from inventory.models import Photo
from tests.world import make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = 200 if os.environ.get("GUANSHE_FULL") == "1" else 10
UPLOADER = "import django; django.setup(); from tests.inventory.uploader import main; main()"


def environment() -> dict[str, str]:
    """The test's own database and media folder for another process."""
    database = connection.settings_dict
    address = f"sqlite:///{database['NAME']}"
    if connection.vendor != "sqlite":
        where = f"{database['HOST']}:{database['PORT'] or 5432}"
        address = f"postgres://{database['USER']}:{database['PASSWORD']}@{where}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "GUANSHE_DATA": str(Path(settings.MEDIA_ROOT).parent),
        "PYTHONPATH": str(settings.BASE_DIR),
    }


def files() -> set[str]:
    """Every file in the media folder."""
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_a_killed_upload_leaves_no_half_photo_and_the_sweep_takes_the_rest() -> None:
    world, draw = make_world(), Random(7)  # noqa: S311 - meant to repeat itself
    student = world.student()
    world.consent(student)
    world.surveyed(student.bed.room)
    box, pair = world.box(student), world.pair()
    acknowledged: set[str] = set()
    for _n in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", UPLOADER, str(box.pk), str(pair.pk)],
            env=environment(),
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(draw.random() * 0.15)
        child.kill()
        rest, errors = child.communicate(timeout=60)
        assert first, errors
        acknowledged.update(line for line in (first + rest).split("\n") if len(line) == 36)
    assert len(acknowledged) >= KILLS
    photos = list(Photo.objects.all())
    assert acknowledged <= {str(photo.client_id) for photo in photos}
    root = Path(settings.MEDIA_ROOT)
    for photo in photos:
        original = (root / photo.original).read_bytes()
        assert (sha256(original).hexdigest(), len(original)) == (photo.sha256, photo.size)
        for shown in (photo.large, photo.small):
            with Image.open(root / shown) as picture:
                picture.load()
    named = {path for photo in photos for path in (photo.original, photo.large, photo.small)}
    orphan = root / Path(photos[0].original).with_name("0" * 32 + ".jpg.part")
    orphan.write_bytes(b"half")
    call_command("sweep_photos", verbosity=0)
    assert orphan.exists()
    call_command("sweep_photos", "--hours", "0")
    assert files() == named
