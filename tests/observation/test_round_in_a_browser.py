"""A whole round on a nurse's phone at 390 px, taps counted; the desk sees the alert by itself."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from observation.models import Alert, HealthCheck
from tests.core.test_pages import faults
from tests.inventory.test_phone_in_a_browser import Thumb
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PEOPLE, FEVERISH, WITHIN_SECONDS = 30, 12, 3


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone."""
    return {**browser_context_args, "viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def thumb(w: World, page: Page, live_server: Any, tmp_path: Any) -> Thumb:
    """The nurse's phone, logged in."""
    thumb = Thumb(page, live_server.url, tmp_path)
    thumb.log_in(w.nurse)
    return thumb


@pytest.fixture
def desk(w: World, browser: Browser, live_server: Any, tmp_path: Any, thumb: Thumb) -> Iterator[Page]:
    """The desk's screen with the alerts open; nobody touches it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    own = Thumb(page, live_server.url, tmp_path)
    own.log_in(w.site_lead)
    own.go(reverse("alerts", args=[w.building.pk]))
    page.evaluate("window.opened = 'once'")
    yield page
    page.close()


def test_thirty_people_take_one_tap_each_and_the_desk_sees_the_fever_by_itself(
    w: World, thumb: Thumb, desk: Page
) -> None:
    guests = [w.occupant(w.ready_room(f"2{n:02}").beds.get(), name=f"Guest {n}") for n in range(1, PEOPLE + 1)]
    page = thumb.page
    thumb.go(reverse("round", args=[w.building.pk]))
    assert faults(page, least=48) == []
    thumb.tap("text=Begin with room 201")
    for n in range(1, PEOPLE + 1):
        page.wait_for_selector(f"h1:has-text('2{n:02} ·')")
        if n > 1:
            assert f"for Guest {n - 1}" in page.inner_text(".saved")
        if n != FEVERISH:
            thumb.tap(".keys button:visible:text-is('36.6')")
            continue
        before = thumb.did["taps"]
        for wanted in ("text=Another temperature", "text='38 °C'", "button:text-is('38.2')"):
            thumb.tap(wanted)
        measured = time.monotonic()
        desk.wait_for_selector(f"#live >> text=Guest {n}", timeout=WITHIN_SECONDS * 1000)
        assert time.monotonic() - measured < WITHIN_SECONDS
        page.wait_for_selector("text=Measure again now")
        assert faults(page, least=48) == []
        thumb.tap(".keys button:visible:text-is('38.1')")
        assert thumb.did["taps"] - before == 4
    page.wait_for_selector("text=0 people still to be measured")
    assert thumb.did == {"taps": 1 + (PEOPLE - 1) + 4}  # no field was typed into
    assert (Alert.objects.count(), Alert.objects.get().occupant) == (1, guests[FEVERISH - 1])
    assert HealthCheck.objects.count() == PEOPLE + 1
    assert desk.evaluate("window.opened") == "once"
    assert "38.1 °C" in desk.inner_text("#live")
    assert thumb.complaints == []


def test_a_double_tap_reaches_one_person_only(w: World, thumb: Thumb) -> None:
    one, two = (w.occupant(w.ready_room(number).beds.get(), name=f"Guest {number}") for number in ("201", "202"))
    page = thumb.page
    thumb.go(reverse("take_reading", args=[one.pk]))
    tile = page.locator(".keys button:visible:text-is('36.9')")
    tile.click(trial=True)
    at = tile.bounding_box()
    assert at is not None
    middle = (at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.click(*middle, click_count=2)
    page.wait_for_selector("h1:has-text('202 ·')")
    # The finger is still trembling over the same place of the next person's page.
    page.mouse.click(*middle)

    page.locator(".keys button:visible:text-is('36.9')").click(trial=True)
    assert [check.occupant for check in HealthCheck.objects.all()] == [one]
    assert page.inner_text(".saved span") == "Saved: 36.9 °C for Guest 201"
    page.click(".keys button:visible:text-is('36.6')")
    page.wait_for_selector("text=0 people still to be measured")
    assert [(check.occupant, str(check.temperature)) for check in HealthCheck.objects.order_by("pk")] == [
        (one, "36.9"),
        (two, "36.6"),
    ]
