"""Photos from outside: taken strictly, kept as they came, shown only as pictures made anew.

`take_photo` decides by content and raises RefusedUpload with a sentence for the sender. The original's bytes and their
SHA-256 are the evidence; what people see are two JPEGs drawn from its pixels, upright, in sRGB, with no metadata.
`store` has everything on disk, safe from a power cut, before it returns: call it before the transaction commits. A row
that then fails leaves files no row names, which `sweep_orphans` removes.
"""

import errno
import logging
import os
import re
import secrets
import struct
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from PIL import Image, ImageCms

from core.picture_files import PictureFile, RefusedUpload, read_picture, refuse

__all__ = [
    "LARGE",
    "SMALL",
    "RefusedUpload",
    "StoredPhoto",
    "TakenPhoto",
    "open_stored",
    "serve",
    "store",
    "sweep_orphans",
    "take_photo",
]

logger = logging.getLogger(__name__)

LARGE, LARGE_QUALITY = 1600, 82  # pixels of the longest side: a photo looked at
SMALL, SMALL_QUALITY = 320, 75  # a photo in a list or on paper
MAX_DECODE_BYTES = 150_000_000
MAX_NAME = 100

FOLDER = "photos"
STORED = re.compile(rf"{FOLDER}/([0-9a-f]{{2}})/([0-9a-f]{{2}})/\1\2[0-9a-f]{{28}}(-{LARGE}|-{SMALL})?\.(jpg|png|webp)")
ENDINGS = {"jpeg": "jpg", "png": "png", "webp": "webp"}

# Sharper than BILINEAR at the same price, half that of BICUBIC; for making pictures smaller no difference is seen.
FILTER = Image.Resampling.HAMMING
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PROFILE_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
# What the library raises on bytes that are not what they say.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


class Readable(Protocol):
    """Anything bytes are read from, an UploadedFile for one."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """A photo that passed every check, not stored yet."""

    name: str  # what the sender called it, cleaned for showing; never part of a path
    original: bytes = field(repr=False)
    sha256: str  # of the original, hexadecimal
    kind: str  # "jpeg", "png" or "webp"
    width: int  # pixels of the original, upright
    height: int
    large: bytes = field(repr=False)  # JPEG, longest side LARGE pixels
    small: bytes = field(repr=False)  # JPEG, longest side SMALL pixels


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """Where a photo lies: paths relative to MEDIA_ROOT, to be kept in a row."""

    original: str
    large: str
    small: str
    sha256: str
    size: int  # bytes of the original
    width: int
    height: int


def take_photo(stream: Readable, *, name: str) -> TakenPhoto:
    """Check the photo in `stream` and draw its two sizes; RefusedUpload says what is wrong and what to do.

    `name` is what the sender calls the file: it is cleaned for showing and decides nothing.
    """
    original = stream.read(settings.MAX_UPLOAD_BYTES + 1)
    if not original:
        refuse("photo-empty")
    if len(original) > settings.MAX_UPLOAD_BYTES:
        refuse("photo-too-heavy", limit=settings.MAX_UPLOAD_BYTES // 1024**2)
    picture = read_picture(original)
    if picture.width * picture.height > settings.MAX_PHOTO_PIXELS or picture.decode_bytes > MAX_DECODE_BYTES:
        refuse("photo-too-large")
    try:
        large = _drawn(picture)
    except BROKEN as error:
        refuse("photo-truncated" if "truncated" in str(error) else "photo-damaged")
    small = large.resize(_fitted(large.size, SMALL), FILTER, reducing_gap=1.1)
    upright = picture.orientation < 5
    return TakenPhoto(
        name=_shown(name),
        original=original,
        sha256=sha256(original).hexdigest(),
        kind=picture.kind,
        width=picture.width if upright else picture.height,
        height=picture.height if upright else picture.width,
        large=_jpeg(large, LARGE_QUALITY),
        small=_jpeg(small, SMALL_QUALITY),
    )


def _fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """`size` shrunk so that its longest side is at most `longest`; never enlarged."""
    share = min(1.0, longest / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _drawn(picture: PictureFile) -> Image.Image:
    """The picture at its large size, upright, in sRGB (or grey), opaque; raises one of BROKEN."""
    size = _fitted((picture.width, picture.height), LARGE)
    with Image.open(BytesIO(picture.plain), formats=[picture.kind]) as opened:
        if opened.size != (picture.width, picture.height) or getattr(opened, "n_frames", 1) != 1:
            refuse("photo-damaged")
        # The JPEG decoder shrinks by 2, 4 or 8 for almost nothing, as long as the box it must fill has the photo's
        # own shape: asked for 1600 x 1600, or for a side rounded up, it does not shrink a 4:3 photo at all.
        share = min(1.0, LARGE / max(opened.size))
        opened.draft(None, (max(1, int(opened.width * share)), max(1, int(opened.height * share))))
        opened.load()
        image: Image.Image = opened
        if image.mode == "1":
            image = image.convert("L")
        elif image.mode == "P":
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        if image.size != size:
            image = image.resize(size, FILTER, reducing_gap=2.0)
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")  # 16 bits to 8; convert alone would clip
    if image.mode in ("RGBA", "LA"):
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper.convert("RGB")
    if picture.profile:
        image = _in_srgb(image, picture.profile)
    if image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    return image.transpose(TURNS[picture.orientation]) if picture.orientation in TURNS else image


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours in sRGB; the picture as it is when the profile is sRGB, does not fit or cannot be read."""
    if b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != PROFILE_SPACES.get(image.mode):
            return image
        return ImageCms.profileToProfile(image, source, _srgb(), outputMode="RGB") or image
    except (ImageCms.PyCMSError, *BROKEN):
        return image


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _shown(name: str) -> str:
    """The last part of `name` without control, direction and private characters, at most MAX_NAME long."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return " ".join(kept.split())[:MAX_NAME] or _("photo")


def store(taken: TakenPhoto) -> StoredPhoto:
    """Write the original and both sizes under names of our own; all three are safe from a power cut on return.

    RefusedUpload when the disk is full; then nothing of the photo stays behind.
    """
    key = secrets.token_hex(16)
    stem = f"{FOLDER}/{key[:2]}/{key[2:4]}/{key}"
    files = {
        f"{stem}.{ENDINGS[taken.kind]}": taken.original,
        f"{stem}-{LARGE}.jpg": taken.large,
        f"{stem}-{SMALL}.jpg": taken.small,
    }
    root, folder = Path(settings.MEDIA_ROOT), _media(stem).parent
    try:
        if not root.exists():
            root.mkdir(parents=True, exist_ok=True)
            _flush(root.parent)
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in files.items():
            _write_safely(_media(path), data)
        # A folder's entry lives in the folder above it; another upload may have made one a moment ago and not be done.
        for place in (folder, *folder.parents[:3]):
            _flush(place)
    except OSError as error:
        for path in files:
            _media(path).unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            refuse("photo-disk-full")
        raise
    original, large, small = files
    return StoredPhoto(
        original=original,
        large=large,
        small=small,
        sha256=taken.sha256,
        size=len(taken.original),
        width=taken.width,
        height=taken.height,
    )


def _media(path: str) -> Path:
    return Path(settings.MEDIA_ROOT) / path


def _write_safely(path: Path, data: bytes) -> None:
    """Write under a passing name, have it on disk, then give it its own: a file by that name is whole or absent."""
    passing = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        passing.rename(path)
    except OSError:
        with suppress(OSError):
            passing.unlink(missing_ok=True)
        raise


def _flush(folder: Path) -> None:
    """Have the folder's entries on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checked(path: str) -> re.Match[str]:
    """The parts of a path that `store` made; SuspiciousFileOperation for any other."""
    found = STORED.fullmatch(path)
    if not found:
        raise SuspiciousFileOperation("This is not the path of a stored photo.")
    return found


