"""Sheets of blank labels: QR, code and a line for whoever finds the thing; codes in, PDF out.

A label is printed before anyone knows what it will stick on and is claimed by its first scan. Sheets are rarely empty
and printers rarely straight, so printing starts at any label and moves by millimetres.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes import grouped, scan_url
from core.paper import pdf
from core.qr import qr_data_uri
from core.records import Refused, require

MOST_LABELS: Final = 1000  # on one order; 48 sheets of 21
MOST_OFFSET: Final = 20.0  # millimetres either way; more is another kind of sheet


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A kind of label sheet as it lies in the printer, all lengths in millimetres."""

    name: str | Promise
    page_width: float
    page_height: float
    columns: int
    rows: int
    width: float  # of one label
    height: float
    left: float  # from the page's edge to the first label's
    top: float
    step_x: float  # from one label's edge to the next one's
    step_y: float
    inset: float  # kept clear inside a label on the left and right: where no printer prints, and for a crooked feed
    qr: float  # side of the QR with its quiet zone; two thirds or more of it are modules
    code_size: float  # type size of the code
    line_size: float  # type size of the line for finders

    @property
    def count(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows


PRESETS: Final = {
    "a4-21": LabelSheet(
        name=gettext_lazy("A4, 21 labels, 63.5 × 38.1 mm"),
        page_width=210, page_height=297, columns=3, rows=7, width=63.5, height=38.1,
        left=7.25, top=15.15, step_x=66.0, step_y=38.1, inset=3.5, qr=26.5, code_size=5.4, line_size=2.1,
    ),
    "a4-24": LabelSheet(
        name=gettext_lazy("A4, 24 labels, 70 × 37 mm, no margins"),
        page_width=210, page_height=297, columns=3, rows=8, width=70, height=37,
        left=0, top=0.5, step_x=70, step_y=37, inset=6, qr=26.5, code_size=5.4, line_size=2.1,
    ),
    "a4-14": LabelSheet(
        name=gettext_lazy("A4, 14 labels, 99.1 × 38.1 mm"),
        page_width=210, page_height=297, columns=2, rows=7, width=99.1, height=38.1,
        left=4.65, top=15.15, step_x=101.6, step_y=38.1, inset=4, qr=29, code_size=7, line_size=2.4,
    ),
    "a4-10": LabelSheet(
        name=gettext_lazy("A4, 10 labels, 99.1 × 57 mm"),
        page_width=210, page_height=297, columns=2, rows=5, width=99.1, height=57,
        left=4.65, top=6, step_x=101.6, step_y=57, inset=4, qr=42, code_size=7, line_size=2.8,
    ),
    "roll-100x70": LabelSheet(
        name=gettext_lazy("Roll of labels, 100 × 70 mm"),
        page_width=100, page_height=70, columns=1, rows=1, width=100, height=70,
        left=0, top=0, step_x=100, step_y=70, inset=5, qr=50, code_size=7.5, line_size=3,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """One printed label: where it stands on its page (millimetres) and what it says."""

    x: float
    y: float
    code: str  # in groups, with a space that does not break
    qr: str  # the picture's address


def placed(
    codes: Sequence[str], *, sheet: LabelSheet, start: int, offset_x: float, offset_y: float
) -> list[list[Label]]:
    """The labels page by page, row by row; the first stands on label `start` (1 is top left) of the first page."""
    pages: list[list[Label]] = []
    for position, code in enumerate(codes, start - 1):
        page, place = divmod(position, sheet.count)
        row, column = divmod(place, sheet.columns)
        if page == len(pages):
            pages.append([])
        pages[page].append(
            Label(
                x=round(sheet.left + column * sheet.step_x + offset_x, 2),
                y=round(sheet.top + row * sheet.step_y + offset_y, 2),
                code=grouped(code).replace(" ", "\N{NO-BREAK SPACE}"),
                qr=qr_data_uri(scan_url(code)),
            )
        )
    return pages


def finders_line(phone: str) -> str:
    """What a stranger reads who finds a labelled thing, in Chinese and English, a line each; `phone` may be empty."""
    lines = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            asks = _("In safekeeping. Found it? Scan or call %(phone)s") if phone else _("In safekeeping. Please scan.")
            lines.append(asks % {"phone": phone})
    return "\n".join(dict.fromkeys(lines))


def label_sheet_pdf(
    codes: Sequence[str],
    *,
    preset: str,
    start: int = 1,
    offset_x: float = 0.0,
    offset_y: float = 0.0,
    site_line: str = "",
) -> bytes:
    """A PDF of labels for `codes` on the sheets of `preset` (a key of PRESETS).

    `start` skips used labels, `offset_x` and `offset_y` move everything right and down by so many millimetres,
    `site_line` stands small on each label. Raises Refused when a figure is out of bounds.
    """
    sheet = PRESETS.get(preset)
    if sheet is None:
        raise Refused("label-sheet-unknown", _("Choose one of the listed label sheets."))
    require(
        0 < len(codes) <= MOST_LABELS,
        "label-count",
        _("Print between 1 and %(most)d labels at a time.") % {"most": MOST_LABELS},
    )
    require(
        1 <= start <= sheet.count,
        "label-start",
        _("This sheet has labels 1 to %(last)d. Start at one of these.") % {"last": sheet.count},
    )
    require(
        abs(offset_x) <= MOST_OFFSET and abs(offset_y) <= MOST_OFFSET,
        "label-offset",
        _("Move the print by at most %(most)d mm either way.") % {"most": MOST_OFFSET},
    )
    return pdf(
        "inventory/paper/labels.html",
        {
            "sheet": sheet,
            "pages": placed(codes, sheet=sheet, start=start, offset_x=offset_x, offset_y=offset_y),
            "site_line": site_line,
        },
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Labels"),
    )
