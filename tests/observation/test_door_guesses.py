"""The door of a room: guesses sent at once share no try, and nobody learns from it who lives where."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from observation.models import Occupant
from tests.inventory.own_pages import bare
from tests.world import World, make_world

HEADERS = ("Cache-Control", "X-Robots-Tag", "Content-Language", "Content-Type", "Referrer-Policy", "Vary")


def plain(answer: Any) -> bytes:
    """The page without what is new in every answer: the CSRF token and the nonce."""
    return re.sub(rb'nonce="[^"]*"', b"", bare(answer))


def wrong_for(*occupants: Occupant) -> str:
    """A code that none of them has."""
    codes = {occupant.code for occupant in occupants}
    return next(code for code in (f"{n:06d}" for n in range(9)) if code not in codes)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_48_guesses_sent_at_once_five_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    w = make_world()
    occupant = w.occupant()
    path, right, wrong = f"/o/{occupant.stay.room.code_id}/", occupant.code, wrong_for(occupant)
    looked_at: list[int] = []
    code = Occupant.code.fget
    monkeypatch.setattr(Occupant, "code", property(lambda self: looked_at.append(1) or code(self)))
    start = threading.Barrier(16)

    def guess(n: int) -> int:
        if n < 16:
            start.wait(30)
        try:
            # The right one comes too late.
            return Client().post(path, {"code": wrong if n < 42 else right}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(48)))
    occupant.refresh_from_db()
    assert set(answers) == {422}
    assert (len(looked_at), occupant.failures) == (5, 5)


@pytest.fixture
def w(db: None) -> World:
    return make_world()


@pytest.mark.parametrize("language", ["", "?language=ar"])
def test_unknown_empty_and_locked_rooms_answer_byte_for_byte_alike(language: str, w: World) -> None:
    here, locked, gone = w.occupant(), w.occupant(), w.expected()
    Occupant.objects.filter(pk=locked.pk).update(failures=5)
    rooms = [here.stay.room, locked.stay.room, gone.stay.room, w.room()]
    paths = [f"/o/{code}/{language}" for code in [*(room.code_id for room in rooms), "NONSENSE0", "x"]]
    looked = [Client().get(path) for path in paths]
    tried = [Client().post(path, {"code": wrong_for(here, locked, gone)}) for path in paths]
    for answers, status in ((looked, 200), (tried, 422)):
        assert {answer.status_code for answer in answers} == {status}
        assert len({plain(answer) for answer in answers}) == 1
        assert len({tuple(answer.headers.get(name) for name in HEADERS) for answer in answers}) == 1
        assert len({tuple(answer.cookies) for answer in answers}) == 1


def test_a_roommates_right_code_gives_back_no_try_spent_on_anothers(w: World) -> None:
    room = w.ready_room(beds=2)
    one, two = (w.occupant(bed, party="Two together") for bed in room.beds.order_by("number"))
    path, wrong = f"/o/{room.code_id}/", wrong_for(one, two)
    for _n in range(4):
        assert Client().post(path, {"code": wrong}).status_code == 422
        assert Client().post(path, {"code": one.code}).status_code == 302
    assert Client().post(path, {"code": wrong}).status_code == 422
    two.refresh_from_db()
    assert two.locked
