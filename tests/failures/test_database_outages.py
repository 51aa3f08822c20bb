"""A portal whose PostgreSQL hangs, or dies, and comes back: what visitors see meanwhile.

A genuine code gets its answer without the register, a lookup gets advice. How much later, `make drill` measures.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import pytest
from flask import Flask

from portal.register.importing import load_bundle, load_status_list
from portal.register.tables import open_for_writing
from tests.authorities import AT
from tests.postgresql_servers import PostgreSQLServer, postgresql_server
from tests.web.html_pages import read_page
from tests.web.portals import portal_of
from tests.world import CATALOGUE, Issued, World, Written

RECOVERY = 5.0  # seconds

Outage: TypeAlias = Callable[[PostgreSQLServer], None]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQLServer]:
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def pharmacy(world: World) -> Issued:
    return world.licence("辽CB024100321")


@pytest.fixture(scope="module")
def written(
    world: World, pharmacy: Issued, server: PostgreSQLServer, tmp_path_factory: pytest.TempPathFactory
) -> Written:
    world.take_into_register(pharmacy)
    written = world.write(tmp_path_factory.mktemp("world"))
    engine = open_for_writing(server.url)
    for lines in world.liaoning.bundles:
        load_bundle(engine, lines, world.trust_list, CATALOGUE, AT)
    load_status_list(engine, world.liaoning.status_list(), world.trust_list, AT)
    engine.dispose()
    return written


@pytest.fixture
def app(written: Written, server: PostgreSQLServer) -> Iterator[Flask]:
    with portal_of(written, database_url=server.url) as app:
        yield app


def visit(app: Flask, path: str) -> tuple[int, str]:
    """Status and reason of an answer."""
    answer = app.test_client().get(path)
    return answer.status_code, read_page(answer).reason


def crowd(app: Flask, path: str) -> list[tuple[int, str]]:
    """Eight visitors at once, and others behind them."""
    with ThreadPoolExecutor(8) as visitors:
        return list(visitors.map(lambda _: visit(app, path), range(24)))


def wait_for_all(app: Flask, path: str, reason: str) -> None:
    """Until all of a crowd get it: on a busy machine the connections of a crowd may take too long to be made."""
    start = time.monotonic()
    while {answer[1] for answer in crowd(app, path)} != {reason}:
        assert time.monotonic() - start < RECOVERY, f"not all get {reason}"


def wait_for(app: Flask, path: str, reason: str) -> None:
    """Until an answer has this reason; visitors come one after the other."""
    start = time.monotonic()
    while visit(app, path)[1] != reason:
        assert time.monotonic() - start < RECOVERY, "the register is not in use again"


def _seconds(deed: Callable[[], object]) -> float:
    start = time.monotonic()
    deed()
    return time.monotonic() - start


BACK: dict[Outage, Outage] = {
    PostgreSQLServer.hang: PostgreSQLServer.resume,
    PostgreSQLServer.stop: PostgreSQLServer.start,
}


@pytest.mark.parametrize("path", ["/history/drug-distribution-retail/%00", "/h/%00abc", "/l/1%00", "/search?q=%00ab"])
def test_a_text_that_the_database_cannot_have_is_no_outage(
    app: Flask, pharmacy: Issued, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    wait_for(app, f"/v/{pharmacy.token}", "in_force")
    assert app.test_client().get(path).status_code in (200, 404)
    assert [each.message for each in caplog.records if each.name.startswith("portal.register")] == []


@pytest.mark.parametrize("outage", BACK, ids=["hanging", "down"])
def test_genuine_codes_are_answered_without_the_register_and_with_it_once_it_is_back(
    outage: Outage, app: Flask, pharmacy: Issued, server: PostgreSQLServer
) -> None:
    code = f"/v/{pharmacy.token}"
    wait_for_all(app, code, "in_force")
    outage(server)
    try:
        meanwhile, lookup = crowd(app, code), visit(app, f"/l/{pharmacy.number}")
    finally:
        BACK[outage](server)
    assert set(meanwhile) == {(200, "register_unavailable")}
    assert lookup == (503, "register_unavailable")
    wait_for(app, code, "in_force")


def test_visitors_after_the_first_do_not_wait_for_a_database_that_hangs(
    app: Flask, pharmacy: Issued, server: PostgreSQLServer
) -> None:
    code = f"/v/{pharmacy.token}"
    wait_for(app, code, "in_force")
    server.hang()
    try:
        first, *others = (_seconds(lambda: visit(app, code)) for _ in range(6))
    finally:
        server.resume()
    assert statistics.median(others) < first  # one of them may be the next to look, where the machine is slow
    wait_for(app, code, "in_force")


def test_a_portal_that_starts_while_its_database_hangs_has_it_once_it_answers(
    written: Written, pharmacy: Issued, server: PostgreSQLServer
) -> None:
    server.hang()
    try:
        with portal_of(written, database_url=server.url) as app:
            assert visit(app, f"/v/{pharmacy.token}") == (200, "register_unavailable")
            server.resume()
            wait_for(app, f"/v/{pharmacy.token}", "in_force")
    finally:
        server.resume()
