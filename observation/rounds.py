"""Rounds: who is due, readings taken, measured again after a fever, corrected. One reading a person and slot."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.records import require
from core.text import listed
from observation import alerting, thermometer
from observation.ending import protocol_of
from observation.models import HealthCheck, Occupant, OccupantState, Protocol, Skip, Stay, Symptom
from observation.models.occupant import StayQuerySet
from observation.slots import Due, Slot, slot_at, slot_of, standing
from people.models import User
from rooms.models import Building


@dataclass(frozen=True)
class Readings:
    """The valid readings of one person and slot: the first, and the second measurement after a fever."""

    first: HealthCheck | None = None
    second: HealthCheck | None = None

    @property
    def again(self) -> bool:
        """Whether a fever still waits for its second measurement."""
        return self.first is not None and self.first.fever and self.second is None

    @property
    def taken(self) -> list[HealthCheck]:
        """What was measured; a skip still leaves room for a reading."""
        return [one for one in (self.first, self.second) if one is not None and not one.skipped]


NOTHING = Readings()
# What a list shows of a reading; the rest is fetched when it is asked for.
READING = ("id", "occupant_id", "protocol_id", "day", "hour", "temperature", "skipped", "repeats_id")


@dataclass(frozen=True)
class Visit:
    """One person of the round: who, where, and how their slot stands. Plain words: a full house has hundreds."""

    occupant: int
    name: str
    room: int
    number: str
    place: tuple[int, str, int]  # floor, room and bed: where they come on the way along the corridors
    standing: Due
    readings: Readings = field(default=NOTHING)


def zone_of(building: Building) -> ZoneInfo:
    """The zone whose clock hangs in the building."""
    return ZoneInfo(building.time_zone)


def protocols_of(building: Building) -> list[Protocol]:
    """The building's protocols in the order in which they came into force."""
    return list(Protocol.objects.applying(building))


def current_slot(building: Building, at: datetime) -> Slot:
    """The slot that a reading taken at `at` counts for; Refused when no protocol has one yet."""
    found = slot_at(protocols_of(building), zone_of(building), at)
    require(found, "no-slot-yet", _("No round is due yet: the protocol's first hour is still to come."))
    assert found is not None  # noqa: S101 - required above
    return found


def readings_of(
    building: Building, keys: Collection[tuple[date, str]], *, occupants: Collection[int] | None = None
) -> dict[tuple[int, date, str], Readings]:
    """The valid measured readings of these slots, by occupant and slot, in one query."""
    checks = (
        HealthCheck.objects.in_building(building)
        .measured()
        .valid()
        .filter(day__in={day for day, _hour in keys}, hour__in={hour for _day, hour in keys})
        .select_related("protocol", "by")
        .order_by("pk")
    )
    if occupants is not None:
        checks = checks.filter(occupant__in=occupants)
    return paired(checks)


def paired(checks: Iterable[HealthCheck]) -> dict[tuple[int, date, str], Readings]:
    """Valid measured readings by occupant and slot; `checks` in the order in which they were taken."""
    found: dict[tuple[int, date, str], Readings] = {}
    for check in checks:
        assert check.day is not None  # noqa: S101 - reading_has_slot_and_author
        key = (check.occupant_id, check.day, check.hour)
        own = found.get(key, NOTHING)
        found[key] = Readings(own.first, check) if check.repeats_id else Readings(check, own.second)
    return found


def stand(slot: Slot, at: datetime, readings: Readings, *, there: bool) -> Due:
    """How the slot stands for one person."""
    if readings.again:
        return Due.AGAIN
    if readings.first is not None:
        return Due.SKIPPED if readings.first.skipped else Due.DONE
    return standing(slot, at, there=there)


def there_for(slot: Slot, occupant: OuterRef) -> StayQuerySet:
    """The stays in which `occupant` was here while the slot was due, in whichever room."""
    return Stay.objects.there(since=slot.starts_at, before=slot.late_at).filter(occupant=occupant)


