"""A wrong setting stops the start with one clear line, whichever way the portal is started."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portal.published import publish_trust_list
from portal.verification.dates import format_timestamp
from tests.authorities import AT
from tests.operators import without_settings
from tests.ports import free_port
from tests.world import World, Written

ROOT = Path(__file__).resolve().parent.parent
WRONG = {
    "no address": ("PORTAL_PUBLIC_URL", "", "PORTAL_PUBLIC_URL is missing"),
    "an address without a scheme": ("PORTAL_PUBLIC_URL", "yz.example.gov.cn", "PORTAL_PUBLIC_URL"),
    "an address with a path": ("PORTAL_PUBLIC_URL", "https://yz.example.gov.cn/portal", "PORTAL_PUBLIC_URL"),
    "a pin that is no digest": ("PORTAL_ROOT_SHA256", "abc", "PORTAL_ROOT_SHA256"),
    "another root's pin": ("PORTAL_ROOT_SHA256", "0" * 64, "root.json"),
    "no keys there": ("PORTAL_KEYS_DIR", "nowhere", "nowhere"),
    "no database address": ("PORTAL_DATABASE_URL", "register.sqlite", "database"),
    "a setting that is none": ("PORTAL_PUBLICURL", "x", "PORTAL_PUBLICURL: no such setting"),
    "a limit that is none": ("PORTAL_RATELIMIT_LOOKUP", "often", "PORTAL_RATELIMIT_LOOKUP"),
    "a storage that is none": ("PORTAL_RATELIMIT_STORAGE_URL", "cupboard://", "PORTAL_RATELIMIT_STORAGE_URL"),
    "an address for metrics that is none": ("PORTAL_METRICS_HOST", "192.0.2.7", "PORTAL_METRICS_HOST"),
    "a day that is none": ("PORTAL_AT", "2026-02-30T00:00:00Z", "PORTAL_AT"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return World().write(tmp_path_factory.mktemp("world"))


SERVE = ["-m", "portal.cli", "serve", "--port", str(free_port())]
ANOTHER_SERVER = ["-c", "import wsgi"]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        *(pytest.param(name, SERVE, id=f"portal serve, {name}") for name in WRONG),
        pytest.param("another root's pin", ANOTHER_SERVER, id="another server, another root's pin"),
        pytest.param("a limit that is none", ANOTHER_SERVER, id="another server, a limit that is none"),
        pytest.param(
            "an address for metrics that is none", ANOTHER_SERVER, id="another server, no address for metrics"
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it(
    name: str, command: list[str], written: Written
) -> None:
    setting, value, named = WRONG[name]
    environment = {**without_settings(), "PORTAL_METRICS_PORT": "9100", **written.environment, setting: value}
    finished = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    lines = finished.stderr.strip().splitlines()
    assert finished.returncode != 0
    assert len(lines) == 1, finished.stderr
    assert named in lines[0]
    # Who watches a log of JSON reads it there too; at the command line it is a sentence.
    assert (lines[0][0] == "{" and json.loads(lines[0])["level"] == "CRITICAL") == (command == ANOTHER_SERVER)


def test_a_broken_list_stops_a_start_and_no_worker_that_takes_the_place_of_another(tmp_path: Path) -> None:
    world = World()
    written = world.write(tmp_path)
    settings, source = written.settings, tmp_path / "next"
    world.version += 1
    world.write_keys(source)
    publish_trust_list(source, settings.keys_dir, settings.root_sha256, AT)
    (settings.keys_dir / "trust-list.json").write_bytes(b"{")
    environment = {**without_settings(), **written.environment, "PORTAL_AT": format_timestamp(AT)}
    start, worker = (
        subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
        for command in (SERVE, ANOTHER_SERVER)
    )
    assert (start.returncode, len(start.stderr.splitlines())) == (2, 1)
    (line,) = worker.stderr.splitlines()
    assert (worker.returncode, json.loads(line)["level"]) == (0, "ERROR")
    assert "version 8, which was accepted last, stays in use" in line


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_another_server_has_stops_the_start_with_one_line(
    command: str, written: Written, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        start = [sys.executable, "-m", "portal.cli", command, "--port", port]
        settings = written.environment if command == "serve" else {}
        environment = {**without_settings(), **settings, "PYTHONPATH": str(ROOT)}
        finished = subprocess.run(start, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr == f"Error: 127.0.0.1:{port}: Address already in use; --port takes another\n"
    assert list(tmp_path.iterdir()) == []
