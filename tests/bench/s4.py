"""S4: 480 labels on 23 sheets, their QR codes made too.

"Naive" is WeasyPrint as its samples show it: a grid of flex boxes, each with the SVG that `qrcode` makes of rectangles.
That takes about a minute and grows faster than the number of labels, so a tenth of the labels is timed and counted ten
times, which flatters it. "ReportLab" draws the same sheet with its own QR widget. (Handed the house's finished pictures
it would draw the sheet in a quarter of our time; but it lays out no text, and Chinese only in fonts it does not embed.)
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO

import qrcode
import weasyprint
from qrcode.image.svg import SvgImage
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from core.codes import grouped, new_code, scan_url
from inventory.papers.labels import PRESETS, label_sheet_pdf
from tests.bench import Goal, Measured, Row, Side

PRESET = "a4-21"
SHEET = PRESETS[PRESET]
LINES = ("妥善保管中。如拾到，请扫码或致电 010-1234 5678", "In safekeeping. Found it? Scan or call 010-1234 5678")
STYLE = """
@page { size: A4; margin: 15.15mm 7.25mm; }
body { font-family: "Noto Sans SC"; }
.sheet { display: grid; grid-template-columns: repeat(3, 63.5mm); column-gap: 2.5mm; }
.label { height: 38.1mm; display: flex; flex-wrap: wrap; break-inside: avoid; }
.label svg { width: 26.5mm; height: 26.5mm; }
.code { font-size: 5.4mm; }
.line { font-size: 2.1mm; }
"""
TENTH = "naive, a tenth"


def naive(codes: list[str]) -> bytes:
    """Grid, flex and rectangles."""
    labels = "".join(
        f'<div class="label">{qrcode.make(scan_url(code), image_factory=SvgImage).to_string(encoding="unicode")}'
        f'<div class="code">{grouped(code)}</div><div class="line">{"<br>".join(LINES)}</div></div>'
        for code in codes
    )
    made: bytes = weasyprint.HTML(string=f'<style>{STYLE}</style><div class="sheet">{labels}</div>').write_pdf()
    return made


def reportlab(codes: list[str]) -> bytes:
    """The same sheet drawn by hand."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(SHEET.page_width * mm, SHEET.page_height * mm))
    for number, code in enumerate(codes):
        place = number % SHEET.count
        if number and not place:
            canvas.showPage()
        row, column = divmod(place, SHEET.columns)
        x = (SHEET.left + column * SHEET.step_x + SHEET.inset) * mm
        top = (SHEET.page_height - SHEET.top - row * SHEET.step_y) * mm
        side = SHEET.qr * mm
        picture = Drawing(side, side)
        picture.add(QrCodeWidget(scan_url(code), barLevel="Q", barWidth=side, barHeight=side))
        renderPDF.draw(picture, canvas, x, top - side)
        canvas.setFont("Courier", SHEET.code_size * mm)
        canvas.drawString(x + side, top - 8 * mm, grouped(code))
        canvas.setFont("STSong-Light", SHEET.line_size * mm)
        for line, text in enumerate(LINES, 1):
            canvas.drawString(x, top - side - line * 2.7 * mm, text)
    canvas.save()
    return out.getvalue()


def ours(codes: list[str]) -> bytes:
    """The house's sheet."""
    return label_sheet_pdf(codes, preset=PRESET, site_line="\n".join(LINES))


def times_naive(measured: Measured) -> float:
    """How many times longer the naive way takes."""
    return 10 * measured.wall[TENTH] / measured.wall["ours"]


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's signature
    """The same codes for all."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    codes = [new_code() for _n in range(120 if quick else 480)]
    yield {
        TENTH: lambda: naive(codes[: len(codes) // 10]),
        "ReportLab": lambda: reportlab(codes),
        "ours": lambda: ours(codes),
    }


ROW = Row(
    title="480 QR labels, QR made too",
    sides=sides,
    goals=[
        Goal("naive WeasyPrint", ">=", 5, of=times_naive),
        Goal("ReportLab", "<=", 2),
    ],
    rounds=5,
)
