"""Papers come out whole, readable and in the official shape, show nothing from outside, and say when they cannot."""

import builtins
import gc
import re
import sys
import unicodedata
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFile
from pytest_django import Settings

from core import paper
from core.paper import Imprint, PaperFault
from core.picture_files import RefusedUpload
from core.qr import qr_png
from core.uploads import store, take_photo

MM = 150 / 25.4  # pixels a millimetre at 150 dpi
Draw = Callable[..., "pypdfium2.PdfDocument"]

ZH = "为保证在外留学生的个人物品安全、完整、可追溯，特制定本方案。搬迁“先授权、后打包”，两人在场，逐件登记（37.3 ℃）。"
EN = "Nothing is opened without consent, and two people stand behind every step."
AR = "لقد تم تغليف أمتعتك وختمها بحضور شخصين، وهي محفوظة في مكان آمن."


@pytest.fixture
def draw(settings: Settings, tmp_path: Path) -> Draw:
    """Make a paper of a template given as text and open the PDF."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates
    settings.PUBLIC_URL = "https://guanshe.example.edu.cn"
    numbers = count(1)

    def drawn(template: str, language: str = "en", title: str = "Paper", **rest: Any) -> pypdfium2.PdfDocument:
        # Each under its own name, templates are read once.
        name = f"{next(numbers)}.html"
        (tmp_path / name).write_text(template)
        imprint = rest.pop("imprint", None)
        made = paper.pdf(name, rest, language=language, title=title, imprint=imprint)
        document = pypdfium2.PdfDocument(made)
        document.made = made
        return document

    return drawn


def body(html: str, *, base: str = "compact", blocks: str = "") -> str:
    """A paper on one of the house's bases."""
    return f'{{% extends "core/paper/{base}.html" %}}{blocks}{{% block body %}}{html}{{% endblock %}}'


def text_of(page: pypdfium2.PdfPage) -> str:
    """What the page reads as, in one form and without spaces."""
    return bare(page.get_textpage().get_text_range())


def bare(text: str) -> str:
    """NFKC, without spaces and the hyphens of broken lines."""
    return re.sub(r"[\s￾]", "", unicodedata.normalize("NFKC", text))


def image_of(page: pypdfium2.PdfPage) -> Image.Image:
    """The page as printed at 150 dpi, in grey."""
    image: Image.Image = page.render(scale=150 / 72, grayscale=True).to_pil()
    return image


