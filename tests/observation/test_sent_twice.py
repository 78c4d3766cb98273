"""A tap sent twice, because a thumb or the network stuttered: the second answer is the first, and nothing is twice."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from observation import moving, roll_calling, turning_over
from observation.ending import today
from observation.models import DEFAULT, CareNote, HospitalTransfer, Occupant, Request, RollCall
from observation.urls import urlpatterns
from people.models import ContactPoint, User
from rooms.models import Incident, Room
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db

# The views whose every act is here; rounds, alerts, duty and the own pages have tests of their own.
VIEWS = {
    *("admission", "occupant", "identity", "protocol", "turn_over", "requests", "meals"),
    *("incidents", "care_notes", "waste", "roll_calls"),
}
# The workbook waits for its ticket, which is used up: tests/inventory/test_importing_a_roster.py.
ELSEWHERE = {"import_occupants"}


@dataclass
class Tap:
    """Who sends what to which page."""

    by: User
    page: str
    of: int
    said: dict[str, Any] = field(default_factory=dict)
    also: tuple[Any, ...] = ()

    @property
    def url(self) -> str:
        """Where it is sent."""
        return reverse(self.page, args=(self.of, *self.also))


def once(**said: Any) -> dict[str, Any]:
    """A form that was drawn once, so that its id is the same in both."""
    return {"client_id": str(uuid4()), **said}


def free_bed(w: World) -> int:
    """A bed of a ready room."""
    return w.ready_room().beds.get().pk


def at_hospital(w: World) -> Occupant:
    """Somebody who was handed over to a hospital."""
    occupant = w.occupant()
    transfer = sent(w, occupant)
    for kind in ("agreed", "vehicle", "left", "handed-over"):
        moving.take_transfer_step(transfer, kind=kind, by=w.duty_officer, client_id=uuid4())
    return occupant


def sent(w: World, occupant: Occupant) -> HospitalTransfer:
    """The decision that somebody goes to hospital."""
    return moving.send_to_hospital(occupant, hospital="District", reason="Fever.", vehicle="Car", by=w.duty_officer)


def request(w: World, kind: str = "linen") -> Request:
    """Something an occupant needs."""
    return Request.enter(by=w.nurse, occupant=w.occupant(), client_id=uuid4(), kind=kind, words="Towel")


def note(w: World) -> CareNote:
    """A care note that is open."""
    return CareNote.enter(by=w.nurse, occupant=w.occupant(), client_id=uuid4(), words="Calm", written_by=w.nurse)


def incident(w: World) -> Incident:
    """An incident that is open."""
    return Incident.enter(
        by=w.nurse,
        building=w.building,
        kind="damage",
        words="Broken",
        happened_at=w.building.entered_at,
        reported_by=w.nurse,
    )


def going(w: World) -> RollCall:
    """A roll call with somebody to ask for."""
    w.occupant()
    return roll_calling.start(w.building, by=w.nurse)


def over(w: World) -> Occupant:
    """Somebody whose period is over and whom nothing holds."""
    w.protocol(release_needs=["full-period"])
    return w.occupant(last_exposure=today(w.building) - timedelta(days=20))


def corrected(w: World) -> Occupant:
    """Somebody released whose passport was misread."""
    occupant = over(w)
    moving.release(occupant, by=w.site_lead)
    occupant.person.amend(by=w.manager, passport_number="E1")
    return occupant


def admission(w: World) -> dict[str, Any]:
    """The form of admission, filled in."""
    return once(name="Guest", reason="returned", last_exposure=str(today(w.building)), diet="ordinary", bed=free_bed(w))


def details(occupant: Occupant) -> dict[str, Any]:
    """The form of corrections, with the diet changed."""
    return {
        "last_exposure": str(occupant.last_exposure),
        "came_from": "Wuhan",
        "diet": "halal",
        "reason": "They said so.",
    }


def figures() -> dict[str, Any]:
    """The form of a new protocol."""
    said = {key: value for key, value in DEFAULT.items() if key != "cohort"}
    return once(**{**said, "issued_on": "2020-02-20", "version": "2", "check_hours": "08:00, 15:00"})


CHLORINE: dict[str, Any] = {"agent": "chlorine", "mg_per_litre": 1000, "minutes": 30}


def emptied(w: World) -> Room:
    """A room that waits for its disinfection."""
    w.protocol()
    room = w.room()
    turning_over.take_over(room, by=w.manager)
    return room


def disinfected(w: World) -> Room:
    """A room that waits for its inspection."""
    room = emptied(w)
    turning_over.disinfect(room, **CHLORINE, by=w.nurse, client_id=uuid4())
    return room


TAPS: dict[str, Callable[[World], Tap]] = {
    "admit": lambda w: Tap(w.duty_officer, "admit", w.building.pk, admission(w)),
    "arrive": lambda w: Tap(w.duty_officer, "arrive_occupant", w.expected().pk),
    "cancel": lambda w: Tap(w.duty_officer, "cancel_occupant", w.expected().pk, {"reason": "Flight called off"}),
    "cancel without a reason": lambda w: Tap(w.duty_officer, "cancel_occupant", w.expected().pk),
    "edit": lambda w: Tap(w.duty_officer, "edit_occupant", (one := w.occupant()).pk, details(one)),
    "identity": lambda w: Tap(
        w.duty_officer, "edit_identity", w.occupant().pk, {"name": "Other Guest", "reason": "Misheard."}
    ),
    "another contact": lambda w: Tap(
        w.duty_officer, "add_occupant_contact", w.occupant().pk, {"kind": "phone", "value": "1", "reason": "New."}
    ),
    "a contact": lambda w: Tap(
        w.duty_officer,
        "edit_occupant_contact",
        (one := w.occupant()).pk,
        {"kind": "phone", "value": "2", "reason": "Misheard."},
        also=(ContactPoint.enter(by=None, person=one.person, kind="phone", value="1").pk,),
    ),
    "new code": lambda w: Tap(w.duty_officer, "renew_code", (one := w.occupant()).pk, {"instead_of": one.code_mark}),
    "move": lambda w: Tap(w.duty_officer, "move_occupant", w.occupant().pk, {"bed": free_bed(w), "reason": "Draught."}),
    "move before arrival": lambda w: Tap(
        w.duty_officer, "move_occupant", w.expected().pk, {"bed": free_bed(w), "reason": "Draught."}
    ),
    "end": lambda w: Tap(
        w.site_lead, "change_end", w.occupant().pk, once(ends_on=str(today(w.building)), reason="Negative twice.")
    ),
    "to hospital": lambda w: Tap(
        w.duty_officer, "hospital", w.occupant().pk, {"hospital": "District", "vehicle": "Car", "reason": "Fever."}
    ),
    "hospital agreed": lambda w: Tap(
        w.duty_officer, "transfer_step", sent(w, w.occupant()).pk, once(), also=("agreed",)
    ),
    "called off": lambda w: Tap(w.duty_officer, "call_off", sent(w, w.occupant()).pk, {"reason": "Fever is gone."}),
    "back from hospital": lambda w: Tap(w.duty_officer, "hospital", at_hospital(w).pk, {"bed": free_bed(w)}),
    "release": lambda w: Tap(w.site_lead, "release_occupant", over(w).pk),
    "certificate anew": lambda w: Tap(w.site_lead, "issue_certificate", corrected(w).pk),
    "protocol": lambda w: Tap(w.site_lead, "set_protocol", w.building.pk, figures()),
    "take over": lambda w: Tap(w.nurse, "take_over", w.room().pk),
    "disinfect": lambda w: Tap(w.nurse, "disinfect", emptied(w).pk, once(**CHLORINE)),
    "inspect": lambda w: Tap(w.site_lead, "inspect", disinfected(w).pk, once(accepted="yes")),
    "reject": lambda w: Tap(w.site_lead, "inspect", disinfected(w).pk, once(accepted="no", fault="Wet floor")),
    "new request": lambda w: Tap(w.nurse, "new_request", w.occupant().pk, once(kind="linen")),
    "hand a request": lambda w: Tap(w.nurse, "hand_request", request(w).pk, {"responsible": w.teacher().pk}),
    "close a request": lambda w: Tap(w.nurse, "close_request", request(w).pk, {"outcome": "Brought."}),
    "deliver": lambda w: Tap(w.nurse, "deliver", request(w, "parcel").pk),
    "parcel": lambda w: Tap(w.nurse, "parcel_arrived", w.building.pk, once(occupant=w.occupant().pk, words="SF 1")),
    "meals": lambda w: Tap(
        w.nurse, "send_meals", w.occupant().building_id, once(day=str(today(w.building)), meal="supper")
    ),
    "hours of the meals": lambda w: Tap(
        w.site_lead, "meal_hours", w.building.pk, once(breakfast="07:00", lunch="11:30", supper="17:30")
    ),
    "incident": lambda w: Tap(
        w.nurse, "report_incident", w.building.pk, once(kind="damage", words="Leak", happened_at="2020-02-10T08:00")
    ),
    "hand an incident": lambda w: Tap(w.nurse, "hand_incident", incident(w).pk, {"responsible": w.teacher().pk}),
    "close an incident": lambda w: Tap(w.nurse, "close_incident", incident(w).pk, {"outcome": "Mended."}),
    "care note": lambda w: Tap(w.nurse, "new_care_note", w.occupant().pk, once(words="Sleeps badly")),
    "close a care note": lambda w: Tap(w.nurse, "close_care_note", note(w).pk, {"outcome": "Sleeps well."}),
    "waste": lambda w: Tap(w.nurse, "log_waste", w.building.pk, once(kind="infectious", bags=2)),
    "start a roll call": lambda w: Tap(w.nurse, "start_roll_call", w.occupant().building_id),
    "found": lambda w: Tap(w.nurse, "mark_roll", going(w).pk, once(tap=f"here:{Occupant.objects.latest('pk').pk}")),
    "a whole room": lambda w: Tap(
        w.nurse, "mark_roll", going(w).pk, once(tap=f"room:{Occupant.objects.latest('pk').stay.room.pk}")
    ),
    "a stranger": lambda w: Tap(
        w.nurse, "meet_unexpected", going(w).pk, once(room=w.room().pk, words="A plumber, let in by the guard")
    ),
    "close a roll call": lambda w: Tap(w.nurse, "close_roll_call", going(w).pk, {"words": "Asleep; woken."}),
}


def rows() -> dict[str, int]:
    """How many rows every table has, the history's too; sessions and the like are no part of it."""
    own = {"observation", "rooms", "people", "inventory"}
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if own & {model._meta.app_label}
    }


