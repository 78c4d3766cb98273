"""Blank labels printed at the desk, and the page that lists every paper."""

import io
import re
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from core import paper
from core.codes import scan_url
from core.models import Code
from core.qr import read_codes
from inventory.models import Box, RoomPacking
from tests.inventory.phone import phone_of as desk_of
from tests.inventory.phone import said
from tests.inventory.test_letters import sheets
from tests.world import PASSWORD, World, make_world

MM = 150 / 25.4  # pixels of a page as `sheets` draws it
ORDER = {"preset": "a4-21", "count": "12", "start": "8", "offset_x": "", "offset_y": ""}


@pytest.fixture
def w(db: None) -> World:
    return make_world()


def labels_of(w: World) -> str:
    return f"/buildings/{w.building.pk}/labels/"


def issued() -> set[str]:
    """The codes of all blank labels."""
    return set(Code.objects.filter(kind="").values_list("value", flat=True))


def test_twelve_labels_start_at_label_8_and_each_can_be_claimed(w: World) -> None:
    with time_machine.travel("2020-02-14T01:00:00Z", tick=False):
        answer = desk_of(w.mover).post(labels_of(w), ORDER)
    assert answer["Content-Disposition"] == 'attachment; filename="labels-2020-02-14.pdf"'
    [(text, image)] = sheets(answer)
    assert set(read_codes(image)) == {scan_url(code) for code in issued()}
    assert len(issued()) == 12
    assert text.count("".join(w.building.phone.split())) == 12 * 2
    # Labels 1 to 6 fill two rows of three, 7 begins the third: nothing may be printed on what is used.
    page = Image.open(io.BytesIO(image)).convert("L")
    used = page.crop((0, 0, page.width, int((15 + 2 * 38) * MM)))
    seventh = page.crop((0, 0, int(70 * MM), int((15 + 3 * 38) * MM)))
    assert (used.getextrema(), seventh.getextrema()) == ((255, 255), (255, 255))
    for code in issued():
        assert Code.claim(code, "box").kind == "box"


def test_looking_issues_no_label(w: World) -> None:
    assert desk_of(w.mover).get(labels_of(w)).status_code == 200
    assert issued() == set()


def test_pressing_twice_prints_two_sheets_that_share_no_code(w: World) -> None:
    desk = desk_of(w.mover)
    first, second = (desk.post(labels_of(w), ORDER) for _n in range(2))
    assert len(issued()) == 24
    assert not set(read_codes(sheets(first)[0][1])) & set(read_codes(sheets(second)[0][1]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "0"},
        {"count": "481"},
        {"count": ""},
        {"start": "22"},
        {"start": "0"},
        {"start": ""},
        {"offset_x": "10.1"},
        {"offset_y": "-11"},
        {"offset_x": "nan"},
        {"preset": "a4-99"},
    ],
)
def test_a_wrong_figure_is_named_and_issues_no_label(w: World, wrong: dict[str, str]) -> None:
    answer = desk_of(w.mover).post(labels_of(w), {**ORDER, **wrong})
    assert (answer.status_code, issued()) == (422, set())
    assert 'role="alert"' in answer.text
    assert "labels" not in answer.cookies


def form_of(page: Any) -> dict[str, str]:
    """What the form offers before anything is typed."""
    found = {}
    for name in ("preset", "count", "offset_x", "offset_y"):
        [tag] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)
        value = re.search(r'value="([^"]*)"', tag)
        found[name] = value[1] if value else ""
    [found["start"]] = re.findall(r'<button class="next"[^>]*value="(\d+)"', page.text)
    return found


def test_the_page_goes_on_where_the_last_sheet_ended(w: World) -> None:
    desk = desk_of(w.mover)
    first = {"preset": "a4-21", "count": "21", "start": "1", "offset_x": "0.0", "offset_y": "0.0"}
    assert form_of(desk.get(labels_of(w))) == first
    desk.post(labels_of(w), {**ORDER, "offset_x": "0.5", "offset_y": "-1.5"})
    next_time = {"preset": "a4-21", "count": "12", "start": "20", "offset_x": "0.5", "offset_y": "-1.5"}
    page = desk.get(labels_of(w))
    assert form_of(page) == next_time
    assert len(re.findall('class="used"', page.text)) == 19
    # Twelve more from label 20 on end on label 10 of the next sheet.
    desk.post(labels_of(w), {**ORDER, **next_time})
    assert form_of(desk.get(labels_of(w)))["start"] == "11"
    # Another kind of sheet begins at its first label, and its print sits as it sits.
    other = {"preset": "a4-24", "count": "12", "start": "1", "offset_x": "0.0", "offset_y": "0.0"}
    assert form_of(desk.get(labels_of(w), {"preset": "a4-24"})) == other


def test_a_cookie_that_is_not_ours_is_passed_over(w: World) -> None:
    desk = desk_of(w.mover)
    desk.cookies["labels"] = "eyJwcmVzZXQiOiJhNC05OSJ9:1abc:forged"
    assert form_of(desk.get(labels_of(w)))["start"] == "1"


def test_a_kind_of_sheet_that_is_unknown_is_passed_over(w: World) -> None:
    assert form_of(desk_of(w.mover).get(labels_of(w), {"preset": "<script>"}))["preset"] == "a4-21"


def test_without_pdfs_the_page_says_why(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "available", lambda: False)
    answer = desk_of(w.mover).post(labels_of(w), ORDER)
    assert answer.status_code == 409
    assert "PDFs are off" in said(answer)


