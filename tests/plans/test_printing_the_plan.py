"""The relocation plan on its page and on paper."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from inventory import packing
from observation import moving
from plans import papers
from plans.clauses import LANGUAGES
from plans.relocation.blockers import blockers
from plans.relocation.clauses import ANNEXES, SECTIONS, clauses
from plans.relocation.document import write
from plans.relocation.gathering import gather
from plans.relocation.summary import in_short
from plans.relocation.telling import Telling
from tests.plans.test_gathering import crew, post
from tests.world import make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 2, 9, 2, 7, tzinfo=UTC)


@pytest.fixture
def w():
    world = make_world()
    world.building.amend(by=None, order_issuer="Epidemic Office", order_date=date(2020, 2, 8))
    return world


def campus(w):
    """Six rooms of two students in every consent state, with notes, crews and storage."""
    states = ["authorised", "with-wishes", "hesitant", "refused", "not-reached", None]
    for place, state in enumerate(states):
        room = w.room(f"2{place:02}", beds=2, zone="contaminated", plan_x=4 * place)
        for _bed in (1, 2):
            student = w.student(room, notes="insulin in the fridge" if state == "refused" else "")
            if state:
                w.consent(student, state)
    crew(w)
    post(w, "Guo", "领导班子 leadership", sex="male")
    w.place("A1", slots=100, site="地下一层库房 basement store")
    w.place("R1", slots=4, cold=True)
    return w


def told(plan, language):
    with translation.override(language):
        tell = Telling(plan, language=language)
        return {one.key: one.text for one in blockers(plan, tell)}


def plain(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def pages_of(drawn):
    document = pypdfium2.PdfDocument(drawn)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_and_every_students_room_is_in_the_printed_text(w, language):
    campus(w)
    pages = pages_of(papers.relocation_plan(w.building, language=language, now=NOW))
    text = plain("".join(pages))
    for key in (*SECTIONS, *ANNEXES):
        assert plain(clauses(language)[key].heading) in text, key
    for resident in gather(w.building, NOW).residents:
        assert resident.room in text
        name = resident.name if language == "zh-hans" else resident.latin
        assert plain(name) in text
    contents = [plain(line) for line in pages[1].splitlines()]
    for key in (*SECTIONS, *ANNEXES):
        heading = plain(clauses(language)[key].heading)
        line = next(line for line in contents if heading in line)
        number = int(re.search(r"(\d+)$", line)[1])
        assert heading in plain(pages[number - 1]), key


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_personal_data_beyond_need_is_printed(w, language):
    student = w.student(passport_number="X12345678", nationality="Elsewhere", whereabouts="Far Town")
    text = "".join(pages_of(papers.relocation_plan(w.building, language=language, now=NOW)))
    for hidden in ("X12345678", "Elsewhere", "Far Town", student.student_number):
        assert hidden not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_counts_sections_as_its_language_does(w, language):
    titles = [section.title for section in write(gather(campus(w).building, NOW), language=language).sections]
    assert titles[0] == {"zh-hans": "一、目的与依据", "en": "1. Purpose and basis"}[language]
    assert titles[10].startswith({"zh-hans": "十一、", "en": "11. "}[language])
    assert len(titles) == 16


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_building_still_has_a_whole_plan(w, language):
    document = write(gather(w.building, NOW), language=language)
    assert len(document.sections) == 16
    assert all(section.blocks for section in document.sections if section.key not in {"floors", "annex-rooms"})


def test_the_order_stands_in_the_basis_or_is_asked_for(w):
    def basis():
        section = write(gather(w.building, NOW), language="en").sections[0]
        return next(block.text for block in section.blocks if block.kind == "item")

    assert (
        basis()
        == "The order of 8 February 2020 by Epidemic Office to turn North Court into a medical observation site."
    )
    w.building.amend(by=None, order_date=None)
    assert basis().endswith("(issuer and date still to be entered).")


def test_blockers_name_what_must_be_settled(w):
    assert set(told(gather(w.building, NOW), "en")) == {"roster", "no-crew"}
    campus(w)
    said = told(gather(w.building, NOW), "en")
    assert set(said) == {"not-asked", "closed-rooms"}
    assert said["closed-rooms"] == (
        "4 rooms stay closed until their residents agree or an override is signed by two: 202, 203, 204, 205."
    )
    w.building.amend(by=None, order_issuer="", phone="")
    post(w, "Zhao", "搬运", sex="male")
    w.student(w.room("301"), responsible=None, sex="male")
    assert set(told(gather(w.building, NOW), "en")) == {
        "order",
        "phone",
        "not-asked",
        "closed-rooms",
        "no-teacher",
        "idle-movers",
        "unplaced",
    }
    assert "past" in told(gather(w.building, NOW + timedelta(days=30)), "en")


def test_storage_that_does_not_suffice_is_a_blocker(w):
    w.place("A1", slots=4)
    w.student()
    assert told(gather(w.building, NOW), "en")["storage-ordinary"] == (
        "2 boxes have no storage place of the kind “ordinary”."
    )


def test_every_section_says_in_short_how_it_stands(w):
    plan = gather(campus(w).building, NOW)
    with translation.override("en"):
        short = in_short(plan, Telling(plan, language="en"))
    assert set(short) == {*SECTIONS, *ANNEXES}
    assert short["consent"] == "4 of 12 agreed, 2 hesitant, 2 refused, 4 not heard from."


def test_the_page_shows_waves_blockers_and_the_way_to_both_pdfs(w, client):
    campus(w)
    client.force_login(w.manager)
    page = client.get(reverse("relocation_plan", args=[w.building.pk])).content.decode()
    for language in LANGUAGES:
        assert reverse("relocation_plan_pdf", args=[w.building.pk, language]) in page
    assert 'class="gantt"' in page
    assert "To be settled" in page
    assert "202, 203, 204, 205" in page
    assert "style=" not in page


@pytest.mark.parametrize("rooms", [1, 30])
def test_the_page_takes_the_same_queries_for_one_room_and_for_thirty(w, client, rooms, django_assert_num_queries):
    for _n in range(rooms):
        w.student(notes="cash")
    crew(w)
    client.force_login(w.manager)
    with django_assert_num_queries(15):
        client.get(reverse("relocation_plan", args=[w.building.pk]))


@pytest.mark.slow
def test_the_pdf_comes_in_the_languages_it_is_written_in(w, client):
    w.student()
    client.force_login(w.manager)
    answer = client.get(reverse("relocation_plan_pdf", args=[w.building.pk, "en"]))
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert client.get(reverse("relocation_plan_pdf", args=[w.building.pk, "fr"])).status_code == 404
    assert client.post(reverse("relocation_plan_pdf", args=[w.building.pk, "en"])).status_code == 405


def test_plans_are_for_those_who_print_papers_of_this_building(w, client):
    other = make_world("South Court")
    for user, status in ((w.manager, 200), (w.reader, 403), (other.manager, 404)):
        client.force_login(user)
        assert client.get(reverse("relocation_plan", args=[w.building.pk])).status_code == status
    client.force_login(w.reader)
    assert client.get(reverse("relocation_plan_pdf", args=[w.building.pk, "en"])).status_code == 403


@pytest.mark.slow
def test_the_command_writes_the_plan(w, tmp_path, capsys):
    w.student()
    out = tmp_path / "plan.pdf"
    call_command("print_plan", "relocation", "--language", "en", "--output", str(out))
    assert out.read_bytes()[:5] == b"%PDF-"
    assert capsys.readouterr().out.startswith(f"{out}: relocation plan of North Court, ")


def test_the_command_says_in_a_sentence_what_is_wrong(w, tmp_path):
    def said(*arguments):
        with pytest.raises(CommandError) as refusal:
            call_command("print_plan", *arguments)
        return str(refusal.value)

    out = str(tmp_path / "plan.pdf")
    assert said("fit-out", "--output", out) == (
        "The fit-out plan comes later; today there are the relocation and the management plan."
    )
    assert said("relocation", "--output", out, "--building", "Nowhere").startswith(
        "There is no building called Nowhere."
    )
    make_world("South Court")
    assert said("relocation", "--output", out) == "There are several buildings. Say which one with --building NAME."
    assert "invalid choice: 'fr'" in said("relocation", "--output", out, "--language", "fr")


def packed(w):
    """A room of one student who agreed, packed; its box stands in storage, so the room is cleared."""
    student = w.student()
    w.consent(student)
    room = w.surveyed(student.room)
    w.sealed(student)
    w.views(room, "room-after")
    packing.close_room(room, pair=w.pair())
    packing.store_box(student.boxes.get(), place=w.place(), pair=w.pair(), client_id=uuid4())
    room.refresh_from_db()
    return room


def test_a_finished_move_proposes_no_wave_and_says_that_it_is_finished(w, client):
    """By now the rooms are the site's: cleared, ready, lived in by an occupant, waiting to be disinfected."""
    w.protocol()
    rooms = [packed(w) for _n in range(4)]
    for room in rooms[1:]:
        w.made_ready(room)
    occupant, moving_on = w.occupant(rooms[2].beds.get()), w.occupant(rooms[3].beds.get())
    moving.move_to(moving_on, bed=rooms[1].beds.get(), reason="Draught.", by=w.duty_officer)
    assert occupant.stay.room.state == "occupied"
    crew(w, start=timezone.now())
    now = timezone.now()
    plan = gather(w.building, now)
    assert [room.state for room in plan.bedrooms] == ["cleared", "occupied", "occupied", "to-disinfect"]
    assert (plan.is_finished, len(plan.proposal.waves), plan.in_storage) == (True, 0, 4)
    page = page_of(w, client)
    assert "The move is finished: the rooms of all 4 students are packed, and 4 of 4 boxes stand in storage." in page
    assert "Wave 1" not in page
    assert "have it approved" not in page
    for language, sentence in (("en", "Themoveisfinished"), ("zh-hans", "搬迁已经完成")):
        assert sentence in paper_text(w, language=language, now=now)


def test_a_move_with_one_room_left_is_not_finished(w, client):
    packed(w)
    student = w.student()
    w.consent(student)
    crew(w, start=timezone.now())
    plan = gather(w.building, timezone.now())
    assert (plan.is_finished, len(plan.proposal.turns)) == (False, 1)
    page = page_of(w, client)
    assert "The move is finished" not in page
    assert "Wave 1" in page


def page_of(w, client):
    """The plan's page as the manager sees it."""
    client.force_login(w.manager)
    return client.get(
        reverse("relocation_plan", args=[w.building.pk]), headers={"accept-language": "en"}
    ).content.decode()


def paper_text(w, *, language, now):
    """The text of the plan's paper, without spaces."""
    pages = pypdfium2.PdfDocument(papers.relocation_plan(w.building, language=language, now=now))
    return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in pages))
