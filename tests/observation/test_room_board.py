"""The room board: every bedroom with who is in it, what is open there, what comes next, in few queries."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.records import Refused
from observation import ending, moving, turning_over
from observation.models import Alert, HealthCheck, Occupant, Request
from observation.standing import RoomStands, rooms_of
from people.models import User
from rooms.models import Room, RoomState
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def board_of(world: World, at: datetime | None = None) -> dict[str, RoomStands]:
    return {room.number: room for room in rooms_of(world.building, at or timezone.now())}


def page(world: World, query: str = "", user: User | None = None) -> str:
    answer = signed_in(user or world.nurse).get(f"/buildings/{world.building.pk}/site/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def reading(
    occupant: Occupant, by: User, *, hour: str = "08:00", temperature: str = "36.5", **more: Any
) -> HealthCheck:
    check = HealthCheck(
        client_id=uuid4(),
        at=timezone.now(),
        occupant=occupant,
        protocol=ending.protocol_of(occupant.building),
        day=more.pop("day", ending.today(occupant.building)),
        hour=hour,
        temperature=temperature,
        by=by,
        **more,
    )
    check.save()
    return check


def alert_of(world: World, occupant: Occupant) -> Alert:
    check = reading(occupant, world.nurse, temperature="38.1")
    return Alert.enter(
        by=world.nurse, occupant=occupant, check_up=check, protocol=check.protocol, raised_at=timezone.now()
    )


def test_each_state_has_its_letter_and_its_next_step(world: World) -> None:
    world.ready_room("201")
    world.occupant(world.ready_room("202").beds.get())
    world.expected(world.ready_room("203").beds.get())
    leaving = world.occupant(world.ready_room("204").beds.get())
    moving.move_to(leaving, bed=world.ready_room("205").beds.get(), reason="The window leaks.", by=world.duty_officer)
    world.room("206")
    student = world.student(world.room("207"))
    left = world.room("208")
    turning_over.take_over(left, by=world.nurse)
    turning_over.disinfect(left, agent="chlorine", mg_per_litre=1000, minutes=30, by=world.nurse, client_id=uuid4())
    rooms = board_of(world)
    assert student.bed.room.number in rooms
    assert {number: (room.state, room.status, room.next) for number, room in rooms.items() if number != "205"} == {
        "201": (RoomState.READY, "U", "admit"),
        "202": (RoomState.OCCUPIED, "O", rooms["202"].next),
        "203": (RoomState.READY, "U", "arrival"),
        "204": (RoomState.TO_DISINFECT, "K", "disinfect"),
        "206": (RoomState.LIVED_IN, "C", "take-over"),
        "207": (RoomState.LIVED_IN, "C", "move"),
        "208": (RoomState.DISINFECTED, "H", "inspect"),
    }


def test_an_open_alert_isolates_an_occupied_room_and_goes_before_everything(world: World) -> None:
    room = world.ready_room("201")
    occupant = world.occupant(room.beds.get())
    alert = alert_of(world, occupant)
    Request.enter(by=None, occupant=occupant, client_id=uuid4(), kind="meal", words="Rice, please")
    stands = board_of(world)["201"]
    assert (stands.status, stands.next, stands.marks[0]) == ("I", "alert", "alert")
    assert "request" in stands.marks
    alert.take(by=world.nurse)
    alert.close(outcome="The second measurement was 36.6 °C.", by=world.nurse)
    stands = board_of(world)["201"]
    assert stands.status == "O"
    assert "alert" not in stands.marks


def test_a_check_is_late_an_hour_after_its_time_and_only_for_whoever_was_there(world: World) -> None:
    occupant = world.occupant(world.ready_room("201").beds.get())
    stay = occupant.stay
    day = ending.today(world.building) + timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
    assert not board_of(world, at - timedelta(seconds=1))["201"].guests[0].late
    assert board_of(world, at)["201"].guests[0].late
    reading(occupant, world.nurse, day=day)
    assert not board_of(world, at)["201"].guests[0].late
    afternoon = at + timedelta(hours=7)
    assert board_of(world, afternoon)["201"].guests[0].late
    assert stay.arrived_at is not None
    newcomer = world.occupant(world.ready_room("202").beds.get())
    before = newcomer.stay.arrived_at
    assert not board_of(world, before)["202"].guests[0].late


def test_the_day_is_counted_from_the_last_exposure_and_a_changed_end_counts(world: World) -> None:
    occupant = world.occupant(world.ready_room("201").beds.get())
    assert (board_of(world)["201"].guests[0].day, board_of(world)["201"].guests[0].days) == (2, 14)
    moving.change_end(
        occupant,
        ends_on=ending.today(world.building),
        reason="A second test",
        by=world.site_lead,
        client_id=uuid4(),
    )
    guest = board_of(world)["201"].guests[0]
    assert (guest.days, guest.may_go) == (2, True)


def test_the_figures_lead_to_what_they_count(world: World) -> None:
    world.ready_room("201")
    world.occupant(world.ready_room("302").beds.get(), name="Guest Wang")
    whole = page(world)
    assert "Guest Wang" in whole
    assert f'href="/buildings/{world.building.pk}/site/?state=occupied"' in whole
    occupied = page(world, "?state=occupied")
    assert "<strong>302</strong>" in occupied
    assert "<strong>201</strong>" not in occupied
    assert "<strong>201</strong>" in page(world, "?floor=2")
    assert "<strong>302</strong>" not in page(world, "?floor=2")
    assert "No room matches" in page(world, "?mark=alert")


def test_the_live_part_is_a_fragment_that_keeps_the_filters(world: World) -> None:
    world.ready_room("201")
    answer = signed_in(world.nurse).get(
        f"/buildings/{world.building.pk}/site/?state=ready", headers={"HX-Request": "true"}
    )
    assert answer.content.decode().strip().startswith('<div id="live"')
    assert f'hx-get="/buildings/{world.building.pk}/site/?state=ready"' in answer.content.decode()


@pytest.mark.parametrize("occupants", [1, 30])
def test_the_board_takes_six_queries_however_many_live_there(world: World, occupants: int) -> None:
    for n in range(occupants):
        world.occupant(world.ready_room(str(201 + n)).beds.get())
    client = signed_in(world.nurse)
    client.get(f"/buildings/{world.building.pk}/site/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/buildings/{world.building.pk}/site/")
    assert len(queries) == 6


@pytest.mark.slow
def test_three_hundred_occupants_take_no_more_queries_than_one(world: World) -> None:
    for n in range(300):
        world.occupant(world.ready_room(str(201 + n)).beds.get())
    client = signed_in(world.nurse)
    address = f"/buildings/{world.building.pk}/site/"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.content.decode().count('class="room-guest"') == 99
    assert len(queries) <= 6
    assert client.get(f"{address}?floor=all").content.decode().count('class="room-guest"') == 300


def test_a_large_house_is_shown_floor_by_floor_and_a_filter_finds_every_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("observation.standing.MOST_AT_ONCE", 2)
    for number in ("201", "302"):
        world.ready_room(number)
    assert "<strong>302</strong>" in page(world)
    world.occupant(world.ready_room("403").beds.get())
    assert "<strong>201</strong>" in page(world)
    assert "<strong>302</strong>" not in page(world)
    assert "<strong>302</strong>" in page(world, "?floor=3")
    assert "<strong>403</strong>" in page(world, "?state=occupied")
    assert all(f"<strong>{number}</strong>" in page(world, "?floor=all") for number in ("201", "302", "403"))


def test_who_may_not_see_occupants_sees_no_board(world: World) -> None:
    world.occupant(world.ready_room("201").beds.get(), name="Guest Wang")
    for user in (world.mover, world.reader):
        assert signed_in(user).get(f"/buildings/{world.building.pk}/site/").status_code == 403
        assert signed_in(user).get(f"/buildings/{world.building.pk}/site/plan/").status_code == 403
        answer = signed_in(user).get(f"/rooms/{Room.objects.get(number='201').pk}/turn-over/")
        assert answer.status_code == 200
        assert "Guest Wang" not in answer.content.decode()


def test_the_floor_plan_shows_states_letters_and_held_beds(world: World) -> None:
    world.ready_room("201", plan_x=0)
    alert_of(world, world.occupant(world.ready_room("202", plan_x=4).beds.get()))
    answer = signed_in(world.nurse).get(f"/buildings/{world.building.pk}/site/plan/").content.decode()
    assert "floor-plan__room--occupied" in answer
    assert 'font-weight="700">I</text>' in answer
    assert 'font-weight="700">U</text>' in answer
    assert answer.count("floor-plan__bed--taken") == 1


def test_a_name_is_text_on_the_board(world: World) -> None:
    world.occupant(world.ready_room("201").beds.get(), name="<b>{0} {number}</b>")
    assert "&lt;b&gt;{0} {number}&lt;/b&gt;" in page(world)


def test_a_room_made_ready_without_disinfection_is_refused(world: World) -> None:
    room = world.room("201")
    world.protocol()
    turning_over.take_over(room, by=world.nurse)
    with pytest.raises(Refused, match="room-not-disinfected"):
        turning_over.inspect(room, accepted=True, fault="", by=world.site_lead, client_id=uuid4())
    assert board_of(world)["201"].state == RoomState.CLEARED
