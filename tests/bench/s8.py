"""S8: the list of items, 50 of 5,760 a page, each with its photo.

"Naive" is the same page as the tutorials write it: the rows are fetched plainly, the template follows every relation,
resolves every address and asks for every row what the reader may do with it. How much of it that last question makes
is told beside it: "naive without rights" is the same page without.
Django's test client by a logged-in manager, so that middleware, session and rights are in every figure.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import quantiles
from uuid import uuid4

from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path, reverse
from django.utils import timezone

from config import urls as real_urls
from core.access import needs
from core.models import Code
from inventory.models import Box, Item, Photo, PhotoKind, Student
from rooms.models import Building, Role, RoleKind
from tests.bench import Goal, Measured, Row, Side, bench_database
from tests.world import World, make_world

CONNECTIONS = 20

NAIVE = """{% extends "base.html" %}{% load i18n ui guardian_tags %}
{% block content %}<table>{% for item in items %}RIGHTS<tr>
<td>{% for photo in item.photos.all %}{% if forloop.first %}
<img src="{% url 'photo' photo.pk 'small' %}" alt="">{% endif %}{% endfor %}</td>
<th><a href="{% url 'item' item.pk %}">{{ item.description }}</a></th>
<td>{{ item.owner.person.name }}</td><td>{{ item.owner.person.responsible.name }}</td>
<td>{{ item.box.room.number }}</td><td>{{ item.box.room.building.name }}</td>
<td><a href="{% url 'box' item.box.pk %}">{% code item.box.code_id %}</a></td>
<td>{{ item.box.place.name }}</td><td>{{ item.box.events.count }}</td><td>{{ item.quantity }}</td>
<td>{{ item.entered_at|date:"DATETIME_FORMAT" }}</td></tr>{% endfor %}</table>{% endblock %}"""

RIGHTS = '{% get_obj_perms user for item.box.room.building as "may" %}'


@needs("rooms.view_building", Building)
def naive_items(request: HttpRequest, building: Building) -> HttpResponse:
    """The page as the tutorial writes it; with `?bare` it asks no row's rights."""
    items = Item.objects.filter(box__room__building=building).order_by("-pk")[:50]
    page = engines["django"].from_string(NAIVE.replace("RIGHTS", "" if "bare" in request.GET else RIGHTS))
    return HttpResponse(page.render({"items": items, "building": building}, request))


urlpatterns = [*real_urls.urlpatterns, path("naive/<int:pk>/", naive_items, name="naive")]


