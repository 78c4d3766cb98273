"""Every page in a real browser: accessible, no wider than the screen, quiet, light, and asking nobody but us.

The pages are found, not listed: what an address answers with a page to a role is opened as that role. Without
`GUANSHE_FULL=1` each page is seen at least once at 390 px, a role in one language; with it in all of them.
"""

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.exceptions import ObjectDoesNotExist
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Browser, Page, Response
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from core.access import access_of
from inventory.models import Box, Item, Objection, Student
from rooms.models import RoleKind, Room
from tests.architecture.test_access_matrix import Furnished, address, client_of, furnish
from tests.architecture.test_the_house import every_view
from tests.inventory.own_pages import factors, letter_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FULL = os.environ.get("GUANSHE_FULL") == "1"
# These answer with a paper, a table or a picture.
FILES = {
    *("box_manifest", "packing_record", "relocation_plan_pdf", "student_receipt", "place_list"),
    *("door_signs", "shelf_signs", "export", "photo"),
    *("welcome_sheet", "welcome_sheets", "certificate", "kitchen_list", "round_sheet", "roll_call_paper"),
    *("temperatures_paper", "occupant_temperatures_paper", "management_plan_pdf", "specimen_form"),
    *("handover_paper", "log_photo"),
    *("duty_roster_paper", "area_list_paper"),
}
MOST_REQUESTS = 8
STAFF_WEIGHT, STUDENT_WEIGHT = 100_000, 60_000
LONG_NAME = "MUHAMMAD ABDULRAHMAN IBRAHIM AL-SAYED ABDELHAMEED MOSTAFA HASSANEIN"


@dataclass
class Seen:
    """What the browser heard while one page opened; pictures are counted apart, for photos are evidence."""

    answers: list[Response] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def faults(self, *, heaviest: int) -> list[str]:
        """Too many requests, too many bytes as the server sends them (gzip), strangers asked, errors said."""
        ours = [one for one in self.answers if one.request.resource_type != "image"]
        weight = sum(len(gzip.compress(one.body())) for one in ours if one.ok)
        found = [f"asks {address}" for address in self.foreign] + self.complaints
        if len(ours) > MOST_REQUESTS:
            found.append(f"{len(ours)} requests")
        if weight >= heaviest:
            found.append(f"{weight} bytes")
        return found


class Reader:
    """A browser that opens pages one after another and notes what is wrong with each."""

    def __init__(self, page: Page, server: str, *, heaviest: int) -> None:
        self.page, self.server, self.heaviest = page, server, heaviest
        self.seen = Seen()
        page.on("response", lambda answer: self.seen.answers.append(answer))
        page.on("console", lambda said: said.type == "error" and self.seen.complaints.append(said.text))
        page.on("pageerror", lambda error: self.seen.complaints.append(str(error)))
        page.on("request", lambda asked: self._watch(asked.url))

    def _watch(self, url: str) -> None:
        if not url.startswith((self.server, "data:", "blob:")):
            self.seen.foreign.append(url)

    def open(self, path: str, *, status: int = 200) -> list[str]:
        """What is wrong with the page at `path`."""
        self.seen = Seen()
        answer = self.page.goto(self.server + path)
        assert answer is not None
        if answer.status != status:
            return [f"{path}: {answer.status}, not {status}"]
        if status != 200:
            # A browser says in its console that the page itself was refused.
            self.seen.complaints.clear()
        found = self.seen.faults(heaviest=self.heaviest)
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append(f"{wide} px wider than the screen")
        for one in Axe().run(self.page).response["violations"]:
            found.append(f"{one['id']}: {[node['html'][:120] for node in one['nodes']][:3]}")
        return [f"{path}: {fault}" for fault in found]


@pytest.fixture
def reader(browser: Browser, live_server: LiveServer, settings: Settings) -> Callable[..., Reader]:
    """Opens a browser of somebody's own."""
    settings.PUBLIC_URL = live_server.url

    def opened(*, user: Any = None, language: str = "en", dark: bool = False, width: int = 390) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if dark else "light", locale=language
        )
        cookies = {"language": language}
        if user is not None:
            user.language = language
            user.save()
            cookies["sessionid"] = client_of(user).cookies["sessionid"].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        return Reader(context.new_page(), live_server.url, heaviest=STAFF_WEIGHT)

    return opened


