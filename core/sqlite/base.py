"""Django's SQLite, with writers that wait in line."""

# The stubs do not know how a transaction begins and ends.
# mypy: disable-error-code="misc, attr-defined"

import sqlite3
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

# SQLite's own wait grows to a tenth of a second between two looks, so whoever waits longest looks least often and the
# newcomer overtakes. Looking every two milliseconds, each who waits is as likely to be next as any other.
LOOK_EVERY = 0.002


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction begins by taking the write lock; while another has it, we look again at a steady pace."""

    left_at = 0.0

    def _start_transaction_under_autocommit(self) -> None:
        """Begin, waiting as long as the connection's patience; then OperationalError, as from SQLite itself."""
        if self.transaction_mode != "IMMEDIATE":
            super()._start_transaction_under_autocommit()
            return
        began, patience = time.monotonic(), self.settings_dict["OPTIONS"]["timeout"]
        if began - self.left_at < LOOK_EVERY:
            # Who has just left steps back for a moment, or those who wait would never find the lock free.
            time.sleep(LOOK_EVERY)
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()
                except OperationalError as error:
                    if not _busy(error) or time.monotonic() - began >= patience:
                        raise
                    time.sleep(LOOK_EVERY)
                else:
                    return
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    def _commit(self) -> None:
        super()._commit()
        self.left_at = time.monotonic()

    def _rollback(self) -> None:
        super()._rollback()
        self.left_at = time.monotonic()


def _busy(error: OperationalError) -> bool:
    """Whether another holds the lock; any other trouble does not pass by waiting."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY
