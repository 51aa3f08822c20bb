"""The runbook's commands, run as they are printed, one block after the other, and what a portal then says."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer

import pytest
from click.testing import CliRunner

from portal.cli import main
from portal.published import read_history, read_keys
from portal.verification.dates import format_timestamp
from portal.verification.trust import KeyState, Use
from tests.authorities import AT, DAY
from tests.world import World

RUNBOOK = Path(__file__).parent.parent / "docs" / "runbook.md"
BLOCKS = dict(re.findall(r"^## ([^\n]+)\n.*?^```sh\n(.*?)^```", RUNBOOK.read_text("utf-8"), re.DOTALL | re.MULTILINE))
IN_ORDER = ["Prolong the list", "Rotate a key", "Change what a key may sign", "A key was stolen", "A new root"]

# The command `portal` of the shell: asked of this process, since a process for each of thirty commands takes long.
COMMAND = r"""
portal() {
  exec 3<>/dev/tcp/127.0.0.1/$DOOR
  printf '%s\0' $# "$PORTAL_ROOT_SHA256" "$@" >&3
  read -r status <&3
  cat <&3
  exec 3>&-
  return $status
}
"""


class Door(StreamRequestHandler):
    """Runs a command of the portal in this process, as of the world's present."""

    def handle(self) -> None:
        count, pin = self._word(), self._word()
        arguments = [self._word() for _ in range(int(count))]
        command = ["--at", format_timestamp(AT), *arguments]
        result = CliRunner().invoke(main, command, env={"PORTAL_ROOT_SHA256": pin})
        self.wfile.write(f"{result.exit_code}\n{result.output}".encode())

    def _word(self) -> str:
        read = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            read += byte
        return read.decode()


class Bench:
    """A folder in which an operator works, with the root's private keys and a published world."""

    def __init__(self, folder: Path, door: int) -> None:
        self.folder = folder
        self.world = World()
        self.licence = self.world.licence()
        self.world.take_into_register(self.licence)
        written = self.world.write(folder)
        self.key_id = self.world.liaoning.keys["esp256"].key_id
        for number, key in enumerate(self.world.root_keys, start=1):
            key.save(folder / f"root-{number}.pem")
        self.environment = {
            **written.environment,
            "ISSUER": self.world.liaoning.id,
            "KID": self.key_id.hex(),
            "ABUSED_SINCE": format_timestamp(AT - 5 * DAY),
            "DOOR": str(door),
        }

    def run(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", COMMAND + commands],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **self.environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def verdict(self) -> str:
        reason: str = json.loads(self.run(f"portal verify --json {self.licence.token}"))["reason"]
        return reason


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with TCPServer(("127.0.0.1", 0), Door) as server:
        bench = Bench(tmp_path, server.server_address[1])
        monkeypatch.chdir(tmp_path)
        for name, value in bench.environment.items():
            monkeypatch.setenv(name, value)
        answering = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        answering.start()
        yield bench
        server.shutdown()
        answering.join()


def test_every_block_of_the_runbook_is_run_here() -> None:
    assert list(BLOCKS) == IN_ORDER


def test_the_runbook_from_its_first_block_to_its_last(bench: Bench) -> None:
    pin = bench.environment["PORTAL_ROOT_SHA256"]

    assert "version  8" in bench.run(BLOCKS["Prolong the list"])
    assert bench.verdict() == "in_force"

    bench.run(BLOCKS["Rotate a key"])
    _, trust_list = read_keys(bench.folder / "keys", pin)
    _, key = trust_list.keys[bench.key_id]
    added = len(trust_list.keys) - len(bench.world.trust_list.keys)
    assert (trust_list.version, key.state, key.since, added) == (10, KeyState.RETIRED, AT, 1)
    assert bench.verdict() == "in_force"

    bench.run(BLOCKS["Change what a key may sign"])
    _, trust_list = read_keys(bench.folder / "keys", pin)
    (narrowed,) = [key for _, key in trust_list.keys.values() if key.types == {"drug-distribution-retail"}]
    assert narrowed.uses == set(Use)  # who does as the example does goes on signing status lists

    bench.run(BLOCKS["A key was stolen"])
    assert bench.verdict() == "key_compromised"

    printed = bench.run(BLOCKS["A new root"])
    root, trust_list = read_keys(bench.folder / "keys", pin)
    assert trust_list.version == 13
    assert root.sha256 == hashlib.sha256((bench.folder / "succession" / "root.json").read_bytes()).hexdigest() != pin
    # Said when it was published, and no more once the new pin is set.
    assert printed.count(f"the root has changed: set PORTAL_ROOT_SHA256={root.sha256}") == 1
    history = read_history(bench.folder / "keys", root)
    assert ([each.version for each in history.lists], history.broken) == ([7, 8, 9, 10, 11, 12, 13], None)
