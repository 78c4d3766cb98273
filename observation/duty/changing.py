"""How a duty comes to somebody else: changed by hand, taken over, held on. What has passed stays as it was held.

Every change locks the building's roster first, asks the rules, then writes the duties and a fact for each of them.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.access import may
from core.records import Refused, require
from observation.duty.holding import next_shift
from observation.duty.rostering import limits_of, uncovered
from observation.duty.rules import WEEK, Against, Diary, Limits, Piece
from observation.models import Absence, Duty, DutyChange, DutyChangeKind, Eligibility, Post, Shift
from people.models import Person, User
from rooms.models import Building

LONGEST_STAY_ON = timedelta(hours=24)


def sentence(against: Against, *, person: Person, post: Post, limits: Limits) -> str:
    """What speaks against somebody's duty, said once everywhere."""
    words = {
        Against.MAY_NOT: _("%(name)s may not hold the post %(post)s."),
        Against.ABSENT: _("%(name)s is absent then."),
        Against.ON_DUTY: _("%(name)s is on another duty then."),
        Against.RESTING: _("%(name)s would have less than %(rest)d hours of rest before or after."),
        Against.HOURS: _("%(name)s would serve more than %(most)d hours in seven days."),
    }
    return words[against] % {
        "name": person.name,
        "post": post.shown_name,
        "rest": limits.rest // timedelta(hours=1),
        "most": limits.week // timedelta(hours=1),
    }


def diaries(people: Iterable[int], start: datetime, end: datetime, *, but: Collection[int] = ()) -> dict[int, Diary]:
    """What each of them does around these hours, in every building, the duties in `but` left out; two queries."""
    found = {person: Diary() for person in people}
    first, last = start - WEEK - timedelta(days=2), end + WEEK + timedelta(days=2)
    rows = Duty.objects.filter(person__in=found, starts_at__lt=last, ends_at__gt=first).exclude(pk__in=but)
    for person, shift, starts, ends in rows.values_list("person", "shift", "starts_at", "ends_at"):
        if person is not None:
            found[person].pieces.append(Piece(shift, starts, ends))
    for person, starts, ends in (
        Absence.objects.touching(first, last).filter(person__in=found).values_list("person", "starts_at", "ends_at")
    ):
        found[person].away.append((starts, ends))
    return found


def may_hold_post(person: Person, post: Post) -> bool:
    """Whether they may."""
    return Eligibility.objects.filter(post=post, person=person, withdrawn_at__isnull=True).exists()


def require_fit(
    person: Person, *, post: Post, shift: Shift, starts: datetime, ends: datetime, but: Collection[int] = ()
) -> None:
    """Refuse unless they may hold the post and no rule speaks against these hours."""
    limits = limits_of(shift.building)
    against: Against | None = Against.MAY_NOT
    if may_hold_post(person, post):
        diary = diaries([person.pk], starts, ends, but=but)[person.pk]
        against = diary.against(Piece(shift.pk, starts, ends), limits)
    if against is not None:
        raise Refused(f"person-{against}", sentence(against, person=person, post=post, limits=limits))


def note_change(
    duty: Duty,
    *,
    kind: str,
    applies_from: datetime,
    before: Person | None,
    after: Person | None,
    why: str,
    by: User | None,
    client_id: UUID,
) -> DutyChange:
    """Append the fact that a post came to somebody else."""
    fact = DutyChange(
        client_id=client_id,
        at=timezone.now(),
        shift=duty.shift,
        post=duty.post,
        kind=kind,
        applies_from=applies_from,
        before=before,
        after=after,
        why=why,
        by=by,
    )
    fact.save()
    return fact


def give(duty: Duty, *, person: Person | None, starts: datetime, ends: datetime, by: User | None, reason: str) -> Duty:
    """The part of a duty from `starts` to `ends` goes to somebody; what lies before and after stays with its holder."""
    first, last, holder = duty.starts_at, duty.ends_at, duty.person
    starts, ends = max(starts, first), min(ends, last)
    if (starts, ends) == (first, last):
        duty.amend(by=by, reason=reason, person=person)
        return duty
    # Shorten first, so that no moment is held twice on the way.
    if starts > first:
        duty.amend(by=by, reason=reason, ends_at=starts)
        if ends < last:
            _enter(duty, person=holder, starts=ends, ends=last, by=by, reason=reason)
    else:
        duty.amend(by=by, reason=reason, starts_at=ends)
    return _enter(duty, person=person, starts=starts, ends=ends, by=by, reason=reason)


