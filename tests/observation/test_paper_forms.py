"""Printed forms: each carries its code, leads staff back to its record, and waits until it is typed back."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import time_machine
import zxingcpp
from django.urls import reverse

from core.codes import scan_url
from core.models import Code
from observation import printing_forms
from observation.models import FormKind, PaperForm
from tests.inventory.phone import phone_of, said
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
DAY = date(2020, 2, 14)


@pytest.fixture
def w() -> World:
    world = make_world()
    world.protocol()
    return world


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(datetime(2020, 2, 14, 12, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False):
        yield


def codes_in(drawn: bytes) -> list[str]:
    """The addresses in the QR codes of every page, as a camera at 150 dpi sees them."""
    document = pypdfium2.PdfDocument(drawn)
    found = [
        code.text
        for page in document
        for code in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
        if "/Q/" in code.text
    ]
    document.close()
    return found


def printed(w: World, **form: Any) -> Any:
    return phone_of(w.nurse).post(reverse("print_forms", args=[w.building.pk]), form)


def set_up(w: World) -> tuple[Any, Any]:
    """Somebody on floor 2, a room of floor 3 that awaits disinfection, a shift on duty."""
    w.occupant(w.ready_room("201").beds.get())
    room = w.ready_room("301")
    room.occupy(by=w.nurse)
    room.vacate(by=w.nurse)
    return w.shift(DAY), room


@pytest.mark.slow
def test_the_set_for_a_night_without_power_has_a_code_a_page_and_each_opens_its_record(w: World) -> None:
    _shift, room = set_up(w)
    answer = printed(w, kind="set")
    assert answer["Content-Type"] == "application/pdf"
    forms = list(PaperForm.objects.order_by("pk"))
    assert {form.kind for form in forms} == set(FormKind.values)
    seen = codes_in(answer.content)
    assert sorted(seen) == sorted(scan_url(form.code_id) for form in forms)
    client = phone_of(w.nurse)
    led = {form.kind: client.get(f"/Q/{form.code_id}")["Location"] for form in forms}
    round_ = next(form for form in forms if form.kind == "round")
    assert led["round"] == (f"{reverse('check_grid', args=[w.building.pk])}?day=2020-02-14&floor=2&form={round_.pk}")
    cleaned = next(form for form in forms if form.kind == "disinfection")
    assert led["disinfection"] == f"{reverse('turn_over', args=[room.pk])}?form={cleaned.pk}"
    log = next(form for form in forms if form.kind == "visitors")
    assert led["visitors"] == f"{reverse('visitors', args=[w.building.pk])}?day=2020-02-14&form={log.pk}"
    for address in led.values():
        assert client.get(address.partition("#")[0]).status_code == 200


@pytest.mark.slow
def test_the_page_a_code_leads_to_remembers_the_form_and_marks_it_typed_back(w: World) -> None:
    form = printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.nurse)
    client = phone_of(w.nurse)
    page = client.get(client.get(f"/Q/{form.code_id}")["Location"]).content.decode()
    assert reverse("form_typed", args=[form.pk]) in page
    for _tap in range(2):
        assert client.post(reverse("form_typed", args=[form.pk])).status_code == 302
    form.refresh_from_db()
    assert form.typed_by == w.nurse
    assert form.history.count() == 2
    assert not PaperForm.objects.waiting().exists()


def test_a_form_laid_aside_waits_no_more_and_says_so(w: World) -> None:
    form = printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.nurse)
    phone_of(w.nurse).post(reverse("form_unused", args=[form.pk]))
    assert not PaperForm.objects.waiting().exists()
    assert form.history.latest().history_change_reason == printing_forms.NOT_USED


def test_printed_again_while_it_waits_a_form_keeps_its_code(w: World) -> None:
    first = printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.nurse)
    assert printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.manager) == first
    printing_forms.type_back(first, by=w.nurse)
    assert printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.nurse) != first


def test_looking_at_a_form_issues_nothing(w: World) -> None:
    before = Code.objects.count()
    client = phone_of(w.nurse)
    for kind in FormKind.values:
        answer = client.get(reverse("specimen_form", args=[w.building.pk, kind]))
        assert answer.status_code == 200
        assert codes_in(answer.content) == []
    assert client.get(reverse("print_forms", args=[w.building.pk])).status_code == 405
    assert Code.objects.count() == before


def test_what_has_no_record_yet_is_refused_in_a_sentence(w: World) -> None:
    for kind, why in {
        "round": "Nobody is here: there is nobody to go round to. Choose a floor.",
        "handover": "No shift is in the roster. Draw the roster first, then print its handover sheet.",
        "disinfection": "No room awaits disinfection now. Choose the room that the record is for.",
    }.items():
        answer = printed(w, kind=kind)
        assert answer.status_code == 409
        assert why in said(answer)
    assert not PaperForm.objects.exists()


def test_a_stranger_and_a_foreigner_learn_the_same_nothing(w: World, client: Any) -> None:
    other = make_world("South Court")
    form = printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.nurse)
    unknown = phone_of(other.manager).get("/Q/000000000")
    hidden = phone_of(other.manager).get(f"/Q/{form.code_id}")
    assert hidden.content.replace(form.code_id.encode(), b"000000000") == unknown.content
    stranger = client.get(f"/Q/{form.code_id}").content.decode()
    assert w.building.phone in stranger
    assert "isitor" not in stranger


def test_who_may_not_write_the_record_is_led_to_the_list(w: World) -> None:
    form = printing_forms.issue(w.building, kind=FormKind.VISITORS, day=DAY, by=w.nurse)
    led = phone_of(w.auditor).get(f"/Q/{form.code_id}")["Location"]
    assert led == f"{reverse('paper_forms', args=[w.building.pk])}#form-{form.pk}"
    assert phone_of(w.auditor).post(reverse("form_typed", args=[form.pk])).status_code == 403


@pytest.mark.parametrize("forms", [1, 30])
def test_the_list_takes_the_same_queries_for_one_form_and_thirty(
    w: World, forms: int, django_assert_num_queries: Any
) -> None:
    for n in range(forms):
        printing_forms.issue(w.building, kind=FormKind.VISITORS, day=date(2020, 2, 1 + n % 28), floor=n, by=w.nurse)
    client = phone_of(w.nurse)
    with django_assert_num_queries(9):
        client.get(reverse("paper_forms", args=[w.building.pk]))
