"""The state of the sandbox: one SQLite file and the pictures beside it. Any number of processes may use it."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
STATE = "state-2.sqlite3"  # raise the number with every change of the schema; the state of an older one is left alone
PATIENCE = 30.0  # seconds that a writer waits for another writer


class Store:
    """Connections to the state file. Each is lent for one transaction and stays open in between."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._idle: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()
        connection = self._borrow()
        try:
            _prepare(connection)
        finally:
            self._give_back(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for reading. Every statement sees the newest state."""
        connection = self._borrow()
        try:
            yield connection
        finally:
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction that holds the write lock from its start. An error rolls it back."""
        connection = self._borrow()
        try:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")
        finally:
            self._give_back(connection)

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _borrow(self) -> sqlite3.Connection:
        with self._lock:
            if self._owner != os.getpid():
                # A forked child must not use its parent's connections, not even to close them.
                self._inherited, self._idle, self._owner = self._idle, [], os.getpid()
            if self._idle:
                return self._idle.pop()
        connection = sqlite3.connect(
            self.directory / STATE, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("pragma synchronous = normal")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            self._idle.append(connection)


def _prepare(connection: sqlite3.Connection) -> None:
    """Set up the file. Try again for a while: SQLite does not wait if two processes switch it to WAL at once."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(SCHEMA)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    """Insert one row. The names of the table and columns come from this package's own code."""
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", values)  # noqa: S608
