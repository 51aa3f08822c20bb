"""Arguments and options that several commands of `portal authority` share, and how they read records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import click

from portal.verification.bundle import Record, read_record

key_option = click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="Private key file.")
output_option = click.option(
    "-o", "--output", default="-", type=click.File("wb", lazy=True), help="File to write; default: the screen."
)
issuer_option = click.option(
    "--issuer",
    required=True,
    metavar="CODE",
    help="The authority's unified social credit code: its id in the trust list.",
)
url_option = click.option(
    "--url", required=True, envvar="PORTAL_PUBLIC_URL", metavar="URL", help="The portal's address, as it is printed."
)
table_argument = click.argument("table", type=click.File("rb"))
records_argument = click.argument("records", nargs=-1, required=True, type=click.File("rb"))


def in_words(columns: Mapping[str, str]) -> str:
    """The columns of a table, for a command's help."""
    return f"Columns: {', '.join(columns)}; or in Chinese: {'、'.join(columns.values())}."


def read_records(files: Sequence[BinaryIO]) -> Iterator[Record]:
    """The records in files of record lines or whole bundles."""
    for file in files:
        for line in file:
            stripped = line.rstrip(b"\r\n")
            if stripped and not stripped.startswith(b'{"manifest"'):
                yield read_record(stripped)


def file_name(record: Record) -> str:
    """The name of a licence's files, without an ending; a number can stand for licences of several types."""
    credential = record.credential
    return re.sub(r"[^\w-]", "_", f"{credential.number}-{record.face.type_slug}-v{credential.version}")
