"""A building says a clause in its own words: plain text, known figures, with who, when and why; and back."""

import pytest
from django.urls import reverse

from core.records import Refused
from plans import editing
from plans.clauses import LANGUAGES
from plans.managing.clauses import ANNEXES, SECTIONS, clauses, keys_of, lines_of, written
from plans.managing.document import write
from plans.managing.gathering import gather
from plans.managing.missing import missing
from plans.managing.telling import Telling
from plans.models import Clause
from tests.inventory.phone import said
from tests.plans.test_managing import NOW, site
from tests.world import make_world

pytestmark = pytest.mark.django_db
KEY = "rounds.checks"


@pytest.fixture
def w():
    return make_world()


def say(w, text, *, language="en", key=KEY, by=None):
    return editing.say(w.building, key=key, language=language, text=text, why="As agreed.", by=by or w.manager)


def printed(w, key="rounds", language="en"):
    section = next(one for one in write(gather(w.building, NOW), language=language).sections if one.key == key)
    return [(block.kind, block.text) for block in section.blocks]


def test_own_words_stand_in_the_plan_with_live_figures_and_their_source(w):
    site(w)
    say(w, "Measure twice,\nwithout haste.\n\n- From {fever_from} °C: call.\n- Write it down.")
    lines = printed(w)[:5]
    assert lines == [
        ("heading", "6.1 Rounds"),
        ("paragraph", "Measure twice, without haste."),
        ("item", "From 37.3 °C: call."),
        ("item", "Write it down."),
        ("note", "Source of the figures: 国家卫生健康委员会 · 第四版 · 2020-02-07."),
    ]
    assert printed(w, language="zh-hans")[1][0] == "item"


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("{fever_form} °C", "unknown-reference", "There is no figure {fever_form}. Take one from the list"),
        ("{fever_from.__class__}", "unknown-reference", "There is no figure {fever_from.__class__}."),
        ("a } b", "stray-brace", "A brace stands only around the name of a figure"),
        ("{{fever_from}}", "stray-brace", "A brace stands only around the name of a figure"),
        ("  \n ", "clause-empty", "A clause says something."),
        ("x" * 6001, "clause-too-long", "A clause has at most 6000 characters."),
    ],
)
def test_what_cannot_be_printed_is_refused_in_one_sentence(w, text, code, why):
    with pytest.raises(Refused) as refusal:
        say(w, text)
    assert refusal.value.code == code
    assert str(refusal.value.message).startswith(why)
    assert not Clause.objects.exists()


def test_markup_is_printed_as_it_was_typed_and_is_never_markup(w, client):
    say(w, "<script>alert(1)</script> <b>now</b>")
    client.force_login(w.manager)
    page = client.get(reverse("edit_clause", args=[w.building.pk, KEY, "en"])).content.decode()
    assert "<script>alert" not in page
    assert ("paragraph", "<script>alert(1)</script> <b>now</b>") in printed(w)


def test_the_history_tells_who_when_why_old_and_new_and_the_default_comes_back(w, client):
    client.force_login(w.manager)
    address = reverse("edit_clause", args=[w.building.pk, KEY, "en"])
    assert client.post(address, {"text": "First words.", "why": "The office asked."}).status_code == 302
    assert client.post(address, {"text": "Other words.", "why": "Shorter."}).status_code == 302
    page = said(client.get(address))
    for words in ("The office asked.", "Shorter.", "First words.", "Other words.", w.manager.shown_name):
        assert words in page
    assert "Every occupant is measured {checks} times a day" in page
    assert client.post(reverse("clause_default", args=[w.building.pk, KEY, "en"])).status_code == 302
    assert "Other words." not in [text for _kind, text in printed(w)]
    clause = Clause.objects.get()
    assert (clause.text, clause.history.count()) == ("", 3)
    assert clause.history.latest().history_user == w.manager


def test_a_wrong_figure_typed_in_the_browser_keeps_what_was_typed(w, client):
    client.force_login(w.manager)
    answer = client.post(
        reverse("edit_clause", args=[w.building.pk, KEY, "en"]), {"text": "At {noon}.", "why": "Because."}
    )
    assert answer.status_code == 409
    assert "There is no figure {noon}." in said(answer)
    assert "At {noon}." in answer.content.decode()


def test_edited_in_one_language_only_is_shown_and_not_guessed(w):
    site(w)
    say(w, "In our words.")
    plan = gather(w.building, NOW)
    assert plan.half_edited == ((KEY, "zh-hans"),)
    (gap,) = missing(Telling(plan, language="en"))
    assert gap.key == f"half-{KEY}"
    say(w, "用自己的话。", language="zh-hans")
    assert gather(w.building, NOW).half_edited == ()


def test_the_plans_own_words_sent_back_are_no_own_words(w):
    say(w, "In our words.")
    say(w, written(clauses("en")[KEY]).replace("\n", "\r\n"))
    assert Clause.objects.get().text == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_default_reads_back_as_it_is_written(language):
    for section in (*SECTIONS, *ANNEXES):
        for key in keys_of(section):
            clause = clauses(language)[key]
            assert lines_of(written(clause)) == tuple(line for line in clause.lines if line.mark != "@"), key


def test_clauses_are_for_those_who_edit_them_in_this_building(w, client):
    other = make_world("South Court")
    for user, status in ((w.manager, 200), (w.site_lead, 200), (w.nurse, 403), (other.manager, 404)):
        client.force_login(user)
        assert client.get(reverse("edit_clause", args=[w.building.pk, KEY, "en"])).status_code == status
    client.force_login(w.manager)
    for key, language in (("rounds.nothing", "en"), (KEY, "fr"), ("title", "en")):
        assert client.get(reverse("edit_clause", args=[w.building.pk, key, language])).status_code == 404
