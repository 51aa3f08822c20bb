"""`portal authority status-sign`: a table of changes of status → a signed status list."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from portal.authority.change_tables import MAX_ENTRIES, STATUS_COLUMNS, read_statuses
from portal.authority.signing import sign_status_list, status_list_uri
from portal.authority.signing_keys import SigningKey
from portal.cli.authority_options import in_words, issuer_option, key_option, table_argument, url_option
from portal.cli.output_files import open_output, output_option
from portal.cli.session import Session
from portal.verification.dates import format_timestamp


@click.command(
    "status-sign",
    epilog=f"{in_words(STATUS_COLUMNS)} An index that is left out is in force. Statuses: in_force, cancelled 注销, "
    "suspended 暂停, superseded 已换发, revoked 吊销, rescinded 撤销, withdrawn 撤回, renewing 延续审查中, "
    "ended 其他终止.",
)
@table_argument
@key_option
@issuer_option
@url_option
@click.option("--list", "list_number", default=0, show_default=True, type=click.IntRange(0), help="Number of the list.")
@click.option(
    "--size",
    default=0,
    type=click.IntRange(0, MAX_ENTRIES),
    help="Number of entries at least: an index beyond the end has no status.",
)
@click.option(
    "--fresh-for",
    default=24,
    show_default=True,
    type=click.IntRange(1),
    metavar="HOURS",
    help="Until then it counts as fresh.",
)
@click.option(
    "--expires-after",
    default=168,
    show_default=True,
    type=click.IntRange(1),
    metavar="HOURS",
    help="From then on it clears nothing.",
)
@output_option
@click.pass_obj
def status_sign(
    session: Session,
    table: BinaryIO,
    key_file: Path,
    issuer: str,
    url: str,
    list_number: int,
    size: int,
    fresh_for: int,
    expires_after: int,
    output: Path,
) -> None:
    """Sign a status list.

    TABLE has one index and its status a row. Sign it again before it stops being fresh, whether or not it changed.
    A licence whose index is beyond the end of the list is not called in force: give --size room for all.
    """
    if fresh_for > expires_after:
        raise click.BadParameter("longer than --expires-after", param_hint="--fresh-for")
    values = read_statuses(table.read()).ljust(size, b"\0")
    issued_at = session.clock()
    signed = sign_status_list(
        SigningKey.load(key_file),
        status_list_uri(url, issuer, list_number),
        values,
        issued_at=issued_at,
        ttl=fresh_for * 3600,
        expires_at=issued_at + expires_after * 3600,
    )
    with open_output(output) as file:
        file.write(signed)
    others, fresh_until = len(values) - values.count(0), format_timestamp(issued_at + fresh_for * 3600)
    click.echo(
        f"list {list_number}: indices 0 to {len(values) - 1}, {others} of them other than in_force; "
        f"fresh until {fresh_until}",
        err=True,
    )
