"""Request counts in the memory of this process: windows that begin with the first request and end by themselves.

Instead of the memory of `limits`, which starts a thread every 10 ms that walks over every count: a flood from many
addresses would stop the portal by that alone. Here what has ended is forgotten as new counts come; a bounded number is
kept, and beyond it all are forgotten: a limit fails open.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

from limits.storage import Storage

MAX_COUNTS = 200_000  # about 50 MB


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
