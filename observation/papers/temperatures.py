"""Temperature curves on paper: one person over the stay, or everybody of some floors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from observation.ending import today
from observation.models import Occupant
from observation.temperature_drawing import TemperatureDrawing, Threshold
from observation.temperatures import Floor, checks_of, curve_of, thresholds_of
from rooms.models import Building


@dataclass(frozen=True)
class PersonSheet:
    """One person's curve, as it stood when it was printed."""

    occupant: Occupant
    drawing: TemperatureDrawing
    made_at: datetime

    @classmethod
    def of(cls, occupant: Occupant) -> "PersonSheet":
        """The curve as of now."""
        return cls(occupant, curve_of(occupant, checks_of(occupant)), timezone.now())


@dataclass(frozen=True)
class FloorSheets:
    """The curves of some floors, each floor on sheets of its own."""

    building: Building
    floors: Sequence[Floor]
    threshold: Threshold | None
    made_at: datetime

    @classmethod
    def of(cls, building: Building, floors: Sequence[Floor]) -> "FloorSheets":
        """The curves as of now."""
        return cls(building, floors, newest(building), timezone.now())


def newest(building: Building) -> Threshold | None:
    """The fever threshold that holds now."""
    held = [one for one in thresholds_of(building) if one.since <= today(building)]
    return held[-1] if held else None


def draw_person(sheet: PersonSheet) -> bytes:
    """One person's curve as a PDF."""
    building = sheet.occupant.building
    context = {"sheet": sheet, "building": building}
    return _pdf("temperature.html", context, title=_("Temperature curve"), on=today(building, sheet.made_at))


def draw_floors(sheets: FloorSheets) -> bytes:
    """The curves of some floors as a PDF."""
    on = today(sheets.building, sheets.made_at)
    context = {"sheets": sheets, "building": sheets.building}
    return _pdf("temperatures.html", context, title=_("Temperature curves by floor"), on=on)


def _pdf(template: str, context: dict[str, object], *, title: str, on: date) -> bytes:
    return paper.pdf(
        f"observation/paper/{template}",
        context,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=title,
        imprint=paper.Imprint(on=on),
    )