def ink(image: Image.Image) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is printed, in millimetres."""
    box = ImageChops.invert(image).point(lambda value: 255 if value > 60 else 0).getbbox()
    assert box
    return tuple(side / MM for side in box)  # type: ignore[return-value]


def fault_of(draw: Draw, template: str, **context: Any) -> PaperFault:
    """The reason why this paper is not made."""
    with pytest.raises(PaperFault) as caught:
        draw(template, **context)
    return caught.value


# What a paper says


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-hans", ZH),
        ("en", EN),
        ("fr", "Chère Léa, l'été à Noël; cœur, œuvre, 12 € — « sûr »."),
        ("ru", "Иванова Анна: ёжик, съёмка, № 7."),
        ("mn", "Эрхэм Наранцэцэг, таны өрөө, үүд."),
        ("zh-hans", "皮姆帕 PIMPA SUWANNARAT, Иванова, LEFÈVRE LÉA, Өнөр, № 7 → □ ✓ ② ½ × ≤ 5 ㎡ 🧳"),
    ],
)
@pytest.mark.parametrize("base", ["base", "compact"])
def test_text_is_read_back(draw: Draw, base: str, language: str, text: str) -> None:
    [page] = draw(body("<p>{{ text }}</p>", base=base), language=language, text=text)
    assert bare(text) in text_of(page)


def test_what_people_wrote_stays_text(draw: Draw) -> None:
    text = "<img src=x onerror=alert(1)> </style><b>&amp; {{ 7|add:7 }} 'quoted'"
    [page] = draw(body("<p>{{ text }}</p>"), text=text)
    assert bare(text) in text_of(page)


def test_a_paper_is_tagged_named_and_has_bookmarks(draw: Draw) -> None:
    document = draw(
        body("<h2>一、目的</h2><p>文</p><h3>（一）依据</h3><p>文</p>", base="base"),
        language="zh-hans",
        title="物品搬迁方案",
        imprint=Imprint(on=date(2020, 2, 11)),
    )
    assert document.is_tagged()
    assert document.get_metadata_value("Title") == "物品搬迁方案"
    assert document.get_metadata_value("CreationDate") == "D:20200211"
    bookmarks = [(mark.level, mark.get_title()) for mark in document.get_toc()]
    assert bookmarks == [(0, "物品搬迁方案"), (1, "一、目的"), (2, "(一)依据".replace("(", "（").replace(")", "）"))]
    assert b"/Lang (zh-Hans)" in _unpacked(document.made)


def test_the_same_paper_has_the_same_bytes(draw: Draw) -> None:
    template = body(f"<h2>{ZH}</h2>", base="base")
    imprint = Imprint(issue="7", on=date(2020, 2, 11), digest="4f2a91bc77de0c13aa")
    first, second = (draw(template, language="zh-hans", imprint=imprint).made for _n in range(2))
    assert first == second


# The official shape


def test_the_text_block_is_that_of_the_standard(draw: Draw) -> None:
    """GB/T 9704: A4, 37 mm above, 28 mm to the left, 156 by 225 mm, 22 lines of 28 characters."""
    document = draw(
        body(f"<p>{'口' * (28 * 24)}</p>", base="base", blocks="{% block cover %}{% endblock %}")
        + "{% block style %}p { text-indent: 0 !important; } #foot { visibility: hidden; }{% endblock %}",
        language="zh-hans",
    )
    first, second = document
    assert [round(side * 25.4 / 72) for side in first.get_size()] == [210, 297]
    assert text_of(first).count("口") == 28 * 22
    assert text_of(second).count("口") == 28 * 2
    left, top, right, bottom = ink(image_of(first))
    assert left == pytest.approx(28, abs=1.5)
    assert right == pytest.approx(28 + 156, abs=1.5)
    assert top == pytest.approx(37, abs=4)  # half of a line's lead, and the sign is smaller than its square
    assert bottom == pytest.approx(37 + 225, abs=4)


def test_the_foot_says_what_the_sheet_is(draw: Draw) -> None:
    document = draw(
        body('<p>one</p><p class="new-page">two</p>', base="base"),
        imprint=Imprint(issue="2020-7", on=date(2020, 2, 11), digest="4f2a91bc77de0c13" + "0" * 48),
    )
    for number, page in enumerate(document, 1):
        text = text_of(page)
        assert f"Page{number}of2" in text
        assert "2020-7" in text
        assert "2020" in text
        assert "4F2A91BC77DE0C13" in text
        [found] = zxingcpp.read_barcodes(image_of(page))
        assert found.text == "HTTPS://GUANSHE.EXAMPLE.EDU.CN/VERIFY/4F2A91BC77DE0C13"


def test_the_contents_name_the_pages(draw: Draw) -> None:
    titles = [f"Chapter {letter}" for letter in "ABCDE"]
    contents = [{"anchor": f"c{n}", "title": title, "level": 1 + n % 2} for n, title in enumerate(titles)]
    chapters = "".join(f'<h2 id="c{n}">{title}</h2>' + "<p>words</p>" * 30 * (n + 1) for n, title in enumerate(titles))
    include = '{% block contents %}{% include "core/paper/contents.html" %}{% endblock %}'
    document = draw(body(chapters, base="base", blocks=include), contents=contents)
    pages = [text_of(page) for page in document]
    listed = re.findall(r"(Chapter[A-E])\.+(\d+)", pages[0])
    assert len(listed) == 5
    for title, number in listed:
        assert title + "words" in pages[int(number) - 1]


def test_no_heading_stands_alone_at_the_bottom(draw: Draw) -> None:
    """Whatever stands above: after each heading its page goes on with what it heads, a table's first row too."""
    table = "<table><thead><tr><th>Head</th></tr></thead><tbody>" + "<tr><td>row</td></tr>" * 3 + "</tbody></table>"
    html = "".join(
        f"<h2>Chapter{n}x</h2><h3>Section{n}x</h3>"
        + (table if n % 2 else "<p>para one</p><p>para two</p>")
        + "<br>" * n
        for n in range(24)
    )
    pages = [text_of(page) for page in draw(body(html, base="base"))]
    assert len(pages) > 5
    for n in range(24):
        # The running head repeats the chapter, so what follows is looked for behind both headings.
        follows = "Headrow" if n % 2 else "paraone"
        assert any(f"Chapter{n}xSection{n}x{follows}" in page for page in pages), n


