"""The neighbouring pages of the roster."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.access import may
from observation.models import Swap
from rooms.models import Building


def tabs_of(request: HttpRequest, building: Building) -> list[dict[str, Any]]:
    """Roster, who is in charge, swaps, absences, calendars and, for who keeps the roster, what it is made of."""
    keeps = may(request.user, "keep_roster", building)
    pages = [
        ("duty_roster", pgettext("of duties", "Roster"), True),
        ("duty_now", _("In charge"), True),
        ("duty_swaps", _("Swaps"), True),
        ("duty_absences", _("Absences"), keeps),
        ("duty_feeds", _("Calendars"), may(request.user, "swap_duty", building)),
        ("duty_setup", _("Set up"), keeps),
    ]
    waiting = Swap.objects.in_building(building).open().count()
    return [
        {
            "label": label,
            "url": (url := reverse(name, args=[building.pk])),
            "current": request.path == url,
            **({"count": waiting} if name == "duty_swaps" and waiting else {}),
        }
        for name, label, shown in pages
        if shown
    ]
