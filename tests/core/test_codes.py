"""Codes are random, read back whoever wrote them, and never taken for one another; QR codes say them."""

from io import BytesIO
from itertools import combinations
from random import Random

import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageDraw
from pytest_django import Settings

from core.codes import ALPHABET, grouped, new_code, normalise, scan_url
from core.picture_files import RefusedUpload
from core.qr import QUIET_ZONE, qr_data_uri, qr_png, read_codes


def test_codes_are_whole_and_differ() -> None:
    codes = {new_code() for _n in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {9}
    assert set("".join(codes)) == set(ALPHABET)
    assert [code for code in codes if normalise(code) != code] == []


def test_every_wrong_character_is_caught() -> None:
    """At each of the nine places each of the 31 other characters; by linearity any code stands for all."""
    for code in ("000000000", new_code(), new_code(), new_code()):
        assert normalise(code) == code
        for place in range(9):
            for other in set(ALPHABET) - {code[place]}:
                assert normalise(code[:place] + other + code[place + 1 :]) is None


def test_every_two_characters_that_change_places_are_caught() -> None:
    """All pairs of places and all pairs of characters, the check character included."""
    checked = 0
    for one, two in combinations(range(9), 2):
        # One place that is free to make the code whole whatever stands on the two others.
        free = next(place for place in range(9) if place not in (one, two))
        for left, right in combinations(ALPHABET, 2):
            signs = list("000000000")
            signs[one], signs[two] = left, right
            for sign in ALPHABET:
                signs[free] = sign
                if normalise("".join(signs)):
                    break
            assert normalise("".join(signs)) == "".join(signs)
            signs[one], signs[two] = right, left
            assert normalise("".join(signs)) is None
            checked += 1
    assert checked == 36 * 496


@pytest.mark.parametrize(
    "written",
    [
        "8sjr8w7er",
        " 8SJR 8W7ER\r\n",
        "8SJR-8W7ER",
        "8SJR\N{NON-BREAKING HYPHEN}8W7ER",
        "\N{RIGHT-TO-LEFT MARK}8SJR\N{NO-BREAK SPACE}8W7ER",
        "８ＳＪＲ８Ｗ７ＥＲ",
        "HTTPS://GUANSHE.EXAMPLE.EDU.CN/Q/8SJR8W7ER",
        "https://guanshe.example.edu.cn:8443/q/8sjr8w7er/",
        "https://example.edu.cn/guanshe/q/8SJR8W7ER?from=timeline#top",
        "guanshe.example.edu.cn/q/8SJR8W7ER",
        "ｈｔｔｐｓ：／／guanshe.example.edu.cn／q／8SJR8W7ER",
    ],
)
def test_a_code_is_read_however_it_is_written(written: str) -> None:
    assert normalise(written) == "8SJR8W7ER"


def test_letters_that_look_like_figures_are_read_as_these() -> None:
    code = next(code for code in iter(new_code, "") if "0" in code and code.count("1") > 1)
    mistaken = code.replace("0", "o").replace("1", "l", 1).replace("1", "I")
    assert normalise(mistaken) == code


@pytest.mark.parametrize(
    "written",
    [
        "",
        "8SJR8W7E",
        "8SJR8W7ERR",
        "8SJR8W7EU",
        "8SJR8W7E*",
        "٨SJR8W7ER",
        "8SJR8W7ER\0",
        "\ud800",
        "https://guanshe.example.edu.cn/s/8SJR8W7ER",
        "https://guanshe.example.edu.cn/q/",
        "https://guanshe.example.edu.cn/?next=/q/8SJR8W7ER",
        "8" * 1_000_000,
    ],
)
def test_what_is_no_code_is_none(written: str) -> None:
    assert normalise(written) is None


def test_a_code_is_shown_in_groups_and_read_back() -> None:
    assert grouped("8SJR8W7ER") == "8SJR 8W7ER"
    assert normalise(grouped("8SJR8W7ER")) == "8SJR8W7ER"


def test_the_address_of_a_code_is_in_capitals(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://guanshe.example.edu.cn"
    assert scan_url("8SJR8W7ER") == "HTTPS://GUANSHE.EXAMPLE.EDU.CN/Q/8SJR8W7ER"


def test_a_qr_is_small_grey_and_as_another_library_draws_it() -> None:
    """One pixel a module, four of quiet zone, level Q, version 3: just what `qrcode` makes with one of the masks."""
    text = "HTTPS://GUANSHE.EXAMPLE.EDU.CN/Q/8SJR8W7ER"
    picture = Image.open(BytesIO(qr_png(text)))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (29 + 2 * QUIET_ZONE,) * 2)
    assert picture.crop((0, 0, picture.width, QUIET_ZONE)).getcolors() == [(picture.width * QUIET_ZONE, 255)]
    modules = [[picture.getpixel((x, y)) == 0 for x in range(4, 33)] for y in range(4, 33)]
    others = []
    for mask in range(8):
        other = qrcode.QRCode(version=3, error_correction=qrcode.ERROR_CORRECT_Q, mask_pattern=mask)
        other.add_data(text)
        other.make(fit=False)
        others.append(other.modules)
    assert modules in others


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("HTTP://LOCALHOST:8000/Q/8SJR8W7ER", "Q"),
        ("https://guanshe.example.edu.cn/s/uX3k_9-abcDEF0123456789xyzPQRst/ar/", "M"),
        ("https://guanshe.example.edu.cn/s/" + "aB3_" * 200, "M"),
        ("物品清单 №7", "M"),
    ],
)
def test_a_qr_is_read_back(text: str, level: str) -> None:
    picture = Image.open(BytesIO(qr_png(text, level=level)))  # type: ignore[arg-type]
    large = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    [found] = zxingcpp.read_barcodes(large)
    assert (found.text, found.ec_level) == (text, level)
    assert qr_data_uri(text, level=level).startswith("data:image/png;base64,iVBOR")  # type: ignore[arg-type]


