"""Reading the structure of a picture file from its bytes alone, before any decoder sees it.

A decoder is a large program fed by strangers. It is given nothing but what it needs to make pixels: the metadata, which
no photo needs to be seen, never reaches it, and a file whose opening would cost too much is refused unopened.
Sources of the layouts: ITU-T T.81 (JPEG), W3C PNG third edition, RFC 9649 (WebP), TIFF 6.0 (the EXIF directory).
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _

from core.records import Refused


class RefusedUpload(Refused):
    """The file was not taken; `message` says what is wrong with it and what to do."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One still picture as it lies in a file."""

    kind: str  # "jpeg", "png" or "webp"
    plain: bytes  # the same picture without metadata, for the decoder
    width: int  # pixels, as stored, before turning
    height: int
    orientation: int  # EXIF 1 to 8: how the stored picture must be turned to stand upright
    profile: bytes | None  # ICC colour profile
    decode_bytes: int  # memory that opening it takes beyond the shrunk picture itself


SENTENCES = {
    "photo-empty": _("The file is empty, nothing arrived. Choose the photo again."),
    "photo-too-heavy": _("The file is larger than %(limit)d MB. Send the photo in a smaller size."),
    "photo-too-large": _("The photo has too many pixels to be opened safely. Take it at a lower resolution."),
    "photo-truncated": _("The end of the photo is missing, the transfer was cut short. Send it again."),
    "photo-damaged": _("The photo is damaged and cannot be opened completely. Take it again or choose another."),
    "photo-unusual": _("The photo is saved in an unusual way. Save it as an ordinary JPEG and send that."),
    "photo-moves": _("The file holds a moving picture. Send a single still photo."),
    "photo-hides-a-file": _("This file holds more than a photo. Take the photo again and send the new one."),
    "photo-disk-full": _("The site's disk is full, the photo was not kept. Tell the office, then send it again."),
    "photo-is-heic": _(
        "This is a HEIC photo, which not every device can show. Send it as JPEG: on an iPhone choose "
        "Settings, Camera, Formats, Most Compatible, and take it again."
    ),
    "photo-is-gif": _("This is a GIF picture, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-tiff": _("This is a TIFF or raw camera picture. Send the photo as JPEG, PNG or WebP."),
    "photo-is-bmp": _("This is a BMP picture. Send the photo as JPEG, PNG or WebP."),
    "photo-is-avif": _("This is an AVIF picture. Send the photo as JPEG, PNG or WebP."),
    "photo-is-psd": _("This is a Photoshop document, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-svg": _("This is a drawing (SVG), not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-eps": _("This is a PostScript document, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-pdf": _("This is a PDF document, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-html": _("This is a web page, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-zip": _("This is an archive or an office document, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-video": _("This is a video, not a photo. Send a photo as JPEG, PNG or WebP."),
    "photo-is-unknown": _("This file is not a photo. Send a photo as JPEG, PNG or WebP."),
}

# How strangers begin; the first that matches names the file.
STRANGERS = [
    ("heic", re.compile(rb".{4}ftyp(?:.{4}){0,12}?(?:hei[cxms]|hev[cxms])", re.DOTALL)),
    ("avif", re.compile(rb".{4}ftyp(?:.{4}){0,12}?avi[fs]", re.DOTALL)),
    ("heic", re.compile(rb".{4}ftyp(?:mif1|msf1)", re.DOTALL)),
    ("video", re.compile(rb".{4}ftyp|RIFF.{4}AVI |\x1aE\xdf\xa3", re.DOTALL)),
    ("gif", re.compile(rb"GIF8")),
    ("tiff", re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+")),
    ("bmp", re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)),
    ("psd", re.compile(rb"8BPS")),
    ("eps", re.compile(rb"%!PS|\xc5\xd0\xd3\xc6")),
    ("zip", re.compile(rb"PK\x03\x04|PK\x05\x06|\xd0\xcf\x11\xe0|7z\xbc\xaf|Rar!|\x1f\x8b")),
    ("pdf", re.compile(rb".{0,1019}%PDF-", re.DOTALL)),
    ("svg", re.compile(rb".{0,4092}<svg", re.DOTALL | re.IGNORECASE)),
    ("html", re.compile(rb".{0,1019}<(?:!doctype|html|head|body|script)", re.DOTALL | re.IGNORECASE)),
]

# A phone writes a great deal around its photo (depth maps, a second of video, the maker's notes), so bytes before and
# after the picture are tolerated: the original is evidence and is kept as it came, and what browsers are given is made
# anew from the pixels. What no phone writes there, and what makes the file a page, a script or a document to another
# reader, is refused. The signs are long enough not to occur by chance in megabytes of video.
HIDDEN = (
    *(b"<?php" + space for space in (b" ", b"\t", b"\r", b"\n")),
    *(b"<script", b"<html>", b"<html ", b"<!doctype ", b"%pdf-1.", b"%pdf-2."),
)
# An archive is read from its end, where its last record stands, followed by a comment of up to 64 KB.
ARCHIVE_END, ARCHIVE_END_WITHIN = b"PK\x05\x06", 22 + 0xFFFF

# Each part costs a decoder some work whatever its length. Cameras write up to about 400 parts (ICC and depth maps cut
# into 64 KB); encoders that write PNG in 4 KB pieces need 5,000 for the largest file taken.
MAX_PARTS = 8_000
# A progressive JPEG is drawn in about 10 passes, each over the whole picture; a hostile one has thousands.
MAX_SCANS = 32
MAX_PROFILE_BYTES = 2 * 1024 * 1024

FRAME_MARKERS = {0xC0, 0xC1, 0xC2}  # baseline, extended and progressive Huffman; nothing else comes from a camera
TABLE_MARKERS = {0xC4, 0xDB, 0xDD}  # Huffman and quantisation tables, restart interval
JPEG_PART = re.compile(rb"\xff{1,16}([^\x00\xff])")
JPEG_END_OF_PASS = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def refuse(code: str, **values: Any) -> NoReturn:
    """Raise RefusedUpload with the sentence of `code`."""
    raise RefusedUpload(code, str(SENTENCES[code]) % values if values else str(SENTENCES[code]))


def read_picture(data: bytes) -> PictureFile:
    """The one still picture that `data` holds; RefusedUpload, with the reason, when there is none."""
    reader: Callable[[bytes], PictureFile]
    if data.startswith(b"\xff\xd8\xff"):
        reader = _read_jpeg
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        reader = _read_png
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        reader = _read_webp
    else:
        refuse("photo-is-" + next((kind for kind, start in STRANGERS if start.match(data)), "unknown"))
    try:
        return reader(data)
    except (struct.error, IndexError):
        refuse("photo-truncated")


def _refuse_hidden_files(parts: list[bytes]) -> None:
    """Refuse the picture when what lies around its pixels is something else to another reader.

    `parts` are all bytes beside the pixels; the last is what stands behind the picture.
    """
    around = b"\0".join(parts).lower()
    if any(sign in around for sign in HIDDEN) or ARCHIVE_END in parts[-1][-ARCHIVE_END_WITHIN:]:
        refuse("photo-hides-a-file")


def _read_jpeg(data: bytes) -> PictureFile:
    kept: list[bytes] = [b"\xff\xd8"]
    around: list[bytes] = []
    profile: dict[int, bytes] = {}
    orientation = 1
    frame = b""
    progressive = False
    for marker, start, end in _jpeg_parts(data):
        body = data[start + 2 : end]
        if marker in TABLE_MARKERS:
            kept.append(b"\xff" + bytes([marker]) + data[start:end])
        elif marker in FRAME_MARKERS:
            if frame:
                refuse("photo-damaged")
            frame, progressive = body, marker == 0xC2
            kept.append(b"\xff" + bytes([marker]) + data[start:end])
        elif marker == 0xDA:
            break
        elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
            around.append(body)
            if (marker == 0xE0 and body.startswith(b"JFIF\0")) or (marker == 0xEE and body.startswith(b"Adobe")):
                # These two say how the colours are coded.
                kept.append(b"\xff" + bytes([marker]) + data[start:end])
            elif marker == 0xE1 and body.startswith(b"Exif\0\0") and orientation == 1:
                orientation = exif_orientation(body[6:])
            elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
                profile[body[12]] = body[14:]
        else:
            refuse("photo-unusual")
    if len(frame) < 6 or len(frame) != 6 + 3 * frame[5]:
        refuse("photo-damaged")
    precision, height, width, layers = struct.unpack_from(">BHHB", frame)
    if precision != 8 or layers not in (1, 3, 4):
        refuse("photo-unusual")
    if not width or not height:
        refuse("photo-damaged")
    passes_begin = start - 2
    in_passes = progressive or body[0] < layers
    last = _jpeg_end(data, end, in_passes=in_passes)
    around.append(data[last:])
    _refuse_hidden_files(around)
    return PictureFile(
        kind="jpeg",
        plain=b"".join([*kept, memoryview(data)[passes_begin:last]]),
        width=width,
        height=height,
        orientation=orientation,
        profile=_bounded(b"".join(profile[number] for number in sorted(profile))),
        # Drawn in one go it is shrunk line by line; in passes, every coefficient (two bytes) waits for the last one.
        decode_bytes=2 * _jpeg_samples(frame, width, height) if in_passes else 0,
    )


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each part up to the first pass; start stands at the two bytes of length."""
    at = 2
    for _part in range(MAX_PARTS):
        found = JPEG_PART.match(data, at)
        if not found:
            refuse("photo-truncated" if at >= len(data) - 1 else "photo-damaged")
        marker, start = found[1][0], found.end()
        if marker == 0x01 or 0xD0 <= marker <= 0xD9:
            refuse("photo-damaged")
        end = at = _jpeg_part_end(data, start)
        yield marker, start, end
    refuse("photo-unusual")


def _jpeg_part_end(data: bytes, start: int) -> int:
    length: int = struct.unpack_from(">H", data, start)[0]
    if length < 2:
        refuse("photo-damaged")
    if start + length > len(data):
        refuse("photo-truncated")
    return start + length


def _jpeg_end(data: bytes, at: int, *, in_passes: bool) -> int:
    """Where the picture ends, behind its end marker; `at` is where the first pass's codes begin."""
    scans = 1
    for _part in range(MAX_PARTS):
        found = JPEG_END_OF_PASS.search(data, at)
        if not found:
            refuse("photo-truncated")
        marker = data[found.end() - 1]
        if marker == 0xD9:
            return found.end()
        scans += marker == 0xDA
        if not in_passes:
            refuse("photo-damaged")
        if scans > MAX_SCANS:
            refuse("photo-unusual")
        if marker not in TABLE_MARKERS | {0xDA, 0xFE} and not 0xE0 <= marker <= 0xEF:
            refuse("photo-damaged")
        at = _jpeg_part_end(data, found.end())
    refuse("photo-unusual")


def _jpeg_samples(frame: bytes, width: int, height: int) -> int:
    """How many samples all layers have together, from their sampling factors."""
    factors = [(code >> 4, code & 15) for code in frame[7::3]]
    finest = max(across for across, _down in factors) * max(down for _across, down in factors)
    return width * height * sum(across * down for across, down in factors) // max(finest, 1)


def _read_png(data: bytes) -> PictureFile:
    kept: list[bytes] = [data[:8]]
    around: list[bytes] = []
    profile = b""
    orientation = 1
    at = 8
    for _part in range(MAX_PARTS):
        length, name = struct.unpack_from(">I4s", data, at)
        body_at, end = at + 8, at + 12 + length
        if end > len(data):
            refuse("photo-truncated")
        if (at == 8) != (name == b"IHDR" and length == 13):
            refuse("photo-damaged")
        if name in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            kept.append(data[at:end])
        elif name == b"acTL":
            refuse("photo-moves")
        elif name[0] < 0x60:
            # A capital first letter: the picture cannot be shown without this part, and nobody knows it.
            refuse("photo-unusual")
        else:
            body = data[body_at : end - 4]
            around.append(body)
            if name == b"eXIf":
                orientation = exif_orientation(body)
            elif name == b"iCCP":
                profile = _inflate(body.partition(b"\0")[2][1:])
        at = end
        if name == b"IEND":
            break
    else:
        refuse("photo-unusual")
    around.append(data[at:])
    _refuse_hidden_files(around)
    width, height = struct.unpack_from(">II", data, 16)
    return PictureFile(
        kind="png",
        plain=b"".join(kept),
        width=width,
        height=height,
        orientation=orientation,
        profile=_bounded(profile),
        # Measured: colours and opacity, the same weighted by it, which shrinking needs, and the numbers of a palette.
        decode_bytes=11 * width * height,
    )


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_PROFILE_BYTES + 1)
    except zlib.error:
        return b""


def _read_webp(data: bytes) -> PictureFile:
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    if end > len(data):
        refuse("photo-truncated")
    kept: list[bytes] = []
    around: list[bytes] = []
    profile = b""
    orientation = 1
    width = height = 0
    at = 12
    for _part in range(MAX_PARTS):
        if at >= end:
            break
        name, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length]
        if at + 8 + length > end:
            refuse("photo-truncated")
        if name in (b"ANIM", b"ANMF"):
            refuse("photo-moves")
        if name in (b"VP8X", b"VP8 ", b"VP8L"):
            width, height = (width, height) if width else _webp_size(name, body)
        if name in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH"):
            kept.append(data[at : at + 8 + length] + b"\0" * (length & 1))
        else:
            around.append(body)
            if name == b"EXIF":
                orientation = exif_orientation(body.removeprefix(b"Exif\0\0"))
            elif name == b"ICCP":
                profile = body
        at += 8 + length + (length & 1)
    else:
        refuse("photo-unusual")
    around.append(data[end:])
    _refuse_hidden_files(around)
    if not width or not height:
        refuse("photo-damaged")
    chunks = b"".join(kept)
    return PictureFile(
        kind="webp",
        plain=b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks,
        width=width,
        height=height,
        orientation=orientation,
        profile=_bounded(profile),
        decode_bytes=12 * width * height,  # measured: the decoder's canvas, its copy, the picture
    )


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if name == b"VP8L":
        bits: int = struct.unpack_from("<I", body, 1)[0]
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _bounded(profile: bytes) -> bytes | None:
    """The profile, or none when it is absent or of a size that no camera writes."""
    return profile if 0 < len(profile) <= MAX_PROFILE_BYTES else None


def exif_orientation(exif: bytes) -> int:
    """The orientation (1 to 8) an EXIF block names, 1 when it names none or cannot be read.

    Read here and not by the library, which reads every entry of the block: one that names the same megabyte five
    thousand times fills the memory.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if not order:
        return 1
    try:
        directory: int = struct.unpack_from(order + "I", exif, 4)[0]
        count: int = struct.unpack_from(order + "H", exif, directory)[0]
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, kind, _values, value = struct.unpack_from(order + "HHIH", exif, entry)
            if tag == 0x0112:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
