"""Requests, parcels, care notes and incidents: entered once, handed over, closed with what came of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.records import Refused
from observation import admitting, looking_after
from observation.ending import today
from observation.models import CareNote, Request
from rooms.models import Incident, IncidentKind
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def asked(w: World, occupant: object, **fields: object) -> Request:
    given = {"kind": "linen", "words": "Towels", "by": w.nurse, "client_id": uuid4(), **fields}
    return looking_after.ask(occupant, **given)


def test_a_request_is_recorded_by_one_tap_on_its_kind_and_sent_twice_it_is_one(w: World) -> None:
    occupant, phone = w.occupant(), phone_of(w.nurse)
    address, form = reverse("new_request", args=[occupant.pk]), {"kind": "linen", "client_id": str(uuid4())}
    assert address in phone.get(reverse("requests", args=[w.building.pk])).text
    assert [phone.post(address, form).status_code for _n in range(2)] == [302, 302]
    made = Request.objects.get()
    assert (made.kind, made.words, made.entered_by, made.closed_at) == ("linen", "", w.nurse, None)


def test_something_else_is_asked_in_words(w: World) -> None:
    occupant, phone = w.occupant(), phone_of(w.nurse)
    answer = phone.post(
        reverse("new_request", args=[occupant.pk]), {"kind": "other", "words": " ", "client_id": uuid4()}
    )
    assert (answer.status_code, Request.objects.count()) == (409, 0)
    assert "Say in a few words what is needed." in said(answer)


def test_nothing_is_asked_for_somebody_who_is_gone(w: World) -> None:
    occupant = w.expected()
    admitting.cancel(occupant, reason="Stayed at home", by=w.duty_officer)
    with pytest.raises(Refused, match="occupant-gone"):
        asked(w, occupant)
    assert Request.objects.count() == 0


def test_a_request_is_handed_over_then_closed_with_what_came_of_it(w: World) -> None:
    request, phone, teacher = asked(w, w.occupant()), phone_of(w.nurse), w.teacher()
    phone.post(reverse("hand_request", args=[request.pk]), {"responsible": teacher.pk})
    request.refresh_from_db()
    assert request.responsible == teacher
    answer = phone.post(reverse("close_request", args=[request.pk]), {"outcome": ""})
    assert (answer.status_code, Request.objects.open().count()) == (422, 1)
    for _tap in range(2):
        assert phone.post(reverse("close_request", args=[request.pk]), {"outcome": "Brought two."}).status_code == 302
    request.refresh_from_db()
    assert (request.outcome, request.closed_at is not None) == ("Brought two.", True)
    assert request.history.latest().history_user == w.nurse
    assert request.history.count() == 3


def test_a_closed_request_is_not_closed_otherwise_nor_handed_over(w: World) -> None:
    request = asked(w, w.occupant())
    looking_after.close(request, outcome="Brought.", by=w.nurse)
    with pytest.raises(Refused, match="request-closed"):
        looking_after.close(request, outcome="Lost.", by=w.nurse)
    with pytest.raises(Refused, match="request-closed"):
        request.hand_to(responsible=w.teacher(), by=w.nurse)
    assert Request.objects.get().outcome == "Brought."


def test_requests_are_filtered_by_kind_and_by_who_is_responsible(w: World) -> None:
    occupant, phone = w.occupant(), phone_of(w.nurse)
    asked(w, occupant, words="Two towels")
    asked(w, occupant, kind="repair", words="Lamp is dark", responsible=w.teacher())
    page = reverse("requests", args=[w.building.pk])
    assert "Lamp is dark" not in said(phone.get(page, {"kind": "linen"}))
    assert "Two towels" not in said(phone.get(page, {"responsible": w.teacher().pk}))
    nobody = said(phone.get(page, {"responsible": "nobody"}))
    assert "Two towels" in nobody
    assert "Lamp is dark" not in nobody


def test_a_parcel_arrives_by_one_tap_and_is_delivered_by_one_tap_twice_changing_nothing(w: World) -> None:
    occupant, phone = w.occupant(), phone_of(w.duty_officer)
    form = {"occupant": occupant.pk, "words": "SF 1234", "client_id": str(uuid4())}
    for _tap in range(2):
        phone.post(reverse("parcel_arrived", args=[w.building.pk]), form)
    parcel = Request.objects.get()
    assert (parcel.kind, parcel.words, parcel.entered_by) == ("parcel", "SF 1234", w.duty_officer)
    assert "SF 1234" in said(phone.get(reverse("deliveries", args=[w.building.pk])))
    for _tap in range(2):
        assert phone.post(reverse("deliver", args=[parcel.pk])).status_code == 302
    parcel.refresh_from_db()
    assert (parcel.outcome, parcel.history.count()) == ("Delivered at the door.", 2)


def test_only_a_parcel_is_delivered(w: World) -> None:
    request = asked(w, w.occupant())
    with pytest.raises(Refused, match="request-no-parcel"):
        looking_after.deliver(request, by=w.nurse)
    assert Request.objects.open().count() == 1


def test_no_parcel_is_entered_for_somebody_in_another_building(w: World) -> None:
    other = make_world("South Court").occupant()
    form = {"occupant": other.pk, "client_id": str(uuid4())}
    answer = phone_of(w.nurse).post(reverse("parcel_arrived", args=[w.building.pk]), form)
    assert (answer.status_code, Request.objects.count()) == (404, 0)


def test_a_talk_is_noted_with_who_calls_again_and_when_and_those_due_stand_first(w: World) -> None:
    occupant, phone, day = w.occupant(), phone_of(w.nurse), today(w.building)
    form = {"words": "Sleeps badly.", "again_on": day, "responsible": w.teacher().pk, "client_id": str(uuid4())}
    for _tap in range(2):
        assert phone.post(reverse("new_care_note", args=[occupant.pk]), form).status_code == 302
    note = CareNote.objects.get()
    assert (note.words, note.written_by, note.responsible, note.again_on) == (
        "Sleeps badly.",
        w.nurse,
        w.teacher(),
        day,
    )
    looking_after.note(
        w.occupant(name="Calm Guest"),
        words="Reads a lot.",
        responsible=None,
        again_on=day + timedelta(days=2),
        by=w.nurse,
        client_id=uuid4(),
    )
    page = said(phone.get(reverse("care_notes", args=[w.building.pk])))
    assert page.index("To call today") < page.index("Sleeps badly.") < page.index("Later") < page.index("Reads a lot.")


def test_a_talk_without_another_call_is_closed_at_once(w: World) -> None:
    note = looking_after.note(
        w.occupant(), words="Well.", responsible=None, again_on=None, by=w.nurse, client_id=uuid4()
    )
    assert note.closed_at is not None


def test_a_note_is_closed_once_and_only_by_whoever_looks_after_requests(w: World) -> None:
    note = looking_after.note(
        w.occupant(), words="Worried.", responsible=None, again_on=today(w.building), by=w.nurse, client_id=uuid4()
    )
    address, form = reverse("close_care_note", args=[note.pk]), {"outcome": "Called; better."}
    assert phone_of(w.auditor).post(address, form).status_code == 403
    assert phone_of(w.mover).post(address, form).status_code == 404
    assert [phone_of(w.nurse).post(address, form).status_code for _tap in range(2)] == [302, 302]
    note.refresh_from_db()
    assert (note.outcome, note.history.count()) == ("Called; better.", 2)


def incident_form(**more: object) -> dict[str, object]:
    return {
        "kind": IncidentKind.OUTAGE,
        "words": "No water on floor 2.",
        "happened_at": f"{timezone.localtime() - timedelta(minutes=20):%Y-%m-%dT%H:%M}",
        "client_id": str(uuid4()),
        **more,
    }


def test_an_incident_is_reported_once_handed_over_and_closed_with_how_it_ended(w: World) -> None:
    room, phone, form = w.room(), phone_of(w.duty_officer), incident_form()
    for _tap in range(2):
        answer = phone.post(reverse("report_incident", args=[w.building.pk]), {**form, "room": room.pk})
        assert answer.status_code == 302
    incident = Incident.objects.get()
    assert (incident.kind, incident.room, incident.reported_by) == ("outage", room, w.duty_officer)
    assert "No water on floor 2." in said(phone.get(reverse("incidents", args=[w.building.pk])))
    phone.post(reverse("hand_incident", args=[incident.pk]), {"responsible": w.teacher().pk})
    for _tap in range(2):
        phone.post(reverse("close_incident", args=[incident.pk]), {"outcome": "The pump was started again."})
    incident.refresh_from_db()
    assert (incident.responsible, incident.outcome) == (w.teacher(), "The pump was started again.")
    assert incident.history.count() == 3


def test_an_incident_does_not_happen_in_the_future(w: World) -> None:
    later = f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    form = incident_form(happened_at=later)
    answer = phone_of(w.nurse).post(reverse("report_incident", args=[w.building.pk]), form)
    assert (answer.status_code, Incident.objects.count()) == (409, 0)


def test_an_incident_names_no_room_of_another_building(w: World) -> None:
    form = incident_form(room=make_world("South Court").room().pk)
    answer = phone_of(w.nurse).post(reverse("report_incident", args=[w.building.pk]), form)
    assert (answer.status_code, Incident.objects.count()) == (422, 0)
