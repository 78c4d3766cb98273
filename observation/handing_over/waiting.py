"""Handovers that nobody answers, computed when somebody looks: no job has to run for it to be seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from observation.alert_board import clock
from observation.models import DutyRules, Shift
from rooms.models import Building


@dataclass(frozen=True)
class Waiting:
    """A shift whose handover waits: since when it is late, and in words."""

    pk: int
    due: datetime
    escalated: bool
    signed: bool
    words: str
    clock: str
    url: str


def waiting_of(building: Building, now: datetime) -> Waiting | None:
    """The signed handover that waits for an answer, or the shift that is past its end without one; one question.

    Escalated when it was not answered in time (`answer_minutes` of the roster's rules): leadership is told.
    """
    row = (
        Shift.objects.in_building(building)
        .under_way()
        .values("pk", "ends_at", "handover__signed_at", "building__duty_rules__answer_minutes")
        .first()
    )
    if row is None:
        return None
    signed, minutes = row["handover__signed_at"], row["building__duty_rules__answer_minutes"]
    due = (signed or row["ends_at"]) + timedelta(minutes=minutes or DutyRules._meta.get_field("answer_minutes").default)
    if signed is None and now < due:
        return None
    late = now >= due
    words = _("The handover waits for the next lead") if signed else _("The shift is past its end and not handed over")
    return Waiting(
        pk=row["pk"],
        due=due,
        escalated=late,
        signed=signed is not None,
        words=words,
        clock=clock(due, now),
        url=reverse("handover", args=[building.pk]),
    )
