"""Sealing a box: two people, one number, frozen contents."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from inventory.models import Box, BoxState, CustodyEvent, Item, Manifest, PairSession, Photo, PhotoKind, Seal
from tests.inventory.phone import cut_photo, phone_of, photo_file, said, thing
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


def seal(w: World, box: Box, number: str = "S-100", **more: str):
    return phone_of(w.mover).post(f"/boxes/{box.pk}/seal/", {"number": number, "client_id": str(uuid4()), **more})


def test_a_box_is_sealed_by_two_under_its_number(w, student):
    box = w.box(student)
    answer = seal(w, box, " s-100 ")
    assert (answer.status_code, answer["Location"]) == (302, f"/boxes/{box.pk}/")
    box.refresh_from_db()
    event = CustodyEvent.objects.get(box=box, kind="sealed")
    assert box.state == BoxState.SEALED
    assert (event.number, event.by, event.witness, event.seal_number) == (2, w.mover, w.witness, "S-100")
    page = said(phone_of(w.mover).get(f"/boxes/{box.pk}/"))
    assert "2 · sealed" in page
    assert f"{w.mover} + {w.witness}" in page


def test_a_seal_number_used_before_is_refused_beside_the_field_and_stays_typed(w, student):
    seal(w, w.box(student), "S-100")
    second = w.box(student)
    answer = seal(w, second, "s-100")
    assert answer.status_code == 409
    assert answer.context["seal_form"].errors == {
        "number": ["This seal number was used before. Take a new seal and type its number."]
    }
    assert 'value="s-100"' in answer.content.decode()
    second.refresh_from_db()
    assert second.state == BoxState.PACKING
    assert Seal.objects.count() == 1


def test_with_script_the_refusal_is_a_fragment_and_the_form_is_left_alone(w, student):
    seal(w, w.box(student), "S-100")
    second = w.box(student)
    answer = phone_of(w.mover).post(
        f"/boxes/{second.pk}/seal/",
        {"number": "S-100", "client_id": str(uuid4())},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert 'data-code="seal_number_stands_once"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_with_script_the_browser_is_sent_on(w, student):
    box = w.box(student)
    sent = {"number": "S-100", "client_id": str(uuid4())}
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/seal/", sent, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/boxes/{box.pk}/")


def test_a_double_tap_seals_once(w, student):
    box = w.box(student)
    sent = {"client_id": str(uuid4())}
    assert [seal(w, box, **sent).status_code for _tap in range(2)] == [302, 302]
    assert CustodyEvent.objects.filter(box=box, kind="sealed").count() == 1


def test_an_empty_box_and_a_box_without_photo_are_refused(w, student):
    box = w.box(student, items=0)
    empty = seal(w, box)
    assert (empty.status_code, "The box is empty. Add what is in it before sealing." in said(empty)) == (409, True)
    phone_of(w.mover).post(f"/boxes/{box.pk}/items/", thing(student))
    unseen = seal(w, box)
    assert unseen.status_code == 409
    assert "Take at least one photo of the contents before sealing." in said(unseen)


def test_without_a_witness_nothing_is_sealed_and_the_number_stays_typed(w, student):
    box = w.box(student)
    w.pair().end(by=w.mover)
    page = said(phone_of(w.mover).get(f"/boxes/{box.pk}/"))
    assert "No witness has joined." in page
    answer = seal(w, box, "S-100")
    assert answer.status_code == 409
    assert "Two people stand behind this step. Ask your witness to join first." in said(answer)
    assert 'value="S-100"' in answer.content.decode()


def test_after_quiet_minutes_the_pair_must_meet_again(w, student):
    box = w.box(student)
    pair = w.pair()
    PairSession.objects.filter(pk=pair.pk).update(last_act_at=timezone.now() - timedelta(minutes=11))
    assert seal(w, box).status_code == 409
    box.refresh_from_db()
    assert box.state == BoxState.PACKING


def test_nothing_more_goes_into_a_sealed_box(w, student):
    box = w.sealed(student)
    answer = phone_of(w.mover).post(f"/boxes/{box.pk}/items/", thing(student))
    assert answer.status_code == 409
    assert f"Box {box.code_id} is already sealed; its contents are frozen." in said(answer)
    assert 'value="Blue coat"' in answer.content.decode()
    assert Item.objects.filter(box=box).count() == 1


def test_photos_of_the_sealed_box_show_its_outside_and_change_no_manifest(w, student):
    box = w.sealed(student)
    digest = CustodyEvent.objects.get(box=box, kind="sealed").contents_digest
    answer = phone_of(w.mover).post(
        f"/boxes/{box.pk}/photos/", {"client_id": str(uuid4()), "photos": [photo_file(), photo_file()]}
    )
    assert answer["Location"] == f"/boxes/{box.pk}/"
    assert Photo.objects.filter(box=box, kind=PhotoKind.SEALED_BOX).count() == 2
    assert box.contents_digest() == digest
    before = Manifest.of(student)
    assert Manifest.issue(student) == before


def test_a_bad_photo_of_the_sealed_box_is_named_and_the_good_one_kept(w, student):
    box = w.sealed(student)
    answer = phone_of(w.mover).post(
        f"/boxes/{box.pk}/photos/", {"client_id": str(uuid4()), "photos": [photo_file(), cut_photo()]}
    )
    assert answer.status_code == 422
    assert "IMG_cut.jpg: The end of the photo is missing" in said(answer)
    assert Photo.objects.filter(box=box, kind=PhotoKind.SEALED_BOX).count() == 1


def test_what_was_recorded_is_answered_again_even_after_the_pair_has_parted(w, student):
    box = w.box(student, items=0)
    put, photos = thing(student, photos=photo_file()), {"client_id": str(uuid4())}
    number = {"client_id": str(uuid4())}
    phone = phone_of(w.mover)
    phone.post(f"/boxes/{box.pk}/items/", put)
    first = photo_file()
    phone.post(f"/boxes/{box.pk}/photos/", {**photos, "photos": first})
    assert seal(w, box, **number).status_code == 302
    w.pair().end(by=w.mover)

    first.seek(0)
    put["photos"].seek(0)
    assert phone.post(f"/boxes/{box.pk}/items/", put).status_code == 302
    assert phone.post(f"/boxes/{box.pk}/photos/", {**photos, "photos": first}).status_code == 302
    assert seal(w, box, **number).status_code == 302
    assert (Item.objects.count(), Photo.objects.filter(box=box).count()) == (1, 2)
    assert CustodyEvent.objects.filter(box=box).count() == 2
