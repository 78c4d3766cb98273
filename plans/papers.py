"""The plans on paper."""

from datetime import datetime

from django.utils import translation

from core.paper import Imprint, pdf
from people.models import User
from plans.layout import Document
from plans.managing import annex
from plans.managing import gathering as managing
from plans.managing.document import write as write_management
from plans.managing.plan import ManagementPlan
from plans.relocation.document import write
from plans.relocation.gathering import gather
from plans.relocation.plan import RelocationPlan
from rooms.models import Building


def relocation_plan(building: Building, *, language: str, now: datetime) -> bytes:
    """The relocation plan of a building as things stand at `now`, as a PDF; raises PaperFault."""
    plan = gather(building, now)
    return _printed(write(plan, language=language), plan, language)


def management_plan(
    building: Building,
    *,
    language: str,
    now: datetime,
    contacts: bool = False,
    issued_by: User | None = None,
    with_codes: bool = False,
) -> bytes:
    """The management plan as things stand at `now`, as a PDF; raises PaperFault.

    Its forms carry codes only `with_codes`: then they are issued, and wait to be typed back.
    """
    plan = managing.gather(building, now, contacts=contacts)
    if with_codes:
        forms = annex.issue(building, plan, day=plan.today, by=issued_by)
    else:
        forms = annex.specimens(building, plan, day=plan.today)
    with translation.override(language):
        sheets = annex.sheets(building, plan, forms)
    document = write_management(plan, language=language, sheets=sheets)
    return _printed(document, plan, language)


def _printed(document: Document, plan: RelocationPlan | ManagementPlan, language: str) -> bytes:
    return pdf(
        "plans/paper.html",
        {"document": document, "address": plan.site.address},
        language=language,
        title=document.title,
        imprint=Imprint(
            issue=plan.issue, on=plan.made_at.astimezone(plan.site.zone).date(), digest=plan.digest, recorded=False
        ),
    )
