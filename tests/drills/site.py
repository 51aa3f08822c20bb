"""A portal in service on a site of its own, with visitors who never stop asking while something goes wrong.

Rehearsals of the worst days, on real processes: `make drill` prints a promise a line, and whether it was kept.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from portal.verification.dates import format_timestamp
from tests.operators import without_settings
from tests.ports import free_port
from tests.register.desk import bundle, line_of
from tests.web.portals import UNLIMITED
from tests.world import AT, PUBLIC_URL, Issued, World

ROOT = Path(__file__).parents[2]
PORTAL = [sys.executable, "-m", "portal.cli"]
_BETWEEN_QUESTIONS = 0.02  # seconds: what is drilled needs the processors too
_REASON = re.compile(r'data-reason="(\w+)"')
_GENERATION = re.compile(r"第(\d+)代")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status and what it said on stderr, line by line."""

    status: int
    complaint: tuple[str, ...]


class Site:
    """Each generation of the register has a new version of all licences, whose holder's name tells the generation.

    The first and the last record of a bundle are two licences of different types with one number: an answer about that
    number which is of more than one generation shows.
    """

    def __init__(self, folder: Path, licences: int, database_url: str | None = None) -> None:
        self.world = World()
        written = self.world.write(folder)
        self.folder = folder
        self.database = folder / "register.sqlite"
        # A load that finds another one at work says so soon.
        url = database_url or f"sqlite:///{self.database}?timeout=1"
        self.environment = {**without_settings(), **written.environment, **UNLIMITED, "PORTAL_DATABASE_URL": url}
        self.licences = licences
        self.number = "辽AA024100789"
        self.first: Issued | None = None

    def generation(self, generation: int) -> Path:
        """The bundle of a generation, which is its sequence too."""
        licences = [self._licence(generation, place) for place in range(self.licences)]
        self.first = self.first or licences[0]
        path = self.folder / f"bundle-{generation}"
        lines = bundle(self.world, [line_of(each) for each in licences], sequence=generation)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    def _licence(self, generation: int, place: int) -> Issued:
        last = self.licences - 1
        number = self.number if place in (0, last) else f"辽CB0241{place:05}"
        slug = "drug-distribution-wholesale" if place == last else "drug-distribution-retail"
        return self.world.licence(number, slug=slug, version=generation, holder=f"第{generation}代演示药店")

    def portal(self, *arguments: str | Path, prefix: Sequence[str] = ()) -> Ended:
        """Run a command of the portal to its end."""
        done = subprocess.run(
            [*prefix, *self._command(*arguments)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        return Ended(done.returncode, tuple(done.stderr.splitlines()))

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Begin a command of the portal; what it says is not heard."""
        return subprocess.Popen(
            self._command(*arguments),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _command(self, *arguments: str | Path) -> list[str]:
        return [*PORTAL, "--at", format_timestamp(AT), *map(str, arguments)]

    @contextmanager
    def served(self, workers: int = 2) -> Iterator[Visitors]:
        port = free_port()
        server = self.start("serve", "--port", str(port), "--workers", str(workers))
        visitors = Visitors(port)
        try:
            visitors.wait_until_ready(server)
            yield visitors
        finally:
            server.terminate()
            server.wait(timeout=30)


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: when it was asked for (monotonic), how long it took, its status, its reasons, its generations."""

    asked: float
    seconds: float
    status: int
    reasons: tuple[str, ...]
    generations: Counter[int]

    @property
    def is_mixed(self) -> bool:
        """Whether one licence of the two with one number has a version that the other lacks."""
        return len(set(self.generations.values())) > 1


@dataclass(slots=True)
class Visitors:
    """Ask the portal at `port`."""

    port: int
    failures: list[str] = field(default_factory=list)

    def ask(self, path: str) -> Seen:
        """One answer, over a connection of its own: any worker may give it."""
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", quote(path), headers={"Host": PUBLIC_URL.removeprefix("https://")})
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        generations = Counter(int(found) for found in _GENERATION.findall(page))
        return Seen(start, time.monotonic() - start, response.status, tuple(_REASON.findall(page)), generations)

    def wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        def is_ready() -> bool:
            assert server.poll() is None, "the portal did not start"
            with contextlib.suppress(OSError):
                return self.ask("/readyz").status == 200
            return False

        wait_for(is_ready, 60, "the portal is ready")

    @contextmanager
    def asking(self, *paths: str) -> Iterator[list[Seen]]:
        """Ask for these, one after the other and over again, all the while; what is not answered is a failure."""
        seen: list[Seen] = []
        stop = threading.Event()

        def visit() -> None:
            while not stop.wait(_BETWEEN_QUESTIONS):
                for path in paths:
                    try:
                        seen.append(self.ask(path))
                    except (OSError, http.client.HTTPException) as error:
                        self.failures.append(f"{path}: {error!r}")

        visitor = threading.Thread(target=visit)
        visitor.start()
        try:
            yield seen
        finally:
            stop.set()
            visitor.join()


def require_service(visitors: Visitors, seen: list[Seen]) -> None:
    """All were answered, and none was refused."""
    assert not visitors.failures, visitors.failures[:3]
    assert {each.status for each in seen} == {200}, "a request failed"


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """How long it takes until the condition holds; AssertionError if that is longer than so many seconds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)
    return time.monotonic() - start
