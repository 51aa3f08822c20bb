"""A real Redis or Valkey server on a free port, which a test may hang, kill and start again."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import redis

from tests.oracles import missing
from tests.ports import free_port


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self._program = shutil.which("redis-server") or shutil.which("valkey-server") or missing("redis-server")
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        self._process = subprocess.Popen([self._program, *options], stdout=subprocess.DEVNULL)
        self.answers(within=10)

    def answers(self, within: float) -> None:
        """Wait until the server answers."""
        retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), int(within / 0.05))
        with redis.Redis(port=self.port, retry=retry, retry_on_error=[redis.ConnectionError]) as client:
            client.ping()

    def keys(self) -> list[str]:
        with redis.Redis(port=self.port, decode_responses=True) as client:
            return sorted(client.keys())

    def pause(self, milliseconds: int) -> None:
        """Let what is asked from now on wait so long."""
        with redis.Redis(port=self.port) as client:
            client.client_pause(milliseconds)

    def hang(self) -> None:
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        if self._process:
            self._process.wait()
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(number)
