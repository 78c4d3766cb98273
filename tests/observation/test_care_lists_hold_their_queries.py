"""Requests, notes, incidents, meals, waste and the roll ask the database as often for 300 rows as for one."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Code
from observation.ending import today
from observation.models import CareNote, Occupant, Request, RollCall, RollMark, Stay
from people.models import Category, Person
from rooms.models import Bed, Incident, Room, WasteCollection
from tests.world import World, make_world

pytestmark = pytest.mark.django_db

# Session, user, building and rights are four of them.
PAGES = {
    "requests": 11,
    "deliveries": 9,
    "incidents": 6,
    "care_notes": 10,
    "meals": 9,
    "waste": 7,
    "roll_calls": 7,
}


def crowd(world: World, count: int) -> RollCall:
    """So many occupants in rooms of their own, with everything open and closed; a roll call half way."""
    now, nurse, building = timezone.now(), world.nurse, world.building
    codes = Code.issue_many(count, "room")
    rooms = Room.objects.bulk_create(
        Room(building=building, number=f"{n % 6 + 1}{n:03}", floor=n % 6 + 1, use="bedroom", code=codes[n])
        for n in range(count)
    )
    beds = Bed.objects.bulk_create(Bed(room=room, number=1) for room in rooms)
    people = Person.objects.bulk_create(Person(category=Category.RESIDENT, name=f"Guest {n}") for n in range(count))
    occupants = Occupant.objects.bulk_create(
        Occupant(
            building=building,
            person=person,
            reason="close-contact",
            last_exposure=today(building),
            state="staying",
            needs="Stairs are hard",
            secret=f"s{n}",
        )
        for n, person in enumerate(people)
    )
    Stay.objects.bulk_create(
        Stay(occupant=one, bed=bed, starts_at=now, arrived_at=now) for one, bed in zip(occupants, beds, strict=True)
    )
    for kind, closed in (("linen", None), ("parcel", None), ("meal", now)):
        Request.objects.bulk_create(
            Request(
                occupant=one,
                client_id=uuid4(),
                kind=kind,
                words="Words",
                entered_by=nurse,
                closed_at=closed,
                outcome="Done" if closed else "",
            )
            for one in occupants
        )
    for again_on, closed in ((today(building), None), (None, now)):
        CareNote.objects.bulk_create(
            CareNote(
                occupant=one,
                client_id=uuid4(),
                words="Well",
                written_by=nurse,
                again_on=again_on,
                closed_at=closed,
            )
            for one in occupants
        )
    for closed in (None, now):
        Incident.objects.bulk_create(
            Incident(
                building=building,
                room=room,
                kind="damage",
                words="Broken",
                happened_at=now,
                reported_by=nurse,
                closed_at=closed,
                outcome="Mended" if closed else "",
            )
            for room in rooms
        )
    WasteCollection.objects.bulk_create(
        WasteCollection(
            client_id=uuid4(), at=now, building=building, room=room, kind="infectious", bags=1, kilograms=2, by=nurse
        )
        for room in rooms
    )
    RollCall.objects.bulk_create(
        RollCall(building=building, started_by=nurse, closed_by=nurse, closed_at=now) for _n in range(count)
    )
    call = RollCall.enter(by=nurse, building=building, started_by=nurse)
    RollMark.objects.bulk_create(
        RollMark(client_id=uuid4(), at=now, roll_call=call, occupant=one, room=room, found="here", by=nurse)
        for one, room in list(zip(occupants, rooms, strict=True))[::2]
    )
    return call


def asked(client: Client, address: str) -> int:
    """How many queries a second look at the page takes (the first fills caches that live with the process)."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("count", [1, 30, 300])
def test_lists_of_care_ask_as_often_for_many_rows_as_for_one(count: int, client: Client) -> None:
    world = make_world()
    call = crowd(world, count)
    client.force_login(world.nurse)
    found = {name: asked(client, reverse(name, args=[world.building.pk])) for name in PAGES}
    assert found == PAGES
    assert asked(client, f"{reverse('roll_call', args=[call.pk])}?floor=all") == 10
    client.force_login(world.site_lead)
    assert asked(client, reverse("export_waste", args=[world.building.pk, "csv"])) == 5
