"""The alerts as the desk and the wall show them: the clock in words, who has it, what is next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from observation.models import Alert, AlertStep, HealthCheck, Stay, Step, Symptom
from rooms.models import Building

CLOSED_DAYS, MOST_CLOSED = 7, 300


@dataclass(frozen=True)
class Row:
    """One open alert on the desk's list."""

    pk: int
    url: str
    room: str
    name: str
    reading: str
    source: str
    taken_by: str
    had_by: int | None
    clock: str
    late: bool
    escalated: bool
    next_kind: str
    next_words: str


def span(minutes: int) -> str:
    """So many minutes in words: 45 min, 1 h 20 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def clock(due: datetime, now: datetime) -> str:
    """How long there is, or since when it is late."""
    if now < due:
        return _("due in %(span)s") % {"span": span(-(-int((due - now).total_seconds()) // 60))}
    return _("%(span)s late") % {"span": span(int((now - due).total_seconds()) // 60)}


def worded(check: HealthCheck) -> str:
    """A reading in one line."""
    labels = {key: str(label) for key, label in Symptom.choices}
    parts = [f"{check.temperature} °C"] if check.temperature is not None else []
    parts += [labels.get(key, key) for key in check.symptoms]
    return " · ".join(parts) or str(check.get_skipped_display())


def _with_room(building: Building) -> Any:
    room = Stay.objects.filter(occupant=OuterRef("occupant")).order_by("-pk").values("bed__room__number")[:1]
    alerts = Alert.objects.in_building(building).select_related("occupant__person", "protocol", "taken_by", "check_up")
    return alerts.annotate(room=Subquery(room))


def board_of(building: Building, now: datetime) -> list[Row]:
    """The open alerts: those at the top that the site lead must see, then the oldest first. Three questions."""
    alerts = list(_with_room(building).open())
    if not alerts:
        return []
    done: dict[int, set[str]] = {}
    for alert_pk, kind in AlertStep.objects.filter(alert__in=alerts).values_list("alert", "kind"):
        done.setdefault(alert_pk, set()).add(kind)
    latest: dict[int, HealthCheck] = {}
    checks = HealthCheck.objects.valid().filter(
        Q(skipped="") & Q(occupant__in=[alert.occupant_id for alert in alerts]),
        at__gte=min(alert.check_up.at for alert in alerts),
    )
    for check in checks.order_by("pk"):
        latest[check.occupant_id] = check
    labels = dict(Step.choices)
    rows = []
    for alert in alerts:
        kinds = [k for k in alert.protocol.alert_steps if k in labels and k not in done.get(alert.pk, set())]
        check = latest.get(alert.occupant_id, alert.check_up)
        rows.append(
            Row(
                pk=alert.pk,
                url=reverse("alert", args=[alert.pk]),
                room=alert.room or "—",
                name=alert.occupant.person.name,
                reading=worded(check),
                source=_("self-reported") if check.self_reported else _("measured"),
                taken_by=str(alert.taken_by or ""),
                had_by=alert.taken_by_id,
                clock=clock(alert.due_at, now),
                late=now >= alert.due_at,
                escalated=alert.escalated(now),
                next_kind=kinds[0] if kinds else "",
                next_words=str(labels[kinds[0]]) if kinds else "",
            )
        )
    return sorted(rows, key=lambda row: not row.escalated)


def closed_lately(building: Building, now: datetime) -> list[tuple[str, list[dict[str, Any]]]]:
    """Those closed in the last days, by day."""
    zone = ZoneInfo(building.time_zone)
    found: dict[str, list[dict[str, Any]]] = {}
    closed = _with_room(building).filter(closed_at__gte=now - timedelta(days=CLOSED_DAYS)).select_related("closed_by")
    for alert in closed.select_related("occupant__person").order_by("-closed_at", "-pk")[:MOST_CLOSED]:
        day = date_format(timezone.localdate(alert.closed_at, zone), "DATE_FORMAT")
        found.setdefault(day, []).append(
            {
                "url": reverse("alert", args=[alert.pk]),
                "room": alert.room or "—",
                "name": alert.occupant.person.name,
                "outcome": alert.outcome,
                "by": str(alert.closed_by),
            }
        )
    return list(found.items())


def readings_of(alert: Alert) -> list[tuple[HealthCheck, str]]:
    """The readings that stand on an alert, the one that raised it first."""
    checks = alert.occupant.checks.filter(pk__gte=alert.check_up_id).select_related("by", "protocol")
    if alert.closed_at:
        checks = checks.filter(at__lte=alert.closed_at)
    return [(check, worded(check)) for check in checks.order_by("pk")]
