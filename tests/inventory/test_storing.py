"""Loading, storing, moving: where a box stands, and how full each place is."""

from uuid import uuid4

import pytest

from inventory.models import BoxState, CustodyEvent
from rooms.models import RoomState
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def student(w):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    return student


def store(w, box, **sent):
    return phone_of(w.mover).post(f"/boxes/{box.pk}/store/", {"client_id": str(uuid4()), **sent})


def test_a_box_is_loaded_stored_by_code_and_moved_by_choice(w, student):
    box = w.sealed(student)
    first, second = w.place("A1"), w.place("B2")
    load = phone_of(w.mover).post(f"/boxes/{box.pk}/load/", {"client_id": str(uuid4())})
    assert load["Location"] == f"/boxes/{box.pk}/"
    assert store(w, box, place=f"HTTP://LOCALHOST/Q/{first.code_id}")["Location"] == f"/boxes/{box.pk}/"
    assert store(w, box, free=str(second.pk))["Location"] == f"/boxes/{box.pk}/"
    steps = CustodyEvent.objects.filter(box=box).order_by("number")
    assert [(step.kind, step.whence, step.whither) for step in steps] == [
        ("packed", "—", f"room {box.room.number}"),
        ("sealed", f"room {box.room.number}", f"room {box.room.number}"),
        ("loaded", f"room {box.room.number}", "on the way"),
        ("stored", "on the way", "A1"),
        ("moved", "A1", "B2"),
    ]
    box.refresh_from_db()
    assert (box.state, box.place) == (BoxState.STORED, second)


def test_a_place_is_found_by_its_name_as_people_write_it(w, student):
    box = w.sealed(student)
    place = w.place("B1-A-03")
    assert store(w, box, place=" b1-a-03 ").status_code == 302
    box.refresh_from_db()
    assert box.place == place


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"place": "NOWHERE"}, "No place of this building has this code or name."),
        ({}, "Scan or choose the place first."),
    ],
)
def test_an_unknown_place_is_said_beside_the_field(w, student, typed, sentence):
    box = w.sealed(student)
    answer = store(w, box, **typed)
    assert answer.status_code == 422
    assert answer.context["store_form"].errors.keys() == {"place"}
    assert sentence in said(answer)


def test_a_place_of_another_building_is_not_known_here(w, student):
    other = make_world("South Court")
    foreign = other.place("X1")
    answer = store(w, w.sealed(student), place=foreign.code_id)
    assert answer.status_code == 422


def test_a_full_place_is_refused_beside_the_field_and_not_offered(w, student):
    full = w.place("A1", slots=1)
    w.stored(student, full)
    box = w.sealed(student)
    answer = store(w, box, place="A1")
    assert answer.status_code == 409
    assert answer.context["store_form"].errors == {"place": ["Place A1 is full. Choose another one."]}
    assert [label for _key, label in answer.context["store_form"].fields["free"].choices] == ["—"]


def test_valuables_go_to_a_secure_place_and_cold_things_to_a_cold_one(w, student):
    plain, safe, fridge = w.place("A1"), w.place("S1", secure=True), w.place("F1", cold=True)
    violin, insulin = w.sealed(student, handling=["valuable"]), w.sealed(student, handling=["cold"])
    refused = store(w, violin, free=str(plain.pk))
    assert "This box holds valuables. Store it in a secure place." in said(refused)
    refused = store(w, insulin, free=str(safe.pk))
    assert "This box holds things that must stay cold. Store it in a cold place." in said(refused)
    assert store(w, violin, free=str(safe.pk)).status_code == 302
    assert store(w, insulin, free=str(fridge.pk)).status_code == 302


def test_a_double_tap_moves_once(w, student):
    box = w.stored(student, w.place("A1"))
    target = w.place("B2")
    sent = {"client_id": str(uuid4()), "free": str(target.pk)}
    assert [store(w, box, **sent).status_code for _tap in range(2)] == [302, 302]
    assert CustodyEvent.objects.filter(box=box, kind="moved").count() == 1


def test_the_last_box_carried_out_clears_the_room(w, student):
    room = student.bed.room
    first, second = w.sealed(student), w.sealed(student)
    w.views(room, "room-after")
    phone_of(w.mover).post(f"/rooms/{room.pk}/close/")
    place = w.place("A1")
    store(w, first, free=str(place.pk))
    room.refresh_from_db()
    assert room.state == RoomState.PACKED
    phone_of(w.mover).post(f"/boxes/{second.pk}/load/", {"client_id": str(uuid4())})
    room.refresh_from_db()
    assert room.state == RoomState.CLEARED


def test_a_boxs_moves_stand_in_the_history_of_each_thing_in_it(w, student):
    box = w.stored(student, w.place("A1"), items=2)
    target = w.place("B2")
    store(w, box, free=str(target.pk))
    for item in box.items.all():
        page = phone_of(w.reader).get(f"/items/{item.pk}/")
        assert page.status_code == 200
        text = said(page)
        assert "item entered" in text
        seal = CustodyEvent.objects.get(box=box, kind="sealed").seal_number
        assert f"Box {box.code_id}, step 3: stored · room {box.room.number} → A1 · seal {seal}" in text
        assert f"Box {box.code_id}, step 4: moved · A1 → B2 · seal {seal}" in text


def test_the_list_of_places_says_how_full_each_is(w, student):
    w.stored(student, w.place("A1", slots=1))
    w.place("B2", slots=4, cold=True)
    text = said(phone_of(w.reader).get(f"/buildings/{w.building.pk}/places/"))
    assert "1 of 5 slots are taken." in text
    assert "1 / 1 full" in text
    assert "cold 0 / 4 4" in text


@pytest.mark.parametrize("boxes", [1, 30])
def test_a_places_page_asks_the_database_as_often_for_thirty_boxes_as_for_one(
    w, student, boxes, django_assert_num_queries
):
    place = w.place("A1", slots=40)
    for _n in range(boxes):
        w.stored(student, place)
    phone = phone_of(w.mover)
    phone.get(f"/places/{place.pk}/")  # what Django remembers for the life of a process is asked once
    with django_assert_num_queries(5):
        assert said(phone.get(f"/places/{place.pk}/")).count("North") >= 1
    with django_assert_num_queries(5):
        assert phone.get(f"/buildings/{w.building.pk}/places/").status_code == 200


@pytest.mark.parametrize("items", [1, 30])
def test_a_boxs_page_asks_the_database_as_often_for_thirty_things_as_for_one(
    w, student, items, django_assert_num_queries
):
    box = w.stored(student, items=items)
    phone = phone_of(w.mover)
    phone.get(f"/boxes/{box.pk}/")  # what Django remembers for the life of a process is asked once
    with django_assert_num_queries(10):
        assert phone.get(f"/boxes/{box.pk}/").status_code == 200
