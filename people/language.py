"""Which language a page speaks: the student's own, the staff member's choice, else what the browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from core.context import OWN_LINK_PATHS

COOKIE = "language"
STUDENT_LANGUAGE = "student_language"


def served(language: str, among: list[str]) -> str:
    """`language` when we have its catalogue; else the first of `among`'s English, the world's common ground."""
    return language if language in among else "en"


class LanguageMiddleware:
    """Activate the page's language for the length of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose, activate, and say so in the answer."""
        with translation.override(self.choose(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response

    def choose(self, request: HttpRequest) -> str:
        """The language code for this request."""
        if request.path.lower().startswith(OWN_LINK_PATHS):
            return self.asked(request, request.session.get(STUDENT_LANGUAGE, ""), settings.STUDENT_LANGUAGES)
        user = request.user
        if user.is_authenticated:
            return user.language if user.language in settings.STAFF_LANGUAGES else settings.LANGUAGE_CODE
        return self.asked(request, "", settings.STUDENT_LANGUAGES)

    def asked(self, request: HttpRequest, remembered: str, among: list[str]) -> str:
        """What was chosen before, else the first language the browser names that we have."""
        for choice in (remembered, request.COOKIES.get(COOKIE, "")):
            if choice in among:
                return choice
        header = request.headers.get("Accept-Language", "")
        for wanted, _weight in parse_accept_lang_header(header):
            try:
                found = get_supported_language_variant(wanted)
            except LookupError:
                continue
            return served(found, among)
        return settings.LANGUAGE_CODE
