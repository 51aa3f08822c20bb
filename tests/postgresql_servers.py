"""A real PostgreSQL server on a free port, which a test may hang, stop and start again. It refuses to run as root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.oracles import missing
from tests.ports import free_port

# Speed of a server that may lose its data; what it answers is the same.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "unix_socket_directories": "", "listen_addresses": "127.0.0.1"}


class PostgreSQLServer:
    """Its data lie in `folder`, which belongs to the user it runs as."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._settings = {**_SETTINGS, **settings}
        self.port = free_port()
        initdb = ["--auth=trust", "--username=portal", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", *initdb)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://portal@127.0.0.1:{self.port}/postgres"

    def execute(self, *statements: str) -> None:
        """As its owner, each in a transaction of its own."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def empty(self) -> None:
        self.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")

    def start(self) -> None:
        options = " ".join(f"-c {name}='{value}'" for name, value in {**self._settings, "port": self.port}.items())
        self._run("pg_ctl", "start", "--wait", "--log", str(self._folder / "log"), "--options", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def hang(self) -> None:
        """Stop every process of the server where it is: its port still takes connections, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        parent = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for process in (parent, *map(int, children)):
            os.kill(process, number)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_programs() / program), "--pgdata", str(self._folder / "data"), *arguments]
        subprocess.run(command, user=_user(), cwd=self._folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def postgresql_server(**settings: str) -> Iterator[PostgreSQLServer]:
    """A server that runs; a test's own folder will not do, as another user cannot enter it."""
    _programs()
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        folder = Path(name)
        if user := _user():
            shutil.chown(folder, user)
        server = PostgreSQLServer(folder, **settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _programs() -> Path:
    """Debian keeps them out of the path, a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "")]
    return found[-1].parent if found[-1].is_file() else missing("the Debian package postgresql")


def _user() -> str | None:
    return "postgres" if os.geteuid() == 0 else None
