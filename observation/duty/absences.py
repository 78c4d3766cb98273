"""Somebody cannot serve: their duties go to a substitute who may hold them, or stand vacant for all to see."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import Refused, require
from observation.duty.changing import diaries, give, may_hold_post, note_change, sentence, this_moment
from observation.duty.rostering import limits_of
from observation.duty.rules import Against, Diary, Limits, Piece
from observation.models import Absence, Duty, DutyChangeKind
from people.models import Person, User
from rooms.models import Building, Posting


@transaction.atomic
def be_absent(
    building: Building,
    *,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    why: str = "",
    substitute: Person | None = None,
    by: User | None,
    client_id: UUID,
) -> Absence:
    """Note an absence and pass the duties that lie in it on, from this moment; sent twice it is one absence.

    Refused, and nothing kept, when the substitute may not hold one of the posts, or is not free and rested for all.
    """
    building.hold()
    found = Absence.objects.filter(client_id=client_id).first()
    if found is not None:
        return found
    now = this_moment()
    for one in filter(None, (person, substitute)):
        posted = Posting.objects.in_building(building).filter(person=one)
        require(posted.exists(), "not-posted", _("%(name)s is not posted at this building.") % {"name": one.name})
    require(ends_at > starts_at, "absence-backwards", _("An absence ends after it begins."))
    require(ends_at > now, "absence-over", _("This absence is over; who held the duties stays as it was."))
    require(substitute != person, "substitute-is-absent", _("The substitute is somebody else than the absent person."))
    start = max(starts_at, now)
    duties = list(
        Duty.objects.in_building(building)
        .filter(person=person, starts_at__lt=ends_at, ends_at__gt=start)
        .select_related("person", "post", "shift__building", "shift__pattern")
        .order_by("starts_at")
    )
    parts = [(duty, max(duty.starts_at, start), min(duty.ends_at, ends_at)) for duty in duties]
    if substitute is not None:
        _require_fit(building, substitute, parts)
    absence = Absence.enter(
        by=by,
        building=building,
        client_id=client_id,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        why=why,
        substitute=substitute,
    )
    for n, (duty, first, last) in enumerate(parts):
        made = give(duty, person=substitute, starts=first, ends=last, by=by, reason=_("absent"))
        # The reason of an absence may be somebody's health: it stays with the absence.
        note_change(
            made,
            kind=DutyChangeKind.ABSENT,
            applies_from=first,
            before=person,
            after=substitute,
            why="",
            by=by,
            client_id=uuid5(client_id, str(n)),
        )
        if last < made.shift.ends_at and last == ends_at:
            _back_again(made, at=last, person=person, substitute=substitute, by=by, client_id=uuid5(client_id, f"b{n}"))
    return absence


def _back_again(
    duty: Duty, *, at: datetime, person: Person, substitute: Person | None, by: User | None, client_id: UUID
) -> None:
    """An absence that ends within a duty: from then on they hold it again."""
    rest = Duty.objects.filter(post=duty.post, starts_at=at, person=person).select_related("post", "shift").first()
    if rest is not None:
        note_change(
            rest,
            kind=DutyChangeKind.ABSENT,
            applies_from=at,
            before=substitute,
            after=person,
            why="",
            by=by,
            client_id=client_id,
        )


def _require_fit(building: Building, substitute: Person, parts: list[tuple[Duty, datetime, datetime]]) -> None:
    """Refuse unless the substitute may have every part, one after the other."""
    if not parts:
        return
    limits = limits_of(building)
    diary = diaries([substitute.pk], parts[0][1], parts[-1][2])[substitute.pk]
    for duty, first, last in parts:
        against = _against(substitute, duty, first, last, diary, limits)
        if against is not None:
            words = sentence(against, person=substitute, post=duty.post, limits=limits)
            raise Refused(f"person-{against}", f"{duty.shift}: {words}")
        diary.pieces.append(Piece(duty.shift_id, first, last))


def _against(
    substitute: Person, duty: Duty, first: datetime, last: datetime, diary: Diary, limits: Limits
) -> Against | None:
    if not may_hold_post(substitute, duty.post):
        return Against.MAY_NOT
    return diary.against(Piece(duty.shift_id, first, last), limits)


@transaction.atomic
def call_off(absence: Absence, *, by: User) -> None:
    """They can serve again from now; duties that were passed on do not come back by themselves. Twice is once."""
    absence.building.hold()
    with absence.change(by=by):
        if absence.ended_at is None:
            require(absence.ends_at > timezone.now(), "absence-over", _("This absence is over already."))
            absence.ended_at = timezone.now()
