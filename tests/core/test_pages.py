"""The shell, the parts and the pages that say what is wrong."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.conf import settings as site
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, engines
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation
from django.utils.safestring import SafeString
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from core import pages
from core.access import View
from core.records import Refused
from core.templatetags import ui
from people.models import User
from people.views import log_in, log_out, set_language_choice

pytestmark = pytest.mark.urls(__name__)


def forbidden(request: HttpRequest) -> NoReturn:
    """A view that says no to everyone."""
    raise PermissionDenied


def refused(request: HttpRequest) -> NoReturn:
    """A view whose rule says no."""
    raise Refused("seal-used", "Seal <b>7</b> was used before.")


def made_of(source: str) -> View:
    """A view that shows this template."""

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(engines["django"].from_string(source).render({}, request))

    return view


ASKING = """{% extends "base.html" %}{% block lede %}<h1>Box</h1>{% endblock %}{% block content %}<p id="kept">kept</p>
<button hx-post="/refused/" hx-target="#kept" type="button">Seal</button>
<button hx-post="/forbidden/" hx-target="#kept" type="button">Load</button>{% endblock %}"""
OWN = '{% extends "my.html" %}{% block lede %}<h1>Room 0312</h1>{% endblock %}'

urlpatterns = [
    path("", made_of(ASKING), name="home"),
    path("design/", pages.design, name="design"),
    path("forbidden/", forbidden),
    path("refused/", refused),
    path("my/", made_of(OWN)),
    path("my/refused/", refused),
    path("log-in/", log_in, name="log_in"),
    path("log-out/", log_out, name="log_out"),
    path("language/", set_language_choice, name="set_language_choice"),
]
handler403 = pages.permission_denied
handler404 = pages.not_found

OUR_TEMPLATES = sorted(Path(site.BASE_DIR, "templates").rglob("*.html"))
# Papers become PDF, where styles stand in the page.
PAPERS = {"paper", "papers", "letter", "plans"}


def said(template: str, **context: Any) -> str:
    """What the template with our parts says, without needless spaces."""
    return " ".join(Template("{% load ui %}" + template).render(Context(context)).split())


def test_a_missing_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/nowhere/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "Check the address or the code." in answer.text
    assert 'id="problem"' in answer.text


def test_a_student_reads_about_a_missing_page_in_the_own_shell(client: Client) -> None:
    answer = client.get("/my/nowhere/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "Open the link in your letter again." in answer.text
    assert "<script" not in answer.text


def test_no_right_is_said_without_the_reason_of_the_code(client: Client) -> None:
    answer = client.get("/forbidden/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "Your role does not include this act." in answer.text


def test_a_refusal_is_a_page_in_a_browser(client: Client) -> None:
    answer = client.get("/refused/", headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert answer.text.count("<h1") == 1
    assert "Seal &lt;b&gt;7&lt;/b&gt; was used before." in answer.text


def test_a_refusal_is_a_fragment_for_htmx(client: Client) -> None:
    answer = client.get("/refused/", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert answer.text.startswith('<div class="note note-attention" data-code="seal-used">')
    assert "Seal &lt;b&gt;7&lt;/b&gt; was used before." in answer.text


def test_a_stale_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/language/", {"language": "en"}, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.text


def test_a_broken_server_answers_without_a_database(rf: RequestFactory) -> None:
    # This test may not open the database; the page must not either.
    with translation.override("en"):
        answer = pages.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "What was recorded before is safe" in answer.text


def test_bad_request_says_that_nothing_was_saved(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    with translation.override("en"):
        answer = pages.bad_request(request)
    assert answer.status_code == 400
    assert "Nothing was saved." in answer.text


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("zh-hans", "ltr"), ("en", "ltr")])
def test_a_page_says_its_language_and_direction(client: Client, language: str, direction: str) -> None:
    client.cookies["language"] = language
    answer = client.get("/my/")
    assert f'<html lang="{language}" dir="{direction}">' in answer.text
    assert f'value="{language}" lang="{language}" dir="{direction}" aria-current="true"' in answer.text


def test_a_student_is_offered_each_language_by_its_own_name(client: Client) -> None:
    assert re.findall(r'<button name="language"[^>]*>([^<]+)<', client.get("/my/").text) == [
        "简体中文",
        "English",
        "العربيّة",
    ]


@pytest.mark.django_db
def test_staff_are_offered_the_languages_of_staff(client: Client) -> None:
    client.force_login(User.objects.create_user("nurse"))
    answer = client.get("/design/")
    assert re.findall(r'<button name="language"[^>]*>([^<]+)<', answer.text) == ["简体中文", "English"]


def test_the_style_page_is_for_staff(client: Client) -> None:
    answer = client.get("/design/")
    assert answer.status_code == 302
    assert answer["Location"] == "/log-in/?next=/design/"


@pytest.mark.parametrize("template", OUR_TEMPLATES, ids=lambda one: str(one.relative_to(site.BASE_DIR)))
def test_templates_keep_to_the_content_security_policy(template: Path) -> None:
    if PAPERS & set(template.parts):
        pytest.skip("a paper")
    text = template.read_text()
    shown = re.sub(r"{%.*?%}", "", text)
    assert re.findall(r"\sstyle=|<style|\son[a-z]+=|<script(?! src=)|javascript:|hx-on", shown) == []
    # A filter of a trigger is evaluated as code, which the policy forbids.
    assert re.findall(r'hx-trigger="[^"]*\[', text) == []


def weight(*names: str) -> int:
    """Bytes of these static files."""
    return sum(Path(str(finders.find(name))).stat().st_size for name in names)


def test_a_students_page_is_light(client: Client) -> None:
    answer = client.get("/my/")
    assert re.findall(r'(?:src|href)="(/[^"]*\.(?:js|css))"', answer.text) == ["/static/css/guanshe.css"]
    assert weight("css/guanshe.css") < 31_000
    assert weight("css/guanshe.css") + len(answer.content) < 60_000


@pytest.mark.django_db
def test_a_staff_page_is_light(client: Client) -> None:
    client.force_login(User.objects.create_user("manager"))
    answer = client.get("/nowhere/")
    files = re.findall(r'(?:src|href)="/static/([^"]*\.(?:js|css))"', answer.text)
    assert files == ["css/guanshe.css", "django_htmx/htmx-2.min.js", "js/guanshe.js"]
    assert weight(*files) + len(answer.content) < 100_000


def test_a_code_stands_in_groups_and_copies_whole() -> None:
    assert said('{% code "7K3M9QXWA" %}') == (
        '<bdi class="code" dir="ltr" translate="no"><span>7K3M</span><span>9QXWA</span></bdi>'
    )
    assert re.findall(r"<span>(\w+)", said('{% code "9f2c41d07ab8" %}')) == ["9f2c", "41d0", "7ab8"]


def test_what_people_typed_is_escaped_in_every_part() -> None:
    evil = "<img src=x>"
    parts = said(
        '{% state "done" x %}{% code x %}{% name x %}{% figure x x url=x %}{% progress 1 2 x %}{% icon "x" x %}'
        "{% empty x x url=x action=x %}{% scroll x %}{{ x }}{% endscroll %}{% note %}{{ x }}{% endnote %}"
        "{% chips items x %}{% tabs items x %}{% pages previous=x next=x text=x %}{% photos photos %}",
        x=evil,
        items=[{"label": evil, "url": evil, "count": evil}],
        photos=[{"url": evil, "thumb": evil, "alt": evil, "by": evil}],
    )
    assert "<img src=x" not in parts


def test_the_rows_of_a_long_list_are_escaped_unless_they_are_html_already() -> None:
    template = Template("{% load ui %}{% each rows %}<td>{typed}{drawn}</td>{% endeach %}")
    rows = [{"typed": "<b>Li</b> {0} & 'co'", "drawn": SafeString("<i>x</i>")}, {"typed": 7, "drawn": ""}]
    said = template.render(Context({"rows": rows}))
    assert said == "<td>&lt;b&gt;Li&lt;/b&gt; {0} &amp; &#x27;co&#x27;<i>x</i></td><td>7</td>"


def test_a_kept_part_is_rendered_once_for_each_language_and_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    ui._rendered.cache_clear()
    asked: list[str] = []

    def render(template: str, what: dict[str, Any]) -> SafeString:
        asked.append(f"{template} {what} {translation.get_language()}")
        return SafeString(asked[-1])

    monkeypatch.setattr(ui, "render_to_string", render)
    template = Template('{% load ui %}{% kept "a.html" building=building may=may %}')
    given: list[dict[str, Any]] = [
        {"building": 1, "may": frozenset({"pack_room"})},
        {"building": 1, "may": frozenset({"pack_room"})},
        {"building": 1, "may": frozenset()},
        {"building": 2, "may": frozenset()},
    ]
    said = [template.render(Context(one)) for one in given]
    with translation.override("zh-hans"):
        said.append(template.render(Context(given[3])))
    assert len(asked) == len(set(said)) == 4
    assert said[0] == said[1]
    ui._rendered.cache_clear()


def test_a_kept_part_looks_at_nothing_but_what_it_is_given() -> None:
    calls = [
        call for template in OUR_TEMPLATES for call in re.findall(r"{% kept \"([^\"]+)\"(.*?)%}", template.read_text())
    ]
    assert {name for name, _given in calls} == {"core/parts/nav.html", "observation/nav.html"}
    for name, given in calls:
        source = Path(site.BASE_DIR, "templates", name).read_text()
        own = {*re.findall(r"(\w+)=", given), *re.findall(r" as (\w+) %}", source)}
        words = re.findall(r"{{ (\w+)|{% (?:el)?if ([^%]+)%}|{% url \S+ (\w+)", source)
        used = {word for found in words for part in found for word in re.sub(r'"[^"]*"', "", part).split()}
        assert used - {"and", "or", "not", "in", "==", "as"} <= own, (name, used - own)


def test_a_state_of_no_known_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        said('{% state "green" "ok" %}')


def test_a_moment_says_its_zone_where_two_are_in_play() -> None:
    at = datetime(2020, 2, 3, 18, 5, tzinfo=UTC)
    with translation.override("en"):
        assert said('{% moment at zone="Asia/Kolkata" %}', at=at) == (
            '<time datetime="2020-02-03T23:35+05:30"><span class="nowrap">3 Feb 2020, 23:35</span>'
            " <small>(UTC+5:30)</small></time>"
        )
    with translation.override("zh-hans"):
        assert "2020年2月4日 02:05" in said("{% moment at %}", at=at)
    assert said("{% moment nothing %}", nothing=None) == "—"


class Seal(forms.Form):
    """One field with a hint."""

    number = forms.CharField(help_text="On the strip.")
    kinds = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple, help_text="All.")


def test_hint_and_error_are_tied_to_their_field() -> None:
    form = Seal({})
    text = said("{% field form.number %}{% field form.kinds %}", form=form)
    assert 'aria-describedby="id_number_helptext id_number_error"' in text
    assert 'aria-describedby="id_kinds_helptext id_kinds_error"' in text
    for wanted in ("id_number_helptext", "id_number_error", "id_kinds_helptext", "id_kinds_error"):
        assert text.count(f'id="{wanted}"') == 1


def log_in_as_staff(page: Page, live_server: LiveServer, *, language: str = "en") -> User:
    """A user without any role, logged in in this browser."""
    user = User.objects.create_user("reader", language=language)
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return user


def faults(page: Page, *, least: int) -> list[Any]:
    """What axe finds, what is wider than the screen, and controls under `least` px high."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    small = page.evaluate(
        """least => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
            .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('svg, .skip'))
            .map(one => one.matches('[type=checkbox], [type=radio]') ? one.closest('label') : one)
            .filter(one => one.getBoundingClientRect().height < least - 0.5)
            .map(one => one.outerHTML.slice(0, 80))""",
        least,
    )
    return [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] + [wide] * (wide > 0) + small


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-hans", "en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_is_accessible(
    browser: Browser, live_server: LiveServer, settings: Settings, language: str, scheme: Any
) -> None:
    settings.STAFF_LANGUAGES = ["zh-hans", "en", "ar"]
    page = browser.new_page(color_scheme=scheme)
    log_in_as_staff(page, live_server, language=language)
    page.context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
    for width, least in ((390, 48), (1280, 24)):
        page.set_viewport_size({"width": width, "height": 844})
        for address in ("/design/", "/forbidden/", "/my/", "/my/refused/"):
            page.goto(live_server.url + address)
            assert (address, width, faults(page, least=least)) == (address, width, [])
    page.context.clear_cookies(name="sessionid")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + "/log-in/")
    assert faults(page, least=48) == []
    page.close()


