"""Screens of different people, each in a browser of their own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.screens import DESK
from tests.world import PASSWORD


@pytest.fixture
def screen(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Opens a browser of somebody's own, logged in as `user` when one is given."""
    settings.PUBLIC_URL = live_server.url
    contexts: list[BrowserContext] = []

    def opened(user: Any = None, *, size: dict[str, int] = DESK, language: str = "en") -> Page:
        context = browser.new_context(viewport=size, locale=language, base_url=live_server.url)  # type: ignore[arg-type]
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