def test_rows_stay_whole_and_heads_are_repeated(draw: Draw) -> None:
    rows = "".join(f"<tr><td>start{n}</td><td>{'word ' * (20 + n % 7 * 9)}end{n}</td></tr>" for n in range(60))
    table = f"<table><thead><tr><th>Room</th><th>Notes</th></tr></thead><tbody>{rows}</tbody></table>"
    pages = [text_of(page) for page in draw(body(table))]
    assert len(pages) > 3
    assert ["RoomNotes" in page for page in pages] == [True] * len(pages)
    for n in range(60):
        assert [page for page in pages if f"start{n}word" in page and re.search(rf"end{n}(?!\d)", page)], n


def test_arabic_papers_run_from_right_to_left(draw: Draw) -> None:
    """Checked on the page: the line begins at the right margin, and the first column stands at the right."""
    rtl = draw(body(f"<p>{AR[:24]}</p>"), language="ar")[0]
    left, _top, right, _bottom = ink(image_of(rtl).crop((0, 0, 1240, 300)))
    assert right == pytest.approx(190, abs=1.5)
    assert left > 120
    cells = body("<style>td { border: 0 !important }</style><table><tr><td>■</td><td></td><td></td></tr></table>")
    assert ink(image_of(draw(cells, language="ar")[0]).crop((0, 0, 1240, 300)))[0] > 180
    assert ink(image_of(draw(cells, language="en")[0]).crop((0, 0, 1240, 300)))[2] < 30


def test_chinese_in_an_arabic_paper_runs_from_left_to_right(draw: Draw) -> None:
    [page] = draw(body('<section lang="zh-Hans" dir="ltr"><p>搬迁说明。</p></section>'), language="ar")
    left, _top, right, _bottom = ink(image_of(page).crop((0, 0, 1240, 300)))
    assert left == pytest.approx(20, abs=1.5)
    assert right < 60


# Fonts


def test_only_the_packages_fonts_are_used(draw: Draw) -> None:
    text = f"<p>{ZH}</p><h2>{ZH}</h2><p>{EN} Иванова</p><p>{AR}</p><p>พิมพา</p><b>bold 粗</b><i>italic</i>"
    made = draw(body(text, base="base"), language="zh-hans").made
    fonts = {name.decode() for name in re.findall(rb"/BaseFont /[A-Z]{6}\+([\w-]+)", _unpacked(made))}
    assert {"Noto-Serif-SC", "Noto-Sans-SC", "Noto-Sans-Arabic", "Noto-Sans-Thai"} <= fonts
    assert {name for name in fonts if not name.startswith("Noto-S")} == set()
    # One weight each: nothing Chinese is drawn bolder or aslant by the computer.
    assert {name for name in fonts if "SC" in name} == {"Noto-Serif-SC", "Noto-Sans-SC"}


def _unpacked(made: bytes) -> bytes:
    """The PDF with its object streams open."""
    parts = [made]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"".join(parts)


