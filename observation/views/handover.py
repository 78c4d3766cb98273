"""The handover: the page of the shift under way, the giver's and the receiver's acts, the sheet as a paper."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from core import paper
from core.access import may, needs
from core.timeline import timeline_of
from inventory.views.acts import carry_out
from observation.forms.handover import AcknowledgeForm, WriteForm
from observation.handing_over import taking_over, writing
from observation.handing_over.leads import following, is_person, lead_of, leadership, under_way
from observation.handing_over.sheet import Sheet, news_since, preview_of, sheet_of
from observation.handing_over.waiting import waiting_of
from observation.models import DutyRules, Handover, HandoverState, Post, Shift
from observation.papers import handover as papers
from people.acting import acting
from people.models import ContactKind, ContactPoint, Person
from rooms.models import Building


@require_safe
@needs("rooms.view_occupants", Building)
def handover(request: HttpRequest, building: Building) -> HttpResponse:
    """How handing over stands now: the open handover, else the shift under way, else how to begin."""
    open_one = _open(building)
    if open_one is not None:
        return _page(request, open_one)
    now = timezone.now()
    shift = under_way(building)
    mark = f"shift-{shift.pk if shift else 0}"
    if (live := _live(request, mark)) is not None:
        return live
    lead = lead_of(shift, now) if shift else None
    context: dict[str, Any] = {
        "building": building,
        "shift": shift,
        "lead": lead,
        "mark": mark,
        "waiting": waiting_of(building, now),
        "sheet": preview_of(shift, now=now) if shift else None,
        "may_lead": may(request.user, "lead_shift", building),
        "is_lead": is_person(acting(request), lead),
    }
    if shift is None:
        due = _due(building, now)
        lead = lead_of(due, now) if due else None
        context |= {"due": due, "lead": lead, "is_lead": is_person(acting(request), lead)}
    context |= _ways_out(request, building, None, lead, now)
    return render(request, "observation/handover/shift.html", context)


def _due(building: Building, now: datetime) -> Shift | None:
    return Shift.objects.in_building(building).at(now).select_related("pattern", "building").first()


def _open(building: Building) -> Handover | None:
    rows = Handover.objects.in_building(building).open()
    return rows.select_related("building", "shift__pattern", "shift__building", "giver").first()


def _live(request: HttpRequest, mark: str) -> HttpResponse | None:
    """What the page asks every few seconds: nothing while it stands as shown, else a word to look again."""
    if not request.headers.get("HX-Request"):
        return None
    if request.GET.get("seen") == mark:
        return HttpResponse(status=204)
    return render(request, "observation/handover/changed.html", {"here": request.path})


@require_safe
@needs("rooms.view_occupants", Handover)
def one_handover(request: HttpRequest, handover: Handover) -> HttpResponse:
    """One handover, past or present."""
    return _page(request, handover)


def _page(
    request: HttpRequest,
    handover: Handover,
    *,
    write_form: WriteForm | None = None,
    take_form: AcknowledgeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    building, now, user = handover.building, timezone.now(), acting(request)
    handover.refresh_from_db()
    state, waiting = handover.state, waiting_of(building, now)
    mark = f"{handover.pk}-{state}-{handover.signed_at}-{bool(waiting and waiting.escalated)}"
    if (live := _live(request, mark)) is not None:
        return live
    sheet = sheet_of(handover, now=now)
    may_lead = may(user, "lead_shift", building)
    lead = lead_of(handover.shift, now)
    after = handover.next_shift or following(handover.shift, now)
    next_lead = lead_of(after, now) if after else None
    gives = may_lead and state != HandoverState.ACKNOWLEDGED and is_person(user, lead)
    takes = may_lead and state == HandoverState.SIGNED and is_person(user, next_lead) and user.pk != handover.giver_id
    writes = gives and state == HandoverState.DRAFT
    form = (write_form or WriteForm(lines=sheet.lines, initial=_said(handover))) if writes else None
    context: dict[str, Any] = {
        "building": building,
        "handover": handover,
        "shift": handover.shift,
        "after": after,
        "lead": lead,
        "next_lead": next_lead,
        "sheet": sheet,
        "state": state.value,
        "mark": mark,
        "waiting": waiting if state != HandoverState.ACKNOWLEDGED else None,
        "gives": gives,
        "takes": takes,
        "form": form,
        "take_form": (take_form or AcknowledgeForm()) if takes else None,
        "groups": _with_controls(sheet, form) if form else sheet.groups,
        # What was typed for a handover that has gone on meanwhile is shown, to be copied elsewhere.
        "kept": [] if form and write_form else _typed(write_form) + ([] if takes else _typed(take_form)),
        "refused": next((one for one in (write_form, take_form) if one is not None), None),
        "news": news_since(handover, now=now) if state == HandoverState.SIGNED else [],
        "may_lead": may_lead,
        "timeline": timeline_of([handover]) if may(user, "view_history", building) else None,
    }
    if state == HandoverState.SIGNED:
        context |= _ways_out(request, building, after, next_lead, now)
    return render(request, "observation/handover/handover.html", context, status=status)


def _typed(form: WriteForm | AcknowledgeForm | None) -> list[str]:
    """Every word of a form that was sent."""
    if form is None:
        return []
    names = [name for name in form.fields if name not in ("severity", "point_id")]
    return [text for name in names if (text := str(form[name].value() or "").strip())]


def _said(handover: Handover) -> dict[str, str]:
    return {"severity": handover.severity, "words": handover.words}


def _with_controls(sheet: Sheet, form: WriteForm) -> list[dict[str, Any]]:
    return [
        {
            "key": group.key,
            "title": group.title,
            "count": group.count,
            "folded": group.folded,
            "parts": [
                {"letter": part.letter, "title": part.title, "rows": [form.line(said) for said in part.lines]}
                for part in group.parts
            ],
        }
        for group in sheet.groups
    ]


def _ways_out(
    request: HttpRequest, building: Building, after: Shift | None, lead: Person | None, now: datetime
) -> dict[str, Any]:
    """Whom to call when the next shift does not come, and which post is taken over then."""
    called = leadership(building, now)
    people = [one.pk for one in (lead, called) if one is not None]
    phones: dict[int, str] = {}
    if may(request.user, "view_contacts", building):
        points = ContactPoint.objects.filter(person__in=people, kind=ContactKind.PHONE).order_by("-pk")
        phones = dict(points.values_list("person", "value"))
    return {
        "minutes": DutyRules.of(building).answer_minutes,
        "leadership": called,
        "lead_phone": phones.get(lead.pk, "") if lead else "",
        "leadership_phone": phones.get(called.pk, "") if called else "",
        "post": Post.objects.in_use().in_building(building).filter(leads=True).first(),
    }


@require_POST
@needs("rooms.lead_shift", Building)
def begin_shift(request: HttpRequest, building: Building) -> HttpResponseBase:
    """The first shift of the site begins: there is nobody to take it over from."""
    writing.begin_first(building, by=acting(request))
    return redirect("handover", pk=building.pk)


@require_POST
@needs("rooms.lead_shift", Building)
def begin_handover(request: HttpRequest, building: Building) -> HttpResponseBase:
    """Write the draft of the shift under way."""
    writing.begin(building, by=acting(request))
    return redirect("handover", pk=building.pk)


@require_POST
@needs("rooms.lead_shift", Handover)
def write_handover(request: HttpRequest, handover: Handover) -> HttpResponse:
    """Keep what was written, or sign; both in one form, so that nothing typed is lost."""
    form = WriteForm(request.POST)
    act = writing.sign if request.POST.get("act") == "sign" else writing.write
    return carry_out(
        request,
        form,
        lambda: act(handover, form.written(), by=acting(request)),
        then=lambda: reverse("handover", args=[handover.building_id]),
        again=lambda status: _page(request, handover, write_form=form, status=status),
    )


@require_POST
@needs("rooms.lead_shift", Handover)
def take_back_handover(request: HttpRequest, handover: Handover) -> HttpResponseBase:
    """Write on."""
    writing.take_back(handover, by=acting(request))
    return redirect("handover", pk=handover.building_id)


@require_POST
@needs("rooms.lead_shift", Handover)
def acknowledge_handover(request: HttpRequest, handover: Handover) -> HttpResponse:
    """Restate and sign: the shift is taken over."""
    form = AcknowledgeForm(request.POST)
    return carry_out(
        request,
        form,
        lambda: taking_over.acknowledge(handover, by=acting(request), **form.cleaned_data),
        then=lambda: reverse("one_handover", args=[handover.pk]),
        again=lambda status: _page(request, handover, take_form=form, status=status),
    )


@require_safe
@needs("rooms.view_occupants", Handover)
def handover_paper(request: HttpRequest, handover: Handover) -> HttpResponse:
    """The sheet as a PDF in the language of the page."""
    drawn = papers.draw(handover, language=get_language() or "zh-hans")
    return paper.answer(drawn, filename=f"handover-{handover.pk}.pdf")