def _photo(codes: list[str], *, kind: str = "JPEG") -> bytes:
    """Labels lying on a grey shelf, one below the other, a little crooked."""
    shelf = Image.new("RGB", (900, 60 + 260 * len(codes)), (120, 110, 100))
    random = Random(4)  # noqa: S311
    for place, code in enumerate(codes):
        label = Image.new("RGB", (240, 240), "white")
        picture = Image.open(BytesIO(qr_png(code))).resize((220, 220), Image.Resampling.NEAREST)
        label.paste(picture, (10, 10))
        ImageDraw.Draw(label).text((20, 225), code, fill="black")
        turned = label.rotate(random.uniform(-8, 8), Image.Resampling.BICUBIC, fillcolor=(120, 110, 100))
        shelf.paste(turned, (random.randint(20, 600), 30 + 260 * place))
    out = BytesIO()
    shelf.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_all_codes_of_a_photo_are_read_from_top_to_bottom(kind: str) -> None:
    codes = [scan_url(new_code()) for _n in range(6)]
    assert read_codes(_photo([*codes, codes[0]], kind=kind)) == codes


def test_a_photo_without_a_code_has_none() -> None:
    assert read_codes(_photo([])) == []


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"", "photo-empty"),
        (b"%PDF-1.7", "photo-is-pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo-is-svg"),
        (b"\xff\xd8\xff" + b"\0" * 40, "photo-damaged"),
        (_photo([])[:-200], "photo-truncated"),
    ],
    ids=["empty", "pdf", "svg", "damaged", "truncated"],
)
def test_what_is_no_photo_is_refused_with_its_reason(photo: bytes, code: str) -> None:
    with pytest.raises(RefusedUpload) as refused:
        read_codes(photo)
    assert refused.value.code == code


def test_a_photo_past_the_limits_is_refused_unopened(settings: Settings) -> None:
    photo = _photo(["HTTPS://A.CN/Q/8SJR8W7ER"])
    settings.MAX_PHOTO_PIXELS = 1000
    with pytest.raises(RefusedUpload) as refused:
        read_codes(photo)
    assert refused.value.code == "photo-too-large"
    settings.MAX_UPLOAD_BYTES = len(photo) - 1
    with pytest.raises(RefusedUpload) as refused:
        read_codes(photo)
    assert refused.value.code == "photo-too-heavy"
