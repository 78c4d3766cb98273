"""What must not be entered, through the pages that people use: each is told in a sentence, and nothing is kept half."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from observation import moving, rounds
from observation.ending import today
from observation.models import Alert, HealthCheck, Occupant, OccupantState, Stay
from people.models import Person
from rooms.models import RoomInspection, RoomState
from tests.inventory.phone import phone_of, said
from tests.observation.test_admission import typed
from tests.observation.test_round_on_a_phone import tap
from tests.sheets import fixture
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def hidden(client: Client, url: str) -> dict[str, str]:
    """What a form on the page sends besides what is typed."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', client.get(url).text))


TEMPERATURES = [
    ("73.3", "73.3 cannot be right: a temperature lies between 35.0 and 42.0 °C. Measure again."),
    ("3.66", "3.66 is no temperature: is the point missing or misplaced? 36.6?"),
    ("366", "366 is no temperature: is the point missing or misplaced? 36.6?"),
    ("99", "99 looks like °F. Measure in °C."),
    ("99 °F", "99 °F is in °F. Measure in °C."),
    ("36,5,1", "“36,5,1” is not a temperature. Write it like 36.5."),
]


@pytest.mark.parametrize(("text", "sentence"), TEMPERATURES)
def test_what_no_thermometer_shows_is_told_on_the_round_in_a_correction_and_in_the_grid(
    w: World, text: str, sentence: str
) -> None:
    one, two = w.occupant(w.ready_room("201").beds.get()), w.occupant(w.ready_room("202").beds.get())
    nurse = phone_of(w.nurse)
    url = reverse("take_reading", args=[one.pk])
    answer = tap(nurse, url, temperature=text, symptoms=["cough"])
    assert (answer.status_code, sentence in said(answer)) == (422, True)
    assert re.search(r'value="cough"[^>]*checked', answer.text)
    assert not HealthCheck.objects.exists()

    tap(nurse, url, temperature="36.5")
    right = HealthCheck.objects.get()
    answer = tap(nurse, reverse("correct_reading", args=[right.pk]), temperature=text, why="Misread")
    assert (answer.status_code, sentence in said(answer)) == (422, True)
    assert f'value="{text}"' in answer.text
    assert 'value="Misread"' in answer.text

    slot = rounds.current_slot(w.building, timezone.now())
    cell = f"t-{two.pk}-{slot.hour}"
    grid = f"{reverse('check_grid', args=[w.building.pk])}?day={slot.day.isoformat()}"
    answer = nurse.post(grid, {"day": slot.day.isoformat(), "client_id": str(uuid4()), cell: text})
    assert (answer.status_code, sentence in said(answer)) == (422, True)
    assert f'name="{cell}" value="{text}"' in answer.text
    assert HealthCheck.objects.get() == right
    assert not Alert.objects.exists()


@pytest.mark.parametrize("ended", [OccupantState.RELEASED, OccupantState.AT_HOSPITAL])
def test_a_reading_for_somebody_released_says_so_and_is_not_kept(w: World, ended: str) -> None:
    w.protocol(release_needs=[])
    occupant = w.occupant(name="Guest Wang")
    nurse = phone_of(w.nurse)
    url = reverse("take_reading", args=[occupant.pk])
    form = hidden(nurse, url)  # the page still stands open on the nurse's phone
    if ended == OccupantState.RELEASED:
        moving.release(occupant, by=w.site_lead)
    else:
        transfer = moving.send_to_hospital(
            occupant, hospital="District", reason="Fever", vehicle="Car", by=w.duty_officer
        )
        for kind in ("agreed", "vehicle", "left"):
            transfer.refresh_from_db()
            moving.take_transfer_step(transfer, kind=kind, by=w.duty_officer, client_id=uuid4())
    answer = nurse.post(url, {**form, "temperature": "36.5"})
    occupant.refresh_from_db()
    told = f"Guest Wang is {occupant.get_state_display()}. Only somebody who stays here is measured."
    assert (answer.status_code, told in said(answer)) == (409, True)
    cell = f"t-{occupant.pk}-{form['hour']}"
    grid = f"{reverse('check_grid', args=[w.building.pk])}?day={form['day']}"
    answer = nurse.post(grid, {"day": form["day"], "client_id": str(uuid4()), cell: "36.5"})
    assert (answer.status_code, told in said(answer)) == (422, True)
    assert not HealthCheck.objects.exists()


def test_the_second_nurse_of_a_slot_is_told_whose_reading_stands(w: World) -> None:
    occupant = w.occupant()
    url = reverse("take_reading", args=[occupant.pk])
    first, second = phone_of(w.nurse), phone_of(w.user("nurse", name="second"))
    form = hidden(second, url)
    tap(first, url, temperature="38.2")
    answer = second.post(url, {**form, "temperature": "36.6", "symptoms": ["cough"]})
    told = f"{w.nurse} took this reading at"
    assert (answer.status_code, told in said(answer), "38.2 °C. Correct it" in said(answer)) == (409, True, True)
    assert str(HealthCheck.objects.get().temperature) == "38.2"
    assert Alert.objects.get().check_up == HealthCheck.objects.get()


