"""A roster comes in as the office keeps it: previewed, all or nothing, and by people who may."""

import threading
import time
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from core.importing import ByHand, Outcome, Preview
from core.models import Code
from core.records import Refused
from core.tables_in import UnreadableTable
from inventory.importing import import_roster, preview_roster
from inventory.models import Student
from people.models import Category, Person
from rooms.importing import import_building
from rooms.models import Building, Posting, Role, RoleKind
from tests.sheets import FILES, FIXTURES, comma_separated, edited, fixture, roster, rows_in_the_database
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


def said(preview: Preview) -> list[str]:
    """All that is wrong with the file."""
    return [str(problem) for line in preview.lines for problem in line.problems]


def changes(preview: Preview) -> list[tuple[str, str, str, str]]:
    """All that would change: whose, what, old and new."""
    return [(line.what, change.label, change.old, change.new) for line in preview.lines for change in line.changes]


@pytest.fixture
def w() -> World:
    """A building with two double rooms, 201 and 202, and a single one, 203."""
    world = make_world()
    for number, beds in (("201", 2), ("202", 2), ("203", 1)):
        world.room(number, beds=beds)
    return world


@pytest.fixture
def campus() -> Building:
    """The building of the house's own workbook."""
    building = make_world("North Court").building
    import_building(building, fixture("building.xlsx"), name="building.xlsx", by=None)
    return building


ANNA = ["安娜", "S1", 201, 1, "ru", "Asia/Irkutsk", "李老师", "P111", "+7 1"]
BORIS = ["鲍里斯", "S2", 201, 2, "俄语", "Asia/Irkutsk", "李老师", "P222", "+7 2"]
CHLOE = ["克洛伊", "S3", 202, 1, "French", "Europe/Paris", "张老师", "P333", "+33 3"]


def take(world: World, *rows: Any, by: Any = None, **more: Any) -> Preview:
    """Import these rows."""
    return import_roster(world.building, roster(*rows), name="roster.xlsx", by=by or world.manager, **more)


def look(world: World, *rows: Any, **more: Any) -> Preview:
    """Preview these rows."""
    return preview_roster(world.building, roster(*rows), name="roster.xlsx", **more)


# The house's own roster


def test_the_roster_gives_every_student_a_bed_a_language_a_time_zone_and_a_teacher(campus: Building) -> None:
    done = import_roster(campus, fixture("roster.xlsx"), name="roster.xlsx", by=None)
    assert done.summary == "48 created, 0 changed, 0 unchanged, 0 refused"
    students = list(Student.objects.filter(building=campus).select_related("person__responsible", "bed__room"))
    assert len(students) == 48
    assert len({student.bed_id for student in students}) == 48
    assert len({student.bed.room_id for student in students if student.bed}) == 30
    languages = Counter(student.person.language for student in students)
    assert set(languages) == {"th", "ru", "fr", "ko", "mn", "ar"}
    assert [s for s in students if not (s.person.time_zone and s.person.responsible and s.person.passport_number)] == []
    assert not Person.objects.filter(name__in=["合计", "48人"]).exists()
    # The teachers are the building's own crew.
    assert Posting.objects.filter(building=campus).count() == 13
    assert Person.objects.staff().count() == 13


def test_the_same_roster_again_changes_nothing_and_leaves_no_trace(campus: Building) -> None:
    import_roster(campus, fixture("roster.xlsx"), name="roster.xlsx", by=None)
    before = rows_in_the_database()
    done = import_roster(campus, fixture("roster.xlsx"), name="roster.xlsx", by=None)
    assert done.summary == "0 created, 0 changed, 48 unchanged, 0 refused"
    assert rows_in_the_database() == before


