"""Issuing letters: each carries the student's new link; the code that belongs to it goes another way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inventory.models import Student, StudentLink
from inventory.models.link import MOST_FAILURES, PASSPORT_TAIL, new_token
from inventory.papers import letter
from people.models import User
from rooms.models import Building


def issue_letters(students: Iterable[Student], *, by: User) -> bytes:
    """The students' letters as one PDF; their old links end, and the new tokens stand nowhere but in the letters.

    The letters are drawn first: should that fail, nobody's link has ended.
    """
    fresh = [(student, new_token()) for student in students]
    ends = timezone.now() + timedelta(days=settings.STUDENT_LINK_DAYS)
    drawn = letter.draw([letter.Letter.to(student, token=token, ends=ends) for student, token in fresh])
    with transaction.atomic():
        for student, token in sorted(fresh, key=lambda pair: pair[0].pk):
            StudentLink.issue(student, by=by, token=token)
    return drawn


@dataclass(frozen=True)
class Addressee:
    """A student who may get a letter: `served` has a link that opens, `known` has a passport number to ask for."""

    student: Student
    served: bool
    known: bool

    @property
    def waiting(self) -> bool:
        """Whether a letter is due and possible."""
        return self.known and not self.served


def addressees(building: Building) -> list[Addressee]:
    """Every student of the building, by room; a link that has ended, was revoked or is locked opens nothing."""
    links = StudentLink.objects.active().filter(student__building=building, failures__lt=MOST_FAILURES)
    opening = set(links.values_list("student_id", flat=True))
    students = Student.objects.in_building(building).select_related("person__responsible", "bed__room", "building")
    return [
        Addressee(student, served=student.pk in opening, known=len(student.person.passport_number) >= PASSPORT_TAIL)
        for student in students
    ]
