"""The phone round: who is due, one person a screen, and on to the next by itself."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.access import may, needs
from core.templatetags.ui import state
from inventory.views.acts import carry_out
from observation import rounds
from observation.forms.rounds import AgainForm, CorrectForm, ReadingForm, SymptomsForm
from observation.models import HealthCheck, Occupant, Protocol, Skip
from observation.models.health import HIGHEST
from observation.slots import Due
from people.acting import acting
from rooms.models import Building, Room

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])
# How each standing is drawn and said.
STATES = {
    Due.AGAIN: ("attention", gettext_lazy("measure again")),
    Due.LATE: ("attention", gettext_lazy("late")),
    Due.DUE: ("going", gettext_lazy("due now")),
    Due.OPEN: ("waiting", gettext_lazy("may be taken")),
    Due.SKIPPED: ("waiting", gettext_lazy("skipped")),
    Due.DONE: ("done", gettext_lazy("measured")),
}
TENTH, AROUND_FEVER = Decimal("0.1"), Decimal("0.6")
PRESETS, WHOLE, TENTHS = 12, range(35, 42), range(10)

LINK = '<a href="{}">{}</a>'
NAME, LINKED_NAME = '<bdi class="name">{}</bdi>', '<a href="{}"><bdi class="name">{}</bdi></a>'


@require_safe
@needs("rooms.view_occupants", Building)
def round_(request: HttpRequest, building: Building) -> HttpResponse:
    """Everybody who is here, late first; one tap begins."""
    now = timezone.now()
    slot = rounds.current_slot(building, now)
    due = rounds.visits(building, slot, now)
    following = rounds.next_visit(due)
    may_check = may(request.user, "check_health", building)
    context = {
        "building": building,
        "slot": slot,
        "rows": _rows(due, may_check=may_check),
        "waiting": sum(visit.standing.waiting for visit in due),
        "next": following,
        "next_url": _address(following) if may_check and following else "",
        "saved": _saved(request, building),
    }
    return render(request, "observation/rounds/round.html", context)


def _rows(due: list[rounds.Visit], *, may_check: bool) -> list[dict[str, Any]]:
    """The list's rows: addresses cut from one reverse() and a badge drawn once a standing, for a full house."""
    badges = {standing: state(*STATES[standing]) for standing in {visit.standing for visit in due}}
    pages = {page: reverse(page, args=[0]).split("0") for page in ("take_reading", "measure_again", "correct_reading")}
    correct = gettext("Correct")
    rows = []
    for visit in due:
        name = visit.name
        waits = may_check and visit.standing != Due.DONE
        page, pk = _page_of(visit)
        both = [one for one in (visit.readings.first, visit.readings.second) if one]
        rows.append(
            {
                "kind": STATES[visit.standing][0],
                "room": visit.number,
                "name": format_html(LINKED_NAME, str(pk).join(pages[page]), name) if waits else format_html(NAME, name),
                "state": badges[visit.standing],
                "reading": " → ".join(str(one.temperature) for one in both if one.temperature),
                # After a fever either of the two may be wrong.
                "correct": mark_safe(  # noqa: S308 - links made here
                    "".join(
                        format_html(
                            LINK,
                            str(one.pk).join(pages["correct_reading"]),
                            correct_which(one) if both[1:] else correct,
                        )
                        for one in both
                        if may_check
                    )
                ),
            }
        )
    return rows


def correct_which(check: HealthCheck) -> str:
    """The words of a link to the correction of one of two readings."""
    return gettext("Correct %(value)s") % {"value": check.temperature}


@require_safe
@needs("rooms.check_health", Room)
def round_room(request: HttpRequest, room: Room) -> HttpResponseBase:
    """A scanned door: the one who is due there, or the round when nobody is."""
    due = rounds.due_list(room.building, timezone.now())
    here = [visit for visit in due if visit.room == room.pk and visit.standing.waiting]
    if not here:
        return redirect("round", pk=room.building_id)
    page, pk = _page_of(here[0])
    return redirect(page, pk=pk)


