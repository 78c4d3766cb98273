"""Forms on paper: each printed one has a code that leads back to its record, and waits until it is typed back."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Code
from core.records import require
from observation.models import FormKind, OccupantState, PaperForm, Shift, Stay
from people.models import User
from rooms.models import Building, Room, RoomState

# Forms of so long ago and to come can be chosen for.
SHIFTS_BEFORE, SHIFTS_AFTER = timedelta(days=2), timedelta(days=2)
NOT_USED = "laid aside: not used"


@transaction.atomic
def issue(
    building: Building,
    *,
    kind: str,
    by: User | None,
    day: date | None = None,
    floor: int | None = None,
    room: Room | None = None,
    shift: Shift | None = None,
) -> PaperForm:
    """The form of one record with its code. Printed again while it still waits, it keeps the code it has."""
    building.hold()
    same: dict[str, Any] = {"kind": kind, "day": day, "floor": floor, "room": room, "shift": shift}
    waiting = PaperForm.objects.in_building(building).waiting().filter(**same).first()
    return waiting or PaperForm.enter(by=by, building=building, code=Code.issue("form"), printed_by=by, **same)


@transaction.atomic
def issue_for(
    building: Building,
    *,
    kind: str,
    day: date,
    by: User | None,
    floor: int | None = None,
    room: Room | None = None,
    shift: Shift | None = None,
) -> list[PaperForm]:
    """The forms of one kind that a day needs: a round sheet a floor, a record a room that awaits disinfection."""
    if kind == FormKind.ROUND:
        floors = [floor] if floor is not None else floors_lived_on(building)
        require(floors, "nobody-here", _("Nobody is here: there is nobody to go round to. Choose a floor."))
        return [issue(building, kind=kind, day=day, floor=one, by=by) for one in floors]
    if kind == FormKind.HANDOVER:
        shift = shift or shift_of(building, timezone.now())
        require(
            shift, "no-shift", _("No shift is in the roster. Draw the roster first, then print its handover sheet.")
        )
        assert shift is not None  # noqa: S101 - required above
        return [issue(building, kind=kind, day=shift.day, shift=shift, by=by)]
    if kind == FormKind.DISINFECTION:
        rooms = [room] if room else list(rooms_to_disinfect(building))
        require(rooms, "no-room-waits", _("No room awaits disinfection now. Choose the room that the record is for."))
        return [issue(building, kind=kind, room=one, by=by) for one in rooms]
    return [issue(building, kind=kind, day=day, by=by)]


@transaction.atomic
def issue_set(building: Building, *, day: date, by: User | None) -> list[PaperForm]:
    """All that a night without power needs, as far as there is a record for it."""
    found: list[PaperForm] = []
    if floors_lived_on(building):
        found += issue_for(building, kind=FormKind.ROUND, day=day, by=by)
    if shift := shift_of(building, timezone.now()):
        found += issue_for(building, kind=FormKind.HANDOVER, day=day, shift=shift, by=by)
    if rooms_to_disinfect(building).exists():
        found += issue_for(building, kind=FormKind.DISINFECTION, day=day, by=by)
    return [*found, *issue_for(building, kind=FormKind.VISITORS, day=day, by=by)]


def type_back(form: PaperForm, *, by: User) -> None:
    """All that the form says stands in its record; a second tap changes nothing."""
    _end(form, by=by, reason="typed back")


def lay_aside(form: PaperForm, *, by: User) -> None:
    """Nothing was written on the form: nobody waits for it any more."""
    _end(form, by=by, reason=NOT_USED)


def _end(form: PaperForm, *, by: User, reason: str) -> None:
    with form.change(by=by, reason=reason):
        if form.typed_at is None:
            form.typed_at, form.typed_by = timezone.now(), by


def floors_lived_on(building: Building) -> list[int]:
    """The floors on which somebody is now."""
    stays = Stay.objects.open().filter(occupant__building=building, occupant__state=OccupantState.STAYING)
    return sorted(set(stays.values_list("bed__room__floor", flat=True)))


def rooms_to_disinfect(building: Building) -> QuerySet[Room]:
    """The rooms that await terminal disinfection."""
    return Room.objects.in_building(building).filter(state=RoomState.TO_DISINFECT).order_by("floor", "number")


def shift_of(building: Building, at: datetime) -> Shift | None:
    """The shift under way; else the one that the roster has at `at`, else the next one."""
    shifts = Shift.objects.in_building(building).select_related("pattern").order_by("starts_at")
    return shifts.under_way().first() or shifts.filter(ends_at__gt=at).first()


def shifts_near(building: Building) -> list[Shift]:
    """The shifts that a handover sheet can be printed for."""
    now = timezone.now()
    shifts = Shift.objects.in_building(building).filter(
        ends_at__gte=now - SHIFTS_BEFORE, starts_at__lte=now + SHIFTS_AFTER
    )
    return list(shifts.select_related("pattern").order_by("starts_at"))
