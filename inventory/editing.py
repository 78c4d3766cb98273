"""Correcting a student's data by hand."""

from typing import Any

from django.db import transaction

from inventory.models import Student
from people.models import User


@transaction.atomic
def correct(student: Student, *, person: dict[str, Any], own: dict[str, Any], by: User, reason: str) -> bool:
    """Change the person's and the student's fields in one act; true when anything changed."""
    changed = student.amend(by=by, reason=reason, **own)
    return student.person.amend(by=by, reason=reason, **person) or changed
