"""The shift log: a note by scan or tap, once however often sent, searchable, with photos that only those may see."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from core.records import Refused
from observation import shift_log
from observation.models import LogEntry, LogPhoto
from rooms.models import Area
from tests.observation.test_handover_flow import client_of
from tests.world import World, jpeg, make_world, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def note(w: World, words: str = "The gate sticks", **given: Any) -> LogEntry:
    return shift_log.note(w.building, words=words, by=w.nurse, client_id=given.pop("client_id", uuid4()), **given)


def test_a_note_sent_twice_is_one_note_with_each_photo_once(w: World) -> None:
    photos = [(uuid4(), taken()), (uuid4(), taken())]
    sent = {"client_id": uuid4(), "photos": photos}
    assert note(w, **sent) == note(w, **sent)
    assert (LogEntry.objects.count(), LogPhoto.objects.count()) == (1, 2)


def test_a_note_about_somebody_is_found_by_their_door(w: World) -> None:
    occupant = w.occupant(name="Guest Ada")
    room = occupant.stay.room
    assert note(w, occupant=occupant).room == room
    client = client_of(w.nurse)
    for asked in ({"q": "gate"}, {"q": "Ada"}, {"q": room.number}, {"room": room.pk}, {"occupant": occupant.pk}):
        assert "The gate sticks" in client.get(reverse("log", args=[w.building.pk]), asked).content.decode(), asked
    for asked in ({"q": "fence"}, {"room": w.room().pk}, {"attention": "1"}, {"day": "2001-01-01"}):
        assert "The gate sticks" not in client.get(reverse("log", args=[w.building.pk]), asked).content.decode(), asked


def test_a_day_is_the_buildings(w: World) -> None:
    with time_machine.travel("2026-03-02T17:30:00+00:00", tick=False):
        note(w)
    page = reverse("log", args=[w.building.pk])
    client = client_of(w.nurse)
    assert "The gate sticks" in client.get(page, {"day": "2026-03-03"}).content.decode()
    assert "The gate sticks" not in client.get(page, {"day": "2026-03-02"}).content.decode()
    assert client.get(page, {"day": "yesterday", "room": "9" * 40, "after": "x"}).status_code == 200


def test_an_empty_note_and_one_of_another_building_are_refused(w: World) -> None:
    other = make_world("South Court")
    w.posts()
    for given in ({"words": " "}, {"room": other.room()}, {"area": Area(building=other.building)}):
        with pytest.raises(Refused):
            note(w, **given)
    assert LogEntry.objects.count() == 0


def test_a_door_leads_to_a_note_about_its_room(w: World) -> None:
    room = w.ready_room()
    client = client_of(w.nurse)
    led = client.get(f"/Q/{room.code_id}", follow=True)
    address = f"{reverse('new_note', args=[w.building.pk])}?room={room.pk}"
    assert address in led.content.decode()
    form = client.get(address).content.decode()
    assert f'value="{room.pk}"' in form
    photo = SimpleUploadedFile("window.jpg", jpeg(), content_type="image/jpeg")
    sent = {"client_id": uuid4(), "words": "Window open", "room": room.pk, "attention": "on", "photos": photo}
    assert client.post(reverse("new_note", args=[w.building.pk]), sent).status_code == 302
    entry = LogEntry.objects.get()
    assert (entry.room, entry.attention, entry.by, entry.photos.count()) == (room, True, w.nurse, 1)


def test_a_bad_photo_is_refused_and_the_words_stay(w: World) -> None:
    bad = SimpleUploadedFile("window.jpg", b"not a picture", content_type="image/jpeg")
    sent = {"client_id": uuid4(), "words": "Window open", "photos": bad}
    answer = client_of(w.nurse).post(reverse("new_note", args=[w.building.pk]), sent)
    assert answer.status_code == 422
    assert "Window open" in answer.content.decode()
    assert "window.jpg" in answer.content.decode()
    assert LogEntry.objects.count() == 0


def test_photos_are_seen_by_those_who_see_the_log_and_kept_by_the_sweep(w: World) -> None:
    photo = note(w, photos=[(uuid4(), taken())]).photos.get()
    addresses = [reverse("log_photo", args=[photo.pk, size]) for size in ("small", "large", "original")]
    assert [client_of(w.nurse).get(one).status_code for one in addresses] == [200, 200, 200]
    assert [client_of(w.mover).get(one).status_code for one in addresses] == [404, 404, 404]
    foreign = make_world("South Court").nurse
    assert [client_of(foreign).get(one).status_code for one in addresses] == [404, 404, 404]
    call_command("sweep_photos", hours=0.0)
    assert client_of(w.nurse).get(addresses[0]).status_code == 200


QUERIES = 9


@pytest.mark.parametrize("count", [1, 30])
def test_the_log_asks_as_often_for_thirty_notes_as_for_one(
    w: World, count: int, django_assert_num_queries: Any
) -> None:
    occupant = w.occupant()
    for n in range(count):
        with time_machine.travel(timezone.now() + timedelta(minutes=n)):
            note(w, f"Note {n}", occupant=occupant)
    client = client_of(w.nurse)
    page = reverse("log", args=[w.building.pk])
    client.get(page)
    with django_assert_num_queries(QUERIES):
        assert client.get(page).content.count(b"Note ") >= count