@pytest.fixture
def furnished() -> Furnished:
    """A building in the middle of its move, with a room nobody may open yet and names longer than a line."""
    own = furnish("North", "Ownwood")
    room = own.world.room("499", beds=2)
    own.world.student(room, name="阿卜杜勒拉赫曼·穆斯塔法·哈桑宁·易卜拉欣", passport_name=LONG_NAME, notes=LONG_NAME)
    return own


def pages_of(own: Furnished, user: Any) -> list[str]:
    """Every address that answers this user with a page; rooms, students and boxes in each state there is."""
    client, found = client_of(user), []
    for _where, pattern in every_view():
        access = access_of(pattern.callback)
        if access is None or access.kind == "own-link" or not pattern.name or pattern.name in FILES:
            continue
        things: list[Any] = [None]
        if access.model is not None:
            several = access.model in {Room, Student, Box}
            things = list(access.model._default_manager.order_by("pk")) if several else [own.things[access.model]]
        for thing in things:
            try:
                path = address(pattern, access, thing) if thing is not None else reverse(pattern.name)
            except (NoReverseMatch, ObjectDoesNotExist):
                continue
            answer = client.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                found.append(path)
    return sorted(set(found))


# The manager has nearly every page, the mover the phones; the others see fewer of the same.
PHONE = ("/rooms/", "/boxes/", "/items/", "/places/", "/pair/", "/scan/")
SHORT = {(RoleKind.MANAGER, "zh-hans"), (RoleKind.MOVER, "en")}


@pytest.mark.parametrize("dark", [False, True] if FULL else [False], ids=lambda dark: "dark" if dark else "light")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", list(RoleKind), ids=str)
def test_the_pages_of_a_role(
    reader: Callable[..., Reader], furnished: Furnished, role: RoleKind, language: str, *, dark: bool
) -> None:
    if not FULL and (role, language) not in SHORT:
        pytest.skip("all roles in all languages with GUANSHE_FULL=1")
    user = furnished.world.user(role)
    pages = pages_of(furnished, user)
    assert len(pages) > 15
    if not FULL and role == RoleKind.MOVER:
        pages = [path for path in pages if path.startswith(PHONE) or path.endswith("/pair/")]
    faults = []
    for width in (390, 1280) if FULL else (390,):
        browser = reader(user=user, language=language, dark=dark, width=width)
        for path in pages:
            faults += browser.open(path)
        faults += browser.open("/nowhere/", status=404)
    assert faults == []


@pytest.mark.parametrize("dark", [False, True] if FULL else [False], ids=lambda dark: "dark" if dark else "light")
@pytest.mark.parametrize("language", ["zh-hans", "en", "ar"] if FULL else ["ar"])
def test_the_pages_of_a_student(
    reader: Callable[..., Reader], furnished: Furnished, language: str, *, dark: bool
) -> None:
    item, objection = furnished.things[Item], furnished.things[Objection]
    assert isinstance(item, Item)
    student = item.box.student
    assert student is not None
    link, path = letter_of(student)
    browser = reader(language=language, dark=dark)
    browser.heaviest = STUDENT_WEIGHT
    door = f"{path}{language}/"
    faults = browser.open(door)
    for name, value in factors(link).items():
        browser.page.fill(f"[name={name}]", value)
    browser.page.click("main form button")
    browser.page.wait_for_url("**/my/")
    other = Item.objects.filter(box__student=student).exclude(pk=item.pk).latest("pk")
    for own in (
        "/my/",
        "/my/consent/",
        f"/my/boxes/{item.box_id}/",
        f"/my/items/{other.pk}/object/",
        f"/my/objections/{objection.pk}/",
        "/my/confirm/",
    ):
        faults += browser.open(own)
    faults += browser.open("/my/nowhere/", status=404)
    assert faults == []


def test_a_strangers_pages(reader: Callable[..., Reader], furnished: Furnished) -> None:
    box = furnished.things[Box]
    assert isinstance(box, Box)
    browser = reader(language="zh-hans")
    faults = [fault for path in ("/log-in/", f"/Q/{box.code_id}/") for fault in browser.open(path)]
    assert faults == []
