"""Packing a room on the phone: from the closed door to the closed room."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Code
from inventory.models import Box, ConsentState, CustodyEvent, Item, NoteAnswer, Override, Photo, PhotoKind, RoomPacking
from rooms.models import RoomState
from tests.inventory.phone import cut_photo, phone_of, photo_file, said, thing
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def test_roster_notes_stand_on_the_page_before_the_door_opens_and_must_be_answered(w):
    room = w.room()
    student = w.student(room, notes="Insulin in the fridge")
    w.consent(student)
    phone = phone_of(w.mover)
    w.pair()

    page = phone.get(f"/rooms/{room.pk}/")
    assert page.status_code == 200
    assert "Insulin in the fridge" in said(page)

    unanswered = phone.post(f"/rooms/{room.pk}/open/", {f"answer_{student.pk}": ""})
    assert unanswered.status_code == 422
    assert "Say first what you will do about this note." in said(unanswered)
    assert RoomPacking.objects.count() == 0

    opened = phone.post(f"/rooms/{room.pk}/open/", {f"answer_{student.pk}": "Goes into the cold box at once."})
    assert (opened.status_code, opened["Location"]) == (302, f"/rooms/{room.pk}/")
    packing = RoomPacking.objects.get()
    assert (packing.opened_by, packing.witness) == (w.mover, w.witness)
    assert NoteAnswer.objects.get().answer == "Goes into the cold box at once."
    assert "Goes into the cold box at once." in said(phone.get(f"/rooms/{room.pk}/"))


def test_a_room_stays_closed_while_a_roommate_refuses_and_the_answers_are_kept(w):
    room = w.room(beds=2)
    agrees, refuses = w.student(room, notes="Cash in the drawer"), w.student(room)
    w.consent(agrees)
    w.consent(refuses, ConsentState.REFUSED)
    w.pair()

    page = phone_of(w.mover).get(f"/rooms/{room.pk}/")
    assert "The room stays closed" in said(page)
    assert b'id="open"' not in page.content

    answer = phone_of(w.mover).post(f"/rooms/{room.pk}/open/", {f"answer_{agrees.pk}": "Counted by two."})
    assert answer.status_code == 409
    assert f"The room stays closed: {refuses.person.name} has not agreed" in said(answer)
    assert "Counted by two." in answer.content.decode()
    assert RoomPacking.objects.count() == 0


def test_a_protected_half_is_named_in_plain_words_and_gets_no_box(w):
    room = w.room(beds=2)
    agrees, silent = w.student(room), w.student(room)
    w.consent(agrees)
    Override.propose(silent, reach="enter", reason="Roommate must move", by=w.manager).sign(by=w.site_lead)
    w.surveyed(room)
    phone = phone_of(w.mover)

    page = said(phone.get(f"/rooms/{room.pk}/"))
    assert "This half stays as it is: photograph it, open nothing, pack nothing." in page

    label = Code.issue().value
    refused = phone.post(
        f"/rooms/{room.pk}/boxes/", {"label": label, "student": str(silent.pk), "client_id": str(uuid4())}
    )
    assert refused.status_code == 422
    assert Box.objects.count() == 0


def test_walk_in_views_are_taken_one_by_one_and_the_last_one_surveys_the_room(w):
    room = w.room(own_bathroom=False)
    w.consent(w.student(room))
    phone = phone_of(w.mover)
    w.pair()
    phone.post(f"/rooms/{room.pk}/open/")
    address = f"/rooms/{room.pk}/photos/"
    for n, view in enumerate(["door", "desk", "drawers", "wardrobe", "bed"]):
        room.refresh_from_db()
        assert room.state == RoomState.LIVED_IN, n
        sent = {"client_id": str(uuid4()), "kind": "room-before", "viewpoint": view, "photos": photo_file()}
        assert phone.post(address, sent).status_code == 302
    room.refresh_from_db()
    assert room.state == RoomState.SURVEYED
    taken = Photo.objects.order_by("pk").values_list("kind", "viewpoint", "by")
    assert [viewpoint for _kind, viewpoint, _by in taken] == ["door", "desk", "drawers", "wardrobe", "bed"]
    assert {(kind, by) for kind, _viewpoint, by in taken} == {(PhotoKind.ROOM_BEFORE, w.mover.pk)}


def test_several_photos_at_once_keep_the_good_ones_and_name_the_bad_one(w):
    room = w.room()
    w.consent(w.student(room))
    phone = phone_of(w.mover)
    w.pair()
    phone.post(f"/rooms/{room.pk}/open/")
    sent = {
        "client_id": str(uuid4()),
        "kind": "room-before",
        "viewpoint": "drawers",
        "photos": [photo_file("a.jpg"), cut_photo("b.jpg"), photo_file("c.jpg")],
    }
    answer = phone.post(f"/rooms/{room.pk}/photos/", sent)
    assert answer.status_code == 422
    assert "b.jpg: The end of the photo is missing, the transfer was cut short. Send it again." in said(answer)
    assert Photo.objects.filter(viewpoint="drawers").count() == 2


def test_with_script_only_the_tile_is_answered_and_how_the_room_stands(w):
    room = w.room()
    w.consent(w.student(room))
    phone = phone_of(w.mover)
    w.pair()
    phone.post(f"/rooms/{room.pk}/open/")
    sent = {"client_id": str(uuid4()), "kind": "room-before", "viewpoint": "door", "photos": photo_file()}
    answer = phone.post(f"/rooms/{room.pk}/photos/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.lstrip().startswith('<li id="room-before-door"')
    assert "<html" not in text
    assert 'id="next"' in text
    assert 'data-opens="room-before-desk"' in text


def test_a_double_tap_keeps_one_photo(w):
    room = w.room()
    w.consent(w.student(room))
    phone = phone_of(w.mover)
    w.pair()
    phone.post(f"/rooms/{room.pk}/open/")
    once = photo_file().read()
    for _tap in range(2):
        file = photo_file()
        file.file.seek(0)
        file.file.truncate()
        file.file.write(once)
        file.file.seek(0)
        file.size = len(once)
        sent = {"client_id": "6f0c5f8e-58f6-4a44-9f6d-1f1a2f5f0b11", "kind": "room-before", "viewpoint": "door"}
        phone.post(f"/rooms/{room.pk}/photos/", {**sent, "photos": file})
    assert Photo.objects.count() == 1


def test_a_blank_label_becomes_a_box_once(w):
    room = w.room()
    student = w.student(room)
    w.consent(student)
    w.surveyed(room)
    phone = phone_of(w.mover)
    label = Code.issue().value
    sent = {"label": f"http://localhost:8000/q/{label.lower()}", "student": str(student.pk), "client_id": str(uuid4())}

    claimed = phone.post(f"/rooms/{room.pk}/boxes/", sent)
    box = Box.objects.get()
    assert (claimed.status_code, claimed["Location"]) == (302, f"/boxes/{box.pk}/")
    assert (box.code_id, box.student, box.room) == (label, student, room)
    assert CustodyEvent.objects.get().kind == "packed"

    again = phone.post(f"/rooms/{room.pk}/boxes/", sent)
    assert again["Location"] == f"/boxes/{box.pk}/"

    second = phone.post(f"/rooms/{room.pk}/boxes/", {**sent, "client_id": str(uuid4())})
    assert second.status_code == 409
    assert "This label is already in use. Take a new blank label." in said(second)
    assert label.lower() in second.content.decode()
    assert Box.objects.count() == 1


def test_a_thing_goes_in_with_photos_condition_and_handling(w):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    sent = thing(
        student,
        description="Violin",
        category="instrument",
        handling=["fragile", "valuable"],
        damage_1="SC",
        spot_1="back, left",
        damage_2="Z",
        spot_2="bridge",
        photos=[photo_file("1.jpg"), photo_file("2.jpg")],
    )
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/boxes/{box.pk}/")
    item = Item.objects.get()
    assert (item.description, item.category, item.quantity, item.owner) == ("Violin", "instrument", 1, student)
    assert item.condition == [{"code": "SC", "place": "back, left"}, {"code": "Z", "place": "bridge"}]
    assert item.handling == ["fragile", "valuable"]
    assert item.photos.count() == 2

    page = phone_of(w.mover).get(f"/boxes/{box.pk}/")
    assert "scratched (SC): back, left" in said(page)
    # The next thing starts with what the last one was.
    form = page.context["item_form"]
    assert (form["category"].value(), form["quantity"].value(), form["whose"].value()) == (
        "instrument",
        1,
        str(student.pk),
    )


def test_a_double_tap_puts_one_thing_in(w):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    sent = thing(student)
    for _tap in range(2):
        assert phone_of(w.mover).post(f"/boxes/{box.pk}/items/", sent).status_code == 302
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"description": ""}, "This field is required."),
        ({"damage_1": "SC"}, "Say where on the thing, for example: left corner."),
        ({"spot_1": "lid"}, "Choose what is the matter there."),
        ({"quantity": "0"}, "Ensure this value is greater than or equal to 1."),
    ],
)
def test_what_is_wrong_with_a_thing_is_said_and_the_rest_is_kept(w, wrong, sentence):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    sent = thing(student, handling=["fragile"], **wrong)
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", sent)
    assert answer.status_code == 422
    assert sentence in said(answer)
    form = answer.context["item_form"]
    kept = {name: form[name].value() for name in ("category", "whose", "handling", "client_id")}
    assert kept == {
        "category": "clothing",
        "whose": str(student.pk),
        "handling": ["fragile"],
        "client_id": sent["client_id"],
    }
    assert Item.objects.count() == 0


def test_a_damaged_photo_stands_beside_its_field_and_the_words_are_kept(w):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", thing(student, photos=[photo_file(), cut_photo()]))
    assert answer.status_code == 422
    assert answer.context["item_form"].errors.keys() == {"photos"}
    assert "IMG_cut.jpg: The end of the photo is missing" in said(answer)
    assert 'value="Blue coat"' in answer.content.decode()
    assert (Item.objects.count(), Photo.objects.filter(box=box).count()) == (0, 0)


def test_text_with_nul_is_refused(w):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", thing(student, description="Coat\x00"))
    assert answer.status_code == 400
    assert Item.objects.count() == 0


def test_the_room_closes_when_all_is_sealed_and_seen_and_says_before_what_is_missing(w):
    student = w.student()
    w.consent(student)
    room = w.surveyed(student.bed.room)
    w.box(student)
    phone = phone_of(w.mover)
    page = said(phone.get(f"/rooms/{room.pk}/"))
    assert "1 box to seal" in page
    assert "walk-out views: from the door, desk, each drawer, wardrobe, bed, bathroom" in page

    early = phone.post(f"/rooms/{room.pk}/close/")
    assert early.status_code == 409
    assert "1 boxes of this room are not sealed yet. Seal them first." in said(early)

    box = Box.objects.get()
    sealed = phone.post(f"/boxes/{box.pk}/seal/", {"number": "s-77", "client_id": str(uuid4())})
    assert sealed.status_code == 302
    w.views(room, PhotoKind.ROOM_AFTER)
    for _tap in range(2):
        assert phone.post(f"/rooms/{room.pk}/close/")["Location"] == f"/rooms/{room.pk}/"
    room.refresh_from_db()
    assert room.state == RoomState.PACKED
    assert RoomPacking.objects.get().closing_witness == w.witness


def test_one_who_may_only_look_sees_the_room_and_no_form(w):
    student = w.student(notes="A plant")
    w.consent(student)
    room = w.surveyed(student.bed.room)
    box = w.box(student)
    phone = phone_of(w.reader)
    for page in (phone.get(f"/rooms/{room.pk}/"), phone.get(f"/boxes/{box.pk}/")):
        assert page.status_code == 200
        main = page.content.decode().partition("<main")[2]
        assert "<form" not in main
    assert phone.post(f"/boxes/{box.pk}/items/", thing(student)).status_code == 403


@pytest.mark.parametrize("boxes", [1, 30])
def test_the_room_page_asks_the_database_as_often_for_thirty_boxes_as_for_one(w, boxes, django_assert_num_queries):
    student = w.student(notes="A plant")
    w.consent(student)
    room = w.surveyed(student.bed.room)
    for _n in range(boxes):
        w.box(student)
    phone = phone_of(w.mover)
    phone.get(f"/rooms/{room.pk}/")  # what Django remembers for the life of a process is asked once
    with django_assert_num_queries(11):
        assert phone.get(f"/rooms/{room.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jpg", b"", "The file is empty, nothing arrived. Choose the photo again."),
        ("b.jpg", b"%PDF-1.7 odd", "This is a PDF document, not a photo. Send a photo as JPEG, PNG or WebP."),
        ("c.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is a drawing (SVG), not a photo."),
    ],
)
def test_what_is_no_photo_is_named_beside_the_field(w, name, content, sentence):
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    file = SimpleUploadedFile(name, content, "image/jpeg")
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", thing(student, photos=file))
    assert answer.status_code == 422
    assert f"{name}: {sentence}" in answer.context["item_form"].errors["photos"][0]


def test_a_photo_heavier_than_the_site_takes_says_how_heavy_it_may_be(w, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.box(student, items=0)
    heavy = SimpleUploadedFile("heavy.jpg", b"\xff\xd8\xff" + bytes(2 * 1024 * 1024), "image/jpeg")
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", thing(student, photos=heavy))
    assert answer.status_code == 422
    assert "heavy.jpg: The file is larger than 1 MB. Send the photo in a smaller size." in said(answer)


def test_reloading_the_page_of_a_refused_act_leads_back_to_the_thing(w):
    student = w.student()
    w.consent(student)
    room = w.surveyed(student.bed.room)
    box = w.box(student)
    phone = phone_of(w.mover)
    for act in ("open", "photos", "boxes", "close"):
        assert phone.get(f"/rooms/{room.pk}/{act}/")["Location"] == f"/rooms/{room.pk}/"
    for act in ("items", "photos", "seal", "load", "store"):
        assert phone.get(f"/boxes/{box.pk}/{act}/")["Location"] == f"/boxes/{box.pk}/"
