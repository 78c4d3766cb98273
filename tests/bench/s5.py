"""S5: 1,000 QR codes as PNG, and whether they are read as well.

"qrcode's default" is that library's one call. The codes of both sides are then brought to one printed size,
photographed badly (small, turned, blurred, stained, with noise) and read by the same reader; what each got through is
compared. Measured: ours 0.41, the default 0.36 of all.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from random import Random

import qrcode
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from core.codes import new_code
from core.qr import QUIET_ZONE, qr_png
from tests.bench import Goal, Measured, Row, Side

ADDRESS = "HTTPS://GUANSHE.EXAMPLE.EDU.CN/Q/"
READ = 400  # of each side's codes
PRINTED = 300  # pixels the modules of any code are printed on


def plainly(texts: list[str]) -> list[bytes]:
    """The library's own call, saved."""
    pictures = []
    for text in texts:
        out = BytesIO()
        qrcode.make(text).save(out)
        pictures.append(out.getvalue())
    return pictures


def ours(texts: list[str]) -> list[bytes]:
    """The house's codes."""
    return [qr_png(text) for text in texts]


def badly_photographed(picture: bytes, random: Random) -> Image.Image:
    """The code on paper, seen by a poor camera in poor light."""
    code = Image.open(BytesIO(picture)).convert("L")
    code = code.crop(ImageChops.invert(code).getbbox())  # quiet zones differ in pixels; the printed size must not
    paper = Image.new("L", (PRINTED + 120, PRINTED + 120), 255)
    paper.paste(code.resize((PRINTED, PRINTED), Image.Resampling.NEAREST), (60, 60))
    brush = ImageDraw.Draw(paper)
    for _stain in range(random.randint(2, 6)):
        x, y, r = (*(random.uniform(60, 60 + PRINTED) for _axis in "xy"), random.uniform(10, 30))
        brush.ellipse((x - r, y - r, x + r, y + r), fill=random.choice((0, 120, 255)))
    paper = paper.rotate(random.uniform(-25, 25), Image.Resampling.BICUBIC, fillcolor=255)
    side = random.randint(110, 180)
    paper = paper.resize((side, side), Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(random.uniform(0, 1)))
    noise = Image.frombytes("L", paper.size, random.randbytes(side * side)).point(lambda value: value // 6)
    return ImageChops.subtract(paper.point(lambda value: 60 + value // 2), noise)


def read_rate(pictures: object) -> float:
    """The share of codes that are read from bad photos, the same faults for every side."""
    assert isinstance(pictures, list)
    random = Random(37)  # noqa: S311 - the same faults each time
    kind = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    photos = [badly_photographed(picture, random) for picture in pictures[:READ]]
    return sum(bool(zxingcpp.read_barcodes(photo, formats=kind)) for photo in photos) / len(photos)


def compared(measured: Measured) -> float:
    """How many times the default's read rate ours is."""
    return read_rate(measured.answers["ours"]) / read_rate(measured.answers["qrcode's default"])


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's signature
    """The same addresses for both."""
    texts = [ADDRESS + new_code() for _n in range(READ if quick else 1000)]
    assert Image.open(BytesIO(qr_png(texts[0]))).width == 29 + 2 * QUIET_ZONE
    yield {"qrcode's default": lambda: plainly(texts), "ours": lambda: ours(texts)}


ROW = Row(
    title="1,000 QR codes",
    sides=sides,
    goals=[
        Goal("qrcode's default", ">=", 8),
        Goal("read rate of qrcode's default", ">=", 1, of=compared),
    ],
    rounds=5,
)
