"""Counting supplies, equipment and keys: all in one go, the numbers as they were typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from people.models import User
from rooms.models import Building, Supply, SupplyCount


@transaction.atomic
def count(building: Building, *, numbers: Mapping[int, int], words: str, by: User, client_id: UUID) -> int:
    """Record each number that was typed, by the supply's pk; sent twice each is counted once. How many were."""
    building.hold()
    require(numbers, "nothing-counted", _("Type at least one number."))
    supplies = Supply.objects.in_building(building).in_bulk(numbers)
    require(
        len(supplies) == len(numbers), "supply-elsewhere", _("One of these is not counted here. Open the page again.")
    )
    ids = {pk: uuid5(client_id, str(pk)) for pk in numbers}
    known = set(SupplyCount.objects.filter(client_id__in=ids.values()).values_list("client_id", flat=True))
    now = timezone.now()
    for pk, quantity in numbers.items():
        if ids[pk] not in known:
            SupplyCount(
                client_id=ids[pk], at=now, supply=supplies[pk], quantity=quantity, words=words.strip(), by=by
            ).save()
    return len(numbers)


def keep(
    building: Building, *, supply: Supply | None, kind: str, name: str, name_en: str, unit: str, least: int, by: User
) -> Supply:
    """Count a thing from now on, or correct what is said of it."""
    fields: dict[str, Any] = {
        "kind": kind,
        "name": name.strip(),
        "name_en": name_en.strip(),
        "unit": unit.strip(),
        "least": least,
    }
    if supply is None:
        return Supply.enter(by=by, building=building, **fields)
    supply.amend(by=by, **fields)
    return supply
