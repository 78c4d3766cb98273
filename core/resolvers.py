"""Where an app below asks and an app above answers: one scan view for every code, whatever the thing is used for now.

An app registers its resolver while it gets ready; it is named by its path, because models are not there yet.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

Resolver = Callable[[Any, Any], str]
_RESOLVERS: dict[str, list[str]] = {}


def register(kind: str, resolver: str) -> None:
    """Let `resolver` (a dotted path to `(user, thing) -> address or ""`) say where a scanned `kind` leads."""
    known = _RESOLVERS.setdefault(kind, [])
    if resolver not in known:
        known.append(resolver)


def address_of(kind: str, thing: Any, *, user: Any) -> str:
    """The first address that an app above names for the thing and this user; empty when none does."""
    for path in _RESOLVERS.get(kind, []):
        resolver: Resolver = import_string(path)
        if address := resolver(user, thing):
            return address
    return ""
