"""Correcting a person's data by hand."""

from typing import Any

from django.db import transaction

from inventory.models import Student
from people.models import ContactPoint, Person, User


@transaction.atomic
def correct(student: Student, *, person: dict[str, Any], own: dict[str, Any], by: User, reason: str) -> bool:
    """Change the person's and the student's fields in one act; true when anything changed."""
    changed = student.amend(by=by, reason=reason, **own)
    return student.person.amend(by=by, reason=reason, **person) or changed


@transaction.atomic
def keep_contact(
    person: Person, *, point: ContactPoint | None, kind: str, value: str, by: User, reason: str
) -> ContactPoint:
    """Add a way to reach the person, or correct the one given; sent again, it is there already."""
    person.hold()
    if point is None:
        there = person.contact_points.filter(kind=kind, value=value).first()
        if there is not None and there.said_last(by=by, reason=reason):
            return there
        return ContactPoint.enter(by=by, reason=reason, person=person, kind=kind, value=value)
    point.amend(by=by, reason=reason, kind=kind, value=value)
    return point
