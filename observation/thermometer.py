"""What a thermometer can show: 35.0 to 42.0 °C; anything else is said in one clear sentence and never guessed."""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from core.records import Refused, require

COLDEST, HOTTEST = Decimal("35.0"), Decimal("42.0")
FAHRENHEIT = (Decimal(95), Decimal(108))
WRITTEN = re.compile(r"-?[0-9]{1,6}(?:[.,][0-9]{1,6})?")


def read_temperature(text: str) -> Decimal:
    """The temperature in `text` as people type it (36.5, 36,5, full-width signs, with or without °C); else Refused."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace("、", ".").strip()
    require(
        not plain.upper().endswith("F"),
        "temperature-fahrenheit",
        _("%(text)s is in °F. Measure in °C.") % {"text": text.strip()[:20]},
    )
    plain = plain.removesuffix("C").removesuffix("c").removesuffix("°").strip()
    require(
        WRITTEN.fullmatch(plain),
        "temperature-unreadable",
        _("“%(text)s” is not a temperature. Write it like 36.5.") % {"text": text.strip()[:20]},
    )
    return plausible(Decimal(plain.replace(",", ".")))


def plausible(value: Decimal) -> Decimal:
    """The value with one digit after the point, when a thermometer can show it; else Refused."""
    found = fault(value)
    if found is not None:
        raise Refused(*found)
    return value.quantize(Decimal("0.1"))


def fault(value: Decimal) -> tuple[str, str] | None:
    """What is wrong with a temperature, as the code and the sentence of a refusal; None when nothing is."""
    shown = {"value": f"{value:f}", "low": COLDEST, "high": HOTTEST}
    if COLDEST <= value <= HOTTEST:
        if value != value.quantize(Decimal("0.1")):
            return "temperature-too-fine", _(
                "%(value)s has too many digits. Write one after the point, like 36.5."
            ) % shown
        return None
    for tens in (Decimal(10), Decimal(100), Decimal("0.1")):
        meant = value / tens
        if COLDEST <= meant <= HOTTEST and not FAHRENHEIT[0] <= value <= FAHRENHEIT[1]:
            shown["meant"] = f"{meant.quantize(Decimal('0.1')):f}"
            return "temperature-point", _(
                "%(value)s is no temperature: is the point missing or misplaced? %(meant)s?"
            ) % shown
    if FAHRENHEIT[0] <= value <= FAHRENHEIT[1]:
        return "temperature-fahrenheit", _("%(value)s looks like °F. Measure in °C.") % shown
    return (
        "temperature-out-of-range",
        _("%(value)s cannot be right: a temperature lies between %(low)s and %(high)s °C. Measure again.") % shown,
    )