def due_list(building: Building, at: datetime) -> list[Visit]:
    """Everybody who is here with how the current slot stands for them: late first, then by floor and room."""
    return visits(building, current_slot(building, at), at)


def visits(building: Building, slot: Slot, at: datetime) -> list[Visit]:
    """Everybody who is here with how `slot` stands for them at `at`."""
    # One question for a full house: a stay comes once for each valid reading of the slot, or once without any.
    of_slot = Q(occupant__checks__day=slot.day, occupant__checks__hour=slot.hour, occupant__checks__self_reported=False)
    rows = (
        Stay.objects.open()
        .filter(occupant__building=building, occupant__state=OccupantState.STAYING, arrived_at__isnull=False)
        .annotate(
            there=Exists(there_for(slot, OuterRef("occupant"))),
            reading=FilteredRelation("occupant__checks", condition=of_slot),
        )
        .filter(reading__superseded_by__isnull=True)
        .order_by("reading__pk")
        .values_list(
            *("occupant_id", "occupant__person__name", "bed__room_id", "bed__room__number", "bed__room__floor"),
            *("bed__number", "there"),
            *(f"reading__{name}" for name in READING),
        )
    )
    protocols, checks, here = {slot.protocol.pk: slot.protocol}, [], {}
    for occupant, name, room, number, floor, bed, there, *reading in rows:
        here[occupant] = name, room, number, (floor, number, bed), there
        if reading[0] is not None:
            check = HealthCheck.from_db(rows.db, READING, reading)
            # A protocol that changed within the slot left readings of the one before.
            if check.protocol_id not in protocols:
                protocols[check.protocol_id] = check.protocol
            check.protocol = protocols[check.protocol_id]
            checks.append(check)
    readings, found = paired(checks), []
    for occupant, (name, room, number, place, there) in here.items():
        own = readings.get((occupant, *slot.key), NOTHING)
        found.append(Visit(occupant, name, room, number, place, stand(slot, at, own, there=there), own))
    order = {due: n for n, due in enumerate(Due)}
    return sorted(found, key=lambda visit: (order[visit.standing], visit.place))


def next_visit(due: Sequence[Visit], *, after: tuple[int, str, int] | None = None) -> Visit | None:
    """Who comes next along the corridors behind `after`, from the start again at the end; None when all are done."""
    waiting = sorted((visit for visit in due if visit.standing.waiting), key=lambda visit: visit.place)
    behind = [visit for visit in waiting if after is None or visit.place > after]
    return next(iter(behind or waiting), None)


@dataclass(frozen=True)
class Way:
    """The round around one person: how it stands for them, the door before theirs, and the next one that waits."""

    own: Visit | None
    before: Visit | None
    following: Visit | None


def way_of(occupant: Occupant, due: Sequence[Visit]) -> Way:
    """Where the round leads from this person, back and on; `due` is everybody who is here."""
    own = next((visit for visit in due if visit.occupant == occupant.pk), None)
    others = [visit for visit in due if visit is not own]
    place = own.place if own else None
    passed = [visit for visit in others if place is not None and visit.place < place]
    before = max(passed, key=lambda visit: visit.place, default=None)
    return Way(own, before, next_visit(others, after=place))


