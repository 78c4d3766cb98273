"""Correcting a student's data by hand."""

from typing import Any

from django.db import transaction

from inventory.models import Student
from people.models import ContactPoint, User


@transaction.atomic
def correct(student: Student, *, person: dict[str, Any], own: dict[str, Any], by: User, reason: str) -> bool:
    """Change the person's and the student's fields in one act; true when anything changed."""
    changed = student.amend(by=by, reason=reason, **own)
    return student.person.amend(by=by, reason=reason, **person) or changed


@transaction.atomic
def keep_contact(
    student: Student, *, point: ContactPoint | None, kind: str, value: str, by: User, reason: str
) -> ContactPoint:
    """Add a way to reach the student, or correct the one given."""
    if point is None:
        return ContactPoint.enter(by=by, reason=reason, person=student.person, kind=kind, value=value)
    point.amend(by=by, reason=reason, kind=kind, value=value)
    return point
