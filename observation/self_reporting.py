"""Occupants report themselves: the door opened by their code, what they measured and feel, what they ask for."""

import hmac
from collections.abc import Collection
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.codes import normalise
from core.records import require
from observation import alerting, looking_after, thermometer
from observation.ending import protocol_of
from observation.models import HealthCheck, Occupant, OccupantState, RequestKind, Stay


def open_door(room_code: str, *, code: str) -> Occupant | None:
    """Whoever lives behind this door and has this code; else None, whatever was wrong.

    The try is counted, in one statement, on everybody there whose code is still open before anything is compared, so
    that parallel guesses cannot share a try. A right answer gives it back.
    """
    trying = _count_try(normalise(room_code) or "")
    right = [occupant for occupant in trying if hmac.compare_digest(occupant.code.encode(), code.encode())]
    if len(right) != 1:
        return None
    found = right[0]
    Occupant.objects.filter(pk=found.pk).update(failures=0)
    others = [occupant.pk for occupant in trying if occupant.pk != found.pk]
    if others:
        Occupant.objects.filter(pk__in=others, failures__gt=0).update(failures=F("failures") - 1)
    return found


@transaction.atomic
def _count_try(room_code: str) -> list[Occupant]:
    """Those behind the door whose code is not locked, with this try counted on each."""
    there = Stay.objects.open().filter(bed__room__code=room_code, arrived_at__isnull=False).values("occupant_id")
    alive = Occupant.objects.filter(pk__in=there, state=OccupantState.STAYING)
    trying = [occupant for occupant in alive.locked() if not occupant.locked]
    if trying:
        Occupant.objects.filter(pk__in=[occupant.pk for occupant in trying]).update(failures=F("failures") + 1)
    return trying


@transaction.atomic
def report(
    occupant: Occupant, *, temperature: Decimal | None, symptoms: Collection[str], words: str, client_id: UUID
) -> HealthCheck:
    """What somebody measured of themselves and how they feel; `words` become a request. Sent twice it is one."""
    occupant.hold()
    if sent := occupant.checks.filter(client_id=client_id, self_reported=True).first():
        return sent
    require(
        occupant.state == OccupantState.STAYING,
        "occupant-not-here",
        _("Your stay here is over. Please call the desk if you need anything."),
    )
    require(
        temperature is not None or symptoms,
        "report-empty",
        _("Write your temperature or choose what you feel, then send."),
    )
    protocol = protocol_of(occupant.building)
    require(
        set(symptoms) <= set(protocol.symptoms),
        "symptom-unknown",
        _("The protocol does not ask for one of these symptoms."),
    )
    check = HealthCheck(
        client_id=client_id,
        at=timezone.now(),
        occupant=occupant,
        protocol=protocol,
        self_reported=True,
        temperature=None if temperature is None else thermometer.plausible(temperature),
        symptoms=[one for one in protocol.symptoms if one in symptoms],
    )
    check.save()
    if words.strip():
        looking_after.ask(
            occupant,
            kind=RequestKind.OTHER,
            words=words,
            by=None,
            client_id=uuid5(client_id, "words"),
            self_reported=True,
        )
    alerting.answer_to(check)
    return check
