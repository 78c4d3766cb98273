"""Tags of the student's own pages and papers: times in two zones, and the trade's codes in words."""

import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.codes import grouped as in_groups
from core.templatetags.ui import moment
from core.text import listed
from inventory.models import (
    Category,
    ConditionCode,
    ConsentState,
    Handling,
    ObjectionState,
    Ownership,
    Student,
)
from inventory.own import both_zones as zones

register = template.Library()

ANSWERS: dict[str, Any] = {
    ConsentState.AUTHORISED: pgettext_lazy("answer", "yes"),
    ConsentState.WITH_WISHES: pgettext_lazy("answer", "yes, with wishes"),
    ConsentState.HESITANT: pgettext_lazy("answer", "not sure yet"),
    ConsentState.REFUSED: pgettext_lazy("answer", "no"),
}
MATTERS: dict[str, Any] = {
    ObjectionState.OPEN: gettext_lazy("we are looking into it"),
    ObjectionState.ANSWERED: gettext_lazy("answered, please read"),
    ObjectionState.CLOSED: gettext_lazy("settled"),
}


@register.simple_tag(takes_context=True)
def own_moment(context: Any, at: datetime | None) -> SafeString:
    """A time in the student's zone and, where its clock differs, the campus's."""
    here = moment(at, zone="here")
    campus = context["student"].building.time_zone
    if at is None or timezone.localtime(at).utcoffset() == at.astimezone(ZoneInfo(campus)).utcoffset():
        return here
    return format_html('{} <span class="muted">· {} {}</span>', here, _("campus:"), moment(at, campus))


def _label(choices: Any, value: str) -> Any:
    """The words for a stored value; the value itself if it is none of ours."""
    return choices(value).label if value in choices.values else value


@register.filter
def answer_words(state: str) -> Any:
    """The student's answer as they would say it themselves."""
    return ANSWERS.get(state, state)


@register.filter
def matter_words(state: str) -> Any:
    """How far an objection is, as its student sees it."""
    return MATTERS.get(state, state)


@register.filter
def category_words(value: str) -> Any:
    """What kind of thing it is."""
    return _label(Category, value)


@register.filter
def ownership_words(value: str) -> Any:
    """Whose it is."""
    return _label(Ownership, value)


@register.filter
def condition_words(marks: list[dict[str, str]]) -> str:
    """The marks of wear with their places: «scratched (left side), dented»."""
    return listed(mark_words(mark) for mark in marks)


@register.filter
def mark_words(mark: dict[str, str]) -> str:
    """One mark of wear with its place."""
    words = str(_label(ConditionCode, mark.get("code", "")))
    return f"{words} ({isolated(mark['place'])})" if mark.get("place") else words


@register.filter
def handling_words(flags: list[str]) -> str:
    """How the thing wants to be treated."""
    return listed(_label(Handling, flag) for flag in flags)


@register.filter
def grouped(code: str) -> str:
    """A code as people read it out."""
    return in_groups(code)


# The layout of papers knows no isolation of text directions but these signs; on pages there is <bdi>.
ISOLATES = {"": "\u2068", "ltr": "\u2066", "rtl": "\u2067"}


@register.filter
def isolated(value: object, direction: str = "") -> str:
    """For papers: a text whose direction neither takes from nor gives to what stands around it."""
    return f"{ISOLATES[direction]}{value}\u2069"


@register.filter
def direction(text: object) -> str:
    """For papers: which way a text of unknown language runs, by its first letter; what `dir="auto"` is on pages."""
    for sign in str(text):
        kind = unicodedata.bidirectional(sign)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


@register.filter
def both_zones(at: datetime, student: Student) -> list[str]:
    """For papers: a time on the student's clock and on the campus's."""
    return zones(at, student)
