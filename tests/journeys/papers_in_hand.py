"""Holding a printed paper: its pages as images, its text, and the codes a camera reads from it."""

import io
import unicodedata

import pypdfium2

from core.qr import read_codes


def page_images(pdf: bytes, *, dpi: int = 150, only: int | None = None) -> list[bytes]:
    """Each page as a PNG, or `only` the one of this number."""
    images = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        if only not in {None, number}:
            continue
        out = io.BytesIO()
        page.render(scale=dpi / 72).to_pil().save(out, "PNG")
        images.append(out.getvalue())
    return images


def codes_on(pdf: bytes) -> list[str]:
    """What the QR codes on all pages say, read from the images."""
    return [code for image in page_images(pdf) for code in read_codes(image)]


def codes_beside(pdf: bytes, *words: str) -> list[str]:
    """What the QR codes say on the pages that hold all of these words, read from the images of those pages."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        text = _plain(page.get_textpage().get_text_range())
        if all(_plain(one) in text for one in words):
            found += read_codes(page_images(pdf, only=number)[0])
    return found


def words_of(pdf: bytes) -> str:
    """The text of all pages, in one spelling and without spaces."""
    return _plain("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
