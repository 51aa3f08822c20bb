"""How a portal connects to PostgreSQL: a server that has stopped answering keeps nobody waiting for long.

The kernel goes on accepting connections for a stopped server, which then stays silent. No timeout of the server ends
that, and libpq's own for connecting is at least 2 seconds. So both timeouts, to connect and to answer, are here.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import ConnectionPoolEntry

from portal.register.pausing import PATIENCE

_LOOK_FOR_INTERRUPTIONS_EVERY = 0.1  # seconds

Pending: TypeAlias = Future[psycopg.Connection[Any]]


class _PatientConnection(psycopg.Connection[Any]):
    patience = PATIENCE

    def wait(self, gen: PQGen[RV], interval: float = _LOOK_FOR_INTERRUPTIONS_EVERY, timeout: float | None = None) -> RV:
        """All waiting for the server's answers goes through here."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # the answer may still arrive, and the next user must not take it for theirs
            raise

    def __del__(self, *_: object) -> None:
        """Close a late connection that nobody took, without the driver's warning."""
        self.pgconn.finish()


class _Connecting:
    """Connects in a thread. A connection that comes too late goes to the next caller."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="postgresql")
        self._late: deque[Pending] = deque()

    def connect(
        self, _: Dialect, __: ConnectionPoolEntry, arguments: list[str], options: dict[str, Any]
    ) -> psycopg.Connection[Any]:
        pending = self._take_late() or self._threads.submit(_PatientConnection.connect, *arguments, **options)
        try:
            return pending.result(self._patience)
        except TimeoutError as error:
            self._late.append(pending)
            raise psycopg.OperationalError(f"no connection within {self._patience} seconds") from error

    def _take_late(self) -> Pending | None:
        while self._late:
            pending = self._late.popleft()
            if not pending.done() or pending.exception() is None:
                return pending
        return None


def read_patiently(engine: Engine, patience: float) -> None:
    """Have `engine` connect this way, read-only; `patience`: seconds to wait for a connection, and for an answer."""

    def begin(connection: _PatientConnection, _: ConnectionPoolEntry) -> None:
        connection.patience = patience
        cursor = connection.cursor()
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        # Once nobody waits for an answer, the server should stop working on it.
        cursor.execute(f"SET statement_timeout = {int(patience * 1000)}")
        cursor.close()
        connection.commit()

    event.listen(engine, "do_connect", _Connecting(patience).connect)
    event.listen(engine, "connect", begin)
