"""What the kernel says about the children of a process."""

import os
import select
from pathlib import Path

PROC = Path("/proc")


def children() -> set[int]:
    """The scanning children of this process."""
    pids = {pid for thread in (PROC / "self" / "task").iterdir() for pid in _children_of(thread)}
    return {pid for pid in pids if b"portal.scanning.child" in (PROC / str(pid) / "cmdline").read_bytes()}


def _children_of(thread: Path) -> list[int]:
    try:
        return [int(pid) for pid in (thread / "children").read_text().split()]
    except FileNotFoundError:  # the thread has ended
        return []


def wait_until_busy(pid: int) -> None:
    """Returns when the process has spent a tenth of a second of CPU time from now on."""
    enough = _cpu_ticks(pid) + os.sysconf("SC_CLK_TCK") // 10
    while _cpu_ticks(pid) < enough:
        os.sched_yield()


def _cpu_ticks(pid: int) -> int:
    user, system = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def ends_within(seconds: float, pid: int) -> bool:
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], seconds)[0])
    finally:
        os.close(watched)
