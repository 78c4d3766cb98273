"""The manifest of a box: what was sealed in it, by which two, and where it has stood since."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.codes import scan_url
from core.models import Code
from core.qr import read_codes
from inventory import packing
from inventory.models import Box, ConditionCode, CustodyEvent, Item, Ownership, Photo, PhotoKind
from inventory.papers.manifest import BoxManifest
from tests.inventory.phone import phone_of as desk_of
from tests.inventory.phone import said
from tests.inventory.test_letters import sheets, squeezed
from tests.world import World, make_world, taken

SCRATCHED = {"code": ConditionCode.SCRATCHED.value, "place": "左侧"}
DENTED = {"code": ConditionCode.DENTED.value, "place": "lid"}


@pytest.fixture
def w(db: None) -> World:
    return make_world("北苑 3 号楼")


def resident(w: World, number: str = "312") -> Any:
    """A student whose room is being packed."""
    student = w.student(w.room(number), name="欧阳明月", passport_name="OUYANG MINGYUE")
    w.consent(student)
    w.surveyed(student.bed.room)
    return student


def laptops(w: World, student: Any) -> Box:
    """A sealed box with two laptops and a photo of its outside."""
    thing = {"description": "黑色笔记本电脑 (X1)", "category": "electronics", "quantity": 2}
    box = w.sealed(student, items=2, condition=[SCRATCHED, DENTED], handling=["fragile", "valuable"], **thing)
    packing.photograph_box(box, photos=[(uuid4(), taken())], pair=w.pair())
    return box


def manifest_of(box: Box) -> str:
    return f"/boxes/{box.pk}/manifest/"


def whole(answer: Any) -> str:
    """The paper's text without spaces."""
    return "".join(text for text, _image in sheets(answer))


def test_a_manifest_says_whose_what_how_and_by_whom(w: World) -> None:
    box = laptops(w, resident(w))
    packing.store_box(box, place=w.place("A-07", secure=True), pair=w.pair(), client_id=uuid4())
    text = whole(desk_of(w.mover).get(manifest_of(box)))
    digest = CustodyEvent.objects.get(box=box, kind="sealed").contents_digest
    expected = [
        box.code_id,
        "欧阳明月",
        "OUYANG MINGYUE",
        box.student.student_number,
        "312",
        box.seals.get().number,
        f"{w.mover}, witness {w.witness}",
        "黑色笔记本电脑 (X1)",
        "SC scratched (左侧)",
        "D dented (lid)",
        "fragile, valuable",
        "electronics",
        "Things listed: 2 · pieces: 4 · photos: 3",
        digest[:16].upper(),
        "room 312 → A-07",
        w.building.name,
        "(UTC+8)",
    ]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert digest.upper()[:20] not in text


def test_the_qr_of_a_manifest_is_the_boxs_own(w: World) -> None:
    box = laptops(w, resident(w))
    first, *_more = sheets(desk_of(w.mover).get(manifest_of(box)))
    assert read_codes(first[1]) == [scan_url(box.code_id)]


def test_the_manifest_speaks_the_language_of_its_reader(w: World) -> None:
    box = laptops(w, resident(w))
    w.mover.language = "zh-hans"
    w.mover.save()
    text = whole(desk_of(w.mover).get(manifest_of(box)))
    with translation.override("zh-hans"):
        expected = [
            str(ConditionCode.SCRATCHED.label),
            translation.gettext("Condition and handling"),
            str(box.get_state_display()),
        ]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert "scratched" not in text


def test_every_photo_stands_on_the_manifest_with_its_check_mark(w: World) -> None:
    box = laptops(w, resident(w))
    marks = [sha256[:8].upper() for sha256 in Photo.objects.filter(box=box).values_list("sha256", flat=True)]
    with_photos = desk_of(w.mover).get(manifest_of(box))
    without = desk_of(w.mover).get(manifest_of(box), {"photos": "no"})
    assert [mark for mark in marks if mark not in whole(with_photos)] == []
    assert [mark for mark in marks if mark in whole(without)] == []
    assert len(re.findall(rb"/Subtype\s*/Image", with_photos.content)) == 3 + 1
    assert "Things listed: 2 · pieces: 4 · photos: 3".replace(" ", "") in whole(without)


