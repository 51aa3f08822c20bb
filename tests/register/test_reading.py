"""The register as a portal reads it: what it answers, and that a database which cannot be read is an answer too."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, insert
from sqlalchemy.exc import OperationalError

from portal.register.questions import LAST_BUNDLES
from portal.register.reading import RegisterReader
from portal.register.tables import SCHEMA_VERSION, manifests, meta, metadata, open_read_only
from portal.sources import Found, FoundBy, StoredBundle, Wanted
from portal.verification.evidence import RegisterUnavailable
from tests.authorities import REGISTERED_AT
from tests.register.desk import RETAIL, Desk, bundle, everything, line_of


def once_in_use(reader: RegisterReader) -> list[object]:
    """The answers within the five seconds in which a register must be in use again: what failed slowly is let be."""
    deadline = time.monotonic() + 5
    while isinstance(reader.status_marks(), RegisterUnavailable):
        assert time.monotonic() < deadline, "the register is not in use again"
    return everything(reader)


NONE_FOUND = Found((), more=False)
NOTHING: list[object] = [(), (), None, None, NONE_FOUND, NONE_FOUND, (), None, (), (), {}, None]
UNAVAILABLE: list[object] = [RegisterUnavailable()] * len(NOTHING)


def test_an_empty_register_answers_that_it_has_nothing(desk: Desk) -> None:
    assert everything(desk.reader()) == NOTHING


def test_the_last_bundles_are_found_however_many_came_before(desk: Desk) -> None:
    """Every worker asks every other second, and a server that takes a quarter of one counts as out of reach."""
    steps = []
    for sequences in (range(10), range(10, 500)):
        rows = [manifest_row(issuer, sequence) for sequence in sequences for issuer in ("A", "B", "C")]
        with desk.engine.begin() as connection:
            connection.execute(insert(manifests), rows)
        assert desk.reader().last_bundles() == tuple(StoredBundle(issuer, sequences[-1], 7) for issuer in "ABC")
        steps.append(steps_of_sqlite(desk.database, LAST_BUNDLES))
    assert steps[1] < 2 * steps[0]


def manifest_row(issuer_id: str, sequence: int) -> dict[str, object]:
    unasked = {"kind": "delta", "taken_at": 7, "records": 0, "root": b"", "cose": b""}
    return {"issuer_id": issuer_id, "sequence": sequence, "signed_at": 7, **unasked}


def steps_of_sqlite(database: Path, question: Select[Any]) -> int:
    """How many instructions SQLite takes for an answer: growth with the tables shows, at any speed."""
    taken: list[None] = []
    with closing(sqlite3.connect(database)) as connection:
        connection.set_progress_handler(lambda: taken.append(None), 1)
        connection.execute(str(question.compile())).fetchall()
    return len(taken)


def test_versions_come_highest_first_and_of_one_number_and_type_alone(desk: Desk) -> None:
    world = desk.world
    licences = [world.licence("辽CB024100001", version=version) for version in (2, 10, 1)]
    others = [world.licence("辽CB024100002"), world.licence("辽CB024100001", slug="drug-distribution-wholesale")]
    desk.load(bundle(world, [line_of(each) for each in licences + others]))
    found = desk.reader().versions(RETAIL, "辽CB024100001")
    assert isinstance(found, tuple)
    assert [each.version for each in found] == [10, 2, 1]


def test_a_number_is_found_however_it_is_written_and_fits_several_types(desk: Desk) -> None:
    world = desk.world
    licences = [
        world.licence("辽网（2024）第 12 号", slug="drug-distribution-wholesale"),
        world.licence("辽网(2024)第12号", version=1),
        world.licence("辽网(2024)第12号", version=2),
    ]
    desk.load(bundle(world, [line_of(each) for each in licences]))
    found = desk.reader().by_number("辽网2024第12")
    assert isinstance(found, tuple)
    wholesale = licences[0].claims.type_code
    assert [(each.type_code, each.version) for each in found] == [(wholesale, 1), (RETAIL, 2), (RETAIL, 1)]


def test_a_type_code_that_no_database_can_hold_has_no_licences(desk: Desk) -> None:
    assert desk.reader().versions((1 << 64) - 1, "辽CB024100001") == ()


def test_as_of_is_when_the_issuer_last_signed_a_bundle(desk: Desk) -> None:
    desk.load(bundle(desk.world, [], signed_at=REGISTERED_AT))
    desk.load(bundle(desk.world, [], sequence=2, signed_at=REGISTERED_AT - 60))
    assert desk.reader().as_of(desk.world.liaoning.id) == REGISTERED_AT
    assert desk.reader().as_of(desk.world.jilin.id) is None


def test_a_face_is_found_by_its_digest(desk: Desk) -> None:
    licence = desk.world.licence("辽CB024100001")
    desk.load(bundle(desk.world, [line_of(licence)]))
    digest = hashlib.sha256(licence.face).digest()
    assert desk.reader().face(digest) == licence.face
    assert desk.reader().face(bytes(32)) is None


@pytest.mark.parametrize("line", ["x'7b7d'", "x'ff'", '\'{"face": "{}"}\'', '\'{"face": "\\ud800"}\''])
def test_a_face_that_the_database_has_changed_is_not_served(line: str, desk: Desk) -> None:
    licence = desk.world.licence("辽CB024100001")
    desk.load(bundle(desk.world, [line_of(licence)]))
    change(desk.database, f"UPDATE records SET line = {line}")  # noqa: S608 - a table of literals
    assert desk.reader().face(hashlib.sha256(licence.face).digest()) is None


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_many_threads_read_at_once(desk: Desk) -> None:
    licences = [desk.world.licence(f"辽CB02410{number:04}") for number in range(40)]
    desk.load(bundle(desk.world, [line_of(each) for each in licences]))
    reader = desk.reader()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda each: reader.versions(RETAIL, each.number), licences * 5))
    assert [each[0].credential_id for each in found if isinstance(each, tuple)] == [
        each.credential.credential_id for each in licences * 5
    ]


def remove(database: Path) -> None:
    for name in database.parent.iterdir():
        name.unlink()


def fill_with_other_bytes(database: Path) -> None:
    remove(database)
    database.write_bytes(b"no database" * 1000)


def empty(database: Path) -> None:
    remove(database)
    database.write_bytes(b"")


def drop_the_tables(database: Path) -> None:
    for table in metadata.sorted_tables:
        change(database, f"DROP TABLE {table.name}")


def tear_its_pages(database: Path) -> None:
    content = database.read_bytes()
    remove(database)
    database.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


DAMAGES = [remove, fill_with_other_bytes, empty, drop_the_tables, tear_its_pages]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_database_is_unavailable_until_it_is_mended(
    damage: Callable[[Path], None], desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reader = desk.reader()
    assert everything(reader) == NOTHING
    damage(desk.database)
    assert everything(reader) == UNAVAILABLE
    assert everything(desk.reader()) == UNAVAILABLE
    remove(desk.database)
    Desk(tmp_path)
    assert once_in_use(reader) == NOTHING
    mine = [(each.levelno, each.getMessage().split(":")[0]) for each in caplog.records]
    said = (logging.ERROR, "the register cannot be read")
    assert mine == [said, said, (logging.WARNING, "the register can be read again")]


@pytest.mark.parametrize("another", ["value = '2.' || value", "key = 'gone'"], ids=["another", "none"])
def test_a_register_of_another_schema_version_is_not_read_and_the_log_says_why(
    another: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence("辽CB024100001"))]))
    change(desk.database, f"UPDATE meta SET {another}")  # noqa: S608 - this test's own words
    reader = desk.reader()
    assert everything(reader) == UNAVAILABLE
    (said,) = [each.getMessage() for each in caplog.records]
    assert "the register cannot be read: the register has schema version" in said
    assert f"this release has {SCHEMA_VERSION}: load all bundles and status lists into a new one" in said
    change(desk.database, "UPDATE meta SET key = 'schema_version', value = replace(value, '2.', '')")
    once_in_use(reader)
    assert reader.as_of(desk.world.liaoning.id) == REGISTERED_AT


@pytest.mark.parametrize(
    ("by", "key"), [(FoundBy.NAME, "演示"), (FoundBy.USCC, "91210100MA0DEM018W"), (FoundBy.NUMBER, "辽CB024100001")]
)
def test_what_somebody_looked_for_is_not_in_what_is_said_of_an_outage(
    by: FoundBy, key: str, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for table in ("name_parts", "records"):
        change(desk.database, f"DROP TABLE {table}")
    assert desk.reader().search(Wanted(by, key, first=0, count=20)) == RegisterUnavailable()
    assert "no such table" in caplog.text
    assert key not in caplog.text


def test_a_portal_may_start_before_there_is_a_database(tmp_path: Path) -> None:
    reader = RegisterReader(f"sqlite:///{tmp_path / 'register.sqlite'}")
    assert everything(reader) == UNAVAILABLE
    assert list(tmp_path.iterdir()) == []
    Desk(tmp_path)
    assert once_in_use(reader) == NOTHING


def test_a_database_that_is_replaced_is_read_anew(desk: Desk, tmp_path: Path) -> None:
    reader = desk.reader()
    assert reader.as_of(desk.world.liaoning.id) is None
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    other.load(bundle(other.world, []))
    for name in ("register.sqlite", "register.sqlite-wal", "register.sqlite-shm"):
        os.replace(tmp_path / "other" / name, tmp_path / name)
    assert reader.as_of(desk.world.liaoning.id) == REGISTERED_AT


@pytest.mark.parametrize("ends", [("-wal", "-shm"), ("-wal",), ("-shm",)], ids=" and ".join)
def test_a_reader_whose_log_was_removed_sees_what_is_written_later(ends: tuple[str, ...], desk: Desk) -> None:
    desk.load(bundle(desk.world, []))
    reader = desk.reader()
    assert reader.as_of(desk.world.liaoning.id) == REGISTERED_AT
    for end in ends:
        desk.database.with_name(desk.database.name + end).unlink()
    # In another process, as a load is: SQLite shares a log between all connections of one.
    write = "import sqlite3, sys; sqlite3.connect(sys.argv[1], isolation_level=None).execute('DELETE FROM manifests')"
    subprocess.run([sys.executable, "-c", write, str(desk.database)], check=True)
    assert reader.as_of(desk.world.liaoning.id) is None


def test_a_locked_database_is_unavailable_while_it_is_locked(desk: Desk) -> None:
    reader = desk.reader()
    with closing(sqlite3.connect(desk.database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert everything(reader) == UNAVAILABLE
        other.execute("ROLLBACK")
    assert once_in_use(reader) == NOTHING


def test_nothing_can_be_written_through_a_reader(desk: Desk) -> None:
    engine = open_read_only(desk.url, patience=1)
    with pytest.raises(OperationalError, match="readonly"), engine.begin() as connection:
        connection.execute(meta.delete())
    engine.dispose()
