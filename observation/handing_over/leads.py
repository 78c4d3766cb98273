"""Who hands a shift over and who takes the next one over, by the roster as it stands now."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.records import require
from observation.duty.holding import next_shift
from observation.models import Duty, DutyRole, DutyRules, Handover, Shift
from people.models import Person, User
from rooms.models import Building


def lead_of(shift: Shift, at: datetime) -> Person | None:
    """Whoever leads the shift, or led it last: a lead who was not relieved stays the one who hands over.

    Before the shift begins, whoever is down for it first.
    """
    duties = list(
        Duty.objects.filter(shift=shift, post__leads=True, post__retired_at__isnull=True)
        .select_related("person")
        .order_by("starts_at")
    )
    begun = [duty for duty in duties if duty.starts_at <= at]
    duty = begun[-1] if begun else next(iter(duties), None)
    return duty.person if duty else None


def following(shift: Shift, at: datetime) -> Shift | None:
    """The shift that takes over at `at`: the next of the roster, or, when that went by unled, the one that is due."""
    later = Shift.objects.filter(building=shift.building_id, starts_at__gt=shift.starts_at, ends_at__gt=at)
    return later.select_related("pattern", "building").order_by("starts_at").first() or next_shift(shift)


def is_person(user: User, person: Person | None) -> bool:
    """Whether this log-in is that member of staff."""
    return person is not None and user.person_id == person.pk


def require_lead(shift: Shift, *, by: User, at: datetime) -> None:
    """Refuse unless `by` leads the shift."""
    lead = lead_of(shift, at)
    require(
        lead,
        "shift-without-lead",
        _("Nobody leads the shift %(shift)s. Put somebody down in the roster, or take the post over, first.")
        % {"shift": worded(shift)},
    )
    assert lead is not None  # noqa: S101 - required above
    require(
        is_person(by, lead),
        "not-the-lead",
        _("%(name)s leads this shift and hands it over. Take the post over first if they cannot.")
        % {"name": lead.name},
    )


def worded(shift: Shift) -> str:
    """A shift by its day and name."""
    return f"{shift.day.isoformat()} {shift.pattern.shown_name}"


def under_way(building: Building) -> Shift | None:
    """The shift that somebody has taken over and nobody else since."""
    return Shift.objects.in_building(building).under_way().select_related("pattern", "building").first()


def answer_by(handover: Handover, rules: DutyRules) -> datetime | None:
    """Until when the next lead should have answered a signed handover."""
    return handover.signed_at + timedelta(minutes=rules.answer_minutes) if handover.signed_at else None


def leadership(building: Building, at: datetime) -> Person | None:
    """Who of the leadership is on duty: the one to call when a handover is not answered."""
    duties = Duty.objects.in_building(building).held().at(at).filter(post__role=DutyRole.LEADERSHIP)
    duty = duties.select_related("person").order_by("post__position").first()
    return duty.person if duty else None
