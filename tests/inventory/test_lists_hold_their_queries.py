"""A list asks the database as often for 300 rows as for one."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Code
from inventory.models import Box, Consent, Item, Photo, PhotoKind, Student
from people.models import Category, Person
from rooms.models import Bed, Room
from tests.world import World, make_world

pytestmark = pytest.mark.django_db

# Session, user, building and rights are four of them.
PAGES = {
    "board": 12,
    "students": 12,
    "rooms": 12,
    "floor_plan": 7,
    "boxes": 5,
    "items": 6,
    "places": 5,
    "people": 8,
}
EXPORTS = {"students": 12, "rooms": 12, "boxes": 5, "items": 5}


def crowd(world: World, count: int) -> None:
    """So many rooms with a student, a consent, a box, an item and a photo each."""
    teacher = world.teacher()
    codes = Code.issue_many(3 * count, "thing")
    rooms = Room.objects.bulk_create(
        Room(building=world.building, number=f"R{n}", floor=n % 9, use="bedroom", code=codes[n]) for n in range(count)
    )
    beds = Bed.objects.bulk_create(Bed(room=room, number=1) for room in rooms)
    people = Person.objects.bulk_create(
        Person(category=Category.STUDENT, name=f"Student {n}", responsible=teacher) for n in range(count)
    )
    students = Student.objects.bulk_create(
        Student(person=person, building=world.building, bed=bed, student_number=f"N{n}", code=codes[count + n])
        for n, (person, bed) in enumerate(zip(people, beds, strict=True))
    )
    now = timezone.now()
    Consent.objects.bulk_create(
        Consent(client_id=uuid4(), at=now, student=one, state="authorised", channel="phone", by=world.manager)
        for one in students
    )
    boxes = Box.objects.bulk_create(
        Box(client_id=uuid4(), code=codes[2 * count + n], room=rooms[n], student=students[n], state="sealed")
        for n in range(count)
    )
    items = Item.objects.bulk_create(
        Item(client_id=uuid4(), box=box, owner=box.student, description="Coat") for box in boxes
    )
    Photo.objects.bulk_create(
        Photo(
            client_id=uuid4(),
            at=now,
            kind=PhotoKind.ITEM,
            room=item.box.room,
            box=item.box,
            item=item,
            by=world.mover,
            original="a",
            large="b",
            small="c",
            sha256="0" * 64,
            size=1,
            width=1,
            height=1,
        )
        for item in items
    )


def asked(client: Client, address: str) -> int:
    """How many queries a second look at the page takes (the first fills caches that live with the process)."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        assert answer.status_code == 200
        list(answer) if answer.streaming else None
    return len(queries)


@pytest.mark.parametrize("count", [1, 30, 300])
def test_pages_and_exports_ask_as_often_for_many_rows_as_for_one(count: int, client: Client) -> None:
    world = make_world()
    crowd(world, count)
    client.force_login(world.manager)
    pages = {name: asked(client, reverse(name, args=[world.building.pk])) for name in PAGES}
    exports = {name: asked(client, reverse("export", args=[world.building.pk, name, "csv"])) for name in EXPORTS}
    assert pages == PAGES
    assert exports == EXPORTS
