"""`portal serve`, for real: what becomes of the portal when one of its workers dies, and when it is told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.operators import without_settings
from tests.ports import free_port
from tests.world import PUBLIC_URL, World, Written

ROOT = Path(__file__).parents[2]
_LOOKS = 600  # of a twentieth of a second: beyond any start on a busy machine


@dataclass(frozen=True, slots=True)
class Served:
    """A portal in service, with its workers as the system knows them."""

    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> frozenset[int]:
        own = self.process.pid
        return frozenset(map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split()))

    def wait_for_workers(self, count: int, *, without: int | None = None) -> frozenset[int]:
        """Until so many are there at least; meanwhile the portal must not end."""
        for _ in range(_LOOKS):
            workers = self.workers() - {without}
            if len(workers) >= count:
                return workers
            self._still_runs()
        raise AssertionError(f"there are not {count} workers")

    def wait_until_it_answers(self) -> None:
        for _ in range(_LOOKS):
            with suppress(OSError):
                return self._ask()
            self._still_runs()
        raise AssertionError("the portal does not answer")

    def _ask(self) -> None:
        host = {"Host": urlsplit(PUBLIC_URL).netloc}
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/livez", headers=host)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=10) as response:  # noqa: S310
            assert response.read() == b"alive\n"

    def _still_runs(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"the portal ended with status {self.process.wait(timeout=0.05)}")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return World().write(tmp_path_factory.mktemp("world"))


@contextmanager
def served(written: Written) -> Iterator[Served]:
    """Two workers, in a group of processes of their own, of which nothing is left behind."""
    port = free_port()
    command = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port), "--workers", "2"]
    environment = {**without_settings(), **written.environment}
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            yield Served(process, port)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_another_worker_takes_the_place_of_one_that_was_killed(written: Written) -> None:
    with served(written) as portal:
        portal.wait_until_it_answers()
        first, second = portal.wait_for_workers(2)
        os.kill(first, signal.SIGKILL)
        after = portal.wait_for_workers(2, without=first)
        portal.wait_until_it_answers()  # the second may still have been starting
        assert second in after


def test_a_portal_that_is_told_to_stop_while_it_starts_ends(written: Written) -> None:
    with served(written) as portal:
        portal.wait_for_workers(1)
        portal.process.terminate()
        assert portal.process.wait(timeout=60) == 0
