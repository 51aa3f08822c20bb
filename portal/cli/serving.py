"""`portal serve`: the pages, on granian. Any other WSGI server can serve `wsgi:app`."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from portal.cli.session import Session, WrongUse
from portal.settings import WrongSetting
from portal.verification.dates import format_timestamp
from portal.web import create_app
from portal.web.metrics import require_metrics_host

LOGGING = Path(__file__).parents[2] / "deploy" / "granian-logging.json"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes: one a core.")
@click.pass_obj
def serve(session: Session, host: str, port: int, workers: int) -> None:
    """Serve the pages."""
    require_free(host, port)
    portal = session.portal()  # wrong settings or keys stop the start here, with one line
    try:
        create_app(settings=portal.settings, verifier=portal.verifier, reader=portal.reader, clock=portal.clock)
        if portal.settings.metrics_port:
            require_metrics_host(portal.settings.metrics_host)
    except WrongSetting as error:
        raise WrongUse(str(error)) from error
    rehearsal = {} if session.at is None else {"PORTAL_AT": format_timestamp(session.at)}
    serve_with({**os.environ, **rehearsal}, host, port, workers)


def require_free(host: str, port: int) -> None:
    """WrongUse if the port cannot be listened on: the server itself would say so in a hundred lines."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does after one that ended
            tried.bind((host, port))
    except OSError as error:
        raise WrongUse(f"{host}:{port}: {error.strerror}; --port takes another") from error


def serve_with(environment: Mapping[str, str], host: str, port: int, workers: int) -> None:
    """Become granian with these settings: the process is replaced, so that signals reach the server itself."""
    # Up to ten photos wait for the reader, each in its request's thread: pages need threads besides these.
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    options += ["--blocking-threads", "12", "--backpressure", "256", "--no-ws", "--log-level", "error"]
    options += ["--log-config", str(LOGGING)]
    # Without this, the end of one worker would be the end of all. Settings that prevent a start were checked before.
    options += ["--respawn-failed-workers"]
    # A worker that is still starting misses the signal to stop, and granian would wait for it for ever.
    options += ["--workers-kill-timeout", "10"]
    command = [sys.executable, "-m", "granian", *options, "wsgi:app"]
    os.execve(sys.executable, command, dict(environment))  # noqa: S606 - no shell, and nothing a visitor typed
