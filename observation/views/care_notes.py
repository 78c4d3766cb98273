"""Care notes: who talked with whom, how they are, and who calls again when."""

from datetime import date
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import may, needs
from core.templatetags.ui import moment
from core.text import day_words
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from observation import looking_after
from observation.ending import today
from observation.forms.care import CareNoteForm, CloseForm
from observation.models import CareNote, Occupant
from observation.views.requests import doors
from people.acting import acting
from rooms.models import Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
# So many notes that need no call are shown below those that do.
CLOSED_SHOWN = 50


@require_safe
@needs("rooms.view_occupants", Building)
def care_notes(request: HttpRequest, building: Building) -> HttpResponse:
    """Whom to call again: those due first; then what was said lately."""
    found = CareNote.objects.in_building(building)
    day = today(building)
    again = _note_rows(
        found.filter(closed_at__isnull=True).order_by(F("again_on").asc(nulls_last=True), "pk"), building
    )
    over = found.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")[:CLOSED_SHOWN]
    context = {
        "building": building,
        "due": [row for row in again if row["again_on"] and row["again_on"] <= day],
        "later": [row for row in again if not row["again_on"] or row["again_on"] > day],
        "over": _note_rows(over, building),
        "doors": doors(building, "new_care_note") if may(request.user, "answer_request", building) else [],
    }
    return render(request, "observation/care/notes.html", context)


def _note_rows(found: Any, building: Building) -> list[dict[str, Any]]:
    names = ("pk", "occupant_id", "words", "entered_at", "again_on", "closed_at", "outcome", "written_by__first_name")
    rows = list(found.values(*names, "written_by__username", "occupant__person__name", "responsible__name"))
    places = looking_after.places_of(row["occupant_id"] for row in rows)
    url, anyone, day = reverse("care_note", args=[0]).partition("0/")[0], _("whoever is on duty"), today(building)
    return [
        {
            "url": f"{url}{row['pk']}/",
            "room": places[row["occupant_id"]].number if row["occupant_id"] in places else "—",
            "name": row["occupant__person__name"],
            "words": row["words"],
            "by": row["written_by__first_name"] or row["written_by__username"],
            "at": moment(row["entered_at"]),
            "again_on": row["again_on"],
            "again": _again_words(row["again_on"], day),
            "responsible": row["responsible__name"] or anyone,
            "outcome": row["outcome"],
        }
        for row in rows
    ]


def _again_words(again_on: date | None, day: date) -> str:
    if again_on is None:
        return "—"
    if again_on == day:
        return _("today")
    late = (day - again_on).days
    if late > 0:
        return ngettext("%(days)d day late", "%(days)d days late", late) % {"days": late}
    return day_words(again_on)


@FORM_PAGES
@needs("rooms.answer_request", Occupant)
def new_care_note(request: HttpRequest, occupant: Occupant) -> HttpResponse:
    """Write down a talk: how they are, who calls again and when."""
    form = CareNoteForm(request.POST or None, building=occupant.building)

    def again(status: int) -> HttpResponse:
        before = occupant.care_notes.select_related("written_by").order_by("-pk")[:5]
        place = looking_after.places_of([occupant.pk]).get(occupant.pk)
        context = {
            "building": occupant.building,
            "occupant": occupant,
            "place": place,
            "form": form,
            "before": before,
        }
        return render(request, "observation/care/new.html", context, status=status)

    if request.method != "POST":
        return again(200)
    return carry_out(
        request,
        form,
        lambda: looking_after.note(occupant, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("care_notes", args=[occupant.building_id]),
        again=again,
    )


@require_safe
@needs("rooms.view_occupants", CareNote)
def care_note(request: HttpRequest, note: CareNote) -> HttpResponse:
    """One talk, and what came of it."""
    return _note_page(request, note)


def _note_page(
    request: HttpRequest, note: CareNote, *, close_form: CloseForm | None = None, status: int = 200
) -> HttpResponse:
    building = note.occupant.building
    context = {
        "building": building,
        "note": note,
        "place": looking_after.places_of([note.occupant_id]).get(note.occupant_id),
        "again_on": day_words(note.again_on) if note.again_on else "",
        "may_answer": may(request.user, "answer_request", building),
        "due": note.closed_at is None and note.again_on is not None and note.again_on <= today(building),
        "close_form": close_form or CloseForm(),
        "timeline": timeline_of([note]) if may(request.user, "view_history", building) else None,
    }
    return render(request, "observation/care/note.html", context, status=status)


@require_POST
@needs("rooms.answer_request", CareNote)
def close_care_note(request: HttpRequest, note: CareNote) -> HttpResponse:
    """They were called again: what came of it."""
    form = CloseForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: looking_after.close(note, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("care_notes", args=[note.occupant.building_id]),
        again=lambda status: _note_page(request, note, close_form=form, status=status),
    )
