"""Who may see and who may do: the one module that speaks to django-guardian.

A view declares its access with `@needs`, `@public` or `@own_link`; a view that declares nothing fails a test.
Rights are granted per scope (the building) to groups; everything else inherits by a join (`visible_to`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, cast

from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from guardian.core import ObjectPermissionChecker
from guardian.models import GroupObjectPermissionBase as GroupObjectPermissionBase
from guardian.models import UserObjectPermissionBase as UserObjectPermissionBase
from guardian.shortcuts import assign_perm, remove_perm
from guardian.utils import get_group_obj_perms_model

View: TypeAlias = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=models.Model)


class Scoped(Protocol):
    """A thing with rights: `scope` is the object on which rights are granted."""

    @property
    def scope(self) -> models.Model: ...


@dataclass(frozen=True)
class Access:
    """What a view declared about itself."""

    kind: Literal["needs", "public", "own-link"]
    right: str = ""
    model: type[models.Model] | None = None
    key: str = "pk"
    why: str = ""


def visible_scopes(user: Any, model: type[models.Model], right: str) -> models.QuerySet[Any, Any]:
    """The pks of the scopes on which this user's groups hold `right`; none for the inactive and the unknown.

    A subquery for `…__in`, so that the question costs no query of its own however many rows hang on it.
    """
    if not getattr(user, "is_active", False):
        return model._default_manager.none().values("pk")
    if user.is_superuser:
        return model._default_manager.values("pk")
    granted = get_group_obj_perms_model(cast(Any, model))
    return granted._default_manager.filter(group__user=user, permission__codename=right.rpartition(".")[2]).values(
        "content_object_id"
    )


def rights_on(user: Any, scope: models.Model) -> frozenset[str]:
    """The codenames this user holds on `scope`, remembered on the user for the length of a request."""
    if isinstance(user, AnonymousUser) or not getattr(user, "is_active", False):
        return frozenset()
    known: dict[tuple[str, Any], frozenset[str]] = user.__dict__.setdefault("_rights", {})
    key = (scope._meta.label, scope.pk)
    if key not in known:
        if user.is_superuser:
            known[key] = frozenset(ObjectPermissionChecker(user).get_perms(scope))
        else:
            # Rights are granted to groups only: one plain query, which every page asks.
            granted = get_group_obj_perms_model(cast(Any, scope))._default_manager
            mine = granted.filter(group__user=user, content_object_id=scope.pk)
            known[key] = frozenset(mine.values_list("permission__codename", flat=True))
    return known[key]


def may(user: Any, right: str, scope: models.Model) -> bool:
    """Whether the user holds `right` (with or without its app label) on `scope`."""
    return right.rpartition(".")[2] in rights_on(user, scope)


def allow(group: Group, right: str, scope: models.Model) -> None:
    """Grant `right` on `scope` to the group."""
    assign_perm(right, group, scope)


def withdraw(group: Group, right: str, scope: models.Model) -> None:
    """Take `right` on `scope` from the group."""
    remove_perm(right, group, scope)


def access_of(view: Any) -> Access | None:
    """What the view declared, if anything."""
    return cast("Access | None", getattr(view, "access", None))


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def needs(right: str, model: type[models.Model] | None = None, *, key: str = "pk") -> Callable[[View], View]:
    """Let in only those who hold `right`.

    With a `model`, the URL's `key` is looked up among what the user may see (404 when invisible), the right is
    checked on that object's `scope` (403), and the object becomes the view's second argument. Without one, holding
    the right on any scope is enough and the view narrows its rows with `visible_to`.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if model is None:
                if not holds_anywhere(request.user, right):
                    raise PermissionDenied
                return view(request, *args, **kwargs)
            found = find(model, request.user, key, kwargs.pop(key))
            if not may(request.user, right, cast(Scoped, found).scope):
                raise PermissionDenied
            return view(request, found, *args, **kwargs)

        return _declare(guarded, Access("needs", right=right, model=model, key=key))

    return declare


def find(model: type[M], user: Any, key: str, value: Any) -> M:
    """The one object this user may see whose `key` is `value`, or Http404."""
    rows = model._default_manager.visible_to(user).filter(**{key: value})  # type: ignore[attr-defined]
    found: M | None = (rows.with_scope() if hasattr(rows, "with_scope") else rows).first()
    if found is None:
        raise Http404
    return found


def holds_anywhere(user: Any, right: str) -> bool:
    """Whether the user holds `right` on any scope at all; superusers do."""
    if not getattr(user, "is_active", False):
        return False
    if user.is_superuser:
        return True
    codename = right.rpartition(".")[2]
    return any(
        model._default_manager.filter(group__user=user, permission__codename=codename).exists()
        for model in GroupObjectPermissionBase.__subclasses__()
        if not model._meta.abstract and hasattr(model, "content_object_id")
    )


def public(why: str) -> Callable[[View], View]:
    """Declare that anyone may open this view, and why that is safe."""

    def declare(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return _declare(opened, Access("public", why=why))

    return declare


def signed_in(why: str) -> Callable[[View], View]:
    """Declare that any active user may open this view, which shows nothing of any building, and why."""

    def declare(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        return _declare(opened, Access("needs", why=why))

    return declare


def own_link(view: View) -> View:
    """Mark a view that its own app guards by the student's session; see that app's decorator."""
    return _declare(view, Access("own-link"))
