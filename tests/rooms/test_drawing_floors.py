"""The floor plan as a drawing."""

import xml.etree.ElementTree as ET

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from rooms.floor_drawing import BedOnPlan, RoomOnPlan, draw_floor, draw_floors, zone_letter
from rooms.models import RoomState, Zone


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def room(number, *, x=0.0, y=0.0, floor=2, state="lived-in", zone="contaminated", use="bedroom", beds=1, href=""):
    return RoomOnPlan(
        number=number,
        floor=floor,
        use=use,
        zone=zone,
        state=state,
        x=x,
        y=y,
        width=4,
        depth=5,
        beds=tuple(BedOnPlan(n + 1, taken=n == 0) for n in range(beds)),
        href=href,
    )


def drawn(drawing):
    return ET.fromstring(render_to_string("rooms/floor_plan.svg", {"drawing": drawing}))  # noqa: S314 - our own


def test_rooms_are_drawn_to_scale_from_the_outermost_corner():
    drawing = draw_floor(2, [room("201", x=3, y=1), room("202", x=7, y=1.5), room("301", floor=3)])
    assert [(shape.number, shape.x, shape.y, shape.width, shape.height) for shape in drawing.rooms] == [
        ("201", 0, 0, 160, 200),
        ("202", 160, 20, 160, 200),
    ]
    assert (drawing.width, drawing.height) == (320, 220)


def test_each_floor_with_a_room_has_its_drawing():
    assert [drawing.floor for drawing in draw_floors([room("301", floor=3), room("B1", floor=-1)])] == [-1, 3]
    assert draw_floors([]) == ()


def test_zones_differ_by_letter_and_pattern_and_not_by_colour_alone():
    assert len({zone_letter(zone) for zone in Zone}) == 3
    rooms = [room(str(n), x=4 * n, zone=zone) for n, zone in enumerate(Zone)]
    page = render_to_string("rooms/floor_plan.svg", {"drawing": draw_floor(2, rooms)})
    for zone in Zone:
        assert f'id="floor2-{zone}"' in page
        assert f'fill="url(#floor2-{zone})"' in page


@pytest.mark.parametrize(("state", "done"), [("lived-in", 0), ("surveyed", 1), ("packed", 2), ("cleared", 3)])
def test_a_bedrooms_state_is_written_and_counted_in_steps(state, done):
    shape = draw_floor(2, [room("201", state=state)]).rooms[0]
    assert shape.text == RoomState(state).label
    assert [step.full for step in shape.steps] == [True] * done + [False] * (3 - done)


def test_other_rooms_show_what_they_are_for():
    shape = draw_floor(1, [room("101", floor=1, use="gatehouse", zone="", beds=0)]).rooms[0]
    assert (shape.text, shape.letter, shape.steps, shape.beds, shape.spoken) == (
        "gatehouse",
        "",
        (),
        (),
        "Room 101, gatehouse",
    )


def test_beds_stay_inside_their_room_however_many():
    for beds in range(1, 9):
        shape = draw_floor(2, [room("201", beds=beds)]).rooms[0]
        assert [bed.full for bed in shape.beds] == [True] + [False] * (beds - 1)
        assert all(shape.x < bed.x and bed.x + bed.width < shape.x + shape.width for bed in shape.beds)


def test_a_room_is_a_link_on_a_page_and_none_on_paper():
    ns = "{http://www.w3.org/2000/svg}"
    on_page = drawn(draw_floor(2, [room("201", href="/rooms/7/")]))
    link = on_page.find(f"{ns}a")
    assert link is not None
    assert (link.get("href"), link.get("aria-label")) == (
        "/rooms/7/",
        "Room 201, lived in, contaminated zone, 1 bed",
    )
    assert drawn(draw_floor(2, [room("201")])).find(f"{ns}a") is None


def test_the_legend_names_what_is_shown_and_stays_inside_the_floor():
    keys = draw_floor(2, [room("201", beds=2)]).legend
    assert [key.kind for key in keys] == ["contaminated", "bed-taken", "bed-free", "steps"]
    assert len({key.y for key in keys}) == 4  # one narrow room: one below the other
    assert {key.kind for key in draw_floor(1, [room("1", floor=1, use="intake", zone="", beds=0)]).legend} == set()


def test_text_from_outside_is_escaped():
    shape = draw_floor(2, [room("<b>&", zone="", beds=0)])
    assert "&lt;b&gt;&amp;" in render_to_string("rooms/floor_plan.svg", {"drawing": shape})
