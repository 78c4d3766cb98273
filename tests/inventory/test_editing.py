"""What the office corrects about a student stands on the timeline: who, when, what it was, what it is, and why."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.access import withdraw
from core.timeline import Entry
from inventory import editing
from inventory.importing import import_roster
from inventory.models import Student
from rooms.models import Role, RoleKind
from tests.sheets import roster
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


@pytest.fixture
def student(w: World) -> Student:
    return w.student(name="安娜", time_zone="Asia/Irkutsk", passport_number="P111222", notes="")


def edit(client: Client, student: Student, **changed: str) -> Any:
    """Post the form as the page shows it, with some fields changed."""
    shown = client.get(reverse("edit_student", args=[student.pk]))
    values = {name: shown.context["form"].initial.get(name) or "" for name in shown.context["form"].fields}
    return client.post(reverse("edit_student", args=[student.pk]), {**values, **changed})


def timeline(client: Client, student: Student) -> list[Entry]:
    found: list[Entry] = client.get(reverse("student", args=[student.pk])).context["timeline"]
    return found


def told(entry: Entry) -> tuple[str, str, str, list[tuple[str, str, str]]]:
    """Who, what, why, and each change."""
    return entry.by, entry.what, entry.why, [(one.label, one.old, one.new) for one in entry.changes]


def test_two_edits_show_old_and_new_values_author_and_reason(w: World, student: Student, client: Client) -> None:
    client.force_login(w.manager)
    edit(client, student, time_zone="Europe/Paris", language="fr", reason="She moved to Lyon.")
    other = w.user("manager", name="colleague")
    client.force_login(other)
    edit(client, student, time_zone="Asia/Tokyo", notes="Insulin in the fridge", reason="She called from Tokyo.")
    second_notes, second, first, *entered = timeline(client, student)
    assert {told(second_notes)[1], told(second)[1]} == {"student changed", "person changed"}
    by_what = {one.what: told(one) for one in (second_notes, second)}
    assert by_what == {
        "person changed": (
            str(other),
            "person changed",
            "She called from Tokyo.",
            [("time zone", "Europe/Paris", "Asia/Tokyo")],
        ),
        "student changed": (
            str(other),
            "student changed",
            "She called from Tokyo.",
            [("notes", "—", "Insulin in the fridge")],
        ),
    }
    assert told(first) == (
        str(w.manager),
        "person changed",
        "She moved to Lyon.",
        [("language", "en", "fr"), ("time zone", "Asia/Irkutsk", "Europe/Paris")],
    )
    assert sorted(one.what for one in entered) == ["person entered", "student entered"]
    page = client.get(reverse("student", args=[student.pk])).text
    section = page[page.index('id="history"') :]
    for words in ("Asia/Irkutsk", "Europe/Paris", "Asia/Tokyo", "She moved to Lyon.", str(w.manager), str(other)):
        assert words in section


def test_an_import_stands_on_the_timeline_beside_the_hand(w: World, client: Client) -> None:
    w.room("201")
    headings = ["姓名", "学号", "房间", "所在地", "电话"]
    for where, phone in (("伊尔库茨克", "+7 1"), ("里昂", "+33 2")):
        data = roster(["安娜", "S1", 201, where, phone], headings=headings)
        import_roster(w.building, data, name="roster.xlsx", by=w.manager)
    client.force_login(w.manager)
    student = Student.objects.get()
    changed = sorted(told(one) for one in timeline(client, student) if one.changes)
    why = "imported from roster.xlsx"
    assert changed == [
        (str(w.manager), "contact point changed", why, [("number or address", "+7 1", "+33 2")]),
        (str(w.manager), "person changed", why, [("where now", "伊尔库茨克", "里昂")]),
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace(w: World, student: Student, client: Client) -> None:
    client.force_login(w.manager)
    assert edit(client, student, reason="Just looking.").status_code == 302
    assert len(timeline(client, student)) == 2
    assert not editing.correct(student, person={"name": "安娜"}, own={"notes": ""}, by=w.manager, reason="")


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"name": ""},
        {"time_zone": "Mars/Olympus"},
        {"language": "xx"},
        {"name": "安" * 121},
    ],
)
def test_a_wrong_form_comes_back_filled_in_and_changes_nothing(
    w: World, student: Student, client: Client, wrong: dict[str, str]
) -> None:
    client.force_login(w.manager)
    answer = edit(client, student, **{"whereabouts": "里昂", "reason": "She wrote.", **wrong})
    assert answer.status_code == 422
    assert "里昂" in answer.text
    student.person.refresh_from_db()
    assert (student.person.whereabouts, student.person.history.count()) == ("", 1)


def test_text_no_database_keeps_is_refused(w: World, student: Student, client: Client) -> None:
    client.force_login(w.manager)
    assert edit(client, student, name="安\x00娜", reason="Typing.").status_code == 400
    assert student.person.history.count() == 1


def test_passport_and_contacts_are_masked_for_who_may_not_see_them(w: World, student: Student, client: Client) -> None:
    client.force_login(w.manager)
    edit(client, student, passport_number="P999888", whereabouts="里昂", nationality="法国", reason="New passport.")
    editing.keep_contact(
        student.person, point=None, kind="phone", value="+33 6 5550101", by=w.manager, reason="She wrote."
    )
    point = student.person.contact_points.get()
    editing.keep_contact(
        student.person, point=point, kind="phone", value="+33 6 5550202", by=w.manager, reason="New one."
    )
    secrets = ["P111222", "P999888", "里昂", "法国", "+33 6 5550101", "+33 6 5550202"]
    client.force_login(w.auditor)
    page = client.get(reverse("student", args=[student.pk])).text
    assert [secret in page for secret in secrets] == [True] * 6
    withdraw(Role.of(w.building, RoleKind.AUDITOR).group, "rooms.view_contacts", w.building)
    page = client.get(reverse("student", args=[student.pk])).text
    assert [secret in page for secret in secrets] == [False] * 6
    masked = [told(one)[3] for one in timeline(client, student) if one.what == "person changed"]
    assert masked == [
        [
            ("nationality", "•••", "•••"),
            ("where now", "•••", "•••"),
            ("passport number", "•••", "•••"),
        ]
    ]


def test_who_may_not_see_the_history_is_shown_none(w: World, student: Student, client: Client) -> None:
    client.force_login(w.mover)
    answer = client.get(reverse("student", args=[student.pk]))
    assert answer.status_code == 200
    assert "timeline" not in answer.context
    assert "P111222" not in answer.text


def test_only_the_office_edits_and_a_foreign_one_finds_nothing(w: World, student: Student, client: Client) -> None:
    foreign = make_world("South Court")
    where = reverse("edit_student", args=[student.pk])
    for user, status in ((w.reader, 403), (w.mover, 403), (w.auditor, 403), (foreign.manager, 404)):
        client.force_login(user)
        assert client.get(where).status_code == status
        assert client.post(where, {"name": "Other", "reason": "None."}).status_code == status
    student.person.refresh_from_db()
    assert student.person.name == "安娜"