def test_a_second_uneven_campus_comes_in_too() -> None:
    building = make_world("South Lake House 6").building
    rooms = import_building(building, fixture("second_building.xlsx"), name="second_building.xlsx", by=None)
    assert rooms.summary == "20 created, 0 changed, 0 unchanged, 0 refused"
    done = import_roster(building, fixture("second_roster.xlsx"), name="second_roster.xlsx", by=None)
    assert done.summary == "11 created, 0 changed, 0 unchanged, 0 refused"
    assert done.sheets[0].heading.guessed == {"room"}
    beds = {str(one.bed): one.person for one in Student.objects.filter(building=building)}
    assert {bed: (one.name, one.language) for bed, one in beds.items()} == {
        "201-1": ("沃洛申娜·达里娅", "ru"),
        "201-2": ("陈氏英", "th"),
        "202-1": ("巴特尔", "mn"),
        "202-2": ("李哲秀", "ko"),
        "203-1": ("哈桑·马哈茂德", "ar"),
        "203-2": ("优素福", "ar"),
        "204-1": ("让-巴蒂斯特·莫罗", "fr"),
        "301-1": ("金娜英", "ko"),
        "301-2": ("索菲娅·贝尔", "fr"),
        "302-1": ("娜塔莎", "ru"),
        "303-1": ("奥云", "mn"),
    }
    # «顾　宁» in the roster is 顾宁 of the crew.
    assert beds["201-1"].responsible == Person.objects.get(name="顾宁")
    assert Person.objects.staff().count() == 4


def test_the_same_students_as_gb18030_csv_in_another_order_change_nothing() -> None:
    building = make_world("South Lake House 6").building
    import_building(building, fixture("second_building.xlsx"), name="second_building.xlsx", by=None)
    import_roster(building, fixture("second_roster.xlsx"), name="second_roster.xlsx", by=None)
    again = preview_roster(building, fixture("second_roster.csv"), name="second_roster.csv")
    assert again.summary == "0 created, 0 changed, 11 unchanged, 0 refused"
    assert changes(again) == []


# What a preview shows


def test_a_preview_writes_nothing_and_says_what_was_understood(w: World) -> None:
    before = rows_in_the_database()
    found = look(w, ANNA, ["克洛伊", "S3", "２０３室", None, "法语", "Europe/Paris", "张　老　师", "p 333", None])
    assert rows_in_the_database() == before
    assert [line.outcome for line in found.lines] == [Outcome.CREATED, Outcome.CREATED]
    assert found.lines[1].told == [
        ("language", "French"),
        ("student number", "S3"),
        ("passport number", "P333"),
        ("bed", "203-1"),
        ("time zone", "Europe/Paris"),
        ("responsible teacher", "张老师"),
    ]
    assert found.notes == ["Not posted here yet, will be entered as staff: 张老师, 李老师."]


def test_a_changed_roster_shows_old_and_new_and_writes_who_and_why(w: World) -> None:
    take(w, ANNA, BORIS)
    moved = [*ANNA[:4], "en", "Asia/Tokyo", "张老师", "P111", "+7 9"]
    wanted = [
        ("安娜", "language", "Russian", "English"),
        ("安娜", "time zone", "Asia/Irkutsk", "Asia/Tokyo"),
        ("安娜", "responsible teacher", "李老师", "张老师"),
        ("安娜", "phone", "+7 1", "+7 9"),
    ]
    assert changes(look(w, moved, BORIS)) == wanted
    done = take(w, moved, BORIS)
    assert (changes(done), done.summary) == (wanted, "0 created, 1 changed, 1 unchanged, 0 refused")
    anna, boris = (Student.objects.get(student_number=number) for number in ("S1", "S2"))
    latest = anna.person.history.latest()
    assert (latest.history_user, latest.history_change_reason, latest.language) == (
        w.manager,
        "imported from roster.xlsx",
        "en",
    )
    assert latest.responsible.name == "张老师"
    assert [point.value for point in anna.person.contact_points.all()] == ["+7 9"]
    assert anna.person.contact_points.get().history.latest().history_user == w.manager
    # Only what changed has a new line in its history.
    trace = {
        "anna": anna.history.count(),
        "person": anna.person.history.count(),
        "boris": boris.history.count(),
        "his person": boris.person.history.count(),
    }
    assert trace == {"anna": 1, "person": 2, "boris": 1, "his person": 1}


def test_a_blank_cell_says_nothing(w: World) -> None:
    take(w, ANNA)
    done = take(w, ["安娜", "S1", 201, 1, None, None, None, None, None])
    assert done.summary == "0 created, 0 changed, 1 unchanged, 0 refused"
    assert Student.objects.get().person.language == "ru"


