"""How the register's SQLite file is opened: to write by one at a time, to read by any number at the same time.

The file keeps a write-ahead log. Readers see the register as it was until a load commits; with a rollback journal, a
load that outgrows its cache would lock them out until it ends. The price: two more files, -wal and -shm, which must be
on the same local file system. They stay when a load ends: a portal that may not write in the folder, or has it mounted
read-only, can open a register with a log only if these files exist.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from portal.register.pausing import PATIENCE

_WAIT_FOR_WRITER = 60.0  # seconds; some hundred thousand records are stored in that time
# A load changes the pages of four indices in random order; pages that do not fit here are written to the log over and
# over. Sorting the names takes as much memory again: together they stay below 500 MB.
_WRITING_CACHE_KIB = 160 * 1024


Files: TypeAlias = tuple[tuple[int, int] | None, ...]


class _WritingConnection(sqlite3.Connection):
    """`file` identifies what was opened at `path`."""

    path: Path
    file: tuple[int, int] | None

    def commit(self) -> None:
        """OperationalError where the file was replaced: nobody would find there what was stored."""
        if _identity(str(self.path)) != self.file:
            raise sqlite3.OperationalError("its file was replaced meanwhile")
        super().commit()

    def close(self) -> None:
        """Move the log into the database and close, leaving the log's files in place but empty.

        SQLite removes them when the last connection closes. Here that is a reader, which cannot.
        """
        with contextlib.suppress(sqlite3.Error):
            self.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            with contextlib.closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as reader:
                reader.execute("SELECT 1 FROM sqlite_schema").close()
                super().close()
        super().close()


def connect_to_write(path: Path, wait: float | None) -> sqlite3.Connection:
    """`wait`: for how many seconds to wait for another writer."""
    timeout = _WAIT_FOR_WRITER if wait is None else wait
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None, factory=_WritingConnection)
    connection.path = path
    connection.execute("PRAGMA journal_mode=WAL").close()  # with the first statement the file is opened
    connection.file = _identity(str(path))
    connection.execute(f"PRAGMA cache_size=-{_WRITING_CACHE_KIB}").close()
    return connection


def begin_immediately(connection: Connection) -> None:
    """Begin with the lock of the one writer: Python would begin at the first change, too late to wait for another."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class _ReadingConnection(sqlite3.Connection):
    """`files` identifies what was opened by `names`: the database, and its log's two files."""

    names: Sequence[str]
    files: Files


def connect_to_read(path: Path, wait: float | None) -> sqlite3.Connection:
    names = (str(path), f"{path}-wal", f"{path}-shm")
    files = _files_of(names)
    # A copy of the database alone, where the log's files cannot be made (a read-only medium), is read as it is.
    alone = files[1] is None and not os.access(path.parent, os.W_OK, effective_ids=True)
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro{'&immutable=1' if alone else ''}",
        uri=True,
        timeout=PATIENCE if wait is None else wait,
        isolation_level=None,
        check_same_thread=False,  # the pool gives a connection to one thread at a time
        factory=_ReadingConnection,
    )
    connection.names, connection.files = names, files
    return connection


def require_same_file(connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
    """Have the pool connect again if a file was replaced or removed: the open one would be read for ever."""
    if not reads_what_is_there(connection):
        raise DisconnectionError


def reads_what_is_there(connection: object) -> bool:
    """Whether a connection opened to read still reads the files that now have the names.

    With another log than the writer's it would never see what is written: somebody took -wal and -shm for rubbish.
    """
    return not isinstance(connection, _ReadingConnection) or connection.files == _files_of(connection.names)


def _files_of(names: Sequence[str]) -> Files:
    return tuple([_identity(name) for name in names])


def _identity(name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino
