"""From a door's address on a phone to the desk that sees it: no reload there, no script needed here."""

import gzip
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from observation.models import Alert, HealthCheck, Occupant
from tests.core.test_pages import faults
from tests.world import PASSWORD, World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HEAVIEST = 60_000
# Stands in for the browser's own: what it was asked to show, and a permission that a tap on the button gives.
NOTIFICATIONS = """
window.shown = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(words, options) { super(); window.shown.push([words, options.tag]); }
};
window.unseen = (hidden) => Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
"""


@pytest.fixture
def w() -> World:
    return make_world()


def desk_of(w: World, page: Page, server: str, name: str) -> None:
    """The nurse's desk with the board `name` open."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{server}/log-in/")
    page.fill("[name=username]", w.nurse.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "log-in" not in url)
    page.goto(server + reverse(name, args=[w.building.pk]))
    page.wait_for_selector("text=No alert is open.")


def tells(phone: Page, server: str, occupant: Occupant) -> None:
    """The door in Arabic, the code, 38.2 and a cough, sent."""
    phone.goto(f"{server}/o/{occupant.stay.room.code_id}/?language=ar")
    phone.fill("[name=code]", occupant.code)
    phone.click("main button")
    phone.wait_for_url("**/stay/")
    phone.fill("[name=temperature]", "٣٨٫٢")
    phone.check("input[value=cough]")
    phone.click("main button.next")
    phone.wait_for_selector("main bdi:text-matches('38[.,]2 °C')")


@pytest.mark.parametrize("script", [False, True], ids=["without-script", "with-script"])
def test_a_report_in_arabic_reaches_the_open_desk_within_three_seconds(
    w: World, page: Page, browser: Browser, live_server: Any, *, script: bool
) -> None:
    occupant = w.occupant(language="ar")
    desk_of(w, page, live_server.url, "alerts")
    page.evaluate("window.stayed = true")
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=script)
    phone, answers = context.new_page(), []
    phone.on("response", lambda answer: answers.append(answer))
    tells(phone, live_server.url, occupant)
    page.wait_for_selector(f"#live tbody tr:has-text('{occupant.stay.room.number}')", timeout=3000)
    assert page.evaluate("window.stayed")
    assert "38.2 °C" in page.inner_text("#live")
    assert page.inner_text("#announce") == f"New alert: room {occupant.stay.room.number}."
    check = HealthCheck.objects.get()
    assert (check.self_reported, check.by, check.symptoms, Alert.objects.get().check_up) == (
        True,
        None,
        ["cough"],
        check,
    )
    if script:
        assert phone.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "ar"]
        for path in ("/stay/", "/stay/request/", f"/o/{occupant.stay.room.code_id}/?language=ar"):
            answers.clear()
            phone.goto(live_server.url + path)
            assert faults(phone, least=48) == [], path
            assert sum(len(gzip.compress(one.body())) for one in answers) < HEAVIEST, path
    context.close()


@pytest.mark.parametrize("name", ["alerts", "wall"])
def test_a_new_alert_is_said_once_and_notified_while_nobody_looks(
    w: World, page: Page, browser: Browser, live_server: Any, name: str
) -> None:
    occupant, complaints = w.occupant(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    page.add_init_script(NOTIFICATIONS)
    desk_of(w, page, live_server.url, name)
    assert faults(page, least=24) == []
    page.click("[data-notify]")
    page.wait_for_selector("[data-notify]", state="hidden")
    page.evaluate("unseen(true)")
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    tells(context.new_page(), live_server.url, occupant)
    context.close()
    page.wait_for_selector("#live [data-alert]", timeout=8000)
    page.evaluate("unseen(false)")
    page.wait_for_timeout(4500)  # twice the board's own asking
    alert = Alert.objects.get()
    words = f"New alert: room {occupant.stay.room.number}."
    assert page.evaluate("shown") == [[words, f"alert-{alert.pk}"]]
    assert page.inner_text("#announce") == words
    assert complaints == []
