"""Requests a second of the verdict page on one granian worker, over 200 different codes, against a bare Flask hello
served in the same way in the same run. `wrk` (a Debian package) asks; limits are on, and too high to be reached."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from portal.verification.bundle import read_record
from portal.verification.presentation import encode_token
from tests.ports import free_port

ROUNDS, SECONDS = 15, 1  # short ones: the machine is another from one second to the next
ROOT = Path(__file__).parent.parent
HELLO = """
from flask import Flask
app = Flask(__name__)
@app.get("/")
def hello():
    return "hello"
"""
ASK = """
local paths, i = {{ {paths} }}, 0
request = function() i = i % #paths + 1; return wrk.format("GET", paths[i], {{["Accept-Encoding"] = "gzip"}}) end
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "hello.py").write_text(HELLO)
        portal = demonstration(here) | {"PORTAL_RATELIMIT_VERIFY": "900000000 per minute"}
        script = here / "verdicts.lua"
        script.write_text(ASK.format(paths=", ".join(f'"/v/{token}"' for token in tokens(here))))
        rates: dict[str, list[float]] = {"hello": [], "verdict page": []}
        with served("hello:app", here, {}) as hello, served("wsgi:app", ROOT, portal) as pages:
            for number in range(ROUNDS + 1):
                found = {"hello": requests_per_second(hello), "verdict page": requests_per_second(pages, script)}
                for name, rate in found.items() if number else ():
                    rates[name].append(rate)
        report(rates)


def demonstration(folder: Path) -> dict[str, str]:
    command = [sys.executable, "-m", "portal.cli", "demo", "--build-only", "--folder", str(folder / "demonstration")]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(line.split("=", 1) for line in finished.stdout.splitlines() if line.startswith("PORTAL_"))


def tokens(folder: Path) -> Iterator[str]:
    database = create_engine(f"sqlite:///{folder / 'demonstration' / 'register.sqlite'}")
    with database.connect() as connection:
        for (line,) in connection.execute(text("SELECT line FROM records ORDER BY credential_id LIMIT 200")):
            yield encode_token(read_record(line).credential.envelope.encoded)
    database.dispose()


@contextmanager
def served(target: str, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "1", "--no-ws", "--log-level", "error"]
    with running([sys.executable, "-m", "granian", *options, target], folder, environment) as (_, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """A server, which is told its `--port`, until the end: its process and its port."""
    port = free_port()
    told = {**os.environ, **environment}
    process = subprocess.Popen([*command, "--port", str(port)], cwd=folder, env=told, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}")
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - our own server, on loopback
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def requests_per_second(address: str, script: Path | None = None) -> float:
    command = ["wrk", "-t1", "-c8", f"-d{SECONDS}s", *(["-s", str(script)] if script else []), address]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(f"not every answer was a page:\n{printed}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])  # type: ignore[index]


def report(rates: Mapping[str, list[float]]) -> None:
    ratio = statistics.median(p / h for p, h in zip(rates["verdict page"], rates["hello"], strict=True))
    mark = "ok" if ratio >= 0.12 else "BELOW"
    print("\nOne granian worker, one thread, wrk with 8 connections")
    for name, values in rates.items():
        print(f"  {name:44s}{statistics.median(values):10,.0f} /s")
    print(f"  verdict page / hello {ratio:.2f}   at least 0.12, at best 0.20   {mark}")


if __name__ == "__main__":
    main()
