"""What the shell of every page needs; it asks the database nothing."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

# Pages that are reached by a personal link: one column, no script, the visitor's languages.
OWN_LINK_PATHS = ("/s/", "/my/", "/o/", "/stay/")


def page(request: HttpRequest) -> dict[str, Any]:
    """`shell`, the template that error pages extend, and `offered_languages` for the language switch."""
    own_link = request.path.lower().startswith(OWN_LINK_PATHS)
    user = None if own_link else getattr(request, "user", None)
    staff = user is not None and user.is_authenticated
    return {
        "shell": "my.html" if own_link else "base.html",
        "offered_languages": [
            language(code) for code in (settings.STAFF_LANGUAGES if staff else settings.STUDENT_LANGUAGES)
        ],
    }


def language(code: str) -> dict[str, str]:
    """A language's code, its own name for itself, and the direction it is written in."""
    info = get_language_info(code)
    return {"code": code, "own_name": info["name_local"], "dir": "rtl" if info["bidi"] else "ltr"}
