"""Last month's roster comes in as the office keeps it: previewed, cell by cell, and twice is once."""

from collections.abc import Iterator
from datetime import date, datetime, time
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from observation.duty.importing import import_duty, preview_duty
from observation.duty.setting_up import let_hold
from observation.models import Duty, DutyChange, Post, Shift
from people.models import User
from plans.demo import on_duty
from plans.demo.clock import Clock
from plans.demo.days import Days
from tests.inventory.phone import phone_of, said
from tests.sheets import FIXTURES, fixture, workbook
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADINGS = ["班次 Shift", "日期 Date", "Floor 2", "Manager on duty 总值班"]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2020, 2, 14, 10, tzinfo=SHANGHAI), tick=False) as clock:
        yield clock


@pytest.fixture
def w(clock: Any) -> World:
    """Three people who may hold the lead's post and floor 2."""
    world = make_world()
    people = [world.staff(name=name) for name in ("张三", "李四", "王五")]
    world.lead_post.amend(by=None, name="总值班", name_en="Manager on duty")
    for post in (world.lead_post, world.posts()[-1]):
        let_hold(post, people, by=None)
    world.staff(name="外人")
    return world


def file(*rows: Any, headings: list[str] = HEADINGS) -> bytes:
    return workbook({"值班": [["值班表"], [], headings, *rows]})


def problems(w: World, *rows: Any, headings: list[str] = HEADINGS) -> list[str]:
    found = preview_duty(w.building, file(*rows, headings=headings), name="x.xlsx")
    return [problem.message for line in found.lines for problem in line.problems]


DAY, NIGHT = ("Day", "2020-02-20"), ("Night", None)


def test_the_demos_own_roster_comes_in_and_the_same_file_again_changes_nothing(clock: Any) -> None:
    world = make_world()
    with time_machine.travel(datetime(2020, 2, 10, 10, tzinfo=SHANGHAI), tick=False):
        now = datetime(2020, 2, 10, 10, tzinfo=SHANGHAI)
        users: dict[str, User] = {"manager": world.manager}
        on_duty.set_up(Days(world.building, users, opened=now, clock=Clock(now), until=now, last=0))
    written = Duty.objects.count()
    done = import_duty(world.building, fixture("duty.xlsx"), name="duty.xlsx", by=world.manager)
    assert done.summary == "14 created, 0 changed, 0 unchanged, 0 refused"
    assert Duty.objects.count() - written == 7 * 19
    padded = Duty.objects.get(shift__day=date(2020, 2, 5), shift__pattern__night=False, post__leads=True)
    assert padded.person is not None
    assert padded.person.name == "何老师"
    again = import_duty(world.building, fixture("duty.xlsx"), name="duty.xlsx", by=world.manager)
    assert again.summary == "0 created, 0 changed, 14 unchanged, 0 refused"


def test_headings_in_any_order_and_two_languages_and_a_date_that_stands_once_for_its_shifts(w: World) -> None:
    data = file((*DAY, "张三", "李四"), (*NIGHT, "王五", ""))
    done = import_duty(w.building, data, name="x.xlsx", by=w.manager)
    assert done.summary == "2 created, 0 changed, 0 unchanged, 0 refused"
    rows = Duty.objects.order_by("starts_at", "post__position").values_list("shift__pattern__name", "person__name")
    assert list(rows) == [("Day", "李四"), ("Day", "张三"), ("Night", "王五")]


def test_a_change_to_come_is_written_with_its_fact_and_two_may_change_places(w: World) -> None:
    import_duty(w.building, file((*DAY, "张三", "李四")), name="x.xlsx", by=w.manager)
    done = import_duty(w.building, file((*DAY, "李四", "张三")), name="x.xlsx", by=w.manager)
    assert done.summary == "0 created, 1 changed, 0 unchanged, 0 refused"
    assert Duty.objects.get(post=w.lead_post).person.name == "张三"  # type: ignore[union-attr]
    assert DutyChange.objects.count() == 2


