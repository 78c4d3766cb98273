"""The desk types a day from paper without touching the mouse."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from observation import rounds
from observation.models import HealthCheck
from tests.core.test_pages import faults
from tests.inventory.test_phone_in_a_browser import Thumb
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_column_is_typed_by_keyboard_alone_and_what_is_wrong_is_found_by_its_link(
    page: Page, live_server: Any, tmp_path: Any
) -> None:
    w = make_world()
    w.protocol(check_hours=["00:00"])  # one round a day: whatever the hour is, it has begun
    people = [w.occupant(w.ready_room(f"20{n}").beds.get(), name=f"Guest {n}") for n in range(1, 5)]
    desk = Thumb(page, live_server.url, tmp_path)
    desk.log_in(w.nurse)
    day = rounds.current_slot(w.building, timezone.now()).day
    desk.go(f"{reverse('check_grid', args=[w.building.pk])}?day={day.isoformat()}")
    assert faults(page, least=24) == []
    page.focus("input.cell >> nth=0")
    for text in ("36.5", "37.4/37.6 KTH", "366", "M"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.focus("input.cell >> nth=3")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 cell was not kept")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert faults(page, least=24) == []
    assert HealthCheck.objects.count() == 4
    page.focus(f"a:has-text('203 {people[2].person.name}')")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[value='366']:focus")
    page.keyboard.press("Control+a")
    page.keyboard.type("36.6")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=All that was typed is kept.")
    assert str(HealthCheck.objects.get(occupant=people[2]).temperature) == "36.6"
    assert [one for one in desk.complaints if "422" not in one] == []
