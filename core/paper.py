"""Papers: a Django template in millimetres becomes a tagged PDF that looks the same on every machine.

The only module that imports WeasyPrint, and late: that takes half a second and needs Pango, without which the site
still runs. What a paper may show is fenced: our static files (`static:core/mark.svg`), stored photos (`media:photos/…`)
and pictures that our own code wrote into the page (`data:`, PNG or SVG). Any other address, a photo that is gone, a
picture that does not open and a character that no font can draw are errors, never a gap in the paper.

Text is bounded before it is laid out, because layout is quadratic in some of it: more than MAX_MARKS combining marks on
one character are left out (no script needs them, and 100,000 take most of a minute), text between two tags ends with an
ellipsis after MAX_TEXT characters, and a page of more than MAX_HTML characters is refused.
"""

import gc
import logging
import os
import re
import sys
import tempfile
import unicodedata
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from PIL import ImageFile

from core.qr import qr_data_uri
from core.records import Refused
from core.text import day_words
from core.uploads import open_stored

FONT_PACKAGES = ("manimgx_fonts", "pylopdf_fonts_zh_cn", "pylopdf_fonts_ko")  # whichever of them are installed

MAX_HTML = 6_000_000  # characters, pictures written into the page included
MAX_TEXT = 10_000  # characters between two tags
MAX_MARKS = 6  # combining marks on one character; Khmer and pointed Hebrew use four
MAX_PICTURE = 2_000_000  # bytes of a picture written into the page

PICTURE_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
WRITTEN_PICTURE = re.compile(r"data:(image/png|image/svg\+xml)(?:;charset=utf-8)?(;base64)?,(.*)", re.DOTALL)
LONG_TEXT = re.compile(rf">[^<>]{{{MAX_TEXT + 1},}}(?=<)")
NOT_LATIN = re.compile(
    rf"[\u0300-\U0010ffff]{{{MAX_MARKS + 1},}}"
)  # where combining marks can be; quick to look through
NO_GLYPH = re.compile(r'\.notdef glyph .*"(.+)" \((U\+[0-9A-F]+)\)', re.DOTALL)
DIGEST_SHOWN = 16  # characters of a digest that stand on paper; 64 bits, enough to find one and to see a change

logger = logging.getLogger(__name__)


class PaperFault(Refused):
    """The paper cannot be made; `message` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands in the foot of every page, so that a sheet found alone says what it is and can be checked."""

    issue: str = ""  # the number of this issue, as the office counts them
    on: date | None = None  # the day it was made
    digest: str = ""  # hexadecimal digest of what the paper states
    recorded: bool = True  # whether the digest stands in the record, so that anyone can check it; a draft's does not

    @property
    def shown_digest(self) -> str:
        """The digest's beginning in groups of four."""
        return " ".join(re.findall("....", self.digest[:DIGEST_SHOWN].upper()))

    @property
    def day_words(self) -> str:
        """The day it was made, as the reader writes it."""
        return day_words(self.on) if self.on else ""

    @property
    def verify_qr(self) -> str:
        """The QR that leads to the check of this paper, as a picture's address."""
        return qr_data_uri(verify_url(self.digest), level="M")


def verify_url(digest: str) -> str:
    """The address where anyone can check a paper with this digest, in capitals, which makes its QR small."""
    return f"{settings.PUBLIC_URL.upper()}/VERIFY/{digest[:DIGEST_SHOWN].upper()}"


def available() -> bool:
    """Whether this machine can make PDFs at all."""
    return _weasyprint() is not None


def pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    title: str,
    imprint: Imprint | None = None,
) -> bytes:
    """The paper that `template` makes of `context`, as a PDF with tags, bookmarks and metadata.

    `language` is a code of settings.LANGUAGES: strings, dates and the direction of writing follow it. The template
    finds `title`, `imprint`, `html_language` and `direction` beside the context; it extends core/paper/base.html or
    core/paper/compact.html, or stands alone. Raises PaperFault.
    """
    if not available():
        raise PaperFault(
            "pdf-off",
            _("PDFs are off: this machine has no Pango to lay out text with. Install it and start the site again."),
        )
    with translation.override(language):
        own = {
            "title": title,
            "imprint": imprint or Imprint(),
            "html_language": translation.to_locale(language).replace("_", "-"),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        page = render_to_string(template, {**context, **own})
    return _rendered(_bounded(page))


def answer(drawn: bytes, *, filename: str, keep: bool = False) -> HttpResponse:
    """The PDF shown in the browser, or with `keep` as a file to save; nothing on the way keeps a copy."""
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(keep, filename) or "inline"
    response["Cache-Control"] = "no-store, private"
    return response


def _bounded(page: str) -> str:
    """The page with its text cut to what can be laid out in time; PaperFault when it is too long altogether."""
    if len(page) > MAX_HTML:
        raise PaperFault("paper-too-long", _("This paper would be too long. Choose a part of it and print that."))
    page = NOT_LATIN.sub(lambda found: _too_many_marks().sub(r"\1", found[0]), page)
    return LONG_TEXT.sub(_shortened, page)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Finds the combining marks that stand behind MAX_MARKS others."""
    marks = "".join(chr(point) for point in range(sys.maxunicode) if unicodedata.category(chr(point)) in ("Mn", "Me"))
    return re.compile(f"([{marks}]{{{MAX_MARKS}}})[{marks}]+")


def _shortened(found: re.Match[str]) -> str:
    """The text behind a tag cut at MAX_TEXT, not within a sign that is written as &name;. A stylesheet stays whole."""
    if found.string.startswith("<style", found.string.rfind("<", 0, found.start())):
        return found[0]
    return re.sub(r"&#?\w*\Z", "", found[0][: MAX_TEXT + 1]) + "…"


def _rendered(page: str) -> bytes:
    """The PDF of an HTML page, fenced; raises PaperFault."""
    weasyprint = _weasyprint()
    fence = _Fence()
    with _messages() as messages, _collector_off():
        try:
            made: bytes = weasyprint.HTML(string=page, url_fetcher=fence).write_pdf(
                pdf_tags=True, pdf_identifier=True, cache={}
            )
        except weasyprint.urls.FatalURLFetchingError as error:
            raise fence.faults[0] from error
    # A drawing swallows whatever its own pictures raise, so the fence is asked again.
    for fault in fence.faults:
        raise fault
    _refuse_gaps([record.getMessage() for record in messages if record.levelno < logging.ERROR])
    for record in messages:
        if record.levelno >= logging.ERROR:
            why = re.sub(r"data:[^\s\"]+", "data:…", record.getMessage())[:200]
            raise PaperFault("paper-broken", _("This paper was not drawn: %(why)s") % {"why": why})
        logger.warning("%s", record.getMessage())
    return made


def _refuse_gaps(warnings: list[str]) -> None:
    """PaperFault when a warning says that a box was drawn where a character should stand."""
    signs = dict.fromkeys(f"{found[1]} ({found[2]})" for text in warnings if (found := NO_GLYPH.match(text)))
    if signs:
        raise PaperFault(
            "missing-glyph",
            _(
                "No font of this site can draw %(signs)s. Write it in another way, or have a font that knows it "
                "put into the folder “fonts” of the site's data."
            )
            % {"signs": ", ".join(list(signs)[:5])},
        )


class _Fence:
    """WeasyPrint's way to anything outside the page; what it denied is kept in `faults`."""

    # Read by WeasyPrint after an Exception; there is none, what is denied is raised past its handlers.
    _fail_on_errors = True

    def __init__(self) -> None:
        self.faults: list[PaperFault] = []

    def __call__(self, url: str) -> Any:
        """The answer for an address, or FatalURLFetchingError."""
        urls = _weasyprint().urls
        try:
            data, kind = _shown(url)
        except PaperFault as fault:
            self.faults.append(fault)
            raise urls.FatalURLFetchingError(str(fault)) from fault
        return urls.URLFetcherResponse(url, data, {"Content-Type": kind})


def _shown(url: str) -> tuple[bytes, str]:
    """The bytes and type of what a paper may show; PaperFault for any other address and for what is gone."""
    scheme, _colon, name = url.partition(":")
    try:
        if scheme == "data" and (written := WRITTEN_PICTURE.fullmatch(url)) and len(url) <= MAX_PICTURE:
            plain = unquote_to_bytes(written[3])
            return (b64decode(plain) if written[2] else plain), written[1]
        kind = PICTURE_TYPES.get(Path(name).suffix)
        if scheme == "media":
            with open_stored(name) as photo:
                return photo.read(), kind or "image/jpeg"
        if scheme == "static" and kind:
            return _static_file(name).read_bytes(), kind
    except OSError:
        raise PaperFault(
            "paper-picture-missing", _("The picture %(name)s is missing from the site's disk.") % {"name": name[:100]}
        ) from None
    except (SuspiciousFileOperation, ValueError):
        pass
    raise PaperFault("paper-fence", _("A paper may not show %(address)s.") % {"address": url[:100]})


def _static_file(name: str) -> Path:
    """The static file of that name; SuspiciousFileOperation when it leads out of the static folders."""
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(name)
    return Path(found)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Keep the garbage collector from walking a growing tree of boxes again and again; collect once at the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
        gc.collect(0)  # all that was made meanwhile is still young; the rest of the process need not be walked


_said: ContextVar[list[logging.LogRecord] | None] = ContextVar("what WeasyPrint said of this paper", default=None)


class _Listener(logging.Handler):
    """Hands WeasyPrint's messages to the paper that is being made in this thread."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        said = _said.get()
        if said is not None:
            said.append(record)


@contextmanager
def _messages() -> Iterator[list[logging.LogRecord]]:
    """Collect WeasyPrint's messages on one paper."""
    messages: list[logging.LogRecord] = []
    token = _said.set(messages)
    try:
        yield messages
    finally:
        _said.reset(token)


@cache
def _weasyprint() -> Any:
    """The library, with our fonts; None where Pango is missing."""
    os.environ["FONTCONFIG_FILE"] = str(_font_settings())
    try:
        import weasyprint  # noqa: PLC0415 - takes half a second and fails without Pango; only papers need it
        import weasyprint.urls  # noqa: PLC0415
    except OSError:
        logger.exception("PDFs are off: Pango is missing")
        return None
    # WeasyPrint lets Pillow open cut-off pictures, everywhere; photos from outside must not pass by that.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    talk = logging.getLogger("weasyprint")
    talk.setLevel(logging.WARNING)
    talk.handlers = [_Listener()]
    talk.propagate = False
    return weasyprint


def _font_settings() -> Path:
    """Write the fontconfig file that knows our font packages and the site's own fonts, and nothing of the machine.

    A site that owns 仿宋 puts it into the folder `fonts` of its data; the Chinese papers then use it.
    """
    folder = settings.DATA_DIR / "cache" / "fonts"
    folders = [settings.DATA_DIR / "fonts"]
    for package in FONT_PACKAGES:
        found = find_spec(package)
        folders += [Path(place) for place in (found and found.submodule_search_locations) or ()]
    lines = [f"<dir>{escape(str(place))}</dir>" for place in folders]
    text = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
    text += "\n".join([*lines, f"<cachedir>{escape(str(folder))}</cachedir>", "</fontconfig>", ""])
    path: Path = folder / "fonts.conf"
    if not path.exists() or path.read_text() != text:
        folder.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once; each must read a whole file.
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as out:
            out.write(text)
        Path(out.name).replace(path)
    return path
