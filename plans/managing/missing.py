"""What should be entered before the management plan is printed, each in one sentence that says what to do."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from observation.models import FOUR_ROLES
from plans.managing.clauses import clauses
from plans.managing.telling import Telling
from plans.relocation.blockers import Blocker
from rooms.models import RoomUse


def missing(tell: Telling) -> list[Blocker]:
    """Every gap, in the active language."""
    return [*_basis(tell), *_rooms(tell), *_duty(tell), *_clauses(tell)]


def _basis(tell: Telling) -> Iterator[Blocker]:
    site = tell.plan.site
    if not site.is_ordered:
        yield Blocker("order", _("Enter who gave the order to use the building as an observation site, and when."))
    if not site.phone:
        yield Blocker("phone", _("Enter whom to call: the number stands in the emergency section."))
    if not site.address:
        yield Blocker("address", _("Enter the building's address: ambulances and the fire service need it."))
    if tell.plan.protocol is None:
        yield Blocker(
            "protocol", _("Set the observation protocol: rounds, alerts and releases follow from it."), "protocol"
        )


def _rooms(tell: Telling) -> Iterator[Blocker]:
    plan = tell.plan
    if not plan.bedrooms:
        yield Blocker("rooms", _("Import the building's workbook: the plan knows no bedroom yet."), "import_building")
        return
    if plan.unzoned:
        text = ngettext(
            "%(count)d room belongs to no zone yet.", "%(count)d rooms belong to no zone yet.", len(plan.unzoned)
        )
        yield Blocker("zones", text % {"count": len(plan.unzoned)}, "rooms")
    for use in (RoomUse.GATEHOUSE, RoomUse.DONNING_ROOM, RoomUse.DOFFING_ROOM, RoomUse.INTAKE, RoomUse.WASTE_HOLDING):
        if not plan.used_as(use):
            yield Blocker(
                use, _("No room is used as: %(use)s. A passage is drawn without it.") % {"use": use.label}, "rooms"
            )


def _duty(tell: Telling) -> Iterator[Blocker]:
    plan = tell.plan
    if not plan.posts or not plan.patterns:
        yield Blocker("posts", _("Enter posts and shifts: the roster is drawn from them."), "roster")
        return
    for post in plan.posts:
        if post.role in FOUR_ROLES and not post.held_by:
            yield Blocker(
                f"vacant-{post.key}", _("Nobody holds the post now: %(post)s.") % {"post": tell.named(post)}, "roster"
            )
    empty = [day for day in plan.coming if not any(duty.day == day for duty in plan.duties)]
    if empty:
        text = ngettext(
            "%(count)d of the coming seven days has no roster.",
            "%(count)d of the coming seven days have no roster.",
            len(empty),
        )
        yield Blocker("coming", text % {"count": len(empty)}, "roster")
    if not plan.areas:
        yield Blocker("areas", _("Enter the areas of responsibility: floors, gate, clinic, kitchen."), "roster")


def _clauses(tell: Telling) -> Iterator[Blocker]:
    names = {"zh-hans": _("in Chinese"), "en": _("in English")}
    for key, language in tell.plan.half_edited:
        said = {"clause": clauses(tell.language)[key].heading, "language": names[language]}
        yield Blocker(
            f"half-{key}", _("“%(clause)s” is changed in one language only; look at it %(language)s too.") % said
        )
