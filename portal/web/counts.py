"""Where requests are counted: in a storage that all workers share, and in this process while that is down.

The memory of `limits` starts a thread every 10 ms that walks over every count: a flood from many addresses would stop
the portal by that alone. Ours forgets what has ended as new counts come; a bounded number is kept, and beyond it all
are forgotten: a limit fails open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import TypeVar

from limits.errors import StorageError
from limits.storage import Storage

MAX_COUNTS = 200_000  # about 50 MB
LOOK_AGAIN_AFTER = 2.0  # seconds, at a storage that is down
# Seconds for one question, which is several to the storage: each may be within its patience, and all of them too slow.
SLOW = 0.3

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Counts:
    """The counts that are in use: the shared ones, or those in memory until the shared ones are back."""

    def __init__(self, shared: Storage, clock: Callable[[], int]) -> None:
        self._shared = shared
        self._memory = CountsInMemory(clock=clock)
        self._down_until = 0.0

    @property
    def are_in_memory(self) -> bool:
        """Whether the shared counts are out of reach, or too slow."""
        return self._down_until > 0

    def ask(self, question: Callable[[Storage], _T]) -> _T:
        if self._down_until:
            if monotonic() < self._down_until:
                return question(self._memory)
            self._down_until = monotonic() + LOOK_AGAIN_AFTER  # one visitor looks, nobody waits with him
        started = monotonic()
        try:
            answer = question(self._shared)
        except StorageError as error:
            self._let_be(str(error))
            return question(self._memory)
        if (seconds := monotonic() - started) > SLOW:
            self._let_be(f"it took {seconds:.1f} seconds to answer")
        else:
            self._down_until = 0.0
        return answer

    def _let_be(self, why: str) -> None:
        if not self._down_until:
            _log.warning("request counts are in memory until their storage is back: %s", why)
        self._down_until = monotonic() + LOOK_AGAIN_AFTER


class CountsInMemory(Storage):
    """`clock` says what time it is for who asks when a window ends; the windows themselves follow no clock."""

    STORAGE_SCHEME = ["counts"]
    ADDRESS = "counts://"

    def __init__(
        self,
        uri: str | None = None,
        *,
        clock: Callable[[], int],
        most: int = MAX_COUNTS,
        wrap_exceptions: bool = False,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._clock = clock
        self._most = most
        self._lock = Lock()
        self._counts: dict[str, tuple[int, float]] = {}
        self._sweep_at = 1024

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = monotonic()
        with self._lock:
            count, end = self._counts.get(key, (0, 0.0))
            if end <= now:
                self._make_room(now)
                count, end = 0, now + expiry
            self._counts[key] = count + amount, end
            return count + amount

    def get(self, key: str) -> int:
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > monotonic() else 0

    def get_expiry(self, key: str) -> float:
        _, end = self._counts.get(key, (0, 0.0))
        return self._clock() + max(end - monotonic(), 0.0)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            forgotten = len(self._counts)
            self._counts.clear()
            return forgotten

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def _make_room(self, now: float) -> None:
        """Forget what has ended each time that the counts have doubled since: on average two steps for each count."""
        if len(self._counts) < self._sweep_at:
            return
        self._counts = {key: window for key, window in self._counts.items() if window[1] > now}
        if len(self._counts) >= self._most:
            self._counts.clear()
        self._sweep_at = max(1024, 2 * len(self._counts))
