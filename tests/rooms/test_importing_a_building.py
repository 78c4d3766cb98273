"""A building's workbook becomes rooms, beds, storage places and crew."""

import threading
from collections import Counter
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.importing import LEFT_OUT, ByHand, Outcome, Preview
from core.models import Code
from core.records import Refused
from core.tables_in import UnreadableTable
from people.models import Person, User
from rooms.importing import import_building, preview_building
from rooms.models import Bed, Building, Posting, Role, RoleKind, Room, RoomUse, StoragePlace, Zone
from tests.sheets import FIXTURES, edited, fixture, rows_in_the_database, workbook
from tests.world import PASSWORD, World, make_world

pytestmark = pytest.mark.django_db
ROOMS = ["房间", "楼层", "用途", "床位数", "面积"]
STORAGE = ["位置", "箱位", "冷藏"]
CREW = ["姓名", "角色", "性别", "可用", "至"]


@pytest.fixture
def w() -> World:
    return make_world()


def take(world: World, sheets: dict[str, Any], **more: Any) -> Preview:
    """Import these sheets."""
    return import_building(world.building, workbook(sheets), name="building.xlsx", by=world.manager, **more)


def look(world: World, sheets: dict[str, Any], **more: Any) -> Preview:
    """Preview these sheets."""
    return preview_building(world.building, workbook(sheets), name="building.xlsx", **more)


def said(preview: Preview) -> list[str]:
    return [str(problem) for line in preview.lines for problem in line.problems]


def changes(preview: Preview) -> list[tuple[str, str, str, str]]:
    return [(line.what, change.label, change.old, change.new) for line in preview.lines for change in line.changes]


# The house's own workbook


