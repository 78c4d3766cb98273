"""Taking photos from outside: each hostile file is refused with its reason, each honest one is drawn right."""

import hashlib
import struct
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from core.picture_files import SENTENCES
from core.uploads import LARGE, SMALL, RefusedUpload, TakenPhoto, take_photo
from tests.core import hostile_files as files

COLOURS = {"red": (220, 30, 30), "green": (30, 170, 60), "blue": (40, 60, 200), "white": (255, 255, 255)}
MEMORY = Path("/proc/self/clear_refs")


def take(data: bytes, *, name: str = "photo.jpg") -> TakenPhoto:
    """What the intake makes of these bytes."""
    return take_photo(BytesIO(data), name=name)


def opened(data: bytes) -> Image.Image:
    """The picture in a file."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def colour_at(image: Image.Image, across: float, down: float) -> str:
    """The name of the colour nearest to what is seen at this share of width and height."""
    seen = image.convert("RGB").getpixel((int(image.width * across), int(image.height * down)))
    return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], seen, strict=True)))


def corners(data: bytes) -> list[str]:
    """The colours of the four corners: top left, top right, bottom left, bottom right."""
    image = opened(data)
    return [colour_at(image, across, down) for down in (0.2, 0.8) for across in (0.2, 0.8)]


def flag(width: int = 120, height: int = 80) -> Image.Image:
    """A picture whose four corners tell which way it stands."""
    image = Image.new("RGB", (width, height), COLOURS["white"])
    image.paste(COLOURS["red"], (0, 0, width // 2, height // 2))
    image.paste(COLOURS["green"], (width // 2, 0, width, height // 2))
    image.paste(COLOURS["blue"], (0, height // 2, width // 2, height))
    return image


UPRIGHT = ["red", "green", "blue", "white"]


@contextmanager
def within(*, megabytes: int, seconds: float) -> Iterator[None]:
    """Fail when the block takes more memory, beyond what is in use now, or more time."""

    def kilobytes(of: str) -> int:
        lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return int(lines[of].split()[0])

    measurable = MEMORY.exists()
    if measurable:
        MEMORY.write_text("5")  # Linux: the highest use is counted from now on
        before = kilobytes("VmRSS")
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds
    if measurable:
        assert (kilobytes("VmHWM") - before) / 1024 < megabytes


@pytest.mark.parametrize(("make", "code"), [pytest.param(make, code, id=name) for name, make, code in files.HOSTILE])
def test_a_hostile_file_is_refused_with_its_reason_and_costs_little(make: Callable[[], bytes], code: str) -> None:
    data = make()
    with within(megabytes=150, seconds=2), pytest.raises(RefusedUpload) as refusal:
        take(data)
    assert refusal.value.code == code
    assert refusal.value.message == SENTENCES[code] % {"limit": 20} if "%" in str(SENTENCES[code]) else SENTENCES[code]


def test_the_limits_are_the_sites_own(settings: object) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024  # type: ignore[attr-defined]
    settings.MAX_PHOTO_PIXELS = 640 * 480 - 1  # type: ignore[attr-defined]
    with pytest.raises(RefusedUpload) as refusal:
        take(files.jpeg() + bytes(1024 * 1024))
    assert refusal.value.code == "photo-too-heavy"
    with pytest.raises(RefusedUpload) as refusal:
        take(files.jpeg())
    assert refusal.value.code == "photo-too-large"


def test_the_original_is_kept_to_the_byte_with_its_digest() -> None:
    data = files.jpeg(exif=files.exif(6))
    taken = take(data)
    assert taken.original == data
    assert taken.sha256 == hashlib.sha256(data).hexdigest()
    assert (taken.kind, taken.width, taken.height) == ("jpeg", 480, 640)


def test_two_sizes_are_drawn_by_the_longest_side() -> None:
    taken = take(files.encoded(files.grainy(4000, 3001), "JPEG"))
    assert (taken.width, taken.height) == (4000, 3001)
    assert opened(taken.large).size == (LARGE, 1200)
    assert opened(taken.small).size == (SMALL, 240)


def test_a_small_photo_is_not_enlarged() -> None:
    taken = take(files.encoded(flag(), "PNG"))
    assert opened(taken.large).size == opened(taken.small).size == (120, 80)


def test_a_photo_one_pixel_high_is_taken() -> None:
    taken = take(files.encoded(Image.new("RGB", (9000, 1)), "JPEG"))
    assert (opened(taken.large).size, opened(taken.small).size) == ((1600, 1), (320, 1))


# The EXIF standard's words for orientations 1 to 8: which visible edge the stored first row and first column are.
STORED_EDGES = [
    *(("top", "left"), ("top", "right"), ("bottom", "right"), ("bottom", "left")),
    *(("left", "top"), ("right", "top"), ("right", "bottom"), ("left", "bottom")),
]


def lying(upright: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera held another way stores it."""
    row, column = STORED_EDGES[orientation - 1]
    width, height = upright.size
    on_its_side = row in ("left", "right")
    stored = Image.new("RGB", (height, width) if on_its_side else (width, height))
    for y in range(stored.height):
        for x in range(stored.width):
            place = {"left": x, "top": x, "right": width - 1 - x, "bottom": height - 1 - x}[column]
            line = {"top": y, "left": y, "bottom": height - 1 - y, "right": width - 1 - y}[row]
            stored.putpixel((x, y), upright.getpixel((line, place) if on_its_side else (place, line)))
    return stored


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_phone_was_held(orientation: int, form: str) -> None:
    taken = take(files.encoded(lying(flag(), orientation), form, exif=files.exif(orientation)))
    assert (taken.width, taken.height) == (120, 80)
    assert opened(taken.large).size == (120, 80)
    assert corners(taken.large) == corners(taken.small) == UPRIGHT


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    taken = take(files.encoded(flag(), "JPEG", exif=files.exif(orientation)))
    assert (taken.width, taken.height, corners(taken.large)) == (120, 80, UPRIGHT)


