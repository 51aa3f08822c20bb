"""How long visitors wait for a database that does not answer: one of them for a moment, the others not at all.

A verdict on a genuine code may be 0.3 seconds late because of it, and the register must be in use again within 5.
"""

from __future__ import annotations

from time import monotonic

PATIENCE = 0.25  # seconds for a connection, or an answer, that a verdict waits for
_PAUSE = 1.0
_AT_ONCE = 0.2  # of the patience


class Pause:
    """After a slow failure nobody asks for a while; then one visitor tries again, and only that one waits.

    `patience`: seconds that a visitor waits for the database.
    """

    def __init__(self, patience: float) -> None:
        self._slow = _AT_ONCE * patience
        self._until = 0.0

    def holds(self) -> bool:
        """Whether not to ask now. When the pause is over, the first caller gets False and tries; others pause on."""
        if not self._until:
            return False
        now = monotonic()
        if now < self._until:
            return True
        self._until = now + _PAUSE
        return False

    def is_slow(self, seconds: float) -> bool:
        """Whether a failure took long: a missing file or a closed port is found at once, and may be tried again so."""
        return seconds > self._slow

    def begin_after(self, seconds: float) -> None:
        """Begin a pause, if a failure took so long that it deserves one."""
        if self.is_slow(seconds):
            self._until = monotonic() + _PAUSE

    def end(self) -> None:
        self._until = 0.0
