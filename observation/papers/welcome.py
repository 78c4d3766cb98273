"""The welcome sheet: what somebody who comes to be observed finds in their room, in their own language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language_info, to_locale
from django.utils.translation import gettext as _

from core import paper
from core.qr import qr_data_uri
from core.records import require
from observation.ending import protocol_at, released_from, today
from observation.models import EndChange, Occupant, Protocol, Stay
from people.language import served
from rooms.models import Building, Room


def door_url(room: Room) -> str:
    """The address in the QR of a door by which occupants report themselves, in capitals, which makes the QR small."""
    return f"{settings.PUBLIC_URL.upper()}/O/{room.code_id}"


@dataclass(frozen=True)
class Welcome:
    """One person's sheet."""

    occupant: Occupant
    stay: Stay
    protocol: Protocol
    end: date

    @property
    def language(self) -> str:
        """Their own language where we have it, else English."""
        return served(self.occupant.person.language.lower(), settings.STUDENT_LANGUAGES)

    @property
    def name(self) -> str:
        """Their name as they read it: in Chinese as the office writes it, else as in the passport."""
        person = self.occupant.person
        return person.name if self.language == "zh-hans" else person.passport_name or person.name

    @property
    def html_language(self) -> str:
        """The language as a page says it."""
        return to_locale(self.language).replace("_", "-")

    @property
    def direction(self) -> str:
        """The direction of its writing."""
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"

    @property
    def address(self) -> str:
        """Where they report themselves."""
        return door_url(self.stay.room)

    @property
    def qr(self) -> str:
        """The same as a picture."""
        return qr_data_uri(self.address)


def sheets_of(occupants: Sequence[Occupant], *, building: Building) -> list[Welcome]:
    """The sheets of those who have a bed, by room; Refused when nobody has."""
    stays = Stay.objects.open().filter(occupant__in=occupants).select_related("bed__room")
    held = {stay.occupant_id: stay for stay in stays}
    changes = EndChange.objects.filter(occupant__in=occupants).order_by("pk")
    changed = {change.occupant_id: change.ends_on for change in changes}
    protocol = protocol_at(list(Protocol.objects.applying(building)), timezone.now())
    require(protocol, "no-protocol", _("Enter the observation protocol first: nothing here can be counted without it."))
    assert protocol is not None  # noqa: S101 - required above
    found = [
        Welcome(
            one,
            held[one.pk],
            protocol,
            released_from(one.last_exposure, days=protocol.days, changed_to=changed.get(one.pk)),
        )
        for one in occupants
        if one.pk in held
    ]
    require(found, "nobody-has-a-bed", _("No bed is held for anybody, so there is no sheet to print."))
    return sorted(found, key=lambda sheet: (sheet.stay.room.floor, sheet.stay.room.number, sheet.stay.bed.number))


def draw(sheets: Sequence[Welcome], *, building: Building) -> bytes:
    """The sheets as one PDF, a page or two each."""
    return paper.pdf(
        "observation/paper/welcome.html",
        {"sheets": sheets, "building": building},
        language=sheets[0].language,
        title=_("Welcome"),
        imprint=paper.Imprint(on=today(building)),
    )


def answer(occupants: Sequence[Occupant], *, building: Building) -> HttpResponse:
    """The sheets shown in the browser; Refused when nobody has a bed."""
    sheets = sheets_of(occupants, building=building)
    name = f"welcome-{sheets[0].stay.room.number}.pdf" if len(sheets) == 1 else "welcome.pdf"
    return paper.answer(draw(sheets, building=building), filename=name)
