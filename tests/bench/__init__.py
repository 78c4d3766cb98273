"""The benchmark's frame: what a row is, how its sides are timed, and a database of its own.

A row is a module here named after its key in the goals (`s6.py` is S6) that holds one `ROW`. Its sides do the same
work in different ways; "ours" is the house's. After one round that does not count they are timed in turn, in an order
shuffled each round. `python3 manage.py bench S6` prints the comparisons.
"""

import gc
import os
import platform
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Literal

from django.db import connection
from django.test.utils import override_settings

Side = Callable[[], object]
Sides = AbstractContextManager[Mapping[str, Side]]


@dataclass(frozen=True)
class Measured:
    """What a row's sides took: medians in seconds by side, and what each last returned."""

    wall: Mapping[str, float]
    cpu: Mapping[str, float]  # this process and the children it waited for
    answers: Mapping[str, object]


@dataclass(frozen=True)
class Goal:
    """One comparison of a row.

    With ">=", `figure` is how many times longer `other` must take than `ours`; with "<=", how many times longer than
    `other` ours may take. `of` gives another figure of the same row instead (a count, a percentile): then `other` is
    what the figure is called and `unit` follows it. Without a `figure` it is told and judged by nobody.
    """

    other: str
    comparator: Literal[">=", "<="]
    figure: float | None
    ours: str = "ours"
    of: Callable[[Measured], float] | None = None
    unit: str = "×"

    def value(self, measured: Measured) -> float:
        """The figure that was reached."""
        if self.of:
            return self.of(measured)
        ours, other = measured.wall[self.ours], measured.wall[self.other]
        return other / ours if self.comparator == ">=" else ours / other

    def reached(self, measured: Measured) -> bool:
        """Whether it is as good as the goal."""
        if self.figure is None:
            return True
        value = self.value(measured)
        return value >= self.figure if self.comparator == ">=" else value <= self.figure


@dataclass(frozen=True)
class Row:
    """One row of the goals. `sides(quick)` is a context manager that prepares the work and yields its sides by name.

    Asked to be quick, it may prepare a smaller world.
    """

    title: str
    sides: Callable[[bool], Sides]
    goals: Sequence[Goal]
    rounds: int = 7


def row_keys() -> list[str]:
    """The keys of all rows, in the goals' order."""
    names = [module.name for module in iter_modules(__path__) if module.name[1:].isdigit()]
    return [name.upper() for name in sorted(names, key=lambda name: (name[0], int(name[1:])))]


def load_row(key: str) -> Row:
    """The row `key`; raises whatever its module's import raises, AttributeError if it holds no ROW."""
    row = import_module(f"{__name__}.{key.lower()}").ROW
    assert isinstance(row, Row)
    return row


# A call shorter than this many seconds is timed the second time in a row. What a side gives back to the system, the
# next one must ask for again: after a side that frees 100 MB a quick one took a sixth longer, which says nothing of it.
SHORT = 1.0


def measure(row: Row, *, rounds: int, quick: bool) -> Measured:
    """Time every side `rounds` times, in turn."""
    shuffle = Random(2020).shuffle  # noqa: S311 - an order, not a secret
    with row.sides(quick) as sides:
        names = list(sides)
        answers: dict[str, object] = {}
        short = set()
        for name in names:
            began = time.perf_counter()
            answers[name] = sides[name]()
            if time.perf_counter() - began < SHORT:
                short.add(name)
        wall: dict[str, list[float]] = {name: [] for name in names}
        cpu: dict[str, list[float]] = {name: [] for name in names}
        for _round in range(rounds):
            shuffle(names)
            for name in names:
                # Before the warming call: collecting walks every object and leaves the processor's caches cold.
                gc.collect()
                if name in short:
                    sides[name]()
                began, began_cpu = time.perf_counter(), _cpu_seconds()
                answers[name] = sides[name]()
                wall[name].append(time.perf_counter() - began)
                cpu[name].append(_cpu_seconds() - began_cpu)
    return Measured(
        wall={name: median(times) for name, times in wall.items()},
        cpu={name: median(times) for name, times in cpu.items()},
        answers=answers,
    )


def _cpu_seconds() -> float:
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


HEADINGS = ("row", "other side", "other (CPU)", "ours (CPU)", "ratio", "goal", "reached")
Line = tuple[str, str, str, str, str, str, str]


def lines_of(key: str, row: Row, measured: Measured) -> list[Line]:
    """One line of the table for each of the row's goals."""
    lines = []
    for goal in row.goals:
        lines.append(
            (
                key,
                goal.other if goal.ours == "ours" or goal.of else f"{goal.other}, ours: {goal.ours}",
                "" if goal.of else _times(measured, goal.other),
                "" if goal.of else _times(measured, goal.ours),
                f"{goal.value(measured):.3g}{goal.unit}",
                _goal(goal),
                "" if goal.figure is None else "yes" if goal.reached(measured) else "no",
            )
        )
    return lines


def _goal(goal: Goal) -> str:
    if goal.figure is None:
        return "told only"
    return f"{'≥' if goal.comparator == '>=' else '≤'} {goal.figure:g}{goal.unit}"


def failed_line(key: str, error: Exception) -> Line:
    """The line of a row that could not be loaded or run."""
    return (key, f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", "", "", "", "", "no")


def table(lines: Sequence[Line]) -> str:
    """The lines under their headings, in columns."""
    every = [HEADINGS, *lines]
    widths = [max(len(line[column]) for line in every) for column in range(len(HEADINGS))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in every]
    return "\n".join([shown[0], "  ".join("-" * width for width in widths), *shown[1:]])


def machine() -> str:
    """What the figures were taken on."""
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {connection.vendor}"


def _times(measured: Measured, side: str) -> str:
    return f"{_time(measured.wall[side])} ({_time(measured.cpu[side])})"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


@contextmanager
def bench_database() -> Iterator[None]:
    """A migrated, empty database on the configured engine and an empty MEDIA_ROOT, both removed at the end.

    On SQLite it is a file, as in use, with the same settings: one in memory would flatter every write. Test clients
    here need `SERVER_NAME="localhost"`, because Django's test environment, which slows templates, is not set up.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, override_settings(MEDIA_ROOT=Path(folder) / "media"):
        real_name = connection.settings_dict["NAME"]
        test_settings = connection.settings_dict["TEST"]
        test_name = test_settings["NAME"]
        test_settings["NAME"] = (
            str(Path(folder) / "bench.sqlite3") if connection.vendor == "sqlite" else f"bench_{secrets.token_hex(6)}"
        )
        try:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                yield
            finally:
                connection.creation.destroy_test_db(real_name, verbosity=0)
        finally:
            test_settings["NAME"] = test_name
