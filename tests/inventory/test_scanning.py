"""Scanning: where a code leads, and what a stranger learns."""

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from core.codes import new_code, scan_url
from core.models import Code
from core.qr import qr_png
from inventory.models import BoxState, CustodyEvent
from tests.inventory.phone import phone_of, photo_file, said
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


def label_photo(*codes: str) -> SimpleUploadedFile:
    """A photo of labels that lie side by side."""
    squares = []
    for code in codes:
        square = Image.open(io.BytesIO(qr_png(scan_url(code))))
        squares.append(square.resize((square.width * 6, square.height * 6), Image.Resampling.NEAREST))
    paper = Image.new("L", (sum(square.width for square in squares), squares[0].height), 255)
    x = 0
    for square in squares:
        paper.paste(square, (x, 0))
        x += square.width
    out = io.BytesIO()
    paper.save(out, "JPEG")
    return SimpleUploadedFile("labels.jpg", out.getvalue(), "image/jpeg")


@pytest.mark.parametrize("shape", ["/Q/{}", "/q/{}", "/Q/{}/"])
def test_staff_are_led_to_the_thing_in_any_case(w, student, shape):
    box, place = w.box(student), w.place()
    things = {
        box.code_id: f"/boxes/{box.pk}/",
        place.code_id: f"/places/{place.pk}/",
        student.bed.room.code_id: f"/rooms/{student.bed.room_id}/",
        student.code_id: f"/students/{student.pk}/",
    }
    phone = phone_of(w.mover)
    for code, page in things.items():
        for spelled in (code, code.lower(), f"{code[:4]}-{code[4:]}"):
            answer = phone.get(shape.format(spelled))
            assert (answer.status_code, answer["Location"]) == (302, page)


def test_strangers_get_one_answer_byte_for_byte_whatever_the_code(w, student):
    box = w.stored(student)
    codes = [
        box.code_id,
        box.place.code_id,
        student.code_id,
        student.bed.room.code_id,
        Code.issue().value,
        new_code(),
        "NONSENSE",
    ]
    foreign = make_world("South Court")
    # The door of the occupant's page repeats the code that was asked for, whatever it stands for.
    pages = {
        phone.get(f"/Q/{code}?language=en").content.replace(f"/O/{code}".encode(), b"/O/")
        for phone in (Client(), phone_of(foreign.reader))
        for code in codes
    }
    assert len(pages) == 1
    (page,) = (content.decode() for content in pages)
    assert "This is in our safekeeping" in page
    assert w.building.phone in page
    for secret in (student.person.name, student.student_number, box.code_id, box.place.name + " ", "csrf"):
        assert secret not in page