def _enter(
    duty: Duty, *, person: Person | None, starts: datetime, ends: datetime, by: User | None, reason: str
) -> Duty:
    return Duty.enter(
        by=by, reason=reason, shift=duty.shift, post=duty.post, person=person, starts_at=starts, ends_at=ends
    )


def sent_before(client_id: UUID) -> bool:
    """Whether this form was sent before: its first fact stands."""
    return DutyChange.objects.filter(client_id=uuid5(client_id, "0")).exists()


@transaction.atomic
def change_by_hand(
    shift: Shift, post: Post, *, person: Person | None, why: str = "", by: User | None, client_id: UUID
) -> None:
    """Put somebody, or nobody, down for a post in a shift; in one under way from now on. Sent twice it is one change.

    Refused when a rule speaks against it, with one sentence; what has passed is not touched.
    """
    shift.building.hold()
    if sent_before(client_id):
        return
    now = this_moment()
    require(shift.ends_at > now, "shift-over", _("This shift is over; who held it stays as it was."))
    require_in_use(post, shift)
    start = max(now, shift.starts_at)
    rows = list(
        Duty.objects.filter(shift=shift, post=post, ends_at__gt=start)
        .select_related("person", "post", "shift__building")
        .order_by("starts_at")
    )
    taken = Duty.objects.filter(post=post, starts_at__lt=shift.ends_at, ends_at__gt=start)
    free = uncovered(start, shift.ends_at, taken.values_list("starts_at", "ends_at"))
    pieces = [(max(row.starts_at, start), row.ends_at) for row in rows] + free
    require(pieces, "post-held-on", _("Somebody stays on in this post through the whole shift."))
    if person is not None:
        mine = [row.pk for row in rows if row.person_id == person.pk]
        first, last = min(starts for starts, _e in pieces), max(ends for _s, ends in pieces)
        # Their own rows of this cell are left out: they are what is being put down anew.
        require_fit(person, post=post, shift=shift, starts=first, ends=last, but=mine)
    changed = 0
    for row in rows:
        before, since = row.person, max(row.starts_at, start)
        if row.person_id != (person.pk if person else None):
            made = give(row, person=person, starts=since, ends=row.ends_at, by=by, reason=why)
            _noted(DutyChangeKind.EDITED, made, since, before, person, why, by, uuid5(client_id, str(changed)))
            changed += 1
    for starts, ends in free:
        if person is not None:
            new = Duty.enter(by=by, reason=why, shift=shift, post=post, person=person, starts_at=starts, ends_at=ends)
            _noted(DutyChangeKind.EDITED, new, starts, None, person, why, by, uuid5(client_id, str(changed)))
            changed += 1


def _noted(
    kind: DutyChangeKind,
    duty: Duty,
    at: datetime,
    before: Person | None,
    after: Person | None,
    why: str,
    by: User | None,
    client_id: UUID,
) -> None:
    note_change(
        duty,
        kind=kind,
        applies_from=at,
        before=before,
        after=after,
        why=why,
        by=by,
        client_id=client_id,
    )


def require_in_use(post: Post, shift: Shift) -> None:
    """The post belongs to the shift's building, and is held in such a shift."""
    require(post.building_id == shift.building_id, "post-elsewhere", _("This post belongs to another building."))
    require(post.retired_at is None, "post-retired", _("This post is no longer used."))
    require(post.held_in(shift.pattern), "post-not-by-night", _("This post is not held by night."))


@transaction.atomic
def take_over(post: Post, *, by: User, why: str = "", client_id: UUID) -> Duty:
    """Whoever acts holds the post from this moment until the duty's end; who held it until now stays on record.

    Rest is not asked: somebody must hold the post now. The roster shows the rest that was broken.
    """
    building = post.building
    building.hold()
    now, person = this_moment(), by.person
    require(person, "no-person", _("Your log-in is no member of staff here. Ask the manager to connect it."))
    assert person is not None  # noqa: S101 - required above
    duty = _held_now(post, now)
    if sent_before(client_id) and duty is not None:
        return duty
    require_may(person, post)
    require(duty is None or duty.person_id != person.pk, "held-already", _("You hold this post already."))
    away = Absence.objects.touching(now, now + timedelta(seconds=1)).filter(person=person)
    require(not away.exists(), "person-absent", _("You are down as absent now. Have the absence called off first."))
    other = Duty.objects.filter(person=person).at(now).select_related("post").first()
    require(
        other is None,
        "person-on-duty",
        _("You are on duty as %(post)s now. Somebody else takes this post over, or takes over yours first.")
        % {"post": other.post.shown_name if other else ""},
    )
    before = duty.person if duty else None
    if duty is not None:
        made = give(duty, person=person, starts=now, ends=duty.ends_at, by=by, reason=why)
    else:
        made = _from_nothing(post, person=person, now=now, by=by, why=why)
    note_change(
        made,
        kind=DutyChangeKind.TAKEN_OVER,
        applies_from=now,
        before=before,
        after=person,
        why=why,
        by=by,
        client_id=uuid5(client_id, "0"),
    )
    return made


