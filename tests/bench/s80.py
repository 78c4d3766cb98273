"""S80: S8's limits where the site is in use: the room board and the round's list with 300 people in 300 rooms.

The whole house stands on one page each, six times as many rows as S8's page has. Every room has an open request, every
second person has been measured. The empty page is S8's, asked by the same nurse.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from observation import rounds
from observation.models import HealthCheck, Occupant
from tests.bench import Goal, Measured, Row, Side, bench_database
from tests.bench.s8 import p95
from tests.observation.test_care_lists_hold_their_queries import crowd
from tests.world import World, make_world

HOUSE = 300


def full_house() -> World:
    """A site whose every room is lived in, in the middle of a round."""
    world = make_world()
    protocol = world.protocol()
    crowd(world, HOUSE)
    slot = rounds.current_slot(world.building, timezone.now())
    HealthCheck.objects.bulk_create(
        HealthCheck(
            client_id=uuid4(),
            at=timezone.now(),
            occupant=one,
            protocol=protocol,
            day=slot.day,
            hour=slot.hour,
            temperature="36.5",
            by=world.nurse,
        )
        for one in Occupant.objects.order_by("pk")[::2]
    )
    return world


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's word
    """The two pages and the empty one, each as a request of the nurse."""
    with bench_database():
        world = full_house()

        def client() -> Client:
            fresh = Client(SERVER_NAME="localhost")
            fresh.force_login(world.nurse)
            return fresh

        visitor = client()
        addresses = {
            "board": reverse("site", args=[world.building.pk]),
            "round": reverse("round", args=[world.building.pk]),
            "empty page": reverse("search", args=[world.building.pk]),
        }

        def ask(address: str) -> int:
            answer = visitor.get(address)
            assert answer.status_code == 200, answer.status_code
            return len(answer.content)

        figures: dict[str, float] = {}
        for name, address in addresses.items():
            ask(address)
            with CaptureQueriesContext(connection) as queries:
                ask(address)
            figures[f"queries {name}"] = len(queries)
            figures[f"p95 {name}"] = p95(lambda one, address=address: one.get(address), client, 60 if quick else 200)
        yield {**{name: partial(ask, address) for name, address in addresses.items()}, "figures": lambda: figures}


def figure(key: str, *, beside: str = "") -> Callable[[Measured], float]:
    """What was counted under `key`, or its ratio to what was counted under `beside`."""

    def value(measured: Measured) -> float:
        figures: Mapping[str, float] = measured.answers["figures"]  # type: ignore[assignment]
        return figures[key] / figures[beside] if beside else figures[key]

    return value


ROW = Row(
    title=f"the room board and the round's list with {HOUSE} occupants",
    sides=sides,
    goals=(
        Goal("queries of the board", "<=", 6, of=figure("queries board"), unit=""),
        Goal("queries of the round", "<=", 6, of=figure("queries round"), unit=""),
        Goal("empty page", "<=", 4, ours="board"),
        Goal("empty page", "<=", 4, ours="round"),
        Goal(
            "p95 of the board with 20 clients, empty page", "<=", None, of=figure("p95 board", beside="p95 empty page")
        ),
        Goal(
            "p95 of the round with 20 clients, empty page", "<=", None, of=figure("p95 round", beside="p95 empty page")
        ),
    ),
)