def test_students_missing_from_the_file_stay(w: World) -> None:
    take(w, ANNA, BORIS)
    done = take(w, ANNA)
    assert done.notes == ["1 students of this building are not in the file; they stay as they are."]
    assert Student.objects.count() == 2


def test_two_students_swap_beds_and_each_history_shows_one_move(w: World) -> None:
    take(w, ANNA, CHLOE)
    done = take(w, [*ANNA[:2], 202, 1, *ANNA[4:]], [*CHLOE[:2], 201, 1, *CHLOE[4:]])
    assert changes(done) == [("安娜", "bed", "201-1", "202-1"), ("克洛伊", "bed", "202-1", "201-1")]
    anna, chloe = (Student.objects.get(student_number=number) for number in ("S1", "S3"))
    assert (str(anna.bed), str(chloe.bed)) == ("202-1", "201-1")
    assert [str(row.bed) for row in anna.history.all()] == ["202-1", "201-1"]


# What is refused, cell by cell


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ([None, *ANNA[1:]], "Sheet 名单, row 2, column A: The name is missing. Type the student's name."),
        (["安娜", None, *ANNA[2:]], "Sheet 名单, row 2, column B: The student number is missing. Type it."),
        ([*ANNA[:2], None, *ANNA[3:]], "Sheet 名单, row 2, column C: The room is missing. Type its number."),
        ([*ANNA[:2], 999, *ANNA[3:]], "Sheet 名单, row 2, column C: Room 999 is not in this building."),
        ([*ANNA[:3], 3, *ANNA[4:]], "Sheet 名单, row 2, column D: Room 201 has no bed 3."),
        ([*ANNA[:3], "²", *ANNA[4:]], None),
        ([*ANNA[:3], None, *ANNA[4:]], "Sheet 名单, row 2, column D: Room 201 has several beds. Type which one."),
        (
            [*ANNA[:2], "=1+1", *ANNA[3:]],
            "Sheet 名单, row 2, column C: The cell holds a formula or an error; type the value itself.",
        ),
        (
            [*ANNA[:5], "Mars/Olympus", *ANNA[6:]],
            "Sheet 名单, row 2, column F: “Mars/Olympus” is no time zone. Write it like Asia/Seoul.",
        ),
        (
            [*ANNA[:4], "Klingon", *ANNA[5:]],
            "Sheet 名单, row 2, column E: Choose one of zh, en, ru, ko, mn, th, ar, fr instead of “Klingon”.",
        ),
        (["安" * 121, *ANNA[1:]], "Sheet 名单, row 2, column A: At most 120 characters fit here."),
        (
            [*ANNA[:8], 10**17],
            "Sheet 名单, row 2, column I: The spreadsheet has shortened this number; "
            "format the cell as text and type all its digits.",
        ),
    ],
)
def test_a_cell_that_cannot_be_is_named(w: World, row: list[Any], complaint: str | None) -> None:
    found = said(look(w, row))
    assert found == ([complaint] if complaint else [])


def test_all_that_is_wrong_with_a_row_is_said_at_once(w: World) -> None:
    assert [one.partition(": ")[0] for one in said(look(w, [None, None, 999, 1, "Klingon", *ANNA[5:]]))] == [
        f"Sheet 名单, row 2, column {letter}" for letter in "ABEC"
    ]


def test_two_students_of_the_file_in_one_bed(w: World) -> None:
    assert said(look(w, ANNA, [*BORIS[:3], 1, *BORIS[4:]])) == [
        "Sheet 名单, row 3, column D: Bed 201-1 is already given to 安娜: Sheet 名单, row 2, column D."
    ]


def test_a_bed_of_somebody_who_is_not_in_the_file(w: World) -> None:
    take(w, ANNA)
    assert said(look(w, [*BORIS[:3], 1, *BORIS[4:]])) == [
        "Sheet 名单, row 2, column D: Bed 201-1 is already given to 安娜."
    ]


def test_a_newcomer_does_not_push_out_whoever_stays(w: World) -> None:
    take(w, ANNA)
    found = look(w, [*BORIS[:3], 1, *BORIS[4:]], ANNA)
    assert [line.outcome for line in found.lines] == [Outcome.REFUSED, Outcome.UNCHANGED]