@pytest.mark.parametrize("role", ["witness", "auditor", "reader"])
def test_who_may_not_print_gets_no_paper(w: World, role: str) -> None:
    desk = desk_of(w.user(role))
    assert desk.post(labels_of(w), ORDER).status_code == 403
    assert desk.get(papers_of(w)).status_code == 403
    assert issued() == set()


def test_a_foreign_buildings_papers_are_not_there(w: World) -> None:
    foreign = make_world("South Court")
    assert desk_of(w.mover).post(labels_of(foreign), ORDER).status_code == 404
    assert issued() == set()


def papers_of(w: World) -> str:
    return f"/buildings/{w.building.pk}/papers/"


def test_the_page_leads_to_every_paper_its_reader_may_print(w: World) -> None:
    student = w.student(w.room("301"))
    w.consent(student)
    w.surveyed(student.bed.room)
    everyone = {
        f"/buildings/{w.building.pk}/{path}"
        for path in (
            *("labels/", "papers/doors/", "papers/shelves/", "papers/places/", "students/"),
            *("plans/relocation/", "plans/management/"),
        )
    } | {f"/rooms/{student.bed.room_id}/record/"}

    def leads(user: Any) -> set[str]:
        body = desk_of(user).get(papers_of(w)).text.partition("<main")[2]
        return set(re.findall(r'href="([^"#?]+)"', body)) - {"/scan/"}

    assert leads(w.mover) == everyone
    assert leads(w.manager) == {*everyone, f"/buildings/{w.building.pk}/letters/"}


def found(desk: Client, w: World, word: str) -> list[int]:
    """The boxes whose manifests the page offers."""
    page = desk.get(papers_of(w), {"q": word})
    assert page.status_code == 200
    return [int(pk) for pk in re.findall(r'href="/boxes/(\d+)/manifest/"', page.text)]


def test_a_manifest_is_found_by_code_seal_room_or_student(w: World) -> None:
    student = w.student(w.room("301"), name="欧阳明月", passport_name="OUYANG MINGYUE")
    other = w.student(w.room("302"), name="帕夫洛娃")
    for one in (student, other):
        w.consent(one)
        w.surveyed(one.bed.room)
    box, foreign_room = w.sealed(student), w.sealed(other)
    still_open = w.box(student)
    desk = desk_of(w.mover)
    seal = box.seals.get().number
    words = [box.code_id.lower(), scan_url(box.code_id), seal.lower(), "301", "ouyang", "明月", student.student_number]
    assert [found(desk, w, word) for word in words] == [[box.pk]] * len(words)
    assert found(desk, w, "302") == [foreign_room.pk]
    assert found(desk, w, still_open.code_id) == []
    elsewhere = make_world("South Court")
    assert found(desk_of(elsewhere.mover), elsewhere, box.code_id) == []


def test_the_page_asks_as_much_of_thirty_rooms_as_of_one(w: World) -> None:
    desk = desk_of(w.manager)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(papers_of(w), {"q": "Student"})
        return len(queries)

    def room_with_a_box() -> None:
        student = w.student(w.room())
        room, now = student.bed.room, timezone.now()
        RoomPacking.enter(by=None, room=room, opened_at=now, opened_by=w.mover, witness=w.witness)
        box = {"client_id": uuid4(), "code": Code.issue("box"), "room": room, "student": student, "state": "sealed"}
        Box.enter(by=None, **box)

    room_with_a_box()
    assert asked() == 6
    for _n in range(29):
        room_with_a_box()
    assert len(found(desk, w, "Student")) == 30
    assert asked() == 6


def test_the_signs_of_doors_and_shelves_carry_their_codes(w: World) -> None:
    rooms = [w.room(number) for number in ("301", "302", "410")]
    shelves = [w.place("A-01", site="Basement", rack="A", secure=True), w.place("冷藏柜 1", cold=True)]
    desk = desk_of(w.manager)
    for path, things in (("doors", rooms), ("shelves", shelves)):
        [(text, image)] = sheets(desk.get(f"{papers_of(w)}{path}/"))
        assert set(read_codes(image)) == {scan_url(thing.code_id) for thing in things}
        assert [thing for thing in things if "".join(str(thing).split()) not in text] == []


def test_the_place_list_says_which_box_stands_where(w: World) -> None:
    student = w.student(w.room("301"), name="欧阳明月")
    w.consent(student)
    w.surveyed(student.bed.room)
    shelf, _empty = w.place("A-01"), w.place("B-07")
    here, carried = w.stored(student, shelf), w.sealed(student)
    [(text, _image)] = sheets(desk_of(w.manager).get(f"{papers_of(w)}places/"))
    expected = ["A-01", "B-07", here.code_id, here.seals.get().number, "欧阳明月", "301", "1boxinstorage"]
    assert [words for words in expected if words not in text] == []
    assert carried.code_id not in text


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twelve_labels_from_label_8_take_three_clicks_and_one_field(page: Page, live_server: LiveServer) -> None:
    w = make_world()
    w.student()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/log-in/")
    page.fill("[name=username]", w.mover.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/buildings/**")
    page.click(".thumb .actions a")
    assert Axe().run(page).response["violations"] == []
    page.click(".thumb .actions a")
    assert Axe().run(page).response["violations"] == []
    page.fill("[name=count]", "12")
    with page.expect_download() as download:
        page.click(".label-sheet button:has-text('8')")
    assert download.value.suggested_filename.startswith("labels-")
    assert len(issued()) == 12
