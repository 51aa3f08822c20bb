"""The command `portal` itself: a command loads what it needs, and no more."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = "import sys; from portal.cli import main; main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"


@pytest.mark.parametrize(
    "command",
    ["number --help", "verify --help", "register load --help", "trust check --help", "authority key-create --help"],
)
@pytest.mark.parametrize("library", ["flask", "redis", "psycopg"])
def test_a_command_that_serves_nobody_starts_without_what_serving_needs(command: str, library: str) -> None:
    program = [sys.executable, "-c", LOADED, *command.split()]
    finished = subprocess.run(program, capture_output=True, check=True, encoding="utf-8")
    assert library not in finished.stdout.split()
