"""The receiver's side: the next lead restates the most important points and signs; from then on nothing changes."""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.records import require
from observation.handing_over.leads import following, is_person, lead_of, worded
from observation.handing_over.matters import iso
from observation.models import Handover, HandoverState
from people.models import User

# Fewer signs than this restate nothing.
LEAST_RESTATED = 8


@transaction.atomic
def acknowledge(handover: Handover, *, restated: str, by: User) -> None:
    """Take the shift over: in one moment the handover is frozen, its shift is over, the next one is under way.

    The same words sent twice by the same person are one act. Signing is the press of this button under one's own
    log-in; both people's passwords together are asked only where valuables change hands.
    """
    handover.building.hold()
    handover.hold()
    restated, now = restated.strip(), timezone.now()
    if handover.state == HandoverState.ACKNOWLEDGED and (handover.receiver_id, handover.restated) == (by.pk, restated):
        return
    require(
        handover.state != HandoverState.ACKNOWLEDGED,
        "handover-acknowledged",
        _("%(name)s has taken this shift over already. Nothing more is changed here.") % {"name": handover.receiver},
    )
    require(
        handover.state == HandoverState.SIGNED,
        "handover-not-signed",
        _("This handover is not signed yet, or was taken back. Wait for its lead to sign."),
    )
    require(
        by.pk != handover.giver_id and (by.person_id is None or by.person_id != handover.giver.person_id),
        "receiver_is_not_the_giver",
        _("Somebody else than the one who hands over must take over."),
    )
    after = following(handover.shift, now)
    require(after, "no-next-shift", _("The roster has no next shift yet. Draw it first."))
    assert after is not None  # noqa: S101 - required above
    lead = lead_of(after, now)
    require(
        lead,
        "shift-without-lead",
        _("Nobody leads the shift %(shift)s. Put somebody down in the roster, or take the post over, first.")
        % {"shift": worded(after)},
    )
    require(
        is_person(by, lead),
        "not-the-next-lead",
        _("%(name)s is down to take over. If they do not come, take the post over first, then sign.")
        % {"name": lead.name if lead else ""},
    )
    require(
        len(restated) >= LEAST_RESTATED and restated != handover.words.strip(),
        "restated-too-short",
        _("Say the most important points in your own words, then sign."),
    )
    with handover.shift.change(by=by):
        handover.shift.over_at = now
    with after.change(by=by):
        after.began_at = now
    with handover.change(by=by):
        handover.next_shift, handover.receiver, handover.restated, handover.acknowledged_at = after, by, restated, now
        handover.digest = digest_of(handover)


def digest_of(handover: Handover) -> str:
    """The digest of all that both signed for: figures, lines, words, who and when."""
    lines = handover.lines.order_by("position", "pk")
    said: dict[str, Any] = {
        "building": handover.building_id,
        "shift": [handover.shift.day.isoformat(), handover.shift.pattern_id],
        "next": handover.next_shift_id,
        "giver": handover.giver_id,
        "severity": handover.severity,
        "words": handover.words,
        "written": iso(handover.written_at),
        "signed": iso(handover.signed_at),
        "figures": handover.figures,
        "lines": [
            [line.key, line.section, line.kind, line.told, line.attention, line.fresh, line.age, line.top, line.note]
            for line in lines
        ],
        "receiver": handover.receiver_id,
        "restated": handover.restated,
        "acknowledged": iso(handover.acknowledged_at),
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
