"""Inserts many rows into a table at once, the fastest way for each database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

Values: TypeAlias = tuple[Any, ...]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """`rows` have a value for each column, in their order. SQLAlchemy's own insert takes two to ten times as long."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    marks = ", ".join("?" * len(table.columns))
    connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", list(rows))  # noqa: S608 - our own names


def _copy(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    driver = connection.dialect.loaded_dbapi
    statement = f"COPY {table.name} FROM STDIN"
    try:
        cursor: Any = connection.connection.cursor()
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error
