"""The plans on paper."""

from datetime import datetime

from core.paper import Imprint, pdf
from plans.relocation.document import write
from plans.relocation.gathering import gather
from rooms.models import Building


def relocation_plan(building: Building, *, language: str, now: datetime) -> bytes:
    """The relocation plan of a building as things stand at `now`, as a PDF; raises PaperFault."""
    plan = gather(building, now)
    document = write(plan, language=language)
    return pdf(
        "plans/paper.html",
        {"document": document, "address": plan.site.address},
        language=language,
        title=document.title,
        imprint=Imprint(issue=plan.issue, on=now.astimezone(plan.site.zone).date(), digest=plan.digest, recorded=False),
    )
