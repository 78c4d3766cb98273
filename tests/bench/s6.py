"""S6: a 12 megapixel photo comes in: check, hash, turn upright, strip, draw 1600 and 320 px.

Storing is left out on every side. "Naive" is what the library's tutorial does; pyvips is the fast peer. The photo is
made here, the same on every machine: colour fields under fine noise, quality 92, lying on its side with the EXIF that
says so.

A page that shrinks photos before sending shrinks them to the large size, so that nothing is left to resize. A photo
shrunk to 2,400 px is drawn 5 times as fast as naively, not 12: bringing it to 1,600 px alone takes longer than that.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from random import Random

import pyvips
from PIL import Image, ImageChops, ImageFilter, ImageOps

from core.uploads import LARGE, LARGE_QUALITY, SMALL, SMALL_QUALITY, take_photo
from tests.bench import Goal, Row, Side

SIZES = ((LARGE, LARGE_QUALITY), (SMALL, SMALL_QUALITY))
ORIENTATION = 0x0112


def photo(width: int, height: int) -> Image.Image:
    """A picture with the entropy of a photo: about 0.25 bytes a pixel at quality 92."""
    random = Random(48)  # noqa: S311 - the same photo each time
    fields = Image.frombytes("RGB", (64, 48), random.randbytes(64 * 48 * 3))
    noise = Image.frombytes("L", (1024, 768), random.randbytes(1024 * 768))
    grain = noise.point(lambda value: value // 10 + 115).filter(ImageFilter.GaussianBlur(0.6))
    tiled = Image.new("L", (width, height))
    for left in range(0, width, grain.width):
        for top in range(0, height, grain.height):
            tiled.paste(grain, (left, top))
    large = fields.resize((width, height), Image.Resampling.BICUBIC)
    return ImageChops.add(large, Image.merge("RGB", (tiled,) * 3), offset=-128)


def as_phone_writes(picture: Image.Image) -> bytes:
    """JPEG of quality 92, lying on its side, with the EXIF that says so."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    out = BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()


def as_page_shrinks(picture: Image.Image, longest: int) -> bytes:
    """What a page's canvas sends: upright, shrunk, quality 85, no EXIF."""
    upright = ImageOps.contain(picture.transpose(Image.Transpose.ROTATE_270), (longest, longest))
    out = BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


def naive(data: bytes) -> list[bytes]:
    """The plain library calls."""
    sha256(data).hexdigest()
    picture = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    drawn = []
    for longest, quality in SIZES:
        share = longest / max(picture.size)
        out = BytesIO()
        shrunk = picture.resize((round(picture.width * share), round(picture.height * share)))
        shrunk.save(out, "JPEG", quality=quality)
        drawn.append(out.getvalue())
    return drawn


def vips(data: bytes) -> list[bytes]:
    """The fast peer at its best: shrinks while decoding, the small size drawn from the large one."""
    sha256(data).hexdigest()
    large = pyvips.Image.thumbnail_buffer(data, LARGE, height=LARGE, size="down", fail_on="truncated").copy_memory()
    small = large.thumbnail_image(SMALL, height=SMALL)
    return [large.jpegsave_buffer(Q=LARGE_QUALITY, keep="none"), small.jpegsave_buffer(Q=SMALL_QUALITY, keep="none")]


def ours(data: bytes) -> list[bytes]:
    """The house's intake."""
    taken = take_photo(BytesIO(data), name="photo.jpg")
    return [taken.large, taken.small]


def sizes_of(drawn: list[bytes]) -> list[tuple[int, int]]:
    """Width and height of each."""
    return [Image.open(BytesIO(data)).size for data in drawn]


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's signature
    """The photo and its shrunk copies; every way draws the same two sizes, upright."""
    picture = photo(4000, 3000)
    phone = as_phone_writes(picture)
    shrunk = as_page_shrinks(picture, LARGE)
    for way in (naive, vips, ours):
        assert sizes_of(way(phone)) == [(1200, 1600), (240, 320)]
    yield {
        "naive Pillow": lambda: naive(phone),
        "pyvips": lambda: vips(phone),
        "ours": lambda: ours(phone),
        "shrunk by the page": lambda: ours(shrunk),
    }


ROW = Row(
    title="12 MP photo in: check, hash, turn, strip, 1600 and 320 px",
    sides=sides,
    goals=[
        Goal("naive Pillow", ">=", 3.5),
        Goal("pyvips", ">=", 1.0),
        Goal("naive Pillow", ">=", 12, ours="shrunk by the page"),
    ],
    rounds=11,
)
