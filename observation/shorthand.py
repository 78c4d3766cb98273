"""How a reading is written on paper and typed from it: 36.5 · 37.4/37.6 · 36.5 KT · M.

A temperature, the second measurement behind a stroke, a letter for each symptom; or one letter for why there is no
reading. The letters are printed on the round sheet and stand above the desk's grid. C and F stay the thermometer's.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.records import require
from observation.models import Protocol, Skip, Symptom
from observation.thermometer import read_temperature

SYMPTOMS = {
    "K": Symptom.COUGH,
    "Y": Symptom.THROAT,
    "H": Symptom.BREATH,
    "L": Symptom.TIRED,
    "Z": Symptom.CHILLS,
    "T": Symptom.HEADACHE,
    "J": Symptom.MUSCLES,
    "X": Symptom.DIARRHOEA,
    "S": Symptom.SMELL,
    "Q": Symptom.OTHER,
}
SKIPS = {"M": Skip.ASLEEP, "R": Skip.REFUSED, "B": Skip.AWAY, "I": Skip.HOSPITAL, "O": Skip.OTHER}
CELSIUS = re.compile(r"(?<=[0-9])\s*°\s*C?|(?<=[0-9])\s*C")
PARTS = re.compile(r"([^A-Z]*)([A-Z][A-Z\s,+]*)?")
MOST = 2  # the first reading, and the second measurement after a fever


@dataclass(frozen=True)
class Written:
    """What a cell of the paper says."""

    temperatures: list[Decimal]
    symptoms: list[str]
    skipped: str = ""


def read(text: str) -> Written:
    """What is written in a cell, in letters of either case and signs of either width; else Refused."""
    shown = text.strip()[:20]
    unreadable = _("“%(text)s” cannot be read. Write it like 36.5, 37.4/37.6, 36.5 KT or M.") % {"text": shown}
    plain = CELSIUS.sub("", unicodedata.normalize("NFKC", text).upper()).strip()
    parts = PARTS.fullmatch(plain)
    require(plain and parts, "cell-unreadable", unreadable)
    assert parts is not None  # noqa: S101 - required above
    figures, letters = parts[1].rstrip(" ,+"), re.sub(r"[^A-Z]", "", parts[2] or "")
    if figures and letters == "F":
        return Written([read_temperature(text)], [])  # which says that it is Fahrenheit
    strange = next((one for one in letters if one not in SYMPTOMS and one not in SKIPS), "")
    require(not strange, "letter-unknown", _("“%(letter)s” is none of the letters above.") % {"letter": strange})
    temperatures = [read_temperature(one) for one in figures.split("/")] if figures else []
    require(len(temperatures) <= MOST, "cell-unreadable", unreadable)
    symptoms, skips = ([one for one in letters if one in known] for known in (SYMPTOMS, SKIPS))
    if temperatures:
        require(not skips, "reading_or_reason", _("Enter the temperature, or say why there is none."))
        return Written(temperatures, [SYMPTOMS[one].value for one in symptoms])
    require(not symptoms, "skip-with-symptoms", _("With symptoms, take the temperature too."))
    require(len(skips) == 1, "cell-unreadable", unreadable)
    return Written([], [], SKIPS[skips[0]].value)


def legend(protocols: list[Protocol]) -> list[tuple[str, str]]:
    """The letters of what these protocols ask for, with their words."""
    asked = {one for protocol in protocols for one in protocol.symptoms}
    return [(letter, str(one.label)) for letter, one in SYMPTOMS.items() if one in asked]


def reasons() -> list[tuple[str, str]]:
    """The letters of why there is no reading, with their words."""
    return [(letter, str(one.label)) for letter, one in SKIPS.items()]
