"""The giver's side: a handover is begun, written, signed, and taken back while nobody has taken it over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.duty.holding import leading
from observation.handing_over.gathering import Draft, gather
from observation.handing_over.leads import is_person, lead_of, require_lead, under_way, worded
from observation.handing_over.pointing import open_point
from observation.models import Handover, HandoverLine, HandoverState, Point, Shift
from people.models import User
from rooms.models import Building

# What is written down of a line; the rest is its key.
LINE = ("section", "kind", "told", "position", "attention", "fresh", "age", "top", "note")


@dataclass(frozen=True)
class Written:
    """What the giver adds to the draft: judgement, words, a note on any line, which lines are to be restated.

    `shown` are the lines they had before them; of the others nothing was decided. A line cannot be left out.
    """

    severity: str
    words: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    top: Collection[str] = ()
    shown: Collection[str] = ()
    point: str = ""
    point_id: UUID | None = None


@transaction.atomic
def begin_first(building: Building, *, by: User) -> Shift:
    """The very first shift of a site, or the first after a pause: nobody hands it over, its lead just begins it."""
    building.hold()
    now = timezone.now()
    current = under_way(building)
    if current is not None and is_person(by, lead_of(current, now)):
        return current  # the second of two taps
    require(
        current is None,
        "shift-under-way",
        _("The shift %(shift)s is under way. It is handed over first.") % {"shift": worded(current) if current else ""},
    )
    duty = leading(building, now)
    require(duty, "shift-without-lead", _("Nobody leads now. Put somebody down in the roster, or take the post over."))
    assert duty is not None  # noqa: S101 - required above
    shift = Shift.objects.select_related("pattern", "building").get(pk=duty.shift_id)
    require_lead(shift, by=by, at=now)
    require(
        shift.over_at is None, "shift-over", _("This shift was handed over already. The next one begins with its lead.")
    )
    with shift.change(by=by):
        shift.began_at = now
    return shift


@transaction.atomic
def begin(building: Building, *, by: User) -> Handover:
    """Begin the handover of the shift under way, its draft written from the data; begun twice it is one."""
    building.hold()
    now = timezone.now()
    open_one = Handover.objects.in_building(building).open().select_related("shift__pattern", "shift__building").first()
    if open_one is not None:
        require(
            is_person(by, lead_of(open_one.shift, now)),
            "one_handover_is_open",
            _("The handover of %(shift)s is not acknowledged yet. It comes first.") % {"shift": worded(open_one.shift)},
        )
        return open_one
    shift = under_way(building)
    require(shift, "no-shift-under-way", _("No shift is under way. Its lead begins the shift first."))
    assert shift is not None  # noqa: S101 - required above
    require_lead(shift, by=by, at=now)
    made = Handover.enter(by=by, building=building, shift=shift, giver=by)
    _store(made, gather(shift, now), by=by)
    return made


@transaction.atomic
def write(handover: Handover, written: Written, *, by: User) -> None:
    """Keep what the giver wrote, on the draft as the data says it now."""
    now = _held(handover, by=by)
    require(handover.state == HandoverState.DRAFT, "handover-signed", _refusal(handover))
    _write(handover, written, by=by, at=now)


@transaction.atomic
def sign(handover: Handover, written: Written, *, by: User) -> None:
    """Sign: what it says is read once more from the data, written down, and stands until it is taken back.

    Refused when something came up that the giver has not seen: they look at it first. Signed twice it is signed once.
    """
    now = _held(handover, by=by)
    if handover.state == HandoverState.SIGNED and handover.giver_id == by.pk:
        return
    require(handover.state == HandoverState.DRAFT, "handover-signed", _refusal(handover))
    draft = _write(handover, written, by=by, at=now)
    own = Point.objects.filter(client_id__in=[written.point_id]).values_list("pk", flat=True)
    seen = {*written.shown, *(f"point:{pk}" for pk in own)}
    unseen = [line for line in draft.lines if line.attention and line.key not in seen]
    require(
        not unseen,
        "handover-changed-meanwhile",
        _("Something came up since this page was opened. It stands among what changed: look at it, then sign."),
    )
    with handover.change(by=by):
        handover.giver, handover.written_at, handover.signed_at = by, now, now
        handover.figures = draft.figures


@transaction.atomic
def take_back(handover: Handover, *, by: User) -> None:
    """Write on: the next lead has not signed yet."""
    _held(handover, by=by)
    if handover.state == HandoverState.DRAFT:
        return
    require(handover.state == HandoverState.SIGNED, "handover-acknowledged", _refusal(handover))
    with handover.change(by=by):
        handover.signed_at = handover.written_at = None
        handover.figures = {}


def overlaid(handover: Handover, draft: Draft) -> list[HandoverLine]:
    """The lines of the draft with what the giver has noted on them so far."""
    known = {line.key: line for line in handover.lines.all()}
    lines = list(draft.lines)
    for line in lines:
        if line.key in known:
            line.top, line.note = known[line.key].top, known[line.key].note
    # What was settled meanwhile leaves the draft, unless the giver had something to say about it.
    keys = {line.key for line in lines}
    for line in known.values():
        if line.note and line.key not in keys:
            line.told = {**line.told, "open": False, "settled": True}
            line.attention, line.position = False, len(lines)
            lines.append(line)
    return lines


def _held(handover: Handover, *, by: User) -> datetime:
    """Lock the site's handing over and this handover; refuse whoever does not lead its shift."""
    handover.building.hold()
    handover.hold()
    now = timezone.now()
    require(handover.state != HandoverState.ACKNOWLEDGED, "handover-acknowledged", _refusal(handover))
    require_lead(handover.shift, by=by, at=now)
    return now


def _refusal(handover: Handover) -> str:
    if handover.state == HandoverState.ACKNOWLEDGED:
        return _("This handover is acknowledged and stands as it is. What is new goes into the next one.")
    return _("This handover is signed. Take it back to write on.")


def _write(handover: Handover, written: Written, *, by: User, at: datetime) -> Draft:
    if written.point.strip() and written.point_id:
        open_point(handover.building, words=written.point, by=by, client_id=written.point_id)
    draft = gather(handover.shift, at)
    with handover.change(by=by):
        handover.severity, handover.words, handover.giver = written.severity, written.words.strip(), by
    _store(handover, draft, by=by, written=written)
    return draft


def _store(handover: Handover, draft: Draft, *, by: User, written: Written | None = None) -> None:
    """Write the draft's lines down: new ones, changed ones; those that are settled go."""
    known = {line.key: line for line in handover.lines.all()}
    before = {key: _values(line) for key, line in known.items()}
    lines = overlaid(handover, draft)
    new, changed = [], []
    for line in lines:
        if written is not None and line.key in written.shown:
            line.top, line.note = line.key in written.top, written.notes.get(line.key, "").strip()
        if line.key not in known:
            line.handover = handover
            new.append(line)
        elif _values(line) != before[line.key]:
            kept = known[line.key]
            for name in LINE:
                setattr(kept, name, getattr(line, name))
            changed.append(kept)
    gone = known.keys() - {line.key for line in lines}
    HandoverLine.objects.filter(handover=handover, key__in=gone).delete()
    if new:
        HandoverLine.enter_many(new, by=by)
    HandoverLine.amend_many(changed, by=by, fields=LINE)


def _values(line: HandoverLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LINE}
