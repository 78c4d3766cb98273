"""The night hands over to the day on two phones; what was noted by scan is in the draft; the paper says the same."""

import re
import unicodedata
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from observation.handing_over.leads import under_way
from observation.models import Handover, LogEntry, Point, ShiftPattern
from rooms.models import Supply
from tests.observation.test_handover_stands_still import site_now
from tests.world import PASSWORD, taken

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
RESTATED = "Room first: the fever. Then the masks, and the plumber at ten."


class Thumb:
    """A phone whose taps are counted; words are typed, not tapped."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.context = browser.new_context(viewport=PHONE, locale="en-GB", has_touch=True)
        self.page: Page = self.context.new_page()
        self.server, self.taps = server, 0

    def tap(self, selector: str) -> None:
        """One tap."""
        self.page.locator(selector).first.click()
        self.taps += 1

    def type(self, selector: str, words: str) -> None:
        """One tap into a field, and words."""
        self.tap(selector)
        self.page.locator(selector).first.fill(words)

    def log_in(self, username: str) -> None:
        """Three taps: name, password, button."""
        self.page.goto(f"{self.server}/log-in/")
        self.type("[name=username]", username)
        self.type("[name=password]", PASSWORD)
        self.tap("main button")
        self.page.wait_for_url(lambda url: "log-in" not in url)

    def opens(self, name: str, *args: Any) -> None:
        """By the address, as a bookmark or a link of the menu does."""
        self.page.goto(self.server + reverse(name, args=args))


def plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def test_the_night_hands_over_to_the_day_on_two_phones(browser: Browser, live_server: Any, tmp_path: Any) -> None:
    site = site_now()
    for before, after in (("Day", "Evening"), ("Night", "Day"), ("Evening", "Night")):
        ShiftPattern.objects.get(name=before).amend(by=None, name=after)
    occupant = site.w.occupant(name="Guest Ada")
    Supply.enter(by=None, building=site.building, kind="key", name="Master key", least=2)
    room = occupant.stay.room

    # A nurse scans the door and notes what she saw: the next shift must know.
    nurse = Thumb(browser, live_server.url)
    nurse.log_in(site.w.nurse.username)
    nurse.taps = 0
    nurse.opens("turn_over", room.pk)  # where the code on the door leads
    nurse.tap("main a.button:has-text('Note')")
    nurse.type("[name=words]", "The window does not shut")
    nurse.tap("label:has([name=attention])")
    picture = tmp_path / "window.jpg"
    picture.write_bytes(taken().original)
    nurse.page.set_input_files("[name=photos]", str(picture))
    nurse.tap("button:has-text('Keep note')")
    nurse.page.wait_for_selector("text=The window does not shut")
    assert nurse.taps <= 4
    entry = LogEntry.objects.get()
    assert (entry.room, entry.attention, entry.photos.count()) == (room, True, 1)

    # The night's lead begins, and reads the note in the draft.
    giver, receiver = Thumb(browser, live_server.url), Thumb(browser, live_server.url)
    giver.log_in(site.giver.username)
    giver.opens("handover", site.building.pk)
    giver.tap("button:has-text('Begin the handover')")
    giver.page.wait_for_selector("text=The window does not shut")
    giver.page.check("[name=severity][value=watch]")
    giver.type("#write [name=words]", "A quiet night but for room noise.")
    giver.type("#write [name=point]", "The plumber comes at ten")

    # The day's lead has the page open meanwhile, and hears of the signature without reloading.
    receiver.log_in(site.receiver.username)
    receiver.opens("handover", site.building.pk)
    assert receiver.page.locator("[name=restated]").count() == 0
    giver.tap("button:has-text('Sign and hand over')")
    giver.page.wait_for_selector("text=waits for the next lead")
    receiver.page.wait_for_selector("text=Something has changed here.", timeout=6000)
    receiver.tap("text=Open it again")
    receiver.page.wait_for_selector("[name=restated]")
    assert receiver.page.locator("main").inner_text().index("What changed") > 0
    assert receiver.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    receiver.type("[name=restated]", RESTATED)
    receiver.tap("button:has-text('Sign: I take over')")
    receiver.page.wait_for_selector("text=acknowledged")
    assert receiver.taps < 12
    giver.page.wait_for_selector("text=Something has changed here.", timeout=6000)

    handover = Handover.objects.get()
    assert (handover.giver, handover.receiver, handover.restated) == (site.giver, site.receiver, RESTATED)
    assert under_way(site.building) == site.night
    assert Point.objects.get().words == "The plumber comes at ten"

    # The paper says what the screen says, in the same order.
    receiver.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    screen = [plain(text) for text in receiver.page.locator("[data-sheet]").all_inner_texts()]
    assert any("Thewindowdoesnotshut" in words for words in screen)
    answer = receiver.page.request.get(live_server.url + reverse("handover_paper", args=[handover.pk]))
    pages = pypdfium2.PdfDocument(answer.body())
    paper, at = plain("".join(page.get_textpage().get_text_range() for page in pages)), 0
    for words in screen:
        assert words in paper[at:], words
        at = paper.index(words, at) + len(words)
    for phone in (nurse, giver, receiver):
        phone.context.close()