@pytest.mark.parametrize("name", list(TAPS))
def test_a_tap_sent_twice_is_one_and_answers_the_same(name: str) -> None:
    tap = TAPS[name](make_world())
    client = Client(headers={"accept-language": "en"})
    client.force_login(tap.by)
    before = rows()
    first = client.post(tap.url, tap.said)
    assert first.status_code == 302, _said(first)
    after = rows()
    assert after != before, "the tap did nothing: that proves nothing"
    second = client.post(tap.url, tap.said)
    assert (second.status_code, second.headers.get("Location")) == (302, first.headers["Location"]), _said(second)
    assert rows() == after


@pytest.mark.parametrize("name", ["arrive", "cancel", "called off", "back from hospital", "release"])
def test_a_tap_of_somebody_else_is_told_how_it_stands(name: str) -> None:
    """They did not do it: that is said, not passed over."""
    w = make_world()
    tap = TAPS[name](w)
    client = Client(headers={"accept-language": "en"})
    client.force_login(tap.by)
    assert client.post(tap.url, tap.said).status_code == 302
    other = make_user("another")
    other.groups.set(tap.by.groups.all())
    after = rows()
    client.force_login(other)
    assert client.post(tap.url, tap.said).status_code in (409, 422)
    assert rows() == after


def _said(answer: Any) -> str:
    return re.sub(r"(?s)<head>.*?</head>|<nav.*?</nav>|<[^>]+>|\s{2,}", " ", answer.content.decode())[:2000]


def test_every_act_of_the_site_is_sent_twice_here(client: Client) -> None:
    """Whoever adds an act adds it here."""
    w = make_world()
    client.force_login(w.manager)
    acts = set()
    for pattern in urlpatterns:
        if getattr(pattern, "callback", None) is None or pattern.callback.__module__.rpartition(".")[2] not in VIEWS:
            continue
        args = ["x"] * ("<code>" in str(pattern.pattern)) or ["0"] * str(pattern.pattern).count("<int:")
        args += ["csv"] * ("<str:form>" in str(pattern.pattern)) + ["agreed"] * ("<slug:kind>" in str(pattern.pattern))
        if client.post(reverse(pattern.name, args=args)).status_code != 405:
            acts.add(pattern.name)
    covered = {tap(make_world(f"House {n}")).page for n, tap in enumerate(TAPS.values())}
    assert acts - ELSEWHERE == covered
