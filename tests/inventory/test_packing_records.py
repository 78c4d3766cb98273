"""The packing record of a room: who agreed, who opened and closed it, every view, every box."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.codes import scan_url
from core.qr import read_codes
from inventory import packing
from inventory.models import (
    Consent,
    ConsentState,
    CustodyEvent,
    Override,
    OverrideReach,
    Photo,
    PhotoKind,
    Student,
    Viewpoint,
)
from inventory.papers.record import PackingRecord
from rooms.models import Room
from tests.inventory.phone import phone_of as desk_of
from tests.inventory.phone import said
from tests.inventory.test_letters import sheets, squeezed
from tests.inventory.test_manifests import whole
from tests.world import World, make_world, taken


@pytest.fixture
def w(db: None) -> World:
    return make_world("北苑 3 号楼")


def record_of(room: Room) -> str:
    return f"/rooms/{room.pk}/record/"


def shared_room(w: World) -> tuple[Room, Student, Student]:
    """A room of two: one agreed and has a note in the roster, the other refused, and the office overrode it."""
    room = w.room("312", beds=2)
    willing = w.student(room, name="欧阳明月", passport_name="OUYANG MINGYUE", notes="胰岛素在冰箱里")
    refusing = w.student(room, name="帕夫洛娃", passport_name="PAVLOVA VERA")
    w.consent(willing)
    w.consent(refusing, ConsentState.REFUSED)
    grounds = "The room is needed for the observation site."
    override = Override.propose(refusing, reach=OverrideReach.ENTER, reason=grounds, by=w.manager)
    override.sign(by=w.site_lead)
    w.surveyed(room)
    return room, willing, refusing


def closed(w: World, room: Room) -> None:
    """The walk-out views taken and the door closed."""
    w.views(room, PhotoKind.ROOM_AFTER)
    packing.close_room(room, pair=w.pair())


def test_a_record_says_who_agreed_who_opened_and_what_left(w: World) -> None:
    room, willing, refusing = shared_room(w)
    first, second = w.sealed(willing, items=2, quantity=3), w.stored(willing, w.place("A-07"))
    closed(w, room)
    text = whole(desk_of(w.manager).get(record_of(room)))
    expected = [
        "Room 312",
        room.code_id,
        f"{w.mover}, witness {w.witness}",
        "OUYANG MINGYUE",
        "authorised",
        "Packed with the student's consent.",
        "PAVLOVA VERA",
        "refused",
        "This half was photographed and left untouched.",
        "Override: 帕夫洛娃",
        "The room is needed for the observation site.",
        f"Signed by {w.manager} and {w.site_lead}",
        "胰岛素在冰箱里",
        "Seen and kept safe.",
        *(box.code_id for box in (first, second)),
        *(box.seals.get().number for box in (first, second)),
        *(event.contents_digest[:16].upper() for event in CustodyEvent.objects.filter(kind="sealed")),
        "2 boxes in all",
        "A-07",
        "opened the room, closed the room",
        "for the dormitory office",
        w.building.name,
        "(UTC+8)",
        *(str(view.label) for view in Viewpoint),
        *(sha256[:8].upper() for sha256 in Photo.objects.filter(box=None).values_list("sha256", flat=True)),
    ]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert refusing.person.passport_number not in text


def test_the_qr_of_a_record_is_the_doors(w: World) -> None:
    room, _willing, _refusing = shared_room(w)
    first, *_more = sheets(desk_of(w.manager).get(record_of(room)))
    assert read_codes(first[1]) == [scan_url(room.code_id)]


def test_each_view_shows_before_beside_after(w: World) -> None:
    room, _willing, _refusing = shared_room(w)
    desk_again = packing.photograph_room(
        room, kind=PhotoKind.ROOM_BEFORE, viewpoint="desk", taken=taken(), pair=w.pair(), client_id=uuid4()
    )
    closed(w, room)
    record = PackingRecord.of(room)
    assert [view.viewpoint for view in record.views] == list(Viewpoint)
    assert [(len(view.before), len(view.after)) for view in record.views] == [(1, 1), (2, 1), *[(1, 1)] * 4]
    assert record.views[1].before[1] == desk_again
    assert {photo.kind for view in record.views for photo in view.after} == {PhotoKind.ROOM_AFTER}
    text = whole(desk_of(w.manager).get(record_of(room)))
    # Text is taken out line by line: of one photo a side, the one before stands left of the one after.
    pairs = [(*view.before, *view.after) for view in record.views if len(view.before) == 1]
    marks = [[text.index(photo.sha256[:8].upper()) for photo in pair] for pair in pairs]
    assert [before < after for before, after in marks] == [True] * 5


def test_a_room_without_own_bathroom_has_no_such_view(w: World) -> None:
    student = w.student(w.room("312", own_bathroom=False))
    w.consent(student)
    w.surveyed(student.bed.room)
    record = PackingRecord.of(student.bed.room)
    assert Viewpoint.BATHROOM not in [view.viewpoint for view in record.views]
    assert [view.after for view in record.views] == [[]] * 5


def test_a_box_line_counts_its_things_pieces_and_photos(w: World) -> None:
    room, willing, _refusing = shared_room(w)
    first, second = w.sealed(willing, items=2, quantity=3), w.box(willing)
    record = PackingRecord.of(room)
    lines = [(line.box, line.things, line.pieces, line.photos, line.sealed is not None) for line in record.boxes]
    assert lines == [(first, 2, 6, 2, True), (second, 1, 1, 1, False)]
    assert record.totals == {"things": 3, "pieces": 7, "photos": 3}


def test_the_record_of_an_open_room_says_what_is_not_done_yet(w: World) -> None:
    room, willing, _refusing = shared_room(w)
    w.box(willing)
    text = whole(desk_of(w.manager).get(record_of(room)))
    for words in ("not closed yet", "not sealed yet", "not photographed yet"):
        assert squeezed(words) in text


def test_a_later_yes_does_not_change_what_was_said_when_the_door_opened(w: World) -> None:
    room, _willing, refusing = shared_room(w)
    w.consent(refusing)
    [_first, second] = PackingRecord.of(room).residents
    assert second.at_opening is not None
    assert (second.at_opening.state, second.since) == (ConsentState.REFUSED, Consent.of(refusing))
    assert squeezed("Since then: authorised") in whole(desk_of(w.manager).get(record_of(room)))


def test_whoever_opened_and_closed_signs_once(w: World) -> None:
    room, _willing, _refusing = shared_room(w)
    opened = [one.name for one in PackingRecord.of(room).signatures]
    assert opened == [w.mover.shown_name, w.witness.shown_name, ""]
    closed(w, room)
    assert [one.name for one in PackingRecord.of(room).signatures] == opened


def test_a_room_that_was_never_opened_has_no_record(w: World) -> None:
    room = w.student().bed.room
    answer = desk_of(w.manager).get(record_of(room))
    assert answer.status_code == 409
    assert "has not been opened" in said(answer)


def test_a_view_that_is_gone_stops_the_record(w: World) -> None:
    room, _willing, _refusing = shared_room(w)
    Path(site.MEDIA_ROOT, Photo.objects.filter(room=room).earliest("pk").small).unlink()
    answer = desk_of(w.manager).get(record_of(room))
    assert answer.status_code == 409
    assert "missing from the site's disk" in said(answer)


def test_the_record_speaks_the_language_of_its_reader(w: World) -> None:
    room, _willing, _refusing = shared_room(w)
    w.manager.language = "zh-hans"
    w.manager.save()
    text = whole(desk_of(w.manager).get(record_of(room)))
    with translation.override("zh-hans"):
        expected = [str(view.label) for view in Viewpoint] + [str(ConsentState.REFUSED.label)]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert "refused" not in text


def test_a_record_asks_as_much_of_many_boxes_and_residents_as_of_one(w: World) -> None:
    def asked(beds: int, boxes: int) -> int:
        room = w.room(beds=beds)
        students = [w.student(room, notes="A cat") for _n in range(beds)]
        for student in students:
            w.consent(student)
        w.surveyed(room)
        for n in range(boxes):
            w.sealed(students[n % beds], items=2)
        with CaptureQueriesContext(connection) as queries:
            record = PackingRecord.of(room)
            shown: list[Any] = [
                (one.half.student.person.name, one.at_opening and str(one.at_opening.by)) for one in record.residents
            ]
            shown += [(line.box.student and line.box.student.person.name, line.digest) for line in record.boxes]
            shown += [(answer.student.person.name, str(answer.by)) for answer in record.answers]
        assert len(shown) == 2 * beds + boxes
        return len(queries)

    assert asked(1, 1) == 11
    assert asked(4, 12) == 11


def test_only_those_who_may_print_see_a_record(w: World) -> None:
    room, _willing, _refusing = shared_room(w)
    codes = {role: desk_of(w.user(role)).get(record_of(room)).status_code for role in ("mover", "manager", "auditor")}
    assert codes == {"mover": 200, "manager": 200, "auditor": 403}
    assert desk_of(make_world("South Court").manager).get(record_of(room)).status_code == 404
