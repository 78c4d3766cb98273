"""The management plan: whole in both languages, from live data, with a sentence where something is not entered."""

import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from core.models import Code
from observation import meals
from observation.models import Duty, FormKind, PaperForm, Post
from people.models import ContactPoint
from plans import editing, papers
from plans.clauses import LANGUAGES
from plans.managing import annex, passages
from plans.managing.clauses import ANNEXES, SECTIONS, clauses, keys_of, written
from plans.managing.document import write
from plans.managing.gathering import gather
from plans.managing.missing import missing
from plans.managing.summary import in_short
from plans.managing.tables import BLOCKS
from plans.managing.telling import Telling
from rooms.models import Area, Room
from tests.plans.test_clauses import figures as named
from tests.plans.test_clauses import shape
from tests.plans.test_printing_the_plan import pages_of, plain
from tests.world import make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2020, 2, 12, 4, tzinfo=UTC)  # a Wednesday, noon in Beijing
TODAY = date(2020, 2, 12)


@pytest.fixture
def w():
    return make_world("North Court")


def site(w):
    """A site with every kind of room, people on two floors, posts, areas and a roster of this week."""
    w.building.amend(
        by=None,
        order_issuer="Epidemic Office",
        order_date=date(2020, 2, 8),
        address="1 Elm Road",
        name_en="North Court",
    )
    w.protocol()
    for place, (use, zone) in enumerate(
        (
            ("gatehouse", "clean"),
            ("donning-room", "buffer"),
            ("doffing-room", "buffer"),
            ("intake", "contaminated"),
            ("waste-holding", "contaminated"),
        )
    ):
        Room.enter(
            by=None,
            building=w.building,
            number=f"10{place}",
            floor=1,
            use=use,
            zone=zone,
            plan_x=4 * (place // 2),
            plan_y=7 * (place % 2),
            code=Code.issue("room"),
        )
    for floor in (2, 3):
        for place in range(4):
            w.ready_room(
                f"{floor}0{place}", zone="contaminated", plan_x=4 * (place // 2), plan_y=7 * (place % 2), beds=1
            )
    w.occupant(Room.objects.get(number="200").beds.get(), name="Secret Guest", diet="halal")
    w.occupant(Room.objects.get(number="300").beds.get(), name="Hidden Guest")
    posts = w.posts()
    gate = Area.enter(by=None, building=w.building, kind="gate", name="大门", name_en="Main gate", position=5)
    posts.append(Post.enter(by=None, building=w.building, role="area", area=gate, name="大门岗", name_en="Gate post"))
    people = [w.staff(name=f"Staff {letter}") for letter in "ABCDEF"]
    ContactPoint.enter(by=None, person=people[0], kind="phone", value="+86 139 0000 0001")
    for day in range(9, 20):
        for name in ("Day", "Night"):
            shift = w.shift(date(2020, 2, day), name)
            for n, post in enumerate(posts):
                w.duty(shift, post, people[n])
    return w


def told(plan, language="en"):
    return Telling(plan, language=language)


def words_of(document):
    """Everything the document says, live tables included."""
    for section in document.sections:
        for block in section.blocks:
            yield block.text
            rows = getattr(block.body, "rows", ())
            yield from (cell for row in rows for cell in row.cells)


def test_both_languages_hold_the_same_clauses_line_for_line():
    chinese, english = clauses("zh-hans"), clauses("en")
    assert list(chinese) == list(english)
    for key in chinese:
        assert [shape(line) for line in chinese[key].lines] == [shape(line) for line in english[key].lines], key
        for one, other in zip(chinese[key].lines, english[key].lines, strict=True):
            assert set(named(one.text)) == set(named(other.text)), (key, one.text)
        assert not re.search(r"[\u4e00-\u9fff][,;:()?!]", "".join(line.text for line in chinese[key].lines)), key


def test_every_clause_belongs_to_a_section_and_every_block_is_known():
    used = {key for section in (*SECTIONS, *ANNEXES) for key in keys_of(section)}
    assert set(clauses("en")) - used - {"title", "short"} == set(SECTIONS) - used
    called = {line.text for clause in clauses("en").values() for line in clause.lines if line.mark == "@"}
    assert called == set(BLOCKS) | {"forms"}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_plan_shows_every_section_area_and_post_and_names_no_occupant(w, language):
    plan = gather(site(w).building, NOW)
    pages = pages_of(papers.management_plan(w.building, language=language, now=NOW))
    text = plain("".join(pages))
    for key in (*SECTIONS, *ANNEXES, *(one for section in SECTIONS for one in keys_of(section))):
        assert plain(clauses(language)[key].heading) in text, key
    tell = told(plan, language)
    for one in (*plan.areas, *plan.posts):
        assert plain(tell.named(one)) in text, one
    for hidden in ("Secret Guest", "Hidden Guest", "{", "}", "TODO", "None"):
        assert plain(hidden) not in text, hidden
    contents = [plain(line) for line in pages[1].splitlines()]
    for key in (*SECTIONS, *ANNEXES):
        heading = plain(clauses(language)[key].heading)
        line = next(line for line in contents if heading in line)
        assert heading in plain(pages[int(re.search(r"(\d+)$", line)[1]) - 1]), key


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("more", [0, 3, 6])
def test_no_page_ends_with_a_heading_and_nothing_is_cut_off(w, language, more):
    site(w)
    # Lines before it push every heading down the page.
    said = written(clauses(language)["purpose.aim"]) + "\n\nOne line more." * more
    editing.say(w.building, key="purpose.aim", language=language, text=said, why="Longer.", by=w.manager)
    document = pypdfium2.PdfDocument(papers.management_plan(w.building, language=language, now=NOW))
    headings = {
        plain(text)
        for section in write(gather(w.building, NOW), language=language).sections
        for text in (section.title, *(block.text for block in section.blocks if block.kind == "heading"))
    }
    orphans, cut = [], []
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        # Above the foot, below the head: what the page says itself.
        foot, head = (millimetres / 25.4 * 72 for millimetres in (34, 33))
        body = page.get_textpage().get_text_bounded(left=0, bottom=foot, right=width, top=height - head)
        lines = [plain(line) for line in body.splitlines() if line.strip()]
        if number > 2 and lines and lines[-1] in headings:
            orphans.append((number, lines[-1]))
        for one in page.get_objects():
            left, bottom, right, top = one.get_bounds()
            if left < -1 or right > width + 1 or bottom < -1 or top > height + 1:
                cut.append((number, (left, bottom, right, top)))
    document.close()
    assert (orphans, cut) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_section_is_empty_or_says_nothing_but_a_dash(w, language):
    for world in (w, site(make_world("South Court"))):
        document = write(gather(world.building, NOW), language=language, sheets=[])
        for section in document.sections:
            said = [block.text for block in section.blocks if block.kind != "heading" and block.text.strip(" —")]
            tables = [block for block in section.blocks if getattr(block.body, "rows", ())]
            assert said or tables, section.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_building_with_nothing_filled_in_says_what_is_still_to_be_entered(w, language):
    plan = gather(w.building, NOW)
    text = " ".join(words_of(write(plan, language=language)))
    assert "{" not in text
    wanted = {"en": "Still to be entered before this clause is whole: the observation protocol."}
    assert wanted.get(language, "本条待补充：医学观察方案。") in text
    assert {"en": "No area of responsibility is entered yet."}.get(language, "尚未录入责任区。") in text


def test_every_figure_of_the_protocol_names_its_source(w):
    section = next(one for one in write(gather(site(w).building, NOW), language="en").sections if one.key == "rounds")
    notes = [block.text for block in section.blocks if block.kind == "note"]
    assert notes == ["Source of the figures: 国家卫生健康委员会 · 第四版 · 2020-02-07."] * 2


def test_the_four_roles_show_who_holds_them_now(w):
    with translation.override("en"):
        (block,) = BLOCKS["roles"](told(gather(site(w).building, NOW)))
    assert [row.cells[2] for row in block.body.rows] == ["Staff A", "Staff B", "Staff C", "Staff D"]


def test_the_weeks_roster_begins_on_monday_and_the_coming_one_today(w):
    plan = gather(site(w).building, NOW)
    assert (plan.week[0], plan.week[-1]) == (date(2020, 2, 10), date(2020, 2, 16))
    assert (plan.coming[0], plan.coming[-1]) == (TODAY, date(2020, 2, 18))
    with translation.override("en"):
        (block,) = BLOCKS["coming"](told(plan))
    assert block.body.columns[1].head == "Wed\n12 Feb"
    assert block.body.rows[1].cells == ("Day", *["Staff A"] * 7)


def test_a_post_that_was_taken_over_names_both(w):
    site(w)
    duty = Duty.objects.filter(shift__day=TODAY, shift__pattern__name="Day", post=w.lead_post).get()
    noon = datetime(2020, 2, 12, 3, tzinfo=UTC)
    ends_at = duty.ends_at
    duty.amend(by=None, ends_at=noon)
    Duty.enter(by=None, shift=duty.shift, post=duty.post, person=w.staff(name="Zhou"), starts_at=noon, ends_at=ends_at)
    plan = gather(w.building, NOW)
    assert plan.holders(duty.post_id, duty.shift.pattern_id, TODAY) == ("Staff D", "Zhou")
    assert next(post for post in plan.posts if post.key == duty.post_id).held_by == "Zhou"


def test_passages_follow_from_the_rooms_uses_and_show_at_their_doors(w):
    with translation.override("en"):
        plan = gather(site(w).building, NOW)
        tell = told(plan)
        marks = [(step.mark, tell.numbers(step.rooms)) for step in passages.steps(plan, tell)]
        ground, second, _third = passages.draw(plan, tell)
    assert marks[:2] == [("S1", "100"), ("S2", "101")]
    assert [mark for mark, _rooms in marks] == ["S1", "S2", "S3", "S4", "O1", "O2", "O3"]
    assert sorted(mark.text for mark in ground.over.marks) == ["O1", "O3", "S1", "S2", "S4"]
    assert sorted(mark.text for mark in second.over.marks) == ["O2", "S3"]
    assert len({(mark.x, mark.y) for mark in ground.over.marks}) == 5
    assert {way.passage for way in second.over.ways} == {"staff", "occupants"}


def test_what_is_missing_is_said_and_nothing_is_when_all_is_there(w):
    with translation.override("en"):
        assert [one.key for one in missing(told(gather(w.building, NOW)))] == [
            "order",
            "address",
            "protocol",
            "rooms",
            "posts",
        ]
        assert missing(told(gather(site(w).building, NOW))) == []
        short = in_short(told(gather(w.building, NOW)))
    assert set(short) == {*SECTIONS, *ANNEXES}
    assert short["meals"] == "2 portions of 2 diets now."


@pytest.mark.slow
def test_phones_are_printed_only_for_those_who_may_see_contacts(w, client):
    site(w)
    with translation.override("en"):
        assert "+86 139 0000 0001" not in str(BLOCKS["contacts"](told(gather(w.building, NOW))))
        assert "+86 139 0000 0001" in str(BLOCKS["contacts"](told(gather(w.building, NOW, contacts=True))))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_form_of_the_annex_opens_its_record_when_its_code_is_scanned(w, client, language, tmp_path):
    site(w)
    w.shift(datetime.now(tz=UTC).date() + timedelta(days=1))
    out = tmp_path / "plan.pdf"
    call_command("print_plan", "management", "--language", language, "--output", str(out))
    document = pypdfium2.PdfDocument(out.read_bytes())
    seen = [
        code.text.rpartition("/")[2]
        for page in document
        for code in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
    ]
    document.close()
    forms = {form.code_id: form for form in PaperForm.objects.all()}
    assert sorted(seen) == sorted(forms)
    assert {form.kind for form in forms.values()} == set(FormKind.values)
    for form in forms.values():
        client.force_login(w.duty_officer if form.kind == FormKind.HANDOVER else w.nurse)
        led = client.get(f"/Q/{form.code_id}")["Location"]
        page = {"round": "grid", "handover": "handover", "disinfection": "turn-over", "visitors": "visitors"}[form.kind]
        assert page in led
        answer = client.get(led)
        assert answer.status_code == 200
        assert reverse("form_typed", args=[form.pk]) in answer.content.decode()


@pytest.mark.slow
def test_looking_at_the_plan_issues_no_code_and_printing_it_does(w, client):
    site(w)
    client.force_login(w.manager)
    address = reverse("management_plan_pdf", args=[w.building.pk, "en"])
    before = Code.objects.count()
    assert client.get(address)["Content-Type"] == "application/pdf"
    assert (Code.objects.count(), PaperForm.objects.count()) == (before, 0)
    assert client.post(address)["Content-Type"] == "application/pdf"
    assert PaperForm.objects.filter(printed_by=w.manager).count() == PaperForm.objects.count() > 0
    assert client.get(reverse("management_plan_pdf", args=[w.building.pk, "fr"])).status_code == 404


def test_a_form_without_a_record_carries_no_code(w):
    plan = gather(w.building, NOW)
    forms = annex.issue(w.building, plan, day=TODAY, by=w.manager)
    assert {form.kind: bool(form.code_id) for form in forms} == {
        "round": True,
        "handover": False,
        "disinfection": False,
        "visitors": True,
    }
    with translation.override("en"):
        assert [sheet.code for sheet in annex.sheets(w.building, plan, forms)][1] == ""


@pytest.mark.parametrize("many", [1, 30])
def test_the_plan_is_gathered_in_the_same_queries_however_much_there_is(w, many, django_assert_num_queries):
    w.protocol()
    w.posts()
    for n in range(many):
        w.room(f"2{n:02}", beds=2)
        area = Area.enter(by=None, building=w.building, kind="other", name=f"Area {n}")
        post = Post.enter(by=None, building=w.building, role="area", area=area, name=f"Post {n}")
        w.duty(w.shift(TODAY), post, w.staff(name=f"Person {n}"))
    with django_assert_num_queries(12):
        gather(w.building, NOW, contacts=True)


def test_the_page_shows_sections_gaps_and_the_way_to_both_pdfs(w, client):
    client.force_login(w.manager)
    page = client.get(reverse("management_plan", args=[w.building.pk])).content.decode()
    for language in LANGUAGES:
        assert reverse("management_plan_pdf", args=[w.building.pk, language]) in page
    assert "Set the observation protocol" in page
    assert reverse("edit_clause", args=[w.building.pk, "rounds.checks", "en"]) in page
    assert "style=" not in page
    client.force_login(w.mover)
    assert "clauses/rounds.checks" not in client.get(reverse("management_plan", args=[w.building.pk])).content.decode()


def test_meal_hours_of_the_building_stand_in_the_clause(w):
    meals.set_hours(w.building, breakfast=time(7), lunch=time(11, 15), supper=time(17), by=w.manager, client_id=uuid4())
    document = write(gather(w.building, datetime.now(tz=UTC)), language="en")
    assert "Meals are carried up at 07:00, 11:15 and 17:00." in [
        block.text for section in document.sections for block in section.blocks
    ]
