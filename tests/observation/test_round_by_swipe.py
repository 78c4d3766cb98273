"""From door to door on the nurse's phone: by swipe, by links, by keyboard; and no symptom is lost on the way."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from observation.models import Alert, HealthCheck, Occupant
from tests.core.test_pages import faults
from tests.inventory.test_phone_in_a_browser import Thumb
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HEAD = (195, 160)  # a place on the page's head, where nothing is to be dragged


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone."""
    return {**browser_context_args, "viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def people(w: World) -> list[Occupant]:
    """Three people behind one another along the corridor."""
    return [w.occupant(w.ready_room(number).beds.get(), name=f"Guest {number}") for number in ("201", "202", "203")]


@pytest.fixture
def thumb(w: World, page: Page, live_server: Any, tmp_path: Any) -> Thumb:
    """The nurse's phone, logged in."""
    thumb = Thumb(page, live_server.url, tmp_path)
    thumb.log_in(w.nurse)
    return thumb


class Finger:
    """A finger on the glass, by the touches that a browser gets."""

    def __init__(self, page: Page) -> None:
        self.glass = page.context.new_cdp_session(page)

    def at(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        self.at("touchStart", start)
        for n in range(1, 6):
            self.at("touchMove", (start[0] + by[0] * n / 5, start[1] + by[1] * n / 5))
        self.at("touchEnd")


def open_at(thumb: Thumb, occupant: Occupant) -> Finger:
    thumb.go(reverse("take_reading", args=[occupant.pk]))
    return Finger(thumb.page)


def stands_at(page: Page, number: str) -> None:
    page.wait_for_selector(f"h1:has-text('{number} ·')", timeout=5000)


def test_a_swipe_leads_on_and_back_along_the_corridor(thumb: Thumb, people: list[Occupant]) -> None:
    finger, page = open_at(thumb, people[1]), thumb.page
    assert faults(page, least=48) == []
    finger.drag(HEAD, (-120, 10))
    stands_at(page, "203")
    finger.drag(HEAD, (120, -10))
    stands_at(page, "202")
    finger.drag(HEAD, (120, 0))
    stands_at(page, "201")
    assert page.locator("a[rel=prev]").count() == 0
    assert not HealthCheck.objects.exists()
    assert thumb.complaints == []


def test_in_arabic_the_corridor_runs_the_other_way(
    w: World, thumb: Thumb, people: list[Occupant], settings: Settings
) -> None:
    settings.STAFF_LANGUAGES = ["ar"]  # a site whose staff read from right to left
    w.nurse.language = "ar"
    w.nurse.save()
    finger, page = open_at(thumb, people[1]), thumb.page
    assert page.evaluate("document.documentElement.dir") == "rtl"
    finger.drag(HEAD, (120, 0))
    stands_at(page, "203")
    finger.drag(HEAD, (-120, 0))
    stands_at(page, "202")


def test_what_is_dragged_for_another_reason_leads_nowhere(thumb: Thumb, people: list[Occupant]) -> None:
    finger, page = open_at(thumb, people[1]), thumb.page
    page.click("summary:has-text('Symptoms')")
    key = page.locator(".keys button:visible").nth(5).bounding_box()
    field = page.locator(".symptoms label").first.bounding_box()
    assert key
    assert field
    here = page.url
    for start, by in (
        ((key["x"] + 30, key["y"] + 20), (-120, 0)),  # the keypad
        ((field["x"] + 140, field["y"] + 20), (-120, 0)),  # a symptom's tile
        (HEAD, (-90, 80)),  # the page is scrolled
        (HEAD, (-40, 0)),  # a finger that trembles
        ((385, 160), (-120, 0)),  # the system's own gesture from the edge
    ):
        finger.drag(start, by)
        page.wait_for_timeout(150)
        assert page.url == here, (start, by)
    finger.drag(HEAD, (-120, 0))
    stands_at(page, "203")
    finger.at("touchStart", HEAD, (220, 260))  # two fingers
    finger.at("touchMove", (280, 160), (340, 260))
    finger.at("touchEnd")
    page.wait_for_timeout(150)
    stands_at(page, "203")
    assert not HealthCheck.objects.exists()


@pytest.mark.parametrize(("motion", "moved"), [("no-preference", "-10px"), ("reduce", "")])
def test_the_page_goes_with_the_finger_unless_the_phone_asks_for_stillness(
    thumb: Thumb, people: list[Occupant], motion: Any, moved: str
) -> None:
    thumb.page.emulate_media(reduced_motion=motion)
    finger, page = open_at(thumb, people[1]), thumb.page
    finger.at("touchStart", HEAD)
    finger.at("touchMove", (HEAD[0] - 40, HEAD[1]))
    page.wait_for_timeout(50)
    assert page.evaluate("document.getElementById('main').style.translate") == moved
    finger.at("touchCancel")
    page.wait_for_timeout(50)
    assert page.evaluate("document.getElementById('main').style.translate") == ""


def test_whoever_leaves_with_a_ticked_symptom_is_asked_and_loses_nothing(thumb: Thumb, people: list[Occupant]) -> None:
    finger, page = open_at(thumb, people[1]), thumb.page
    page.click("summary:has-text('Symptoms')")
    page.click("label:has-text('cough')")
    here = page.url
    for leave in (lambda: finger.drag(HEAD, (-120, 0)), lambda: page.click("a[rel=prev]")):
        page.evaluate("scrollTo(0, 0)")
        leave()
        page.wait_for_selector("#refusal >> text=are not saved yet")
        assert page.url == here
        assert page.is_checked("[value=cough]")
    page.click(".keys button:visible:text-is('36.5')")
    stands_at(page, "203")
    assert HealthCheck.objects.get().symptoms == ["cough"]

    page.click("summary:has-text('Symptoms')")
    page.click("label:has-text('chills')")
    page.click("a[rel=prev]")
    page.click("text=Leave without saving")
    stands_at(page, "202")
    assert HealthCheck.objects.count() == 1


def test_links_lead_from_door_to_door_by_keyboard_and_without_script(
    w: World, thumb: Thumb, people: list[Occupant], browser: Browser, live_server: Any, tmp_path: Any
) -> None:
    open_at(thumb, people[1])
    thumb.page.focus("a[rel=next]")
    thumb.page.keyboard.press("Enter")
    stands_at(thumb.page, "203")

    plain = browser.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    other = Thumb(plain, live_server.url, tmp_path)
    other.log_in(w.nurse)
    other.go(reverse("take_reading", args=[people[1].pk]))
    assert plain.inner_text("a[rel=prev]") == "201"
    plain.click("a[rel=next]")
    stands_at(plain, "203")
    plain.close()


def test_a_symptom_noticed_after_the_tap_is_added_in_three_taps_and_raises_the_alert(
    w: World, thumb: Thumb, people: list[Occupant]
) -> None:
    open_at(thumb, people[0])
    page = thumb.page
    thumb.tap(".keys button:visible:text-is('36.5')")
    stands_at(page, "202")
    assert page.inner_text(".saved span") == "Saved: 36.5 °C for Guest 201"
    before = thumb.did["taps"]
    thumb.tap("text=Add a symptom")
    stands_at(page, "201")  # the page says whose symptom it is
    assert faults(page, least=48) == []
    thumb.tap("label:has-text('short of breath')")
    thumb.tap("text=Save symptoms")
    stands_at(page, "202")
    assert thumb.did["taps"] - before == 3
    assert page.inner_text(".saved span") == "Saved: 36.5 °C, short of breath for Guest 201"
    right = HealthCheck.objects.valid().get()
    assert (right.symptoms, right.why, str(right.temperature)) == (["breath"], "Symptom added", "36.5")
    assert right.supersedes is not None
    assert (right.supersedes.symptoms, right.by) == ([], w.nurse)
    assert Alert.objects.get().check_up == right
    assert thumb.complaints == []
