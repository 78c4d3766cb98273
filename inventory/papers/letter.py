"""The letter to a student: their personal link as a QR code, and whom to ask for the code that goes with it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from core import paper
from core.qr import qr_data_uri
from inventory.models import Student
from inventory.own import Side, language_of, sides_of
from people.models import ContactKind, ContactPoint


@dataclass(frozen=True)
class Letter:
    """One letter: who gets it, the address and until when it opens, whom to ask."""

    student: Student
    sides: list[Side]
    address: str
    qr: str
    ends: datetime
    teacher: str
    phones: list[str]

    @classmethod
    def to(cls, student: Student, *, token: str, ends: datetime) -> "Letter":
        """The letter that carries `token`, in the student's language and in Chinese."""
        address = f"{settings.PUBLIC_URL}/s/{token}/{language_of(student)}/"
        responsible = student.person.responsible
        points = ContactPoint.objects.filter(person=responsible, kind=ContactKind.PHONE)
        return cls(
            student=student,
            sides=sides_of(student),
            address=address,
            qr=qr_data_uri(address, level="M"),
            ends=ends,
            teacher=responsible.name if responsible else "",
            phones=list(points.values_list("value", flat=True)) if responsible else [],
        )


def draw(letters: list[Letter]) -> bytes:
    """The letters as one PDF, each on a page of its own."""
    return paper.pdf("inventory/paper/letter.html", {"letters": letters}, language="zh-hans", title=_("Letters"))