def open_stored(path: str) -> BinaryIO:
    """The file at a path that `store` gave, to be read and closed.

    SuspiciousFileOperation for any other path, FileNotFoundError if the file is gone.
    """
    _checked(path)
    return _media(path).open("rb")


def sweep_orphans(known: Callable[[], Iterable[str]], *, older_than: timedelta) -> list[str]:
    """Remove stored photos that no row names and that are older than `older_than`; the paths removed, sorted.

    `known` answers with every path that a row names. It is asked after the files have been listed, so that a photo
    stored meanwhile is in the answer or not in the list; `older_than` spares those whose row is not committed yet.
    """
    before = time.time() - older_than.total_seconds()
    root = Path(settings.MEDIA_ROOT)
    old = [
        file.relative_to(root).as_posix()
        for file in (root / FOLDER).rglob("*")
        if file.is_file() and file.stat().st_mtime <= before
    ]
    orphans = sorted(set(old) - set(known()))
    for path in orphans:
        _media(path).unlink(missing_ok=True)
    return orphans


def serve(request: HttpRequest, path: str, *, filename: str) -> HttpResponse:
    """The stored photo as the answer of a view that has checked the right to see it; Http404 if the file is gone.

    Its two sizes are shown in the page; an original is only ever downloaded. The browser may keep it but asks each
    time (304 without the bytes), so that a right withdrawn works at once.
    """
    shown_size = _checked(path)[3]
    etag = f'"{PurePosixPath(path).stem}"'
    response = HttpResponse(content_type="image/jpeg" if shown_size else "application/octet-stream")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(not shown_size, _shown(filename)) or "inline"
    answer = get_conditional_response(request, etag=etag, response=response)
    if answer and answer is not response:
        return answer
    try:
        with open_stored(path) as file:
            response.content = file.read()
    except FileNotFoundError:
        logger.exception("A row names a photo that is not on disk: %s", path)
        raise Http404 from None
    return response
