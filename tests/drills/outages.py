"""A database or a storage of counts that hangs, dies and comes back, under a portal in service."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.drills.site import Ended, Seen, Site, Visitors, wait_for
from tests.postgresql_servers import PostgreSQLServer, postgresql_server
from tests.web.redis_servers import RedisServer

MORE = 0.3  # seconds that an answer may take longer
RECOVERY = 5.0  # seconds
_LONG_ENOUGH = 3.0  # seconds of an outage: several times as long as nobody asks after a failure


def hanging_database(folder: Path, rounds: int) -> str:
    return _database_outages(folder, rounds, PostgreSQLServer.hang, PostgreSQLServer.resume)


def stopped_database(folder: Path, rounds: int) -> str:
    return _database_outages(folder, rounds, PostgreSQLServer.stop, PostgreSQLServer.start)


def _database_outages(
    folder: Path, rounds: int, begin: Callable[[PostgreSQLServer], None], end: Callable[[PostgreSQLServer], None]
) -> str:
    with postgresql_server() as server:
        site = Site(folder, licences=20, database_url=server.url)
        assert site.portal("register", "load", site.generation(1)) == Ended(0, ())
        status_list = folder / "list"
        status_list.write_bytes(site.world.liaoning.status_list())
        assert site.portal("status", "load", status_list) == Ended(0, ())
        assert site.first
        code, number = f"/v/{site.first.token}", f"/l/{site.number}"
        with site.served() as visitors:
            wait_for(lambda: _is_answered(visitors, code, number), RECOVERY, "the register is in use")
            longer, back = [], []
            for _ in range(max(1, rounds // 30)):
                try:
                    before = _visit(visitors, code, number)
                    begin(server)
                    meanwhile = _visit(visitors, code, number)
                finally:
                    end(server)
                _require_advice(meanwhile)
                longer.append(max(each.seconds for each in meanwhile) - max(each.seconds for each in before))
                back.append(wait_for(lambda: _is_answered(visitors, code, number), RECOVERY, "the register is back"))
            assert not visitors.failures, visitors.failures[:3]
        assert max(longer) < MORE, f"an answer came {1000 * max(longer):.0f} ms later"
    return f"at most {1000 * max(longer):.0f} ms later, in use again after at most {max(back):.1f} s"


def _visit(visitors: Visitors, *paths: str) -> list[Seen]:
    """What visitors get for some seconds."""
    with visitors.asking(*paths) as seen:
        time.sleep(_LONG_ENOUGH)
    return seen


def _is_answered(visitors: Visitors, code: str, number: str) -> bool:
    """Whether all workers have the register, as far as some questions can tell."""
    answers = [visitors.ask(path) for path in (code, number) * 4]
    return all(each.status == 200 and "register_unavailable" not in each.reasons for each in answers)


def _require_advice(seen: list[Seen]) -> None:
    found = {(each.status, each.reasons) for each in seen[2:]}  # the first two may have been asked for before it began
    assert found == {(200, ("register_unavailable",)), (503, ("register_unavailable",))}, found


def counts_storage(folder: Path, _: int) -> str:
    server = RedisServer(folder)
    server.start()
    try:
        site = Site(folder, licences=20)
        site.environment |= {"PORTAL_RATELIMIT_STORAGE_URL": server.url, "PORTAL_RATELIMIT_LOOKUP": "20 per hour"}
        assert site.portal("register", "load", site.generation(1)) == Ended(0, ())
        assert site.first
        code = f"/v/{site.first.token}"
        with site.served() as visitors:
            before = _visit(visitors, code)
            server.hang()
            hanging = _visit(visitors, code)
            lookups = [visitors.ask(f"/l/{site.number}").status for _ in range(45)]
            server.resume()
            server.kill()
            killed = _visit(visitors, code)
        assert not visitors.failures, visitors.failures[:3]
    finally:
        server.resume()
        server.kill()
    assert {each.status for each in (*before, *hanging, *killed)} == {200}
    assert {200, 429} == set(lookups), "the limit does not hold"
    longer = max(each.seconds for each in (*hanging, *killed)) - max(each.seconds for each in before)
    assert longer < MORE, f"an answer came {1000 * longer:.0f} ms later"
    return f"at most {1000 * longer:.0f} ms later"