@FORM_PAGES
@needs("rooms.check_health", Occupant)
def take_reading(request: HttpRequest, occupant: Occupant) -> HttpResponseBase:
    """One person: a tap on the temperature saves it and leads to the next."""
    now = timezone.now()
    slot = rounds.current_slot(occupant.building, now)
    form = ReadingForm(request.POST or None, protocol=slot.protocol, initial={"day": slot.day, "hour": slot.hour})

    def page(status: int = 200) -> HttpResponse:
        way = rounds.way_of(occupant, rounds.visits(occupant.building, slot, now))
        taken = way.own.readings.taken if way.own else []
        return _person(request, occupant, form, slot.protocol, way=way, status=status, skips=Skip.choices, taken=taken)

    if request.method != "POST":
        return page()
    return carry_out(
        request,
        form,
        lambda: rounds.take_reading(occupant, by=acting(request), **form.cleaned_data),
        then=lambda: _on(form),
        again=page,
    )


@FORM_PAGES
@needs("rooms.check_health", HealthCheck)
def measure_again(request: HttpRequest, check: HealthCheck) -> HttpResponseBase:
    """After a fever: measure the same person again at once."""
    form = AgainForm(request.POST or None, protocol=check.protocol)

    def page(status: int = 200) -> HttpResponse:
        own, way = rounds.readings_with(check), _way_of(check.occupant)
        taken = [] if own.again else own.taken
        return _person(request, check.occupant, form, check.protocol, way=way, status=status, first=check, taken=taken)

    if request.method != "POST":
        return page()
    return carry_out(
        request,
        form,
        lambda: rounds.measure_again(check, by=acting(request), **form.cleaned_data),
        then=lambda: _on(form),
        again=page,
    )


@FORM_PAGES
@needs("rooms.check_health", HealthCheck)
def add_symptoms(request: HttpRequest, check: HealthCheck) -> HttpResponseBase:
    """What was noticed after the tap that saved: ticked, saved, and on with the round."""
    form = SymptomsForm(request.POST or None, check=check)
    if request.method == "POST" and form.is_valid():
        right = rounds.add_symptoms(check, by=acting(request), **form.cleaned_data)
        return redirect(_onward(right))
    context = {"building": check.occupant.building, "check": check, "form": form, "back": _onward(check)}
    context |= {"number": _number_of(check.occupant), "standing": rounds.in_words(check)}
    return render(request, "observation/rounds/symptoms.html", context, status=422 if form.is_bound else 200)


@FORM_PAGES
@needs("rooms.check_health", HealthCheck)
def correct_reading(request: HttpRequest, check: HealthCheck) -> HttpResponseBase:
    """Put a wrong reading right and say why; the wrong one stays to be seen."""
    standing = {"temperature": check.temperature, "symptoms": check.symptoms, "skipped": check.skipped}
    form = CorrectForm(request.POST or None, protocol=check.protocol, initial=standing)
    if request.method == "POST" and form.is_valid():
        right = rounds.correct(check, by=acting(request), **form.cleaned_data)
        return redirect(_after_correction(request, right))
    context = {"building": check.occupant.building, "check": check, "form": form}
    context |= {"number": _number_of(check.occupant), "back": _back(request, check)}
    return render(request, "observation/rounds/correct.html", context, status=422 if form.is_bound else 200)


def _on(form: ReadingForm) -> str:
    """Where one goes after a reading."""
    sent = HealthCheck.objects.select_related("protocol", "occupant__building")
    return _onward(sent.get(client_id=form.cleaned_data["client_id"]))


def _onward(check: HealthCheck) -> str:
    """The same person again while a fever waits for its second measurement, else the next one due."""
    return _telling(check, _again(check) or _following(check.occupant, _way_of(check.occupant)))