@transaction.atomic
def take_reading(
    occupant: Occupant,
    *,
    day: date,
    hour: str,
    temperature: Decimal | None,
    symptoms: Collection[str],
    skipped: str,
    by: User,
    client_id: UUID,
) -> HealthCheck:
    """Take the one reading of a slot, or say why there is none; after a skip it takes the skip's place."""
    occupant.hold()
    if sent := _sent_before(client_id, occupant):
        return sent
    now = timezone.now()
    _require_here(occupant)
    slot = _require_slot(occupant, day=day, hour=hour, now=now)
    own = readings_of(occupant.building, [slot.key], occupants=[occupant.pk]).get((occupant.pk, *slot.key), NOTHING)
    before = own.first
    require(
        before is None or (before.skipped and not skipped),
        "slot_has_one_reading",
        before and already_taken(before),
    )
    # What is measured now is judged by what applies now; what is entered later for an earlier slot, by what did then.
    protocol = protocol_of(occupant.building, now) if slot.holds(now) else slot.protocol
    given = _require_reading(protocol, temperature=temperature, symptoms=symptoms, skipped=skipped)
    why = _("Measured after all; before: %(reason)s") % {"reason": before.get_skipped_display()} if before else ""
    return _file(
        HealthCheck(
            client_id=client_id,
            at=now,
            occupant=occupant,
            protocol=protocol,
            day=day,
            hour=hour,
            supersedes=before,
            why=why,
            by=by,
            **given,
        )
    )


@transaction.atomic
def measure_again(
    check: HealthCheck, *, temperature: Decimal | None, symptoms: Collection[str], by: User, client_id: UUID
) -> HealthCheck:
    """Measure a second time after a fever; both readings are kept."""
    occupant = check.occupant
    occupant.hold()
    if sent := _sent_before(client_id, occupant):
        return sent
    _require_here(occupant)
    own = readings_with(check)
    require(
        not check.self_reported and own.first is not None and own.first.fever,
        "no-fever-to-measure-again",
        _("This reading needs no second measurement."),
    )
    assert own.first is not None  # noqa: S101 - required above
    require(
        own.second is None,
        "fever_is_measured_again_once",
        own.second and _("The second measurement was taken already: %(taken)s") % {"taken": already_taken(own.second)},
    )
    given = _require_reading(check.protocol, temperature=temperature, symptoms=symptoms, skipped="")
    return _file(
        HealthCheck(
            client_id=client_id,
            at=timezone.now(),
            occupant=occupant,
            protocol=check.protocol,
            day=check.day,
            hour=check.hour,
            repeats=own.first,
            by=by,
            **given,
        )
    )


@transaction.atomic
def correct(
    check: HealthCheck,
    *,
    temperature: Decimal | None,
    symptoms: Collection[str],
    skipped: str,
    why: str,
    by: User,
    client_id: UUID,
) -> HealthCheck:
    """Put a wrong reading right: the new one takes its place and says why; the wrong one stays to be seen."""
    occupant = check.occupant
    occupant.hold()
    if sent := _sent_before(client_id, occupant):
        return sent
    require(why.strip(), "correction_says_why", _("Say why the reading is corrected."))
    require(
        not check.self_reported,
        "self-report-stands",
        _("What somebody reported of themselves is not corrected. Measure again."),
    )
    newer = HealthCheck.objects.filter(supersedes=check).select_related("by", "occupant__building").first()
    require(
        newer is None, "reading-superseded", newer and _("This reading was corrected already: ") + already_taken(newer)
    )
    given = _require_reading(check.protocol, temperature=temperature, symptoms=symptoms, skipped=skipped)
    require(
        any(getattr(check, name) != value for name, value in given.items()),
        "correction-changes-nothing",
        _("Nothing differs from what stands there."),
    )
    return _file(
        HealthCheck(
            client_id=client_id,
            at=timezone.now(),
            occupant=occupant,
            protocol=check.protocol,
            day=check.day,
            hour=check.hour,
            repeats=check.repeats,
            supersedes=check,
            why=why.strip(),
            by=by,
            **given,
        )
    )


def add_symptoms(check: HealthCheck, *, symptoms: Collection[str], by: User, client_id: UUID) -> HealthCheck:
    """What somebody said after the temperature was saved: the reading with these symptoms too takes its place.

    The tap on the temperature saves, so that a round takes one tap a person. What is said or seen afterwards is added
    from the page that follows; nothing has to be ticked beforehand, and nothing that was ticked is left unasked.
    """
    return correct(
        check,
        temperature=check.temperature,
        symptoms={*check.symptoms, *symptoms},
        skipped=check.skipped,
        why=_("Symptom added"),
        by=by,
        client_id=client_id,
    )