@pytest.mark.browser
@pytest.mark.slow
def test_a_refusal_leaves_the_page_as_it_is_and_is_said_aloud(page: Page, live_server: LiveServer) -> None:
    log_in_as_staff(page, live_server)
    said_in_console: list[str] = []
    page.on("console", lambda message: said_in_console.append(message.text))
    page.goto(live_server.url)
    alert = page.get_by_role("alert")
    page.get_by_role("button", name="Seal").click()
    alert.get_by_text("Seal <b>7</b> was used before.").wait_for()
    page.get_by_role("button", name="Load").click()
    alert.get_by_text("Your role does not include this act.").wait_for()
    assert page.locator("#kept").inner_text() == "kept"
    assert alert.locator("header, footer, nav").count() == 0
    assert [text for text in said_in_console if "Content Security Policy" in text] == []


@pytest.mark.browser
@pytest.mark.slow
def test_an_ended_session_shows_the_log_in_page_whole(page: Page, live_server: LiveServer) -> None:
    log_in_as_staff(page, live_server)
    page.goto(live_server.url + "/design/")
    page.context.clear_cookies(name="sessionid")
    page.evaluate("htmx.ajax('GET', '/design/', '#announce')")
    page.wait_for_url("**/log-in/?next=/design/")
    assert page.locator("h1").inner_text() == "登录" or page.locator("h1").inner_text() == "Log in"


@pytest.mark.browser
@pytest.mark.slow
def test_the_menu_and_the_skip_link_work_by_keyboard(page: Page, live_server: LiveServer) -> None:
    log_in_as_staff(page, live_server)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + "/design/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator(".menu-open").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Log out").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="Log out").is_hidden()
