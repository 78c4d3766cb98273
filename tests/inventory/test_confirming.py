"""Confirming: the student's yes to one list, and nothing but that list."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Code
from core.records import Refused
from inventory import confirming, objecting, packing
from inventory.confirming import Progress
from inventory.models import Confirmation, Manifest, Objection, PhotoKind, Student
from inventory.own import FACTOR, confirmation_text
from tests.inventory.own_pages import hidden, phone_of
from tests.inventory.phone import said
from tests.world import World, make_world, taken


@pytest.fixture
def w(db: None) -> World:
    return make_world()


def packed(w: World, *, boxes: int = 1, items: int = 1, **person: Any) -> Student:
    """A student whose room is packed and closed, with boxes in storage."""
    student = w.student(**person)
    w.consent(student)
    w.surveyed(student.bed.room)
    for _n in range(boxes):
        w.stored(student, items=items)
    close(w, student)
    return student


def close(w: World, student: Student) -> None:
    w.views(student.bed.room, PhotoKind.ROOM_AFTER)
    packing.close_room(student.bed.room, pair=w.pair())


def yes(student: Student, **more: Any) -> Confirmation:
    manifest = Manifest.of(student)
    assert manifest is not None
    return confirming.confirm(student, **{"digest": manifest.digest, "language": "en", "client_id": uuid4(), **more})


def refusal(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return str(refused.value.code)


def test_the_student_looks_through_the_list_and_confirms_it(w: World) -> None:
    student = packed(w, boxes=2, items=15, language="ar")
    phone = phone_of(student, "ar")
    page = phone.get("/my/confirm/")
    assert said(page).count("Blue coat") == 30
    assert phone.post("/my/confirm/", hidden(page))["Location"] == "/my/"
    confirmation = Confirmation.objects.get()
    manifest = Manifest.of(student)
    assert manifest is not None
    assert (confirmation.manifest, confirmation.language, confirmation.factor) == (manifest, "ar", FACTOR)
    assert confirmation.text == confirmation_text("ar", number=2)
    assert f"/my/receipt/?list={manifest.number}" in phone.get("/my/").content.decode()


def test_a_double_tap_confirms_once(w: World) -> None:
    student = packed(w)
    first = yes(student)
    assert yes(student, client_id=first.client_id) == first
    assert yes(student) == first
    assert Confirmation.objects.count() == 1


def test_a_list_that_changed_since_it_was_opened_is_not_confirmed(w: World) -> None:
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    w.sealed(student)
    phone = phone_of(student)
    old = Manifest.of(student)
    assert old is not None
    w.sealed(student)
    close(w, student)
    sent = hidden(phone.get("/my/confirm/"))
    assert phone.post("/my/confirm/", {**sent, "digest": old.digest}).status_code == 409
    assert Confirmation.objects.count() == 0
    assert refusal(yes, student, digest=old.digest) == "list-has-changed"
    assert phone.post("/my/confirm/", sent).status_code == 302


def test_nothing_is_confirmed_before_a_box_is_sealed(w: World) -> None:
    student = w.student()
    assert refusal(confirming.confirm, student, digest="", language="en", client_id=uuid4()) == "nothing-to-confirm"
    assert phone_of(student).get("/my/confirm/").status_code == 200


def test_nothing_is_confirmed_while_the_room_is_being_packed(w: World) -> None:
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    w.stored(student)
    assert refusal(yes, student) == "packing-not-finished"
    close(w, student)
    assert yes(student).manifest == Manifest.of(student)


def test_nothing_is_confirmed_while_an_objection_is_unsettled(w: World) -> None:
    student = packed(w)
    item = student.boxes.get().items.get()
    objection = objecting.object_to(item, student=student, text="There were two.", client_id=uuid4())
    assert refusal(yes, student) == "objection-unsettled"
    objection.answer(text="We found the second one.", by=w.witness, client_id=uuid4())
    assert refusal(yes, student) == "objection-unsettled"
    objection.close()
    assert yes(student).manifest == Manifest.of(student)


def test_a_later_list_asks_again_and_the_first_yes_stays(w: World) -> None:
    student = packed(w)
    first = yes(student)
    Manifest.objects.create(
        student=student, number=2, content={**first.manifest.content, "later": 1}, digest="b" * 64, made_at=first.at
    )
    assert Progress.of(student).next_step == "confirm"
    assert yes(student) != first
    assert Confirmation.objects.filter(manifest__student=student).count() == 2


def test_the_next_step_follows_the_story(w: World) -> None:
    student = w.student()
    steps = [Progress.of(student).next_step]
    w.consent(student)
    steps.append(Progress.of(student).next_step)
    w.surveyed(student.bed.room)
    w.stored(student)
    steps.append(Progress.of(student).next_step)
    close(w, student)
    steps.append(Progress.of(student).next_step)
    item = student.boxes.get().items.get()
    objection = objecting.object_to(item, student=student, text="Not mine.", client_id=uuid4())
    steps.append(Progress.of(student).next_step)
    objection.answer(text="Sorry.", by=w.witness, client_id=uuid4())
    steps.append(Progress.of(student).next_step)
    objection.close()
    steps.append(Progress.of(student).next_step)
    yes(student)
    steps.append(Progress.of(student).next_step)
    assert steps == ["consent", "", "", "confirm", "", "objection", "confirm", ""]


def shared_box(w: World, *residents: Student) -> Any:
    """A sealed box without one owner: a thing of each resident, and a kettle they share."""
    box = packing.claim_box(
        residents[0].bed.room, label=Code.issue().value, student=None, pair=w.pair(), client_id=uuid4()
    )
    things = [(f"Cup of {resident.person.name}", "owned", resident) for resident in residents]
    for description, ownership, owner in [*things, ("Kettle", "shared", None)]:
        thing = packing.Described(
            description=description,
            category="kitchen",
            quantity=1,
            ownership=ownership,
            owner=owner,
            condition=[],
            handling=[],
        )
        packing.put_in(box, thing=thing, photos=[(uuid4(), taken())], pair=w.pair(), client_id=uuid4())
    packing.seal_box(box, number="S-SHARED", pair=w.pair(), client_id=uuid4())
    return box


def test_a_shared_box_lists_to_each_what_is_theirs_or_shared(w: World) -> None:
    room = w.room(beds=2)
    mine, theirs = w.student(room, name="Mina"), w.student(room, name="Tara")
    w.consent(mine)
    w.consent(theirs)
    w.surveyed(room)
    box = shared_box(w, mine, theirs)
    manifest = Manifest.of(mine)
    assert manifest is not None
    assert [item["description"] for item in manifest.content["boxes"][0]["items"]] == ["Cup of Mina", "Kettle"]
    phone = phone_of(mine)
    words = said(phone.get(f"/my/boxes/{box.pk}/"))
    assert ("Cup of Mina" in words, "Kettle" in words, "Cup of Tara" in words) == (True, True, False)
    cup = box.items.get(owner=theirs)
    assert phone.get(f"/my/items/{cup.pk}/object/").status_code == 404
    assert phone.get(f"/my/photos/{cup.photos.get().pk}/small/").status_code == 404
    close(w, mine)
    assert yes(mine).manifest == manifest
    assert Progress.of(theirs).next_step == "confirm"


@pytest.mark.parametrize(("boxes", "items"), [(1, 1), (3, 10)])
def test_the_pages_hold_their_queries_and_their_weight(boxes: int, items: int, w: World) -> None:
    student = packed(w, boxes=boxes, items=items)
    phone = phone_of(student)
    asked = {}
    for page in ("/my/", "/my/confirm/", "/my/consent/", f"/my/boxes/{student.boxes.first().pk}/"):
        with CaptureQueriesContext(connection) as queries:
            answer = phone.get(page)
        asked[page.split("/")[2]] = len(queries)
        assert len(answer.content) < 60_000, page
    assert asked == {"": 11, "confirm": 10, "consent": 9, "boxes": 9}


def test_30_things_take_two_taps(w: World) -> None:
    """From the page that opens: to the list, and yes."""
    student = packed(w, boxes=3, items=10)
    phone = phone_of(student)
    taps = 0
    assert 'class="button next" href="/my/confirm/"' in phone.get("/my/").content.decode()
    taps += 1
    page = phone.get("/my/confirm/")
    taps += 1
    assert phone.post("/my/confirm/", hidden(page)).status_code == 302
    assert (taps, Objection.objects.count(), Confirmation.objects.count()) == (2, 0, 1)
