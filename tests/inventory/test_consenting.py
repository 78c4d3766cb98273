"""Consent: the exact text, the student's answer by their own link, and what staff heard."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from core.records import Refused
from inventory import consenting, packing
from inventory.models import Channel, Consent, ConsentState, Override, Student
from inventory.own import CONSENT_TEXT, CONSENT_VERSION, FACTOR, consent_text
from tests.inventory.own_pages import hidden, phone_of
from tests.inventory.phone import said
from tests.world import World, make_world


@pytest.fixture
def w(db: None) -> World:
    return make_world()


def answer(student: Student, state: str = ConsentState.AUTHORISED, **more: Any) -> Consent:
    """The student answers on their own pages."""
    given = {"words": "", "language": "en", "version": CONSENT_VERSION, "client_id": uuid4(), **more}
    return consenting.answer_by_link(student, state=state, **given)


def heard(student: Student, w: World, state: str = ConsentState.AUTHORISED, **more: Any) -> Consent:
    """The manager heard the answer on the phone."""
    given = {"channel": Channel.PHONE, "words": "Yes, go on.", "language": "zh-hans", "client_id": uuid4(), **more}
    return consenting.record(student, state=state, by=w.manager, **given)


def test_the_student_reads_the_text_and_answers_in_arabic(w: World) -> None:
    student = w.student(language="ar")
    phone = phone_of(student, "ar")
    page = phone.get("/my/consent/")
    with translation.override("ar"):
        for paragraph in CONSENT_TEXT:
            assert translation.gettext(paragraph) in said(page)
    sent = {"state": "with-wishes", "words": "آلة العود قابلة للكسر", **hidden(page)}
    assert phone.post("/my/consent/", sent)["Location"] == "/my/"
    consent = Consent.of(student)
    assert consent is not None
    kept = (consent.state, consent.channel, consent.by, consent.words, consent.text, consent.language)
    assert kept == ("with-wishes", "link", None, "آلة العود قابلة للكسر", consent_text("ar"), "ar")
    assert (consent.text_version, consent.factor) == (CONSENT_VERSION, FACTOR)
    assert "/my/consent/" in phone.get("/my/").content.decode()


def test_the_same_form_sent_twice_is_one_answer(w: World) -> None:
    student = w.student()
    phone = phone_of(student)
    sent = {"state": "authorised", "words": "", **hidden(phone.get("/my/consent/"))}
    assert [phone.post("/my/consent/", sent).status_code for _n in range(2)] == [302, 302]
    assert Consent.objects.filter(student=student).count() == 1


def test_wishes_need_words_and_the_form_keeps_what_was_chosen(w: World) -> None:
    student = w.student()
    phone = phone_of(student)
    sent = {"state": "with-wishes", "words": " ", **hidden(phone.get("/my/consent/"))}
    page = phone.post("/my/consent/", sent)
    assert page.status_code == 422
    assert hidden(page)["client_id"] == sent["client_id"]
    assert Consent.of(student) is None


def test_a_mind_may_change_until_the_room_is_opened(w: World) -> None:
    student = w.student()
    answer(student, ConsentState.HESITANT)
    answer(student, ConsentState.REFUSED, words="Not yet.")
    answer(student)
    packing.open_room(student.bed.room, pair=w.pair(), answers={})
    with pytest.raises(Refused) as refused:
        answer(student, ConsentState.REFUSED)
    assert refused.value.code == "packing-has-begun"
    with pytest.raises(Refused) as refused:
        heard(student, w, ConsentState.REFUSED)
    assert refused.value.code == "packing-has-begun"
    states = list(Consent.objects.filter(student=student).order_by("pk").values_list("state", flat=True))
    assert states == ["hesitant", "refused", "authorised"]


def test_once_the_room_is_open_the_page_says_so_and_a_late_form_gets_409(w: World) -> None:
    student = w.student()
    answer(student)
    phone = phone_of(student)
    sent = {"state": "refused", "words": "", **hidden(phone.get("/my/consent/"))}
    packing.open_room(student.bed.room, pair=w.pair(), answers={})
    assert phone.post("/my/consent/", sent).status_code == 409
    page = phone.get("/my/consent/")
    assert "The packing of your room has begun, so your answer stands." in said(page)
    assert 'name="state"' not in page.content.decode()


def test_who_was_overridden_may_still_agree(w: World) -> None:
    room = w.room(beds=2)
    agreed, refused = w.student(room), w.student(room)
    answer(agreed)
    answer(refused, ConsentState.REFUSED)
    Override.propose(refused, reach="enter", reason="The roommate agreed.", by=w.manager).sign(by=w.site_lead)
    packing.open_room(room, pair=w.pair(), answers={})
    answer(refused)
    assert packing.clearance(refused).may_pack is True


def test_the_student_reads_the_override_and_who_signed_it(w: World) -> None:
    student = w.student()
    answer(student, ConsentState.REFUSED)
    Override.propose(student, reach="pack", reason="The building opens on Monday.", by=w.manager).sign(by=w.site_lead)
    words = said(phone_of(student).get("/my/"))
    assert "The building opens on Monday." in words
    assert w.manager.shown_name in words
    assert w.site_lead.shown_name in words


def test_an_older_text_is_not_answered(w: World) -> None:
    student = w.student()
    with pytest.raises(Refused) as refused:
        answer(student, version="2020-01/1")
    assert refused.value.code == "consent-text-changed"


@pytest.mark.parametrize("state", ["not-reached", "perhaps", ""])
def test_a_student_gives_only_the_four_answers(state: str, w: World) -> None:
    student = w.student()
    with pytest.raises(Refused) as refused:
        answer(student, state)
    assert refused.value.code == "consent-answer-unknown"


def test_staff_record_what_they_heard(w: World) -> None:
    student = w.student()
    client_id = uuid4()
    consent = heard(student, w, client_id=client_id)
    assert heard(student, w, client_id=client_id) == consent
    assert (consent.by, consent.channel, consent.text, consent.factor) == (w.manager, "phone", "", "")


def test_staff_cannot_answer_as_the_student_nor_without_words(w: World) -> None:
    student = w.student()
    for more, code in (
        ({"channel": Channel.LINK}, "consent-channel-is-the-students"),
        ({"words": " "}, "consent-without-words"),
    ):
        with pytest.raises(Refused) as refused:
            heard(student, w, **more)
        assert refused.value.code == code
    assert Consent.of(student) is None


def test_not_reached_never_takes_an_answer_back(w: World) -> None:
    student = w.student()
    heard(student, w, ConsentState.NOT_REACHED, words="No answer, 3 tries.")
    heard(student, w, ConsentState.NOT_REACHED, words="No answer, 2 tries.")
    answer(student)
    with pytest.raises(Refused) as refused:
        heard(student, w, ConsentState.NOT_REACHED, words="No answer today.")
    assert refused.value.code == "consent-already-answered"
    consent = Consent.of(student)
    assert consent is not None
    assert consent.state == ConsentState.AUTHORISED
