"""Holding a printed paper: its pages as images, its text, and the codes a camera reads from it."""

import io
import unicodedata

import pypdfium2

from core.qr import read_codes


def page_images(pdf: bytes, *, dpi: int = 150) -> list[bytes]:
    """Each page as a PNG."""
    images = []
    for page in pypdfium2.PdfDocument(pdf):
        out = io.BytesIO()
        page.render(scale=dpi / 72).to_pil().save(out, "PNG")
        images.append(out.getvalue())
    return images


def codes_on(pdf: bytes) -> list[str]:
    """What the QR codes on all pages say, read from the images."""
    return [code for image in page_images(pdf) for code in read_codes(image)]


def words_of(pdf: bytes) -> str:
    """The text of all pages, in one spelling and without spaces."""
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    return "".join(unicodedata.normalize("NFKC", text).split())