def test_the_font_settings_name_the_packages_and_the_sites_own_folder_only(settings: Settings) -> None:
    assert paper.available()
    written = (settings.DATA_DIR / "cache" / "fonts" / "fonts.conf").read_text()
    folders = re.findall("<dir>(.*)</dir>", written)
    assert [Path(folder).name for folder in folders] == [
        "fonts",
        "manimgx_fonts",
        "pylopdf_fonts_zh_cn",
        "pylopdf_fonts_ko",
    ]
    assert folders[0] == str(settings.DATA_DIR / "fonts")


@pytest.mark.parametrize("sign", ["\U00010330", "\ue000", "\U0002a6d6"])
def test_a_missing_glyph_is_an_error_that_names_the_character(draw: Draw, sign: str) -> None:
    fault = fault_of(draw, body("<p>before {{ sign }} after</p>"), sign=sign)
    assert fault.code == "missing-glyph"
    assert f"{sign} (U+{ord(sign):04X})" in str(fault.message)


def test_a_missing_glyph_in_one_paper_is_no_other_papers_fault(draw: Draw, tmp_path: Path) -> None:
    """Two threads draw at once; each hears of its own characters only."""
    draw(body("<p>{{ sign }}</p>"), sign="warm")

    def tried(sign: str) -> str:
        try:
            paper.pdf("1.html", {"sign": sign}, language="en", title="t")
        except PaperFault as fault:
            return fault.code
        return "made"

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(tried, ["a", "\ue000"] * 4))
    assert answers == ["made", "missing-glyph"] * 4


# Bounds


def test_towers_of_marks_are_cut_down(draw: Draw) -> None:
    [page] = draw(body("<p>{{ text }}</p>"), text="a" + "\u0301" * 100_000 + "b")
    assert "b" in text_of(page)
    assert paper._bounded("<p>e" + "\u0301" * 40 + "x</p>") == "<p>e" + "\u0301" * 6 + "x</p>"
    assert paper._bounded("<p>ខ្ញុំ שָׁ ที่ قُرْآن</p>") == "<p>ខ្ញុំ שָׁ ที่ قُرْآن</p>"


def test_endless_text_ends_with_an_ellipsis() -> None:
    long = "字" * 20_000
    assert paper._bounded(f"<p>{long}</p><p>{ZH}</p>") == f"<p>{'字' * 10_000}…</p><p>{ZH}</p>"
    cut_in_a_sign = "a" * 9_998 + "&quot;" + "b" * 100
    assert paper._bounded(f"<p>{cut_in_a_sign}</p>") == "<p>" + "a" * 9_998 + "…</p>"
    style = "<style>p > b { color: red }" + "/* */" * 5_000 + "</style>"
    assert paper._bounded(style) == style


def test_long_chinese_text_in_a_cell_is_quick(draw: Draw) -> None:
    """With automatic column widths this takes minutes."""
    document = draw(
        body("<table><tr><td>x</td><td>{{ text }}</td></tr></table>"), language="zh-hans", text="字" * 9_000
    )
    assert sum(text_of(page).count("字") for page in document) == 9_000


def test_a_paper_past_all_bounds_is_refused(draw: Draw) -> None:
    assert fault_of(draw, body("{{ text }}"), text="<p>" * 2_000_000).code == "paper-too-long"


