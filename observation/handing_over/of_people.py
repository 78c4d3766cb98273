"""What a handover says of the occupants: alerts, fevers, late checks, requests, talks, and who came and went."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from observation import rounds
from observation.ending import protocol_at, released_from, today
from observation.handing_over.matters import Matter, Window, iso
from observation.looking_after import places_of
from observation.models import (
    Alert,
    AlertStep,
    CareNote,
    EndChange,
    HospitalTransfer,
    Occupant,
    OccupantState,
    Protocol,
    Request,
    Section,
    Stay,
    Step,
    TransferStep,
)
from observation.slots import Due, Slot, slots_of
from rooms.models import Building

# Checks missed longer ago than this are history, not something to hand on.
SLOTS_BACK = timedelta(days=3)


def people(
    building: Building, window: Window, *, until: date, overdue: timedelta
) -> tuple[list[Matter], dict[str, int]]:
    """The matters of the occupants, and the census; `until` is the last day of the next shift."""
    protocols = list(Protocol.objects.applying(building))
    slots = _slots(building, protocols, window)
    earliest = min([window.earliest, *(slot.starts_at for slot in slots)])
    stays = list(
        Stay.objects.in_building(building)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gte=earliest))
        .select_related("occupant", "bed__room")
        .order_by("starts_at", "pk")
    )
    matters = [
        *_alerts(building, window),
        *_checks(building, protocols, slots, stays, window),
        *_requests(building, window, overdue=overdue),
        *_talks(building, window, until=until),
        *_transfers(building, window),
        *_moves(stays, window),
        *_gone(building, window),
        *_ends(building, protocols, stays, window, until=until),
    ]
    places = places_of(matter.told["occupant"] for matter in matters)
    for matter in matters:
        place = places.get(matter.told["occupant"])
        matter.told.setdefault("room", place.number if place else "")
    return matters, census(stays, window) | {
        "at_hospital": Occupant.objects.in_building(building).filter(state=OccupantState.AT_HOSPITAL).count()
    }


def _alerts(building: Building, window: Window) -> Iterator[Matter]:
    lately = Q(closed_at__isnull=True) | Q(closed_at__gt=window.earliest)
    alerts = Alert.objects.in_building(building).filter(lately).select_related("protocol", "check_up")
    done: dict[int, set[str]] = {}
    for alert_pk, kind in AlertStep.objects.filter(alert__in=alerts.open()).values_list("alert", "kind"):
        done.setdefault(alert_pk, set()).add(kind)
    for alert in alerts:
        key = f"alert:{alert.pk}"
        if alert.closed_at is not None and not window.holds(alert.closed_at, key):
            continue
        taken = done.get(alert.pk, set())
        waiting = [kind for kind in alert.protocol.alert_steps if kind in Step.values and kind not in taken]
        check = alert.check_up
        told: dict[str, Any] = {
            "alert": alert.pk,
            "occupant": alert.occupant_id,
            "temperature": str(check.temperature) if check.temperature is not None else "",
            "symptoms": list(check.symptoms),
            "raised": iso(alert.raised_at),
            "due": iso(alert.due_at),
            "taken_by": alert.taken_by_id,
            "next": waiting[0] if waiting else "",
            "late": window.at >= alert.due_at,
            "closed": iso(alert.closed_at),
        }
        still = alert.closed_at is None
        yield Matter(key, "alert", Section.SEVERITY, told, attention=still, open=still)


def _slots(building: Building, protocols: Sequence[Protocol], window: Window) -> list[Slot]:
    """The slots of this shift that have opened: the current one, and those that closed since the last handover."""
    zone = ZoneInfo(building.time_zone)
    since = max(window.since, window.at - SLOTS_BACK)
    first, last = since.astimezone(zone).date() - timedelta(days=1), window.at.astimezone(zone).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 2)]
    return [
        slot
        for slot in slots_of(protocols, zone, days)
        if slot.opens_at <= window.at and (slot.closes_at is None or slot.closes_at > since)
    ]


def _checks(
    building: Building, protocols: Sequence[Protocol], slots: Sequence[Slot], stays: Sequence[Stay], window: Window
) -> Iterator[Matter]:
    """Fevers with their second measurement, checks that are late or were missed, and those that were skipped."""
    # None of those who were in the building then may be left out: what counts as late is the round's to say.
    readings = rounds.readings_of(building, [slot.key for slot in slots])
    here = {one.occupant_id for one in stays if _lives_here(one)}
    for slot in slots:
        there = {
            stay.occupant_id
            for stay in stays
            if stay.arrived_at is not None
            and stay.arrived_at < slot.late_at
            and (stay.ends_at is None or stay.ends_at > slot.starts_at)
        }
        for occupant in sorted(here | {one for one, day, hour in readings if (day, hour) == slot.key}):
            own = readings.get((occupant, *slot.key), rounds.NOTHING)
            if matter := _check(slot, occupant, own, window, there=occupant in there, here=occupant in here):
                yield matter


def _check(
    slot: Slot, occupant: int, own: rounds.Readings, window: Window, *, there: bool, here: bool
) -> Matter | None:
    where: dict[str, Any] = {"occupant": occupant, "day": slot.day.isoformat(), "hour": slot.hour}
    name, still = f"{occupant}:{slot.day.isoformat()}:{slot.hour}", slot.holds(window.at)
    if own.first is not None and own.first.fever:
        key, second = f"fever:{name}", own.second
        again = second is None and here and still
        if not (again or any(window.holds(one.at, key) for one in (own.first, second) if one is not None)):
            return None
        told = {
            **where,
            "at": iso(own.first.at),
            "temperature": str(own.first.temperature),
            "second": str(second.temperature) if second is not None else "",
        }
        return Matter(key, "fever", Section.SEVERITY, told, attention=again, open=again)
    if not here:
        return None
    due = rounds.stand(slot, window.at, own, there=there)
    if due == Due.LATE:
        return Matter(f"late:{name}", "late", Section.ACTIONS, {**where, "missed": not still}, still, still)
    if due == Due.SKIPPED and own.first is not None and still:
        told = {**where, "why": own.first.skipped}
        return Matter(f"skipped:{name}", "skipped", Section.ACTIONS, told)
    return None


def _requests(building: Building, window: Window, *, overdue: timedelta) -> Iterator[Matter]:
    for asked in Request.objects.in_building(building).open():
        late = window.at - asked.entered_at >= overdue
        told = {
            "request": asked.pk,
            "occupant": asked.occupant_id,
            "kind": asked.kind,
            "since": iso(asked.entered_at),
            "responsible": asked.responsible_id,
            "late": late,
        }
        yield Matter(f"request:{asked.pk}", "request", Section.ACTIONS, told, attention=late)


def _talks(building: Building, window: Window, *, until: date) -> Iterator[Matter]:
    day = today(building, window.at)
    for note in CareNote.objects.in_building(building).filter(closed_at__isnull=True):
        told = {
            "care": note.pk,
            "occupant": note.occupant_id,
            "on": note.again_on.isoformat() if note.again_on else "",
            "due": note.again_on is None or note.again_on <= until,
            "responsible": note.responsible_id,
        }
        late = note.again_on is not None and note.again_on < day
        yield Matter(f"care:{note.pk}", "care", Section.ACTIONS, told, attention=late)


def _transfers(building: Building, window: Window) -> Iterator[Matter]:
    lately = Q(closed_at__isnull=True) | Q(closed_at__gt=window.earliest)
    transfers = HospitalTransfer.objects.in_building(building).filter(lately)
    newest: dict[int, str] = {}
    steps = TransferStep.objects.filter(transfer__in=transfers).order_by("pk").values_list("transfer", "kind")
    for transfer_pk, kind in steps:
        newest[transfer_pk] = kind
    for transfer in transfers:
        key, still = f"hospital:{transfer.pk}", transfer.closed_at is None
        if still or window.holds(transfer.closed_at, key):
            told = {
                "transfer": transfer.pk,
                "occupant": transfer.occupant_id,
                "step": newest.get(transfer.pk, ""),
                "closed": iso(transfer.closed_at),
            }
            yield Matter(key, "hospital", Section.PATIENTS, told, attention=still, open=still)


def _moves(stays: Sequence[Stay], window: Window) -> Iterator[Matter]:
    """Who came, and who changed rooms: the new bed begins at the very moment at which the old one ends."""
    left = {(stay.occupant_id, stay.ends_at): stay for stay in stays if stay.arrived_at is not None}
    for stay in stays:
        if stay.arrived_at is None:
            if stay.ends_at is None:
                told = {"occupant": stay.occupant_id, "room": stay.bed.room.number}
                yield Matter(f"expected:{stay.occupant_id}", "expected", Section.ACTIONS, told)
            continue
        before = left.get((stay.occupant_id, stay.arrived_at))
        kind = "moved" if before is not None else "arrived"
        key = f"{kind}:{stay.pk}"
        if window.holds(stay.arrived_at, key):
            told = {"occupant": stay.occupant_id, "room": stay.bed.room.number, "at": iso(stay.arrived_at)}
            if before is not None:
                told["from"] = before.bed.room.number
            yield Matter(key, kind, Section.PATIENTS, told, open=False)


def _gone(building: Building, window: Window) -> Iterator[Matter]:
    """Whose observation is over: gone home, or did not come."""
    for occupant in Occupant.objects.in_building(building).filter(ended_at__gt=window.earliest):
        key = f"released:{occupant.pk}"
        if window.holds(occupant.ended_at, key):
            told = {"occupant": occupant.pk, "state": occupant.state, "at": iso(occupant.ended_at)}
            yield Matter(key, "released", Section.PATIENTS, told, open=False)


def _ends(
    building: Building, protocols: Sequence[Protocol], stays: Sequence[Stay], window: Window, *, until: date
) -> Iterator[Matter]:
    """Whose end was changed in this shift, and who may go home by the end of the next one."""
    changed: dict[int, date] = {}
    for change in EndChange.objects.in_building(building).filter(occupant__ended_at__isnull=True).order_by("pk"):
        changed[change.occupant_id] = change.ends_on
        if window.holds(change.at, f"end:{change.pk}"):
            told = {"occupant": change.occupant_id, "change": change.pk, "day": change.ends_on.isoformat()}
            yield Matter(f"end:{change.pk}", "end", Section.PATIENTS, told, open=False)
    protocol = protocol_at(protocols, window.at)
    if protocol is None:
        return
    for stay in stays:
        if _lives_here(stay):
            end = released_from(
                stay.occupant.last_exposure, days=protocol.days, changed_to=changed.get(stay.occupant_id)
            )
            if end <= until:
                told = {"occupant": stay.occupant_id, "day": end.isoformat()}
                late = end < today(building, window.at)
                yield Matter(f"leaving:{stay.occupant_id}", "leaving", Section.ACTIONS, told, attention=late)


def _lives_here(stay: Stay) -> bool:
    return stay.ends_at is None and stay.arrived_at is not None and stay.occupant.state == OccupantState.STAYING


def census(stays: Sequence[Stay], window: Window) -> dict[str, int]:
    """How many lived here at the last handover, came and left since, and live here now: before + in - out = now."""
    spells = [
        (stay.occupant_id, stay.arrived_at, stay.ends_at)
        for stay in stays
        if stay.arrived_at is not None and stay.arrived_at <= window.at
    ]
    # Another bed from the same moment on is neither a coming nor a leaving.
    begun = {(who, start) for who, start, _end in spells}
    ended = {(who, end) for who, _start, end in spells if end is not None and end <= window.at}
    came = sum(at > window.since for _who, at in begun - ended)
    left = sum(at > window.since for _who, at in ended - begun)
    before = sum(start <= window.since and (end is None or end > window.since) for _who, start, end in spells)
    now = sum(end is None or end > window.at for _who, _start, end in spells)
    expected = sum(stay.arrived_at is None and stay.ends_at is None for stay in stays)
    return {"before": before, "came": came, "left": left, "now": now, "expected": expected}
