"""What is known of an occupant is corrected, each time with a reason; the old value stays in the history."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.records import require
from observation import admitting
from observation.ending import today
from observation.models import Occupant
from people.models import Person, User


@transaction.atomic
def details(occupant: Occupant, *, last_exposure: date, reason: str, by: User, **fields: Any) -> bool:
    """Correct why and how they are here; true when anything changed. A new day of exposure counts the end anew."""
    require(
        last_exposure <= today(occupant.building),
        "exposure-in-the-future",
        _("The last exposure cannot lie in the future. Look at the date again."),
    )
    return occupant.amend(by=by, reason=reason, last_exposure=last_exposure, **fields)


@transaction.atomic
def identity(occupant: Occupant, *, passport_number: str, reason: str, by: User, **said: Any) -> bool:
    """Correct who they are; true when anything changed. A passport number stays one person's."""
    person, number = occupant.person, admitting.plain_number(passport_number)
    person.hold()
    if number != person.passport_number:
        require(
            not number or not Person.objects.filter(passport_number=number).exclude(pk=person.pk).exists(),
            "passport-of-another",
            _("This passport number is another person's. Look at the number and the name again."),
        )
    return person.amend(by=by, reason=reason, passport_number=number, **said)
