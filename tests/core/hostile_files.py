"""Photos and what is sent in their place, made when the tests run: no hostile file lies in the repository."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO

from PIL import Image

ORIENTATION = 0x0112
FRAME = b"\xff\xc0\x00\x11\x08"  # a baseline frame of three layers, up to its precision


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The picture as a file."""
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def grainy(width: int = 640, height: int = 480) -> Image.Image:
    """A picture with something in every block."""
    return Image.effect_noise((width, height), 60).convert("RGB")


def jpeg(**options: object) -> bytes:
    """A common JPEG."""
    return encoded(grainy(), "JPEG", **options)


def png(**options: object) -> bytes:
    """A common PNG."""
    return encoded(grainy(), "PNG", **options)


def webp(**options: object) -> bytes:
    """A common WebP."""
    return encoded(grainy(), "WEBP", **options)


def exif(orientation: int) -> bytes:
    """An EXIF block that says only this."""
    block = Image.Exif()
    block[ORIENTATION] = orientation
    return block.tobytes()


def jpeg_part(marker: int, body: bytes) -> bytes:
    """A part of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_with(*parts: bytes) -> bytes:
    """A common JPEG with more parts at its head."""
    data = jpeg()
    return data[:2] + b"".join(parts) + data[2:]


def jpeg_patched(at: int, value: bytes) -> bytes:
    """A common JPEG whose frame says something else from its byte `at` on (4 precision, 5 height, 7 width)."""
    data = bytearray(jpeg())
    start = data.index(FRAME) + at
    data[start : start + len(value)] = value
    return bytes(data)


def jpeg_in_passes_of(width: int, height: int) -> bytes:
    """A progressive JPEG that says it is so large."""
    data = bytearray(jpeg(progressive=True))
    struct.pack_into(">HH", data, data.index(b"\xff\xc2") + 5, height, width)
    return bytes(data)


def jpeg_by_layers_of(width: int, height: int) -> bytes:
    """A JPEG that says it is so large and that its first pass holds the brightness alone."""
    data = jpeg_patched(5, struct.pack(">HH", height, width))
    head = data.index(b"\xff\xda")
    return data[:head] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + data[head + 14 :]


def jpeg_without_tables() -> bytes:
    """A JPEG that lacks what its codes are read with."""
    return jpeg().replace(b"\xff\xdb", b"\xff\xee").replace(b"\xff\xc4", b"\xff\xee")


def jpeg_of_passes(count: int) -> bytes:
    """A progressive JPEG whose last pass is repeated."""
    data = jpeg(progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + b"\xff\xd9"


def png_part(name: bytes, body: bytes) -> bytes:
    """A part of a PNG, with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(parts: Iterable[bytes]) -> bytes:
    """A PNG of these parts."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + png_part(b"IEND", b"")


def png_head(width: int, height: int, *, depth: int = 8, colours: int = 2) -> bytes:
    """The first part of a PNG."""
    return png_part(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))


def png_with(*parts: bytes) -> bytes:
    """A common PNG with more parts behind the first."""
    data = png()
    return data[:33] + b"".join(parts) + data[33:]


def png_bomb() -> bytes:
    """A quarter of a megabyte that opens to 1.6 gigabytes."""
    packer = zlib.compressobj(9)
    line = bytes(1 + 40_000 // 8)
    packed = b"".join(packer.compress(line * 1000) for _times in range(40)) + packer.flush()
    return png_of([png_head(40_000, 40_000, depth=1, colours=0), png_part(b"IDAT", packed)])


def png_flipped() -> bytes:
    """A PNG with one bit of its picture turned over."""
    data = bytearray(png())
    data[len(data) // 2] ^= 1
    return bytes(data)


def webp_of(width: int, height: int) -> bytes:
    """A lossless WebP that says it is so large."""
    data = bytearray(webp(lossless=True))
    at = data.index(b"VP8L") + 9
    struct.pack_into("<I", data, at, (width - 1) | (height - 1) << 14)
    return bytes(data)


def moving(form: str, count: int) -> bytes:
    """A moving picture of `count` frames."""
    frames = [Image.new("RGB", (16, 16), (n % 256, n // 256, n * 80 % 256)) for n in range(count)]
    return encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=20)


def archive() -> bytes:
    """A ZIP with one file in it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


def box(brand: bytes, *others: bytes) -> bytes:
    """The beginning of a HEIC, AVIF or MP4 file."""
    body = brand + b"\0\0\0\0" + b"".join(others)
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + bytes(200)


