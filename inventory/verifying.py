"""Checking a paper: whether its check mark stands in the record, and nothing about whose it is."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core import resolvers
from inventory.models import CustodyEvent, CustodyKind, Manifest

SHOWN = 16  # hexadecimal digits printed on papers


@dataclass(frozen=True)
class OnRecord:
    """What the record says of a check mark: what kind of paper it belongs to and since when; nothing of whose."""

    what: str
    made_at: datetime
    confirmed_at: datetime | None = None
    replaced: str = ""
    to_the_day: bool = False


def mark_of(text: str) -> str | None:
    """The check mark in what was typed or scanned, in small letters; None when it is none."""
    mark = re.sub(r"[\s-]", "", text).lower()
    return mark if re.fullmatch(rf"[0-9a-f]{{{SHOWN},64}}", mark) else None


def on_record(mark: str) -> OnRecord | None:
    """What stands under this check mark; None when nothing does."""
    manifest = (
        Manifest.objects.filter(digest__startswith=mark).select_related("confirmation").order_by("-made_at").first()
    )
    if manifest is not None:
        confirmation = getattr(manifest, "confirmation", None)
        later = Manifest.objects.filter(student=manifest.student_id, number__gt=manifest.number).exists()
        return OnRecord(
            _("It belongs to list number %(number)s of one student's belongings.") % {"number": manifest.number},
            manifest.made_at,
            confirmation.at if confirmation else None,
            _("A newer list has replaced this one since.") if later else "",
        )
    sealed = CustodyEvent.objects.filter(kind=CustodyKind.SEALED, contents_digest__startswith=mark).first()
    if sealed is not None:
        return OnRecord(_("It belongs to the contents of one sealed box."), sealed.at)
    answer: OnRecord | None = resolvers.answer_of("mark", mark)
    return answer
