"""A roll call on paper: who was found, missing, unexpected, what was done about it, and where those who called sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import paper
from observation.ending import today
from observation.models import Found, RollCall
from observation.roll_calling import Differs, Discrepancy, Expected, Mark, standing


@dataclass(frozen=True)
class Line:
    """Somebody who was looked for, and the mark that counts."""

    expected: Expected
    mark: Mark | None

    @property
    def found(self) -> str:
        """What was found, in words; an em dash for whoever was not asked."""
        return str(Found(self.mark.found).label) if self.mark else "—"


@dataclass(frozen=True)
class RollPaper:
    """One roll call as it stands, or as it stood when it was closed."""

    call: RollCall
    made_at: datetime
    lines: list[Line]
    differ: Sequence[Discrepancy]

    @classmethod
    def of(cls, call: RollCall) -> "RollPaper":
        """The paper as of now; of a closed one always the same."""
        stands = standing(call)
        newest = stands.newest
        lines = [Line(one, newest.get(one.occupant_id)) for one in stands.expected]
        return cls(call, call.closed_at or timezone.now(), lines, stands.discrepancies)

    @property
    def floors(self) -> list[tuple[int, list[Line]]]:
        """The lines floor by floor."""
        return [(floor, list(group)) for floor, group in groupby(self.lines, key=lambda line: line.expected.floor)]

    @property
    def noted(self) -> list[Discrepancy]:
        """What differs, without those who were not asked: they stand in the list of their floor."""
        return [one for one in self.differ if one.kind != Differs.NOT_ASKED]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Whom the roll expected and what was found, in words."""
        of_kind = [one.kind for one in self.differ]
        here = sum(line.mark is not None and line.mark.found == Found.HERE for line in self.lines)
        kinds = [(Differs(kind).label, of_kind.count(kind)) for kind in Differs.values]
        looked = [(pgettext("roll call", "looked for"), len(self.lines)), (pgettext("roll call", "found"), here)]
        return [*looked, *((str(label), n) for label, n in kinds if n)]


def draw(made: RollPaper) -> bytes:
    """The paper as a PDF in the language of the page."""
    return paper.pdf(
        "observation/paper/roll_call.html",
        {"paper": made, "call": made.call, "building": made.call.building},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Roll call"),
        imprint=paper.Imprint(on=today(made.call.building, made.made_at)),
    )
