"""The parent's hold on one child process: start it, ask it within the time limit, end it. For one thread at a time."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from portal.scanning import frames
from portal.scanning.bounds import Bounds
from portal.scanning.scan import Scan, unpack

ROOT = Path(__file__).resolve().parents[2]


class ChildLost(Exception):
    """It did not start, died, overran or replied nonsense; it has been ended."""


class Child:
    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._pictures = 0
        self._channel, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _spawn(theirs, bounds)
        except OSError as error:
            self._channel.close()
            raise ChildLost("no process to be had") from error
        greeting = self._ask(None, time.monotonic() + bounds.start_seconds)
        self.engines = tuple(greeting.decode(errors="replace").split(","))

    @property
    def is_usable(self) -> bool:
        return self._process.poll() is None and self._pictures < self._bounds.images_per_child

    def read(self, image: bytes) -> Scan:
        self._pictures += 1
        reply = self._ask(image, time.monotonic() + self._bounds.wall_seconds)
        try:
            return unpack(reply)
        except (ValueError, RecursionError) as error:
            self.end()
            raise ChildLost("its reply made no sense") from error

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._channel.close()

    def _ask(self, image: bytes | None, deadline: float) -> bytes:
        try:
            if image is not None:
                frames.send(self._channel, image, deadline)
            return frames.receive(self._channel, self._bounds.reply_bytes, deadline)
        except (OSError, EOFError, ValueError) as error:
            self.end()
            raise ChildLost(f"{type(error).__name__}, exit status {self._process.returncode}") from error


def _spawn(channel: socket.socket, bounds: Bounds) -> subprocess.Popen[bytes]:
    """A fresh interpreter, never a fork: it inherits no memory, no secret and no other descriptor of the parent."""
    return subprocess.Popen(  # noqa: S603  (our own module, no shell, nothing from a request)
        [sys.executable, "-B", "-P", "-m", "portal.scanning.child", json.dumps(asdict(bounds))],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,  # the libraries write about pictures there
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        start_new_session=True,  # Ctrl-C is for the parent; the child ends when its socket is closed
    )
