"""The parts every page is made of; docs/design-system.md shows each with its syntax."""

import html
import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import lucide
from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

# Each state has its own drawing: readable without colour.
STATE_ICONS = {"waiting": "circle-dashed", "going": "contrast", "done": "circle-check", "attention": "triangle-alert"}
# How the reader writes a moment; where nothing is said, day, month in letters, year.
MOMENTS = {"zh-hans": "Y年n月j日 H:i", "ko": "Y년 n월 j일 H:i", "ar": "j F Y، H:i"}
# Drawings that point along the line of writing.
MIRRORED = ("arrow-left", "arrow-right", "chevron-left", "chevron-right", "log-out", "undo", "redo", "reply")


@lru_cache(maxsize=256)
def _strokes(name: str) -> str:
    """The lines of Lucide's drawing `name`, whose pen the style sheet sets; raises lucide.IconDoesNotExist."""
    return " ".join(lucide._render_icon(name, None).partition(">")[2].removesuffix("</svg>").split())


@lru_cache(maxsize=256)
def _icon(name: str) -> str:
    flips = " icon-flip" if name.startswith(MIRRORED) else ""
    return (
        f'<svg class="icon{flips}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">{_strokes(name)}</svg>'
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing; silent beside words, else named by `label`."""
    drawing = mark_safe(_icon(str(name)))  # noqa: S308 - from the icon package, not from a person
    if not label:
        return drawing
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label)


@register.simple_tag
def state(kind: str, label: object) -> SafeString:
    """A badge: waiting, going, done or attention, with its icon and the words of the trade."""
    kind = str(kind)
    STATE_ICONS[kind]  # an unknown kind is an error here, not a badge without a drawing
    return format_html(
        '<span class="state state-{}"><svg class="icon" aria-hidden="true"><use href="#state-{}"/></svg>'
        "<span>{}</span></span>",
        kind,
        kind,
        label,
    )


@register.simple_tag
@lru_cache(maxsize=1)
def state_drawings() -> SafeString:
    """The drawings of the states, once in a shell: a list of fifty badges then carries none of its own."""
    symbols = "".join(
        f'<symbol id="state-{kind}" viewBox="0 0 24 24">{_strokes(name)}</symbol>' for kind, name in STATE_ICONS.items()
    )
    return mark_safe(f"<svg hidden>{symbols}</svg>")  # noqa: S308 - from the icon package


@register.simple_tag
def code(value: object) -> SafeString:
    """A code or digest in groups of four that keep their order in right-to-left text and copy without spaces.

    A lone last sign, such as a code's check character, stays with the group before it.
    """
    text = "".join(str(value).split()).replace("-", "")
    groups = ((group,) for group in re.findall(r".{5}$|.{1,4}", text))
    return format_html(
        '<bdi class="code" dir="ltr" translate="no">{}</bdi>', format_html_join("", "<span>{}</span>", groups)
    )


@register.simple_tag
def name(value: object, language: str = "") -> SafeString:
    """A person's name, apart from the direction of the text around it, however long."""
    if language:
        return format_html('<bdi class="name" lang="{}">{}</bdi>', language, value)
    return format_html('<bdi class="name">{}</bdi>', value)


@register.simple_tag
def moment(at: datetime | None, zone: str = "", empty: str = "—") -> SafeString:
    """A time as the reader writes it, in the page's zone; with `zone` (an IANA name or "here") the zone is said."""
    if at is None:
        return SafeString(escape(empty))
    there = timezone.localtime(at, ZoneInfo(zone) if zone and zone != "here" else None)
    words = date_format(there, MOMENTS.get(get_language() or "", "j M Y, H:i"), use_l10n=False)
    offset = format_html(" <small>({})</small>", _offset(there.utcoffset() or timedelta())) if zone else ""
    iso = there.isoformat(timespec="minutes")
    return format_html('<time datetime="{}"><span class="nowrap">{}</span>{}</time>', iso, words, offset)


def _offset(offset: timedelta) -> str:
    """UTC+8, UTC+5:30: unambiguous where abbreviations are not."""
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """A frame that keeps something wide (a table, a plan) inside the screen; `label` names it for the ear."""
    return format_html(
        '<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div>',
        label,
        mark_safe(content),  # noqa: S308 - already rendered by the template, escaped there
    )


@register.simple_block_tag
def each(content: str, rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """The block once for every row, its {names} filled from the row and escaped; for lists of many rows.

    The block itself is rendered once: its labels are translated and its tags resolved one time, not fifty.
    """
    fill = content.format_map
    return mark_safe("".join([fill({key: _shown(value) for key, value in row.items()}) for row in rows]))  # noqa: S308


def _shown(value: object) -> str:
    """Escaped, unless it is HTML already; format_html says the same at twice the time, which a long list feels."""
    return value if isinstance(value, SafeString) else html.escape(str(value))


@register.simple_tag
def kept(template: str, **what: Hashable) -> SafeString:
    """A part that depends on nothing but the language and what it is given: rendered once for each, then kept."""
    return _rendered(template, get_language(), tuple(what.items()))


@lru_cache(maxsize=1024)
def _rendered(template: str, _language: str | None, what: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(template, dict(what))


@register.simple_block_tag
def note(content: str, kind: str = "info") -> SafeString:
    """A remark in a frame: info, done or attention."""
    drawing = {"info": "info", "done": "circle-check", "attention": "triangle-alert"}[str(kind)]
    return format_html(
        '<div class="note note-{}">{}<div>{}</div></div>',
        kind,
        mark_safe(_icon(drawing)),  # noqa: S308 - from the icon package
        mark_safe(content),  # noqa: S308 - already rendered by the template, escaped there
    )


@register.inclusion_tag("core/parts/field.html")
def field(bound: BoundField, keypad: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a template's keyword
    """A form field: label, hint, errors and a control; choices become tiles, images a photo tray."""
    widget = bound.field.widget
    attrs: dict[str, str | bool] = {"inputmode": "decimal", "autocomplete": "off"} if keypad else {}
    kind = "keypad" if keypad else "plain"
    if isinstance(widget, CheckboxInput):
        kind = "tick"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "tiles"
    elif isinstance(widget, FileInput) and "image" in str(widget.attrs.get("accept", "")):
        kind = "shots"
    return {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attrs),
        "optional": not bound.field.required and kind != "tick",
    }


@register.inclusion_tag("core/parts/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with the form as a whole, announced when the page opens."""
    return {"form": form}


@register.inclusion_tag("core/parts/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "", icon: str = "notebook-pen") -> dict[str, Any]:
    """An empty page that teaches: what will stand here, and what to do so that it does."""
    return {"title": title, "text": text, "url": url, "action": action, "drawing": icon}


@register.inclusion_tag("core/parts/figure.html")
def figure(value: object, label: str, url: str = "", of: object = None, state: str = "") -> dict[str, Any]:
    """A number that links to what it counts; put several inside <div class="figures">."""
    return {"value": value, "label": label, "url": url, "of": of, "state": state, "drawing": STATE_ICONS.get(state)}


@register.inclusion_tag("core/parts/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """How far something is, as bar and figures."""
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("core/parts/pages.html")
def pages(previous: str = "", next: str = "", text: str = "") -> dict[str, Any]:
    """Links to the pages before and after, by address; `text` says where one stands."""
    return {"previous": previous, "next": next, "text": text}


@register.inclusion_tag("core/parts/chips.html")
def chips(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Filters as links; each item has label, url and, where it fits, count and current."""
    return {"items": items, "label": label}


@register.inclusion_tag("core/parts/tabs.html")
def tabs(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Neighbouring pages as tabs; items as for `chips`."""
    return {"items": items, "label": label}


@register.inclusion_tag("core/parts/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """Who did what when and why; entries as core.timeline makes them."""
    return {"entries": entries}


@register.inclusion_tag("core/parts/photos.html")
def photos(items: Iterable[Any]) -> dict[str, Any]:
    """Photos as evidence; each has url (large), thumb, alt, at and by."""
    return {"items": items}
