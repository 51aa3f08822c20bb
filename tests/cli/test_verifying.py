"""`portal verify`: each line of a batch is a case, and one that is none ends it in one line; photos of any kind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operators import Operator, without_settings
from tests.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(World().write(tmp_path_factory.mktemp("world")).environment, "2026-11-20T04:00:00Z")


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    return tmp_path / "cases.ndjson"


NO_CASES = {
    "no JSON": "{",
    "no object": "[]",
    "no text": "{}",
    "a number for the text": '{"text": 5}',
    "nothing for the text": '{"text": null}',
    "a list for the text": '{"text": ["2KCA"]}',
    "a number for the time": '{"text": "2KCA", "at": 5}',
    "nought for the time": '{"text": "2KCA", "at": 0}',
    "an empty text for the time": '{"text": "2KCA", "at": ""}',
    "a deep nest": '{"text": "2KCA", "id": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "bytes that are no text": b'{"text": "\xff"}',
}


@pytest.mark.parametrize("line", NO_CASES.values(), ids=NO_CASES.keys())
def test_a_line_that_is_no_case_ends_a_batch_in_one_line(line: str | bytes, batch: Path, operator: Operator) -> None:
    batch.write_bytes(b'{"id": 1, "text": "2KCA"}\n' + (line.encode() if isinstance(line, str) else line) + b"\n")
    result = operator.run("verify", "--batch", batch)
    assert (result.exit_code, [json.loads(each)["id"] for each in result.stdout.splitlines()]) == (2, [1])
    (said,) = result.stderr.splitlines()
    assert said.startswith('Error: line 2: not of the form {"id", "text", "at"}: ')


def test_a_medium_that_fails_within_a_batch_is_told_in_one_line(operator: Operator) -> None:
    # A file by all its marks, and yet its first byte cannot be read.
    result = operator.run("verify", "--batch", "/proc/self/mem")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: /proc/self/mem, after line 0: Input/output error\n"


def test_a_disk_that_is_too_full_for_the_answers_is_told_in_one_line(batch: Path, operator: Operator) -> None:
    batch.write_bytes(b'{"id": 1, "text": "2KCA"}\n')
    command = [sys.executable, "-m", "portal.cli", "verify", "--batch", str(batch)]
    environment = {**without_settings(), **operator.settings}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "Error: reading or writing: No space left on device\n")


def test_half_a_character_is_no_licence_code_and_is_printed_as_it_came(batch: Path, operator: Operator) -> None:
    batch.write_text('{"id": "\\ud800", "text": "\\udc00 \\ud83d"}\n{"id": 2, "text": "2KCA"}\n')
    first, second = map(json.loads, operator.run("verify", "--batch", batch).stdout.splitlines())
    assert (first["id"], first["reason"]) == ("\ud800", "not_a_licence_code")
    assert (second["id"], second["reason"]) == (2, "malformed")


def test_a_photo_that_cannot_be_read_or_is_endless_is_told_in_one_line(operator: Operator, tmp_path: Path) -> None:
    with (tmp_path / "endless.png").open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing, which takes no room on the disk
    endless = operator.run("verify", str(tmp_path / "endless.png"))
    assert (endless.exit_code, endless.stdout) == (0, "NONE  unreadable_image\n")
    # A file by all its marks, and yet its first byte cannot be read.
    broken = operator.run("verify", "/proc/self/mem")
    assert (broken.exit_code, broken.stderr) == (2, "Error: /proc/self/mem: Input/output error\n")
