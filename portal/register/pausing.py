"""How long visitors wait for a database that does not answer: one of them a moment, those behind him not at all.

A verdict on a genuine code may come 0.3 seconds later for it, and the register must be in use again within 5.
"""

from __future__ import annotations

from time import monotonic

PATIENCE = 0.25  # seconds for a connection, or an answer that a verdict waits for
_PAUSE = 1.0
# What fails sooner (a file that is not there, a port that is closed) may be asked for again at once.
_LONG = 0.05


class Pause:
    """After a failure that took long nobody asks for a while; then one visitor looks, and nobody waits with him."""

    def __init__(self) -> None:
        self._until = 0.0

    def holds(self) -> bool:
        """Whether not to ask now. The first to whom it says no, when a while is over, is the one who looks."""
        if not self._until:
            return False
        now = monotonic()
        if now < self._until:
            return True
        self._until = now + _PAUSE
        return False

    def begin_after(self, seconds: float) -> None:
        """After a failure that took so long."""
        if seconds > _LONG:
            self._until = monotonic() + _PAUSE

    def end(self) -> None:
        self._until = 0.0
