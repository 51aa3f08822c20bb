"""Arguments and options that several commands of `portal authority` share, and how they read records and entries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import click

from portal.cli.session import read_by
from portal.register.lines import UnreadableLine, bundle_lines
from portal.settings import public_address
from portal.verification.bundle import Record, read_record
from portal.verification.envelope import Malformed
from portal.verification.strict_json import Unexpected

key_option = click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="Private key file.")
issuer_option = click.option(
    "--issuer",
    required=True,
    metavar="CODE",
    help="The authority's unified social credit code: its id in the trust list.",
)
url_option = click.option(
    "--url",
    required=True,
    envvar="PORTAL_PUBLIC_URL",
    callback=read_by(public_address),
    metavar="URL",
    help="The portal's address, as it is printed; default: PORTAL_PUBLIC_URL.",
)
table_argument = click.argument("table", type=click.File("rb"))
records_argument = click.argument("records", nargs=-1, required=True, type=click.File("rb"))


def in_words(columns: Mapping[str, str]) -> str:
    """The columns of a table, for a command's help."""
    return f"Columns: {', '.join(columns)}; or in Chinese: {'、'.join(columns.values())}."


def read_records(files: Sequence[BinaryIO]) -> Iterator[Record]:
    """The records in files of record lines or whole bundles, plain or gzip; errors name file and line."""
    for file in files:
        number = 1  # of the line that is read next
        try:
            for line in bundle_lines(file):
                stripped = line.removesuffix(b"\r")
                if stripped and not stripped.startswith(b'{"manifest"'):
                    yield read_record(stripped)
                number += 1
        except (UnreadableLine, Malformed, Unexpected) as error:
            raise click.ClickException(f"{file.name}:{number}: {error}") from error


def read_public_entry(file: BinaryIO) -> dict[str, object]:
    """What key-create printed: a JSON object, whose members are checked where it is used."""
    try:
        entry = json.load(file)
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{file.name}: not an entry that key-create printed: {error}") from error
    if not isinstance(entry, dict):
        raise click.ClickException(f"{file.name}: not an entry that key-create printed")
    return entry


def named_records(files: Sequence[BinaryIO]) -> Iterator[tuple[str, Record]]:
    """The records in files, each with a base name for the files made from it.

    Licences of several types may share a number. Two numbers may not share a name: one of them would be lost.
    """
    numbers: dict[str, str] = {}
    for record in read_records(files):
        number = record.credential.number
        name = re.sub(r"[^\w-]", "_", f"{number}-{record.face.type_slug}-v{record.credential.version}")
        if numbers.setdefault(name, number) != number:
            raise click.ClickException(f"the files of {numbers[name]} and {number} would both be named {name}")
        yield name, record
