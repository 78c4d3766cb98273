"""Two people exchange two duties: one asks, the other agrees by own log-in, a third who keeps the roster approves."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.access import may
from core.records import Refused, require
from observation.duty.changing import diaries, may_hold_post, note_change, sentence
from observation.duty.rostering import limits_of
from observation.duty.rules import Against, Diary, Limits, Piece
from observation.models import SWAP_TRANSITIONS, Duty, DutyChangeKind, Swap, SwapState
from people.models import Person, User


@transaction.atomic
def ask(gives: Duty, takes: Duty, *, why: str = "", by: User, client_id: UUID) -> Swap:
    """Ask somebody to exchange their duty `takes` for mine, `gives`; sent twice it is one swap."""
    building = gives.shift.building
    building.hold()
    found = Swap.objects.filter(client_id=client_id).first()
    if found is not None:
        return found
    gives, takes = _fresh(gives), _fresh(takes)
    require(takes.shift.building_id == building.pk, "swap-elsewhere", _("This duty is in another building."))
    require(
        by.person_id is not None and gives.person_id == by.person_id,
        "not-their-duty",
        _("You can only give away a duty of your own."),
    )
    require(takes.person, "duty-vacant", _("Nobody holds this duty."))
    require(takes.person_id != gives.person_id, "swap-with-oneself", _("A swap is between two people."))
    waiting = Swap.objects.open().filter(gives__in=[gives, takes]) | Swap.objects.open().filter(
        takes__in=[gives, takes]
    )
    require(not waiting.exists(), "swap-waits", _("A swap of one of these duties waits for an answer already."))
    _require_fit(gives, takes, timezone.now())
    return Swap.enter(
        by=by,
        building=building,
        client_id=client_id,
        gives=gives,
        takes=takes,
        asker=gives.person,
        asked=takes.person,
        why=why,
    )


@transaction.atomic
def agree(swap: Swap, *, by: User) -> None:
    """The one who was asked agrees; it takes an approval yet."""
    swap.building.hold()
    require(by.person_id == swap.asked_id, "not-asked", _("Only %(name)s can agree.") % {"name": swap.asked.name})
    with swap.change(by=by):
        if swap.state != SwapState.AGREED:
            _require_may_go(swap, "agree")
            swap.state, swap.answered_at = SwapState.AGREED, timezone.now()


@transaction.atomic
def approve(swap: Swap, *, by: User) -> None:
    """Who keeps the roster, and is neither of the two, approves: the duties change hands."""
    swap.building.hold()
    require(
        by.person_id is None or by.person_id not in {swap.asker_id, swap.asked_id},
        "own-swap",
        _("Nobody approves a swap of their own. Somebody else who keeps the roster does."),
    )
    with swap.change(by=by):
        if swap.state == SwapState.APPROVED:
            return
        _require_may_go(swap, "approve")
        now = timezone.now()
        gives, takes = _fresh(swap.gives), _fresh(swap.takes)
        require(
            (gives.person_id, takes.person_id) == (swap.asker_id, swap.asked_id),
            "swap-stale",
            _("One of the two duties has another holder by now. Decline this swap; they can ask again."),
        )
        _require_fit(gives, takes, now)
        _exchange(gives, takes, swap=swap, by=by)
        swap.state, swap.approved_by, swap.approved_at = SwapState.APPROVED, by, now


def _exchange(gives: Duty, takes: Duty, *, swap: Swap, by: User) -> None:
    """Both duties change hands at once, also when they lie in the same hours."""
    rows = sorted((gives, takes), key=lambda duty: duty.pk)
    list(Duty.objects.filter(pk__in=[duty.pk for duty in rows]).locked())
    first, second = gives.person, takes.person
    gives.person, takes.person = second, first
    Duty.amend_many(rows, by=by, fields=("person",), reason=swap.why, changing_hands=("person",))
    for n, (duty, before, after) in enumerate(((gives, first, second), (takes, second, first))):
        note_change(
            duty,
            kind=DutyChangeKind.SWAPPED,
            applies_from=duty.starts_at,
            before=before,
            after=after,
            why=swap.why,
            by=by,
            client_id=uuid5(swap.client_id, f"swapped {n}"),
        )


@transaction.atomic
def decline(swap: Swap, *, by: User) -> None:
    """The one who was asked, or who keeps the roster, says no."""
    swap.building.hold()
    require(by.person_id != swap.asker_id, "own-swap", _("You asked for this swap; withdraw it instead."))
    require(
        by.person_id == swap.asked_id or may(by, "keep_roster", swap.building),
        "not-asked",
        _("Only %(name)s, or who keeps the roster, says no to this.") % {"name": swap.asked.name},
    )
    with swap.change(by=by):
        if swap.state != SwapState.DECLINED:
            _require_may_go(swap, "decline")
            swap.state, swap.answered_at = SwapState.DECLINED, timezone.now()


@transaction.atomic
def withdraw(swap: Swap, *, by: User) -> None:
    """Who asked no longer wants it."""
    swap.building.hold()
    require(by.person_id == swap.asker_id, "not-asker", _("Only who asked for a swap withdraws it."))
    with swap.change(by=by):
        if swap.state != SwapState.WITHDRAWN:
            _require_may_go(swap, "withdraw")
            swap.state = SwapState.WITHDRAWN


def _require_may_go(swap: Swap, verb: str) -> None:
    words = _("This swap is %(state)s; nothing more can be done with it here.")
    require(
        swap.state in SWAP_TRANSITIONS[verb],
        "swap-settled",
        words % {"state": swap.get_state_display()},
    )


def _fresh(duty: Duty) -> Duty:
    return Duty.objects.select_related("person", "post", "shift__building").get(pk=duty.pk)


def against_swap(
    gives: Duty, takes: Duty, *, between: dict[int, Diary], limits: Limits
) -> tuple[Against, Person, Duty] | None:
    """What rule an exchange would break, for whom, in which duty; `between` holds what else the two do."""
    for duty, other in ((gives, takes), (takes, gives)):
        person = other.person
        if person is None:
            continue
        against = between[person.pk].against(Piece(duty.shift_id, duty.starts_at, duty.ends_at), limits)
        if against is not None:
            return against, person, duty
    return None


def _require_fit(gives: Duty, takes: Duty, now: datetime) -> None:
    """Refuse unless both duties are still to come and each may have the other's."""
    require(
        gives.starts_at > now and takes.starts_at > now,
        "duty-begun",
        _("Only duties that have not begun are swapped. Take over instead."),
    )
    limits = limits_of(gives.shift.building)
    for duty, other in ((gives, takes), (takes, gives)):
        person = other.person
        if person is not None and not may_hold_post(person, duty.post):
            words = sentence(Against.MAY_NOT, person=person, post=duty.post, limits=limits)
            raise Refused(f"person-{Against.MAY_NOT}", words)
    people = [person.pk for person in (gives.person, takes.person) if person is not None]
    start, end = min(gives.starts_at, takes.starts_at), max(gives.ends_at, takes.ends_at)
    found = against_swap(gives, takes, between=diaries(people, start, end, but=(gives.pk, takes.pk)), limits=limits)
    if found is not None:
        against, person, duty = found
        raise Refused(f"person-{against}", sentence(against, person=person, post=duty.post, limits=limits))
