"""Objecting to one thing: the thread, the answer by name, and the student's last word."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.records import Refused
from inventory import objecting
from inventory.models import Item, Manifest, Objection, ObjectionState, Student
from tests.inventory.own_pages import hidden, phone_of
from tests.inventory.phone import said
from tests.inventory.test_confirming import packed, shared_box
from tests.world import World, make_world


@pytest.fixture
def w(db: None) -> World:
    return make_world()


def thing_of(student: Student) -> Item:
    return Item.objects.filter(owner=student).order_by("pk")[0]


def test_the_student_objects_reads_the_answer_replies_and_closes(w: World) -> None:
    student = packed(w)
    phone = phone_of(student)
    item = thing_of(student)
    box_page = phone.get(f"/my/boxes/{item.box_id}/").content.decode()
    assert f"/my/items/{item.pk}/object/" in box_page
    page = phone.get(f"/my/items/{item.pk}/object/")
    sent = {"text": "هناك زر مفقود", **hidden(page)}
    answers = [phone.post(f"/my/items/{item.pk}/object/", sent) for _tap in range(2)]
    objection = Objection.objects.get()
    thread = f"/my/objections/{objection.pk}/"
    assert [answer["Location"] for answer in answers] == [thread, thread]
    assert (objection.student, objection.manifest, objection.item) == (student, Manifest.of(student), item)
    assert objection.due_at - objection.opened_at == timedelta(hours=48)
    assert phone.post(thread, {"close": "1"}).status_code == 409

    objection.answer(text="The button is in the pocket.", by=w.witness, client_id=uuid4())
    page = phone.get(thread)
    assert f"{w.witness.shown_name}" in said(page)
    assert "The button is in the pocket." in said(page)
    reply = {"text": "Which pocket?", "client_id": str(uuid4())}
    assert [phone.post(thread, reply).status_code for _tap in range(2)] == [302, 302]
    objection.refresh_from_db()
    assert (objection.state, objection.entries.count()) == (ObjectionState.OPEN, 3)

    objection.answer(text="The left one.", by=w.witness, client_id=uuid4())
    assert phone.post(thread, {"close": "1"})["Location"] == "/my/"
    objection.refresh_from_db()
    assert objection.state == ObjectionState.CLOSED
    assert phone.post(thread, {"text": "One more", "client_id": str(uuid4())}).status_code == 409


def test_an_objection_needs_words(w: World) -> None:
    student = packed(w)
    item = thing_of(student)
    answer = phone_of(student).post(f"/my/items/{item.pk}/object/", {"text": "  ", "client_id": str(uuid4())})
    assert answer.status_code == 422
    assert Objection.objects.count() == 0


def test_one_thing_has_one_unsettled_objection(w: World) -> None:
    student = packed(w)
    phone, item = phone_of(student), thing_of(student)
    for status in (302, 409):
        sent = {"text": "Not mine.", "client_id": str(uuid4())}
        assert phone.post(f"/my/items/{item.pk}/object/", sent).status_code == status
    assert f"/my/objections/{Objection.objects.get().pk}/" in phone.get(f"/my/boxes/{item.box_id}/").content.decode()


def test_a_thing_in_an_open_box_is_not_on_the_list_yet(w: World) -> None:
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    w.sealed(student)
    item = w.box(student).items.get()
    with pytest.raises(Refused) as refused:
        objecting.object_to(item, student=student, text="Not mine.", client_id=uuid4())
    assert refused.value.code == "item-not-listed"


def test_a_shared_thing_is_raised_by_one_roommate_at_a_time(w: World) -> None:
    room = w.room(beds=2)
    mine, theirs = w.student(room), w.student(room)
    w.consent(mine)
    w.consent(theirs)
    w.surveyed(room)
    kettle = shared_box(w, mine, theirs).items.get(description="Kettle")
    objecting.object_to(kettle, student=mine, text="It is dented.", client_id=uuid4())
    with pytest.raises(Refused) as refused:
        objecting.object_to(kettle, student=theirs, text="It is dented.", client_id=uuid4())
    assert refused.value.code == "item-raised-by-roommate"