def test_what_is_shown_carries_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[2] = (39.0, 59.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    taken = take(files.jpeg(exif=exif, icc_profile=profile, comment=b"of room 210", xmp=b"<x:xmpmeta/>"))
    for drawn in (taken.large, taken.small):
        assert set(opened(drawn).info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Exif" not in drawn
        assert b"ICC" not in drawn


@pytest.mark.parametrize(
    ("mode", "form", "options"),
    [
        ("RGB", "JPEG", {"progressive": True}),
        ("RGB", "JPEG", {"subsampling": 0}),
        ("RGB", "JPEG", {"restart_marker_blocks": 1}),
        ("CMYK", "JPEG", {}),
        ("RGBA", "PNG", {}),
        ("P", "PNG", {}),
        ("RGB", "WEBP", {}),
        ("RGBA", "WEBP", {"lossless": True}),
    ],
)
def test_every_honest_kind_of_photo_keeps_its_colours(mode: str, form: str, options: dict[str, object]) -> None:
    taken = take(files.encoded(flag().convert(mode), form, quality=95, **options))
    assert corners(taken.large) == UPRIGHT
    assert opened(taken.large).mode == "RGB"


def test_a_photo_stored_in_plain_red_green_and_blue_keeps_its_colours() -> None:
    data = bytearray(files.encoded(flag(), "JPEG", keep_rgb=True, quality=95))
    # The layers usually carry their letters; without them only a part of the maker's tells how they are coded.
    for layer, letter in enumerate(b"RGB"):
        data[data.index(b"\xff\xc0") + 10 + 3 * layer] = layer + 1
        at = data.index(b"\xff\xda") + 5 + 2 * layer
        assert data[at] == letter
        data[at] = layer + 1
    assert corners(take(bytes(data)).large) == UPRIGHT


@pytest.mark.parametrize("mode", ["1", "L", "LA"])
def test_a_photo_without_colour_is_taken(mode: str) -> None:
    grey = Image.new("L", (100, 100), 255)
    grey.paste(0, (0, 0, 50, 100))
    drawn = opened(take(files.encoded(grey.convert(mode), "PNG")).large)
    assert [colour_at(drawn, 0.8, 0.5), drawn.convert("L").getpixel((20, 50))] == ["white", 0]


def test_sixteen_bits_of_grey_become_eight() -> None:
    drawn = opened(take(files.encoded(Image.new("I;16", (40, 40), 40_000), "PNG")).large)
    assert (drawn.mode, drawn.getpixel((20, 20))) == ("L", 40_000 // 256)


def test_sixteen_bits_of_colour_become_eight() -> None:
    line = b"\0" + struct.pack(">HHH", 220 << 8, 30 << 8, 30 << 8) * 40
    picture = [files.png_head(40, 40, depth=16), files.png_part(b"IDAT", zlib.compress(line * 40))]
    assert corners(take(files.png_of(picture)).large) == ["red"] * 4


def test_what_can_be_seen_through_lies_on_white() -> None:
    image = Image.new("RGBA", (40, 40), (220, 30, 30, 0))
    assert corners(take(files.encoded(image, "PNG")).large) == ["white"] * 4


def test_a_wide_gamut_is_brought_to_the_screens_colours() -> None:
    # A profile that says: green is stored as red, and red as green.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    taken = take(files.encoded(flag(), "PNG", icc_profile=bytes(profile).replace(b"s\0R\0G\0B", b"x\0R\0G\0B")))
    assert corners(taken.large) == ["green", "red", "blue", "white"]


@pytest.mark.parametrize("profile", [b"no profile", bytes(3_000_000)])
def test_a_profile_that_cannot_be_read_changes_nothing(profile: bytes) -> None:
    assert corners(take(files.encoded(flag(), "PNG", icc_profile=profile)).large) == UPRIGHT


def test_a_photo_with_a_second_of_video_behind_it_is_taken_as_it_came() -> None:
    data = files.jpeg() + files.box(b"mp42") + bytes(range(256)) * 4000
    taken = take(data)
    assert taken.original == data
    assert b"ftyp" not in taken.large


def test_a_photo_with_a_depth_map_behind_it_is_one_photo() -> None:
    data = files.encoded(flag(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])
    assert corners(take(data).large) == UPRIGHT


@pytest.mark.parametrize(
    "part",
    [
        # 5,000 entries that each name the same 60 kB: 300 MB to whoever reads them all.
        files.jpeg_part(
            0xE1, b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 5000) + struct.pack("<HHII", 1, 7, 60_000, 8) * 5000
        ),
        files.jpeg_part(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
        files.jpeg_part(0xE1, b"Exif\0\0MM"),
        files.jpeg_part(0xE2, b"ICC_PROFILE\0\x01\x02" + bytes(500)),
        files.jpeg_part(0xE2, b"MPF\0" + b"II*\0\x08\0\0\0" + b"\xff" * 60),
        files.jpeg_part(0xED, b"Photoshop 3.0\x008BIM" + b"\xff" * 60),
    ],
    ids=["EXIF bomb", "EXIF pointing nowhere", "EXIF of two bytes", "half a profile", "second picture", "Photoshop"],
)
def test_broken_metadata_costs_nothing_and_spoils_no_photo(part: bytes) -> None:
    data = files.jpeg_with(part)
    with within(megabytes=50, seconds=1):
        assert take(data).original == data


def test_a_compressed_profile_that_swells_is_left_alone() -> None:
    swelling = files.png_part(b"iCCP", b"x\0\0" + zlib.compress(bytes(200_000_000)))
    data = files.png_with(swelling)
    with within(megabytes=50, seconds=1):
        assert opened(take(data).large).size == (640, 480)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("room 210.jpg", "room 210.jpg"),
        ("床铺.jpg", "床铺.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie: x=1.jpg"),
        ("a\0.php.jpg", "a.php.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\ud800.jpg", ".jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\door.jpg", "door.jpg"),
        ("a" * 500, "a" * 100),
        (" \u200f\t", "photo"),
        ("", "photo"),
    ],
)
def test_the_senders_name_is_only_shown_and_only_its_harmless_part(name: str, shown: str) -> None:
    taken = take(files.jpeg(), name=name)
    assert taken.name == shown
    assert not [sign for sign in taken.name if unicodedata.category(sign)[0] == "C"]


def test_an_honest_photo_of_fifty_megapixels_costs_little() -> None:
    data = files.encoded(files.grainy().resize((8000, 6250)), "JPEG", quality=80)
    with within(megabytes=150, seconds=2):
        assert opened(take(data).large).size == (1600, 1250)
