"""A bus-load comes in as the office sends it: previewed, all or nothing, a bed for each."""

from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from observation.importing import import_occupants, preview_occupants
from observation.models import Occupant, OccupantState, Stay
from tests.sheets import FIXTURES, fixture, workbook
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
HEADINGS = ["姓名", "护照号", "性别", "观察原因", "末次接触日期", "同行人", "房间"]


@pytest.fixture
def w() -> World:
    """A building with 24 ready single rooms on two floors."""
    world = make_world()
    for floor in (2, 3):
        for n in range(1, 13):
            world.ready_room(f"{floor}{n:02}")
    return world


def one(w: World, *row: object, **more: object) -> list[str]:
    """What is wrong with a list of this one row."""
    found = preview_occupants(w.building, workbook({"名单": [HEADINGS, row]}), name="x.xlsx")
    return [problem.message for line in found.lines for problem in line.problems]


def test_twenty_two_people_get_a_bed_each_and_families_live_side_by_side(w: World) -> None:
    done = import_occupants(w.building, fixture("busload.xlsx"), name="busload.xlsx", by=w.duty_officer)
    assert done.summary == "22 created, 0 changed, 0 unchanged, 0 refused"
    assert Stay.objects.open().values("bed").distinct().count() == 22
    assert set(Occupant.objects.values_list("state", flat=True)) == {OccupantState.EXPECTED}
    family = Stay.objects.filter(occupant__party="Hassan").values_list("bed__room__number", flat=True)
    numbers = sorted(int(number) for number in family)
    assert numbers[-1] - numbers[0] == 2
    omar = Occupant.objects.get(person__passport_number="A0000004")
    assert (omar.person.language, omar.diet, omar.reason, omar.came_from) == ("ar", "halal", "returned", "开罗")
    assert omar.history.latest().history_user == w.duty_officer
    words = Occupant.objects.get(person__name="陈静")
    assert (words.reason, words.reason_words) == ("other", "同一栋楼居住")


def test_the_same_list_again_changes_nothing(w: World) -> None:
    import_occupants(w.building, fixture("busload.xlsx"), name="busload.xlsx", by=None)
    again = import_occupants(w.building, fixture("busload.xlsx"), name="busload.xlsx", by=None)
    assert again.summary == "0 created, 0 changed, 22 unchanged, 0 refused"
    assert Occupant.objects.count() == 22


def test_a_list_with_half_its_rows_wrong_writes_nothing_or_its_good_rows(w: World) -> None:
    out = StringIO()
    file = str(FIXTURES / "busload_half_wrong.xlsx")
    with pytest.raises(CommandError, match="11 rows are refused"):
        call_command("import_occupants", file, stdout=out)
    assert not Occupant.objects.exists()
    assert out.getvalue().splitlines()[-1] == "11 created, 0 changed, 0 unchanged, 11 refused"
    out = StringIO()
    call_command("import_occupants", file, good_rows=True, by=w.duty_officer.username, stdout=out)
    assert out.getvalue().splitlines()[-1] == "11 created, 0 changed, 0 unchanged, 11 refused"
    assert Occupant.objects.count() == 11


def test_a_dry_run_says_the_same_and_writes_nothing(w: World) -> None:
    out = StringIO()
    call_command("import_occupants", str(FIXTURES / "busload.xlsx"), dry_run=True, stdout=out)
    assert out.getvalue().splitlines()[-1] == "22 created, 0 changed, 0 unchanged, 0 refused"
    assert not Occupant.objects.exists()


def test_each_slip_is_said_beside_its_cell(w: World) -> None:
    w.expected(w.building.rooms.get(number="212").beds.get())
    w.room("401")
    assert one(w, "", "A1", "女/F", "密接", "2020-02-08", "", "") == ["The name is missing. Type the person's name."]
    assert "future" in one(w, "安娜", "A1", "女", "密接", "2099-02-08", "", "")[0]
    assert "last exposure is missing" in one(w, "安娜", "A1", "女", "密接", None, "", "")[0]
    assert "not in this building" in one(w, "安娜", "A1", "女", "密接", "2020-02-08", "", "999")[0]
    assert "disinfected and inspected" in one(w, "安娜", "A1", "女", "密接", "2020-02-08", "", "401室")[0]
    assert "no bed free" in one(w, "安娜", "A1", "女", "密接", "2020-02-08", "", "212")[0]
    assert one(w, "安娜", "A1", "女", "密接", "2020-02-08", "", "２０５") == []


def test_whoever_finds_no_bed_is_refused_with_the_reason() -> None:
    world = make_world()
    world.ready_room()
    rows = [[name, "", "女", "密接", "2020-02-08", "", ""] for name in ("安娜", "贝拉")]
    found = preview_occupants(world.building, workbook({"名单": [HEADINGS, *rows]}), name="x.xlsx")
    assert [line.outcome for line in found.lines] == ["created", "refused"]
    assert "No ready room has a free bed" in found.lines[1].problems[0].message


def test_the_page_shows_the_beds_first_and_then_holds_them(w: World, client: Client) -> None:
    client.force_login(w.duty_officer)
    page = reverse("import_occupants", args=[w.building.pk])
    shown = client.post(page, {"file": SimpleUploadedFile("busload.xlsx", fixture("busload.xlsx"))})
    assert shown.status_code == 200
    assert not Occupant.objects.exists()
    done = client.post(page, {"ticket": shown.context["ticket"], "act": "all"})
    assert done.status_code == 302
    assert done["Location"] == reverse("occupants", args=[w.building.pk])
    assert Occupant.objects.count() == 22
    client.force_login(w.nurse)
    assert client.get(page).status_code == 403
