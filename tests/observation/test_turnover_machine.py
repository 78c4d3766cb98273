"""Occupants come, move, go to hospital and home while rooms turn over, in any order: what must always hold does.

The machine takes random steps by the verbs; each may be refused, but after every one the sentences below hold. It runs
in a tiny world, where few things meet often, and in a wide one. Fourteen seeded bugs show that the sentences bite.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.records import Refused
from observation import admitting, ending, moving, turning_over
from observation.models import OCCUPANT_TRANSITIONS, EndChange, Occupant, OccupantState, Stay, TransferStepKind
from people.models import Category, Person, User
from rooms.models import ROOM_TRANSITIONS, Bed, Disinfection, Room, RoomInspection, RoomState
from tests.world import World, make_world

FULL = bool(os.environ.get("GUANSHE_FULL"))
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBER = st.integers(0, 30)
EVERY_VERB = {
    *("admit", "arrive", "cancel", "move", "extend", "disinfect", "accept", "reject", "release"),
    *("decide", "step agreed", "step vehicle", "step left", "step handed-over", "come back"),
}
SENTENCES: list[Callable[[Any], None]] = []


def sentence(holds: Callable[[Any], None]) -> Any:
    """What must hold after every step that was taken; what was refused has changed nothing."""

    def after_a_step(machine: "Turnover") -> None:
        if machine.held.get(holds.__name__) != machine.taken:
            holds(machine)
            machine.held[holds.__name__] = machine.taken

    after_a_step.__name__, after_a_step.__doc__ = holds.__name__, holds.__doc__
    SENTENCES.append(holds)
    return invariant()(after_a_step)


def somebody(*states: str) -> Any:
    """The step is tried only while it has somebody to be taken with: few steps then go far."""
    return precondition(lambda machine: not machine.standing.isdisjoint(states))


class Turnover(RuleBasedStateMachine):
    """Random steps in one building."""

    world: ClassVar[World]
    people: ClassVar[list[Person]]
    users: ClassVar[list[User]]
    done: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.ends: dict[int, Any] = {}
        self.taken, self.held = 0, dict[str, int]()
        self.look()

    def look(self) -> None:
        """Which states there are now."""
        self.standing = {
            *Occupant.objects.values_list("state", flat=True),
            *Room.objects.values_list("state", flat=True),
        }

    def teardown(self) -> None:
        """Leave the world as it was."""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def do(self, verb: str, act: Callable[[], object]) -> bool:
        """Take a step; a refusal is an answer too."""
        try:
            with transaction.atomic():
                act()
        except Refused:
            return False
        self.done[verb] += 1
        self.taken += 1
        self.look()
        return True

    def occupant(self, n: int, *states: str) -> Occupant | None:
        """Somebody in one of the states the step is for, and now and then anybody at all."""
        everybody = list(Occupant.objects.order_by("pk"))
        fitting = [one for one in everybody if one.state in states]
        some = fitting if n % 6 else everybody
        return some[n % len(some)] if some else None

    def bed(self, n: int) -> Bed:
        """A bed."""
        beds = list(Bed.objects.order_by("pk").select_related("room"))
        return beds[n % len(beds)]

    def room(self, n: int, *states: str) -> Room:
        """A room in one of the states the step is for, and now and then any room."""
        rooms = list(Room.objects.order_by("pk"))
        fitting = [one for one in rooms if one.state in states]
        some = fitting if fitting and n % 6 else rooms
        return some[n % len(some)]

    def user(self, n: int) -> User:
        """Somebody of the staff."""
        return self.users[n % len(self.users)]

    @initialize(ago=st.sampled_from([0, 20]), party=st.sampled_from(["", "A"]))
    def begin(self, ago: int, party: str) -> None:
        """Somebody lives in the last room already, or nobody could go anywhere for many steps."""
        last = Bed.objects.count() - 1
        self.admit(who=1, bed=last, ago=ago, party=party)
        self.arrive(who=1)

    @rule(who=NUMBER, bed=NUMBER, ago=st.sampled_from([0, 13, 14, 20, 20]), party=st.sampled_from(["", "", "A"]))
    def admit(self, who: int, bed: int, ago: int, party: str) -> None:
        """A bed is held for somebody."""
        self.do(
            "admit",
            lambda: admitting.expect(
                self.world.building,
                person=self.people[who % len(self.people)],
                bed=None if bed % 3 == 0 else self.bed(bed),
                by=self.user(who),
                reason="close-contact",
                last_exposure=ending.today(self.world.building) - timedelta(days=ago),
                party=party,
            ),
        )

    @somebody(OccupantState.EXPECTED)
    @rule(who=NUMBER)
    def arrive(self, who: int) -> None:
        """They come."""
        if one := self.occupant(who, OccupantState.EXPECTED):
            self.do("arrive", lambda: admitting.arrive(one, by=self.user(who)))

    @somebody(OccupantState.EXPECTED)
    @rule(who=NUMBER)
    def cancel(self, who: int) -> None:
        """They do not come."""
        if who % 3 == 0 and (one := self.occupant(who, OccupantState.EXPECTED)):
            self.do("cancel", lambda: admitting.cancel(one, reason="Stays at home", by=self.user(who)))

    @somebody(OccupantState.STAYING, OccupantState.EXPECTED)
    @rule(who=NUMBER, bed=NUMBER)
    def transfer(self, who: int, bed: int) -> None:
        """They move to another bed."""
        if one := self.occupant(who, OccupantState.STAYING, OccupantState.EXPECTED):
            self.do("move", lambda: moving.move_to(one, bed=self.bed(bed), reason="Noise", by=self.user(who)))

    @somebody(OccupantState.STAYING)
    @rule(who=NUMBER, to=st.integers(-3, 8))
    def extend(self, who: int, to: int) -> None:
        """The end is moved."""
        if not (one := self.occupant(who, OccupantState.STAYING)):
            return
        day = ending.today(self.world.building) + timedelta(days=to)
        if self.do(
            "extend",
            lambda: moving.change_end(one, ends_on=day, reason="A test", by=self.user(who), client_id=uuid4()),
        ):
            self.ends[one.pk] = day

    @somebody(OccupantState.STAYING)
    @rule(who=NUMBER)
    def decide_hospital(self, who: int) -> None:
        """They are to go to hospital."""
        if one := self.occupant(who, OccupantState.STAYING):
            self.do(
                "decide",
                lambda: moving.send_to_hospital(
                    one, hospital="District Hospital", reason="Fever", vehicle="3", by=self.user(who)
                ),
            )

    @somebody(OccupantState.STAYING, OccupantState.AT_HOSPITAL)
    @rule(who=NUMBER, kind=st.sampled_from(TransferStepKind.values), all_before=st.sampled_from([0, 1]))
    def step_to_hospital(self, who: int, kind: str, all_before: int) -> None:
        """A step of the transfer is taken, or every one up to it."""
        one = self.occupant(who, OccupantState.STAYING, OccupantState.AT_HOSPITAL)
        open_one = one.transfers.filter(closed_at__isnull=True).first() if one else None
        kinds = TransferStepKind.values[: TransferStepKind.values.index(kind) + 1] if all_before else [kind]
        for each in kinds if open_one else []:
            self.do(
                f"step {each}",
                lambda each=each: moving.take_transfer_step(open_one, kind=each, by=self.user(who), client_id=uuid4()),
            )

    @somebody(OccupantState.AT_HOSPITAL)
    @rule(who=NUMBER, bed=NUMBER)
    def come_back(self, who: int, bed: int) -> None:
        """They are back from hospital."""
        if one := self.occupant(who, OccupantState.AT_HOSPITAL):
            self.do("come back", lambda: moving.come_back(one, bed=self.bed(bed), by=self.user(who)))

    @somebody(OccupantState.STAYING, OccupantState.AT_HOSPITAL, OccupantState.EXPECTED)
    @rule(who=NUMBER)
    def release(self, who: int) -> None:
        """They go home."""
        if one := self.occupant(who, OccupantState.STAYING, OccupantState.AT_HOSPITAL, OccupantState.EXPECTED):
            self.do("release", lambda: moving.release(one, by=self.user(who)))

    @somebody(RoomState.TO_DISINFECT)
    @rule(room=NUMBER, by=NUMBER, mg=st.sampled_from([500, 1000, 1000, 1000]), minutes=st.sampled_from([30, 30, 29]))
    def disinfect(self, room: int, by: int, mg: int, minutes: int) -> None:
        """A room is disinfected, or too weakly."""
        self.do(
            "disinfect",
            lambda: turning_over.disinfect(
                self.room(room, RoomState.TO_DISINFECT),
                agent="chlorine",
                mg_per_litre=mg,
                minutes=minutes,
                by=self.user(by),
                client_id=uuid4(),
            ),
        )

    @somebody(RoomState.DISINFECTED)
    @rule(room=NUMBER, by=NUMBER, verdict=st.sampled_from(["accept", "reject"]))
    def inspect(self, room: int, by: int, verdict: str) -> None:
        """A room is inspected."""
        self.do(
            verdict,
            lambda: turning_over.inspect(
                self.room(room, RoomState.DISINFECTED),
                accepted=verdict == "accept",
                fault="Wet floor",
                by=self.user(by),
                client_id=uuid4(),
            ),
        )

    @sentence
    def stays_of_a_bed_never_overlap(self) -> None:
        """One bed is one person's at any moment."""
        stays = list(Stay.objects.order_by("bed_id", "starts_at"))
        for one, other in pairwise(stays):
            assert one.bed_id != other.bed_id or (one.ends_at is not None and one.ends_at <= other.starts_at)

    @sentence
    def a_room_is_occupied_exactly_while_somebody_lives_in_it(self) -> None:
        """No empty room is called occupied, and nobody lives in a room that is not."""
        lived_in = set(Stay.objects.open().filter(arrived_at__isnull=False).values_list("bed__room", flat=True))
        assert lived_in == set(Room.objects.filter(state=RoomState.OCCUPIED).values_list("pk", flat=True))

    @sentence
    def a_bed_is_held_only_in_a_ready_or_shared_room(self) -> None:
        """Nobody is given a room that was not disinfected and inspected."""
        states = set(Stay.objects.open().values_list("bed__room__state", flat=True))
        assert states <= {RoomState.READY, RoomState.OCCUPIED}

    @sentence
    def everybody_has_the_bed_their_state_says(self) -> None:
        """Expected: a held bed. Staying: a bed they came to. In hospital or gone: none."""
        for one in Occupant.objects.prefetch_related("stays"):
            held = [stay.arrived_at is not None for stay in one.stays.all() if stay.ends_at is None]
            wanted = {OccupantState.EXPECTED: [False], OccupantState.STAYING: [True]}.get(OccupantState(one.state), [])
            assert held == wanted, (one.state, held)

    @sentence
    def a_ready_room_was_disinfected_and_accepted_since_the_last_one_left(self) -> None:
        """No room is ready without disinfection, whichever way it came there."""
        for room in Room.objects.filter(state=RoomState.READY):
            last = RoomInspection.objects.filter(room=room).order_by("pk").last()
            assert last is not None
            assert last.accepted
            assert last.disinfection_id == Disinfection.objects.filter(room=room).order_by("pk").last().pk
            left = Stay.objects.filter(bed__room=room, arrived_at__isnull=False).order_by("ends_at").last()
            assert left is None or (left.ends_at is not None and left.ends_at <= last.disinfection.at)

    @sentence
    def a_disinfection_is_as_strong_and_long_as_the_protocol_asks_and_another_inspects(self) -> None:
        """Never weaker, never shorter, never looked at by whoever did it."""
        assert not Disinfection.objects.filter(mg_per_litre__lt=1000).exists()
        assert not Disinfection.objects.filter(minutes__lt=30).exists()
        assert all(one.by_id != one.disinfection.by_id for one in RoomInspection.objects.select_related("disinfection"))

    @sentence
    def only_who_travels_together_shares_a_room(self) -> None:
        """One person a room, or one party."""
        rooms: dict[int, list[str]] = {}
        for stay in Stay.objects.open().select_related("occupant", "bed"):
            rooms.setdefault(stay.bed.room_id, []).append(stay.occupant.party)
        assert all(len(parties) == 1 or (parties[0] and len(set(parties)) == 1) for parties in rooms.values())

    @sentence
    def the_end_is_the_last_decision_or_the_rule(self) -> None:
        """The office's last word counts, else the days from the last exposure."""
        for one in Occupant.objects.all():
            assert ending.end_of(one).day == self.ends.get(one.pk, one.last_exposure + timedelta(days=14))

    @sentence
    def nobody_is_released_who_never_came_or_before_their_end(self) -> None:
        """A release ends an observation that took place and is over."""
        for one in Occupant.objects.filter(state=OccupantState.RELEASED):
            assert one.stays.filter(arrived_at__isnull=False).exists()
            assert self.ends.get(one.pk, one.last_exposure + timedelta(days=14)) <= ending.today(self.world.building)
            assert not one.transfers.filter(closed_at__isnull=True).exists()

    @sentence
    def steps_of_a_transfer_are_taken_in_order(self) -> None:
        """Nobody is handed over who has not left."""
        for one in Occupant.objects.prefetch_related("transfers__steps"):
            for transfer in one.transfers.all():
                kinds = [step.kind for step in transfer.steps.all()]
                assert kinds == TransferStepKind.values[: len(kinds)]
                assert (transfer.closed_at is not None) == (len(kinds) == len(TransferStepKind.values))