def fill(world: World, count: int) -> None:
    """A building with `count` photographed items of 48 students, in boxes of twelve."""
    students = [world.student() for _n in range(48)]
    boxes = []
    for n in range(0, count, 12):
        student: Student = students[n // 12 % 48]
        assert student.bed is not None
        boxes.append(
            Box.enter(by=None, client_id=uuid4(), code=Code.issue("box"), room=student.bed.room, student=student)
        )
    items = Item.objects.bulk_create(
        [
            Item(client_id=uuid4(), box=box, owner=box.student, description=f"Blue coat {n}", category="clothing")
            for box in boxes
            for n in range(12)
        ],
        batch_size=500,
    )
    Photo.objects.bulk_create(
        [
            Photo(
                client_id=uuid4(),
                at=timezone.now(),
                kind=PhotoKind.ITEM,
                room_id=item.box.room_id,
                box_id=item.box_id,
                item=item,
                by=world.mover,
                original="a.jpg",
                large="b.jpg",
                small="c.jpg",
                sha256="0" * 64,
                size=1,
                width=1,
                height=1,
            )
            for item in items
        ],
        batch_size=500,
    )


def multiply(building: Building, target: int) -> None:
    """Copy the building's items until there are `target` of them, inside the database."""
    names = [field.column for field in Item._meta.concrete_fields if field.column not in {"id", "client_id"}]
    columns = ", ".join(f'"{name}"' for name in names)
    fresh = "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"
    with connection.cursor() as cursor:
        while (missing := target - Item.objects.in_building(building).count()) > 0:
            cursor.execute(
                f"INSERT INTO inventory_item (client_id, {columns}) "  # noqa: S608 - names from our own model
                f"SELECT {fresh}, {columns} FROM inventory_item LIMIT {missing}"
            )


def p95(ask: Callable[[Client], object], client: Callable[[], Client], requests: int) -> float:
    """The 95th percentile of one request's seconds with 20 clients asking at once, each over an open connection."""
    own = threading.local()
    all_there = threading.Barrier(CONNECTIONS)

    def one(_n: int) -> float:
        if not hasattr(own, "client"):
            # Opening a tenth of the requests' connections would be the 95th percentile itself.
            try:
                own.client = client()
                ask(own.client)
            except BaseException:
                # The others would wait for ever for this one.
                all_there.abort()
                raise
            all_there.wait()
        began = time.perf_counter()
        ask(own.client)
        return time.perf_counter() - began

    with ThreadPoolExecutor(CONNECTIONS, initializer=lambda: None) as pool:
        times = list(pool.map(one, range(requests)))
        for _n in range(CONNECTIONS):
            pool.submit(connections.close_all)
    return quantiles(times, n=20)[-1]


@contextmanager
def sides(quick: bool) -> Iterator[Mapping[str, Side]]:  # noqa: FBT001 - the frame's word
    """The building with its items, and each side as a request."""
    with bench_database(), override_settings(ROOT_URLCONF="tests.bench.s8"):
        # The long list is older than the other: what is asked of one never walks through the other.
        long = make_world("Long Row")
        fill(long, 60)
        multiply(long.building, 50_000 if quick else 1_000_000)
        world = make_world()
        fill(world, 960 if quick else 5760)
        Role.of(long.building, RoleKind.MANAGER).admit(world.manager)
        manager = world.manager

        def client() -> Client:
            fresh = Client(SERVER_NAME="localhost")
            fresh.force_login(manager)
            return fresh

        visitor = client()
        building = world.building.pk
        listed, empty = reverse("items", args=[building]), reverse("search", args=[building])
        plain = reverse("naive", args=[building])

        def get(address: str) -> Side:
            def asked() -> int:
                answer = visitor.get(address)
                assert answer.status_code == 200, answer.status_code
                return len(answer.content)

            return asked

        get(listed)()
        with CaptureQueriesContext(connection) as queries:
            get(listed)()
        count = len(queries)
        rounds = 60 if quick else 200
        under_load = {
            "naive": p95(lambda one: one.get(plain), client, rounds),
            "ours": p95(lambda one: one.get(listed), client, rounds),
        }
        deep = reverse("items", args=[long.building.pk])
        last = f"{deep}?after={Item.objects.in_building(long.building).order_by('pk')[50].pk}"
        figures = {"queries": count, **{f"p95 {name}": value for name, value in under_load.items()}}
        yield {
            "naive": get(plain),
            "naive without rights": get(f"{plain}?bare"),
            "ours": get(listed),
            "empty page": get(empty),
            "first of a million": get(deep),
            "last page": get(last),
            "figures": lambda: figures,
        }


def queries(measured: Measured) -> float:
    """How many queries one page takes."""
    return measured.answers["figures"]["queries"]  # type: ignore[index,no-any-return]


def load_ratio(measured: Measured) -> float:
    """How many times longer the naive page's p95 is."""
    figures: Mapping[str, float] = measured.answers["figures"]  # type: ignore[assignment]
    return figures["p95 naive"] / figures["p95 ours"]


ROW = Row(
    title="a page of 50 of 5,760 items with thumbnails",
    sides=sides,
    goals=(
        Goal("naive", ">=", 25),
        Goal("naive without rights", ">=", None),
        Goal("empty page", "<=", 4),
        Goal("queries of the page", "<=", 6, of=queries, unit=""),
        Goal("first of a million", "<=", 2, ours="last page"),
        Goal("p95 with 20 clients, naive", ">=", 20, of=load_ratio),
    ),
)
