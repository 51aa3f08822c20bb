"""How the register is written: by one at a time, in one transaction, which may be rehearsed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

_FORBIDDEN = frozenset(("42501", "3F000"))  # PostgreSQL: a missing privilege; no schema that the user may use
_POSTGRESQL_LOCK = 0x4C5A4859  # any number, the same for all writers


class DatabaseUnusable(ValueError):
    """The database cannot be opened or written; the message is one line."""


@contextmanager
def rehearsing(engine: Engine) -> Iterator[Connection]:
    """As `writing`, and nothing of it stays."""
    with writing(engine) as connection:
        undone = connection.begin_nested()
        yield connection
        undone.rollback()


@contextmanager
def writing(register: Engine | Connection) -> Iterator[Connection]:
    """One transaction, once nobody else writes; DatabaseUnusable if that lasts, is forbidden, or fills the disk.

    Over a connection it is a part of that connection's own, undone by itself where it fails.
    """
    if isinstance(register, Connection):
        with register.begin_nested():
            yield register
        return
    try:
        with register.begin() as connection:
            if register.dialect.name == "postgresql":
                _lock_postgresql(connection)
            yield connection
    except DBAPIError as error:
        if isinstance(error, (IntegrityError, ProgrammingError, DataError)) and not _is_forbidden(error):
            raise  # a bug of ours
        raise DatabaseUnusable(f"the register cannot be written: {_in_one_line(error)}") from error


def _is_forbidden(error: DBAPIError) -> bool:
    """Whether this user lacks a privilege in PostgreSQL, which the driver reports as a programming error."""
    return getattr(error.orig, "sqlstate", None) in _FORBIDDEN


def _in_one_line(error: DBAPIError) -> str:
    text = " ".join(str(error.orig).split())
    return f"{text} (another load may be under way)" if "lock" in text else text


def _lock_postgresql(connection: Connection) -> None:
    connection.execute(select(func.set_config("lock_timeout", "60s", True)))
    connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
