"""Where an app below asks and an app above answers: one scan view for every code, one check for every paper.

An app registers its resolver while it gets ready; it is named by its path, because models are not there yet.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

Resolver = Callable[..., Any]
_RESOLVERS: dict[str, list[str]] = {}


def register(kind: str, resolver: str) -> None:
    """Let `resolver`, a dotted path to a function, answer what is asked of a `kind`; empty when it does not know."""
    known = _RESOLVERS.setdefault(kind, [])
    if resolver not in known:
        known.append(resolver)


def address_of(kind: str, thing: Any, *, user: Any) -> str:
    """The first address that an app above names for the thing and this user; empty when none does."""
    return answer_of(kind, user, thing) or ""


def answer_of(kind: str, *asked: Any) -> Any:
    """The first answer an app above gives to what is asked of `kind`; None when none has one."""
    for path in _RESOLVERS.get(kind, []):
        resolver: Resolver = import_string(path)
        if answer := resolver(*asked):
            return answer
    return None
