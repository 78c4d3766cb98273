"""Printed forms: which wait to be typed back, printing them with their codes, looking at them without."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import paper
from core.access import may, needs
from core.records import Refused
from observation import printing_forms
from observation.ending import today
from observation.forms.visitors import THE_SET, PrintForm
from observation.models import FormKind, PaperForm
from observation.papers import forms as papers
from observation.scanning import TYPED_WITH, record_of
from people.acting import acting
from rooms.models import Building

# So many of those typed back are shown below the waiting ones.
DONE_SHOWN = 30


@require_safe
@needs("rooms.view_occupants", Building)
def paper_forms(request: HttpRequest, building: Building) -> HttpResponse:
    """The forms that wait, each with the way to its record; the newest done ones; and printing."""
    return _page(request, building)


def _page(
    request: HttpRequest, building: Building, *, form: PrintForm | None = None, status: int = 200
) -> HttpResponse:
    forms = PaperForm.objects.in_building(building).select_related("room", "shift__pattern", "printed_by", "typed_by")
    waiting = list(forms.waiting())
    context = {
        "building": building,
        "waiting": [
            (one, record_of(one) if may(request.user, TYPED_WITH[one.kind], building) else "") for one in waiting
        ],
        "done": list(forms.filter(typed_at__isnull=False).order_by("-typed_at", "-pk")[:DONE_SHOWN]),
        "kinds": FormKind.choices,
        "may_write": may(request.user, "write_log", building),
        "may_look": may(request.user, "print_papers", building),
        "form": form or PrintForm(building=building, initial={"day": today(building)}),
    }
    return render(request, "observation/paper_forms/paper_forms.html", context, status=status)


@require_POST
@needs("rooms.write_log", Building)
def print_forms(request: HttpRequest, building: Building) -> HttpResponse:
    """Issue the codes and print."""
    form = PrintForm(request.POST, building=building)
    if not form.is_valid():
        return _page(request, building, form=form, status=422)
    chosen = form.cleaned_data
    chosen["day"] = chosen["day"] or today(building)
    try:
        if chosen["kind"] == THE_SET:
            issued = printing_forms.issue_set(building, day=chosen["day"], by=acting(request))
        else:
            issued = printing_forms.issue_for(building, by=acting(request), **chosen)
        drawn = papers.draw(building, papers.sheets_of(building, issued))
    except Refused as refusal:
        form.add_error(None, str(refusal.message))
        return _page(request, building, form=form, status=409)
    return paper.answer(drawn, filename=f"forms-{chosen['day'].isoformat()}.pdf")


@require_safe
@needs("rooms.print_papers", Building)
def specimen_form(request: HttpRequest, building: Building, kind: str) -> HttpResponse:
    """A form to be looked at, without a code."""
    if kind not in FormKind.values:
        raise Http404
    sheet = papers.blank(building, PaperForm(building=building, kind=kind))
    return paper.answer(papers.draw(building, [sheet]), filename=f"specimen-{kind}.pdf")


@require_POST
@needs("rooms.write_log", PaperForm)
def form_typed(request: HttpRequest, form: PaperForm) -> HttpResponse:
    """All that the form says stands in its record."""
    printing_forms.type_back(form, by=acting(request))
    messages.success(request, _("The form is done; keep the paper as your office asks."))
    return redirect("paper_forms", form.building_id)


@require_POST
@needs("rooms.write_log", PaperForm)
def form_unused(request: HttpRequest, form: PaperForm) -> HttpResponse:
    """Nothing was written on it."""
    printing_forms.lay_aside(form, by=acting(request))
    messages.success(request, _("Nobody waits for this form any more."))
    return redirect("paper_forms", form.building_id)
