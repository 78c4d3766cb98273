"""Tables whose rows the database itself refuses to change or delete: appended facts that may decide a dispute.

The triggers are put in place after every migration, so that a table rebuilt by one never stands unguarded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

FROZEN: set[str] = set()

_SQLITE = """
CREATE TRIGGER {name} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION guanshe_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRES = "CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION guanshe_refuse()"


def freeze(table: str) -> None:
    """Declare `table` append-only; called while the apps get ready."""
    FROZEN.add(table)


def _triggers(table: str) -> dict[str, str]:
    return {f"{table}_refuses_{act.lower()}": act for act in ("UPDATE", "DELETE")}


def missing() -> list[str]:
    """The names of triggers that should stand and do not."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        standing = {row[0] for row in cursor.fetchall()}
    return sorted(name for table in FROZEN for name in _triggers(table) if name not in standing)


def install(**_signal: Any) -> None:
    """Put every missing trigger in place on the tables that exist."""
    tables = set(connection.introspection.table_names())
    absent = set(missing())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and absent:
            cursor.execute(_POSTGRES_FUNCTION)
        for table in sorted(FROZEN & tables):
            for name, act in _triggers(table).items():
                if name in absent:
                    template = _SQLITE if connection.vendor == "sqlite" else _POSTGRES
                    cursor.execute(template.format(name=name, act=act, table=table))


@contextmanager
def lifted() -> Iterator[None]:
    """Take the triggers away for the length of the block; for test teardown only."""
    with connection.cursor() as cursor:
        for table in sorted(FROZEN & set(connection.introspection.table_names())):
            for name in _triggers(table):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    try:
        yield
    finally:
        install()
