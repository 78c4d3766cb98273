"""The door of the student's own pages: the link in the letter and two factors."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.test import Client
from django.utils import timezone

from inventory.models import Objection, PhotoKind, Student, StudentLink
from tests.inventory.own_pages import bare, factors, letter_of, phone_of
from tests.inventory.phone import said
from tests.world import PASSWORD, World, make_world

WRONG = {"passport_tail": "ZZZZ", "code": "000000"}
HEADERS = ("Cache-Control", "X-Robots-Tag", "Content-Language", "Content-Type", "Referrer-Policy", "Vary")


@pytest.fixture
def w(db: None) -> World:
    return make_world()


def test_link_and_both_factors_open_the_students_pages(w: World) -> None:
    student = w.student(name="Amal")
    link, path = letter_of(student)
    client = Client()
    answer = client.post(path, factors(link))
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert "STUDENT NUMBER" in said(client.get("/my/"))
    link.refresh_from_db()
    assert link.failures == 0


def test_factors_are_understood_as_people_type_them(w: World) -> None:
    student = w.student(passport_number="AB12345c")
    link, path = letter_of(student)
    arabic = link.code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    answer = Client().post(path, {"passport_tail": "３４ 5 C", "code": f"{arabic[:3]}-{arabic[3:]}"})
    assert answer.status_code == 302


def test_a_slip_that_cannot_be_right_costs_no_try(w: World) -> None:
    link, path = letter_of(w.student())
    for slip in ({"passport_tail": "123", "code": "123456"}, {"passport_tail": "1234", "code": "12345"}, {}):
        assert Client().post(path, slip).status_code == 422
    link.refresh_from_db()
    assert link.failures == 0


def test_five_wrong_tries_lock_the_link_even_for_the_right_factors(w: World) -> None:
    link, path = letter_of(w.student())
    answers = {bare(Client().post(path, WRONG)) for _n in range(5)}
    assert len(answers) == 1
    assert Client().post(path, factors(link)).status_code == 422
    link.refresh_from_db()
    assert (link.failures, link.locked) == (5, True)
    link, path = letter_of(link.student)
    assert Client().post(path, factors(link)).status_code == 302


def test_every_door_that_does_not_open_looks_alike(w: World) -> None:
    """Known, unknown, past its end, revoked and locked: the same bytes for looking and for trying."""
    known, expired, revoked, locked = (letter_of(w.student()) for _n in range(4))
    expired[0].amend(by=None, expires_at=timezone.now() - timedelta(seconds=1))
    revoked[0].revoke(by=w.manager)
    locked[0].amend(by=None, failures=5)
    paths = [known[1], "/s/no-such-token/", expired[1], revoked[1], locked[1]]
    for language in ("", "ar/"):
        looked = [Client().get(path + language) for path in paths]
        tried = [Client().post(path + language, WRONG) for path in paths]
        for answers, status in ((looked, 200), (tried, 422)):
            assert {answer.status_code for answer in answers} == {status}
            assert len({bare(answer) for answer in answers}) == 1
            assert len({tuple(answer.headers.get(name) for name in HEADERS) for answer in answers}) == 1
            assert len({tuple(answer.cookies) for answer in answers}) == 1


def test_the_right_factors_open_no_dead_link(w: World) -> None:
    expired, revoked = letter_of(w.student()), letter_of(w.student())
    expired[0].amend(by=None, expires_at=timezone.now() - timedelta(seconds=1))
    revoked[0].revoke(by=w.manager)
    for link, path in (expired, revoked):
        assert Client().post(path, factors(link)).status_code == 422


def test_a_new_letter_closes_the_pages_opened_with_the_old_one(w: World) -> None:
    student = w.student()
    client = phone_of(student)
    assert client.get("/my/").status_code == 200
    letter_of(student)
    assert client.get("/my/").status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_96_guesses_sent_at_once_five_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    w = make_world()
    link, path = letter_of(w.student())
    right = factors(link)
    wrong = {**right, "code": f"{(int(right['code']) + 1) % 1_000_000:06d}"}
    looked_at: list[int] = []
    code = StudentLink.code.fget
    monkeypatch.setattr(StudentLink, "code", property(lambda self: looked_at.append(1) or code(self)))
    start = threading.Barrier(24)

    def guess(n: int) -> int:
        if n < 24:
            start.wait(30)
        try:
            # The right one comes too late.
            return Client().post(path, wrong if n < 90 else right).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(guess, range(96)))
    link.refresh_from_db()
    assert set(answers) == {422}
    assert (len(looked_at), link.failures) == (5, 5)


def counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_looking_changes_nothing(w: World) -> None:
    student = w.student()
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.stored(student)
    item = box.items.get()
    photo = item.photos.get()
    client = phone_of(student)
    _link, path = letter_of(w.student())
    pages = [
        path,
        f"{path}ar/",
        "/my/",
        "/my/consent/",
        f"/my/boxes/{box.pk}/",
        f"/my/items/{item.pk}/object/",
        "/my/confirm/",
        f"/my/photos/{photo.pk}/small/",
    ]
    before, failures = counts(), list(StudentLink.objects.values_list("failures", flat=True))
    for page in pages:
        for method in (client.get, client.head):
            assert method(page).status_code == 200, page
    assert client.get("/my/leave/").status_code == 405
    assert counts() == before
    assert list(StudentLink.objects.values_list("failures", flat=True)) == failures


def test_the_door_speaks_the_language_of_its_address_else_the_browsers(w: World) -> None:
    _link, path = letter_of(w.student())
    spoken = [
        Client().get(f"{path}ar/")["Content-Language"],
        Client().get(f"{path}zh-hans/")["Content-Language"],
        Client().get(f"{path}ru/")["Content-Language"],
        Client().get(path, headers={"accept-language": "ar-EG,ar;q=0.9"})["Content-Language"],
        Client().get(path, headers={"accept-language": "ru,fr"})["Content-Language"],
    ]
    assert spoken == ["ar", "zh-hans", "en", "ar", "en"]


@pytest.mark.parametrize(("own", "spoken"), [("ar", "ar"), ("zh-Hans", "zh-hans"), ("ru", "en"), ("", "en")])
def test_the_pages_speak_the_students_own_language_until_another_is_chosen(own: str, spoken: str, w: World) -> None:
    link, path = letter_of(w.student(language=own))
    client = Client()
    client.post(path, factors(link))
    assert client.get("/my/")["Content-Language"] == spoken
    client.post("/language/", {"language": "zh-hans", "next": "/my/"})
    assert client.get("/my/")["Content-Language"] == "zh-hans"


def test_arabic_pages_run_from_right_to_left(w: World) -> None:
    page = phone_of(w.student(language="ar"), "ar").get("/my/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_nothing_of_the_pages_is_kept_on_the_way(w: World) -> None:
    student = w.student()
    _link, path = letter_of(student)
    client = phone_of(student)
    for address in (path, path.rstrip("/"), "/my/", "/my/boxes/999/", "/my/receipt/"):
        answer = client.get(address)
        assert answer["Cache-Control"] == "no-store, private", address
        assert answer["X-Robots-Tag"] == "noindex, nofollow", address


def test_student_and_staff_do_not_mix_in_one_browser(w: World) -> None:
    link, path = letter_of(w.student())
    client = Client()
    assert client.login(username=w.manager.username, password=PASSWORD)
    client.post(path, factors(link))
    assert client.get("/my/").status_code == 200
    assert client.get(f"/buildings/{w.building.pk}/")["Location"].startswith("/log-in/")
    client.post("/log-in/", {"username": w.manager.username, "password": PASSWORD})
    assert client.get(f"/buildings/{w.building.pk}/").status_code == 200
    assert client.get("/my/").status_code == 403


def test_the_session_has_a_new_key_and_ends_when_the_student_leaves(w: World) -> None:
    link, path = letter_of(w.student())
    client = Client()
    client.get(path)
    client.post(path, factors(link))
    assert client.session.get_expiry_age() == 3600
    answer = client.post("/my/leave/")
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert client.get("/my/").status_code == 403


def addresses(student: Student, w: World) -> list[str]:
    """One of everything of a student whose room is packed."""
    w.consent(student)
    w.surveyed(student.bed.room)
    box = w.stored(student)
    item = box.items.get()
    objection = Objection.open(item, manifest=student.manifests.get(), text="Not mine", client_id=box.client_id)
    view = student.bed.room.photos.filter(kind=PhotoKind.ROOM_BEFORE).first()
    return [
        f"/my/boxes/{box.pk}/",
        f"/my/items/{item.pk}/object/",
        f"/my/objections/{objection.pk}/",
        f"/my/photos/{item.photos.get().pk}/small/",
        f"/my/photos/{view.pk}/large/",
    ]


def test_what_is_anothers_does_not_exist(w: World) -> None:
    mine, theirs = w.student(), w.student()
    own, foreign = addresses(mine, w), addresses(theirs, w)
    client = phone_of(mine)
    assert [client.get(address).status_code for address in own] == [200] * 5
    assert [client.get(address).status_code for address in foreign] == [404] * 5
    assert client.post(foreign[1], {"text": "x"}).status_code == 404
    assert client.post(foreign[2], {"close": "1"}).status_code == 404
    assert client.get("/my/photos/1/original/").status_code == 404


def test_who_did_not_come_in_sees_no_page(w: World) -> None:
    for address in [*addresses(w.student(), w), "/my/", "/my/consent/", "/my/confirm/", "/my/receipt/"]:
        assert Client().get(address).status_code == 403
        client = Client()
        client.force_login(w.manager)
        assert client.get(address).status_code == 403


def test_in_a_shared_room_the_roommates_things_stay_theirs(w: World) -> None:
    room = w.room(beds=2)
    mine, theirs = w.student(room), w.student(room)
    w.consent(mine)
    w.consent(theirs)
    w.surveyed(room)
    box = w.stored(theirs, description="Red violin")
    client = phone_of(mine)
    assert client.get(f"/my/boxes/{box.pk}/").status_code == 404
    assert client.get(f"/my/photos/{box.items.get().photos.get().pk}/small/").status_code == 404
    assert client.get(f"/my/photos/{room.photos.filter(box__isnull=True).first().pk}/small/").status_code == 200
    assert "Red violin" not in client.get("/my/").content.decode()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_phone_opens_answers_and_leaves_without_any_script(live_server: Any, browser: Any) -> None:
    """In a real browser: it minds where forms come from, and which way a page runs."""
    w = make_world()
    student = w.student(language="ar")
    link, path = letter_of(student)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = phone.new_page()
    page.goto(f"{live_server.url}{path}ar/")
    page.fill("[name=passport_tail]", student.person.passport_number[-4:])
    page.fill("[name=code]", link.code)
    page.click("main button")
    assert page.url == f"{live_server.url}/my/"
    page.click(".thumb a")
    page.check("input[value=authorised]")
    page.click("main form button")
    assert [consent.language for consent in student.consents.all()] == ["ar"]
    for address in ("/my/", "/my/consent/", "/my/confirm/"):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.click("footer button")
    assert page.goto(f"{live_server.url}/my/").status == 403
    phone.close()
