"""A room from one occupant to the next on its page: disinfected by one, inspected by another; and its door scanned."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from core.models import Code
from core.records import Refused
from inventory.models import Box
from observation import moving, turning_over
from people.models import User
from rooms.models import Disinfection, Room, RoomInspection, RoomState, WasteCollection
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def post(user: User, room: Room, act: str, **data: Any) -> Any:
    return signed_in(user).post(f"/rooms/{room.pk}/{act}/", {"client_id": str(uuid4()), **data})


def page(user: User, room: Room) -> str:
    answer = signed_in(user).get(f"/rooms/{room.pk}/turn-over/")
    assert answer.status_code == 200
    return answer.content.decode()


def left_room(world: World) -> Room:
    """A room whose occupant has just moved out of it."""
    room = world.ready_room("201")
    occupant = world.occupant(room.beds.get(), name="Guest Zhao")
    moving.move_to(occupant, bed=world.ready_room("301").beds.get(), reason="The window leaks.", by=world.duty_officer)
    room.refresh_from_db()
    return room


def test_a_room_goes_from_one_occupant_to_the_next_on_its_page(world: World) -> None:
    room = left_room(world)
    assert "Next: disinfect the room" in page(world.nurse, room)
    given = {"agent": "chlorine", "mg_per_litre": 1000, "minutes": 45}
    assert post(world.nurse, room, "disinfect", **given).status_code == 302
    made = Disinfection.objects.latest("pk")
    assert (made.room, made.mg_per_litre, made.minutes, made.by) == (room, 1000, 45, world.nurse)
    assert "You disinfected this room" in page(world.nurse, room)
    assert "Next: look at the room" in page(world.site_lead, room)
    assert post(world.site_lead, room, "inspect", accepted="yes").status_code == 302
    room.refresh_from_db()
    seen = RoomInspection.objects.latest("pk")
    assert (room.state, seen.accepted, seen.by, seen.disinfection) == (RoomState.READY, True, world.site_lead, made)
    assert "The room is ready for the next one." in page(world.nurse, room)


def test_the_form_is_empty_and_the_protocols_minimum_stands_beside_its_source(world: World) -> None:
    room = left_room(world)
    text = page(world.nurse, room)
    assert "at least 1000 mg/L for 30 minutes (国家卫生健康委员会 · 第四版 · 2020-02-07)" in text
    assert 'name="mg_per_litre" value' not in text
    assert "checked" not in text.partition('id="step"')[2].partition("</form>")[0]


def test_a_disinfection_weaker_or_shorter_than_the_protocol_is_refused_and_leaves_nothing(world: World) -> None:
    room = left_room(world)
    before = Disinfection.objects.count()
    for given in ({"mg_per_litre": 999, "minutes": 30}, {"mg_per_litre": 1000, "minutes": 29}):
        answer = post(world.nurse, room, "disinfect", agent="chlorine", **given)
        assert answer.status_code == 409
        assert "At least 1000 mg/L for 30 minutes" in answer.content.decode()
    room.refresh_from_db()
    assert (room.state, Disinfection.objects.count()) == (RoomState.TO_DISINFECT, before)


@pytest.mark.parametrize("wrong", [{"minutes": "0"}, {"minutes": "-5"}, {"mg_per_litre": "x"}, {"agent": "soap"}])
def test_a_form_not_in_order_is_shown_again(world: World, wrong: dict[str, str]) -> None:
    room = left_room(world)
    given = {"agent": "chlorine", "mg_per_litre": "1000", "minutes": "30", **wrong}
    assert post(world.nurse, room, "disinfect", **given).status_code == 422
    room.refresh_from_db()
    assert room.state == RoomState.TO_DISINFECT


def test_whoever_disinfected_does_not_inspect(world: World) -> None:
    room = left_room(world)
    post(world.nurse, room, "disinfect", agent="chlorine", mg_per_litre=1000, minutes=30)
    answer = post(world.nurse, room, "inspect", accepted="yes")
    assert answer.status_code == 409
    with pytest.raises(Refused, match="inspector_is_another_person"):
        turning_over.inspect(room, accepted=True, fault="", by=world.nurse, client_id=uuid4())
    room.refresh_from_db()
    assert room.state == RoomState.DISINFECTED


def test_a_fault_sends_the_room_back_and_says_what_it_is(world: World) -> None:
    room = left_room(world)
    post(world.nurse, room, "disinfect", agent="chlorine", mg_per_litre=1000, minutes=30)
    assert post(world.site_lead, room, "inspect", accepted="no", fault="  ").status_code == 422
    post(world.site_lead, room, "inspect", accepted="no", fault="The floor is wet.")
    room.refresh_from_db()
    assert room.state == RoomState.TO_DISINFECT
    text = page(world.nurse, room)
    assert "The inspection found fault" in text
    assert "The floor is wet." in text


def test_a_second_tap_records_nothing_twice(world: World) -> None:
    room = left_room(world)
    before = Disinfection.objects.count()
    known = {"client_id": str(uuid4()), "agent": "chlorine", "mg_per_litre": 1000, "minutes": 30}
    assert [post(world.nurse, room, "disinfect", **known).status_code for _tap in range(2)] == [302, 302]
    assert Disinfection.objects.count() == before + 1
    before = RoomInspection.objects.count()
    seen = {"client_id": str(uuid4()), "accepted": "yes"}
    assert [post(world.site_lead, room, "inspect", **seen).status_code for _tap in range(2)] == [302, 302]
    assert RoomInspection.objects.count() == before + 1


def test_only_a_room_nobody_lived_in_is_taken_over(world: World) -> None:
    world.protocol()
    empty, lived_in = world.room("201"), world.student(world.room("202")).bed.room
    assert "Next: take the room over" in page(world.nurse, empty)
    assert post(world.nurse, empty, "take-over").status_code == 302
    empty.refresh_from_db()
    assert empty.state == RoomState.CLEARED
    assert "Go on with the move" in page(world.nurse, lived_in)
    assert post(world.nurse, lived_in, "take-over").status_code == 409
    lived_in.refresh_from_db()
    assert lived_in.state == RoomState.LIVED_IN


def test_open_belongings_are_named_and_keep_the_room_from_being_ready(world: World) -> None:
    world.protocol()
    student = world.student(world.room("201"))
    world.consent(student)
    room = world.surveyed(student.bed.room)
    box = world.stored(student)
    for step in ("pack", "clear"):
        getattr(room, step)(by=world.mover)
    turning_over.disinfect(room, agent="chlorine", mg_per_litre=1000, minutes=30, by=world.nurse, client_id=uuid4())
    # A box that came to light late: the room holds it again.
    late = Box.enter(by=None, client_id=uuid4(), code=Code.issue("box"), room=room, student=box.student)
    text = page(world.site_lead, room)
    assert "1 box of room 201 is not stored yet." in text
    answer = post(world.site_lead, room, "inspect", accepted="yes")
    assert answer.status_code == 409
    assert "1 box of room 201 is not stored yet." in answer.content.decode()
    room.refresh_from_db()
    assert (room.state, late.state) == (RoomState.DISINFECTED, "packing")


def test_history_names_stays_only_to_who_may_see_occupants(world: World) -> None:
    room = left_room(world)
    waste = WasteCollection(client_id=uuid4(), at=room.entered_at, building=world.building, room=room)
    waste.kind, waste.bags, waste.tag, waste.by = "infectious", 2, "W-0007", world.nurse
    waste.save()
    assert "Guest Zhao" in page(world.nurse, room)
    assert "Guest Zhao" not in page(world.mover, room)
    assert "W-0007" in page(world.mover, room)


def test_who_may_do_what_is_asked_of_the_building(world: World) -> None:
    room = left_room(world)
    outsider = make_world("South Court").nurse
    given = {"agent": "chlorine", "mg_per_litre": 1000, "minutes": 30}
    assert post(outsider, room, "disinfect", **given).status_code == 404
    assert post(world.mover, room, "disinfect", **given).status_code == 403
    assert post(world.manager, room, "inspect", accepted="yes").status_code == 403
    assert 'id="step"' not in page(world.manager, room)
    assert signed_in(world.nurse).get(f"/rooms/{room.pk}/disinfect/").status_code == 302


def test_a_scanned_door_leads_nurses_to_the_round_and_others_to_its_turnover_or_the_move(world: World) -> None:
    room, moved = world.ready_room("201"), world.student(world.room("202")).bed.room
    lived_in = world.occupant(world.ready_room("301").beds.get()).stay.bed.room
    for one, user, leads in (
        (lived_in, world.nurse, f"/rooms/{lived_in.pk}/round/"),
        (lived_in, world.manager, f"/rooms/{lived_in.pk}/turn-over/"),
        (room, world.nurse, f"/rooms/{room.pk}/turn-over/"),
        (room, world.site_lead, f"/rooms/{room.pk}/turn-over/"),
        (room, world.mover, f"/rooms/{room.pk}/"),
        (moved, world.site_lead, f"/rooms/{moved.pk}/"),
        (moved, world.mover, f"/rooms/{moved.pk}/"),
    ):
        answer = signed_in(user).get(f"/Q/{one.code_id}")
        assert (answer.status_code, answer.headers.get("Location")) == (302, leads)


def test_a_later_protocol_asks_for_more(world: World) -> None:
    room = left_room(world)
    world.protocol(mg_per_litre=2000, version="第五版", issued_on=date(2020, 2, 21), applies_from=room.entered_at)
    answer = post(world.nurse, room, "disinfect", agent="chlorine", mg_per_litre=1000, minutes=30)
    assert answer.status_code == 409
    assert "第五版 · 2020-02-21" in answer.content.decode()
