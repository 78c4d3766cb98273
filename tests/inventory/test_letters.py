"""Letters: each carries the student's new link and never the code that goes with it."""

import io
import re
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from core import paper
from core.qr import read_codes
from inventory.models import Student, StudentLink
from people.models import ContactPoint
from tests.inventory.own_pages import factors
from tests.inventory.phone import phone_of as desk_of
from tests.world import World, make_world


@pytest.fixture
def w(db: None) -> World:
    return make_world()


def sheets(answer: Any) -> list[tuple[str, bytes]]:
    """Each page of a PDF: its text without spaces, and its image as a printer would make it (150 dpi)."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    found = []
    with pypdfium2.PdfDocument(answer.content) as document:
        for page in document:
            text = page.get_textpage()
            out = io.BytesIO()
            page.render(scale=150 / 72).to_pil().save(out, "PNG")
            found.append(("".join(text.get_text_range().split()), out.getvalue()))
            text.close()
            page.close()
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_qr_of_a_printed_letter_opens_the_students_pages(w: World, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://guanshe.example.edu"
    student = w.student(language="ar", name="优素福", passport_name="YUSUF AL KHATIB")
    answer = desk_of(w.manager).post(f"/students/{student.pk}/letter/")
    assert answer["Content-Disposition"] == f'attachment; filename="letter-{student.student_number}.pdf"'
    assert answer["Cache-Control"] == "no-store, private"
    [(_text, image)] = sheets(answer)
    [address] = read_codes(image)
    token = re.fullmatch(r"https://guanshe\.example\.edu/s/([\w-]{27})/ar/", address)
    assert token
    link = StudentLink.objects.get(student=student)
    opened = Client().post(f"/s/{token[1]}/ar/", factors(link))
    assert (opened.status_code, opened["Location"]) == (302, "/my/")


def test_a_letter_says_whom_to_ask_and_until_when_but_never_the_code(w: World) -> None:
    student = w.student(language="ru", name="欧阳明月", passport_name="OUYANG MINGYUE")
    ContactPoint.enter(by=None, person=student.person.responsible, kind="phone", value="+86 10 5550 0199")
    [(text, image)] = sheets(desk_of(w.manager).post(f"/students/{student.pk}/letter/"))
    link = StudentLink.objects.get(student=student)
    for words in ("OUYANG MINGYUE", "欧阳明月", "Teacher Li", "+86 10 5550 0199", w.building.phone, w.building.name):
        assert squeezed(words) in text
    # The address stands there for those who cannot scan; the student's language first, then Chinese.
    assert read_codes(image)[0] in text
    with translation.override("zh-hans"):
        assert squeezed(translation.gettext("Your belongings in the dormitory")) in text
    assert text.count(str(link.expires_at.year)) >= 2
    assert link.code not in text
    assert student.person.passport_number not in text


@pytest.mark.parametrize("language", ["ar", "en", "zh-hans"])
def test_a_letter_is_one_page_however_long_the_names_are(language: str, w: World) -> None:
    long_name = "MUHAMMAD ABDURRAHMAN AL-KHWARIZMI BIN YUSUF ABDULKARIMOV"
    student = w.student(language=language, passport_name=long_name, responsible=w.teacher(long_name.title()))
    for phone in ("+86 10 5550 0199", "+86 138 0013 8000"):
        ContactPoint.enter(by=None, person=student.person.responsible, kind="phone", value=phone)
    assert len(sheets(desk_of(w.manager).post(f"/students/{student.pk}/letter/"))) == 1


def test_a_new_letter_ends_the_link_of_the_old_one(w: World) -> None:
    student = w.student()
    desk = desk_of(w.manager)
    first, second = (desk.post(f"/students/{student.pk}/letter/") for _n in range(2))
    [old, new] = StudentLink.objects.filter(student=student).order_by("pk")
    assert (old.revoked_at is None, new.revoked_at, new.issued_by) == (False, None, w.manager)
    [(_text, image)] = sheets(first)
    path = "/s/" + read_codes(image)[0].split("/s/")[1]
    assert Client().post(path, factors(old)).status_code == 422
    assert Client().post(path, factors(new)).status_code == 422
    assert old.code != new.code
    assert second.status_code == 200


def test_opening_the_page_issues_nothing(w: World) -> None:
    student = w.student()
    desk = desk_of(w.manager)
    for address in (f"/students/{student.pk}/letter/", f"/buildings/{w.building.pk}/letters/"):
        assert desk.get(address).status_code == 200
        assert desk_of(w.mover).post(address).status_code == 403
    assert StudentLink.objects.count() == 0


def letters_of(answer: Any) -> list[str]:
    """The student numbers on the letters, in the order of the pages."""
    return [re.search(r"2019XX\d{4}", text)[0] for text, _image in sheets(answer)]  # type: ignore[index]


def numbers(*students: Student) -> list[str]:
    return [student.student_number for student in students]


def test_the_building_prints_letters_for_all_without_a_link_that_opens(w: World) -> None:
    served, ended, locked, never = (w.student(w.room(str(310 + n))) for n in range(4))
    no_passport = w.student(w.room("320"), passport_number="")
    _elsewhere = make_world("South Court").student()
    for student in (served, ended, locked):
        StudentLink.issue(student, by=w.manager)
    StudentLink.objects.get(student=ended).revoke(by=w.manager)
    StudentLink.objects.get(student=locked).amend(by=None, failures=5)
    desk, address = desk_of(w.manager), f"/buildings/{w.building.pk}/letters/"
    page = desk.get(address).content.decode()
    assert f"/students/{no_passport.pk}/" in page
    answer = desk.post(address, {"which": "waiting"})
    assert letters_of(answer) == numbers(ended, locked, never)
    assert StudentLink.objects.active().count() == 4
    assert desk.post(address, {"which": "waiting"}).status_code == 422


def test_only_the_ticked_get_a_letter_and_only_those_of_the_building(w: World) -> None:
    first, second, third = (w.student(w.room(str(410 + n))) for n in range(3))
    foreign = make_world("South Court").student()
    desk, address = desk_of(w.manager), f"/buildings/{w.building.pk}/letters/"
    assert letters_of(desk.post(address, {"which": "chosen", "students": [third.pk, first.pk]})) == numbers(
        first, third
    )
    assert desk.post(address, {"which": "chosen"}).status_code == 422
    assert desk.post(address, {"which": "chosen", "students": [foreign.pk]}).status_code == 422
    assert StudentLink.objects.filter(student__in=[second, foreign]).count() == 0


def test_without_a_passport_number_no_link_is_made(w: World) -> None:
    student = w.student(passport_number="123")
    desk, address = desk_of(w.manager), f"/students/{student.pk}/letter/"
    assert "<button class" not in desk.get(address).content.decode().partition("<main")[2]
    assert desk.post(address).status_code == 409
    assert StudentLink.objects.count() == 0


def test_a_letter_that_cannot_be_drawn_ends_no_link(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    student = w.student()
    link, _token = StudentLink.issue(student, by=w.manager)
    monkeypatch.setattr(paper, "available", lambda: False)
    assert desk_of(w.manager).post(f"/students/{student.pk}/letter/").status_code == 409
    assert list(StudentLink.objects.active()) == [link]
