"""What every test stands on: an own database file, an own media folder, quick passwords, Debian's Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import Settings

from core import frozen
from manage import chromium
from tests.own_data import FOLDER


def pytest_configure() -> None:
    """Set for the whole run what no single test is about."""
    # No test here is about a power cut (those start processes of their own), and a disk takes its time.
    os.fsync = lambda _handle: None
    # The real hashers take their time on purpose.
    site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = site.DATABASES["default"]
    if database["ENGINE"] == "core.sqlite":
        # A file, not memory: threads of a live server get connections of their own, as they do in use.
        database.setdefault("TEST", {})["NAME"] = str(FOLDER / "test.sqlite3")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL a test that asks no database, or is marked `once`, has nothing to add to its run on SQLite."""
    if site.DATABASES["default"]["ENGINE"] == "core.sqlite" or os.environ.get("GUANSHE_FULL"):
        return
    ask = {"db", "transactional_db", "live_server"}
    idle = [
        item
        for item in items
        if item.get_closest_marker("once")
        or (not item.get_closest_marker("django_db") and not ask & set(getattr(item, "fixturenames", ())))
    ]
    config.hook.pytest_deselected(items=idle)
    items[:] = [item for item in items if item not in set(idle)]


@pytest.fixture(autouse=True, scope="session")
def emptying_the_database_lifts_its_guards() -> Iterator[None]:
    """Between tests that commit, every table is emptied; the append-only ones would refuse."""
    plain = TransactionTestCase._fixture_teardown

    def lifting(case: Any) -> None:
        with frozen.lifted():
            plain(case)

    TransactionTestCase._fixture_teardown = lifting
    yield
    TransactionTestCase._fixture_teardown = plain


@pytest.fixture(autouse=True)
def words_are_english() -> Iterator[None]:
    """A test reads the sentences of the sources; a page still chooses its reader's language by itself."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def media_folder(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for this test's uploads."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium, quiet and without services of its own; Playwright's own where there is none."""
    # Playwright keeps an event loop in this thread, from which Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {**browser_type_launch_args, "args": flags, "executable_path": chromium()}
