"""Alerts: a fever or a symptom that somebody must answer, from the reading that raises one to what came of it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.models import Alert, AlertStep, HealthCheck, Step
from people.models import User


@transaction.atomic
def answer_to(check: HealthCheck) -> Alert | None:
    """The alert this reading calls for, by the protocol it was taken under; None when it calls for none.

    An occupant has one open alert: while it is open, further readings stand on it and raise no other. A reading is
    answered once: sent again, or corrected without becoming worse, it finds the alert it raised, closed or not; a
    symptom or fever that a correction adds is answered anew.
    """
    if not calls_for_alert(check):
        return None
    check.occupant.hold()
    alerts = Alert.objects.filter(occupant=check.occupant)
    standing = alerts.filter(closed_at__isnull=True).first()
    found = standing or alerts.filter(check_up=check).first()
    if found is not None:
        return found
    if check.supersedes is not None and not worse(check, check.supersedes):
        return alerts.order_by("pk").last()
    return Alert.enter(
        by=check.by,
        occupant=check.occupant,
        check_up=check,
        protocol=check.protocol,
        raised_at=timezone.now(),
    )


def calls_for_alert(check: HealthCheck) -> bool:
    """Whether somebody must answer this reading: a fever or any symptom, measured or told."""
    return check.fever or bool(check.symptoms)


def worse(check: HealthCheck, before: HealthCheck) -> bool:
    """Whether a reading says of somebody what the one before it did not: a fever, or a further symptom."""
    return (check.fever and not before.fever) or not set(check.symptoms) <= set(before.symptoms)


@transaction.atomic
def take(alert: Alert, *, had_by: int | None, by: User) -> None:
    """`by` looks after it from now on; refused when it went to somebody else than `had_by` meanwhile."""
    alert.hold()
    if alert.taken_by_id == by.pk and alert.closed_at is None:
        return  # the second of two taps
    require(alert.closed_at is None, "alert-closed", _("This alert is closed already."))
    require(
        alert.taken_by_id == had_by,
        "alert-taken-meanwhile",
        _("%(name)s has just taken this alert.") % {"name": alert.taken_by},
    )
    alert.take(by=by)


@transaction.atomic
def take_step(alert: Alert, *, kind: str, words: str, by: User, client_id: UUID) -> AlertStep:
    """Record that a step was taken; whoever does something about an alert that nobody has, has it."""
    alert.hold()
    # Sent again: the answer was lost on the way, the act was not.
    if sent := alert.steps.filter(client_id=client_id, by=by).first():
        return sent
    require(alert.closed_at is None, "alert-closed", _("This alert is closed already."))
    require(
        kind in alert.protocol.alert_steps and kind in Step.values,
        "step-not-asked",
        _("The protocol does not ask for this step."),
    )
    if alert.taken_by_id is None:
        alert.take(by=by)
    made = AlertStep(client_id=client_id, at=timezone.now(), alert=alert, kind=kind, words=words.strip(), by=by)
    made.save()
    return made


@transaction.atomic
def close(alert: Alert, *, outcome: str, by: User) -> None:
    """It is over; the same words sent twice close it once."""
    alert.hold()
    if alert.closed_at is None or alert.outcome != outcome:
        alert.close(outcome=outcome, by=by)
