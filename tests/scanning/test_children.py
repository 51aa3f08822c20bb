"""The disposable children: what they may do, when they are ended, and that none is ever left behind."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from portal.scanning import Bounds, Reader, ScanFailure
from tests.scanning.pictures import encoded, finder_wall, photo, png_that_claims
from tests.scanning.processes import children, ends_within, wait_until_busy

ROOT = Path(__file__).parents[2]
ONE_CHILD = Bounds(children=1)
PATIENT = Bounds(children=1, wall_seconds=60, cpu_seconds=60)

WALL = finder_wall()
TEXT = "https://verify.example/v/2KCEGYLTEBUXGIDB"
PHOTO = photo(TEXT)


def reads_again(reader: Reader) -> bool:
    return reader.read(PHOTO).texts == (TEXT,)


def only_child() -> int:
    (pid,) = children()
    return pid


def test_no_child_is_started_before_the_first_picture() -> None:
    with Reader():
        assert children() == set()


def test_a_child_stays_for_the_next_picture() -> None:
    with Reader() as reader:
        assert reads_again(reader)
        first = only_child()
        assert reads_again(reader)
        assert only_child() == first


def test_what_is_no_picture_never_reaches_a_child() -> None:
    with Reader() as reader:
        assert reader.read(b"BM" + bytes(99)).failure is ScanFailure.unsupported_type
        assert reader.read(PHOTO + bytes(12 * 2**20)).failure is ScanFailure.too_large
        assert children() == set()


def test_what_is_refused_by_its_header_costs_no_child() -> None:
    with Reader(ONE_CHILD) as reader:
        assert reads_again(reader)
        before = children()
        for bomb_or_stump in (png_that_claims(60_000, 60_000), b"\xff\xd8\xff", b"%PDF-1.7"):
            assert reader.read(bomb_or_stump).failure is ScanFailure.unreadable_image
            assert children() == before


def test_a_picture_that_needs_too_much_memory_costs_its_child_and_no_more() -> None:
    hungry = encoded(Image.new("RGBA", (7000, 7000)), "PNG")
    with Reader(Bounds(children=1, memory_bytes=160 * 2**20)) as reader:
        assert reads_again(reader)
        before = children()
        assert reader.read(hungry).failure is ScanFailure.unreadable_image
        assert reads_again(reader)
        assert children().isdisjoint(before)


def test_a_child_can_open_no_file_and_no_socket_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET", "not for children")
    with Reader(ONE_CHILD) as reader:
        assert reads_again(reader)
        of_child = Path("/proc", str(only_child()))
        limits = {line[:26].strip(): line[26:].split()[:2] for line in (of_child / "limits").read_text().splitlines()}
        descriptors = {file.name: os.readlink(file) for file in (of_child / "fd").iterdir()}
        environment = (of_child / "environ").read_bytes()
    assert limits["Max open files"] == ["3", "3"]
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max address space"] == [str(1024 * 2**20)] * 2
    assert descriptors.pop("0").startswith("socket:")
    assert descriptors == {"1": "/dev/null", "2": "/dev/null"}
    assert [entry.split(b"=")[0] for entry in environment.strip(b"\0").split(b"\0")] == [b"PYTHONPATH"]


def test_a_child_gives_way_to_the_pages() -> None:
    with Reader(ONE_CHILD) as reader:
        assert reads_again(reader)
        assert os.getpriority(os.PRIO_PROCESS, only_child()) >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


def test_an_interrupt_at_the_terminal_is_for_the_parent_alone() -> None:
    with Reader(ONE_CHILD) as reader:
        assert reads_again(reader)
        assert os.getsid(only_child()) != os.getsid(0)


def test_a_child_that_is_done_in_time_is_left_alone() -> None:
    with Reader(Bounds(children=1, wall_seconds=0.5)) as reader:
        assert reads_again(reader)
        assert not ends_within(1.8, only_child())


def test_a_hanging_child_is_killed_and_replaced(caplog: pytest.LogCaptureFixture) -> None:
    with Reader(Bounds(children=1, wall_seconds=0.5)) as reader:
        assert reads_again(reader)
        hanging = only_child()
        assert reader.read(WALL).failure is ScanFailure.unreadable_image
        assert children() == set()
        assert reads_again(reader)
        assert only_child() != hanging
    assert "TimeoutError" in caplog.text


def test_a_child_that_stops_taking_the_picture_in_is_killed_too() -> None:
    with Reader(Bounds(children=1, wall_seconds=0.5)) as reader:
        assert reads_again(reader)
        os.kill(only_child(), signal.SIGSTOP)
        assert reader.read(PHOTO + bytes(10**7)).failure is ScanFailure.unreadable_image
        assert children() == set()
        assert reads_again(reader)


def test_the_kernel_ends_a_child_that_uses_too_much_time(caplog: pytest.LogCaptureFixture) -> None:
    with Reader(Bounds(children=1, wall_seconds=60, cpu_seconds=0)) as reader:
        assert reader.read(WALL).failure is ScanFailure.unreadable_image
        assert reads_again(reader)
    assert f"exit status -{signal.SIGXCPU:d}" in caplog.text


def test_time_used_for_earlier_pictures_does_not_count() -> None:
    low_wall = finder_wall(2016, 1512)
    with Reader(Bounds(children=1, wall_seconds=60, cpu_seconds=1, search_seconds=0)) as reader:
        failures = [reader.read(low_wall).failure for _ in range(8)]
    assert failures == [ScanFailure.no_code_found] * 8


def test_a_child_killed_in_the_middle_of_a_picture_is_replaced() -> None:
    with Reader(PATIENT) as reader, ThreadPoolExecutor(1) as visitor:
        assert reads_again(reader)
        killed = only_child()
        scan = visitor.submit(reader.read, WALL)
        wait_until_busy(killed)
        os.kill(killed, signal.SIGKILL)
        assert scan.result().failure is ScanFailure.unreadable_image
        assert reads_again(reader)


def test_a_child_killed_while_it_was_idle_costs_no_picture() -> None:
    with Reader(ONE_CHILD) as reader:
        assert reads_again(reader)
        killed = only_child()
        os.kill(killed, signal.SIGKILL)
        assert ends_within(10, killed)
        assert reads_again(reader)


def test_a_child_is_replaced_after_its_share_of_pictures() -> None:
    with Reader(Bounds(children=1, images_per_child=2)) as reader:
        pids = [only_child() for _ in range(5) if reads_again(reader)]
    assert len(pids) == 5
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_no_more_children_work_at_once_than_allowed() -> None:
    with Reader(Bounds(children=2, queue=20)) as reader, ThreadPoolExecutor(8) as visitors:
        assert all(visitors.map(lambda _: reads_again(reader), range(22)))
        assert 1 <= len(children()) <= 2


def test_who_finds_the_queue_full_is_told_so_at_once() -> None:
    together = threading.Barrier(5)
    with Reader(Bounds(children=1, queue=1, wall_seconds=1)) as reader, ThreadPoolExecutor(5) as visitors:

        def visit(_: int) -> ScanFailure | None:
            together.wait()
            return reader.read(WALL).failure

        failures = sorted(str(failure) for failure in visitors.map(visit, range(5)))
        assert failures == ["overloaded"] * 3 + ["unreadable_image"] * 2
        assert reads_again(reader)


def test_who_has_waited_too_long_is_told_so() -> None:
    with Reader(Bounds(children=1, wall_seconds=60, cpu_seconds=60, queue_seconds=0)) as reader:
        assert reads_again(reader)
        working = only_child()
        with ThreadPoolExecutor(1) as visitor:
            visitor.submit(reader.read, WALL)
            wait_until_busy(working)
            assert reader.read(PHOTO).failure is ScanFailure.overloaded
            os.kill(working, signal.SIGKILL)
        assert reads_again(reader)


def test_a_closed_reader_has_no_children_and_reads_nothing() -> None:
    reader = Reader()
    assert reads_again(reader)
    reader.close()
    assert children() == set()
    assert reader.read(PHOTO).failure is ScanFailure.overloaded
    reader.close()
    assert children() == set()


def test_closing_lets_the_last_picture_be_finished() -> None:
    reader = Reader(ONE_CHILD)
    assert reads_again(reader)
    together = threading.Barrier(2)
    with ThreadPoolExecutor(1) as visitor:

        def visit() -> ScanFailure | None:
            together.wait()
            return reader.read(PHOTO).failure

        failure = visitor.submit(visit)
        together.wait()
        reader.close()
        assert failure.result() in (None, ScanFailure.overloaded)
    assert children() == set()


@pytest.mark.parametrize("python", ["/nonexistent/python", "/bin/true"])
def test_where_no_child_can_be_started_the_visitor_is_asked_to_come_back(
    python: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Reader() as reader:
        with monkeypatch.context() as broken:
            broken.setattr(sys, "executable", python)
            assert reader.read(PHOTO).failure is ScanFailure.overloaded
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        assert reads_again(reader)


PARENT = """
    import os, signal, sys, threading
    from portal.scanning import Bounds, Reader
    from tests.scanning.pictures import finder_wall, photo
    from tests.scanning.processes import children, wait_until_busy

    reader = Reader(Bounds(children=1, wall_seconds=2))
    reader.read(photo("anything"))
    (child,) = children()
    print(child, flush=True)
    if sys.argv[1] == "working":
        threading.Thread(target=reader.read, args=[finder_wall()]).start()
        wait_until_busy(child)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("state", ["idle", "working"])
def test_a_child_does_not_outlive_a_killed_parent(state: str) -> None:
    parent = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PARENT), state], cwd=ROOT, capture_output=True, text=True
    )
    assert parent.returncode == -signal.SIGKILL, parent.stderr
    assert ends_within(20, int(parent.stdout))
