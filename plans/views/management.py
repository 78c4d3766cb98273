"""The management plan: its page, the same on paper, and the clauses that a building says in its own words."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import paper
from core.access import may, needs
from inventory.views.acts import carry_out
from people.acting import acting
from plans import editing, papers
from plans.clauses import LANGUAGES
from plans.managing.clauses import ANNEXES, LONGEST, SECTIONS, clauses, keys_of, written
from plans.managing.figures import KNOWN, figures
from plans.managing.gathering import gather
from plans.managing.missing import missing
from plans.managing.plan import ManagementPlan
from plans.managing.summary import in_short
from plans.managing.telling import Telling
from plans.models import Clause, PlanKind
from rooms.models import Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


class ClauseForm(forms.Form):
    """A clause in the building's own words, and why it says them."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("An empty line begins a new paragraph; “- ” at the beginning of a line makes an item."),
        widget=forms.Textarea(attrs={"rows": 14}),
        max_length=LONGEST,
    )
    why = forms.CharField(label=gettext_lazy("Why it is changed"), max_length=200)


def _own_language() -> str:
    language = get_language() or LANGUAGES[0]
    return language if language in LANGUAGES else "en"


@require_safe
@needs("rooms.print_papers", Building)
def management_plan(request: HttpRequest, building: Building) -> HttpResponse:
    """What the plan says now, section by section, what is missing before it is printed, and the way to its PDFs."""
    language = _own_language()
    plan = gather(building, timezone.now())
    tell = Telling(plan, language=language)
    context = {
        "building": building,
        "plan": plan,
        "missing": missing(tell),
        "sections": _sections(plan, tell),
        "own_language": language,
        "other_language": next(code for code in LANGUAGES if code != language),
        "may_edit": may(request.user, "edit_clauses", building),
        "may_print_codes": may(request.user, "view_occupants", building),
    }
    return render(request, "plans/managing/page.html", context)


def _sections(plan: ManagementPlan, tell: Telling) -> list[dict[str, Any]]:
    short = in_short(tell)
    edited = {(key, language) for key, language, _text in plan.own}
    return [
        {
            "title": clauses(tell.language)[section].heading,
            "now": short[section],
            "clauses": [
                {
                    "key": key,
                    "heading": clauses(tell.language)[key].heading,
                    "edited": [language for language in LANGUAGES if (key, language) in edited],
                }
                for key in keys_of(section)
            ],
        }
        for section in (*SECTIONS, *ANNEXES)
    ]


@FORM_PAGES
@needs("rooms.print_papers", Building)
def management_plan_pdf(request: HttpRequest, building: Building, language: str) -> HttpResponse:
    """The plan as a PDF: looked at with specimens of its forms, or printed (posted) with their codes."""
    if language not in LANGUAGES:
        raise Http404
    drawn = papers.management_plan(
        building,
        language=language,
        now=timezone.now(),
        contacts=may(request.user, "view_contacts", building),
        issued_by=acting(request),
        with_codes=request.method == "POST",
    )
    return paper.answer(drawn, filename=f"management-plan-{building.pk}-{language}.pdf")


@FORM_PAGES
@needs("rooms.edit_clauses", Building)
def edit_clause(request: HttpRequest, building: Building, clause: str, language: str) -> HttpResponse:
    """One clause in one language: its text, the plan's own, the figures it may name, and who changed it when."""
    _known(clause, language)
    form = ClauseForm(request.POST or None)
    if request.method != "POST":
        return _clause_page(request, building, clause, language)

    def act() -> None:
        editing.say(building, key=clause, language=language, by=acting(request), **form.cleaned_data)
        messages.success(request, _("The clause is changed."))

    return carry_out(
        request,
        form,
        act,
        then=lambda: reverse("edit_clause", args=[building.pk, clause, language]),
        again=lambda status: _clause_page(request, building, clause, language, form=form, status=status),
    )


@require_POST
@needs("rooms.edit_clauses", Building)
def clause_default(request: HttpRequest, building: Building, clause: str, language: str) -> HttpResponse:
    """Back to what the plan brings."""
    _known(clause, language)
    why = _("back to the plan's own text")
    editing.back_to_default(building, key=clause, language=language, why=why, by=acting(request))
    messages.success(request, _("The clause is the plan's own again."))
    return redirect("edit_clause", building.pk, clause, language)


def _known(clause: str, language: str) -> None:
    if language not in LANGUAGES or not any(clause in keys_of(section) for section in (*SECTIONS, *ANNEXES)):
        raise Http404


def _clause_page(
    request: HttpRequest,
    building: Building,
    clause: str,
    language: str,
    *,
    form: ClauseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    wording = clauses(language)[clause]
    rows = Clause.objects.filter(building=building, plan=PlanKind.MANAGEMENT, key=clause)
    standing = {row.language: row for row in rows}
    own = standing[language].text if language in standing else ""
    other = next(code for code in LANGUAGES if code != language)
    tell = Telling(gather(building, timezone.now()), language=_own_language())
    shown = figures(tell)
    context = {
        "building": building,
        "heading": wording.heading,
        "clause": clause,
        "language": language,
        "other": other,
        "html_language": {"zh-hans": "zh-Hans"}.get(language, language),
        "default": written(wording),
        "own": own,
        "half": bool(own) != bool(other in standing and standing[other].text),
        "history": _history(standing.get(language)),
        "figures": [(f"{{{name}}}", label, shown[name].value) for name, label in KNOWN.items()],
        "form": form or ClauseForm(initial={"text": own or written(wording)}),
    }
    return render(request, "plans/managing/clause.html", context, status=status)


def _history(clause: Clause | None) -> list[dict[str, Any]]:
    """Every change, the newest first, with what stood before and after; an empty text is the plan's own."""
    if clause is None:
        return []
    rows = list(clause.history.select_related("history_user").order_by("history_date", "history_id"))
    before = ["", *(row.text for row in rows)]
    return [
        {"at": row.history_date, "by": row.history_user, "why": row.history_change_reason, "old": old, "new": row.text}
        for row, old in zip(rows, before, strict=False)
    ][::-1]
