"""The database: where it may lie, what an address must be, which release may write it, and how PostgreSQL makes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from portal.register.reading import RegisterReader
from portal.register.tables import SCHEMA_VERSION, metadata, open_for_writing, open_read_only
from portal.register.transactions import DatabaseUnusable
from tests.register.desk import Desk

NAMES = ["register.sqlite", "with a space.sqlite", "登记.sqlite", "100%25 #1.sqlite"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative"])
def test_the_file_may_have_any_name_and_be_relative_to_where_one_is(
    name: str, relative: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{name if relative else tmp_path / name}"
    open_for_writing(url)
    reader = RegisterReader(url)
    assert reader.status_marks() == {}
    assert len([path for path in tmp_path.iterdir() if path.suffix == ".sqlite"]) == 1
    # It is the same file wherever the portal goes afterwards.
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert reader.status_marks() == {}


ADDRESSES = {
    "": "not a database address",
    "register.sqlite": "not a database address",
    "postgresql+psycopg://u:p@h:abc/x": "its port is no number\\Z",
    "sqlite://": "the path of a file is needed",
    "sqlite:///:memory:": "the path of a file is needed",
    "sqlite:///file:register.sqlite?uri=true": "the path of a file is needed",
    "sqlite:///register.sqlite?timeout=soon": "timeout is a number of seconds",
    "mysql://host/register": "neither SQLite nor PostgreSQL",
    "postgresql+nodriver://host/register": "postgresql\\+nodriver",
}


@pytest.mark.parametrize(("url", "reason"), ADDRESSES.items())
def test_an_address_that_cannot_be_used_is_told_in_one_line(url: str, reason: str) -> None:
    for opening in (open_for_writing, partial(open_read_only, patience=1)):
        with pytest.raises(DatabaseUnusable, match=reason) as unusable:
            opening(url)
        assert "\n" not in str(unusable.value)


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="unable to open database file"):
        open_for_writing(f"sqlite:///{tmp_path / 'nowhere' / 'register.sqlite'}")


def test_a_file_that_is_no_database_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("no database" * 1000)
    with pytest.raises(DatabaseUnusable, match="not a database"):
        open_for_writing(f"sqlite:///{file}")
    assert file.read_text() == "no database" * 1000


def test_a_register_of_a_later_release_is_not_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closing(sqlite3.connect(desk.database)) as database, database:
        database.execute("UPDATE meta SET value = 'later' WHERE key = 'schema_version'")
    with pytest.raises(
        DatabaseUnusable, match=f"has schema version later, this release has {SCHEMA_VERSION}: load all"
    ):
        open_for_writing(desk.url)


def test_an_existing_register_is_opened_as_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert Desk(tmp_path).contents() == desk.contents()


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_a_table_can_be_made_in_postgresql(table: Table) -> None:
    dialect = postgresql.dialect()
    made = str(CreateTable(table).compile(dialect=dialect))
    assert f"CREATE TABLE {table.name}" in made
    assert "BLOB" not in made
    # Numbers that come from a bundle are wider than PostgreSQL's INTEGER, which counts to two thousand million.
    wide = [line.split()[:2] for line in made.splitlines() if line.split()[:1] in (["sequence"], ["version"])]
    assert all(kind.startswith("BIGINT") for _, kind in wide)
    for index in table.indexes:
        assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=dialect))
