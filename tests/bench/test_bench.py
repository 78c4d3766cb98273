"""The benchmark's frame: what it measures, what it prints, and that its database is its own."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import BrokenBarrierError
from types import ModuleType

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from tests import bench
from tests.bench import Goal, Measured, Row, Side, bench_database, lines_of, measure, row_keys, s8


def bench_says(*arguments: str) -> list[list[str]]:
    """The table's lines below its headings, cell by cell."""
    out = StringIO()
    call_command("bench", *arguments, stdout=out, stderr=StringIO())
    lines = out.getvalue().splitlines()
    ruler = lines[2]
    starts = [at for at, sign in enumerate(ruler) if sign == "-" and (at == 0 or ruler[at - 1] == " ")]
    table = [line for line in lines[3:] if ": " not in line[:5]]
    return [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in table]


@contextmanager
def idle(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's signature
    """Sides that do nothing; ours counts."""
    yield {"naive": lambda: None, "peer": lambda: None, "ours": lambda: 6}


ROW = Row(
    title="Idling",
    sides=idle,
    goals=[
        Goal("naive", ">=", 4),
        Goal("peer", ">=", 1),
        Goal("peer", "<=", 2),
        Goal("queries", "<=", 6, of=lambda measured: float(str(measured.answers["ours"])), unit=""),
        Goal("queries", "<=", 5, of=lambda measured: float(str(measured.answers["ours"])), unit=""),
    ],
)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows: S98 can be run, S99 cannot be loaded."""
    module = ModuleType("tests.bench.s98")
    module.ROW = ROW  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tests.bench.s98", module)
    monkeypatch.setitem(sys.modules, "tests.bench.s99", None)
    monkeypatch.setattr(bench, "row_keys", lambda: ["S98", "S99"])


def test_each_goal_is_a_line_that_says_whether_it_is_reached() -> None:
    wall = {"naive": 2.0, "peer": 0.25, "ours": 0.4}
    measured = Measured(wall=wall, cpu={"naive": 1.9, "peer": 0.3, "ours": 0.39}, answers={"ours": 6})
    assert lines_of("S98", ROW, measured) == [
        ("S98", "naive", "2.00 s (1.90 s)", "400 ms (390 ms)", "5×", "≥ 4×", "yes"),
        ("S98", "peer", "250 ms (300 ms)", "400 ms (390 ms)", "0.625×", "≥ 1×", "no"),
        ("S98", "peer", "250 ms (300 ms)", "400 ms (390 ms)", "1.6×", "≤ 2×", "yes"),
        ("S98", "queries", "", "", "6", "≤ 6", "yes"),
        ("S98", "queries", "", "", "6", "≤ 5", "no"),
    ]


def test_a_figure_without_a_goal_is_told_and_never_missed() -> None:
    measured = Measured(wall={"bare": 0.5, "ours": 0.4}, cpu={"bare": 0.5, "ours": 0.4}, answers={})
    row = Row(title="", sides=idle, goals=[Goal("bare", ">=", None)])
    assert lines_of("S98", row, measured) == [
        ("S98", "bare", "500 ms (500 ms)", "400 ms (400 ms)", "1.25×", "told only", "")
    ]


@pytest.mark.usefixtures("rows")
def test_the_command_prints_a_line_for_each_goal() -> None:
    said = bench_says("s98", "--quick")
    assert [(line[0], line[1], line[5]) for line in said] == [
        ("S98", "naive", "≥ 4×"),
        ("S98", "peer", "≥ 1×"),
        ("S98", "peer", "≤ 2×"),
        ("S98", "queries", "≤ 6"),
        ("S98", "queries", "≤ 5"),
    ]
    assert [line[4:] for line in said[3:]] == [["6", "≤ 6", "yes"], ["6", "≤ 5", "no"]]


@pytest.mark.usefixtures("rows")
def test_a_row_that_cannot_be_loaded_says_why_and_hides_no_other() -> None:
    said = bench_says("--rounds", "1")
    assert [line[0] for line in said] == ["S98"] * 5 + ["S99"]
    assert said[5][1].startswith("ModuleNotFoundError: import of tests.bench.s99 halted")
    assert said[5][6] == "no"


@pytest.mark.usefixtures("rows")
def test_strict_fails_when_a_goal_is_missed() -> None:
    with pytest.raises(CommandError, match=r"Goals not reached: S98, S99\."):
        bench_says("--rounds", "1", "--strict")


@pytest.mark.usefixtures("rows")
def test_an_unknown_row_is_refused() -> None:
    with pytest.raises(CommandError, match=r"No such row: S1\. There are: S98, S99\."):
        bench_says("S1")


def test_sides_are_timed_in_turn_after_one_round_that_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SHORT", 0)
    calls: list[str] = []

    @contextmanager
    def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's signature
        calls.append(f"quick: {quick}")
        yield {"naive": lambda: calls.append("naive"), "ours": lambda: calls.append("ours")}
        calls.append("tidied")

    measured = measure(Row(title="", sides=sides, goals=[]), rounds=3, quick=True)
    assert isinstance(measured, Measured)
    assert [calls[0], calls[-1]] == ["quick: True", "tidied"]
    assert [sorted(calls[at : at + 2]) for at in (1, 3, 5, 7)] == [["naive", "ours"]] * 4


def test_a_short_call_is_timed_the_second_time_in_a_row() -> None:
    calls: list[str] = []

    @contextmanager
    def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's signature
        yield {"naive": lambda: calls.append("naive"), "ours": lambda: calls.append("ours")}

    measure(Row(title="", sides=sides, goals=[]), rounds=1, quick=False)
    assert calls[:2] == ["naive", "ours"]
    assert sorted([calls[2:4], calls[4:6]]) == [["naive"] * 2, ["ours"] * 2]


def test_a_client_that_fails_ends_the_measurement_instead_of_hanging_it() -> None:
    asked: list[int] = []

    def ask(_one: Client) -> None:
        asked.append(1)
        if len(asked) == 7:
            raise RuntimeError("no")

    with pytest.raises((RuntimeError, BrokenBarrierError)):
        s8.p95(ask, Client, 40)


def test_every_row_of_the_benchmark_can_be_loaded() -> None:
    assert "S6" in row_keys()
    assert [isinstance(bench.load_row(key), Row) for key in row_keys()] == [True] * len(row_keys())


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_its_database_is_its_own_and_leaves_nothing() -> None:
    names = (connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"], settings.MEDIA_ROOT)
    with bench_database():
        assert connection.settings_dict["NAME"] not in names
        assert names[2] != settings.MEDIA_ROOT
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM django_migrations")
            assert cursor.fetchone()[0] > 0
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA journal_mode")
                assert cursor.fetchone() == ("wal",)
        folder = Path(settings.MEDIA_ROOT).parent
    assert not folder.exists()
    assert (connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"], settings.MEDIA_ROOT) == names
