"""The abstract record of the house: it changes by verbs, each one locked, required, saved once and signed."""

import copy
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn, Self, TypeAlias, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from core.frozen import RULES

Author: TypeAlias = AbstractBaseUser | None
M = TypeVar("M", bound=models.Model)


class Refused(Exception):  # noqa: N818 - the trade's word: the act is refused, nothing is broken
    """A rule of the house says no. The middleware answers 409 with `message`; `code` names the rule."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def require(condition: object, code: str, message: Any) -> None:
    """Raise Refused(code, message) unless `condition` holds."""
    if not condition:
        raise Refused(code, message)


def _refuse(model: type[models.Model], error: IntegrityError) -> NoReturn:
    """Say a broken constraint in its own words; the database was asked last and answered no."""
    said = str(error)
    for constraint in model._meta.constraints:
        names = getattr(constraint, "fields", ())
        columns = {f"{model._meta.db_table}.{one.column}" for one in model._meta.concrete_fields if one.name in names}
        if constraint.name in said or _same_columns(said, columns):
            raise Refused(constraint.name, constraint.get_violation_error_message()) from error
    for rule in RULES.values():
        if rule.name in said:
            raise Refused(rule.name, rule.message) from error
    raise Refused(
        "conflict", _("Someone else has just recorded the same thing. Look at the page again, then go on.")
    ) from error


def _same_columns(said: str, columns: set[str]) -> bool:
    """Whether SQLite's «UNIQUE constraint failed: t.a, t.b» names exactly these columns."""
    head, _colon, tail = said.rpartition("failed: ")
    return bool(head) and bool(columns) and {part.strip() for part in tail.split(",")} == columns


@contextmanager
def constraints_speak(model: type[models.Model]) -> Iterator[None]:
    """Turn a broken constraint of `model` into Refused with the constraint's own sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        _refuse(model, error)


class RecordQuerySet(models.QuerySet[M]):
    """The words every list of records understands."""

    def locked(self) -> Self:
        """These rows, locked in pk order until the transaction ends."""
        return self.order_by("pk").select_for_update(no_key=True)


class Record(models.Model):
    """A row that people change: every change has an author, a time and, where one is given, a reason."""

    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True, editable=False)
    history = HistoricalRecords(inherit=True)

    _history_user: Author
    _change_reason: str

    class Meta:
        abstract = True

    @classmethod
    def enter(cls, *, by: Author, reason: str = "", **fields: Any) -> Self:
        """Make and save a new row; raises Refused when a constraint says no.

        `reason` is why the row is written. A model with a field of that name cannot be entered with one, for it would
        stay empty without a word: use `enter_many`.
        """
        if reason and any(field.name == "reason" for field in cls._meta.concrete_fields):
            raise TypeError(f"{cls.__name__} has a reason of its own; enter() would not keep it.")
        record = cls(**fields)
        record._history_user = by
        record._change_reason = reason
        with constraints_speak(cls):
            record.save(force_insert=True)
        return record

    @classmethod
    def enter_many(cls, records: list[Self], *, by: Author, reason: str = "") -> list[Self]:
        """Save many new rows and their history in few statements; raises Refused when a constraint says no."""
        with constraints_speak(cls):
            made: list[Self] = bulk_create_with_history(
                records, cls, batch_size=500, default_user=by, default_change_reason=reason
            )
        return made

    @classmethod
    def amend_many(
        cls,
        records: list[Self],
        *,
        by: Author,
        fields: Collection[str],
        reason: str = "",
        changing_hands: Collection[str] = (),
    ) -> None:
        """Save the assigned `fields` of many rows and their history in few statements.

        The caller has locked the rows (`locked()`), read them after that, and hands in only those that changed.
        A unique field named in `changing_hands` may be swapped among them: it is emptied first, and the history shows
        nothing of that. Raises Refused when a constraint says no.
        """
        if not records or not fields:
            return
        with constraints_speak(cls):
            rows = cls._base_manager.filter(pk__in=[record.pk for record in records])
            for name in changing_hands:
                rows.update(**{name: None})
            bulk_update_with_history(
                records, cls, list(fields), batch_size=500, default_user=by, default_change_reason=reason
            )

    @contextmanager
    def change(self, *, by: Author, reason: str = "") -> Iterator[None]:
        """Lock and re-read this row, let the caller require and assign, then save once if anything changed.

        Raises Refused when a constraint says no. A ModelForm's edits made on this instance before are lost by the
        re-read: hand `cleaned_data` to the verb.
        """
        with constraints_speak(type(self)):
            self.hold()
            before = self._values()
            yield
            if self._values() != before:
                self._history_user = by
                self._change_reason = reason
                self.save(force_update=True)

    def hold(self) -> None:
        """Lock and re-read this row until the transaction ends, for a procedure that changes others beside it."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(no_key=True))

    def amend(self, *, by: Author, reason: str = "", **fields: Any) -> bool:
        """Assign plain fields; true when anything changed."""
        with self.change(by=by, reason=reason):
            before = self._values()
            for name, value in fields.items():
                setattr(self, name, value)
            return self._values() != before

    def said_last(self, *, by: Author, reason: str = "") -> bool:
        """Whether the newest change of this row is theirs, for this reason: the same tap, sent again."""
        newest = self.history.order_by("-history_date", "-history_id").first()
        return by is not None and newest.history_user_id == by.pk and (newest.history_change_reason or "") == reason

    def _values(self) -> dict[str, Any]:
        return {field.attname: copy.deepcopy(getattr(self, field.attname)) for field in self._meta.concrete_fields}


class Fact(models.Model):
    """A row that is appended and never edited; a wrong one is superseded by a new one.

    `client_id` is made by the sender before sending, so that a double tap or a resend makes no second row.
    """

    client_id = models.UUIDField(_("sender's id"), unique=True, editable=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True

    frozen_message: ClassVar[Any] = _("A recorded fact is never edited; add a new one that corrects it.")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        require(self._state.adding, "fact-is-frozen", self.frozen_message)
        with constraints_speak(type(self)):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: facts stay."""
        raise Refused("fact-is-frozen", self.frozen_message)
