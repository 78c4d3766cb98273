"""Editing a plan's clauses: what a building says in its own words, and back to what the plan brings."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.records import require
from people.models import User
from plans.clauses import LANGUAGES
from plans.managing.clauses import LONGEST, clauses, lines_of, require_known, written
from plans.managing.figures import KNOWN
from plans.models import Clause, PlanKind
from rooms.models import Building


@transaction.atomic
def say(building: Building, *, key: str, language: str, text: str, why: str, by: User) -> Clause:
    """Let this building say a clause in its own words; the plan's own words are the plan's own again."""
    require(language in LANGUAGES and key in clauses(language), "clause-unknown", _("There is no such clause."))
    text = text.replace("\r\n", "\n").strip()
    require(lines_of(text), "clause-empty", _("A clause says something. To drop your text, go back to the plan's own."))
    require(len(text) <= LONGEST, "clause-too-long", _("A clause has at most %(n)d characters.") % {"n": LONGEST})
    require_known(text, KNOWN)
    if text == written(clauses(language)[key]):
        text = ""
    return _put(building, key=key, language=language, text=text, why=why, by=by)


@transaction.atomic
def back_to_default(building: Building, *, key: str, language: str, why: str, by: User) -> Clause:
    """The clause is the plan's own again; what stood before stays in its history."""
    return _put(building, key=key, language=language, text="", why=why, by=by)


def _put(building: Building, *, key: str, language: str, text: str, why: str, by: User) -> Clause:
    building.hold()
    which = {"building": building, "plan": PlanKind.MANAGEMENT, "key": key, "language": language}
    clause = Clause.objects.filter(**which).first()
    if clause is None:
        return Clause.enter(by=by, reason=why, text=text, **which)
    clause.amend(by=by, reason=why, text=text)
    return clause
