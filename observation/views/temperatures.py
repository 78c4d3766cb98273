"""Temperature curves: one person over the stay, everybody of a floor side by side, and both on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import paper
from core.access import needs
from core.templatetags.ui import moment
from core.text import listed
from observation import temperatures as curves
from observation.models import HealthCheck, Occupant, Symptom
from observation.papers import temperatures as papers
from rooms.models import Building


@require_safe
@needs("rooms.view_occupants", Building)
def temperatures(request: HttpRequest, building: Building) -> HttpResponse:
    """Everybody of one floor over the last days, side by side."""
    numbers = curves.floors_of(building)
    number = _asked(request, numbers) or next(iter(numbers), None)
    context = {
        "building": building,
        "number": number,
        "floors": curves.floors(building, [number]) if number is not None else [],
        "threshold": papers.newest(building),
        "chips": [
            {"label": _("Floor %(floor)s") % {"floor": one}, "url": f"?floor={one}", "current": one == number}
            for one in numbers
        ],
    }
    return render(request, "observation/temperatures/floors.html", context)


@require_safe
@needs("rooms.view_occupants", Building)
def temperatures_paper(request: HttpRequest, building: Building) -> HttpResponse:
    """The same drawings as a PDF: the floor asked for, or all."""
    numbers = curves.floors_of(building)
    asked = _asked(request, numbers)
    drawn = papers.FloorSheets.of(building, curves.floors(building, numbers if asked is None else [asked]))
    return paper.answer(papers.draw_floors(drawn), filename="temperatures.pdf")


@require_safe
@needs("rooms.view_occupants", Occupant)
def occupant_temperatures(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """One person's curve over the stay, and every reading in words."""
    checks = curves.checks_of(occupant)
    wrong = {check.supersedes_id for check in checks}
    context = {
        "building": occupant.building,
        "occupant": occupant,
        "drawing": curves.curve_of(occupant, checks),
        "rows": [_shown(check, wrong=check.pk in wrong) for check in reversed(checks)],
    }
    return render(request, "observation/temperatures/person.html", context)


@require_safe
@needs("rooms.view_occupants", Occupant)
def occupant_temperatures_paper(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """One person's curve as a PDF."""
    drawn = papers.draw_person(papers.PersonSheet.of(occupant))
    return paper.answer(drawn, filename=f"temperature-{occupant.pk}.pdf")


def _asked(request: HttpRequest, numbers: list[int]) -> int | None:
    asked = request.GET.get("floor", "")
    return next((number for number in numbers if str(number) == asked), None)


def _shown(check: HealthCheck, *, wrong: bool) -> dict[str, Any]:
    symptoms = [str(Symptom(one).label) if one in Symptom.values else one for one in check.symptoms]
    if check.self_reported:
        source = _("self-reported")
    else:
        source = _("second measurement") if check.repeats_id else _("measured")
    if wrong:
        source = _("%(source)s; wrong, corrected later") % {"source": source}
    if check.why:
        source = _("%(source)s; corrected: %(why)s") % {"source": source, "why": check.why}
    return {
        "tone": "attention" if (check.fever or check.symptoms) and not wrong else "",
        "at": moment(check.at),
        "temperature": check.get_skipped_display() or ("—" if check.temperature is None else f"{check.temperature} °C"),
        "symptoms": listed(symptoms) or "—",
        "source": source,
        "by": str(check.by) if check.by else _("the occupant"),
    }