@pytest.mark.parametrize(("language", "direction"), [("zh-hans", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_strangers_read_it_in_their_language(w, language, direction):
    page = Client().get(f"/Q/{new_code()}?language={language}")
    assert page["Content-Language"] == language
    assert f'lang="{language}" dir="{direction}"' in page.content.decode()


def test_staff_who_are_not_logged_in_yet_come_back_to_the_thing(w, student):
    box = w.box(student)
    answer = Client().get(f"/Q/{box.code_id}?staff")
    assert answer["Location"] == f"/log-in/?next=/Q/{box.code_id}"


def test_looking_at_a_code_changes_nothing(w, student):
    label = Code.issue()
    for phone in (Client(), phone_of(w.mover)):
        assert phone.get(f"/Q/{label.value}").status_code == 200
    label.refresh_from_db()
    assert label.kind == ""
    assert Client().post(f"/Q/{label.value}").status_code == 405


def test_a_blank_label_leads_a_mover_to_the_rooms_being_packed(w, student):
    label = Code.issue().value
    phone = phone_of(w.mover)
    page = phone.get(f"/Q/{label}")
    room = student.bed.room
    assert f'href="/scan/?room={room.pk}&amp;label={label}"' in page.content.decode()
    claiming = phone.get(f"/scan/?room={room.pk}&label={label}")
    assert claiming.context["form"]["label"].value() == label
    assert claiming.context["form"]["student"].value() == str(student.pk)
    assert f'action="/rooms/{room.pk}/boxes/"' in claiming.content.decode()


def test_a_scanned_code_leads_to_its_thing_and_a_wrong_one_stays_typed(w, student):
    box = w.box(student)
    phone = phone_of(w.mover)
    sent = {"client_id": str(uuid4()), "code": scan_url(box.code_id)}
    assert phone.post("/scan/", sent)["Location"] == f"/boxes/{box.pk}/"
    wrong = phone.post("/scan/", {**sent, "code": "ABCDEFGHJ"})
    assert wrong.status_code == 409
    assert "This is not a code of ours. Scan again or type the nine characters." in said(wrong)
    assert 'value="ABCDEFGHJ"' in wrong.content.decode()


def test_what_is_invisible_is_unknown_to_a_scan(w, student):
    foreign = make_world("South Court")
    box = w.box(student)
    answer = phone_of(foreign.mover).post("/scan/", {"client_id": str(uuid4()), "code": box.code_id})
    assert answer.status_code == 409
    assert "No thing of your buildings carries this code." in said(answer)
    assert phone_of(foreign.mover).get(f"/scan/?box={box.code_id}").status_code == 404
    assert phone_of(foreign.mover).get(f"/scan/?room={box.room_id}").status_code == 404


def test_twelve_boxes_go_to_a_shelf_in_thirteen_scans(w, student):
    shelf = w.place("A1", slots=12)
    boxes = [w.sealed(student) for _n in range(12)]
    phone = phone_of(w.mover)
    address = "/scan/"
    for code in [shelf.code_id, *(box.code_id for box in boxes)]:
        answer = phone.post(address, {"client_id": str(uuid4()), "code": code})
        assert answer.status_code == 302
        address = answer["Location"]
        assert address == f"/scan/?place={shelf.code_id}"
    page = said(phone.get(address))
    assert "12 of 12 slots taken, 0 free" in page
    assert {box.place for box in shelf.boxes.select_related("place")} == {shelf}
    assert CustodyEvent.objects.filter(kind="stored", to_place=shelf).count() == 12


def test_with_script_each_scan_is_a_line_and_a_refusal_does_not_stop_the_row(w, student):
    shelf = w.place("A1", slots=1)
    first, second = w.sealed(student), w.sealed(student)
    phone = phone_of(w.mover)

    def scanned(code: str):
        sent = {"client_id": str(uuid4()), "code": code}
        return phone.post(f"/scan/?place={shelf.code_id}", sent, headers={"HX-Request": "true"})

    done = scanned(first.code_id)
    assert done.status_code == 200
    assert "1 of 1 slots taken, 0 free" in said(done)
    assert f'href="/boxes/{first.pk}/"' in done.content.decode()
    full = scanned(second.code_id)
    assert full.status_code == 200
    assert 'class="refused"' in full.content.decode()
    assert "Place A1 is full. Choose another one." in said(full)
    other = w.place("B2")
    assert scanned(other.code_id)["HX-Redirect"] == f"/scan/?place={other.code_id}"


def test_one_who_may_not_pack_cannot_store_by_scan(w, student):
    shelf, box = w.place("A1"), w.sealed(student)
    phone = phone_of(w.reader)
    assert phone.get(f"/scan/?place={shelf.code_id}").status_code == 403
    answer = phone.post("/scan/", {"client_id": str(uuid4()), "code": shelf.code_id})
    assert answer["Location"] == f"/places/{shelf.pk}/"
    answer = phone.post(f"/scan/?place={shelf.code_id}", {"client_id": str(uuid4()), "code": box.code_id})
    assert answer.status_code == 403
    box.refresh_from_db()
    assert box.state == BoxState.SEALED


def test_a_photo_of_labels_is_read_for_script_and_stores_without_it(w, student):
    shelf = w.place("A1")
    boxes = [w.sealed(student), w.sealed(student)]
    codes = [box.code_id for box in boxes]
    phone = phone_of(w.mover)
    read = phone.post(
        "/scan/photo/",
        {"client_id": str(uuid4()), "photo": label_photo(*codes)},
        headers={"Accept": "application/json"},
    )
    assert read.json() == {"codes": [scan_url(code) for code in codes]}

    sent = {"client_id": str(uuid4())}
    for _tap in range(2):
        answer = phone.post(f"/scan/photo/?place={shelf.code_id}", {**sent, "photo": label_photo(*codes)})
        assert answer["Location"] == f"/scan/?place={shelf.code_id}"
    assert shelf.boxes.count() == 2
    assert CustodyEvent.objects.filter(to_place=shelf).count() == 2


def test_a_photo_without_a_code_says_what_to_do(w):
    answer = phone_of(w.mover).post("/scan/photo/", {"client_id": str(uuid4()), "photo": photo_file()})
    assert answer.status_code == 422
    assert "No code was found in the photo." in said(answer)


def test_a_scanned_shelf_takes_the_one_box_that_waits(w, student):
    box = w.sealed(student)
    page = phone_of(w.mover).get(f"/scan/?box={box.code_id}")
    assert f'action="/boxes/{box.pk}/store/"' in page.content.decode()
