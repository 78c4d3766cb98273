"""Waste leaves a room or the building: each collection is a line of the log, and the log adds up by day and kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from people.models import User
from rooms.models import Building, Room, WasteCollection, WasteKind


@transaction.atomic
def collect(
    building: Building,
    *,
    kind: str,
    room: Room | None,
    bags: int,
    kilograms: Decimal | None,
    tag: str,
    handed_to: str,
    by: User,
    client_id: UUID,
) -> WasteCollection:
    """Log one collection; sent twice it is one line."""
    building.hold()
    sent_before = WasteCollection.objects.in_building(building).filter(client_id=client_id).first()
    if sent_before is not None:
        return sent_before
    require(room is None or room.building_id == building.pk, "room-elsewhere", _("This room is in another building."))
    require(
        kind != WasteKind.SHARPS or tag.strip(),
        "sharps-without-tag",
        _("A box of sharps is logged with its tag number."),
    )
    made = WasteCollection(
        client_id=client_id,
        at=timezone.now(),
        building=building,
        room=room,
        kind=kind,
        bags=bags,
        kilograms=kilograms,
        tag=tag,
        handed_to=handed_to,
        by=by,
    )
    made.save()
    return made


@dataclass
class Total:
    """What left on one day of one kind; `weighed` says how many of the bags the weight is of."""

    bags: int = 0
    kilograms: Decimal = Decimal(0)
    weighed: int = 0


def totals(rows: Iterable[tuple[date, str, int, Decimal | None]]) -> dict[date, dict[str, Total]]:
    """Bags and weight by day and kind, the newest day first, kinds in their own order."""
    found: dict[date, dict[str, Total]] = {}
    for day, kind, bags, kilograms in rows:
        total = found.setdefault(day, {}).setdefault(kind, Total())
        total.bags += bags
        if kilograms is not None:
            total.kilograms += kilograms
            total.weighed += bags
    order = {kind: n for n, kind in enumerate(WasteKind.values)}
    return {
        day: dict(sorted(found[day].items(), key=lambda pair: order[pair[0]])) for day in sorted(found, reverse=True)
    }
