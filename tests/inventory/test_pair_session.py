"""Two people for one act: joining by six digits or by an own log-in, and what wrong tries do."""

import base64
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from core.qr import read_codes
from inventory.models import PairSession
from rooms.models import Role, RoleKind
from tests.inventory.phone import phone_of, said
from tests.world import PASSWORD, World, make_user, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> World:
    return make_world()


def start(w: World) -> PairSession:
    answer = phone_of(w.mover).post(f"/buildings/{w.building.pk}/pair/")
    assert answer.status_code == 302
    return PairSession.objects.get(packer=w.mover, ended_at__isnull=True)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_witness_joins_on_an_own_phone_by_six_digits(w):
    session = start(w)
    page = phone_of(w.mover).get(f"/buildings/{w.building.pk}/pair/")
    assert f"{session.join_code[:3]} {session.join_code[3:]}" in said(page)

    answer = phone_of(w.witness).post("/pair/join/", {"code": f" {session.join_code[:3]} {session.join_code[3:]} "})
    assert (answer.status_code, answer["Location"]) == (302, "/pair/join/")
    session.refresh_from_db()
    assert session.witness == w.witness
    assert f"You are the witness of {w.mover}" in said(phone_of(w.witness).get("/pair/join/"))
    assert f"{w.witness} stands witness." in said(phone_of(w.mover).get(f"/buildings/{w.building.pk}/pair/"))


def test_the_square_on_the_packers_phone_leads_to_the_code(w):
    session = start(w)
    page = phone_of(w.mover).get(f"/buildings/{w.building.pk}/pair/")
    png = base64.b64decode(page.context["join_qr"].partition(",")[2])
    out = io.BytesIO()
    image = Image.open(io.BytesIO(png))
    image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST).save(out, "PNG")
    (address,) = read_codes(out.getvalue())
    assert address == f"http://localhost:8000/pair/join/?code={session.join_code}"
    joining = phone_of(w.witness).get(f"/pair/join/?code={session.join_code}")
    assert f'value="{session.join_code}"' in joining.content.decode()
    session.refresh_from_db()
    assert session.witness is None  # looking changes nothing


def test_the_packer_is_no_witness_of_the_own_session(w):
    session = start(w)
    answer = phone_of(w.mover).post("/pair/join/", {"code": session.join_code})
    assert answer.status_code == 409
    assert "The witness must be someone other than the packer." in said(answer)
    here = phone_of(w.mover).post(f"/pairs/{session.pk}/witness/", {"username": w.mover.username, "password": PASSWORD})
    assert here.status_code == 409
    assert "The witness must be someone other than the packer." in said(here)


def test_five_wrong_codes_and_a_new_session_is_needed(w):
    session = start(w)
    phone = phone_of(w.witness)
    for _try in range(5):
        answer = phone.post("/pair/join/", {"code": wrong(session.join_code)})
        assert answer.status_code == 409
        assert answer.context["form"].errors.keys() == {"code"}
    right = phone.post("/pair/join/", {"code": session.join_code})
    assert right.status_code == 409
    session.refresh_from_db()
    assert (session.failures, session.witness) == (5, None)

    page = phone_of(w.mover).get(f"/buildings/{w.building.pk}/pair/")
    assert "Too many wrong tries. Start a new pair session." in said(page)
    anew = start(w)
    assert anew.pk != session.pk
    assert phone.post("/pair/join/", {"code": anew.join_code}).status_code == 302


def test_a_code_is_known_only_in_buildings_where_one_may_witness(w):
    session = start(w)
    other = make_world("South Court")
    answer = phone_of(other.witness).post("/pair/join/", {"code": session.join_code})
    assert answer.status_code == 409
    session.refresh_from_db()
    assert (session.failures, session.witness) == (0, None)
    assert phone_of(w.reader).post("/pair/join/", {"code": session.join_code}).status_code == 403


def test_the_witness_logs_in_on_the_packers_phone_and_the_packer_stays(w):
    session = start(w)
    phone = phone_of(w.mover)
    answer = phone.post(
        f"/pairs/{session.pk}/witness/?next=/rooms/1/", {"username": w.witness.username, "password": PASSWORD}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/rooms/1/")
    session.refresh_from_db()
    assert (session.witness, session.failures) == (w.witness, 0)
    assert phone.session["_auth_user_id"] == str(w.mover.pk)


def test_wrong_passwords_are_counted_and_the_password_never_shown(w):
    session = start(w)
    phone = phone_of(w.mover)
    for _try in range(5):
        answer = phone.post(
            f"/pairs/{session.pk}/witness/", {"username": w.witness.username, "password": "not-the-password"}
        )
        assert answer.status_code == 409
        assert "User name and password do not belong together. Type them again." in said(answer)
        assert b"not-the-password" not in answer.content
        assert w.witness.username in answer.content.decode()
    answer = phone.post(f"/pairs/{session.pk}/witness/", {"username": w.witness.username, "password": PASSWORD})
    assert "Too many wrong tries. Start a new pair session." in said(answer)
    session.refresh_from_db()
    assert session.witness is None


def test_new_sessions_do_not_give_endless_tries(w):
    for _session in range(6):
        session = start(w)
        for _try in range(5):
            session.count_try(by=w.mover)
    answer = phone_of(w.mover).post(f"/buildings/{w.building.pk}/pair/")
    assert answer.status_code == 409
    assert "Start again in an hour." in said(answer)


def test_who_may_not_witness_here_is_refused_by_name(w):
    session = start(w)
    answer = phone_of(w.mover).post(
        f"/pairs/{session.pk}/witness/", {"username": w.reader.username, "password": PASSWORD}
    )
    assert answer.status_code == 409
    assert f"{w.reader} may not witness packing in this building." in said(answer)


def test_another_movers_session_is_nobody_elses_to_use(w):
    session = start(w)
    second = make_user("second-mover", Role.of(w.building, RoleKind.MOVER))
    answer = phone_of(second).post(
        f"/pairs/{session.pk}/witness/", {"username": w.witness.username, "password": PASSWORD}
    )
    assert answer.status_code == 404


def test_a_second_tap_keeps_the_session_and_an_ended_one_is_over(w):
    session = start(w)
    phone = phone_of(w.mover)
    phone.post(f"/buildings/{w.building.pk}/pair/")
    assert PairSession.objects.count() == 1
    session.join(by=w.witness)
    phone.post(f"/buildings/{w.building.pk}/pair/", {"end": "1"})
    session.refresh_from_db()
    assert session.ended_at is not None
    assert PairSession.of(w.mover, w.building) is None


def test_the_witness_may_step_back(w):
    session = start(w)
    session.join(by=w.witness)
    phone_of(w.witness).post("/pair/join/", {"leave": str(session.pk)})
    session.refresh_from_db()
    assert session.is_alive is False


def test_minutes_left_are_shown_and_run_out(w):
    session = start(w)
    session.join(by=w.witness)
    PairSession.objects.filter(pk=session.pk).update(last_act_at=timezone.now() - timedelta(minutes=6, seconds=30))
    room = w.room()
    assert "4 minutes left" in said(phone_of(w.mover).get(f"/rooms/{room.pk}/"))
    PairSession.objects.filter(pk=session.pk).update(last_act_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert "No witness has joined." in said(phone_of(w.mover).get(f"/rooms/{room.pk}/"))
