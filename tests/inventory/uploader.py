"""Uploads photos of a box one after the other until it is killed; started by test_power_cut.

Arguments: the box and the pair. Prints one line, the photo's id, for each photo once it is acknowledged.
"""

import io
import os
import sys
from uuid import uuid4

from core.uploads import take_photo
from inventory import packing
from inventory.models import Box, PairSession
from tests.world import jpeg


def main() -> None:
    """Upload without end."""
    box, pair = Box.objects.get(pk=sys.argv[1]), PairSession.objects.get(pk=sys.argv[2])
    while True:
        known, colour = uuid4(), tuple(os.urandom(3))
        taken = take_photo(io.BytesIO(jpeg(colour=(colour[0], colour[1], colour[2]))), name="photo.jpg")
        packing.photograph_box(box, photos=[(known, taken)], pair=pair)
        sys.stdout.write(f"{known}\n")
        sys.stdout.flush()
