"""Receipts: what was confirmed, in the student's language and in Chinese, with the list's digest."""

import unicodedata
from uuid import uuid4

import pytest
from django.utils import translation

from inventory import confirming, objecting, packing
from inventory.models import ConditionCode, Confirmation, Manifest, PhotoKind, Seal, Student
from inventory.own import confirmation_text
from inventory.papers.receipt import Receipt
from tests.inventory.own_pages import hidden, phone_of
from tests.inventory.phone import phone_of as desk_of
from tests.inventory.test_letters import sheets
from tests.world import World, make_world


@pytest.fixture
def w(db: None) -> World:
    return make_world("北苑 3 号楼")


def confirmed(w: World, language: str = "ar") -> tuple[Student, Confirmation]:
    """A student who confirmed a list of two boxes on their own pages."""
    student = w.student(language=language, name="优素福", passport_name="YUSUF AL KHATIB", time_zone="Africa/Cairo")
    w.consent(student)
    w.surveyed(student.bed.room)
    mark = {"code": ConditionCode.SCRATCHED, "place": "左侧"}
    w.stored(student, items=2, description="黑色电脑", category="electronics", condition=[mark])
    w.stored(student, description="آلة العود", category="instrument", handling=["fragile"])
    w.views(student.bed.room, PhotoKind.ROOM_AFTER)
    packing.close_room(student.bed.room, pair=w.pair())
    phone = phone_of(student, language)
    phone.post("/my/confirm/", hidden(phone.get("/my/confirm/")))
    return student, Confirmation.objects.get(manifest__student=student)


def plain(text: str) -> str:
    """Text as it is compared: one spelling for one sign, no spaces, no marks of direction."""
    shown = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in shown if not sign.isspace() and unicodedata.category(sign) != "Cf")


def letters(text: str) -> str:
    """The letters alone, sorted: Arabic is taken out of a PDF in the order it was drawn, line by line."""
    return "".join(sorted(sign for sign in plain(text) if sign.isalpha()))


def test_the_receipt_reads_in_the_students_language_and_in_chinese(w: World) -> None:
    student, confirmation = confirmed(w)
    answer = phone_of(student, "ar").get("/my/receipt/")
    text = plain("".join(text for text, _image in sheets(answer)))
    expected = [
        "YUSUF AL KHATIB",
        "优素福",
        student.student_number,
        "北苑 3 号楼",
        confirmation.manifest.digest.upper(),
        "(UTC+02:00)",
        "(UTC+08:00)",
        "黑色电脑",
        "左侧",
        *Seal.objects.values_list("number", flat=True),
    ]
    with translation.override("zh-hans"):
        expected += [
            confirmation_text("zh-hans", number=2),
            translation.gettext("Receipt for belongings in custody"),
            str(ConditionCode.SCRATCHED.label),
        ]
    assert [words for words in expected if plain(words) not in text] == []
    # A code that stands beside an Arabic word is taken out of a PDF with its signs in another order.
    signs = {"".join(sorted(text[at : at + 9])) for at in range(len(text))}
    assert {"".join(sorted(code)) for code in student.boxes.values_list("code", flat=True)} <= signs
    # What Arabic letters the page shows; how they stand was looked at.
    shown = letters(text)
    for sign in letters("آلة العود"):
        assert sign in shown


def test_the_very_words_that_were_confirmed_stand_on_the_receipt(w: World) -> None:
    student, confirmation = confirmed(w)
    receipt = Receipt.of(confirmation, student=student)
    assert [(text.side.language, text.words) for text in receipt.texts] == [
        ("ar", confirmation.text),
        ("zh-hans", confirmation_text("zh-hans", number=2)),
    ]
    assert [side.direction for side in receipt.sides] == ["rtl", "ltr"]


def test_who_reads_chinese_gets_one_language(w: World) -> None:
    student, confirmation = confirmed(w, "zh-hans")
    receipt = Receipt.of(confirmation, student=student)
    assert [text.words for text in receipt.texts] == [confirmation.text]
    assert [side.name for side in receipt.sides] == ["优素福"]


def test_there_is_no_receipt_of_what_was_not_confirmed(w: World) -> None:
    student, _confirmation = confirmed(w)
    phone = phone_of(student)
    assert phone.get("/my/receipt/?list=2").status_code == 200
    assert phone.get("/my/receipt/?list=1").status_code == 409
    assert phone.get("/my/receipt/?list=" + "9" * 5000).status_code == 409
    assert phone_of(w.student()).get("/my/receipt/").status_code == 409


def test_staff_print_the_same_receipt(w: World) -> None:
    student, _confirmation = confirmed(w)
    answer = desk_of(w.manager).get(f"/students/{student.pk}/receipt/")
    own = phone_of(student, "ar").get("/my/receipt/")
    assert [text for text, _image in sheets(answer)] == [text for text, _image in sheets(own)]
    assert desk_of(w.reader).get(f"/students/{student.pk}/receipt/").status_code == 403


def test_the_receipt_keeps_the_list_that_was_confirmed(w: World) -> None:
    """What happens to a box later changes nothing of it."""
    student, confirmation = confirmed(w)
    before = Receipt.of(confirmation, student=student)
    item = student.boxes.first().items.first()
    objection = objecting.object_to(item, student=student, text="Look again.", client_id=uuid4())
    item.amend(by=w.manager, description="Another thing")
    Manifest.issue(student)
    assert confirming.Progress.of(student).confirmation is None
    assert Receipt.of(confirmation, student=student) == before
    assert objection.manifest == confirmation.manifest
