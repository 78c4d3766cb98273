"""The manager imports in a real browser: sees first what would happen, names columns, by keyboard too."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from inventory.models import Student
from rooms.importing import import_building
from rooms.models import Role, RoleKind, Room
from tests.architecture.test_access_matrix import client_of
from tests.sheets import FIXTURES, comma_separated, edited, fixture
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LONG_NAME = "阿卜杜勒拉赫曼·穆斯塔法·哈桑宁·易卜拉欣·穆罕默德·阿卜杜勒阿齐兹·艾哈迈德"


@pytest.fixture
def w() -> World:
    """The building of the house's own workbook."""
    world = make_world()
    import_building(world.building, fixture("building.xlsx"), name="building.xlsx", by=None)
    return world


class Desk:
    """The manager's browser."""

    def __init__(self, page: Page, server: str, world: World) -> None:
        self.page, self.server, self.world = page, server, world
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))

    def choose(self, file: Path, kind: str = "roster") -> None:
        """Pick the file and ask what it would do."""
        self.page.goto(f"{self.server}/buildings/{self.world.building.pk}/import/{kind}/")
        self.page.set_input_files("input[type=file]", file)
        self.page.click("main .form .next")
        self.page.wait_for_selector("#import, [role=alert]:not(:empty)")

    def faults(self) -> list[str]:
        """What is wrong with the page as it stands."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        more_than_one = self.page.locator(".next:visible").count() > 1
        broken = Axe().run(self.page).response["violations"]
        found = [f"{one['id']}: {[node['html'][:90] for node in one['nodes']]}" for one in broken]
        if wide > 0:
            found.append(f"{wide} px too wide")
        if more_than_one:
            found.append("more than one next action")
        return found + self.complaints


@pytest.fixture(params=[390, 1280])
def desk(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, w: World) -> Desk:
    """Logged in, on a phone and on a desk."""
    context = browser.new_context(viewport={"width": request.param, "height": 844})
    session = client_of(w.manager).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return Desk(context.new_page(), live_server.url, w)


def test_an_uneven_building_comes_in_after_a_look(desk: Desk) -> None:
    manager = desk.world.manager
    desk.world = make_world("South Lake House 6")
    Role.of(desk.world.building, RoleKind.MANAGER).admit(manager)
    desk.choose(FIXTURES / "second_building.xlsx", "building")
    assert desk.faults() == []
    desk.page.click("text=Import 20 rows")
    desk.page.wait_for_selector("text=Imported: 20 new, 0 changed, 0 unchanged, 0 refused.")
    assert Room.objects.filter(building=desk.world.building).count() == 11


def test_refused_rows_stand_first_each_cell_named_and_the_good_ones_can_be_written(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "roster.xlsx"
    file.write_bytes(edited("roster.xlsx", {"I30": "999", "B31": None, "J32": "=1+1", "B33": LONG_NAME}))
    desk.choose(file)
    assert desk.faults() == []
    first = [desk.page.locator("tbody tr").nth(n).inner_text() for n in range(4)]
    assert "Sheet 留学生名单, row 30, column I: Room 999 is not in this building." in first[0]
    assert "Sheet 留学生名单, row 31, column B: The name is missing." in first[1]
    assert "Sheet 留学生名单, row 32, column J: The cell holds a formula or an error" in first[2]
    assert "refused" not in first[3]
    assert LONG_NAME in desk.page.locator("tbody").inner_text()
    desk.page.click("text=Import only the 45 good rows")
    desk.page.wait_for_selector("text=Imported: 45 new, 0 changed, 0 unchanged, 3 refused.")
    assert Student.objects.count() == 45


def test_columns_are_named_by_hand_with_the_keyboard_alone(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(comma_separated(["Кто", "宿舍房间号码", "Номер", "Койка"], ["Анна", "201", "S1", "1"]))
    desk.choose(file)
    assert desk.faults() == []
    assert "please check" in desk.page.locator("label", has_text="宿舍房间号码").inner_text()
    page = desk.page
    for heading, key in (("A · Кто", "name"), ("C · Номер", "student"), ("D · Койка", "bed")):
        _tab_to(page, heading)
        page.keyboard.type(key)
    _tab_to(page, "Look again with these columns")
    page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr")
    assert desk.faults() == []
    assert "201-1" in page.locator("tbody").inner_text()
    _tab_to(page, "Import 1 row")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Imported: 1 new")
    assert Student.objects.get().student_number == "S1"


def test_a_locked_workbook_is_explained_where_the_next_one_is_chosen(desk: Desk) -> None:
    desk.choose(Path(__file__).parents[1] / "core" / "files" / "locked.xlsx")
    assert "locked.xlsx is locked with a password" in desk.page.locator("[role=alert]:not(:empty)").inner_text()
    assert desk.page.locator("input[type=file]").count() == 1
    # A browser says in its console that the answer was 422.
    desk.complaints.clear()
    assert desk.faults() == []


FOCUSED = """() => {
  const here = document.activeElement
  const label = here.labels && here.labels.length ? here.labels[0].innerText : here.innerText
  return label || ''
}"""


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words."""
    for _n in range(60):
        page.keyboard.press("Tab")
        said: Any = page.evaluate(FOCUSED)
        if words in said:
            return
    raise AssertionError(f"the keyboard does not reach {words}")
