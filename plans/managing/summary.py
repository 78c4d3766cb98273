"""What each section says now, in a line: for the plan's page."""

from django.utils.translation import gettext as _

from observation.models import FOUR_ROLES
from plans.managing.telling import Telling
from plans.telling import DASH


def in_short(tell: Telling) -> dict[str, str]:
    """A line for each section and annex, by key, in the active language."""
    plan, protocol = tell.plan, tell.plan.protocol
    four = [post for post in plan.posts if post.role in FOUR_ROLES]
    none = _("No protocol is in force yet.")
    count = {
        "order": tell.words(plan.site.order_issuer),
        "held": sum(bool(post.held_by) for post in four),
        "four": len(four),
        "posts": len(plan.posts),
        "shifts": len(plan.patterns),
        "areas": len(plan.areas),
        "rooms": len(plan.rooms),
        "bedrooms": len(plan.bedrooms),
        "beds": sum(room.beds for room in plan.bedrooms),
        "floors": len({room.floor for room in plan.rooms}),
        "occupants": plan.occupants,
        "diets": len(plan.diets),
        "waiting": len(plan.to_disinfect),
        "phone": plan.site.phone or DASH,
        "days": protocol.days if protocol else 0,
        "free": protocol.fever_free_days if protocol else 0,
        "hours": tell.listed(protocol.hours) if protocol else "",
        "from": protocol.fever_from if protocol else "",
        "minutes": protocol.alert_minutes if protocol else 0,
        "answer": plan.rules.answer_minutes,
        "drawn": len({duty.day for duty in plan.duties} & set(plan.coming)),
    }
    lines = {
        "purpose": _("Ordered by %(order)s.") if plan.site.is_ordered else _("The order is not entered yet."),
        "organisation": _("%(held)d of %(four)d posts of the four roles are held now."),
        "zones": _("%(rooms)d rooms on %(floors)d floors."),
        "duty": _("%(posts)d posts, %(shifts)d shifts a day."),
        "admission": _("%(bedrooms)d bedrooms, %(beds)d beds, %(occupants)d people now."),
        "rounds": _("Rounds at %(hours)s, fever from %(from)s °C, alerts closed within %(minutes)d minutes.")
        if protocol
        else none,
        "meals": _("%(occupants)d portions of %(diets)d diets now."),
        "waste": _("Collected once a day, every collection logged."),
        "disinfection": _("Rooms that await terminal disinfection: %(waiting)d."),
        "security": _("The gate is held at every hour."),
        "deliveries": _("Parcels stop at the gate."),
        "transfer": _("From the doctor's word to the sealed room."),
        "release": _("After %(days)d days, the last %(free)d without fever.") if protocol else none,
        "handover": _("I-PASS, answered within %(answer)d minutes."),
        "emergency": _("Fire, power cut, infection of staff, missing person."),
        "contacts": _("Whom to call: %(phone)s."),
        "annex-roster": _("%(drawn)d of the coming seven days are drawn."),
        "annex-areas": _("%(areas)d areas of responsibility."),
        "annex-rooms": _("%(rooms)d rooms."),
        "annex-forms": _("Round sheet, handover sheet, disinfection record, visitor log."),
    }
    return {key: line % count for key, line in lines.items()}