def readings_with(check: HealthCheck) -> Readings:
    """The valid readings of the slot that `check` belongs to."""
    own = HealthCheck.objects.measured().valid().filter(occupant=check.occupant, day=check.day, hour=check.hour)
    return next(
        iter(paired(own.select_related("protocol", "by", "occupant__building").order_by("pk")).values()), NOTHING
    )


def already_taken(check: HealthCheck) -> str:
    """Who took a reading, when, and what it was: what the second nurse is told."""
    at = timezone.localtime(check.at, zone_of(check.occupant.building))
    return _("%(by)s took this reading at %(at)s: %(what)s. Correct it if it is wrong.") % {
        "by": check.by,
        "at": date_format(at, "H:i", use_l10n=False),
        "what": in_words(check),
    }


def in_words(check: HealthCheck) -> str:
    """The reading in a few words: temperature and symptoms, or why there is none."""
    if check.skipped:
        return str(check.get_skipped_display())
    words = [f"{check.temperature} °C"] if check.temperature is not None else []
    return listed([*words, *(Symptom(one).label if one in Symptom.values else one for one in check.symptoms)])


def _sent_before(client_id: UUID, occupant: Occupant) -> HealthCheck | None:
    """What this very form recorded when it was sent the first time."""
    return HealthCheck.objects.filter(client_id=client_id, occupant=occupant).first()


def _require_here(occupant: Occupant) -> None:
    require(
        occupant.state == OccupantState.STAYING,
        "occupant-not-here",
        _("%(name)s is %(state)s. Only somebody who stays here is measured.")
        % {"name": occupant.person.name, "state": occupant.get_state_display()},
    )


def _require_slot(occupant: Occupant, *, day: date, hour: str, now: datetime) -> Slot:
    building = occupant.building
    slot = slot_of(protocols_of(building), zone_of(building), day, hour)
    require(slot, "slot-unknown", _("The protocol has no round at this hour of this day."))
    assert slot is not None  # noqa: S101 - required above
    require(slot.opens_at <= now, "slot-not-open", _("This round is still to come."))
    came = occupant.stays.filter(arrived_at__isnull=False).order_by("arrived_at").first()
    require(
        came is not None
        and came.arrived_at is not None
        and (slot.closes_at is None or came.arrived_at < slot.closes_at),
        "occupant-not-here-then",
        _("%(name)s was not here yet at this round.") % {"name": occupant.person.name},
    )
    return slot


def _require_reading(
    protocol: Protocol, *, temperature: Decimal | None, symptoms: Collection[str], skipped: str
) -> dict[str, object]:
    """The reading's fields, in order; else Refused."""
    require(
        (temperature is None) != (not skipped),
        "reading_or_reason",
        _("Enter the temperature, or say why there is none."),
    )
    require(not skipped or skipped in Skip.values, "skip-unknown", _("Choose why there is no reading."))
    require(not (skipped and symptoms), "skip-with-symptoms", _("With symptoms, take the temperature too."))
    unknown = [one for one in symptoms if one not in protocol.symptoms]
    require(
        not unknown,
        "symptom-unknown",
        _("The protocol does not ask for: %(symptoms)s.")
        % {"symptoms": listed(Symptom(one).label if one in Symptom.values else one for one in unknown)},
    )
    value = None if temperature is None else thermometer.plausible(temperature)
    return {
        "temperature": value,
        "symptoms": [one for one in protocol.symptoms if one in symptoms],
        "skipped": skipped,
    }


def _file(check: HealthCheck) -> HealthCheck:
    """Save a reading and let a fever or symptom be answered."""
    check.save()
    alerting.answer_to(check)
    return check
