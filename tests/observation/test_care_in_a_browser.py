"""A nurse's phone at 390 px: a request from ask to close, the roll with a discrepancy, waste logged, meals sent."""

from typing import Any

import pytest
from playwright.sync_api import Page

from observation.models import KitchenOrder, Request, RollCall
from observation.roll_calling import standing
from rooms.models import WasteCollection
from tests.core.test_pages import faults
from tests.inventory.test_phone_in_a_browser import Thumb
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone."""
    return {**browser_context_args, "viewport": {"width": 390, "height": 844}, "has_touch": True}


def test_a_nurse_looks_after_a_floor_by_phone(page: Page, live_server: Any, tmp_path: Any) -> None:
    w = make_world()
    one = w.occupant(w.ready_room("201").beds.get(), name="Guest One", needs="Cannot climb stairs")
    two = w.occupant(w.ready_room("202").beds.get(), name="Guest Two", diet="halal")
    thumb, here = Thumb(page, live_server.url, tmp_path), f"/buildings/{w.building.pk}"
    thumb.log_in(w.nurse)

    thumb.go(f"{here}/requests/")
    assert faults(page, least=48) == []
    thumb.tap("text=Guest One")
    assert faults(page, least=48) == []
    thumb.tap("button:has-text('linen')")
    assert thumb.did["taps"] == 2
    thumb.tap("text=Open the oldest")
    assert faults(page, least=48) == []
    thumb.write("#close [name=outcome]", "Brought two towels.")
    thumb.tap("text=Close request")
    page.wait_for_selector("text=Nobody waits for anything")
    assert Request.objects.get().outcome == "Brought two towels."

    for path in ("care-notes", "incidents", "incidents/new", "deliveries"):
        thumb.go(f"{here}/{path}/")
        assert faults(page, least=48) == []
    thumb.go(f"{here}/roll-calls/")
    assert faults(page, least=48) == []
    thumb.tap("text=Start a roll call")
    page.wait_for_selector(f"#room-{two.stay.room.pk}")
    assert faults(page, least=48) == []
    thumb.tap(f"button[value='here:{one.pk}']")
    page.wait_for_url(f"**#room-{two.stay.room.pk}")
    thumb.tap(f"button[value='missing:{two.pk}']")
    page.wait_for_url("**#discrepancies")
    assert "not in the room" in page.inner_text("#roll-standing")
    thumb.tap("#close button")
    page.wait_for_selector("text=Say what was done about it")
    thumb.write("#close [name=words]", "Found at the gate, led back.")
    thumb.tap("#close button")
    page.wait_for_selector("text=closed")
    call = RollCall.objects.get()
    assert (call.words, [d.kind for d in standing(call).discrepancies]) == ("Found at the gate, led back.", ["missing"])

    thumb.go(f"{here}/waste/")
    assert faults(page, least=48) == []
    thumb.write("[name=bags]", "3")
    thumb.tap("text=Log collection")
    page.wait_for_selector("text=3 bags")
    assert WasteCollection.objects.get().bags == 3

    thumb.go(f"{here}/meals/")
    assert faults(page, least=48) == []
    thumb.tap("text=Send to the kitchen")
    page.wait_for_selector("text=The kitchen was told")
    assert KitchenOrder.objects.get().portions == {"ordinary": 1, "halal": 1}
    assert [text for text in thumb.complaints if "409" not in text] == []
