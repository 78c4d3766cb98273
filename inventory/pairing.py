"""Finding the second of two: the witness joins by the packer's six digits, or logs in on the packer's phone."""

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.access import visible_scopes
from core.records import require
from inventory.models import PairSession
from inventory.models.packing import PAIR_TRIES
from people.models import User
from rooms.models import Building


def join_by_code(code: str, *, by: User) -> PairSession:
    """Stand witness in the session that shows this code, among those of buildings where `by` may witness.

    A wrong code counts against each session that is waiting there: nobody can say which one was meant.
    """
    buildings = visible_scopes(by, Building, "rooms.witness_packing")
    with transaction.atomic():
        waiting = PairSession.objects.alive().filter(
            Q(witness__isnull=True, failures__lt=PAIR_TRIES) | Q(witness=by), building__in=buildings
        )
        sessions = list(waiting.locked())
        found = next((session for session in sessions if session.join_code == code), None)
        if found is None:
            for session in sessions:
                if session.takes_witness:
                    session.count_try(by=by)
    require(
        found is not None,
        "pair-code-wrong",
        _("No session waits with this code. Look at the packer's phone; after five wrong tries it needs a new one."),
    )
    assert found is not None  # noqa: S101 - required above
    found.join(by=by)
    return found


def join_here(session: PairSession, *, username: str, password: str, request: HttpRequest) -> None:
    """Stand witness on the packer's own phone with the witness's log-in; the packer stays logged in."""
    session.count_try(by=session.packer)
    witness = authenticate(request, username=username, password=password)
    require(
        isinstance(witness, User),
        "witness-unknown",
        _("User name and password do not belong together. Type them again."),
    )
    assert isinstance(witness, User)  # noqa: S101 - required above
    session.forgive_try(by=session.packer)
    session.join(by=witness)
