"""Label sheets: every code stands where its label is, is read from the printed page, and used labels are skipped."""

import unicodedata
from itertools import product

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from pytest_django import Settings

from core.codes import grouped, new_code, normalise
from core.records import Refused
from inventory.papers.labels import PRESETS, LabelSheet, finders_line, label_sheet_pdf, placed

MM = 150 / 25.4  # pixels a millimetre at 150 dpi
LINE = "妥善保管中。如拾到，请扫码或致电 010-1234 5678\nIn safekeeping. Found it? Scan or call 010-1234 5678"
QUIET = 4 / 37  # of a QR's side on each side, for the address used here

CODES = [new_code() for _n in range(60)]


@pytest.fixture(autouse=True)
def _address(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://guanshe.example.edu.cn"


def pages_of(made: bytes) -> list[pypdfium2.PdfPage]:
    """The pages of a PDF."""
    return list(pypdfium2.PdfDocument(made))


def image_of(page: pypdfium2.PdfPage) -> Image.Image:
    """The page as printed at 150 dpi, in grey."""
    image: Image.Image = page.render(scale=150 / 72, grayscale=True).to_pil()
    return image


def read(page: pypdfium2.PdfPage) -> dict[str, tuple[float, float, float]]:
    """Each code read from the printed page, where its modules begin (left, top) and how wide they are, millimetres."""
    found = {}
    for code in zxingcpp.read_barcodes(image_of(page)):
        value = normalise(code.text)
        assert value
        assert code.text == f"HTTPS://GUANSHE.EXAMPLE.EDU.CN/Q/{value}"
        corner, end = code.position.top_left, code.position.top_right
        found[value] = (corner.x / MM, corner.y / MM, (end.x - corner.x) / MM)
    return found


def words(page: pypdfium2.PdfPage) -> str:
    """The page's text, NFKC, without spaces."""
    return "".join(unicodedata.normalize("NFKC", page.get_textpage().get_text_range()).split())


@pytest.mark.parametrize("preset", PRESETS)
def test_every_label_is_read_from_the_page_where_it_should_stand(preset: str) -> None:
    sheet = PRESETS[preset]
    codes = CODES[: sheet.count + 1]
    pages = pages_of(label_sheet_pdf(codes, preset=preset, site_line=LINE))
    assert len(pages) == 2
    assert [[round(side * 25.4 / 72, 1) for side in page.get_size()] for page in pages] == [
        [sheet.page_width, sheet.page_height]
    ] * 2
    found = read(pages[0])
    assert found.keys() == set(codes[:-1])
    assert read(pages[1]).keys() == {codes[-1]}
    for place, code in enumerate(codes[:-1]):
        row, column = divmod(place, sheet.columns)
        left, top, width = found[code]
        assert left == pytest.approx(sheet.left + column * sheet.step_x + sheet.inset - 2.5 + sheet.qr * QUIET, abs=0.5)
        assert top == pytest.approx(sheet.top + row * sheet.step_y + 1 + sheet.qr * QUIET, abs=0.5)
        assert width >= 19.9


@pytest.mark.parametrize("preset", PRESETS)
def test_each_label_says_its_code_and_whom_to_call(preset: str) -> None:
    sheet = PRESETS[preset]
    codes = CODES[: sheet.count]
    [page] = pages_of(label_sheet_pdf(codes, preset=preset, site_line=LINE))
    text = words(page)
    assert [code for code in codes if grouped(code).replace(" ", "") not in text] == []
    assert text.count("请扫码或致电010-12345678") == sheet.count
    assert text.count("Scanorcall010-12345678") == sheet.count


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_is_printed_across_a_labels_edge(preset: str) -> None:
    """The widest code and a long number stay 1 mm within the label; there is room to write beside the QR."""
    sheet = PRESETS[preset]
    long_line = LINE.replace("010-1234 5678", "+86 10 1234 5678")
    [page] = pages_of(label_sheet_pdf(["WWWWWWWWW"] * sheet.count, preset=preset, site_line=long_line))
    image = image_of(page)
    for row, column in product(range(sheet.rows), range(sheet.columns)):
        x, y = sheet.left + column * sheet.step_x, sheet.top + row * sheet.step_y
        label = image.crop(pixels(x, y, x + sheet.width, y + sheet.height))
        left, top, right, bottom = ink(label)
        assert left >= 1
        assert top >= 1
        assert right <= sheet.width - 1
        assert bottom <= sheet.height - 1
        free = (sheet.inset + sheet.qr - 2.5, sheet.qr * 0.5, sheet.width - sheet.inset, sheet.qr)
        assert free[2] - free[0] > 28
        assert ImageChops.invert(label.crop(pixels(*free))).getbbox() is None


def pixels(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
    """Millimetres to pixels at 150 dpi."""
    return round(left * MM), round(top * MM), round(right * MM), round(bottom * MM)


def ink(image: Image.Image) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is printed, in millimetres."""
    box = ImageChops.invert(image).point(lambda value: 255 if value > 60 else 0).getbbox()
    assert box
    return box[0] / MM, box[1] / MM, box[2] / MM, box[3] / MM


def test_used_labels_are_skipped_on_the_first_sheet_only() -> None:
    sheet = PRESETS["a4-21"]
    first, second = pages_of(label_sheet_pdf(CODES[:16], preset="a4-21", start=8, site_line=LINE))
    assert read(first).keys() == set(CODES[:14])
    assert read(second).keys() == set(CODES[14:16])
    # Seven labels are two rows and one label: nothing of ours is printed there.
    blank = image_of(first).crop(pixels(0, 0, 210, sheet.top + 2 * sheet.step_y))
    assert ImageChops.invert(blank).getbbox() is None
    eighth = image_of(first).crop(pixels(0, sheet.top + 2 * sheet.step_y, sheet.left + sheet.width, 297))
    assert read(first)[CODES[0]][0] > sheet.left + sheet.width
    assert ink(eighth)[1] > sheet.step_y
    assert read(second)[CODES[14]][:2] == pytest.approx(
        (sheet.left + 1 + sheet.qr * QUIET, sheet.top + 1 + sheet.qr * QUIET), abs=0.5
    )


def test_starting_at_the_last_label_uses_it() -> None:
    first, second = pages_of(label_sheet_pdf(CODES[:2], preset="a4-21", start=21))
    assert read(first).keys() == {CODES[0]}
    assert read(second).keys() == {CODES[1]}


@pytest.mark.parametrize(("x", "y"), [(3.0, 0.0), (0.0, -4.0), (-2.5, 1.5)])
def test_the_offset_moves_the_print_by_millimetres(x: float, y: float) -> None:
    straight, moved = (
        ink(image_of(pages_of(made)[0]))
        for made in (
            label_sheet_pdf(CODES[:21], preset="a4-21", site_line=LINE),
            label_sheet_pdf(CODES[:21], preset="a4-21", site_line=LINE, offset_x=x, offset_y=y),
        )
    )
    shift = [after - before for before, after in zip(straight, moved, strict=True)]
    assert shift == pytest.approx([x, y, x, y], abs=0.2)


def test_places_are_counted_row_by_row() -> None:
    sheet = LabelSheet(
        name="two by two", page_width=100, page_height=100, columns=2, rows=2, width=40, height=40,
        left=5, top=10, step_x=45, step_y=44, inset=2, qr=20, code_size=3, line_size=2,
    )  # fmt: skip
    pages = placed(CODES[:4], sheet=sheet, start=2, offset_x=1, offset_y=-2)
    assert [[(label.x, label.y) for label in page] for page in pages] == [[(51, 8), (6, 52), (51, 52)], [(6, 8)]]
    assert [label.code.replace("\N{NO-BREAK SPACE}", "") for page in pages for label in page] == CODES[:4]


def test_labels_lie_within_their_pages() -> None:
    for sheet in PRESETS.values():
        assert sheet.left + (sheet.columns - 1) * sheet.step_x + sheet.width <= sheet.page_width
        assert sheet.top + (sheet.rows - 1) * sheet.step_y + sheet.height <= sheet.page_height
        assert sheet.step_x >= sheet.width
        assert sheet.step_y >= sheet.height


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"preset": "a4-1000"}, "label-sheet-unknown"),
        ({"codes": []}, "label-count"),
        ({"codes": CODES[:1] * 1001}, "label-count"),
        ({"start": 0}, "label-start"),
        ({"start": 22}, "label-start"),
        ({"offset_x": 20.1}, "label-offset"),
        ({"offset_y": -21}, "label-offset"),
        ({"offset_x": float("nan")}, "label-offset"),
    ],
)
def test_what_no_sheet_has_is_refused(change: dict[str, object], code: str) -> None:
    arguments: dict[str, object] = {"codes": CODES[:1], "preset": "a4-21", **change}
    with pytest.raises(Refused) as refused:
        label_sheet_pdf(arguments.pop("codes"), **arguments)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_the_line_for_finders_gives_the_number_and_each_language_once() -> None:
    lines = finders_line("010-1234 5678").splitlines()
    assert lines[-1] == "In safekeeping. Found it? Scan or call 010-1234 5678"
    assert all("010-1234 5678" in line for line in lines)
    assert len(lines) == len(set(lines))
    assert finders_line("").splitlines()[-1] == "In safekeeping. Please scan."


@pytest.mark.slow
def test_a_thousand_labels_are_one_order() -> None:
    codes = [new_code() for _n in range(1000)]
    pages = pages_of(label_sheet_pdf(codes, preset="a4-24", start=24, site_line=LINE))
    assert len(pages) == 43
    found = [code for page in pages for code in read(page)]
    assert sorted(found) == sorted(codes)
