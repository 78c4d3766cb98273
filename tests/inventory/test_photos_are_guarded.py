"""Photos are shown to those who may see the building, and to nobody else."""

import hashlib

import pytest
from django.test import Client

from core.access import withdraw
from inventory.models import Photo
from rooms.models import Role, RoleKind
from tests.inventory.phone import phone_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SIZES = ["large", "small", "original"]


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def photo(w) -> Photo:
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    w.box(student)
    return Photo.objects.get(item__isnull=False)


@pytest.mark.parametrize("size", ["large", "small"])
def test_a_photo_is_shown_to_who_may_see_the_building(w, photo, size):
    answer = phone_of(w.reader).get(f"/photos/{photo.pk}/{size}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]


def test_the_original_is_only_ever_downloaded_byte_for_byte(w, photo):
    answer = phone_of(w.reader).get(f"/photos/{photo.pk}/original/")
    assert answer["Content-Disposition"] == f'attachment; filename="item-{photo.pk}.jpg"'
    assert answer["Content-Type"] == "application/octet-stream"
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert hashlib.sha256(content).hexdigest() == photo.sha256


@pytest.mark.parametrize("size", SIZES)
def test_a_photo_does_not_exist_for_another_buildings_staff_and_asks_strangers_to_log_in(w, photo, size):
    foreign = make_world("South Court")
    assert phone_of(foreign.manager).get(f"/photos/{photo.pk}/{size}/").status_code == 404
    assert Client().get(f"/photos/{photo.pk}/{size}/").status_code == 302


def test_a_right_withdrawn_works_at_once_even_for_a_cached_photo(w, photo):
    phone = phone_of(w.reader)
    address = f"/photos/{photo.pk}/large/"
    etag = phone.get(address)["ETag"]
    assert phone.get(address, headers={"If-None-Match": etag}).status_code == 304
    withdraw(Role.of(w.building, RoleKind.READER).group, "rooms.view_building", w.building)
    assert phone.get(address, headers={"If-None-Match": etag}).status_code == 404


def test_there_are_three_sizes_and_no_other(w, photo):
    assert phone_of(w.reader).get(f"/photos/{photo.pk}/huge/").status_code == 404
