"""Leaving: what stands against a release, hospital and back, every verb from every state, taps sent twice."""

import re
import unicodedata
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from core.records import Refused
from observation import ending, moving
from observation.models import (
    GONE,
    OCCUPANT_TRANSITIONS,
    Alert,
    HealthCheck,
    HospitalTransfer,
    Occupant,
    OccupantState,
    Protocol,
    ReleaseCertificate,
    Stay,
    TransferStep,
    TransferStepKind,
)
from observation.papers.certificate import Certificate, draw
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
CHINESE_LINES = ["医学观察已经结束", "最后接触后的观察天数", "观察期满日期", "到达本站日期", "解除日期"]
ENGLISH_LINES = [
    "Days of observation after the last exposure",
    "Observation complete on",
    "Arrived here on",
    "Released on",
]


@pytest.fixture
def world() -> World:
    return make_world()


def reading(world: World, occupant: Occupant, temperature: str = "36.5", *, ago: int = 0) -> HealthCheck:
    made = HealthCheck(
        client_id=uuid4(),
        at=timezone.now(),
        occupant=occupant,
        protocol=ending.protocol_of(world.building),
        day=ending.today(world.building) - timedelta(days=ago),
        hour="08:00",
        temperature=temperature,
        by=world.nurse,
    )
    made.save()
    made.refresh_from_db()
    return made


def due(world: World, **fields: Any) -> Occupant:
    """Somebody whose period is over today."""
    return world.occupant(last_exposure=ending.today(world.building) - timedelta(days=14), **fields)


def log_in(client: Client, user: Any) -> Client:
    client.force_login(user)
    return client


@pytest.mark.parametrize("verb", OCCUPANT_TRANSITIONS)
@pytest.mark.parametrize("state", OccupantState.values)
def test_every_verb_from_every_state_goes_where_the_table_says_or_is_refused(
    world: World, state: str, verb: str
) -> None:
    occupant = world.expected()
    with occupant.change(by=None):
        occupant.state, occupant.ended_at = state, timezone.now() if state in GONE else None
    target = OCCUPANT_TRANSITIONS[verb].get(OccupantState(state))
    if target is None:
        with pytest.raises(Refused, match="occupant-not-there"):
            occupant.step(verb, by=world.duty_officer)
    else:
        occupant.step(verb, by=world.duty_officer)
        assert occupant.history.latest().history_user == world.duty_officer
    again = Occupant.objects.get(pk=occupant.pk)
    assert (again.state, again.ended_at is not None) == (target or state, (target or state) in GONE)


def test_a_release_is_refused_before_the_end_and_says_by_which_protocol(world: World) -> None:
    occupant = world.occupant()
    reading(world, occupant)
    (said,) = moving.against_release(occupant)
    assert str(ending.end_of(occupant).day) in said
    assert Protocol.objects.get().cited in said
    with pytest.raises(Refused, match="release-refused"):
        moving.release(occupant, by=world.site_lead)
    assert Occupant.objects.get().state == OccupantState.STAYING


def test_a_release_is_refused_with_an_open_alert(world: World) -> None:
    occupant = due(world)
    check = reading(world, occupant)
    Alert.enter(by=None, occupant=occupant, check_up=check, protocol=check.protocol, raised_at=timezone.now())
    (said,) = moving.against_release(occupant)
    assert "alert" in said
    with pytest.raises(Refused, match="release-refused"):
        moving.release(occupant, by=world.site_lead)


@pytest.mark.parametrize(("ago", "refused"), [(2, True), (3, False)])
def test_a_release_is_refused_with_a_fever_on_the_last_days(world: World, ago: int, refused: bool) -> None:  # noqa: FBT001
    occupant = due(world)
    reading(world, occupant)
    reading(world, occupant, "37.3", ago=ago)
    assert bool(moving.against_release(occupant)) == refused


def test_a_release_is_refused_without_a_check_today(world: World) -> None:
    occupant = due(world)
    reading(world, occupant, ago=1)
    (said,) = moving.against_release(occupant)
    assert "today" in said


def test_a_release_sent_twice_is_one_and_ends_the_stay(world: World) -> None:
    occupant = due(world)
    reading(world, occupant)
    moving.release(occupant, by=world.site_lead)
    ended = Occupant.objects.get().ended_at
    moving.release(occupant, by=world.site_lead)
    assert (Occupant.objects.get().ended_at, Stay.objects.open().count()) == (ended, 0)
    with pytest.raises(Refused, match="occupant-not-there"):
        moving.release(occupant, by=world.duty_officer)


def test_a_move_sent_twice_is_one(world: World) -> None:
    occupant, bed = world.occupant(), world.ready_room().beds.get()
    for _tap in range(2):
        moving.move_to(occupant, bed=bed, reason="Leak", by=world.duty_officer)
    assert [stay.bed for stay in Stay.objects.open()] == [bed]
    assert Stay.objects.count() == 2


def test_a_transfer_decided_twice_is_one_and_its_steps_too(world: World) -> None:
    occupant = world.occupant()
    given = {"hospital": "District", "vehicle": "Car 3", "reason": "Fever", "by": world.duty_officer}
    transfer = moving.send_to_hospital(occupant, **given)
    assert moving.send_to_hospital(occupant, **given) == transfer
    assert HospitalTransfer.objects.get().reason == "Fever"
    sent = uuid4()
    for _tap in range(2):
        moving.take_transfer_step(transfer, kind="agreed", by=world.nurse, client_id=sent)
    assert (HospitalTransfer.objects.count(), TransferStep.objects.count()) == (1, 1)