def _again(check: HealthCheck) -> str:
    """The second measurement that the slot of this reading waits for, if it does."""
    own = rounds.readings_with(check)
    return reverse("measure_again", args=[own.first.pk]) if own.again and own.first else ""


def _after_correction(request: HttpRequest, right: HealthCheck) -> str:
    """Back to where the wrong reading was seen; a fever found so is measured again first."""
    if request.GET.get("then") == "on":
        return _onward(right)
    return _telling(right, _again(right)) if _again(right) else _back(request, right)


def _back(request: HttpRequest, check: HealthCheck) -> str:
    """Where a reading was seen: the desk's grid of its day, or the round."""
    building = check.occupant.building_id
    if request.GET.get("then") == "grid" and check.day is not None:
        return f"{reverse('check_grid', args=[building])}?day={check.day.isoformat()}"
    return _telling(check, reverse("round", args=[building]))


def _way_of(occupant: Occupant) -> rounds.Way:
    """The round around this person as it stands now."""
    return rounds.way_of(occupant, rounds.due_list(occupant.building, timezone.now()))


def _following(occupant: Occupant, way: rounds.Way) -> str:
    """The next one due along the corridors behind this one; the round when nobody is."""
    return _address(way.following) if way.following else reverse("round", args=[occupant.building_id])


def _number_of(occupant: Occupant) -> str:
    """The number of the room where they are now."""
    stay = occupant.stay
    return stay.room.number if stay else ""


def _page_of(visit: rounds.Visit) -> tuple[str, int]:
    """The page on which this visit is done."""
    if visit.standing == Due.AGAIN and visit.readings.first is not None:
        return "measure_again", visit.readings.first.pk
    return "take_reading", visit.occupant


def _address(visit: rounds.Visit) -> str:
    page, pk = _page_of(visit)
    return reverse(page, args=[pk])


def _telling(check: HealthCheck, address: str) -> str:
    """On to a page that says what was saved for whom: a tap on the wrong tile is seen before the next one."""
    return f"{address}?saved={check.pk}"


def _saved(request: HttpRequest, building: Building) -> tuple[HealthCheck, str] | None:
    """The reading that this page comes after, read back from what was kept, and in words."""
    told = request.GET.get("saved", "")
    if request.method == "POST" or not (told.isascii() and told.isdigit()):
        return None
    checks = HealthCheck.objects.in_building(building).measured().valid().select_related("occupant__person")
    check = checks.filter(pk=int(told[:18])).first()
    return (check, rounds.in_words(check)) if check else None


def _person(
    request: HttpRequest,
    occupant: Occupant,
    form: ReadingForm,
    protocol: Protocol,
    *,
    way: rounds.Way,
    status: int,
    first: HealthCheck | None = None,
    taken: list[HealthCheck],
    **more: Any,
) -> HttpResponse:
    # The tiles end below a fever; the second measurement's stand around the first one.
    fever = first.temperature if first else None
    below = protocol.fever_from if fever is None else min(fever + AROUND_FEVER, HIGHEST + TENTH)
    context = {
        "building": occupant.building,
        "occupant": occupant,
        "number": way.own.number if way.own else _number_of(occupant),
        "form": form,
        "protocol": protocol,
        "first": first,
        "taken": [(one, rounds.already_taken(one), correct_which(one)) for one in taken],
        "following": _following(occupant, way),
        "before": way.before,
        "before_url": _address(way.before) if way.before else "",
        "after": way.following,
        "presets": [f"{below - n * TENTH:.1f}" for n in range(PRESETS, 0, -1)],
        "degrees": [(whole, [f"{whole}.{n}" for n in TENTHS]) for whole in WHOLE],
        "last": occupant.checks.valid().select_related("protocol").order_by("-pk")[:4],
        "back": reverse("round", args=[occupant.building_id]),
        "saved": _saved(request, occupant.building),
        **more,
    }
    return render(request, "observation/rounds/person.html", context, status=status)
