"""Anyone can check a paper by its mark, and learns nothing of whose it is."""

from uuid import uuid4

import pytest
from django.test import Client

from inventory import confirming, packing
from inventory.models import CustodyEvent, Manifest, PhotoKind, Student
from inventory.papers.receipt import Receipt, draw
from tests.journeys.papers_in_hand import codes_on
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


def confirmed() -> tuple[World, Student, Manifest]:
    """A student who has confirmed the one list."""
    world = make_world()
    student = world.student(name="Zanzibarwood")
    world.consent(student)
    room = world.surveyed(student.room)
    world.sealed(student)
    world.views(room, PhotoKind.ROOM_AFTER)
    packing.close_room(room, pair=world.pair())
    manifest = Manifest.of(student)
    assert manifest is not None
    confirming.confirm(student, digest=manifest.digest, language="en", client_id=uuid4())
    return world, student, manifest


def test_the_mark_on_a_receipt_leads_to_its_check(client: Client, settings: object) -> None:
    _world, student, manifest = confirmed()
    receipt = draw(Receipt.of(manifest.confirmation, student=student))
    [address] = [code for code in codes_on(receipt) if "/VERIFY/" in code]
    answer = client.get(address[address.index("/VERIFY/") :], headers={"accept-language": "en"})
    page = answer.content.decode()
    assert "This check mark is on record." in page
    assert "list number 1 " in page
    assert "Confirmed by the owner" in page
    assert "Zanzibarwood" not in page
    assert student.student_number not in page


def test_a_sealed_boxs_mark_is_on_record(client: Client) -> None:
    confirmed()
    sealed = CustodyEvent.objects.get(kind="sealed")
    page = client.get(f"/verify/{sealed.contents_digest[:16]}/", headers={"accept-language": "en"}).content.decode()
    assert "the contents of one sealed box" in page


def test_a_replaced_list_says_so(client: Client) -> None:
    world, student, manifest = confirmed()
    item = student.items.get()
    item.amend(by=world.manager, reason="slip", description="Red coat")
    Manifest.issue(student)
    page = client.get(f"/verify/{manifest.digest[:16]}/", headers={"accept-language": "en"}).content.decode()
    assert "A newer list has replaced this one since." in page


@pytest.mark.parametrize(
    ("mark", "said"),
    [("0" * 16, "This check mark is not on record."), ("hello", "This is not a check mark"), ("", "Check a paper")],
)
def test_other_marks_get_a_clear_answer(client: Client, mark: str, said: str) -> None:
    page = client.get("/verify/", {"mark": mark}, follow=True, headers={"accept-language": "en"}).content.decode()
    assert said in page