def test_the_collector_and_the_truncated_are_as_before(draw: Draw) -> None:
    """WeasyPrint lets Pillow open cut-off pictures everywhere; the intake of photos must not notice."""
    assert gc.isenabled()
    draw(body("<p>x</p>"))
    assert gc.isenabled()
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    gc.disable()
    try:
        draw(body("<p>x</p>"))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_without_pango_papers_are_off_with_one_sentence(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_weasyprint", lambda: None)
    assert not paper.available()
    fault = fault_of(draw, body("<p>x</p>"))
    assert fault.code == "pdf-off"
    assert "Pango" in str(fault.message)


def test_pango_that_does_not_load_turns_papers_off(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def without_pango(name: str, *rest: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return really(name, *rest, **more)

    paper._weasyprint.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", without_pango)
        assert not paper.available()
    paper._weasyprint.cache_clear()
    assert paper.available()


# The fence


def _photo() -> str:
    out = BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(out, "JPEG")
    return store(take_photo(BytesIO(out.getvalue()), name="shelf.jpg")).small


def _picture(html: str, draw: Draw) -> tuple[int, ...]:
    """The colour in the middle of a picture that fills the page's top."""
    page = draw(body(f'<div style="height:60mm">{html}</div>'))[0]
    colour = page.render(scale=1).to_pil().convert("RGB").getpixel((200, 120))
    assert isinstance(colour, tuple)
    return colour


DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 17 6'><rect width='17' height='6' fill='blue'/></svg>"
FULL = 'style="width:170mm;height:60mm;display:block" alt="x"'


def test_stored_photos_and_our_own_pictures_are_shown(draw: Draw) -> None:
    assert _picture(f'<img {FULL} src="media:{_photo()}">', draw)[0] > 180
    out = BytesIO()
    Image.new("RGB", (4, 4), (20, 20, 200)).save(out, "PNG")
    png = "data:image/png;base64," + b64encode(out.getvalue()).decode()
    assert _picture(f'<img {FULL} src="{png}">', draw) == (20, 20, 200)
    svg = f"data:image/svg+xml,{quote(DRAWING.replace('blue', 'lime'))}"
    assert _picture(f'<img {FULL} src="{svg}">', draw) == (0, 255, 0)


def test_static_files_are_shown(draw: Draw, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "static files"
    folder.mkdir()
    (folder / "mark.svg").write_text(DRAWING)
    (tmp_path / "secret.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.STATICFILES_DIRS = [folder]
    assert _picture(f'<img {FULL} src="static:mark.svg">', draw) == (0, 0, 255)
    assert fault_of(draw, body('<img alt="x" src="static:none.svg">')).code == "paper-picture-missing"
    assert fault_of(draw, body('<img alt="x" src="static:../secret.svg">')).code == "paper-fence"


def test_a_photo_that_is_gone_is_an_error(draw: Draw, media_folder: Path) -> None:
    path = _photo()
    (media_folder / path).unlink()
    fault = fault_of(draw, body(f'<img alt="x" src="media:{path}">'))
    assert fault.code == "paper-picture-missing"
    assert path in str(fault.message)


def test_a_photo_that_was_cut_off_is_an_error(draw: Draw, media_folder: Path) -> None:
    path = media_folder / _photo()
    path.write_bytes(path.read_bytes()[:300])
    assert fault_of(draw, body(f'<img alt="x" src="media:{path.relative_to(media_folder)}">')).code == "paper-broken"
    with pytest.raises(RefusedUpload):
        take_photo(BytesIO(path.read_bytes()), name="cut.jpg")


_opened: list[str] = []
_armed = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    """Notes every file opened and every way out to the network while armed."""
    if _armed and event in ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request"):
        _opened.append(f"{event} {arguments[0]}")


sys.addaudithook(_hook)


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """What was opened during the test."""
    global _armed
    _opened.clear()
    _armed = True
    yield _opened
    _armed = False


HOSTILE = {
    "local image": '<img alt="x" src="file://{secret}">',
    "local path": '<img alt="x" src="{secret}">',
    "path upwards": '<img alt="x" src="../../../../../..{secret}">',
    "base": '<base href="file:///"><img alt="x" src="{secret}">',
    "web image": '<img alt="x" src="http://127.0.0.1:9/a.png">',
    "protocol of the page": '<img alt="x" src="//127.0.0.1:9/a.png">',
    "ftp": '<img alt="x" src="ftp://127.0.0.1:9/a.png">',
    "capitals": '<img alt="x" src="FILE://{secret}">',
    "media upwards": '<img alt="x" src="media:../../../../../..{secret}">',
    "media absolute": '<img alt="x" src="media:{secret}">',
    "media in disguise": '<img alt="x" src="media:photos/..%2f..%2f..{secret}">',
    "static upwards": '<img alt="x" src="static:../../../../../..{secret}">',
    "background": '<p style="background: url(file://{secret})">x</p>',
    "list style": '<ul style="list-style-image: url(file://{secret})"><li>x</ul>',
    "generated": '<style>p::before {{ content: url("file://{secret}") }}</style><p>x</p>',
    "border": '<p style="border: 9px solid; border-image: url(file://{secret}) 9">x</p>',
    "style sheet": '<link rel="stylesheet" href="file://{secret}">',
    "import": '<style>@import url("http://127.0.0.1:9/a.css");</style>',
    "font": '<style>@font-face {{ font-family: f; src: url("file://{secret}") }}</style>',
    "attachment": '<link rel="attachment" href="file://{secret}">',
    "attached link": '<a rel="attachment" href="file://{secret}">x</a>',
    "object": '<object data="file://{secret}">x</object>',
    "embed": '<embed src="file://{secret}">',
    "frame": '<iframe src="file://{secret}"></iframe>',
    "drawing": '<svg width="9" height="9"><image href="file://{secret}" width="9" height="9"/></svg>',
    "drawing's use": '<svg width="9" height="9"><use href="file://{secret}#a"/></svg>',
    "drawing's style": '<svg width="9" height="9"><style>@import "file://{secret}";</style><rect width="9"/></svg>',
    "drawing in a picture": (
        '<img alt="x" src="data:image/svg+xml,%3Csvg xmlns=\'http://www.w3.org/2000/svg\'%3E'
        "%3Cimage href='file://{secret}' width='9' height='9'/%3E%3C/svg%3E\">"
    ),
    "entity in a picture": (
        '<img alt="x" src="data:image/svg+xml,%3C!DOCTYPE s [%3C!ENTITY e SYSTEM \'file://{secret}\'%3E]%3E'
        "%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ctext%3E%26e;%3C/text%3E%3C/svg%3E\">"
    ),
    "written page": '<img alt="x" src="data:text/html,&lt;script&gt;">',
    "script": '<script src="http://127.0.0.1:9/a.js"></script><p onclick="x()">x</p>',
}


@pytest.mark.parametrize("snippet", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_outside_is_read(draw: Draw, tmp_path: Path, watched: list[str], snippet: str) -> None:
    """Even if hostile mark-up came into a paper unescaped, no file of the machine and no address is opened."""
    secret = tmp_path / "secret.png"
    Image.new("RGB", (4, 4), (1, 2, 3)).save(secret)
    watched.clear()
    try:
        draw(body("{{ snippet|safe }}"), snippet=snippet.format(secret=secret))
        fault = ""
    except PaperFault as refused:
        fault = refused.code
    assert [event for event in watched if str(secret) in event or not event.startswith("open ")] == []
    # What WeasyPrint knows nothing of is left out; all else is said aloud.
    silent = {HOSTILE["frame"], HOSTILE["script"], HOSTILE["drawing's use"]}
    assert fault in ({""} if snippet in silent else {"paper-fence", "paper-broken"})


def test_every_size_of_qr_on_paper_is_read(draw: Draw) -> None:
    texts = [f"HTTPS://GUANSHE.EXAMPLE.EDU.CN/Q/{n:09d}" for n in range(12)]
    pictures = ["data:image/png;base64," + b64encode(qr_png(text)).decode() for text in texts]
    sized = '<img class="qr" alt="x" src="{{ p }}" style="width:{{ forloop.counter|add:17 }}mm">'
    html = f"{{% for p in pictures %}}{sized}{{% endfor %}}"
    [page] = draw(body(html), pictures=pictures)
    assert {found.text for found in zxingcpp.read_barcodes(image_of(page))} == set(texts)
