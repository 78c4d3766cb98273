"""A whole stay by its verbs: admitted, moved, sent to hospital and back, released; each room turning over."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.records import Refused
from observation import admitting, ending, moving, turning_over
from observation.models import HealthCheck, OccupantState, Stay, TransferStepKind
from rooms.models import Room, RoomState
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def state_of(room: Room) -> str:
    return Room.objects.get(pk=room.pk).state


def measured(world: World, occupant: object, temperature: str = "36.5") -> HealthCheck:
    check = HealthCheck(
        client_id=uuid4(),
        at=ending.timezone.now(),
        occupant=occupant,
        protocol=ending.protocol_of(world.building),
        day=ending.today(world.building),
        hour="08:00",
        temperature=temperature,
        by=world.nurse,
    )
    check.save()
    return check


def test_a_room_is_held_occupied_and_awaits_disinfection_when_its_occupant_is_released(world: World) -> None:
    room = world.ready_room("201")
    occupant = world.expected(room.beds.get(), last_exposure=ending.today(world.building) - timedelta(days=14))
    assert (state_of(room), occupant.state) == (RoomState.READY, OccupantState.EXPECTED)
    admitting.arrive(occupant, by=world.duty_officer)
    assert state_of(room) == RoomState.OCCUPIED
    measured(world, occupant)
    moving.release(occupant, by=world.site_lead)
    assert (state_of(room), occupant.state) == (RoomState.TO_DISINFECT, OccupantState.RELEASED)
    assert not Stay.objects.open().exists()


def test_a_room_is_not_ready_without_disinfection(world: World) -> None:
    occupant = world.occupant()
    room = occupant.stay.room
    other = world.ready_room()
    moving.move_to(occupant, bed=other.beds.get(), reason="The window leaks.", by=world.duty_officer)
    assert (state_of(room), state_of(other)) == (RoomState.TO_DISINFECT, RoomState.OCCUPIED)
    with pytest.raises(Refused, match="room-not-disinfected"):
        turning_over.inspect(room, accepted=True, fault="", by=world.site_lead, client_id=uuid4())
    with pytest.raises(Refused, match="room-not-ready"):
        world.expected(room.beds.get())


def test_two_admissions_to_one_bed_leave_one(world: World) -> None:
    room = world.ready_room()
    world.expected(room.beds.get())
    with pytest.raises(Refused, match="bed_holds_one_open_stay"):
        world.expected(room.beds.get())
    assert Stay.objects.count() == 1


def test_the_database_alone_refuses_overlapping_stays(world: World) -> None:
    occupant, other = world.occupant(), world.occupant()
    stay = occupant.stay
    stay.end(by=world.nurse)
    with pytest.raises(Refused, match="stays_of_a_bed_never_overlap"):
        Stay.enter(
            by=None,
            occupant=other,
            bed=stay.bed,
            starts_at=stay.starts_at - timedelta(hours=1),
            ends_at=stay.starts_at + timedelta(microseconds=5),
        )


def test_whoever_goes_to_hospital_keeps_the_bed_until_they_have_left(world: World) -> None:
    occupant = world.occupant()
    room = occupant.stay.room
    transfer = moving.send_to_hospital(
        occupant, hospital="District Hospital", reason="Fever", vehicle="Ambulance 3", by=world.duty_officer
    )
    with pytest.raises(Refused, match="transfer-step-too-early"):
        moving.take_transfer_step(transfer, kind="left", by=world.nurse, client_id=uuid4())
    for kind in TransferStepKind.values:
        moving.take_transfer_step(transfer, kind=kind, by=world.nurse, client_id=uuid4())
    occupant.refresh_from_db()
    assert (occupant.state, state_of(room)) == (OccupantState.AT_HOSPITAL, RoomState.TO_DISINFECT)
    moving.come_back(occupant, bed=world.ready_room().beds.get(), by=world.duty_officer)
    assert occupant.state == OccupantState.STAYING


def test_release_before_the_end_is_refused_and_an_extension_moves_the_end(world: World) -> None:
    occupant = world.occupant()
    with pytest.raises(Refused, match="release-refused"):
        moving.release(occupant, by=world.site_lead)
    day = occupant.last_exposure + timedelta(days=14)
    assert ending.end_of(occupant).day == day
    moving.change_end(
        occupant, ends_on=day + timedelta(days=7), reason="Contact again", by=world.site_lead, client_id=uuid4()
    )
    assert ending.end_of(occupant).day == day + timedelta(days=7)


def test_an_exposure_in_the_future_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="exposure-in-the-future"):
        world.expected(last_exposure=ending.today(world.building) + timedelta(days=1))