WORLDS = {"tiny": ([1, 2], 2), "wide": ([1, 1, 2, 2, 3], 7)}


@pytest.fixture(params=list(WORLDS))
def machine(request: pytest.FixtureRequest) -> type[Turnover]:
    """The machine in a world of this size."""
    return built(*WORLDS[request.param])


def built(beds: list[int], people: int) -> type[Turnover]:
    """A building with ready rooms and nobody in it."""
    world = make_world()
    world.protocol(release_needs=["full-period"])
    for count in beds:
        world.ready_room(beds=count)
    Turnover.world, Turnover.done = world, Counter()
    Turnover.users = [world.nurse, world.site_lead, world.duty_officer]
    Turnover.people = [
        Person.enter(by=None, category=Category.RESIDENT, name=f"Guest {n}", sex="female") for n in range(people)
    ]
    return Turnover


def run(machine: type[Turnover], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            report_multiple_bugs=False,
            derandomize=not FULL,
        ),
    )


def test_whatever_is_done_in_whatever_order_the_sentences_hold(machine: type[Turnover]) -> None:
    run(machine, examples=200 if FULL else 15, steps=60 if FULL else 40)
    if FULL:
        assert not EVERY_VERB - set(machine.done), "never done, so nothing was shown of it"


def _never_vacates(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving, "leave", lambda stay, *, by, reason="": stay.end(by=by, reason=reason))


