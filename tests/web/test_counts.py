"""Counts in memory: windows that end, a bounded number of them, and no thread."""

from __future__ import annotations

import threading

import pytest
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from portal.web.counts import Counts, CountsInMemory

NOW = 1_795_000_000


def kept(storage: CountsInMemory) -> int:
    return storage.reset() or 0


@pytest.fixture
def storage() -> CountsInMemory:
    return CountsInMemory(clock=lambda: NOW)


def test_a_window_takes_as_many_as_the_limit_says(storage: CountsInMemory) -> None:
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(3)
    assert [limiter.hit(limit, "a") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(limit, "b")


def test_what_is_left_and_when_the_window_ends_is_told_by_the_portals_clock(storage: CountsInMemory) -> None:
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(3)
    assert limiter.get_window_stats(limit, "a") == (NOW, 3)
    limiter.hit(limit, "a")
    ends, left = limiter.get_window_stats(limit, "a")
    assert (left, NOW + 58 < ends <= NOW + 60) == (2, True)


def test_a_window_ends_by_itself(storage: CountsInMemory) -> None:
    assert [storage.incr("a", expiry=0), storage.incr("a", expiry=0), storage.get("a")] == [1, 1, 0]
    limiter, limit = FixedWindowRateLimiter(storage), RateLimitItemPerSecond(1)
    assert limiter.hit(limit, "b")
    assert not limiter.test(limit, "b")


def test_a_costly_request_counts_for_several(storage: CountsInMemory) -> None:
    assert [storage.incr("a", 60, 5), storage.incr("a", 60), storage.get("a")] == [5, 6, 6]


def test_a_cleared_count_begins_anew(storage: CountsInMemory) -> None:
    storage.incr("a", 60)
    storage.clear("a")
    storage.clear("never counted")
    assert (storage.get("a"), storage.check()) == (0, True)


def test_windows_that_have_ended_are_forgotten(storage: CountsInMemory) -> None:
    for address in range(5_000):
        storage.incr(f"past {address}", expiry=0)
    assert kept(storage) < 1_100


def test_a_window_that_has_not_ended_outlives_many_others(storage: CountsInMemory) -> None:
    storage.incr("a", expiry=600)
    for address in range(5_000):
        storage.incr(str(address), expiry=600)
    assert storage.get("a") == 1


def test_a_flood_from_many_addresses_is_bounded_and_fails_open() -> None:
    storage = CountsInMemory(clock=lambda: NOW, most=4_000)
    for address in range(50_000):
        storage.incr(str(address), expiry=600)
    assert 0 < kept(storage) <= 8_000


def test_counting_starts_no_thread(storage: CountsInMemory) -> None:
    before = threading.active_count()
    for address in range(100):
        storage.incr(str(address), 60)
    assert threading.active_count() == before


def test_threads_lose_no_count(storage: CountsInMemory) -> None:
    threads = [threading.Thread(target=lambda: [storage.incr("a", 600) for _ in range(2_000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("a") == 8_000


def test_counts_out_of_reach_are_kept_in_memory(caplog: pytest.LogCaptureFixture) -> None:
    nobody = storage_from_string("redis://127.0.0.1:1", wrap_exceptions=True, socket_connect_timeout=0.1)
    counts = Counts(nobody, clock=lambda: NOW)

    def count(used: Storage) -> int:
        return used.incr("a", 60)

    assert [counts.ask(count) for _ in range(3)] == [1, 2, 3]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
