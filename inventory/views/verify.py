"""Anyone may check a paper of ours by the mark in its foot."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core.access import public
from inventory import verifying


@require_safe
@public("says whether a check mark is on record, and since when; nothing of whose paper it is")
def verify(request: HttpRequest, mark: str = "") -> HttpResponseBase:
    """The form for a check mark, and what the record says of the one in the address."""
    asked = request.GET.get("mark", "")
    if asked and (typed := verifying.mark_of(asked)):
        return redirect("verify", mark=typed[: verifying.SHOWN])
    known = verifying.mark_of(mark)
    context = {
        "asked": mark or asked,
        "mark": known[: verifying.SHOWN] if known else "",
        "found": verifying.on_record(known) if known else None,
    }
    return _page(request, context)


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    response = render(request, "inventory/verify.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
