"""`portal authority licence-sign`, `notice-sign`, `bundle-sign`, `qr`: from tables to a register and printed codes.

Records go from command to command as lines of a register bundle.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

from portal.assemble import load_catalogue
from portal.authority.bundles import record_line, sign_bundle
from portal.authority.change_tables import NOTICE_COLUMNS, read_notices
from portal.authority.licence_tables import COLUMNS, read_licences
from portal.authority.qr_codes import print_warning, qr_code
from portal.authority.signing import NoticeClaims, sign_credential, sign_notice
from portal.authority.signing_keys import SigningKey
from portal.cli.authority_options import (
    in_words,
    issuer_option,
    key_option,
    named_records,
    read_records,
    records_argument,
    table_argument,
    url_option,
)
from portal.cli.output_files import open_output, output_option, write_whole
from portal.cli.session import Session


@click.command(
    "licence-sign",
    epilog=f"{in_words(COLUMNS)} "
    "Any other column is a field of the licence's face, by its key or Chinese name in the catalogue. "
    "Dates: 2026-11-21. Only number formats of the catalogue are taken.",
)
@table_argument
@key_option
@issuer_option
@output_option
@click.pass_obj
def licence_sign(session: Session, table: BinaryIO, key_file: Path, issuer: str, output: Path) -> None:
    """Sign the licences of a table.

    TABLE is CSV in UTF-8, with its headings in the first line, or JSON, with one licence a row; what is written are
    records, for bundle-sign and qr. Nothing is written unless every row can be signed; what is wrong is listed by row,
    as the spreadsheet counts them, and column.
    """
    licences = read_licences(table.read(), load_catalogue(), issuer, session.clock())
    key = SigningKey.load(key_file)
    lines = []
    for licence in licences:
        credential = sign_credential(key, licence.claims)
        _warn(licence.claims.number, credential)
        lines.append(record_line(credential, licence.face))
    with open_output(output) as file:
        _write_lines(file, lines)
    click.echo(f"{len(lines)} licences signed with key {key.key_id.hex()}", err=True)


@click.command("notice-sign", epilog=in_words(NOTICE_COLUMNS))
@table_argument
@records_argument
@key_option
@output_option
@click.pass_obj
def notice_sign(session: Session, table: BinaryIO, records: tuple[BinaryIO, ...], key_file: Path, output: Path) -> None:
    """Sign notices: since when and why a licence has its status.

    TABLE has one notice a row, about a licence in RECORDS, the files that licence-sign or bundle-sign wrote. What
    is written are the records of these licences with their notices. The status itself is signed by status-sign.
    """
    notices = {_about(claims): claims for claims in read_notices(table.read(), load_catalogue(), session.clock())}
    key = SigningKey.load(key_file)
    lines = []
    for record in read_records(records):
        claims = notices.pop((record.credential.number, record.credential.type_code, record.credential.version), None)
        if claims is not None:
            face, credential = record.face.document, record.credential.envelope.encoded
            lines.append(record_line(credential, face, sign_notice(key, claims)))
    if notices:
        raise click.ClickException(f"no record of {', '.join(number for number, _, _ in notices)} · 记录中没有这些编号")
    with open_output(output) as file:
        _write_lines(file, lines)
    click.echo(f"{len(lines)} notices signed with key {key.key_id.hex()}", err=True)


def _about(claims: NoticeClaims) -> tuple[str, int, int]:
    return claims.number, claims.type_code, claims.version


@click.command("bundle-sign")
@records_argument
@key_option
@click.option("--sequence", required=True, type=click.IntRange(0), help="Above that of every bundle signed before.")
@click.option(
    "--follows", type=click.IntRange(0), help="Sequence of the bundle that this one adds to; without it: a snapshot."
)
@output_option
@click.pass_obj
def bundle_sign(
    session: Session,
    records: tuple[BinaryIO, ...],
    key_file: Path,
    sequence: int,
    follows: int | None,
    output: Path,
) -> None:
    """Bind records into a signed register bundle.

    RECORDS are files of licence-sign and notice-sign; `portal register load` takes the bundle. An output file whose
    name ends in .gz is compressed.
    """
    lines = [record.line for record in read_records(records)]
    bundle = sign_bundle(
        SigningKey.load(key_file), lines, sequence=sequence, issued_at=session.clock(), follows=follows
    )
    with open_output(output) as file:
        if output.name.endswith(".gz"):
            with gzip.GzipFile(output.name, "wb", fileobj=file) as compressed:
                _write_lines(compressed, bundle)
        else:
            _write_lines(file, bundle)
    click.echo(f"{len(lines)} records in bundle {sequence}", err=True)


@click.command("qr")
@records_argument
@url_option
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="Folder for the pictures.")
@click.option("--pixels", default=8, show_default=True, type=click.IntRange(1, 50), help="Pixels a module, for PNG.")
def qr(records: tuple[BinaryIO, ...], url: str, folder: Path, pixels: int) -> None:
    """Draw the QR codes of licences.

    Each licence in RECORDS gives a PNG and an SVG, named by its number, type and version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, record in named_records(records):
        credential = record.credential
        _warn(credential.number, credential.envelope.encoded)
        code = qr_code(url, credential.envelope.encoded)
        write_whole(folder / f"{name}.png", code.png(pixels))
        write_whole(folder / f"{name}.svg", code.svg())


def _warn(number: str, credential: bytes) -> None:
    warning = print_warning(credential)
    if warning:
        click.echo(f"{number}: {warning}", err=True)


def _write_lines(file: BinaryIO | gzip.GzipFile, lines: Iterable[bytes]) -> None:
    for line in lines:
        file.write(line + b"\n")
