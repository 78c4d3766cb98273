"""The handover sheet: what the screen shows, line by line in the same words, with both signatures."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core import paper
from inventory.verifying import OnRecord
from observation.ending import today
from observation.handing_over.leads import worded
from observation.handing_over.sheet import sheet_of
from observation.models import Handover, HandoverState


def draw(handover: Handover, *, language: str) -> bytes:
    """The sheet as a PDF; one that is not acknowledged says so and has no check mark."""
    with translation.override(language):
        sheet = sheet_of(handover)
        done = handover.state == HandoverState.ACKNOWLEDGED
        context: dict[str, Any] = {
            "sheet": sheet,
            "handover": handover,
            "building": handover.building,
            "state": handover.state,
            "done": done,
        }
        return paper.pdf(
            "observation/paper/handover.html",
            context,
            language=language,
            title=_("Handover sheet %(shift)s") % {"shift": worded(handover.shift)},
            imprint=paper.Imprint(
                issue=str(handover.pk), on=today(handover.building, sheet.at), digest=handover.digest, recorded=done
            ),
        )


def on_record(mark: str) -> OnRecord | None:
    """A handover was acknowledged under this mark; nothing more is said to whoever asks."""
    found = Handover.objects.filter(acknowledged_at__isnull=False, digest__startswith=mark).first()
    if found is None or found.acknowledged_at is None:
        return None
    return OnRecord(_("It belongs to a handover from one shift to the next."), found.acknowledged_at)
