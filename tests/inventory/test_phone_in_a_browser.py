"""The pair's phone in a real browser at 390 px: taps and fields counted, cameras and scanners stood in for."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from core.models import Code
from inventory.models import Box, Item, Photo
from rooms.models import RoomState
from tests.inventory.phone import cut_photo, photo_file
from tests.world import PASSWORD, World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone."""
    return {**browser_context_args, "viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def w() -> World:
    return make_world()


class Thumb:
    """A phone's user whose taps, fields and scans are counted."""

    def __init__(self, page: Page, address: str, folder: Path) -> None:
        self.page, self.address, self.folder = page, address, folder
        self.did: Counter[str] = Counter()
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))

    def log_in(self, user: Any) -> None:
        self.page.goto(f"{self.address}/log-in/")
        self.page.fill("[name=username]", user.username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "log-in" not in url)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def tap(self, what: str) -> None:
        self.page.click(what)
        self.did["taps"] += 1

    def write(self, field: str, text: str) -> None:
        self.page.fill(field, text)
        self.did["fields"] += 1

    def open_scanner(self) -> None:
        """The one tap that every page has for scanning."""
        self.tap(".thumb .scan")
        self.page.wait_for_url("**/scan/")

    def scan(self, code: str) -> None:
        """A keyboard scanner: the code, then Enter, into whatever has the focus."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.did["scans"] += 1

    def shoot(self, what: str, photos: int = 1) -> None:
        """Tap what opens the camera; it hands over its photos."""
        files = []
        for _n in range(photos):
            file = photo_file()
            path = self.folder / f"{self.did['photos']}.jpg"
            path.write_bytes(file.read())
            files.append(path)
            self.did["photos"] += 1
        with self.page.expect_file_chooser() as chooser:
            self.tap(what)
        chooser.value.set_files(files)


@pytest.fixture
def thumb(page: Page, live_server: Any, tmp_path: Path) -> Thumb:
    return Thumb(page, live_server.url, tmp_path)


def test_the_thumb_walks_through_the_shot_list_one_tap_a_view(w, thumb):
    room = w.room()
    w.consent(w.student(room))
    w.pair()
    thumb.log_in(w.mover)
    thumb.go(f"/rooms/{room.pk}/")
    thumb.tap("#next")
    for slug in ("door", "desk", "drawers", "wardrobe", "bed", "bathroom"):
        thumb.page.wait_for_selector(f"#next[data-opens=room-before-{slug}]")
        thumb.shoot("#next")
        thumb.page.wait_for_selector(f"#room-before-{slug} .thumbs img")
    thumb.page.wait_for_selector("#next[href^='/scan/']")
    room.refresh_from_db()
    assert room.state == RoomState.SURVEYED
    assert Photo.objects.count() == 6
    assert thumb.did == {"taps": 7, "photos": 6}
    assert thumb.complaints == []


def test_twelve_things_with_twenty_photos_take_at_most_thirty_taps_and_twelve_fields(w, thumb):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    thumb.log_in(w.mover)
    thumb.go(f"/boxes/{box.pk}/")
    thumb.tap("label:has-text('clothing')")
    for n in range(12):
        thumb.shoot("#put-in input[type=file]", photos=2 if n < 8 else 1)
        thumb.write("#put-in [name=description]", f"Thing {n + 1}")
        thumb.tap("#next")
        thumb.page.wait_for_selector(f"#contents ~ .things >> text='Thing {n + 1}'")
    assert (Item.objects.count(), Photo.objects.filter(item__box=box).count()) == (12, 20)
    assert thumb.did["taps"] <= 30
    assert thumb.did["fields"] <= 12
    assert thumb.complaints == []


def test_photos_taken_one_after_another_add_up_and_survive_a_refusal(w, thumb):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=1)
    thumb.log_in(w.mover)
    thumb.go(f"/boxes/{box.pk}/")
    thumb.shoot("#put-in input[type=file]")
    thumb.tap("[data-anew]")
    assert thumb.page.eval_on_selector("#put-in input[type=file]", "field => field.files.length") == 0
    for _n in range(3):
        thumb.shoot("#put-in input[type=file]")
    thumb.write("#put-in [name=description]", "Lamp")
    # The witness steps back; the next tap is refused, and nothing on the page is lost.
    w.pair().end(by=w.witness)
    thumb.tap("#next")
    thumb.page.wait_for_selector("#refusal >> text=Two people stand behind this step.")
    assert thumb.page.input_value("#put-in [name=description]") == "Lamp"
    w.pair()
    thumb.tap("#next")
    thumb.page.wait_for_selector("#contents ~ .things >> text=Lamp")
    assert Item.objects.get(description="Lamp").photos.count() == 3


def test_a_damaged_photo_is_named_and_words_and_photos_stay(w, thumb):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=1)
    thumb.log_in(w.mover)
    thumb.go(f"/boxes/{box.pk}/")
    damaged = thumb.folder / "cut.jpg"
    damaged.write_bytes(cut_photo().read())
    thumb.page.set_input_files("#put-in input[type=file]", damaged)
    thumb.write("#put-in [name=description]", "Lamp")
    thumb.tap("#next")
    thumb.page.wait_for_selector("#put-in .said >> text=cut.jpg: The end of the photo is missing")
    assert thumb.page.input_value("#put-in [name=description]") == "Lamp"
    assert thumb.page.eval_on_selector("#put-in input[type=file]", "field => field.files.length") == 1
    assert Item.objects.filter(description="Lamp").count() == 0


def test_twelve_boxes_reach_a_shelf_with_one_tap_and_thirteen_scans(w, thumb):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    shelf = w.place("A1", slots=12)
    boxes = [w.sealed(student) for _n in range(12)]
    thumb.log_in(w.mover)
    thumb.go("/")
    thumb.open_scanner()
    thumb.scan(shelf.code_id)
    thumb.page.wait_for_url(f"**/scan/?place={shelf.code_id}")
    for box in boxes:
        # As fast as a scanner reads: none waits for the answer to the one before.
        thumb.scan(box.code_id)
    thumb.page.wait_for_selector("#done > li:nth-child(12)")
    thumb.page.wait_for_selector("#standing >> text=12 of 12 slots taken, 0 free")
    assert Box.objects.filter(place=shelf).count() == 12
    assert thumb.did == {"taps": 1, "scans": 13}
    assert thumb.complaints == []


def test_a_room_and_its_owner_are_found_by_one_scan(w, thumb):
    room = w.room()
    student = w.student(room)
    thumb.log_in(w.mover)
    thumb.go("/")
    thumb.open_scanner()
    thumb.scan(room.code_id)
    thumb.page.wait_for_url(f"**/rooms/{room.pk}/")
    assert student.person.name in thumb.page.inner_text("main")
    assert thumb.did == {"taps": 1, "scans": 1}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_phones_pages_have_no_barrier_and_fit_the_screen(w, thumb, scheme):
    closed, student = w.room(beds=2), w.student()
    w.student(closed, notes="Insulin")
    w.consent(closed.beds.first().student)
    w.consent(student)
    w.surveyed(student.bed.room)
    stored, box, label = w.stored(student), w.box(student, handling=["fragile"]), Code.issue()
    thumb.page.emulate_media(color_scheme=scheme)
    thumb.log_in(w.mover)
    pages = [
        f"/rooms/{closed.pk}/",
        f"/rooms/{student.bed.room_id}/",
        f"/boxes/{box.pk}/",
        f"/boxes/{stored.pk}/",
        f"/items/{stored.items.get().pk}/",
        f"/places/{stored.place_id}/",
        f"/buildings/{w.building.pk}/places/",
        f"/buildings/{w.building.pk}/pair/",
        "/pair/join/",
        "/scan/",
        f"/scan/?place={stored.place.code_id}",
        f"/scan/?room={student.bed.room_id}",
        f"/scan/?box={stored.code_id}",
        f"/Q/{label.value}",
    ]
    broken = {}
    for path in pages:
        thumb.go(path)
        found = Axe().run(thumb.page).response["violations"]
        wide = thumb.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if found or wide:
            broken[path] = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] or "too wide"
    assert broken == {}
