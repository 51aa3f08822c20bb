"""The records of a bundle, judged on all cores, in their order.

Each process judges a batch of lines at a time. It writes nothing, and it ends when the loading process does, however
that happens, because the pipe that it reads from is closed then.
"""

from __future__ import annotations

import errno
import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeAlias

from portal.register.admission import Admission, NotAdmitted
from portal.register.storing import Waiting, encoded, waiting_record
from portal.verification.bundle import leaf_hash

# One process is done with fewer before others would have started.
_WORTH_OTHER_PROCESSES = 2_000

LineError: TypeAlias = tuple[int, str]  # the number of a line, and why it may not be taken


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged batch of lines: `leaves` are their hashes in the Merkle tree, one after the other; `errors` count
    the lines of the batch from 0; `records` are those that were admitted, encoded.
    """

    leaves: bytes
    errors: Sequence[LineError]
    records: bytes

    @classmethod
    def by(cls, admission: Admission, lines: Sequence[bytes]) -> Judged:
        errors: list[LineError] = []
        records: list[Waiting] = []
        for number, record in enumerate(admission.admit(lines)):
            if isinstance(record, NotAdmitted):
                errors.append((number, str(record)))
            else:
                records.append(waiting_record(admission.issuer.id, record, admission.at))
        return cls(b"".join(map(leaf_hash, lines)), errors, encoded(records))


def judged(admission: Admission, batches: Iterable[Sequence[bytes]]) -> Iterator[Judged]:
    """Each batch as it is judged, in their order."""
    processes = len(os.sched_getaffinity(0))
    if processes > 1 and admission.manifest.records >= _WORTH_OTHER_PROCESSES:
        return _judged_by(processes, admission, batches)
    return (Judged.by(admission, batch) for batch in batches)


def _judged_by(processes: int, admission: Admission, batches: Iterable[Sequence[bytes]]) -> Iterator[Judged]:
    with ExitStack() as stack:
        idle = _start(processes, admission, stack)
        busy: deque[Connection] = deque()
        # A judge gets its next batch as soon as its last result is received, before that result is dealt with.
        for batch in batches:
            done = None
            if not idle:
                idle.append(busy.popleft())
                done = _receive(idle[-1])
            busy.append(idle.pop())
            _send(busy[-1], b"\n".join(batch))
            if done:
                yield done
        while busy:
            yield _receive(busy.popleft())


def _start(processes: int, admission: Admission, stack: ExitStack) -> list[Connection]:
    """Forked: they inherit all they need, and nothing has to be serialised."""
    context = get_context("fork")
    ours: list[Connection] = []
    for _ in range(processes):
        mine, theirs = context.Pipe()
        ours.append(mine)
        process = context.Process(target=_judge, args=(admission, theirs, tuple(ours)), daemon=True)
        process.start()
        theirs.close()
        stack.callback(process.join)
    for each in ours:
        stack.enter_context(each)  # closed before the processes are waited for: that is what ends them
    return ours


def _judge(admission: Admission, channel: Connection, of_parent: Iterable[Connection]) -> None:
    for each in of_parent:
        each.close()
    gc.disable()  # nothing here makes cycles, and looking for them takes a tenth of the time
    while True:
        try:
            channel.send(Judged.by(admission, channel.recv_bytes().split(b"\n")))
        except (EOFError, OSError):
            return


def _send(judge: Connection, message: bytes) -> None:
    try:
        judge.send_bytes(message)
    except OSError as error:
        raise _lost() from error


def _receive(judge: Connection) -> Judged:
    try:
        done: Judged = judge.recv()
    except (EOFError, OSError) as error:
        raise _lost() from error
    return done


def _lost() -> ChildProcessError:
    return ChildProcessError(errno.ECHILD, "a process that judged records has ended")