def test_a_transfer_is_called_off_only_while_they_are_here(world: World) -> None:
    occupant = world.occupant()
    given = {"hospital": "District", "vehicle": "Car 3", "by": world.duty_officer}
    moving.call_off(
        moving.send_to_hospital(occupant, reason="Fever", **given), reason="Measured again", by=world.duty_officer
    )
    assert HospitalTransfer.objects.get().closed_at is not None
    transfer = moving.send_to_hospital(occupant, reason="Fever again", **given)
    for kind in TransferStepKind.values[:3]:
        moving.take_transfer_step(transfer, kind=kind, by=world.nurse, client_id=uuid4())
    with pytest.raises(Refused, match="transfer-left"):
        moving.call_off(transfer, reason="No", by=world.duty_officer)


def test_the_page_leads_through_a_transfer_and_back(world: World, client: Client) -> None:
    occupant, back = world.occupant(), world.ready_room()
    log_in(client, world.duty_officer)
    page = f"/occupants/{occupant.pk}/"
    assert client.get(page).status_code == 200
    sent = client.post(f"{page}hospital/", {"hospital": "District", "vehicle": "Car 3", "reason": "Fever"})
    assert sent.status_code == 302
    transfer = HospitalTransfer.objects.get()
    assert client.post(f"/transfers/{transfer.pk}/left/", {"client_id": str(uuid4())}).status_code == 409
    for kind in TransferStepKind.values:
        assert client.get(f"{page}hospital/").status_code == 200
        client.post(f"/transfers/{transfer.pk}/{kind}/", {"client_id": str(uuid4())})
    assert Occupant.objects.get().state == OccupantState.AT_HOSPITAL
    client.post(f"{page}hospital/", {"bed": back.beds.get().pk})
    assert (Occupant.objects.get().state, Occupant.objects.get().stay.bed.room) == (OccupantState.STAYING, back)


def test_the_page_moves_changes_the_end_corrects_and_renews_the_code(world: World, client: Client) -> None:
    occupant, other = world.occupant(), world.ready_room()
    log_in(client, world.duty_officer)
    page = f"/occupants/{occupant.pk}/"
    old = occupant.code
    for part, data in {
        "move/": {"bed": other.beds.get().pk, "reason": "Leak"},
        "end/": {"ends_on": "2099-01-01", "reason": "Again", "client_id": str(uuid4())},
        "edit/": {"last_exposure": str(occupant.last_exposure), "diet": "halal", "reason": "They said so"},
        "renew-code/": {"instead_of": occupant.code_mark},
    }.items():
        assert client.post(page + part, data).status_code == 302, part
    again = Occupant.objects.get()
    assert (again.stay.bed.room, again.diet, str(ending.end_of(again).day)) == (other, "halal", "2099-01-01")
    assert again.code != old
    shown = client.get(page).content.decode()
    assert "2099-01-01" in shown
    whole = client.get(f"{page}history/").content.decode()
    assert "They said so" in whole
    assert again.secret not in shown + whole


def test_the_release_page_says_what_stands_against_it(world: World, client: Client) -> None:
    occupant = world.occupant()
    log_in(client, world.site_lead)
    page = f"/occupants/{occupant.pk}/release/"
    assert "No temperature was taken today" in client.get(page).content.decode()
    assert client.post(page).status_code == 409
    assert client.get(f"/occupants/{occupant.pk}/certificate/").status_code == 409


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_a_certificate_read_back_says_who_when_and_by_which_protocol(world: World, language: str) -> None:
    occupant = due(world, language=language, passport_name="GUEST READ BACK")
    reading(world, occupant)
    moving.release(occupant, by=world.site_lead)
    paper = Certificate.of(occupant)
    pages = pypdfium2.PdfDocument(draw(paper, digest=ReleaseCertificate.objects.get().digest))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    for said in (str(occupant.last_exposure), str(paper.released_on), "2020-02-07", str(world.site_lead)):
        assert said in text, said
    # The days are named for what they are, beside a stay that was shorter; in Chinese always, in English on theirs.
    told = [*CHINESE_LINES, *(ENGLISH_LINES if language == "en" else [])]
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    assert [words for words in told if re.sub(r"\s+", "", words) not in plain] == []
    assert (paper.days, paper.complete_on) == (14, occupant.last_exposure + timedelta(days=14))
    assert paper.said == Certificate.of(Occupant.objects.get()).said


def test_a_new_protocol_is_entered_on_its_page_and_bad_figures_are_refused(world: World, client: Client) -> None:
    world.protocol()
    log_in(client, world.site_lead)
    page = f"/buildings/{world.building.pk}/protocol/new/"
    form = client.get(page).context["form"]
    given = {name: value for name, value in form.initial.items() if value not in (None, False)}
    given |= {"client_id": str(uuid4()), "issued_on": "2020-02-18", "version": "5", "days": 21}
    for wrong, status in (
        ({"version": ""}, 422),
        ({"issuer": ""}, 422),
        ({"issued_on": ""}, 422),
        ({"check_hours": "8 o'clock"}, 422),
        ({"check_hours": "08:00, 08:00"}, 422),
        ({"applies_from": "2020-01-01T00:00"}, 409),
    ):
        assert client.post(page, given | wrong).status_code == status, wrong
    assert Protocol.objects.count() == 1
    assert client.post(page, given | {"check_hours": "20:00 07:30"}).status_code == 302
    made = Protocol.objects.latest("pk")
    assert (made.days, made.check_hours, made.entered_by) == (21, ["07:30", "20:00"], world.site_lead)
    shown = client.get(f"/buildings/{world.building.pk}/protocol/").content.decode()
    assert "21" in shown
    assert made.cited in shown
    assert Protocol.objects.earliest("pk").cited in shown