def test_the_second_admission_to_a_bed_is_told_keeps_what_was_typed_and_enters_nobody(w: World) -> None:
    bed = w.ready_room("201").beds.get()
    w.ready_room("202")
    page = reverse("admit", args=[w.building.pk])
    one, two = phone_of(w.duty_officer), phone_of(w.user("duty-officer", name="second"))
    forms = [
        typed(w, name=name, passport_name="", passport_number=number, bed=bed.pk, came_from="Wuhan")
        for name, number in (("Wang", "A1"), ("Zhang", "B2"))
    ]
    assert all("201" in said(officer.get(page)) for officer in (one, two))  # both see the bed as free
    people = Person.objects.count()
    assert one.post(page, forms[0]).status_code == 302
    answer = two.post(page, forms[1])
    assert answer.status_code == 409
    assert "bed" in said(answer)
    assert re.search(r"This bed was just given to someone else|is taken|not free", said(answer)), said(answer)[:900]
    for kept in ("Zhang", "B2", "Wuhan"):
        assert f'value="{kept}"' in answer.text
    assert (Stay.objects.get().occupant.person.name, Person.objects.count()) == ("Wang", people + 1)


def test_an_exposure_in_the_future_is_told_beside_what_was_typed(w: World) -> None:
    w.ready_room("201")
    tomorrow = (today(w.building) + timedelta(days=1)).isoformat()
    people = Person.objects.count()
    answer = phone_of(w.duty_officer).post(reverse("admit", args=[w.building.pk]), typed(w, last_exposure=tomorrow))
    assert (answer.status_code, "The last exposure cannot lie in the future." in said(answer)) == (409, True)
    assert f'value="{tomorrow}"' in answer.text
    assert 'value="Omar"' in answer.text
    assert (Person.objects.count(), Occupant.objects.count(), Stay.objects.count()) == (people, 0, 0)


def test_a_bus_load_with_half_its_rows_wrong_is_shown_row_by_row_and_kept_only_when_asked(w: World) -> None:
    for n in range(1, 25):
        w.ready_room(f"2{n:02}")
    page = reverse("import_occupants", args=[w.building.pk])
    officer = phone_of(w.duty_officer)
    people = Person.objects.count()
    file = SimpleUploadedFile("busload.xlsx", fixture("busload_half_wrong.xlsx"))
    shown = officer.post(page, {"file": file})
    words = said(shown)
    assert "11 new, 0 changed, 0 unchanged, 11 refused" in words
    assert "The name is missing. Type the person's name." in words
    assert "future" in words
    assert (Person.objects.count(), Occupant.objects.count()) == (people, 0)
    # All or nothing: asked for all, nothing is written.
    refused = officer.post(page, {"ticket": shown.context["ticket"], "act": "all"})
    assert refused.status_code in {409, 422}
    assert (Person.objects.count(), Occupant.objects.count(), Stay.objects.count()) == (people, 0, 0)
    again = officer.post(page, {"file": SimpleUploadedFile("b.xlsx", fixture("busload_half_wrong.xlsx"))})
    done = officer.post(page, {"ticket": again.context["ticket"], "act": "good"})
    assert done.status_code == 302
    assert (Occupant.objects.count(), Stay.objects.open().count()) == (11, 11)


def test_a_release_with_an_open_alert_is_told_and_ends_nothing(w: World) -> None:
    w.protocol(release_needs=["full-period"])
    occupant = w.occupant(last_exposure=today(w.building) - timedelta(days=14))
    tap(phone_of(w.nurse), reverse("take_reading", args=[occupant.pk]), temperature="38.1")
    lead, page = phone_of(w.site_lead), reverse("release_occupant", args=[occupant.pk])
    sentence = "An alert of this person is still open. Close it first."
    assert sentence in said(lead.get(page))
    answer = lead.post(page)
    assert (answer.status_code, sentence in said(answer)) == (409, True)
    occupant.refresh_from_db()
    assert (occupant.state, occupant.ended_at, occupant.stay.ends_at) == (OccupantState.STAYING, None, None)
    assert occupant.stay.bed.room.state == RoomState.OCCUPIED
    assert not occupant.certificates.exists()


@pytest.mark.parametrize("state", ["taken over", "left"])
def test_a_room_made_ready_without_disinfection_is_told_and_stays_as_it_was(w: World, state: str) -> None:
    w.protocol(release_needs=[])
    if state == "left":
        room = w.ready_room("201")
        moving.release(w.occupant(room.beds.get()), by=w.site_lead)
    else:
        room = w.room("201")
        phone_of(w.nurse).post(reverse("take_over", args=[room.pk]))
    room.refresh_from_db()
    before, inspections = room.state, RoomInspection.objects.count()
    answer = phone_of(w.site_lead).post(
        reverse("inspect", args=[room.pk]), {"accepted": "yes", "fault": "", "client_id": str(uuid4())}
    )
    assert answer.status_code == 409
    told = f"Room 201 is {room.get_state_display()}. Only a disinfected room is inspected."
    assert told in said(answer)
    room.refresh_from_db()
    assert (room.state, RoomInspection.objects.count()) == (before, inspections)
    assert before in {RoomState.TO_DISINFECT, RoomState.CLEARED}
