"""The databases of this folder's tests: a desk over SQLite for each, and one PostgreSQL server for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql_servers import PostgreSQLServer, postgresql_server
from tests.register.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def server() -> Iterator[PostgreSQLServer]:
    with postgresql_server() as server:
        yield server
