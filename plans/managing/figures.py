"""The figures that a clause may name, each with what it is; one that is not entered yet has no value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observation.models import ReleaseNeed, Step, Symptom
from plans.managing.telling import Telling
from rooms.models import Agent, RoomUse

PROTOCOL, RULES, MEALS = "protocol", "rules", "meals"

# What each is; the editor lists them.
KNOWN: dict[str, Any] = {
    "building": gettext_lazy("the building's name"),
    "address": gettext_lazy("its address"),
    "phone": gettext_lazy("whom to call"),
    "order_issuer": gettext_lazy("who gave the order"),
    "order_date": gettext_lazy("when the order was given"),
    "made_at": gettext_lazy("when the plan is printed"),
    "floors": gettext_lazy("floors people stay on"),
    "bedrooms": gettext_lazy("bedrooms"),
    "beds": gettext_lazy("beds"),
    "occupants": gettext_lazy("people under observation now"),
    "gatehouse": gettext_lazy("the gatehouse's number"),
    "donning_room": gettext_lazy("where equipment is put on"),
    "doffing_room": gettext_lazy("where it is taken off"),
    "intake": gettext_lazy("where people are received"),
    "waste_room": gettext_lazy("where waste is held"),
    "breakfast": gettext_lazy("hour of breakfast"),
    "lunch": gettext_lazy("hour of lunch"),
    "supper": gettext_lazy("hour of supper"),
    "protocol": gettext_lazy("the protocol's name, issuer, version and date"),
    "days": gettext_lazy("days of observation"),
    "checks": gettext_lazy("checks a day"),
    "check_hours": gettext_lazy("hours of the checks"),
    "late_after": gettext_lazy("late after, minutes"),
    "fever_from": gettext_lazy("fever from, °C"),
    "symptoms": gettext_lazy("symptoms asked for"),
    "escalate_minutes": gettext_lazy("leader told when nobody takes it, minutes"),
    "alert_minutes": gettext_lazy("alert closed within, minutes"),
    "alert_steps": gettext_lazy("steps of an alert"),
    "release_needs": gettext_lazy("what release needs"),
    "fever_free_days": gettext_lazy("days without fever before release"),
    "agent": gettext_lazy("disinfectant"),
    "mg_per_litre": gettext_lazy("at least, mg/L"),
    "disinfection_minutes": gettext_lazy("at least, minutes"),
    "rest_hours": gettext_lazy("hours of rest between two duties"),
    "most_hours_a_week": gettext_lazy("hours in seven days, at most"),
    "answer_minutes": gettext_lazy("minutes in which a handover is answered"),
}


@dataclass(frozen=True)
class Figure:
    """One figure: its value, empty while it is not entered; where it comes from; what is asked for when it is not."""

    value: str
    source: str = ""
    wanted: str = ""


def figures(tell: Telling) -> Mapping[str, Figure]:
    """Every figure of KNOWN, in the active language."""
    plan, protocol, rules = tell.plan, tell.plan.protocol, tell.plan.rules
    site = plan.site
    found: dict[str, Figure] = {}

    def room(use: RoomUse) -> Figure:
        numbers = tell.numbers(plan.used_as(use))
        words = _("room %(numbers)s") % {"numbers": numbers} if numbers else ""
        return Figure(words, wanted=str(use.label))

    order = _("who gave the order, and when")
    found |= {
        "building": Figure(tell.building),
        "address": Figure(site.address, wanted=_("the building's address")),
        "phone": Figure(site.phone, wanted=_("the building's phone")),
        "order_issuer": Figure(tell.words(site.order_issuer) if site.is_ordered else "", wanted=order),
        "order_date": Figure(tell.day(site.order_date) if site.is_ordered and site.order_date else "", wanted=order),
        "made_at": Figure(tell.moment(plan.made_at)),
        "floors": Figure(str(len(plan.floors))),
        "bedrooms": Figure(str(len(plan.bedrooms))),
        "beds": Figure(str(sum(one.beds for one in plan.bedrooms))),
        "occupants": Figure(str(plan.occupants)),
        "gatehouse": room(RoomUse.GATEHOUSE),
        "donning_room": room(RoomUse.DONNING_ROOM),
        "doffing_room": room(RoomUse.DOFFING_ROOM),
        "intake": room(RoomUse.INTAKE),
        "waste_room": room(RoomUse.WASTE_HOLDING),
        **{meal: Figure(f"{at:%H:%M}", MEALS) for meal, at in plan.meals},
        "rest_hours": Figure(str(rules.rest_hours), RULES),
        "most_hours_a_week": Figure(str(rules.most_hours_a_week), RULES),
        "answer_minutes": Figure(str(rules.answer_minutes), RULES),
    }
    of_protocol: dict[str, object] = {}
    if protocol is not None:
        of_protocol = {
            "protocol": f"{protocol.name} · {protocol.cited}",
            "days": protocol.days,
            "checks": len(protocol.hours),
            "check_hours": tell.listed(protocol.hours),
            "late_after": protocol.late_after,
            "fever_from": protocol.fever_from,
            "symptoms": _labels(tell, Symptom, protocol.symptoms),
            "escalate_minutes": protocol.escalate_minutes,
            "alert_minutes": protocol.alert_minutes,
            "alert_steps": _labels(tell, Step, protocol.steps),
            "release_needs": _labels(tell, ReleaseNeed, protocol.needs),
            "fever_free_days": protocol.fever_free_days,
            "agent": Agent(protocol.agent).label if protocol.agent in Agent.values else protocol.agent,
            "mg_per_litre": protocol.mg_per_litre,
            "disinfection_minutes": protocol.disinfection_minutes,
        }
    wanted = _("the observation protocol")
    for name in KNOWN:
        if name not in found:
            source = "" if name == "protocol" else PROTOCOL
            found[name] = Figure(str(of_protocol.get(name, "")), source, wanted)
    return found


def source_of(tell: Telling, source: str) -> str:
    """Where the figures of a clause come from, in a sentence."""
    plan = tell.plan
    if source == PROTOCOL and plan.protocol is not None:
        return _("Source of the figures: %(source)s.") % {"source": plan.protocol.cited}
    words = tell.words(plan.rules.source) if source == RULES else ""
    if words:
        return _("Source of the figures: %(source)s.") % {"source": words}
    return _("The figures are this site's own setting.")


def _labels(tell: Telling, choices: Any, values: tuple[str, ...]) -> str:
    return tell.listed(str(choices(value).label) for value in values if value in choices.values)
