"""What the database itself refuses beyond what Django's constraints can say, on SQLite and PostgreSQL alike.

Frozen tables: appended facts that may decide a dispute are never changed or deleted. Signed tables: a row that has its
moment (an acknowledged handover) is never changed or deleted, and no part of it is added, changed or taken away. Rules:
two rows of a table that cannot stand together. All are put in place after every migration, so that a table rebuilt by
one never stands unguarded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

FROZEN: set[str] = set()


@dataclass(frozen=True)
class Signed:
    """Rows of `table` stand still once their `moment` is filled, and so do the `parts` that point at them by `key`."""

    table: str
    moment: str
    parts: tuple[str, ...] = ()
    key: str = ""


SIGNED: dict[str, Signed] = {}


@dataclass(frozen=True)
class Rule:
    """No two rows of `table` that share `of` may overlap in time from `start` to `end` (NULL: open, never over)."""

    name: str
    table: str
    of: str
    start: str
    end: str
    message: Any


RULES: dict[str, Rule] = {}

_SQLITE = """
CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION guanshe_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRES = "CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION guanshe_refuse()"
# A trigger's own WHEN may ask no other table, so the condition stands in a function of its own.
_POSTGRES_WHEN_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF {when} THEN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
END $$
"""
_POSTGRES_WHEN = "CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


# The far end is a whole date: SQLite would read '9999' beside a datetime column as a number, and less than any text.
_SQLITE_RULE = """
CREATE TRIGGER {name}_on_{act} BEFORE {act} ON {table}
WHEN EXISTS (
    SELECT 1 FROM {table} AS other WHERE other.{of} = NEW.{of} AND other.id IS NOT NEW.id
    AND other.{start} < COALESCE(NEW.{end}, '9999-12-31')
    AND NEW.{start} < COALESCE(other.{end}, '9999-12-31')
)
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
_POSTGRES_RULE = """
ALTER TABLE {table} ADD CONSTRAINT {name}
EXCLUDE USING gist ({of} WITH =, tstzrange({start}, {end}) WITH &&)
"""


def never_overlap(rule: Rule) -> None:
    """Declare a rule; called while the apps get ready."""
    RULES[rule.name] = rule


def _rule_parts(rule: Rule) -> dict[str, str]:
    """The statement behind each trigger or constraint that holds the rule on this database."""
    words = {"name": rule.name, "table": rule.table, "of": rule.of, "start": rule.start, "end": rule.end}
    if connection.vendor == "sqlite":
        return {f"{rule.name}_on_{act}": _SQLITE_RULE.format(act=act, **words) for act in ("insert", "update")}
    return {rule.name: _POSTGRES_RULE.format(**words)}


def freeze(table: str) -> None:
    """Declare `table` append-only; called while the apps get ready."""
    FROZEN.add(table)


def stand_still(signed: Signed) -> None:
    """Declare a table whose signed rows stand still; called while the apps get ready."""
    SIGNED[signed.table] = signed


@dataclass(frozen=True)
class _Trigger:
    """One trigger: before `act` on `table`, refuse; a `when` narrows it to the rows for which it holds."""

    name: str
    table: str
    act: str
    when: str = ""

    @property
    def statements(self) -> list[str]:
        """What puts it in place on this database."""
        words = {"name": self.name, "table": self.table, "act": self.act, "when": self.when or "TRUE"}
        if connection.vendor == "sqlite":
            return [_SQLITE.format(**words)]
        if not self.when:
            return [_POSTGRES.format(**words)]
        return [_POSTGRES_WHEN_FUNCTION.format(**words), _POSTGRES_WHEN.format(**words)]


def _triggers() -> list[_Trigger]:
    """Every trigger that frozen and signed tables need."""
    found = [
        _Trigger(f"{table}_refuses_{act.lower()}", table, act)
        for table in sorted(FROZEN)
        for act in ("UPDATE", "DELETE")
    ]
    for one in SIGNED.values():
        own = f"OLD.{one.moment} IS NOT NULL"
        found += [
            _Trigger(f"{one.table}_signed_refuses_{act.lower()}", one.table, act, own) for act in ("UPDATE", "DELETE")
        ]
        for part in one.parts:
            signed = f"(SELECT id FROM {one.table} WHERE {one.moment} IS NOT NULL)"  # noqa: S608 - names of our own
            old, new = f"OLD.{one.key} IN {signed}", f"NEW.{one.key} IN {signed}"
            for act, when in {"INSERT": new, "UPDATE": f"{old} OR {new}", "DELETE": old}.items():
                found.append(_Trigger(f"{part}_signed_refuses_{act.lower()}", part, act, when))
    return found


def missing() -> list[str]:
    """The names of triggers and exclusions that should stand and do not."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
                "UNION ALL SELECT conname FROM pg_constraint WHERE contype = 'x'"
            )
        standing = {row[0] for row in cursor.fetchall()}
    wanted = [trigger.name for trigger in _triggers()]
    wanted += [name for rule in RULES.values() for name in _rule_parts(rule)]
    return sorted(name for name in wanted if name not in standing)


def install(**_signal: Any) -> None:
    """Put everything missing in place on the tables that exist."""
    tables = set(connection.introspection.table_names())
    absent = set(missing())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and absent:
            cursor.execute(_POSTGRES_FUNCTION)
        for trigger in _triggers():
            if trigger.name in absent and trigger.table in tables:
                for statement in trigger.statements:
                    cursor.execute(statement)
        for rule in RULES.values():
            for name, statement in _rule_parts(rule).items():
                if name in absent and rule.table in tables:
                    if connection.vendor == "postgresql":
                        # Trusted since PostgreSQL 13: the database's owner may add it.
                        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
                    cursor.execute(statement)


@contextmanager
def lifted() -> Iterator[None]:
    """Take the triggers away for the length of the block; for test teardown only."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names())
        for trigger in _triggers():
            if trigger.table in tables:
                on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on}")
    try:
        yield
    finally:
        install()