def test_photos_stand_in_the_order_of_the_things_they_show(w: World) -> None:
    box = laptops(w, resident(w))
    manifest = BoxManifest.of(box)
    of_things = [Photo.objects.get(item=line.item) for line in manifest.lines]
    outside = Photo.objects.get(box=box, kind=PhotoKind.SEALED_BOX)
    assert [(shot.photo, shot.line) for shot in manifest.shots] == [(of_things[0], 1), (of_things[1], 2), (outside, 0)]
    assert [(line.number, line.photos) for line in manifest.lines] == [(1, 1), (2, 1)]


def test_a_photo_that_is_gone_stops_the_manifest(w: World) -> None:
    box = laptops(w, resident(w))
    Path(site.MEDIA_ROOT, Photo.objects.filter(box=box).latest("pk").small).unlink()
    answer = desk_of(w.mover).get(manifest_of(box))
    assert answer.status_code == 409
    assert "missing from the site's disk" in said(answer)
    # Without the photos the list can still be printed.
    assert desk_of(w.mover).get(manifest_of(box), {"photos": "no"}).status_code == 200


def test_a_box_that_is_being_packed_has_no_manifest(w: World) -> None:
    box = w.box(resident(w))
    answer = desk_of(w.mover).get(manifest_of(box))
    assert answer.status_code == 409
    assert "still being packed" in said(answer)


def test_a_thing_rewritten_after_sealing_is_said_on_the_manifest(w: World) -> None:
    box = laptops(w, resident(w))
    assert BoxManifest.of(box).matches
    words = "not what the seal was set on"
    assert squeezed(words) not in whole(desk_of(w.mover).get(manifest_of(box)))
    box.items.first().amend(by=w.manager, reason="Typed wrong", quantity=3)
    assert not BoxManifest.of(box).matches
    assert squeezed(words) in whole(desk_of(w.mover).get(manifest_of(box)))


def test_a_shared_box_says_whose_each_thing_is(w: World) -> None:
    room = w.room("401", beds=2)
    students = [w.student(room, name=name) for name in ("欧阳明月", "帕夫洛娃")]
    for student in students:
        w.consent(student)
    w.surveyed(room)
    pair = w.pair()
    box = packing.claim_box(room, label=Code.issue().value, student=None, pair=pair, client_id=uuid4())
    for owner, ownership in ((students[1], Ownership.OWNED), (None, Ownership.SHARED)):
        thing = packing.Described("Kettle", "kitchen", 1, ownership, owner, [], [])
        packing.put_in(box, thing=thing, photos=[(uuid4(), taken())], pair=pair, client_id=uuid4())
    packing.seal_box(box, number="S-900", pair=pair, client_id=uuid4())
    text = whole(desk_of(w.mover).get(manifest_of(box)))
    assert "帕夫洛娃" in text
    assert "欧阳明月" not in text
    assert text.index("帕夫洛娃") < text.index("Kettle", text.index("帕夫洛娃")) < text.rindex("shared")


def test_a_manifest_asks_as_much_of_thirty_things_as_of_one(w: World) -> None:
    student = resident(w)

    def asked(box: Box) -> int:
        with CaptureQueriesContext(connection) as queries:
            manifest = BoxManifest.of(box)
            shown = [(line.item.owner.person.name, line.photos) for line in manifest.lines]  # type: ignore[union-attr]
            people = [(str(event.by), event.whither) for event in manifest.events]
        assert (len(shown), len(people)) == (box.items.count(), 2)
        return len(queries)

    assert asked(w.sealed(student)) == 7
    assert asked(w.sealed(student, items=30)) == 7
    assert Item.objects.count() == 31


def test_only_those_who_may_print_see_a_manifest(w: World) -> None:
    box = laptops(w, resident(w))
    codes = {role: desk_of(w.user(role)).get(manifest_of(box)).status_code for role in ("mover", "manager", "reader")}
    assert codes == {"mover": 200, "manager": 200, "reader": 403}
    assert desk_of(make_world("South Court").mover).get(manifest_of(box)).status_code == 404
    assert desk_of(w.mover).post(manifest_of(box)).status_code == 405
