"""Signs for doors and shelves: the code that is scanned there, large enough to read from a step away."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import paper
from core.codes import scan_url
from core.qr import qr_data_uri
from rooms.models import Building, Room, StoragePlace


@dataclass(frozen=True)
class Sign:
    """One sign: what it names in large letters, lines below it, and the code."""

    name: str
    lines: list[str]
    code: str

    @property
    def qr(self) -> str:
        """The code's QR."""
        return qr_data_uri(scan_url(self.code))


def door_signs(building: Building) -> list[Sign]:
    """A sign for each room, floor by floor."""
    rooms = Room.objects.in_building(building).order_by("floor", "number")
    return [
        Sign(room.number, [str(room.get_use_display()), _("floor %(floor)d") % {"floor": room.floor}], room.code_id)
        for room in rooms
    ]


def shelf_signs(building: Building) -> list[Sign]:
    """A sign for each storage place, by name."""
    signs = []
    for place in StoragePlace.objects.in_building(building).order_by("name"):
        where = [place.site, _("rack %(rack)s, level %(level)d") % {"rack": place.rack or "—", "level": place.level}]
        special = [str(word) for flag, word in ((place.secure, _("secure")), (place.cold, _("cold"))) if flag]
        room_for = _("room for %(n)d boxes") % {"n": place.slots}
        signs.append(Sign(place.name, [*filter(None, where), " · ".join([room_for, *special])], place.code_id))
    return signs


def draw(signs: list[Sign], *, building: Building, title: str) -> bytes:
    """The signs as a PDF, eight on a page, to be cut out and stuck on."""
    return paper.pdf(
        "inventory/paper/signs.html",
        {"rows": [signs[n : n + 2] for n in range(0, len(signs), 2)], "building": building},
        language=translation.get_language() or settings.LANGUAGE_CODE,
        title=title,
        imprint=paper.Imprint(on=timezone.localdate()),
    )