def _vacates_under_a_roommate(patch: pytest.MonkeyPatch) -> None:
    def leave(stay: Stay, *, by: User, reason: str = "") -> None:
        stay.end(by=by, reason=reason)
        if stay.arrived_at is not None:
            stay.bed.room.vacate(by=by)

    patch.setattr(moving, "leave", leave)


def _leaves_no_occupied_room(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Room, "occupy", lambda self, *, by: None)


def _skips_disinfection(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(ROOM_TRANSITIONS, "vacate", {RoomState.OCCUPIED: RoomState.READY})


def _rejected_is_ready(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(ROOM_TRANSITIONS, "reject", {RoomState.DISINFECTED: RoomState.READY})


def _too_weak_is_enough(patch: pytest.MonkeyPatch) -> None:
    plain = turning_over.protocol_of

    def lenient(building: Any) -> Any:
        protocol = plain(building)
        protocol.mg_per_litre = 1
        return protocol

    patch.setattr(turning_over, "protocol_of", lenient)


def _any_room_will_do(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(admitting, "OPEN_TO_OCCUPANTS", tuple(RoomState))


def _anybody_shares(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(admitting, "may_share", lambda *_args, **_more: True)


def _cancelled_keeps_the_bed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(admitting, "cancel", lambda one, *, reason, by: one.step("cancel", by=by, reason=reason))


def _nothing_stands_against_release(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(moving, "against_release", lambda _one: [])


def _decisions_do_not_count(patch: pytest.MonkeyPatch) -> None:
    plain = ending.released_from
    patch.setattr(ending, "released_from", lambda day, *, days, changed_to=None: plain(day, days=days))


def _the_move_forgets_the_arrival(patch: pytest.MonkeyPatch) -> None:
    plain = Stay.enter.__func__  # type: ignore[attr-defined]
    patch.setattr(Stay, "enter", classmethod(lambda cls, **given: plain(cls, **{**given, "arrived_at": None})))


def _released_without_coming(patch: pytest.MonkeyPatch) -> None:
    allowed = {**OCCUPANT_TRANSITIONS["release"], OccupantState.EXPECTED: OccupantState.RELEASED}
    patch.setitem(OCCUPANT_TRANSITIONS, "release", allowed)


def _the_first_decision_counts(patch: pytest.MonkeyPatch) -> None:
    plain = ending.end_of

    def first(occupant: Occupant, at: Any = None) -> Any:
        end = plain(occupant, at)
        change = EndChange.objects.filter(occupant=occupant).order_by("pk").first()
        return ending.End(change.ends_on, end.protocol, change) if change else end

    patch.setattr(ending, "end_of", first)
    patch.setattr(moving, "end_of", first)


Step = tuple[str, dict[str, Any]]
HOME: Step = ("release", {"who": 1})
SHARING: Step = ("admit", {"who": 2, "bed": 1, "ago": 20, "party": "A"})
CLEANED: Step = ("disinfect", {"room": 1, "by": 0, "mg": 1000, "minutes": 30})
HELD: Step = ("admit", {"who": 2, "bed": 3, "ago": 20, "party": ""})

# Every bug with the steps after which it shows: in the tiny world, after `begin` with this last exposure.
BUGS: list[tuple[Callable[[pytest.MonkeyPatch], None], int, list[Step]]] = [
    (_never_vacates, 20, [HOME]),
    (_vacates_under_a_roommate, 20, [SHARING, ("arrive", {"who": 1}), HOME]),
    (_leaves_no_occupied_room, 20, []),
    (_skips_disinfection, 20, [HOME]),
    (
        _rejected_is_ready,
        20,
        [
            HOME,
            CLEANED,
            ("inspect", {"room": 1, "by": 1, "verdict": "reject"}),
        ],
    ),
    (_too_weak_is_enough, 20, [HOME, ("disinfect", {"room": 1, "by": 0, "mg": 500, "minutes": 30})]),
    (_any_room_will_do, 20, [HOME, SHARING]),
    (_anybody_shares, 20, [("admit", {"who": 2, "bed": 1, "ago": 20, "party": ""})]),
    (_cancelled_keeps_the_bed, 20, [HELD, ("cancel", {"who": 3})]),
    (_nothing_stands_against_release, 0, [HOME]),
    (_decisions_do_not_count, 20, [("extend", {"who": 1, "to": 5})]),
    (_the_move_forgets_the_arrival, 20, [("transfer", {"who": 1, "bed": 0})]),
    (_released_without_coming, 20, [HELD, HOME]),
    (_the_first_decision_counts, 20, [("extend", {"who": 1, "to": 5}), ("extend", {"who": 1, "to": 7})]),
]


def take(machine: type[Turnover], ago: int, steps: list[Step]) -> None:
    """Take these steps; after each every sentence holds."""
    one = machine()
    try:
        for name, given in [("begin", {"ago": ago, "party": "A"}), *steps]:
            getattr(one, name)(**given)
            for holds in SENTENCES:
                holds(one)
    finally:
        one.teardown()


def test_without_a_bug_the_sentences_hold_on_every_bugs_way_and_every_verb_is_done() -> None:
    machine = built(*WORLDS["tiny"])
    for _bug, ago, steps in BUGS:
        take(machine, ago, steps)
    take(machine, 20, [HOME, CLEANED, ("inspect", {"room": 1, "by": 1, "verdict": "accept"}), SHARING])
    away: Step = ("step_to_hospital", {"who": 1, "kind": "handed-over", "all_before": 1})
    take(machine, 20, [("decide_hospital", {"who": 1}), away, ("come_back", {"who": 1, "bed": 0}), HOME])
    assert not EVERY_VERB - set(machine.done), "never done, so nothing was shown of it"


@pytest.mark.once
@pytest.mark.parametrize(("bug", "ago", "steps"), BUGS, ids=[bug.__name__.strip("_") for bug, _ago, _steps in BUGS])
def test_a_seeded_bug_is_caught(
    bug: Callable[[pytest.MonkeyPatch], None], ago: int, steps: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = built(*WORLDS["tiny"])
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        take(machine, ago, steps)


@pytest.mark.skipif(not FULL, reason="looks for the bugs by chance, which takes minutes; GUANSHE_FULL=1 does")
@pytest.mark.parametrize("bug", [bug for bug, _ago, _steps in BUGS], ids=lambda bug: bug.__name__.strip("_"))
def test_a_seeded_bug_is_found_by_chance(
    bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = built(*WORLDS["tiny"])
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        run(machine, examples=1000, steps=60)