def _held_now(post: Post, now: datetime) -> Duty | None:
    rows = Duty.objects.filter(post=post).at(now)
    return rows.select_related("person", "post", "shift__building", "shift__pattern").first()


def _from_nothing(post: Post, *, person: Person, now: datetime, by: User, why: str) -> Duty:
    """Nobody is down for the post: from now until the shift's end, or until somebody is."""
    shift = Shift.objects.in_building(post.building).at(now).select_related("building", "pattern").first()
    require(shift, "no-shift", _("The roster has no shift now. Draw it first, then take over."))
    assert shift is not None  # noqa: S101 - required above
    later = Duty.objects.filter(post=post, starts_at__gt=now).order_by("starts_at").first()
    ends = min(shift.ends_at, later.starts_at) if later else shift.ends_at
    return Duty.enter(by=by, reason=why, shift=shift, post=post, person=person, starts_at=now, ends_at=ends)


@transaction.atomic
def stay_on(duty: Duty, *, until: datetime, why: str, by: User, client_id: UUID) -> None:
    """The relief does not come: the duty lasts until a later moment, and the next one of the post begins only then.

    Open to whoever holds the duty and to who keeps the roster, also when its end has just passed. Rest is not asked.
    """
    building: Building = duty.shift.building
    building.hold()
    duty = Duty.objects.select_related("person", "post", "shift__building", "shift__pattern").get(pk=duty.pk)
    if sent_before(client_id):
        return
    now, ended = this_moment(), duty.ends_at
    require(duty.person, "duty-vacant", _("Nobody holds this duty."))
    require(
        by.person_id == duty.person_id or may(by, "keep_roster", building),
        "not-their-duty",
        _("Only who holds the post, or who keeps the roster, says that they stay on."),
    )
    require(duty.starts_at <= now, "duty-not-begun", _("This duty has not begun yet."))
    require(
        until > ended and until > now, "stay-on-backwards", _("Choose a moment after now and after the duty's end.")
    )
    require(until <= ended + LONGEST_STAY_ON, "stay-on-too-long", _("Nobody stays on for more than a day."))
    following = next_shift(duty.shift)
    require(
        not duty.post.leads or following is None or following.began_at is None or ended > now,
        "relief-has-come",
        _("The next shift has taken over already."),
    )
    later = list(
        Duty.objects.filter(post=duty.post, starts_at__gte=ended, starts_at__lt=until)
        .select_related("person", "post", "shift__building")
        .order_by("starts_at")
    )
    swallowed = next((one for one in later if one.ends_at <= until), None)
    require(
        swallowed is None,
        "stay-on-swallows",
        _("Another duty of this post ends at %(time)s. Choose an earlier moment, or change the roster first.")
        % {"time": _clock(swallowed.ends_at, building) if swallowed else ""},
    )
    reason = why or _("the relief does not come")
    relief = later[0] if later else None
    if relief is not None:
        relief.amend(by=by, reason=reason, starts_at=until)
    duty.amend(by=by, reason=reason, ends_at=until)
    kept = relief.person if relief else None
    _noted(DutyChangeKind.STAYED_ON, duty, ended, kept, duty.person, why, by, uuid5(client_id, "0"))
    if relief is not None:
        _noted(DutyChangeKind.STAYED_ON, relief, until, duty.person, kept, why, by, uuid5(client_id, "1"))


def require_may(person: Person, post: Post) -> None:
    """Refuse unless they may hold the post."""
    require(
        may_hold_post(person, post),
        f"person-{Against.MAY_NOT}",
        _("%(name)s may not hold the post %(post)s.") % {"name": person.name, "post": post.shown_name},
    )


def this_moment() -> datetime:
    """Now, to the second."""
    return timezone.now().replace(microsecond=0)


def _clock(at: datetime, building: Building) -> str:
    return date_format(at.astimezone(ZoneInfo(building.time_zone)), "H:i", use_l10n=False)
