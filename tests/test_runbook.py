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

from portal.authority.bundles import record_line
from portal.cli import main
from portal.published import read_history, read_keys
from portal.verification.dates import format_timestamp
from portal.verification.trust import KeyState, Use
from tests.authorities import AT, DAY
from tests.world import Issued, World

RUNBOOK = Path(__file__).parent.parent / "docs" / "runbook.md"
BLOCKS = dict(re.findall(r"^## ([^\n]+)\n.*?^```sh\n(.*?)^```", RUNBOOK.read_text("utf-8"), re.DOTALL | re.MULTILINE))
IN_ORDER = [
    "Prolong the list",
    "Rotate a key",
    "Change what a key may sign",
    "An authority is renamed, or moves",
    "A key was stolen",
    "The register anew, after a key was stolen",
    "A new root",
]

# The command `portal` of the shell: asked of this process, since a process for each of thirty commands takes long.
COMMAND = r"""
portal() {
  exec 3<>/dev/tcp/127.0.0.1/$DOOR
  printf '%s\0' $# "$PORTAL_ROOT_SHA256" "$PORTAL_KEYS_DIR" "$PORTAL_DATABASE_URL" "$@" >&3
  read -r status <&3
  cat <&3
  exec 3>&-
  return $status
}
"""


# What a block may set for a command.
OF_THE_SHELL = ("PORTAL_ROOT_SHA256", "PORTAL_KEYS_DIR", "PORTAL_DATABASE_URL")


class Door(StreamRequestHandler):
    """Runs a command of the portal in this process, as of the world's present."""

    def handle(self) -> None:
        count = self._word()
        environment = {name: self._word() for name in OF_THE_SHELL}
        arguments = [self._word() for _ in range(int(count))]
        command = ["--at", format_timestamp(AT), *arguments]
        result = CliRunner().invoke(main, command, env=environment)
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
        self.older, self.licence = self.world.licence("辽CB024100122"), self.world.licence()
        self.world.take_into_register(self.older, signed_at=AT - 10 * DAY)
        self.world.take_into_register(self.licence)
        written = self.world.write(folder)
        self.keep_bundles_and_lists()
        self.key_id = self.world.liaoning.keys["esp256"].key_id
        for number, key in enumerate(self.world.root_keys, start=1):
            key.save(folder / f"root-{number}.pem")
        self.environment = {
            **written.environment,
            "ISSUER": self.world.liaoning.id,
            "KID": self.key_id.hex(),
            "ABUSED_SINCE": format_timestamp(AT - 5 * DAY),
            "BEFORE": "11",
            "REPLACED_AT": format_timestamp(AT),
            "DOOR": str(door),
        }

    def keep_bundles_and_lists(self) -> None:
        """As an operator keeps them; the last bundle is yet to be signed."""
        for name in ("bundles", "lists"):
            (self.folder / name).mkdir()
        for number, bundle in enumerate(self.world.liaoning.bundles, start=1):
            (self.folder / "bundles" / f"{number}.ndjson").write_bytes(b"\n".join(bundle))
        (self.folder / "lists" / "0.cwt").write_bytes(self.world.liaoning.status_list())
        newest = self.world.licence("辽CB024100124", key="ed25519")
        (self.folder / "newest.ndjson").write_bytes(record_line(newest.encoded, newest.face))

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
        (reason,) = self.verdicts(self.licence)
        return reason

    def verdicts(self, *licences: Issued, database: str | None = None) -> list[str]:
        setting = f"export PORTAL_DATABASE_URL={database}\n" if database else ""
        tokens = " ".join(each.token for each in licences)
        printed = self.run(f"{setting}portal verify --json {tokens}")
        return [json.loads(line)["reason"] for line in printed.splitlines()]


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

    bench.run(BLOCKS["An authority is renamed, or moves"])
    assert "演示监管局  Demonstration authority, renamed  (" in bench.run("portal trust check")
    assert bench.verdict() == "in_force"

    bench.run(BLOCKS["A key was stolen"])
    assert bench.verdicts(bench.older, bench.licence) == ["in_force", "key_compromised"]

    sign = "portal authority bundle-sign newest.ndjson --key issuer-2.pem --sequence 3 --follows 2 -o bundles/3.ndjson"
    bench.run(sign)
    bench.run(BLOCKS["The register anew, after a key was stolen"])
    anew = bench.verdicts(bench.older, bench.licence, database="sqlite:///anew.sqlite")
    assert anew == ["in_force", "key_compromised"]

    printed = bench.run(BLOCKS["A new root"])
    root, trust_list = read_keys(bench.folder / "keys", pin)
    assert trust_list.version == 14
    assert root.sha256 == hashlib.sha256((bench.folder / "succession" / "root.json").read_bytes()).hexdigest() != pin
    # Said when it was published, and no more once the new pin is set.
    assert printed.count(f"the root has changed: set PORTAL_ROOT_SHA256={root.sha256}") == 1
    history = read_history(bench.folder / "keys", root)
    assert ([each.version for each in history.lists], history.broken) == ([7, 8, 9, 10, 11, 12, 13, 14], None)
