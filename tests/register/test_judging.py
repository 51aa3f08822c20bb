"""A long bundle is judged by several processes: with the same result as by one, and none of them outlives the load."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from portal.verification.bundle import MerkleTree, split_leaves
from portal.verification.dates import format_timestamp
from tests.authorities import AT
from tests.register.desk import Desk, bundle, line_of
from tests.world import World

ROOT = Path(__file__).parents[2]
MANY = 2_600  # more than one process judges

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: one process judges")


class Load:
    """`portal register load -` in a process of its own, fed by the test."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        written = self.desk.world.write(folder)
        command = [sys.executable, "-m", "portal.cli", "--at", format_timestamp(AT), "register", "load", "-"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **written.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def feed(self, lines: Sequence[bytes]) -> None:
        assert self.process.stdin
        self.process.stdin.write(_joined(lines))
        self.process.stdin.flush()

    def end(self, lines: Sequence[bytes] = ()) -> tuple[int, str, str]:
        """Feed the last lines, if the load still takes any: its exit status, and what it said."""
        said, complaint = self.process.communicate(_joined(lines), timeout=60)
        return self.process.returncode, said.decode(), complaint.decode()

    def judges(self) -> list[int]:
        """The processes that judge, once they do."""
        pid = self.process.pid
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if len(children) == len(os.sched_getaffinity(0)):
                return [int(each) for each in children]
        raise AssertionError("nobody judges")


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def many(world: World) -> list[bytes]:
    """Lines of a few licences, over and over."""
    few = [line_of(world.licence(f"辽CB02410000{number}")) for number in range(5)]
    return few * (MANY // 5)


def test_every_wrong_line_is_named_in_its_order(tmp_path: Path) -> None:
    load = Load(tmp_path)
    records = many(load.desk.world)
    for place in (0, 499, 500, 1700, MANY - 1):
        records[place] = b"{"
    status, _, complaint = load.end(list(bundle(load.desk.world, records)))
    assert status == 1
    assert [line.split(":")[1] for line in complaint.splitlines()] == ["2", "501", "502", "1702", str(MANY + 1)]
    assert load.desk.contents()["records"] == []


def test_a_long_bundle_is_taken_with_all_leaves_in_their_order(tmp_path: Path) -> None:
    load = Load(tmp_path)
    lines = list(bundle(load.desk.world, many(load.desk.world)))
    status, said, complaint = load.end(lines)
    assert (status, complaint) == (0, "")
    assert f"{MANY} records, 5 of them new" in said
    contents = load.desk.contents()
    hashes = b"".join(row[2] for row in contents["leaf_blocks"])
    assert len(hashes) == 32 * MANY
    assert MerkleTree(split_leaves(hashes)).root == contents["manifests"][0][-2]


def test_a_judge_that_is_lost_ends_the_load_with_one_line_and_nothing_taken(tmp_path: Path) -> None:
    load = Load(tmp_path)
    lines = list(bundle(load.desk.world, many(load.desk.world)))
    load.feed(lines[:1200])
    os.kill(load.judges()[0], signal.SIGKILL)
    status, said, complaint = load.end(lines[1200:])
    assert (status, said) == (1, "")
    assert complaint == "-: a process that judged records has ended\n"
    assert load.desk.contents()["manifests"] == []


def test_the_judges_end_with_a_load_that_is_killed(tmp_path: Path) -> None:
    load = Load(tmp_path)
    load.feed(list(bundle(load.desk.world, many(load.desk.world)))[:1200])
    judges = load.judges()
    load.process.kill()
    load.end()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{judge}").exists() for judge in judges):
        assert time.monotonic() < deadline, "a judge is still there"
