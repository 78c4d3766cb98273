"""The certificate of release: the period, the protocol it was counted by, and who signed, in two languages."""

import json
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from core import paper
from core.records import require
from observation.ending import end_of, today
from observation.models import Occupant, OccupantState
from people.language import served

CHINESE = "zh-hans"
LANGUAGES = [CHINESE, "en", "ar"]


class Side(NamedTuple):
    """One language of the paper."""

    language: str
    html_language: str
    direction: str
    name: str


class Line(NamedTuple):
    """One line: its label, said in both languages, and its value."""

    label: Any
    value: str


@dataclass(frozen=True)
class Certificate:
    """What a release states, as it stood when it was done.

    Observation is counted from the last exposure, so that whoever came later stayed for fewer days than it took: the
    paper says both, each under its own name.
    """

    sides: list[Side]
    building: str
    passport_number: str
    first_day: date
    last_exposure: date
    released_on: date
    protocol: str
    days: int
    complete_on: date
    decided: str
    signed_by: str

    @classmethod
    def of(cls, occupant: Occupant) -> "Certificate":
        """The certificate of somebody released; else Refused."""
        require(
            occupant.state == OccupantState.RELEASED and occupant.ended_at,
            "not-released",
            _("There is no certificate yet: the observation is not over."),
        )
        assert occupant.ended_at is not None  # noqa: S101 - required above
        person, building, end = occupant.person, occupant.building, end_of(occupant)
        came = occupant.stays.filter(arrived_at__isnull=False).order_by("arrived_at").first()
        signed = occupant.history.filter(state=OccupantState.RELEASED).order_by("history_date", "history_id").first()
        own = served(person.language.lower(), LANGUAGES)
        return cls(
            sides=[
                Side(
                    language,
                    translation.to_locale(language).replace("_", "-"),
                    "rtl" if get_language_info(language)["bidi"] else "ltr",
                    person.name if language == CHINESE else person.passport_name or person.name,
                )
                for language in dict.fromkeys((own, CHINESE))
            ],
            building=building.name,
            passport_number=person.passport_number,
            first_day=today(building, came.arrived_at if came else occupant.entered_at),
            last_exposure=occupant.last_exposure,
            released_on=today(building, occupant.ended_at),
            protocol=f"{end.protocol.name} · {end.protocol.cited}",
            days=end.protocol.days,
            complete_on=end.day,
            decided="" if end.change is None else f"{end.day} · {end.change.by} · {today(building, end.change.at)}",
            signed_by=str(signed.history_user) if signed and signed.history_user else "—",
        )

    @property
    def lines(self) -> list[Line]:
        """All that it states."""
        found = [
            Line(gettext_lazy("Name"), " · ".join(dict.fromkeys(side.name for side in self.sides))),
            Line(gettext_lazy("Passport number"), self.passport_number or "—"),
            Line(gettext_lazy("Place of observation"), self.building),
            Line(gettext_lazy("Last exposure"), str(self.last_exposure)),
            Line(gettext_lazy("Days of observation after the last exposure"), str(self.days)),
            Line(gettext_lazy("Observation complete on"), str(self.complete_on)),
            Line(gettext_lazy("Protocol"), self.protocol),
            Line(gettext_lazy("Arrived here on"), str(self.first_day)),
            Line(gettext_lazy("Released on"), str(self.released_on)),
            Line(gettext_lazy("Released by"), self.signed_by),
        ]
        if self.decided:
            found.insert(6, Line(gettext_lazy("End decided"), self.decided))
        return found

    @property
    def said(self) -> str:
        """All it states in one text, the same in every language of the reader and however its lines are worded."""
        names = [side.name for side in self.sides]
        stated = {one.name: str(getattr(self, one.name)) for one in fields(self) if one.name != "sides"}
        return json.dumps({"names": names, **stated}, ensure_ascii=False)


def draw(certificate: Certificate, *, digest: str) -> bytes:
    """The certificate as a PDF, with the digest under which it is on record."""
    return paper.pdf(
        "observation/paper/certificate.html",
        {"certificate": certificate},
        language=certificate.sides[0].language,
        title=_("Certificate of release from observation"),
        imprint=paper.Imprint(on=certificate.released_on, digest=digest),
    )
