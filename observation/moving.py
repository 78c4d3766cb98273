"""Occupants who move: to another room, to hospital and back, home."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from core.text import listed
from observation import certifying
from observation.admitting import require_free
from observation.ending import End, end_of, end_under, protocol_in, today
from observation.models import (
    OCCUPANT_TRANSITIONS,
    EndChange,
    HealthCheck,
    HospitalTransfer,
    Occupant,
    OccupantState,
    Protocol,
    ReleaseNeed,
    Stay,
    TransferStep,
    TransferStepKind,
)
from people.models import User
from rooms.models import Bed


@transaction.atomic
def move_to(occupant: Occupant, *, bed: Bed, reason: str, by: User) -> Stay:
    """Another bed from now on; the room they leave awaits terminal disinfection when nobody is left in it."""
    require(reason.strip(), "reason-missing", _("Say why they move."))
    occupant.hold()
    old = occupant.stay
    require(
        old is not None and occupant.state in (OccupantState.STAYING, OccupantState.EXPECTED),
        "occupant-not-there",
        _("%(name)s has no bed to move from.") % {"name": occupant.person.name},
    )
    assert old is not None  # noqa: S101 - required above
    if old.bed_id == bed.pk and old.said_last(by=by, reason=reason):
        return old
    require(old.bed_id != bed.pk, "bed-unchanged", _("They are in this bed already."))
    for room in sorted({old.bed.room, bed.room}, key=lambda one: one.pk):
        room.hold()
    bed.room.refresh_from_db()
    require_free(bed, occupant)
    arrived = old.arrived_at is not None
    leave(old, by=by, reason=reason)
    new = Stay.enter(
        by=by,
        reason=reason,
        occupant=occupant,
        bed=bed,
        starts_at=old.ends_at,
        arrived_at=old.ends_at if arrived else None,
    )
    if arrived:
        bed.room.occupy(by=by)
    return new


def leave(stay: Stay, *, by: User, reason: str = "") -> None:
    """End the stay; a room that nobody lives in any more awaits terminal disinfection."""
    stay.end(by=by, reason=reason)
    room = stay.bed.room
    still = Stay.objects.open().filter(bed__room=room, arrived_at__isnull=False).exists()
    if stay.arrived_at is not None and not still:
        room.vacate(by=by)


@transaction.atomic
def change_end(occupant: Occupant, *, ends_on: date, reason: str, by: User, client_id: UUID) -> EndChange:
    """Lengthen or shorten the observation to `ends_on`, and say why."""
    occupant.hold()
    if sent := EndChange.objects.filter(client_id=client_id, occupant=occupant, by=by).first():
        return sent
    require(reason.strip(), "reason-missing", _("Say why the observation is made longer or shorter."))
    require(occupant.ended_at is None, "observation-over", _("This observation is over already."))
    require(
        ends_on >= occupant.last_exposure,
        "end-before-exposure",
        _("The observation cannot end before the last exposure."),
    )
    require(ends_on != end_of(occupant).day, "end-unchanged", _("The observation ends on that day already."))
    made = EndChange(client_id=client_id, at=timezone.now(), occupant=occupant, ends_on=ends_on, reason=reason, by=by)
    made.save()
    return made


@transaction.atomic
def send_to_hospital(
    occupant: Occupant, *, hospital: str, reason: str, by: User, vehicle: str = "", escort: str = ""
) -> HospitalTransfer:
    """Decide that somebody goes to hospital; they keep their bed until they have left the building."""
    occupant.hold()
    open_one = occupant.transfers.filter(closed_at__isnull=True).first()
    if open_one is not None and (open_one.hospital, open_one.reason, open_one.decided_by_id) == (
        hospital,
        reason,
        by.pk,
    ):
        return open_one
    require(reason.strip(), "reason-missing", _("Say why they go to hospital."))
    require(
        occupant.state == OccupantState.STAYING,
        "occupant-not-there",
        _("%(name)s is %(state)s; this step does not follow from there.")
        % {"name": occupant.person.name, "state": occupant.get_state_display()},
    )
    made = HospitalTransfer.enter(
        by=by,
        occupant=occupant,
        hospital=hospital,
        vehicle=vehicle,
        escort=escort,
        decided_by=by,
        decided_at=timezone.now(),
    )
    # enter() keeps a `reason` for the history; the transfer's own is a field of it.
    with made.change(by=by):
        made.reason = reason
    return made


@transaction.atomic
def take_transfer_step(transfer: HospitalTransfer, *, kind: str, by: User, client_id: UUID) -> TransferStep:
    """Take one step of a transfer, in order; with LEFT the bed ends, with HANDED_OVER the transfer is closed."""
    occupant = transfer.occupant
    occupant.hold()
    transfer.hold()
    if sent := TransferStep.objects.filter(client_id=client_id, transfer=transfer, kind=kind, by=by).first():
        return sent
    require(transfer.closed_at is None, "transfer-over", _("This transfer is over already."))
    done = set(transfer.steps.values_list("kind", flat=True))
    before = TransferStepKind.values[: TransferStepKind.values.index(kind)]
    missing = [TransferStepKind(one).label for one in before if one not in done]
    require(
        not missing,
        "transfer-step-too-early",
        _("Before this: %(steps)s.") % {"steps": listed(missing)},
    )
    if kind == TransferStepKind.VEHICLE:
        require(transfer.vehicle, "vehicle-missing", _("Enter the vehicle first."))
    step = TransferStep(client_id=client_id, at=timezone.now(), transfer=transfer, kind=kind, by=by)
    step.save()
    if kind == TransferStepKind.LEFT:
        occupant.step("leave_for_hospital", by=by, reason=transfer.hospital)
        if occupant.stay is not None:
            leave(occupant.stay, by=by, reason=transfer.hospital)
    if kind == TransferStepKind.HANDED_OVER:
        with transfer.change(by=by):
            transfer.closed_at = timezone.now()
    return step


@transaction.atomic
def call_off(transfer: HospitalTransfer, *, reason: str, by: User) -> None:
    """They stay after all; whoever has left the building is handed over first."""
    transfer.occupant.hold()
    transfer.hold()
    if transfer.closed_at is not None and transfer.said_last(by=by, reason=reason):
        return
    require(reason.strip(), "reason-missing", _("Say why the transfer is called off."))
    with transfer.change(by=by, reason=reason):
        require(transfer.closed_at is None, "transfer-over", _("This transfer is over already."))
        require(
            not transfer.steps.filter(kind=TransferStepKind.LEFT).exists(),
            "transfer-left",
            _("They have left the building already. Enter the handing over."),
        )
        transfer.closed_at = timezone.now()


@transaction.atomic
def come_back(occupant: Occupant, *, bed: Bed, by: User) -> Stay:
    """Back from hospital, into `bed`."""
    occupant.hold()
    now_in = occupant.stay
    if now_in is not None and now_in.bed_id == bed.pk and now_in.said_last(by=by):
        return now_in
    require(
        not occupant.transfers.filter(closed_at__isnull=True).exists(),
        "transfer-open",
        _("The transfer to hospital is still under way: enter the handing over first."),
    )
    bed.room.hold()
    require_free(bed, occupant)
    occupant.step("come_back", by=by)
    now = timezone.now()
    stay = Stay.enter(by=by, occupant=occupant, bed=bed, starts_at=now, arrived_at=now)
    bed.room.occupy(by=by)
    return stay


def against_release(occupant: Occupant) -> list[str]:
    """What stands against a release now, one sentence each; the protocol says what is needed."""
    protocols = list(Protocol.objects.applying(occupant.building))
    return what_is_against(
        occupant,
        end=end_under(protocols, occupant),
        protocol=protocol_in(protocols, timezone.now()),
        alert=occupant.alerts.open().exists(),
        transfer=occupant.transfers.filter(closed_at__isnull=True).exists(),
        checks=list(occupant.checks.valid().measured()),
    )


def what_is_against(
    occupant: Occupant, *, end: End, protocol: Protocol, alert: bool, transfer: bool, checks: Iterable[HealthCheck]
) -> list[str]:
    """As `against_release`, from rows that a page has read already; `checks` are the valid ones, measured or not."""
    day = today(occupant.building)
    found = []
    if alert:
        found.append(_("An alert of this person is still open. Close it first."))
    if transfer:
        found.append(_("A transfer to hospital is under way. Finish it first."))
    if ReleaseNeed.FULL_PERIOD in protocol.release_needs and day < end.day:
        found.append(_("The observation lasts until %(day)s (%(source)s).") % {"day": end.day, "source": end.cited})
    readings = [
        (check.day, check.temperature)
        for check in checks
        if not check.self_reported and check.day is not None and check.temperature is not None
    ]
    if ReleaseNeed.NO_FEVER in protocol.release_needs:
        since = date.fromordinal(day.toordinal() - protocol.fever_free_days + 1)
        if any(taken >= since and temperature >= protocol.fever_from for taken, temperature in readings):
            found.append(
                _("There was a fever in the last %(days)d days (%(source)s).")
                % {"days": protocol.fever_free_days, "source": protocol.cited}
            )
    if (
        ReleaseNeed.LAST_CHECK in protocol.release_needs
        and occupant.state == OccupantState.STAYING
        and all(taken != day for taken, _temperature in readings)
    ):
        found.append(_("No temperature was taken today (%(source)s).") % {"source": protocol.cited})
    return found


@transaction.atomic
def release(occupant: Occupant, *, by: User) -> None:
    """The observation is over: they go home with a certificate, and their room awaits terminal disinfection."""
    occupant.hold()
    if occupant.state == OccupantState.RELEASED and occupant.said_last(by=by):
        return
    require(
        occupant.state in OCCUPANT_TRANSITIONS["release"],
        "occupant-not-there",
        _("%(name)s is %(state)s; this step does not follow from there.")
        % {"name": occupant.person.name, "state": occupant.get_state_display()},
    )
    for sentence in against_release(occupant):
        require(condition=False, code="release-refused", message=sentence)
    occupant.step("release", by=by)
    if occupant.stay is not None:
        leave(occupant.stay, by=by)
    certifying.issue(occupant, by=by)