def test_the_workbook_gives_rooms_beds_places_and_crew(w: World) -> None:
    done = import_building(w.building, fixture("building.xlsx"), name="building.xlsx", by=w.manager)
    assert done.summary == "79 created, 0 changed, 0 unchanged, 0 refused"
    rooms = list(w.building.rooms.all())
    assert (len(rooms), Bed.objects.count()) == (40, 48)
    bedrooms = [room for room in rooms if room.use == RoomUse.BEDROOM]
    assert (len(bedrooms), {room.beds.count() for room in bedrooms}) == (30, {1, 2})
    assert (StoragePlace.objects.count(), Posting.objects.count()) == (26, 13)
    assert StoragePlace.objects.get(name="B1-S1").secure
    assert StoragePlace.objects.get(name="B1-R1").cold
    room = w.building.rooms.get(number="201")
    assert (room.floor, room.area, room.own_bathroom, room.zone) == (2, Decimal("18.5"), True, Zone.CONTAMINATED)
    assert (room.plan_x, room.plan_y, room.plan_width, room.plan_depth) == (0, 0, 4, 5)
    posting = Posting.objects.get(person__name="王老师")
    assert (posting.person.sex, posting.serves_as) == ("female", "防控小组 task force")
    assert posting.available_from == datetime(2020, 2, 10, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert Counter(Code.objects.values_list("kind", flat=True)) == {"room": 40, "place": 26}
    written = room.history.get()
    assert (written.history_user, written.history_change_reason) == (w.manager, "imported from building.xlsx")


def test_the_same_workbook_again_changes_nothing_and_leaves_no_trace(w: World) -> None:
    import_building(w.building, fixture("building.xlsx"), name="building.xlsx", by=w.manager)
    before = rows_in_the_database()
    done = import_building(w.building, fixture("building.xlsx"), name="building.xlsx", by=w.manager)
    assert done.summary == "0 created, 0 changed, 79 unchanged, 0 refused"
    assert rows_in_the_database() == before


def test_a_second_uneven_workbook_is_read_as_its_office_meant_it(w: World) -> None:
    done = import_building(w.building, fixture("second_building.xlsx"), name="second.xlsx", by=None)
    assert done.summary == "20 created, 0 changed, 0 unchanged, 0 refused"
    assert [(sheet.sheet, sheet.kind) for sheet in done.sheets] == [
        ("Upper floors", "rooms"),
        ("一层", "rooms"),
        ("库房", "storage"),
        ("人员", "crew"),
    ]
    assert done.left_out == ["填表说明"]
    rooms = {room.number: (room.floor, room.use, room.beds.count(), room.area) for room in Room.objects.all()}
    assert rooms == {
        "201": (2, "bedroom", 2, Decimal("18.5")),
        "202": (2, "bedroom", 2, Decimal("18.5")),
        "203": (2, "bedroom", 2, Decimal("21")),
        "204": (2, "bedroom", 1, Decimal("12")),
        "205": (2, "nurse-station", 0, Decimal("16")),
        "301": (3, "bedroom", 2, Decimal("18.5")),
        "302": (3, "bedroom", 2, Decimal("18.5")),
        "303": (3, "bedroom", 1, Decimal("14")),
        "101": (1, "gatehouse", 0, Decimal("9.5")),
        "102": (1, "duty-office", 0, Decimal("14")),
        "103": (1, "supplies-store", 0, Decimal("30")),
    }
    places = {one.name: (one.site, one.slots, one.secure, one.cold) for one in StoragePlace.objects.all()}
    assert places == {
        "南-1": ("南库房", 12, False, False),
        "南-2": ("南库房", 12, False, False),
        "南-3": ("南库房", 12, False, False),
        "柜-1": ("办公楼保险柜", 4, True, False),
        "冰-1": ("食堂冷藏间", 3, False, True),
    }
    crew = {one.person.name: (one.person.sex, one.available_until) for one in Posting.objects.select_related("person")}
    until = datetime(2020, 2, 15, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert crew == {
        "顾宁": ("female", until),
        "罗强": ("male", until),
        "白雪梅": ("female", until),
        "顾长林": ("male", until),
    }


# What changes


def test_a_changed_workbook_shows_old_and_new_and_writes_who_and_why(w: World) -> None:
    import_building(w.building, fixture("building.xlsx"), name="building.xlsx", by=None)
    cells = {"C41": "其他 other", "E2": "20.5㎡", "D2": 3}
    data = edited("building.xlsx", cells)
    wanted = [
        ("201", "area, m²", "18.5", "20.5"),
        ("201", "beds", "2", "3"),
        ("110", "use", "meal room", "other"),
    ]
    assert changes(preview_building(w.building, data, name="new.xlsx")) == wanted
    done = import_building(w.building, data, name="new.xlsx", by=w.manager)
    assert done.summary == "0 created, 2 changed, 77 unchanged, 0 refused"
    room = w.building.rooms.get(number="201")
    latest = room.history.latest()
    assert (room.area, room.beds.count(), room.history.count()) == (Decimal("20.5"), 3, 2)
    assert (latest.history_user, latest.history_change_reason) == (w.manager, "imported from new.xlsx")
    assert w.building.rooms.get(number="202").history.count() == 1


def test_a_crew_s_times_are_shown_in_the_building_s_own_zone(w: World) -> None:
    w.building.amend(by=None, time_zone="Asia/Tokyo")
    take(w, {"crew": [CREW, ["罗强", "搬运", "男", "2020-02-13 08:00", "2020-02-15 18:00"]]})
    later = {"crew": [CREW, ["罗强", "见证", None, "2020-02-13 09:30", None]]}
    assert changes(look(w, later)) == [
        ("罗强", "role", "搬运", "见证"),
        ("罗强", "available from", "2020-02-13 08:00", "2020-02-13 09:30"),
    ]
    take(w, later)
    posting = Posting.objects.get()
    assert posting.available_from == datetime(2020, 2, 13, 9, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (posting.person.sex, Person.objects.count()) == ("male", 1)


def test_a_place_gets_new_slots(w: World) -> None:
    take(w, {"storage": [STORAGE, ["A-1", 20, "否"]]})
    assert changes(take(w, {"storage": [STORAGE, ["Ａ-1", "24箱", None]]})) == [("A-1", "slots", "20", "24")]
    assert StoragePlace.objects.get().slots == 24


# What is refused


@pytest.mark.parametrize(
    ("sheet", "row", "complaint"),
    [
        (ROOMS, [None, 2, "宿舍", 2, 18], "column A: Type the room's number."),
        (ROOMS, ["9" * 21, 2, "宿舍", 2, 18], "column A: A room's number has at most 20 characters."),
        (ROOMS, [201, None, "宿舍", 2, 18], "column B: Type the floor."),
        (ROOMS, [201, "二", "宿舍", 2, 18], "column B: Type a whole number instead of “二”."),
        (ROOMS, [201, 2, None, 2, 18], "column C: Say what the room is for."),
        (ROOMS, [201, 2, "宿舍", 21, 18], "column D: Type a number from 0 to 20."),
        (ROOMS, [201, 2, "宿舍", "=1+1", 18], "column D: The cell holds a formula or an error; type the value itself."),
        (ROOMS, [201, 2, "宿舍", 2, -1], "column E: Type metres between 0 and 10,000."),
        (STORAGE, [None, 2, "否"], "column A: Type the place's name."),
        (STORAGE, ["A-1", None, "否"], "column B: Type how many boxes fit."),
        (STORAGE, ["A-1", 0, "否"], "column B: Type a number from 1 to 1000."),
        (STORAGE, ["A-1", 2, "也许"], "column C: Choose one of yes, no instead of “也许”."),
        (CREW, [None, "搬运"], "column A: Type the person's name."),
        (CREW, ["罗强", "搬" * 81], "column B: At most 80 characters fit here."),
        (
            CREW,
            ["罗强", "搬运", "男", "10/02/2020"],
            "column D: Type the date and time as 2020-02-10 08:00 instead of “10/02/2020”.",
        ),
        (CREW, ["罗强", "搬运", "男", "2020-02-13", "2020-02-12"], "column E: The end comes before the beginning."),
    ],
)
def test_a_cell_that_cannot_be_is_named(w: World, sheet: list[str], row: list[Any], complaint: str) -> None:
    assert said(look(w, {"单": [sheet, row]})) == [f"Sheet 单, row 2, {complaint}"]


def test_a_room_stands_once_even_in_two_sheets(w: World) -> None:
    found = look(
        w,
        {
            "二层": [ROOMS, [201, 2, "宿舍", 2, 18], ["201室", 2, "宿舍", 2, 18]],
            "三层": [ROOMS, ["２０１", 2, "宿舍", 2, 18], [301, 3, "宿舍", 2, 18]],
        },
    )
    assert said(found) == [
        "Sheet 二层, row 3, column A: “201” stands here a second time; the first: Sheet 二层, row 2, column A.",
        "Sheet 三层, row 2, column A: “201” stands here a second time; the first: Sheet 二层, row 2, column A.",
    ]


def test_an_import_takes_no_bed_away(w: World) -> None:
    w.room("201", beds=2)
    found = look(w, {"rooms": [ROOMS, [201, 2, "宿舍", 1, None]]})
    assert said(found) == ["Sheet rooms, row 2, column D: Beds are not removed by an import: the room has 2."]
    with pytest.raises(Refused):
        take(w, {"rooms": [ROOMS, [201, 2, "宿舍", 1, None]]})
    assert Bed.objects.count() == 2


def test_one_bad_row_and_nothing_at_all_is_written(w: World) -> None:
    assert w.manager
    before = rows_in_the_database()
    with pytest.raises(Refused) as refused:
        take(w, {"rooms": [ROOMS, [201, 2, "宿舍", 2, 18]], "storage": [STORAGE, ["A-1", None, None]]})
    assert refused.value.code == "rows-refused"
    assert rows_in_the_database() == before


def test_only_the_good_rows_when_asked(w: World) -> None:
    sheets = {"rooms": [ROOMS, [201, 2, "宿舍", 2, 18], [202, None, "宿舍", 2, 18]], "crew": [CREW, ["罗强", "搬运"]]}
    done = take(w, sheets, good_rows=True)
    assert done.summary == "2 created, 0 changed, 0 unchanged, 1 refused"
    assert (Room.objects.get().number, Posting.objects.count(), Code.objects.count()) == ("201", 1, 1)


def test_a_workbook_without_any_list_of_ours_is_refused(w: World) -> None:
    with pytest.raises(UnreadableTable) as unreadable:
        look(w, {"notes": [["anything"], ["at all"]]})
    assert unreadable.value.code == "no-building-sheet"


def test_a_sheet_without_a_needed_column_stops_the_import(w: World) -> None:
    sheets = {"rooms": [["房间", "楼层"], [201, 2]]}
    assert [sheet.missing for sheet in look(w, sheets).incomplete] == [["use"]]
    with pytest.raises(Refused) as refused:
        take(w, sheets, good_rows=True)
    assert (refused.value.code, Room.objects.count()) == ("columns-missing", 0)


# Said by hand


def test_a_sheet_may_be_left_out_or_taken_for_something_by_hand(w: World) -> None:
    sheets = {
        "old": [ROOMS, [201, 2, "宿舍", 2, 18]],
        "склад": [["Где", "Сколько"], ["A-1", 20]],
    }
    by_hand = {"old": ByHand(kind=LEFT_OUT), "склад": ByHand(kind="storage", columns={0: "name", 1: "slots"})}
    done = take(w, sheets, mappings=by_hand)
    assert (done.left_out, done.summary) == (["old"], "1 created, 0 changed, 0 unchanged, 0 refused")
    assert (Room.objects.count(), StoragePlace.objects.get().slots) == (0, 20)


def test_columns_of_another_kind_do_no_harm_when_the_kind_changes(w: World) -> None:
    by_hand = {"单": ByHand(kind="storage", columns={0: "number", 1: "floor"})}
    found = look(w, {"单": [["甲", "乙"], ["A-1", 20]]}, mappings=by_hand)
    assert (found.sheets[0].kind, found.sheets[0].missing) == ("storage", ["place", "slots"])


# The command


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("import_building", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_makes_the_building_with_its_roles() -> None:
    file = str(FIXTURES / "building.xlsx")
    before = rows_in_the_database()
    lines = run(file, "--building", "West Court", "--dry-run")
    assert lines[0].startswith("房间 rooms 2 201: floor 2 · use bedroom · beds 2")
    assert lines[-1] == "79 created, 0 changed, 0 unchanged, 0 refused"
    assert rows_in_the_database() == before
    assert run(file, "--building", "West Court") == ["79 created, 0 changed, 0 unchanged, 0 refused"]
    building = Building.objects.get(name="West Court")
    assert {role.kind for role in building.roles.all()} == set(RoleKind)
    assert run(file, "--building", "West Court") == ["0 created, 0 changed, 79 unchanged, 0 refused"]


def test_a_refused_workbook_makes_no_building(tmp_path: Any) -> None:
    file = tmp_path / "building.xlsx"
    file.write_bytes(workbook({"rooms": [ROOMS, [201, None, "宿舍", 2, 18]]}))
    before = rows_in_the_database()
    out = StringIO()
    with pytest.raises(CommandError, match="rows are refused"):
        call_command("import_building", str(file), "--building", "West Court", stdout=out)
    assert out.getvalue().splitlines() == [
        "Sheet rooms, row 2, column B: Type the floor.",
        "0 created, 0 changed, 0 unchanged, 1 refused",
    ]
    assert rows_in_the_database() == before


# The pages


def address(world: World) -> str:
    return reverse("import_building", args=[world.building.pk])


def choose(client: Client, world: World, data: bytes) -> Any:
    return client.post(address(world), {"file": SimpleUploadedFile("building.xlsx", data)})


def test_the_pages_show_first_and_write_after(w: World, client: Client) -> None:
    client.force_login(w.manager)
    before = rows_in_the_database()
    shown = choose(client, w, fixture("building.xlsx"))
    assert shown.context["in_words"] == "79 new, 0 changed, 0 unchanged, 0 refused"
    assert rows_in_the_database() == before
    done = client.post(address(w), {"ticket": shown.context["ticket"], "act": "all"}, follow=True)
    assert "Imported: 79 new, 0 changed, 0 unchanged, 0 refused." in done.text
    assert Room.objects.filter(building=w.building).count() == 40


def test_sheets_are_named_on_the_page(w: World, client: Client) -> None:
    client.force_login(w.manager)
    shown = choose(client, w, workbook({"甲": [["一", "二"], ["A-1", 20]], "乙": [["三"], ["x"]]}))
    assert "No sheet of this file was recognised by its headings." in shown.text
    assert [(one["sheet"], one["chosen"]) for one in shown.context["sheets"]] == [("甲", LEFT_OUT), ("乙", LEFT_OUT)]
    ticket = shown.context["ticket"]
    assert client.post(address(w), {"ticket": ticket, "act": "all"}).status_code == 409
    said_here = {"ticket": ticket, "kind|甲": "storage", "kind|乙": "-"}
    again = client.post(address(w), said_here)
    assert "Sheet 甲 has no column for place, slots." in again.text
    named = {**said_here, "column|甲|0": "name", "column|甲|1": "slots"}
    assert client.post(address(w), named).context["to_write"] == 1
    client.post(address(w), {**named, "act": "all"})
    assert StoragePlace.objects.get().name == "A-1"


def test_a_reader_may_not_import_and_a_foreign_manager_finds_no_page(w: World, client: Client) -> None:
    foreign = make_world("South Court")
    for user, status in ((w.reader, 403), (w.site_lead, 403), (foreign.manager, 404)):
        client.force_login(user)
        assert client.get(address(w)).status_code == status
        assert choose(client, w, fixture("building.xlsx")).status_code == status


def test_a_preview_takes_the_same_queries_for_one_room_and_for_three_hundred(w: World, client: Client) -> None:
    client.force_login(w.manager)
    rows = [[1000 + n, 1, "宿舍", 2, 18] for n in range(300)]

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert choose(client, w, workbook({"rooms": [ROOMS, *rows[:count]]})).status_code == 200
        return len(captured)

    first = queries(1)
    assert queries(300) == first <= 12
    take(w, {"rooms": [ROOMS, *rows]})
    known = queries(1)
    assert queries(300) == known <= 12


def test_only_whoever_sets_up_the_site_enters_a_building_and_becomes_its_manager(w: World, client: Client) -> None:
    client.force_login(w.manager)
    assert client.get(reverse("new_building")).status_code == 403
    assert client.post(reverse("new_building"), {"name": "West Court"}).status_code == 403
    root = User.objects.create_superuser("root", password=PASSWORD, language="en")
    client.force_login(root)
    assert client.get(reverse("new_building")).status_code == 200
    answer = client.post(reverse("new_building"), {"name": w.building.name})
    assert (answer.status_code, "There is already a building of this name." in answer.text) == (422, True)
    answer = client.post(reverse("new_building"), {"name": "West Court", "phone": "+86 10 5550 0199"})
    building = Building.objects.get(name="West Court")
    assert answer["Location"] == reverse("import_building", args=[building.pk])
    assert building.history.get().history_user == root
    assert list(Role.objects.get(building=building, kind=RoleKind.MANAGER).group.user_set.all()) == [root]


# At the same time


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_the_same_time_make_no_room_twice() -> None:
    building = make_world().building
    start = threading.Barrier(2)
    done: list[Any] = []

    def importing() -> None:
        try:
            start.wait()
            done.append(import_building(building, fixture("building.xlsx"), name="building.xlsx", by=None).summary)
        except Exception as error:
            done.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=importing) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [
        "0 created, 0 changed, 79 unchanged, 0 refused",
        "79 created, 0 changed, 0 unchanged, 0 refused",
    ]
    assert (Room.objects.count(), Bed.objects.count(), Posting.objects.count()) == (40, 48, 13)


def test_the_outcomes_of_a_mixed_workbook_are_counted_by_row(w: World) -> None:
    take(w, {"rooms": [ROOMS, [201, 2, "宿舍", 2, 18], [202, 2, "宿舍", 2, 18]]})
    rows = [[201, 2, "宿舍", 2, 18], [202, 2, "宿舍", 2, 19], [203, 2, "宿舍", 2, 18], [None, 2, "宿舍", 2, 18]]
    found = look(w, {"rooms": [ROOMS, *rows]})
    assert [line.outcome for line in found.lines] == [
        Outcome.UNCHANGED,
        Outcome.CHANGED,
        Outcome.CREATED,
        Outcome.REFUSED,
    ]
    assert found.summary == "1 created, 1 changed, 1 unchanged, 1 refused"
