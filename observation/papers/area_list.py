"""The area responsibility list: who holds which post at a moment, how to reach them, from when until when."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from observation.duty.grid import hours_words
from observation.duty.responsible import Responsible, responsible_at
from rooms.models import Building


@dataclass(frozen=True)
class AreaRow:
    """One line of the list."""

    post: str
    area: str
    name: str
    phone: str
    hours: str
    leads: bool
    wanted: bool


@dataclass(frozen=True)
class AreaList:
    """Who is responsible for what at a moment."""

    building: Building
    at: datetime
    phones: bool
    rows: list[AreaRow]

    @classmethod
    def of(cls, building: Building, at: datetime, *, phones: bool) -> "AreaList":
        """The list as the roster says now."""
        zone = ZoneInfo(building.time_zone)
        found = responsible_at(building, at, phones=phones)
        return cls(building, at, phones, [_row(one, zone) for one in found])


def _row(one: Responsible, zone: ZoneInfo) -> AreaRow:
    post, duty = one.held.post, one.held.duty
    hours = hours_words(duty.starts_at, duty.ends_at, zone) if duty else ""
    area = post.area.shown_name if post.area else ""
    return AreaRow(post.shown_name, area, one.name, one.phone, hours, post.leads, one.wanted)


def draw(made: AreaList) -> bytes:
    """The list as a PDF in the language of the page."""
    return paper.pdf(
        "observation/paper/area_list.html",
        {"list": made, "building": made.building},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=_("Area responsibility list"),
        imprint=paper.Imprint(on=timezone.localdate()),
    )
