"""The roll call: everybody is looked for; who is missing, unexpected, elsewhere or away is said before it is closed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from core.records import Refused
from observation import admitting, moving, roll_calling
from observation.models import RollCall, RollMark
from observation.roll_calling import Expected, Mark, discrepancies
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 2, 14, 9, tzinfo=UTC)


@pytest.fixture
def w() -> World:
    return make_world()


def expected(n: int, room: int = 0) -> Expected:
    return Expected(n, f"Guest {n}", room or n, f"20{room or n}", 2, NOW - timedelta(days=2))


def found(n: int | None, found: str, room: int, words: str = "", at: datetime = NOW) -> Mark:
    return Mark(n, f"Guest {n}", room, f"20{room}", 2, found, words, at)


def kinds(*differ: roll_calling.Discrepancy) -> list[tuple[str, str]]:
    return [(one.kind, one.name or one.words) for one in differ]


def test_nobody_differs_when_all_are_found_in_their_rooms() -> None:
    assert discrepancies([expected(1), expected(2)], [found(1, "here", 1), found(2, "here", 2)]) == []


def test_the_missing_the_unexpected_those_away_elsewhere_and_not_asked_are_told_apart() -> None:
    marks = [
        found(1, "missing", 1),
        found(2, "here", 5),
        found(9, "here", 4),
        found(None, "unexpected", 4, "A visitor"),
    ]
    differ = discrepancies([expected(1), expected(2), expected(3)], marks, {9: "in hospital"})
    assert kinds(*differ) == [
        ("missing", "Guest 1"),
        ("unexpected", "A visitor"),
        ("should-be-away", "Guest 9"),
        ("elsewhere", "Guest 2"),
        ("not-asked", "Guest 3"),
    ]
    assert differ[2].words == "in hospital"


def test_the_newest_mark_counts() -> None:
    assert discrepancies([expected(1)], [found(1, "missing", 1), found(1, "here", 1)]) == []


def test_whoever_moved_after_they_were_found_is_not_elsewhere_and_whoever_left_is_not_missing() -> None:
    moved = Expected(1, "Guest 1", 7, "207", 2, NOW + timedelta(minutes=5))
    assert discrepancies([moved], [found(1, "here", 1), found(2, "missing", 2)]) == []


def tap(w: World, call: RollCall, what: str, client_id: object = None) -> object:
    form = {"tap": what, "client_id": client_id or uuid4()}
    return phone_of(w.nurse).post(reverse("mark_roll", args=[call.pk]), form)


def test_one_roll_call_is_under_way_and_a_second_tap_goes_on_with_it(w: World) -> None:
    phone, address = phone_of(w.nurse), reverse("start_roll_call", args=[w.building.pk])
    assert phone.post(address)["Location"] == phone.post(address)["Location"]
    call = RollCall.objects.get()
    assert call.started_by == w.nurse
    with pytest.raises(Refused, match="building_has_one_open_roll_call"):
        roll_calling.start(w.building, by=w.site_lead)


def test_a_tap_marks_once_and_leads_to_the_next_room_that_is_left(w: World) -> None:
    one, two = w.occupant(w.ready_room("201").beds.get()), w.occupant(w.ready_room("202").beds.get())
    call = roll_calling.start(w.building, by=w.nurse)
    client_id = uuid4()
    answers = [tap(w, call, f"here:{one.pk}", client_id) for _tap in range(2)]
    assert [answer["Location"].rpartition("#")[2] for answer in answers] == [f"room-{two.stay.room.pk}"] * 2
    mark = RollMark.objects.get()
    assert (mark.found, mark.occupant, mark.room, mark.by) == ("here", one, one.stay.room, w.nurse)
    assert tap(w, call, f"here:{two.pk}")["Location"].endswith("#discrepancies")


def test_a_mark_taken_back_and_made_again_on_an_old_page_counts(w: World) -> None:
    occupant, client_id = w.occupant(), uuid4()
    call = roll_calling.start(w.building, by=w.nurse)
    for what in ("here", "missing", "here"):
        tap(w, call, f"{what}:{occupant.pk}", client_id)
    assert list(RollMark.objects.order_by("pk").values_list("found", flat=True)) == ["here", "missing", "here"]
    assert roll_calling.standing(call).discrepancies == []


def test_all_of_a_room_are_here_by_one_tap(w: World) -> None:
    room = w.ready_room("301", beds=2)
    for bed in room.beds.all():
        admitting.arrive(w.expected(bed, party="Family"), by=w.duty_officer)
    call = roll_calling.start(w.building, by=w.nurse)
    client_id = uuid4()
    for _tap in range(2):
        tap(w, call, f"room:{room.pk}", client_id)
    assert RollMark.objects.filter(found="here", room=room).count() == 2
    assert roll_calling.standing(call).discrepancies == []


def meet(w: World, call: RollCall, **form: object) -> object:
    return phone_of(w.nurse).post(reverse("meet_unexpected", args=[call.pk]), {"client_id": str(uuid4()), **form})


def test_a_roll_call_with_a_missing_and_an_unexpected_person_closes_only_with_words_and_stays_as_it_was(
    w: World,
) -> None:
    here, gone = w.occupant(name="Guest Here"), w.occupant(name="Guest Gone")
    call = roll_calling.start(w.building, by=w.nurse)
    tap(w, call, f"here:{here.pk}")
    tap(w, call, f"missing:{gone.pk}")
    assert meet(w, call, room=here.stay.room.pk, words="").status_code == 409
    stranger = {"room": here.stay.room.pk, "words": "Her brother, by the fire stairs", "client_id": str(uuid4())}
    for _tap in range(2):
        assert meet(w, call, **stranger).status_code == 302
    phone, address = phone_of(w.nurse), reverse("close_roll_call", args=[call.pk])
    assert phone.post(address, {"words": " "}).status_code == 409
    call.refresh_from_db()
    assert call.closed_at is None
    words = {"words": "Found in the yard; the brother was led out."}
    for _tap in range(2):
        assert phone.post(address, words).status_code == 302
    call.refresh_from_db()
    assert (call.closed_by, call.words) == (w.nurse, words["words"])
    was = roll_calling.standing(call).discrepancies
    assert kinds(*was) == [("missing", "Guest Gone"), ("unexpected", "Her brother, by the fire stairs")]
    moving.move_to(here, bed=w.ready_room().beds.get(), reason="Noise", by=w.duty_officer)
    w.occupant(name="Guest Later")
    assert roll_calling.standing(RollCall.objects.get()).discrepancies == was
    page = said(phone.get(reverse("roll_call", args=[call.pk])))
    assert "Guest Gone" in page
    assert "Guest Later" not in page
    assert "Her brother" in page


def test_somebody_marked_here_whose_state_says_hospital_is_a_discrepancy_then_and_later(w: World) -> None:
    occupant, room = w.occupant(name="Guest Away"), w.ready_room()
    transfer = moving.send_to_hospital(occupant, hospital="District", reason="Fever", vehicle="Car", by=w.nurse)
    for kind in ("agreed", "vehicle", "left", "handed-over"):
        moving.take_transfer_step(transfer, kind=kind, by=w.nurse, client_id=uuid4())
    call = roll_calling.start(w.building, by=w.nurse)
    assert tap(w, call, f"here:{occupant.pk}").status_code == 409
    meet(w, call, room=room.pk, occupant=occupant.pk)
    differ = roll_calling.standing(call).discrepancies
    assert [(one.kind, one.name, one.words) for one in differ] == [("should-be-away", "Guest Away", "in hospital")]
    roll_calling.close(call, words="The hospital sent them back early.", by=w.nurse)
    moving.come_back(occupant, bed=room.beds.get(), by=w.duty_officer)
    assert roll_calling.standing(RollCall.objects.get()).discrepancies == differ


def test_nothing_is_marked_in_a_closed_roll_call_nor_of_another_building(w: World) -> None:
    occupant, other = w.occupant(), make_world("South Court").occupant()
    call = roll_calling.start(w.building, by=w.nurse)
    assert tap(w, call, f"here:{other.pk}").status_code == 404
    assert tap(w, call, f"room:{other.stay.room.pk}").status_code == 404
    assert tap(w, call, "gone:1").status_code == 422
    roll_calling.close(call, words="Fire alarm, broken off.", by=w.nurse)
    assert tap(w, call, f"here:{occupant.pk}").status_code == 409
    with pytest.raises(Refused, match="roll-call-closed"):
        roll_calling.close(call, words="Once more.", by=w.site_lead)
    assert RollMark.objects.count() == 0


def test_an_empty_building_is_called_without_words(w: World) -> None:
    call = roll_calling.start(w.building, by=w.nurse)
    roll_calling.close(call, words="", by=w.nurse)
    assert RollCall.objects.get().closed_by == w.nurse
