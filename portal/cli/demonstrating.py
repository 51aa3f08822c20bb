"""`portal demo`: a demonstration that needs no settings and writes nothing outside its folder."""

from __future__ import annotations

import os
from pathlib import Path

import click

from portal.assemble import load_catalogue
from portal.cli.serving import require_free, serve_with
from portal.cli.session import Session, WrongUse
from portal.demonstration.building import NotADemonstration, build_demonstration
from portal.verification.dates import format_timestamp

_HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--folder",
    default="build/demonstration",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it is built, in place of an earlier one.",
)
@click.option("--build-only", is_flag=True, help="Build it, print its settings, and do not serve.")
@click.pass_obj
def demo(session: Session, port: int, folder: Path, build_only: bool) -> None:
    """Serve a demonstration with authorities, licences and codes that are all made up.

    Its sample codes, at least one for each verdict, are listed at /samples.
    """
    address = f"http://{_HOST}:{port}"
    if not build_only:
        require_free(_HOST, port)
    try:
        environment = build_demonstration(folder, address, load_catalogue(), session.clock())
    except NotADemonstration as error:
        raise WrongUse(str(error)) from error
    except OSError as error:
        raise WrongUse(f"{error.filename or folder}: {error.strerror}") from error
    if session.at is not None:
        environment["PORTAL_AT"] = format_timestamp(session.at)
    if build_only:
        for name, value in environment.items():
            click.echo(f"{name}={value}")
        return
    click.echo(f"亮证核验 · demonstration 演示: {address}  (sample codes 样例码: {address}/samples)")
    serve_with({**os.environ, **environment}, _HOST, port, workers=2)
