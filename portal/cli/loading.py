"""`portal register`, `portal status`: what an operator does with what authorities have signed.

Exit status 1 if a file is refused, with a line for each reason on stderr; 2 if keys, settings or database are unusable,
or a disk is full.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeAlias

import click
from sqlalchemy import Connection, Engine

from portal.assemble import load_catalogue
from portal.cli.session import Session, WrongUse, legible, refuse
from portal.published import KeysUnusable, read_keys
from portal.register.importing import (
    BundleRefused,
    Loaded,
    Progress,
    StatusListRefused,
    load_bundle,
    load_status_list,
)
from portal.register.lines import bundle_lines
from portal.register.rolling_back import NothingToTakeBack, roll_back
from portal.register.storing import NoRoomToWait
from portal.register.tables import open_for_writing
from portal.register.transactions import DatabaseUnusable, rehearsing
from portal.verification.dates import format_timestamp
from portal.verification.trust import TrustList

Load: TypeAlias = Callable[[Engine | Connection, TrustList, str], str]

_NOT_STORED = " (checked, nothing stored)"
_confirm = click.option("--confirm", is_flag=True, help="Take also what looks like an accident.")
_check = click.option("--check", is_flag=True, help="Only say what would be taken: nothing is stored.")


@click.group()
def register() -> None:
    """Load the registers of authorities."""


@register.command("load")
@click.argument("bundles", metavar="BUNDLE...", nargs=-1, required=True)
@click.option("--max-errors", default=20, show_default=True, type=click.IntRange(1), help="Stop after so many errors.")
@_confirm
@_check
@click.pass_obj
def load_register(session: Session, bundles: tuple[str, ...], max_errors: int, confirm: bool, check: bool) -> None:
    """Take each BUNDLE, a file or - for standard input, plain or gzip, whole or not at all.

    A bundle that puts more than 0.5 % of its issuer's licences out of force (and more than one), or a snapshot that
    leaves out any that the register has, is taken only with --confirm. One that is there already is no error. With
    --check each is judged as if those before it had been taken; no other load is let in meanwhile.
    """
    at, catalogue = session.clock(), load_catalogue()

    def load(register: Engine | Connection, trust_list: TrustList, name: str) -> str:
        with click.open_file(name, "rb") as stream, _progress_bar(name) as progress:
            lines = bundle_lines(stream)
            loaded = load_bundle(
                register, lines, trust_list, catalogue, at, confirmed=confirm, max_errors=max_errors, progress=progress
            )
        return _summary(loaded)

    _load_each(session, bundles, load, check)


@register.command("rollback")
@click.argument("issuer", required=False)
@click.pass_obj
def roll_back_register(session: Session, issuer: str | None) -> None:
    """Take back the bundle that was taken last, from ISSUER (its code) or from anyone.

    What it brought goes; the register remembers that it was there. It can be loaded again, and so can any later
    bundle, but a delta to it only after it.
    """
    settings = session.settings()
    try:
        gone = roll_back(open_for_writing(settings.database_url), issuer, session.clock())
    except NothingToTakeBack as error:
        refuse(f"nothing to take back: {error}")
    except DatabaseUnusable as error:
        raise WrongUse(str(error)) from error
    signed_at = format_timestamp(gone.signed_at)
    click.echo(
        f"bundle {gone.sequence} of {gone.issuer_id}, signed {signed_at}, taken back: "
        f"{gone.records} records and {gone.notices} notices that came with it"
    )


@click.group()
def status() -> None:
    """Load the status lists of authorities."""


@status.command("load")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@_confirm
@_check
@click.pass_obj
def load_status(session: Session, files: tuple[str, ...], confirm: bool, check: bool) -> None:
    """Take the status list in each FILE (- for standard input), unless a newer one is there.

    A list that puts a hundred entries or more out of force, or ends before them, is taken only with --confirm if that
    is more than 0.5 % of its issuer's licences; so is one by which the lists of its issuer have room for more than
    eight million entries, which every portal holds in its memory.
    """
    at = session.clock()

    def load(register: Engine | Connection, trust_list: TrustList, name: str) -> str:
        with click.open_file(name, "rb") as stream:
            loaded = load_status_list(register, stream.read(), trust_list, at, confirmed=confirm)
        each = loaded.status_list
        taken = "taken" if loaded.is_new else "is there already"
        return f"list {each.list_number} of {each.issuer_id}, issued {format_timestamp(each.issued_at)}, {taken}"

    _load_each(session, files, load, check)


def _load_each(session: Session, names: tuple[str, ...], load: Load, check: bool) -> None:
    """Load one file after the other and report each: a refused one does not stop those after it."""
    settings = session.settings()
    refused = False
    try:
        _, trust_list = read_keys(settings.keys_dir, settings.root_sha256)
        engine = open_for_writing(settings.database_url)
        with rehearsing(engine) if check else nullcontext(engine) as register:
            for name in names:
                try:
                    click.echo(f"{name}: {load(register, trust_list, name)}{_NOT_STORED if check else ''}")
                except (BundleRefused, StatusListRefused, OSError) as error:
                    refused = True
                    for line in _reasons(name, error):
                        click.echo(legible(line), err=True)
    except (KeysUnusable, DatabaseUnusable, NoRoomToWait) as error:
        raise WrongUse(str(error)) from error
    if refused:
        sys.exit(1)


def _reasons(name: str, error: BundleRefused | StatusListRefused | OSError) -> list[str]:
    if isinstance(error, BundleRefused):
        return [f"{name}:{line}: {reason}" for line, reason in error.errors]
    return [f"{name}: {error.strerror if isinstance(error, OSError) else error}"]


def _summary(loaded: Loaded) -> str:
    manifest = loaded.manifest
    kind = "snapshot" if manifest.follows is None else "delta"
    signed_at = format_timestamp(manifest.issued_at)
    bundle = f"{kind} {manifest.sequence} of {loaded.issuer_id}, signed {signed_at}"
    if not loaded.is_new:
        return f"{bundle}, is there already"
    return f"{bundle}: {manifest.records} records, {loaded.added} of them new, {loaded.added_notices} new notices"


@contextmanager
def _progress_bar(name: str) -> Iterator[Progress | None]:
    """A bar on a terminal; elsewhere nothing, so that logs contain only results."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=name, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show
