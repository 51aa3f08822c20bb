"""Limits that all workers share by way of Redis or Valkey; and what happens when that hangs, dies or comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from limits.storage import Storage, storage_from_string

from portal.assemble import system_clock
from portal.web.counts import Counts
from tests.web.portals import Street, portal_of
from tests.web.redis_servers import RedisServer

LIMIT = 4
PATH = "/l/辽CB024100321"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.resume()
    server.kill()


def settings_with(server: RedisServer) -> dict[str, str]:
    return {"PORTAL_RATELIMIT_STORAGE_URL": server.url, "PORTAL_RATELIMIT_LOOKUP": f"{LIMIT} per hour"}


@pytest.fixture
def workers(shops: Street, server: RedisServer) -> Iterator[tuple[Flask, Flask]]:
    """Two workers of one portal."""
    limits = settings_with(server)
    with (
        portal_of(shops.written, limits=limits, clock=system_clock) as one,
        portal_of(shops.written, limits=limits, clock=system_clock) as other,
    ):
        yield one, other


def statuses(app: Flask, times: int) -> list[int]:
    return [app.test_client().get(PATH).status_code for _ in range(times)]


def test_all_workers_count_together(workers: tuple[Flask, Flask]) -> None:
    one, other = workers
    assert statuses(one, 2) + statuses(other, 3) == [200] * LIMIT + [429]


def test_the_counts_hold_an_address_and_a_door_and_nothing_of_what_was_asked(
    workers: tuple[Flask, Flask], server: RedisServer
) -> None:
    statuses(workers[0], 1)
    assert server.keys() == ["LIMITS:lookup/4/3600/127.0.0.1"]


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_redis_and_valkey_are_spoken_to_alike(shops: Street, server: RedisServer, scheme: str) -> None:
    limits = settings_with(server)
    limits["PORTAL_RATELIMIT_STORAGE_URL"] = server.url.replace("redis", scheme)
    with portal_of(shops.written, limits=limits) as app:
        assert statuses(app, LIMIT + 1)[-1] == 429
    assert server.keys()


def test_without_its_storage_the_portal_answers_and_counts_in_memory(
    workers: tuple[Flask, Flask], server: RedisServer
) -> None:
    app, _ = workers
    assert statuses(app, 1) == [200]
    server.kill()
    assert statuses(app, LIMIT + 1) == [200] * LIMIT + [429]


def test_a_storage_that_was_never_there_does_not_stop_the_portal(shops: Street, tmp_path: Path) -> None:
    with portal_of(shops.written, limits=settings_with(RedisServer(tmp_path)), clock=system_clock) as app:
        assert statuses(app, LIMIT + 1) == [200] * LIMIT + [429]


def test_a_storage_that_hangs_delays_a_visitor_by_less_than_a_second(
    workers: tuple[Flask, Flask], server: RedisServer
) -> None:
    app, _ = workers
    assert statuses(app, 1) == [200]
    server.hang()
    start = time.monotonic()
    assert statuses(app, LIMIT + 1) == [200] * LIMIT + [429]
    assert time.monotonic() - start < 2


def test_a_storage_that_is_back_is_used_again(workers: tuple[Flask, Flask], server: RedisServer) -> None:
    app, other = workers
    server.kill()
    assert statuses(app, 1) == [200]
    server.start()
    deadline = time.monotonic() + 20
    while not server.keys():
        assert time.monotonic() < deadline, "the storage is not used again"
        app.test_client().get(PATH)
    assert statuses(other, LIMIT + 1)[-1] == 429


def test_the_headers_are_there_whichever_storage_counts(workers: tuple[Flask, Flask], server: RedisServer) -> None:
    app, _ = workers
    before = app.test_client().get(PATH).headers["RateLimit"]
    server.kill()
    after = app.test_client().get(PATH).headers["RateLimit"]
    assert [each.rpartition(";")[0] for each in (before, after)] == ['"lookup";r=3'] * 2


def test_a_storage_that_answers_too_slowly_is_let_be(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    counts = Counts(storage_from_string(server.url), system_clock)

    def count_with_delays(storage: Storage) -> list[int]:
        found = []
        for _ in range(3):
            server.pause(milliseconds=150)
            found.append(storage.incr("a", 60))
        return found

    assert counts.ask(count_with_delays) == [1, 2, 3]
    assert counts.are_in_memory
    assert counts.ask(lambda storage: storage.get("a")) == 0
    (said,) = caplog.messages
    assert said.startswith("request counts are in memory until their storage is back: it took 0.")