PHP = b"<?php system($_GET['c']); ?>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PSD = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 8, 8, 8, 3) + bytes(300)


def cut(make: Callable[[], bytes], share: float) -> Callable[[], bytes]:
    """The first part of a file, as a broken transfer leaves it."""
    return lambda: (lambda data: data[: int(len(data) * share)])(make())


# What is sent, how it is made, and the code it is refused with.
HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing", lambda: b"", "photo-empty"),
    ("one byte", lambda: b"\xff", "photo-is-unknown"),
    ("a megabyte of zeros", lambda: bytes(1 << 20), "photo-is-unknown"),
    ("40 MB", lambda: jpeg() + bytes(40 << 20), "photo-too-heavy"),
    ("plain text", lambda: b"Dear office, here is the photo.", "photo-is-unknown"),
    ("a program", lambda: b"MZ\x90\0" + bytes(500), "photo-is-unknown"),
    ("an icon", lambda: encoded(grainy(64, 64), "ICO"), "photo-is-unknown"),
    ("SVG", lambda: SVG, "photo-is-svg"),
    ("SVG behind a prolog", lambda: b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->" + SVG, "photo-is-svg"),
    ("SVG with a document type", lambda: b"<!DOCTYPE svg>\n" + SVG, "photo-is-svg"),
    ("PDF", lambda: encoded(grainy(), "PDF"), "photo-is-pdf"),
    ("PDF behind junk", lambda: bytes(900) + encoded(grainy(), "PDF"), "photo-is-pdf"),
    ("EPS", lambda: encoded(grainy(), "EPS"), "photo-is-eps"),
    ("EPS with a preview", lambda: b"\xc5\xd0\xd3\xc6" + bytes(26) + encoded(grainy(), "EPS"), "photo-is-eps"),
    ("PSD", lambda: PSD, "photo-is-psd"),
    ("HTML", lambda: b"<!doctype html><script>alert(1)</script>", "photo-is-html"),
    ("HTML without a head", lambda: b"\n\n<SCRIPT>alert(1)</SCRIPT>", "photo-is-html"),
    ("ZIP", archive, "photo-is-zip"),
    ("TIFF", lambda: encoded(grainy(), "TIFF"), "photo-is-tiff"),
    ("BMP", lambda: encoded(grainy(), "BMP"), "photo-is-bmp"),
    ("HEIC", lambda: box(b"heic", b"mif1", b"heic"), "photo-is-heic"),
    ("HEIC under its general brand", lambda: box(b"mif1", b"mif1", b"heic"), "photo-is-heic"),
    ("AVIF", lambda: encoded(grainy(64, 64), "AVIF"), "photo-is-avif"),
    ("MP4", lambda: box(b"isom", b"mp42"), "photo-is-video"),
    ("GIF", lambda: encoded(grainy(), "GIF"), "photo-is-gif"),
    ("GIF of 3,000 frames", lambda: moving("GIF", 3000), "photo-is-gif"),
    ("moving PNG", lambda: moving("PNG", 3), "photo-moves"),
    ("moving WebP", lambda: moving("WEBP", 3), "photo-moves"),
    ("JPEG, last byte missing", lambda: jpeg()[:-1], "photo-truncated"),
    ("JPEG, end mark missing", lambda: jpeg()[:-2], "photo-truncated"),
    ("JPEG, 99 %", cut(jpeg, 0.99), "photo-truncated"),
    ("JPEG, half", cut(jpeg, 0.5), "photo-truncated"),
    ("JPEG, tenth", cut(jpeg, 0.1), "photo-truncated"),
    ("JPEG, cut in its head", lambda: jpeg()[:100], "photo-truncated"),
    ("JPEG, four bytes", lambda: jpeg()[:4], "photo-truncated"),
    ("JPEG in passes, half", cut(lambda: jpeg(progressive=True), 0.5), "photo-truncated"),
    ("PNG, last byte missing", lambda: png()[:-1], "photo-truncated"),
    ("PNG, half", cut(png, 0.5), "photo-truncated"),
    ("PNG, its signature", lambda: png()[:8], "photo-truncated"),
    ("WebP, last byte missing", lambda: webp()[:-1], "photo-truncated"),
    ("WebP, half", cut(webp, 0.5), "photo-truncated"),
    ("WebP, its head", lambda: webp()[:20], "photo-truncated"),
    ("JPEG, a mark inside its picture", lambda: jpeg()[:-500] + b"\xff\xc4" + jpeg()[-500:], "photo-damaged"),
    ("JPEG, nothing but marks", lambda: b"\xff\xd8\xff\xd9", "photo-damaged"),
    ("JPEG of no width", lambda: jpeg_patched(7, b"\0\0"), "photo-damaged"),
    ("JPEG of no height", lambda: jpeg_patched(5, b"\0\0"), "photo-damaged"),
    ("JPEG with two frames", lambda: jpeg_with(FRAME + bytes(14)), "photo-damaged"),
    (
        "JPEG without tables",
        lambda: jpeg().replace(b"\xff\xdb", b"\xff\xee").replace(b"\xff\xc4", b"\xff\xee"),
        "photo-damaged",
    ),
    ("JPEG of 12 bits", lambda: jpeg_patched(4, b"\x0c"), "photo-unusual"),
    ("JPEG, lossless", lambda: jpeg().replace(FRAME, b"\xff\xc3" + FRAME[2:]), "photo-unusual"),
    ("JPEG, arithmetic", lambda: jpeg().replace(FRAME, b"\xff\xc9" + FRAME[2:]), "photo-unusual"),
    ("JPEG of 10,000 comments", lambda: jpeg_with(*[jpeg_part(0xFE, b"")] * 10_000), "photo-unusual"),
    ("JPEG of 200 passes", lambda: jpeg_of_passes(200), "photo-unusual"),
    ("JPEG with 8 MB of filling", lambda: jpeg_with(b"\xff" * (8 << 20)), "photo-damaged"),
    ("JPEG of 4,000 megapixels", lambda: jpeg_patched(5, b"\xff\xff\xff\xff"), "photo-too-large"),
    ("PNG bomb", png_bomb, "photo-too-large"),
    ("PNG of 20 megapixels", lambda: encoded(Image.new("L", (5000, 4000)), "PNG"), "photo-too-large"),
    ("PNG, a bit turned over", png_flipped, "photo-damaged"),
    ("PNG with a wrong checksum", lambda: png().replace(b"\x08\x02\0\0\0", b"\x08\x02\0\0\1"), "photo-damaged"),
    ("PNG without a head", lambda: png_of([png_part(b"IDAT", b"")]), "photo-damaged"),
    ("PNG without a picture", lambda: png_of([png_head(9, 9)]), "photo-damaged"),
    ("PNG of no width", lambda: png_of([png_head(0, 9), png_part(b"IDAT", b"")]), "photo-damaged"),
    ("PNG with an unknown part it needs", lambda: png_with(png_part(b"EVIL", b"")), "photo-unusual"),
    ("PNG of 10,000 parts", lambda: png_with(*[png_part(b"teSt", b"")] * 10_000), "photo-unusual"),
    ("JPEG in passes of 59 megapixels", lambda: jpeg_in_passes_of(7700, 7700), "photo-too-large"),
    ("JPEG by layers of 59 megapixels", lambda: jpeg_by_layers_of(7700, 7700), "photo-too-large"),
    ("WebP of 268 megapixels", lambda: webp_of(16_384, 16_384), "photo-too-large"),
    ("WebP of 20 megapixels", lambda: webp_of(5000, 4000), "photo-too-large"),
    ("WebP of nothing", lambda: b"RIFF\x04\0\0\0WEBP", "photo-damaged"),
    ("JPEG with PHP behind it", lambda: jpeg() + PHP, "photo-hides-a-file"),
    ("JPEG with PHP far behind it", lambda: jpeg() + bytes(1 << 20) + PHP.upper() + b"\xff\xd9", "photo-hides-a-file"),
    ("JPEG with PHP in a comment", lambda: jpeg_with(jpeg_part(0xFE, PHP)), "photo-hides-a-file"),
    ("JPEG with a page in its EXIF", lambda: jpeg_with(jpeg_part(0xE1, b"Exif\0\0<html><b>")), "photo-hides-a-file"),
    ("JPEG with a ZIP behind it", lambda: jpeg() + archive(), "photo-hides-a-file"),
    ("PNG with PHP in a text", lambda: png_with(png_part(b"tEXt", b"Comment\0" + PHP)), "photo-hides-a-file"),
    ("PNG with a PDF behind it", lambda: png() + encoded(grainy(), "PDF"), "photo-hides-a-file"),
    ("WebP with a script behind it", lambda: webp() + b"<script src=//x></script>", "photo-hides-a-file"),
]
