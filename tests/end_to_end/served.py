"""The demonstration, built and served as a newcomer gets it: by the portal's own commands, in other processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PORTAL = [sys.executable, "-m", "portal.cli"]
# One visitor looks at everything in a minute here.
LIMITS = {
    f"PORTAL_RATELIMIT_{door}": "100000 per minute" for door in ("VERIFY", "LOOKUP", "SEARCH", "UPLOAD", "MISSES")
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample code of the demonstration, as it lists them."""

    name: str
    kind: str
    reason: str
    attributes: tuple[str, ...]
    text: str
    picture: Path

    @property
    def token(self) -> str:
        return self.text.rpartition("/")[2]

    def page_at(self, portal: str, prefix: str) -> str | None:
        """Where the code leads when a phone scans it; None if that is not this portal."""
        own = portal + "/v/"
        return f"{portal}{prefix}/v/{self.text.removeprefix(own)}" if self.text.startswith(own) else None


@dataclass(frozen=True, slots=True)
class Demonstration:
    url: str
    samples: tuple[Sample, ...]

    def sample(self, name: str) -> Sample:
        (found,) = [sample for sample in self.samples if sample.name == name]
        return found


@contextmanager
def demonstration_served(folder: Path) -> Iterator[Demonstration]:
    port = free_port()
    build = [*PORTAL, "demo", "--build-only", "--port", str(port), "--folder", str(folder)]
    built = subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    settings = dict(line.split("=", 1) for line in built.splitlines() if line.startswith("PORTAL_"))
    serve = [*PORTAL, "serve", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(serve, cwd=ROOT, env={**os.environ, **settings, **LIMITS})
    try:
        url = settings["PORTAL_PUBLIC_URL"]
        _wait_until_ready(url, server)
        yield Demonstration(url, tuple(_samples(Path(settings["PORTAL_SAMPLES"]))))
    finally:
        server.terminate()
        server.wait(timeout=30)


def _samples(listing: Path) -> Iterator[Sample]:
    entries: list[dict[str, Any]] = json.loads(listing.read_text(encoding="utf-8"))
    for entry in entries:
        known = (entry["name"], entry["kind"], entry["reason"], tuple(entry["attributes"]), entry["text"])
        yield Sample(*known, picture=listing.parent / entry["png"])


def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310 - the server that we started
                return
        except OSError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the portal did not start") from error
            time.sleep(0.1)