def test_whoever_wants_the_bed_of_a_refused_row_is_refused_too_and_so_on(w: World) -> None:
    take(w, ANNA, BORIS, CHLOE)
    # Boris to Anna's bed, Chloe to Boris's, a newcomer to Chloe's; but Anna's new room does not exist.
    rows = [
        ["新生", "S4", 202, 1, *ANNA[4:]],
        [*CHLOE[:2], 201, 2, *CHLOE[4:]],
        [*BORIS[:2], 201, 1, *BORIS[4:]],
        [*ANNA[:2], 999, 1, *ANNA[4:]],
        ["后来者", "S5", 203, 1, *ANNA[4:]],
    ]
    done = take(w, *rows, good_rows=True)
    assert [line.outcome for line in done.lines] == [Outcome.REFUSED] * 4 + [Outcome.CREATED]
    assert {str(one.bed): one.student_number for one in Student.objects.all()} == {
        "201-1": "S1",
        "201-2": "S2",
        "202-1": "S3",
        "203-1": "S5",
    }


def test_one_student_number_stands_once_in_a_file(w: World) -> None:
    assert said(look(w, ANNA, [BORIS[0], "S1", *BORIS[2:]])) == [
        "Sheet 名单, row 3, column B: Student number S1 stands here a second time; "
        "the first: Sheet 名单, row 2, column B."
    ]


def test_a_teacher_s_name_that_two_bear_is_not_chosen_between(w: World) -> None:
    for _n in range(2):
        Posting.enter(
            by=None, building=w.building, person=Person.enter(by=None, category=Category.STAFF, name="李老师")
        )
    assert said(look(w, ANNA)) == [
        "Sheet 名单, row 2, column G: Two people of this name are posted here; the import cannot choose."
    ]


def test_one_bad_row_and_nothing_at_all_is_written(w: World) -> None:
    assert w.manager
    before = rows_in_the_database()
    with pytest.raises(Refused) as refused:
        take(w, ANNA, [*BORIS[:2], 999, *BORIS[3:]])
    assert refused.value.code == "rows-refused"
    assert rows_in_the_database() == before


