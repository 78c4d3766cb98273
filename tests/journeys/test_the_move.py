"""The whole story on phones 390 px wide, each person in a browser of their own: from two workbooks to a receipt."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from playwright.sync_api import Browser, BrowserContext, Page, expect

from inventory.models import Box, BoxState, CustodyEvent, Item, Manifest, ObjectionState, Student
from rooms.models import Bed, Role, RoleKind, Room, RoomState
from tests.journeys.papers_in_hand import codes_on, words_of
from tests.world import PASSWORD, World, jpeg, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
FIXTURES = site.BASE_DIR / "fixtures"
NOUR = "2019AR010"
ROOMMATE = "2019FR009"


@pytest.fixture
def world() -> World:
    """An empty building with its roles; everything else comes from the workbooks."""
    world = make_world("北苑校区留学生宿舍楼")
    for kind in RoleKind:
        Role.of(world.building, kind)
    return world


@pytest.fixture
def phone(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Opens a phone: a browser of its own, 390 px wide, logged in as `user` when one is given."""
    settings.PUBLIC_URL = live_server.url
    contexts: list[BrowserContext] = []

    def opened(user: Any = None, *, language: str = "zh-CN") -> Page:
        context = browser.new_context(viewport=PHONE, locale=language, base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if user is not None:
            page.goto("/log-in/")
            page.fill("[name=username]", user.username)
            page.fill("[name=password]", PASSWORD)
            page.click("main form button")
            page.wait_for_url(lambda address: "/log-in/" not in address)
        return page

    yield opened
    for context in contexts:
        context.close()


def photos(folder: Path, count: int) -> list[str]:
    """So many different photos to choose from."""
    paths = []
    for n in range(count):
        path = folder / f"{uuid4()}.jpg"
        path.write_bytes(jpeg(colour=(n * 37 % 256, os.getpid() % 256, n * 91 % 256), size=(1200, 900)))
        paths.append(str(path))
    return paths


def press(page: Page, selector: str) -> None:
    """Press and wait for the page that follows."""
    with page.expect_navigation():
        page.click(selector)


def imported(manager: Page, address: str, file: str) -> None:
    """Choose a workbook, look at the preview, write it."""
    manager.goto(address)
    manager.set_input_files("[name=file]", str(FIXTURES / file))
    press(manager, "main form button.next")
    press(manager, "button[name=act][value=all]")


def downloaded(page: Page, selector: str) -> bytes:
    """The file that pressing brings."""
    with page.expect_download() as waiting:
        page.click(selector)
    return Path(waiting.value.path()).read_bytes()


def photograph(mover: Page, kind: str, files: list[str]) -> None:
    """One photo for every missing view of the shot list; each tile shows its photo when it is kept."""
    while mover.locator(f"li.shot-missing[id^={kind}]").count():
        tile = mover.locator(f"li.shot-missing[id^={kind}]").first
        name = tile.get_attribute("id")
        tile.locator("input[type=file]").set_input_files(files.pop())
        mover.wait_for_selector(f"#{name}:not(.shot-missing)")


def test_from_two_workbooks_to_a_receipt(world: World, phone: Callable[..., Page], tmp_path: Path) -> None:
    building = world.building.pk
    manager = phone(world.manager)

    # The manager imports the building and the roster.
    imported(manager, f"/buildings/{building}/import/building/", "building.xlsx")
    imported(manager, f"/buildings/{building}/import/roster/", "roster.xlsx")
    assert (Student.objects.count(), Room.objects.bedrooms().count(), Bed.objects.count()) == (48, 30, 48)
    nour, roommate = Student.objects.get(student_number=NOUR), Student.objects.get(student_number=ROOMMATE)
    room, place = nour.room, world.building.storage_places.get(name="B1-A1")

    # The roommate agreed on the phone.
    manager.goto(f"/students/{roommate.pk}/consent/")
    manager.check("[name=state][value=authorised]", force=True)
    manager.fill("[name=words]", "Oui, merci.")
    press(manager, "main form button.next")

    # The letter is printed; its QR is read from the page; the code comes from the teacher.
    manager.goto(f"/students/{nour.pk}/letter/")
    letter = downloaded(manager, "main form button.next")
    [address] = [code for code in codes_on(letter) if "/s/" in code]
    manager.goto(f"/students/{nour.pk}/")
    code = manager.locator("dd bdi.code", has_text="").filter(has_text=nour.links.get().code).inner_text()
    assert code == nour.links.get().code
    assert code not in words_of(letter)

    # The student opens it in Arabic and agrees.
    student = phone(language="ar-EG")
    student.goto(address)
    assert student.locator("html").get_attribute("dir") == "rtl"
    student.fill("[name=passport_tail]", nour.person.passport_number[-4:])
    student.fill("[name=code]", code)
    press(student, "main form button.next")
    press(student, "a.button.next")
    student.check("[name=state][value=authorised]", force=True)
    press(student, "form#answer button.next")
    said = nour.consents.get()
    assert (said.state, said.channel, said.by, said.language) == ("authorised", "link", None, "ar")
    assert "؟" in said.text or "،" in said.text

    # Labels are printed; their codes are read from the sheet.
    mover, witness = phone(world.mover), phone(world.witness)
    mover.goto(f"/buildings/{building}/labels/")
    mover.fill("[name=count]", "2")
    labels = codes_on(downloaded(mover, "button[form=labels].next"))
    assert len(labels) == 2

    # Packer and witness pair up, each on their own phone.
    mover.goto(f"/buildings/{building}/pair/")
    mover.click("main form button.next")
    digits = mover.locator(".digits bdi").inner_text().replace(" ", "")
    witness.goto("/pair/join/")
    witness.fill("[name=code]", digits)
    press(witness, "main form.keypad button.next")

    # They open the room and photograph every view before anything is touched.
    pictures = photos(tmp_path, 20)
    mover.goto(f"/rooms/{room.pk}/")
    press(mover, "form#open button")
    photograph(mover, "room-before", pictures)

    # Two boxes are claimed by scan, filled with photographed things, and sealed.
    for number, label in enumerate(labels, start=1):
        mover.goto(f"/rooms/{room.pk}/")
        if not mover.locator("form#claim [name=label]").is_visible():
            mover.locator("details", has=mover.locator("form#claim")).locator("summary").click()
        mover.check(f"form#claim [name=student][value='{nour.pk}']", force=True)
        mover.fill("form#claim [name=label]", label)
        press(mover, "form#claim button")
        mover.set_input_files("form#put-in [name=photos]", [pictures.pop(), pictures.pop()])
        mover.fill("form#put-in [name=description]", f"معطف شتوي {number}")
        mover.check("form#put-in [name=category][value=clothing]", force=True)
        press(mover, "form#put-in p:last-child button")
        mover.fill("form#seal [name=number]", f"S-10{number}")
        press(mover, "form#seal button")
    assert list(Box.objects.values_list("state", flat=True)) == [BoxState.SEALED, BoxState.SEALED]
    assert Item.objects.filter(owner=nour).count() == 2

    # Views after, the room is closed, the boxes go to their place.
    mover.goto(f"/rooms/{room.pk}/")
    photograph(mover, "room-after", pictures)
    press(mover, "form#close button")
    for box in Box.objects.order_by("pk"):
        mover.goto(f"/boxes/{box.pk}/")
        mover.fill("form#store [name=place]", place.code_id)
        press(mover, "form#store button")
    room.refresh_from_db()
    assert room.state == RoomState.CLEARED
    assert set(Box.objects.values_list("place__name", flat=True)) == {"B1-A1"}
    assert set(CustodyEvent.objects.values_list("by__username", "witness__username")) == {
        (world.mover.username, world.witness.username)
    }

    # The student objects to one thing, is answered by name, closes the matter, and confirms the list.
    item = Item.objects.filter(owner=nour).order_by("pk")[0]
    student.goto("/my/")
    student.goto(f"/my/items/{item.pk}/object/")
    student.fill("[name=text]", "كان لدي معطفان")
    press(student, "main form button.next")
    objection = nour.objections.get()
    assert objection.state == ObjectionState.OPEN
    manager.goto(f"/objections/{objection.pk}/answer/")
    expect(manager.locator("main")).to_contain_text("كان لدي معطفان")
    manager.fill("[name=text]", "The second coat is in your other box.")
    press(manager, "main form button.next")
    student.goto("/my/")
    press(student, "a.button.next")
    expect(student.locator("main")).to_contain_text("The second coat is in your other box.")
    expect(student.locator("main")).to_contain_text(world.manager.first_name)
    press(student, "button[name=close]")
    student.goto("/my/confirm/")
    press(student, "main form button.next")

    # The receipt carries the list's digest, in the student's language and in Chinese.
    link = student.locator("a[href*='/my/receipt/']").first.get_attribute("href")
    receipt = student.request.get(str(link)).body()
    manifest = Manifest.of(nour)
    assert manifest is not None
    assert manifest.confirmation.language == "ar"
    words = words_of(receipt)
    assert manifest.digest[:16].upper() in words.upper()
    assert nour.student_number in words
    assert "清单" in words
