"""Rules of the house that no single view or model can see."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from core import frozen
from core.access import access_of
from core.records import Fact, Record

LAYERS = ["core", "people", "rooms", "inventory", "observation", "plans"]
OURS = set(LAYERS)


def every_view(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from every_view(pattern, where)
        else:
            yield where, pattern


def our_models() -> list[type[models.Model]]:
    """The house's own tables, history tables left out."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model.__name__.startswith("Historical")
    ]


def test_every_view_declares_who_may_open_it() -> None:
    undeclared = [where for where, pattern in every_view() if access_of(pattern.callback) is None]
    assert undeclared == []


def test_every_public_view_says_why() -> None:
    unexplained = [
        where
        for where, pattern in every_view()
        if (access := access_of(pattern.callback)) and access.kind == "public" and not access.why
    ]
    assert unexplained == []


def test_foreign_keys_point_down_only() -> None:
    wrong = []
    for model in our_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not isinstance(field, models.ForeignKey) or target is None or target._meta.app_label not in OURS:
                continue
            if LAYERS.index(target._meta.app_label) > LAYERS.index(model._meta.app_label):
                wrong.append(f"{model.__name__}.{field.name}")
    # User and Person stand in one app; nothing else may point up.
    assert wrong == []


# Tables that keep no history: each with its reason.
UNTRACKED = {
    "Code": "issued once, claimed once in one statement",
    "User": "log-ins are Django's own table; roles are tracked by Role",
    "BuildingGroupPermission": "guardian's table",
    "BuildingUserPermission": "guardian's table, unused",
    "Manifest": "frozen by the database",
    "CustodyNote": "the erasable words beside a frozen event",
}


def test_every_model_is_a_record_a_fact_or_on_the_list() -> None:
    loose = [
        model.__name__
        for model in our_models()
        if not issubclass(model, Record | Fact) and model.__name__ not in UNTRACKED
    ]
    assert loose == []


def test_records_are_never_changed_past_their_verbs() -> None:
    """QuerySet.update() leaves no trace: only the two counted statements of codes and links may use it."""
    allowed = {"core/models.py", "inventory/models/link.py", "observation/self_reporting.py"}
    found = set()
    for app in OURS:
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            relative = path.relative_to(settings.BASE_DIR).as_posix()
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in {"update", "bulk_update"}
                    and (node.func.attr == "bulk_update" or _is_queryset(node.func.value))
                ):
                    found.add(relative)
    assert found <= allowed


def _is_queryset(node: ast.expr) -> bool:
    """Whether the call chain before .update() reads like a query."""
    text = ast.unparse(node)
    return ".objects" in text or ".filter(" in text or ".exclude(" in text or text == "alive"


def test_every_named_constraint_reads_like_a_sentence() -> None:
    odd = [
        constraint.name
        for model in our_models()
        for constraint in model._meta.constraints
        if constraint.name.count("_") < 2
    ]
    assert odd == []


def test_file_stays_readable() -> None:
    long = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in OURS
        for path in (settings.BASE_DIR / app).rglob("*.py")
        if "migrations" not in path.parts and len(path.read_text().splitlines()) > 500
    ]
    assert long == []


@pytest.mark.django_db
def test_the_append_only_tables_are_guarded_by_the_database() -> None:
    assert frozen.missing() == []
    assert "inventory_custodyevent" in frozen.FROZEN
