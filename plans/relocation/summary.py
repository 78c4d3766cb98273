"""What each section says now, in a line: for the plan's page."""

from django.utils.translation import gettext as _

from inventory.models import ObjectionState
from plans.relocation.plan import RelocationPlan
from plans.relocation.telling import Telling
from plans.telling import DASH


def in_short(plan: RelocationPlan, tell: Telling) -> dict[str, str]:
    """A line for each section and annex, by key, in the active language."""
    consents = plan.consents()
    dated = plan.site.order_issuer and plan.site.order_date
    finish = plan.proposal.finish
    count = {
        "students": len(plan.residents),
        "rooms": len(plan.bedrooms),
        "staff": len(plan.members),
        "crews": len(plan.proposal.crews),
        "agreed": plan.agreed,
        "hesitant": consents["hesitant"],
        "refused": consents["refused"],
        "silent": consents["not-reached"] + consents["none"],
        "waves": len(plan.proposal.waves),
        "finish": tell.moment(finish) if finish else DASH,
        "floors": len(tell.floors),
        "boxes": plan.boxes,
        "places": len(plan.places),
        "kinds": len(plan.materials),
        "shared": len(tell.shared_rooms),
        "divided": len(tell.divided_rooms),
        "valuable": plan.counts.valuable,
        "notes": len(plan.noted),
        "unanswered": sum(not resident.note_answered for resident in plan.noted),
        "open": len(plan.objections_in(ObjectionState.OPEN)),
        "objections": len(plan.objections),
        "order": f"{tell.words(plan.site.order_issuer)}, {tell.day(plan.site.order_date)}" if dated else "",  # type: ignore[arg-type]
        "all_rooms": len(plan.rooms),
        "phone": plan.site.phone or DASH,
    }
    lines = {
        "purpose": _("Ordered by %(order)s.") if dated else _("The order is not entered yet."),
        "organisation": _("%(staff)d staff, %(crews)d crews."),
        "consent": _(
            "%(agreed)d of %(students)d agreed, %(hesitant)d hesitant, %(refused)d refused, %(silent)d not heard from."
        ),
        "timetable": _("Finished: every room is packed.")
        if plan.is_finished
        else _("%(waves)d waves, the last room packed by %(finish)s."),
        "floors": _("%(floors)d floors, %(all_rooms)d rooms."),
        "storage": _("%(boxes)d boxes, %(places)d places."),
        "materials": _("%(kinds)d kinds, each with its formula."),
        "procedure": _("From the door's opening to the student's receipt."),
        "roommates": _("%(shared)d shared rooms, %(divided)d divided."),
        "valuables": _("%(valuable)d notes of valuables."),
        "special": _("%(notes)d notes, %(unanswered)d not answered yet."),
        "objections": _("%(objections)d raised, %(open)d waiting for an answer."),
        "emergency": _("Risks, responses and whom to call: %(phone)s."),
        "annex-roster": _("%(students)d students."),
        "annex-rooms": _("%(all_rooms)d rooms."),
        "annex-forms": _("Packing record, handover sheet, override."),
    }
    return {key: line % count for key, line in lines.items()}
