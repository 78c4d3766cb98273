"""The WSGI entry: `gunicorn config.wsgi`."""

import os
import re
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_BOUNDARY = re.compile(r"""boundary=("?)[0-9A-Za-z'()+_,./:=? -]{1,70}\1""", re.IGNORECASE)


def as_browsers_send(application: Callable[..., Any]) -> Callable[..., Any]:
    """Drop from a request's head what no browser sends: encodings other than UTF-8, odd cookies, odd lengths.

    Django looks a claimed encoding up before any middleware stands around it: `charset=punycode` would be a 500.
    """

    def answer(environ: dict[str, Any], *rest: Any) -> Any:
        kind, *parameters = (part.strip() for part in environ.get("CONTENT_TYPE", "").split(";"))
        kept = [parameter for parameter in parameters if _BOUNDARY.fullmatch(parameter)]
        tamed = {**environ, "CONTENT_TYPE": "; ".join((kind, *kept))}
        if "HTTP_COOKIE" in environ:
            # A backslash spells bytes that no database keeps, NUL among them; none of our cookies has one.
            cookies = environ["HTTP_COOKIE"].split(";")
            tamed["HTTP_COOKIE"] = ";".join(cookie for cookie in cookies if "\\" not in cookie and "\0" not in cookie)
        if not re.fullmatch("[0-9]{1,18}", environ.get("CONTENT_LENGTH") or "0"):
            tamed["CONTENT_LENGTH"] = ""
        return application(tamed, *rest)

    return answer


application = as_browsers_send(get_wsgi_application())
