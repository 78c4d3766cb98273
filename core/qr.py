"""QR codes, written and read by one library.

The writer is zxing-cpp's, not a pure Python one: it scores all eight masks and still takes a thirtieth of the time, and
it picks the smallest version and the shortest mode by itself, so an address in capitals comes out alphanumeric.
"""

import struct
import zlib
from base64 import b64encode
from io import BytesIO
from typing import Literal

import zxingcpp
from django.conf import settings
from PIL import Image

from core.picture_files import read_picture, refuse

# Q stands a quarter of the picture being soiled or scratched; M (15 %) is for long addresses on clean paper.
Level = Literal["M", "Q"]
QUIET_ZONE = 4  # modules on each side, what ISO/IEC 18004 asks for and the library draws

LONGEST_SIDE = 2400  # pixels a photo is shrunk to before codes are looked for; a sheet of 24 still reads
MAX_DECODE_BYTES = 150_000_000
# What the decoder raises on bytes that are not what they say.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


def qr_png(text: str, *, level: Level = "Q") -> bytes:
    """The QR code of `text` as a grey PNG, one pixel a module, with its quiet zone.

    Print it enlarged and not smoothed (`image-rendering: pixelated`). Give labels an address in capitals
    (`core.codes.scan_url`), any other makes the code larger.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    out = BytesIO()
    Image.fromarray(code.to_image(scale=1, add_quiet_zones=True)).save(out, "PNG")
    return out.getvalue()


def qr_data_uri(text: str, *, level: Level = "Q") -> str:
    """The QR code of `text` as an address that a page or a paper shows as it stands."""
    return "data:image/png;base64," + b64encode(qr_png(text, level=level)).decode()


def read_codes(photo: bytes) -> list[str]:
    """The texts of the QR codes in a photo, from top to bottom, each once; an empty list when there is none.

    RefusedUpload when the bytes are no photo, or one too large to be opened safely.
    """
    if not photo:
        refuse("photo-empty")
    if len(photo) > settings.MAX_UPLOAD_BYTES:
        refuse("photo-too-heavy", limit=settings.MAX_UPLOAD_BYTES // 1024**2)
    picture = read_picture(photo)
    if picture.width * picture.height > settings.MAX_PHOTO_PIXELS or picture.decode_bytes > MAX_DECODE_BYTES:
        refuse("photo-too-large")
    try:
        with Image.open(BytesIO(picture.plain), formats=[picture.kind]) as opened:
            # The JPEG decoder leaves colour out and shrinks by 2, 4 or 8 for almost nothing.
            share = min(1.0, LONGEST_SIDE / max(opened.size))
            opened.draft("L", (max(1, int(opened.width * share)), max(1, int(opened.height * share))))
            grey = _grey(opened)
    except BROKEN:
        refuse("photo-damaged")
    if max(grey.size) > LONGEST_SIDE:
        grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return list(dict.fromkeys(code.text for code in found))


def _grey(picture: Image.Image) -> Image.Image:
    """The picture in grey, what is transparent on white; raises one of BROKEN."""
    if "A" in picture.mode or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        return paper.convert("L")
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")  # 16 bits to 8; convert alone would clip
    return picture.convert("L")
