"""The relocation plan: its page, and the same on paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core import paper
from core.access import needs
from plans import papers
from plans.clauses import LANGUAGES
from plans.relocation.blockers import blockers
from plans.relocation.document import write
from plans.relocation.gathering import gather
from plans.relocation.summary import in_short
from plans.relocation.tables import gantt, unplaced, waves
from plans.relocation.telling import Telling
from rooms.models import Building


@require_safe
@needs("rooms.print_papers", Building)
def relocation_plan(request: HttpRequest, building: Building) -> HttpResponse:
    """What the plan says now, what blocks it, and the way to its PDFs."""
    language = get_language() or LANGUAGES[0]
    language = language if language in LANGUAGES else "en"
    plan = gather(building, timezone.now())
    tell = Telling(plan, language=language)
    short = in_short(plan, tell)
    context = {
        "building": building,
        "plan": plan,
        "blockers": blockers(plan, tell),
        "sections": [(section, short[section.key]) for section in write(plan, language=language).sections],
        "finish": tell.moment(plan.proposal.finish) if plan.proposal.finish else "",
        "to_pack": len(plan.proposal.turns) + len(plan.proposal.unplaced),
        "tables": {"gantt": gantt(tell), "waves": waves(tell), "unplaced": unplaced(tell)},
        "other_language": next(code for code in LANGUAGES if code != language),
        "own_language": language,
    }
    return render(request, "plans/relocation/page.html", context)


@require_safe
@needs("rooms.print_papers", Building)
def relocation_plan_pdf(request: HttpRequest, building: Building, language: str) -> HttpResponse:
    """The plan as a PDF in one of its languages, shown in the browser."""
    if language not in LANGUAGES:
        raise Http404
    drawn = papers.relocation_plan(building, language=language, now=timezone.now())
    return paper.answer(drawn, filename=f"relocation-plan-{building.pk}-{language}.pdf")
