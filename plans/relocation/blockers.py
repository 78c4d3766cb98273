"""What must be settled before the plan can be carried out, each in one sentence that says what to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.relocation.plan import NOT_ASKED, RelocationPlan
from plans.relocation.telling import Telling
from plans.relocation.words import Role, roles_of


@dataclass(frozen=True)
class Blocker:
    """One open point; `page` names the page of the building where it is settled, or is empty."""

    key: str
    text: str
    page: str = ""


def blockers(plan: RelocationPlan, tell: Telling) -> list[Blocker]:
    """Every open point, in the active language; when all is packed, nobody is asked for consent or crews any more."""
    before_packing = () if plan.is_finished else (*_students(plan, tell), *_crews(plan, tell))
    return [*_basis(plan), *before_packing, *_storage(plan, tell), *_objections(plan)]


def _basis(plan: RelocationPlan) -> Iterator[Blocker]:
    if not plan.site.order_issuer or plan.site.order_date is None:
        yield Blocker("order", _("Enter who gave the order to clear the building, and when."))
    if not plan.site.phone:
        yield Blocker("phone", _("Enter whom to call: the number stands on labels, letters and in the emergency plan."))


def _students(plan: RelocationPlan, tell: Telling) -> Iterator[Blocker]:
    if not plan.residents:
        yield Blocker("roster", _("Import the roster: the plan knows no students yet."), "import_roster")
        return
    asked = sum(resident.consent == NOT_ASKED for resident in plan.residents)
    if asked:
        text = ngettext(
            "%(count)d student has not been asked yet.", "%(count)d students have not been asked yet.", asked
        )
        yield Blocker("not-asked", text % {"count": asked}, "students")
    closed = [
        number
        for number, living in tell.by_room.items()
        if number and not all(resident.may_open for resident in living) and not living[0].room_packed
    ]
    if closed:
        text = ngettext(
            "%(count)d room stays closed until its residents agree or an override is signed by two: %(rooms)s.",
            "%(count)d rooms stay closed until their residents agree or an override is signed by two: %(rooms)s.",
            len(closed),
        )
        yield Blocker("closed-rooms", text % {"count": len(closed), "rooms": tell.listed(closed)}, "students")
    bedless = sum(resident.bed is None for resident in plan.residents)
    if bedless:
        text = ngettext(
            "%(count)d student has no bed in the roster.", "%(count)d students have no bed in the roster.", bedless
        )
        yield Blocker("no-bed", text % {"count": bedless}, "students")
    alone = sum(not resident.teacher for resident in plan.residents)
    if alone:
        text = ngettext(
            "%(count)d student has no responsible teacher.", "%(count)d students have no responsible teacher.", alone
        )
        yield Blocker("no-teacher", text % {"count": alone}, "students")


def _crews(plan: RelocationPlan, tell: Telling) -> Iterator[Blocker]:
    movers = sum(Role.MOVER in roles_of(member) for member in plan.members)
    if not plan.proposal.crews:
        yield Blocker(
            "no-crew",
            _("No crew can be formed: post movers and witnesses with their sex and the times they are available."),
            "import_building",
        )
    elif len(plan.proposal.crews) < movers:
        idle = movers - len(plan.proposal.crews)
        text = ngettext(
            "%(count)d mover has no witness of the same sex with time in common.",
            "%(count)d movers have no witness of the same sex with time in common.",
            idle,
        )
        yield Blocker("idle-movers", text % {"count": idle}, "import_building")
    if plan.windows_are_past and plan.proposal.turns:
        yield Blocker(
            "past",
            _("The staff's available times are over: enter new ones before work begins."),
            "import_building",
        )
    if plan.proposal.unplaced:
        rooms = [left.room.number for left in plan.proposal.unplaced]
        text = ngettext(
            "%(count)d room stands in no wave: %(rooms)s.", "%(count)d rooms stand in no wave: %(rooms)s.", len(rooms)
        )
        yield Blocker("unplaced", text % {"count": len(rooms), "rooms": tell.listed(rooms)})


def _storage(plan: RelocationPlan, tell: Telling) -> Iterator[Blocker]:
    for short in plan.storing.shortages:
        text = ngettext(
            "%(count)d box has no storage place of the kind “%(kind)s”.",
            "%(count)d boxes have no storage place of the kind “%(kind)s”.",
            short.boxes,
        )
        kind = tell.keeping(short.keeping)
        yield Blocker(f"storage-{short.keeping}", text % {"count": short.boxes, "kind": kind}, "places")


def _objections(plan: RelocationPlan) -> Iterator[Blocker]:
    late = len(plan.overdue)
    if late:
        text = ngettext(
            "%(count)d objection has waited longer than promised for its answer.",
            "%(count)d objections have waited longer than promised for their answer.",
            late,
        )
        yield Blocker("overdue", text % {"count": late}, "students")
