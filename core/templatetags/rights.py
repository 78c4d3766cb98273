"""What the reader may do here, for templates that show a button only to those it will obey."""

from typing import Any

from django import template
from django.db.models import Model

from core.access import rights_on

register = template.Library()


@register.simple_tag
def rights(user: Any, scope: Model | str | None) -> frozenset[str]:
    """The reader's rights on `scope`, by codename; none without a scope."""
    return rights_on(user, scope) if isinstance(scope, Model) else frozenset()
