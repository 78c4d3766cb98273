"""The entry: manage.py brings its own environment, once, and hands the command over."""

import ast
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

import manage

# Stands in for Django, so that the start is tested without downloading anything.
STAND_IN = """
import sys
def execute_from_command_line(arguments):
    print("handed over", sys.prefix, *arguments[1:])
"""


@pytest.fixture
def project(tmp_path):
    """A folder with manage.py, locks that ask for nothing, and a stand-in for Django."""
    root = tmp_path / "project"
    management = root / "django/core/management"
    management.mkdir(parents=True)
    (management / "__init__.py").write_text(STAND_IN)
    shutil.copy(manage.ROOT / "manage.py", root)
    for lock in manage.LOCKS:
        (root / lock).write_text(f"# {lock}: nothing\n")
    return root.resolve()


def start(project, *arguments):
    """What `python3 manage.py arguments` prints, started with the interpreter .venv was made from."""
    without = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    answer = subprocess.run(
        [sys._base_executable, "manage.py", *arguments],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name not in without},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.splitlines()


@pytest.mark.slow
def test_first_start_makes_the_environment_and_later_starts_only_hand_over(project):
    handed_over = f"handed over {project}/.venv demo --port 8001"
    stamp = project / ".venv/installed.txt"

    # As an interrupted install leaves it: packages of unknown state and no stamp.
    half_installed = project / ".venv/half-installed"
    half_installed.parent.mkdir()
    half_installed.touch()
    first = start(project, "demo", "--port", "8001")
    assert first[0] == "Making .venv ..."
    assert first[-1] == handed_over
    assert not half_installed.exists()
    stamped = stamp.read_text()

    assert start(project, "demo", "--port", "8001") == [handed_over]

    # A changed lock is installed over what is there.
    mark = project / ".venv/mark"
    mark.touch()
    (project / "requirements.txt").write_text("# another lock\n")
    assert start(project, "demo", "--port", "8001") == [handed_over]
    assert stamp.read_text() != stamped
    assert mark.exists()


def test_an_old_python_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 9, "final", 0))
    monkeypatch.setattr(sys, "version", "3.10.9 (main)")
    with pytest.raises(SystemExit) as refusal:
        manage.main()
    assert refusal.value.code == "Guanshe needs Python 3.11 or newer; this is Python 3.10.9."


def test_an_old_python_can_read_the_entry_as_far_as_the_refusal():
    ast.parse((manage.ROOT / "manage.py").read_text(), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("command", "database", "lock"),
    [
        ("demo", "", "requirements.txt"),
        ("demo", "sqlite:///x", "requirements.txt"),
        ("demo", "postgres://db/x", "requirements-scale.txt"),
        ("bench", "", "requirements-dev.txt"),
        ("test", "postgresql://db/x", "requirements-dev.txt"),
    ],
)
def test_a_command_installs_no_more_than_it_needs(monkeypatch, command, database, lock):
    monkeypatch.setenv("DATABASE_URL", database)
    assert manage.lock_for(command) == lock


def test_a_larger_install_serves_a_smaller_need_and_not_the_other_way(monkeypatch, tmp_path):
    monkeypatch.setattr(manage, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(manage, "STAMP", tmp_path / "installed.txt")
    assert not manage.installed("requirements.txt")
    manage.STAMP.write_text(manage.fingerprint("requirements-scale.txt"))
    assert [manage.installed(lock) for lock in manage.LOCKS] == [True, True, False]


def test_an_environment_that_was_moved_counts_as_none(monkeypatch, tmp_path):
    monkeypatch.setattr(manage, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(manage, "STAMP", tmp_path / "installed.txt")
    manage.STAMP.write_text(manage.fingerprint("requirements.txt"))
    assert manage.installed("requirements.txt") is True
    monkeypatch.setattr(manage, "VENV", tmp_path / "elsewhere/.venv")
    assert manage.installed("requirements.txt") is False


def test_each_lock_holds_what_the_ones_before_it_hold():
    pins = [
        set(re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==[\w.]+", (manage.ROOT / lock).read_text(), re.MULTILINE))
        for lock in manage.LOCKS
    ]
    assert [smaller - larger for smaller, larger in itertools.pairwise(pins)] == [set(), set()]


def test_who_is_not_root_is_told_the_one_line_to_run(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert manage.apt_install(["chromium", "gettext"], "the tests") is False
    assert capsys.readouterr().err.splitlines() == [
        "System packages for the tests are missing. This line installs them:",
        "  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium gettext",
    ]


def test_the_tests_have_a_data_folder_of_their_own():
    assert Path(os.environ["GUANSHE_DATA"]).resolve() == settings.DATA_DIR
    assert settings.BASE_DIR not in settings.DATA_DIR.parents
    assert settings.DATA_DIR not in Path(settings.MEDIA_ROOT).parents