def test_only_the_good_rows_when_asked(w: World) -> None:
    done = take(w, ANNA, [*BORIS[:2], 999, *BORIS[3:]], good_rows=True)
    assert done.summary == "1 created, 0 changed, 0 unchanged, 1 refused"
    assert [student.student_number for student in Student.objects.all()] == ["S1"]
    assert Code.objects.filter(kind="student").count() == 1


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"%PDF-1.7 nothing", "roster.xlsx", "not-a-table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "roster.xlsx", "not-a-table"),
        ((FILES / "locked.xlsx").read_bytes(), "locked.xlsx", "encrypted"),
        (b"\x00" * (site.MAX_WORKBOOK_BYTES + 1), "roster.xlsx", "too-large"),
        ("姓名,学号,房间\n安\x00娜,S1,201\n".encode(), "roster.csv", "untrusted-text"),
        (b"", "roster.csv", "empty"),
        (fixture("building.xlsx"), "building.xlsx", "no-roster"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_as_a_whole(w: World, data: bytes, name: str, code: str) -> None:
    with pytest.raises(UnreadableTable) as unreadable:
        preview_roster(w.building, data, name=name)
    assert unreadable.value.code == code


def test_headings_nobody_knows_are_mapped_by_hand(w: World) -> None:
    data = comma_separated(["Кто", "Номер", "Где", "Койка"], ["Анна", "S1", "201", "2"])
    found = preview_roster(w.building, data, name="список.csv", mappings={})
    assert found.sheets[0].missing == ["name", "student number", "room"]
    by_hand = {"список": ByHand(columns={0: "name", 1: "student_number", 2: "room", 3: "bed"})}
    done = import_roster(w.building, data, name="список.csv", by=None, mappings=by_hand)
    assert done.summary == "1 created, 0 changed, 0 unchanged, 0 refused"
    assert str(Student.objects.get().bed) == "201-2"


def test_a_column_named_twice_by_hand_is_asked_about(w: World) -> None:
    by_hand = {"名单": ByHand(columns={0: "name", 1: "name"})}
    found = look(w, ANNA, mappings=by_hand)
    assert [sheet.complaint for sheet in found.incomplete] == [
        "名单: Columns A and B stand for the same thing; choose one of them."
    ]
    with pytest.raises(Refused) as refused:
        take(w, ANNA, mappings=by_hand)
    assert refused.value.code == "columns-missing"


# The command


def run(*arguments: str, **options: Any) -> list[str]:
    """The command's lines."""
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_command_s_last_line_is_the_summary(campus: Building) -> None:
    file = str(FIXTURES / "roster.xlsx")
    assert run("import_roster", file, "--dry-run")[-1] == "48 created, 0 changed, 0 unchanged, 0 refused"
    assert Student.objects.count() == 0
    assert run("import_roster", file) == ["48 created, 0 changed, 0 unchanged, 0 refused"]
    assert run("import_roster", file) == ["0 created, 0 changed, 48 unchanged, 0 refused"]


def test_the_summary_is_english_whatever_the_site_speaks(campus: Building) -> None:
    with translation.override("zh-hans"):
        lines = run("import_roster", str(FIXTURES / "roster.xlsx"), "--dry-run")
    assert lines[-1] == "48 created, 0 changed, 0 unchanged, 0 refused"


def test_the_command_refuses_bad_rows_names_them_and_fails(w: World, tmp_path: Any) -> None:
    file = tmp_path / "roster.xlsx"
    file.write_bytes(roster(ANNA, [*BORIS[:2], 999, *BORIS[3:]]))
    out = StringIO()
    with pytest.raises(CommandError, match="1 rows are refused, so nothing was written"):
        call_command("import_roster", str(file), stdout=out)
    assert out.getvalue().splitlines()[-2:] == [
        "Sheet 名单, row 3, column C: Room 999 is not in this building.",
        "1 created, 0 changed, 0 unchanged, 1 refused",
    ]
    assert Student.objects.count() == 0
    assert run("import_roster", str(file), "--good-rows", "--by", w.manager.username)[-1] == (
        "1 created, 0 changed, 0 unchanged, 1 refused"
    )
    assert Student.objects.get().history.get().history_user == w.manager


def test_the_command_asks_which_building_when_there_are_several(campus: Building) -> None:
    make_world("South Court")
    file = str(FIXTURES / "roster.xlsx")
    with pytest.raises(CommandError, match="Say which one with --building NAME"):
        run("import_roster", file)
    with pytest.raises(CommandError, match="no building called West Court"):
        run("import_roster", file, "--building", "West Court")
    assert run("import_roster", file, "--building", "North Court")[-1].startswith("48 created")


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("nowhere.xlsx", "cannot be read"),
        (str(FILES / "locked.xlsx"), "locked with a password"),
        (str(FIXTURES / "building.xlsx"), "holds no list with names, student numbers and rooms"),
    ],
)
def test_the_command_says_in_one_sentence_why_a_file_is_refused(w: World, file: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run("import_roster", file)


def test_the_command_refuses_fifty_megabytes_before_reading_them(w: World, tmp_path: Any) -> None:
    file = tmp_path / "huge.xlsx"
    with file.open("wb") as out:
        out.truncate(50 * 1024 * 1024)
    with pytest.raises(CommandError, match="is larger than 5 MB"):
        run("import_roster", str(file))


def test_nobody_imports_in_the_name_of_a_stranger(w: World) -> None:
    with pytest.raises(CommandError, match="Nobody logs in as ghost"):
        run("import_roster", str(FIXTURES / "roster.xlsx"), "--by", "ghost")


# The pages


def address(world: World) -> str:
    return reverse("import_roster", args=[world.building.pk])


def choose(client: Client, world: World, data: bytes, *, name: str = "roster.xlsx") -> Any:
    """Upload the file."""
    return client.post(address(world), {"file": SimpleUploadedFile(name, data)})


def test_the_pages_show_first_and_write_after(w: World, client: Client) -> None:
    client.force_login(w.manager)
    before = rows_in_the_database()
    shown = choose(client, w, roster(ANNA))
    assert shown.status_code == 200
    assert "Nothing has been written yet." in shown.text
    assert rows_in_the_database() == before
    done = client.post(address(w), {"ticket": shown.context["ticket"], "act": "all"}, follow=True)
    assert "Imported: 1 new, 0 changed, 0 unchanged, 0 refused." in done.text
    assert Student.objects.get().history.get().history_user == w.manager


def test_the_page_names_every_refused_cell_and_offers_the_good_rows(w: World, client: Client) -> None:
    client.force_login(w.manager)
    shown = choose(client, w, roster(ANNA, [*BORIS[:2], 999, *BORIS[3:]]))
    assert "Sheet 名单, row 3, column C: Room 999 is not in this building." in shown.text
    assert ('value="all"' in shown.text, 'value="good"' in shown.text) == (False, True)
    answer = client.post(address(w), {"ticket": shown.context["ticket"], "act": "all"})
    assert (answer.status_code, Student.objects.count()) == (409, 0)
    client.post(address(w), {"ticket": shown.context["ticket"], "act": "good"})
    assert Student.objects.count() == 1


def test_a_guessed_column_is_to_be_checked_with_its_heading(w: World, client: Client) -> None:
    client.force_login(w.manager)
    headings = ["姓名", "学号", "宿舍房间号码", "床位"]
    shown = choose(client, w, roster(ANNA[:4], headings=headings))
    assert [(one["text"], one["chosen"]) for one in shown.context["guessed"]] == [("宿舍房间号码", "room")]
    assert "please check" in shown.text
    columns = {one["field"]: one["chosen"] for one in shown.context["columns"]}
    again = client.post(address(w), {"ticket": shown.context["ticket"], **columns})
    assert (again.context["guessed"], again.context["preview"].count("created")) == ([], 1)


def test_columns_are_named_on_the_page_and_kept_until_it_is_written(w: World, client: Client) -> None:
    client.force_login(w.manager)
    data = comma_separated(["Кто", "Номер", "Где", "Койка", "Шум"], ["Анна", "S1", "201", "2", "x"])
    shown = choose(client, w, data, name="a.csv")
    assert [one["text"] for one in shown.context["columns"]] == ["Кто", "Номер", "Где", "Койка", "Шум"]
    assert "Sheet a has no column for name, student number, room." in shown.text
    named = dict(zip([f"column|a|{n}" for n in range(5)], ["name", "student_number", "room", "bed", "-"], strict=True))
    again = client.post(address(w), {"ticket": shown.context["ticket"], **named})
    assert [one["chosen"] for one in again.context["columns"]] == ["name", "student_number", "room", "bed", ""]
    client.post(address(w), {"ticket": shown.context["ticket"], **named, "act": "all"})
    assert str(Student.objects.get().bed) == "201-2"


def test_naming_two_columns_alike_loses_neither_file_nor_answers(w: World, client: Client) -> None:
    client.force_login(w.manager)
    shown = choose(client, w, comma_separated(["Кто", "Номер", "Где"], ["Анна", "S1", "201"]), name="a.csv")
    named = {"column|a|0": "name", "column|a|1": "name", "column|a|2": "room"}
    again = client.post(address(w), {"ticket": shown.context["ticket"], **named})
    assert "Columns A and B stand for the same thing; choose one of them." in again.text
    assert [one["chosen"] for one in again.context["columns"]] == ["name", "", "room"]
    assert again.context["ticket"] == shown.context["ticket"]


def test_nonsense_instead_of_columns_does_no_harm(w: World, client: Client) -> None:
    client.force_login(w.manager)
    shown = choose(client, w, roster(ANNA))
    nonsense = {
        "column|名单|٣": "name",
        "column|名单|99999": "x",
        "column|": "y",
        "kind|名单": "rooms",
        "column|名单|1": "z",
    }
    again = client.post(address(w), {"ticket": shown.context["ticket"], **nonsense})
    assert again.status_code == 200
    assert again.context["preview"].count("created") == 1


@pytest.mark.parametrize(
    ("data", "name", "complaint"),
    [
        ((FILES / "locked.xlsx").read_bytes(), "locked.xlsx", "locked with a password"),
        (b"%PDF-1.7", "roster.pdf", "neither a workbook nor a CSV file"),
        (b"", "empty.xlsx", "holds no table"),
        (b"PK\x03\x04 cut off", "\u202ecod.xlsx", "is damaged or not a workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_with_what_to_do(
    w: World, client: Client, data: bytes, name: str, complaint: str
) -> None:
    client.force_login(w.manager)
    answer = choose(client, w, data, name=name)
    assert answer.status_code == 422
    assert complaint in answer.text


def test_fifty_megabytes_are_refused_and_not_kept(w: World, client: Client) -> None:
    client.force_login(w.manager)
    answer = choose(client, w, b"\x00" * 50 * 1024 * 1024)
    assert answer.status_code == 422
    assert "roster.xlsx is larger than 5 MB" in answer.text
    assert not any(one.stat().st_size > site.MAX_WORKBOOK_BYTES for one in (site.DATA_DIR / "imports").glob("*"))


def test_a_file_waits_for_the_one_who_chose_it_and_for_its_building_only(w: World, client: Client) -> None:
    client.force_login(w.manager)
    ticket = choose(client, w, roster(ANNA)).context["ticket"]
    other = Client()
    other.force_login(w.user("manager", name="colleague"))
    elsewhere = make_world("South Court")
    Role.of(elsewhere.building, RoleKind.MANAGER).admit(w.manager)
    for who, where, sent in (
        (other, address(w), ticket),
        (client, address(elsewhere), ticket),
        (client, address(w), ticket + "x"),
        (client, address(w), "made up"),
    ):
        answer = who.post(where, {"ticket": sent, "act": "all"})
        assert (answer.status_code, Student.objects.count()) == (409, 0)
        assert "choose the file again" in answer.text
    assert client.post(address(w), {"ticket": ticket, "act": "all"}).status_code == 302


def test_a_second_tap_on_import_is_told_that_the_file_was_imported(w: World, client: Client) -> None:
    client.force_login(w.manager)
    ticket = choose(client, w, roster(ANNA)).context["ticket"]
    answers = [client.post(address(w), {"ticket": ticket, "act": "all"}) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "This file was imported already" in answers[1].text
    assert Student.objects.count() == 1


def test_a_reader_may_not_import_and_a_foreign_manager_finds_no_page(w: World, client: Client) -> None:
    foreign = make_world("South Court")
    for user, status in ((w.reader, 403), (w.mover, 403), (foreign.manager, 404)):
        client.force_login(user)
        assert client.get(address(w)).status_code == status
        assert choose(client, w, roster(ANNA)).status_code == status


def test_a_preview_takes_the_same_queries_for_one_row_and_for_three_hundred(w: World, client: Client) -> None:
    client.force_login(w.manager)
    for n in range(300, 450):
        w.room(str(n), beds=2)
    rows = [
        [f"学生{n}", f"S{n}", 300 + n // 2, n % 2 + 1, "en", "Europe/Paris", "李老师", f"P{n}", n] for n in range(300)
    ]

    def queries(count: int) -> int:
        data = roster(*rows[:count])
        with CaptureQueriesContext(connection) as captured:
            assert choose(client, w, data).context["preview"].count("refused") == 0
        return len(captured)

    first = queries(1)
    assert queries(300) == first <= 16
    take(w, *rows)
    known = queries(1)
    assert queries(300) == known <= 16


# At the same time


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_the_same_time_make_nobody_twice() -> None:
    building = make_world().building
    import_building(building, fixture("building.xlsx"), name="building.xlsx", by=None)
    start = threading.Barrier(2)
    done: list[Any] = []

    def importing() -> None:
        try:
            start.wait()
            done.append(import_roster(building, fixture("roster.xlsx"), name="roster.xlsx", by=None).summary)
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
        "0 created, 0 changed, 48 unchanged, 0 refused",
        "48 created, 0 changed, 0 unchanged, 0 refused",
    ]
    assert (Student.objects.count(), Person.objects.staff().count()) == (48, 13)


@pytest.mark.slow
def test_forty_eight_students_come_in_within_a_second_of_work(campus: Building) -> None:
    began = time.process_time()
    import_roster(campus, edited("roster.xlsx", {}), name="roster.xlsx", by=None)
    assert time.process_time() - began < 1
