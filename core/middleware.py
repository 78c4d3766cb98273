"""What the house says before and after every view: no text that a database cannot hold, and a rule's no as 409."""

from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.records import Refused
from core.text import UntrustedText, clean

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponse]


class TextGZipMiddleware(GZipMiddleware):
    """Compress what is text; photos and PDFs are compressed already."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave everything else as it is."""
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/") or "javascript" in kind or "svg" in kind:
            return super().process_response(request, response)
        return response


class UntrustedTextMiddleware:
    """Answer 400 to text with NUL, control characters or lone surrogates, and 413 to a body beyond every limit."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check path, query and form before any view reads them."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.MAX_UPLOAD_BYTES * settings.DATA_UPLOAD_MAX_NUMBER_FILES:
            return render(request, "core/413.html", status=413)
        try:
            clean(request.path)
            for data in (request.GET, request.POST):
                for name, values in data.lists():
                    clean(name)
                    for value in values:
                        clean(value)
        except UntrustedText:
            message = _("The text contains characters that cannot be kept. Remove them and send again.")
            return render(request, "core/400.html", {"message": message}, status=400)
        return self.get_response(request)


class RefusalMiddleware:
    """Turn Refused into the 409 page, or its fragment for htmx; nothing of the act was kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in; a method that an address does not know is answered by a page, too."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = render(request, "core/405.html", status=405)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 409 answer for a Refused; other exceptions go on."""
        if not isinstance(exception, Refused):
            return None
        fragment = request.headers.get("HX-Request") == "true"
        template = "core/refused_fragment.html" if fragment else "core/refused.html"
        return render(request, template, {"code": exception.code, "message": exception.message}, status=409)
