"""Arguments and options that several commands of `portal authority` share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

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
