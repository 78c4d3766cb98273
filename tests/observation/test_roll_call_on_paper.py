"""The roll call on paper: found, missing and unexpected named, what was done, and lines to sign on."""

import re
from uuid import uuid4

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import translation

from observation import moving, roll_calling
from observation.models import RollCall
from observation.papers.roll_call import RollPaper, draw
from tests.inventory.phone import phone_of
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def text_of(pdf: bytes) -> str:
    """The text of all pages without its spaces."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    return re.sub(r"\s+", "", "".join(pages))


def called(w: World) -> RollCall:
    """A roll call that found one, missed one, met a stranger and has yet to ask one."""
    here, missing = (
        w.occupant(w.ready_room(n).beds.get(), name=name) for n, name in (("301", "Here"), ("302", "Miss"))
    )
    w.occupant(w.ready_room("205").beds.get(), name="Unasked")
    call = roll_calling.start(w.building, by=w.nurse)
    roll_calling.mark(call, occupant=here, found="here", by=w.nurse, client_id=uuid4())
    roll_calling.mark(call, occupant=missing, found="missing", by=w.nurse, client_id=uuid4())
    roll_calling.meet(
        call, room=here.stay.room, occupant=None, words="A plumber with a badge", by=w.nurse, client_id=uuid4()
    )
    return call


def test_the_paper_counts_and_names_who_differs_and_has_lines_to_sign_on(w: World) -> None:
    call = called(w)
    roll_calling.close(call, words="Found in the yard, led back.", by=w.nurse)
    answer = phone_of(w.nurse).get(reverse("roll_call_paper", args=[call.pk]))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    for said in ("lookedfor3", "found1", "notintheroom1", "notyetasked1", "Found in the yard, led back.", "Plumber"):
        assert said.replace(" ", "").lower() in text.lower(), said
    differs = text[text.index("Whatdiffers") : text.index("Floor2")]
    assert "302Miss" in differs
    assert "Here" not in differs.replace("Here,", "")
    assert "Unasked" not in differs
    assert text.index("Floor2") < text.index("Unasked") < text.index("Floor3")
    assert [word for word in ("Signature", "Calledtheroll", "Sitelead") if word not in text] == []


def test_a_closed_roll_stays_as_it_was_and_an_open_one_says_that_it_is_open(w: World) -> None:
    call = called(w)
    assert "notclosedyet" in text_of(draw(RollPaper.of(call)))
    roll_calling.close(call, words="Led back.", by=w.nurse)
    before = RollPaper.of(call)
    late = w.occupant(name="Latecomer")
    moving.send_to_hospital(late, hospital="District", reason="Fever", vehicle="Car", by=w.duty_officer)
    assert RollPaper.of(RollCall.objects.get()) == before
    text = text_of(draw(before))
    assert "notclosedyet" not in text
    assert "Latecomer" not in text


def test_the_paper_speaks_chinese(w: World) -> None:
    call = called(w)
    with translation.override("zh-hans"):
        text = text_of(draw(RollPaper.of(call)))
    assert [word for word in ("点名", "不在房内", "签字", "应到3", "实到1", "不符") if word not in text] == []
    assert "What" not in text


def test_an_empty_house_has_a_paper_too(w: World) -> None:
    w.protocol()
    call = roll_calling.start(w.building, by=w.nurse)
    assert "lookedfor0" in text_of(draw(RollPaper.of(call)))


def test_whoever_may_not_see_occupants_gets_no_paper_and_the_page_leads_to_it(w: World) -> None:
    call = called(w)
    url = reverse("roll_call_paper", args=[call.pk])
    assert phone_of(w.mover).get(url).status_code == 404
    assert url in phone_of(w.nurse).get(reverse("roll_call", args=[call.pk])).content.decode()
