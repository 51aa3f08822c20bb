"""The register in PostgreSQL, on a real server: taken whole or not at all, read as in SQLite, unavailable when down."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, InternalError

from portal.register.importing import BundleRefused, StatusListRefused, load_bundle
from portal.register.pausing import PATIENCE
from portal.register.reading import RegisterReader
from portal.register.tables import SCHEMA_VERSION, meta, open_for_writing, open_read_only
from portal.register.transactions import DatabaseUnusable, rehearsing, writing
from portal.sources import Found, FoundBy, StoredBundle, Wanted
from portal.verification.evidence import RegisterUnavailable
from portal.verification.statuses import StatusValue
from tests.authorities import AT, REGISTERED_AT
from tests.postgresql_servers import PostgreSQLServer
from tests.register.desk import RETAIL, Desk, bundle, desk_in, everything, line_of
from tests.world import CATALOGUE

NUMBER = "辽CB024100001"


@pytest.fixture
def desk(server: PostgreSQLServer, tmp_path: Path) -> Iterator[Desk]:
    with desk_in(server, tmp_path) as desk:
        yield desk


def test_what_is_taken_is_read_as_it_was_signed(desk: Desk) -> None:
    licence = desk.world.licence(NUMBER)
    notice = desk.world.notice(licence, StatusValue.SUSPENDED)
    line, status_list = line_of(licence, notice), desk.world.liaoning.status_list()
    desk.load(bundle(desk.world, [line], sequence=3))
    desk.load_status(status_list)
    reader = desk.reader()
    versions = reader.versions(RETAIL, NUMBER)
    assert isinstance(versions, tuple)
    assert [(each.line, each.notice, each.register_as_of) for each in versions] == [(line, notice, REGISTERED_AT)]
    assert reader.by_number(NUMBER) == versions
    assert reader.face(hashlib.sha256(licence.face).digest()) == licence.face
    assert reader.stored_status_list(desk.world.liaoning.id, 0) == status_list
    assert reader.last_bundles() == (StoredBundle(desk.world.liaoning.id, 3, REGISTERED_AT),)
    reader.close()


def test_a_bundle_with_one_wrong_record_leaves_nothing_behind(desk: Desk) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence(NUMBER))]))
    before = desk.contents()
    wrong = [
        line_of(desk.world.licence("辽CB024100002")),
        line_of(desk.world.licence("辽CB024100003", key="unpublished")),
    ]
    with pytest.raises(BundleRefused):
        desk.load(bundle(desk.world, wrong, sequence=2))
    assert desk.contents() == before


def test_what_is_only_rehearsed_leaves_nothing_behind(desk: Desk) -> None:
    world, before = desk.world, desk.contents()
    licence = world.licence()
    lines = list(bundle(world, [line_of(licence, world.notice(licence, StatusValue.REVOKED))]))
    with rehearsing(desk.engine) as connection:
        loaded = load_bundle(connection, lines, world.trust_list, CATALOGUE, AT)
        with pytest.raises(BundleRefused):
            load_bundle(connection, bundle(world, [b"{}"], sequence=2), world.trust_list, CATALOGUE, AT)
        assert not load_bundle(connection, lines, world.trust_list, CATALOGUE, AT).is_new
    assert (loaded.is_new, loaded.added, loaded.added_notices) == (True, 1, 1)
    assert desk.contents() == before


def test_a_load_that_fails_while_it_stores_leaves_nothing_behind(desk: Desk, server: PostgreSQLServer) -> None:
    server.execute("ALTER TABLE name_parts ADD CHECK (rest = 'never')")
    with pytest.raises(IntegrityError, match="name_parts"):
        desk.load(bundle(desk.world, [line_of(desk.world.licence(NUMBER))]))
    assert {name for name, rows in desk.contents().items() if rows} == {"meta"}


def test_a_newer_status_list_takes_the_place_of_an_older_one_unless_it_looks_like_an_accident(desk: Desk) -> None:
    licences = [desk.world.licence(f"辽CB02410000{number}") for number in range(3)]
    desk.load(bundle(desk.world, [line_of(each) for each in licences]))
    liaoning = desk.world.liaoning
    liaoning.next_index = 100
    desk.load_status(liaoning.status_list(AT - 3600))
    assert desk.load_status(liaoning.status_list(AT - 1800)).is_new  # PostgreSQL sums up to a Decimal
    liaoning.statuses.update(dict.fromkeys(range(100), StatusValue.REVOKED))
    with pytest.raises(StatusListRefused, match="puts 100 entries out of force; the register has 3 licences"):
        desk.load_status(liaoning.status_list(AT - 900))


def test_a_text_that_postgresql_cannot_have_is_not_found_and_no_outage(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence(NUMBER))]))
    reader = desk.reader()
    for text in ("\0", f"{NUMBER}\0", f"\0{NUMBER}"):
        assert reader.versions(RETAIL, text) == reader.by_number(text) == reader.notices(RETAIL, text) == ()
        for way in FoundBy:
            assert reader.search(Wanted(way, text, 0, 20)) == Found((), more=False)
    assert caplog.records == []
    reader.close()


def test_a_register_of_another_schema_version_is_not_read_and_the_log_says_why(
    desk: Desk, server: PostgreSQLServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.execute("UPDATE meta SET value = '2.' || value")
    reader = desk.reader()
    assert {type(each) for each in everything(reader)} == {RegisterUnavailable}
    (said,) = [each.getMessage() for each in caplog.records]
    assert f"the register has schema version 2.{SCHEMA_VERSION}, this release has" in said
    reader.close()


def test_nothing_can_be_written_through_a_reader(desk: Desk) -> None:
    engine = open_read_only(desk.url, patience=1)
    with pytest.raises(InternalError, match="read-only"), engine.begin() as connection:
        connection.execute(meta.delete())
    engine.dispose()


def test_who_may_not_write_is_told_so_in_a_line(desk: Desk, server: PostgreSQLServer) -> None:
    url = server.url.replace("portal@", "reader@")
    server.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(DatabaseUnusable, match="cannot be written: no schema has been selected"):
        open_for_writing(url)
    server.execute("GRANT USAGE ON SCHEMA public TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    engine = open_for_writing(url)
    with (
        pytest.raises(DatabaseUnusable, match="cannot be written: permission denied for table meta"),
        writing(engine) as to,
    ):
        to.execute(meta.delete())
    engine.dispose()


@pytest.mark.parametrize(
    "ask",
    [lambda reader: reader.by_number(NUMBER), lambda reader: reader.search(Wanted(FoundBy.NUMBER, NUMBER, 0, 20))],
    ids=["a lookup", "a search"],
)
def test_connections_that_were_cut_while_nobody_asked_are_no_outage(
    ask: Callable[[RegisterReader], object], desk: Desk, server: PostgreSQLServer, caplog: pytest.LogCaptureFixture
) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence(NUMBER))]))
    reader = desk.reader()
    before = everything(reader)
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    assert ask(reader) != RegisterUnavailable()
    assert everything(reader) == before
    assert caplog.messages == []
    reader.close()


def test_a_search_waits_longer_than_a_verdict_for_a_connection_too(desk: Desk, server: PostgreSQLServer) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence(NUMBER))]))
    reader = RegisterReader(desk.url)
    with ThreadPoolExecutor(1) as visitor:
        server.hang()
        try:
            searching = visitor.submit(reader.search, Wanted(FoundBy.NUMBER, NUMBER, 0, 20))
            assert wait([searching], timeout=2 * PATIENCE).not_done
        finally:
            server.resume()
        found = searching.result()
    assert isinstance(found, Found)
    assert len(found.licences) == 1
    reader.close()


def test_a_stopped_server_is_unavailable_until_it_runs_again(
    desk: Desk, server: PostgreSQLServer, caplog: pytest.LogCaptureFixture
) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence(NUMBER))]))
    reader = desk.reader()
    before = everything(reader)
    assert RegisterUnavailable() not in before
    server.stop()
    assert everything(reader) == [RegisterUnavailable()] * len(before)
    with pytest.raises(DatabaseUnusable, match="cannot be written"):
        desk.load(bundle(desk.world, [], sequence=2))
    server.start()
    assert everything(reader) == before
    mine = [each.levelno for each in caplog.records if each.name.startswith("portal.register")]
    assert mine == [logging.ERROR, logging.WARNING]
    reader.close()
