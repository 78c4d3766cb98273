"""The receipt of a confirmation: what the student confirmed, in their language and in Chinese."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import paper
from core.records import require
from inventory.confirming import ListedBox, listed
from inventory.models import Confirmation, Student
from inventory.own import CHINESE, Side, both_zones, confirmation_text, sides_of


class Fact(NamedTuple):
    """One line of the receipt's head: a label in both languages, and one value or more below each other."""

    label: Any
    values: list[str]


class Text(NamedTuple):
    """What was confirmed, in the language of one side."""

    side: Side
    words: str


@dataclass(frozen=True)
class Receipt:
    """One receipt: whose, of which list, with which boxes and seals as they were then."""

    student: Student
    confirmation: Confirmation
    sides: list[Side]
    boxes: list[ListedBox]

    @classmethod
    def of(cls, confirmation: Confirmation, *, student: Student) -> "Receipt":
        """The receipt of one confirmation; the same confirmation always gives the same receipt."""
        return cls(
            student=student,
            confirmation=confirmation,
            sides=sides_of(student),
            boxes=list(listed(confirmation.manifest, until=confirmation.at)),
        )

    @property
    def digest(self) -> str:
        """The list's digest in groups of four."""
        return " ".join(re.findall("....", self.confirmation.manifest.digest.upper()))

    @property
    def facts(self) -> list[Fact]:
        """Who, of what, when and how."""
        student, manifest = self.student, self.confirmation.manifest
        things = sum(len(box.items) for box in self.boxes)
        return [
            Fact(gettext_lazy("Name"), list(dict.fromkeys(side.name for side in self.sides))),
            Fact(gettext_lazy("Student number"), [student.student_number]),
            Fact(gettext_lazy("Building and room"), [f"{student.building.name} {student.room or ''}".strip()]),
            Fact(gettext_lazy("List number"), [str(manifest.number)]),
            Fact(gettext_lazy("Number of boxes"), [str(len(self.boxes))]),
            Fact(gettext_lazy("Number of things"), [str(things)]),
            Fact(gettext_lazy("List made"), both_zones(manifest.made_at, student)),
            Fact(gettext_lazy("Confirmed"), both_zones(self.confirmation.at, student)),
        ]

    @property
    def texts(self) -> list[Text]:
        """The very words that were confirmed, and the same in Chinese."""
        said = self.confirmation
        found = [Text(Side.of(self.student, language=said.language), said.text)]
        if said.language != CHINESE:
            words = confirmation_text(CHINESE, number=said.manifest.number)
            found.append(Text(Side.of(self.student, language=CHINESE), words))
        return found


def draw(receipt: Receipt) -> bytes:
    """The receipt as a PDF."""
    return paper.pdf(
        "inventory/paper/receipt.html",
        {"receipt": receipt, "student": receipt.student},
        language=receipt.sides[0].language,
        title=_("Receipt for belongings in custody"),
        imprint=paper.Imprint(
            on=localtime(receipt.confirmation.at, ZoneInfo(receipt.student.building.time_zone)).date(),
            digest=receipt.confirmation.manifest.digest,
        ),
    )


def answer(student: Student, *, number: str = "") -> HttpResponse:
    """The receipt of the student's newest confirmation, or of list `number`, shown in the browser; else Refused."""
    confirmations = Confirmation.objects.filter(manifest__student=student).select_related("manifest")
    wanted = [c for c in confirmations.order_by("-manifest__number") if number in {"", str(c.manifest.number)}]
    require(wanted, "nothing-confirmed", _("There is no receipt yet: this list has not been confirmed."))
    name = f"receipt-{student.student_number}-{wanted[0].manifest.number}.pdf"
    return paper.answer(draw(Receipt.of(wanted[0], student=student)), filename=name)