def test_a_name_nobody_has_a_post_that_is_not_and_two_names_are_refused_cell_by_cell(w: World) -> None:
    found = preview_duty(w.building, file((*DAY, "赵六", "张三、李四")), name="x.xlsx")
    (line,) = found.lines
    assert [(problem.cell.address, problem.message) for problem in line.problems] == [
        ("D4", "One person holds a post in a shift. Name one; a change within a shift has its own page."),
        ("C4", "Nobody called “赵六” is posted at this building."),
    ]
    unknown = problems(w, (*DAY, "张三", "李四", "王五"), headings=[*HEADINGS, "食堂"])
    assert unknown == ["There is no post “食堂” in this building."]


def test_rules_are_kept_for_what_is_to_come(w: World) -> None:
    assert problems(w, (*DAY, "外人", "")) == ["外人 may not hold the post Floor 2."]
    assert problems(w, (*DAY, "张三", "张三")) == ["张三 is on another duty then."]
    assert problems(w, (*DAY, "张三", ""), (*NIGHT, "", "张三")) == [
        "张三 would have less than 11 hours of rest before or after."
    ]
    past = ("Day", "2020-02-03"), ("Night", None)
    assert problems(w, (*past[0], "张三", ""), (*past[1], "", "张三")) == []


def test_what_has_begun_is_added_and_never_changed(w: World) -> None:
    past = ("Day", "2020-02-03")
    import_duty(w.building, file((*past, "张三", "")), name="x.xlsx", by=w.manager)
    assert problems(w, (*past, "李四", "")) == [
        "张三 is down for it, and the shift has begun; it is changed on its own page only."
    ]


def test_a_shift_twice_or_across_another_is_refused(w: World) -> None:
    twice = problems(w, (*DAY, "张三", ""), (*DAY, "李四", ""))
    assert twice == ["This shift stands here a second time; the first: Sheet 值班, row 4, column A."]
    shift = w.shift(date(2020, 2, 21))
    shift.pattern.amend(by=None, retired_at=datetime(2020, 2, 1, tzinfo=SHANGHAI))
    new = shift.pattern.__class__.enter(
        by=None,
        building=w.building,
        name="Long",
        starts=time(9),
        ends=time(21),
    )
    assert problems(w, (new.name, "2020-02-21", "张三", "")) == ["Another shift of the roster lies in these hours."]


def test_nothing_or_the_good_rows_are_written_by_command(w: World, tmp_path: Any) -> None:
    path = tmp_path / "duty.xlsx"
    path.write_bytes(file((*DAY, "张三", ""), (*NIGHT, "赵六", "")))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_duty", str(path), stdout=out)
    assert not Shift.objects.exists()
    call_command("import_duty", str(path), dry_run=True, stdout=out)
    assert not Shift.objects.exists()
    call_command("import_duty", str(path), good_rows=True, by=w.manager.username, stdout=out)
    assert out.getvalue().strip().splitlines()[-1] == "1 created, 0 changed, 0 unchanged, 1 refused"
    assert Duty.objects.get().history.get().history_user == w.manager


def test_the_page_shows_what_it_would_do_then_does_it(w: World) -> None:
    phone, path = phone_of(w.manager), reverse("import_duty", args=[w.building.pk])
    upload = SimpleUploadedFile("duty.xlsx", file((*DAY, "张三", "李四")))
    page = phone.post(path, {"file": upload})
    assert "1 new, 0 changed" in said(page)
    assert not Shift.objects.exists()
    ticket = page.context["ticket"]
    assert phone.post(path, {"ticket": ticket, "act": "all"}).status_code == 302
    assert Duty.objects.count() == 2
    assert phone_of(w.nurse).get(path).status_code == 403


def test_another_kind_of_list_is_refused_in_a_sentence(w: World) -> None:
    with pytest.raises(CommandError, match="has no column for shift"):
        call_command("import_duty", str(FIXTURES / "busload.xlsx"), stdout=StringIO())
    with pytest.raises(CommandError, match="holds no list with dates and shifts"):
        call_command("import_duty", str(FIXTURES / "building.xlsx"), stdout=StringIO())
    assert Post.objects.count() == 5
