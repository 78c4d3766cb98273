"""The sheet on paper reads as the screen does, says who signed, and can be checked by anyone."""

import io
import re
import unicodedata
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from observation.handing_over import pointing, taking_over, writing
from observation.handing_over.sheet import REST, sheet_of
from observation.models import Handover
from observation.papers import handover as papers
from rooms.models import Incident
from tests.observation.test_care_lists_hold_their_queries import crowd
from tests.observation.test_handover_flow import CHANGE, NOON, RESTATED, Site, client_of, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Any:
    """A handover of a full house, with a note, a point of two shifts and both signatures."""
    with time_machine.travel(NOON, tick=False):
        site = Site()
        crowd(site.w, 30)
        writing.begin_first(site.building, by=site.giver)
        pointing.open_point(site.building, words="Ask for the plumber", by=site.giver, client_id=uuid4())
    with time_machine.travel(CHANGE, tick=False):
        handover = writing.begin(site.building, by=site.giver)
        notes = {line.key: "Looked at twice" for line in list(handover.lines.all())[:1]}
        writing.sign(handover, seen(handover, words="A quiet day.", severity="watch", notes=notes), by=site.giver)
        taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    with time_machine.travel(CHANGE + timedelta(days=2), tick=False):
        handover = Handover.objects.select_related("building", "shift__pattern", "shift__building").get()
        yield site, handover


class Marked(HTMLParser):
    """The text of every element that the sheet on the screen is made of, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A new piece begins, or one within it."""
        if self.depth:
            self.depth += tag not in {"br", "input", "img"}
        elif "data-sheet" in dict(attrs):
            self.depth = 1
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        self.depth = max(0, self.depth - 1)

    def handle_data(self, data: str) -> None:
        """What stands in it."""
        if self.depth:
            self.found[-1] += data


def plain(text: str) -> str:
    """The signs alone, as they are compared."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def pages_of(drawn: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(drawn)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paper_says_what_the_screen_says_in_the_same_order(done: Any, language: str) -> None:
    site, handover = done
    client = client_of(site.receiver)
    client.cookies["django_language"] = language
    page = client.get(reverse("one_handover", args=[handover.pk]), headers={"Accept-Language": language})
    screen = [plain(text) for text in Marked(page.content.decode()).found]
    assert len(screen) > 60
    drawn = client.get(reverse("handover_paper", args=[handover.pk])).content
    paper, at = plain("".join(pages_of(drawn))), 0
    missing = []
    for words in screen:
        there = paper.find(words, at)
        if there < 0:
            missing.append(words)
        else:
            at = there + len(words)
    assert missing == []
    # And nothing that the screen leaves out: what is left are the heads, the feet and the letters of the language.
    rest = len(paper) - sum(map(len, screen))
    assert rest < 120 * len(pages_of(drawn)) + 120, rest


def test_the_sheet_carries_its_mark_and_anyone_can_check_it(done: Any, client: Any) -> None:
    _site, handover = done
    pages = [plain(text) for text in pages_of(papers.draw(handover, language="en"))]
    mark = handover.digest[:16].upper()
    for n, text in enumerate(pages, 1):
        assert mark in text
        assert f"Page{n}of{len(pages)}" in text
    english = {"Accept-Language": "en"}
    answer = client.get(f"/VERIFY/{mark}", follow=True, headers=english).content.decode()
    assert "It belongs to a handover from one shift to the next." in answer
    assert "Guest" not in answer
    other = client.get(f"/VERIFY/{mark[:-4]}0000", follow=True, headers=english).content.decode()
    assert "This check mark is not on record." in other


def test_what_is_not_acknowledged_says_so_and_has_no_mark(done: Any) -> None:
    site, _handover = done
    site.w.duty(site.w.shift(site.day.day + timedelta(days=1)), site.w.lead_post, site.giver.person)
    draft = writing.begin(site.building, by=site.receiver)
    text = plain("".join(pages_of(papers.draw(draft, language="en"))))
    assert "notacknowledgedyet" in text
    assert "Checkmark" not in text


def test_the_command_prints_any_past_handover(done: Any, tmp_path: Path) -> None:
    site, handover = done
    out = tmp_path / "sheet.pdf"
    day = site.day.day.isoformat()
    for which in ({"shift": f"{day}:Day"}, {"number": handover.pk}):
        call_command("print_handover", output=str(out), language="zh-hans", **which, stdout=io.StringIO())
        assert plain(RESTATED) in plain("".join(pages_of(out.read_bytes())))
        out.unlink()
    for wrong in ({"shift": f"{day}:Dawn"}, {"shift": "yesterday:Day"}, {"number": 0}, {"number": 999}, {}):
        with pytest.raises(CommandError):
            call_command("print_handover", output=str(out), **wrong)
    assert not out.exists()


def reading_seconds(words: str) -> float:
    """How long a reader takes: 400 Han signs or 238 words a minute, and a second for every figure beyond."""
    han = len(re.findall(r"[\u3400-\u9fff]", words))
    return han / 400 * 60 + len(re.findall(r"[A-Za-z]+|[\d.:]+", words)) / 238 * 60


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_thirty_occupants_are_read_in_two_minutes(language: str) -> None:
    with time_machine.travel(NOON, tick=False):
        site = Site()
        crowd(site.w, 30)
        # A request of everybody, a talk with everybody, and three incidents.
        for incident in list(Incident.objects.filter(closed_at__isnull=True))[3:]:
            incident.close(outcome="Mended", by=site.giver)
        writing.begin_first(site.building, by=site.giver)
    with time_machine.travel(CHANGE, tick=False):
        handover = writing.begin(site.building, by=site.giver)
        writing.sign(handover, seen(handover), by=site.giver)
        taking_over.acknowledge(handover, restated=RESTATED, by=site.receiver)
    # The next shift: what has not changed is folded.
    with time_machine.travel(CHANGE + timedelta(hours=1), tick=False), translation.override(language):
        following = writing.begin(site.building, by=site.receiver)
        sheet = sheet_of(following)
        shown = [one for group in sheet.groups if group.key != REST for part in group.parts for one in part.lines]
        folded = [one for group in sheet.groups if group.key == REST for part in group.parts for one in part.lines]
        words = " ".join(f"{one.subject} {one.words} {one.aged} {one.line.note}" for one in shown)
    assert folded
    assert reading_seconds(f"{sheet.census} {words}") < 120, words
