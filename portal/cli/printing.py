"""`portal authority print`: licences on paper."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from portal.assemble import load_catalogue
from portal.cli.authority_options import named_records, records_argument, url_option
from portal.cli.output_files import write_whole
from portal.cli.session import Session
from portal.verification.bundle import Record


@click.command("print")
@records_argument
@url_option
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="Folder for the PDF files.")
@click.option("--together", is_flag=True, help="One file, licences.pdf, for all: much faster for many.")
@click.option("--issuer-name", metavar="NAME", help="The authority, for licences whose face does not name it.")
@click.option(
    "--demonstration",
    is_flag=True,
    envvar="PORTAL_DEMONSTRATION",
    help="Mark them 演示; licences whose holder or authority is called so are marked in any case.",
)
@click.option(
    "--font",
    "font_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A font with Chinese glyphs; default: Noto Serif CJK SC of Debian's fonts-noto-cjk.",
)
@click.pass_obj
def print_licences(
    session: Session,
    records: tuple[BinaryIO, ...],
    url: str,
    folder: Path,
    together: bool,
    issuer_name: str | None,
    demonstration: bool,
    font_file: Path | None,
) -> None:
    """Print licences, as PDF on A4.

    RECORDS are files of licence-sign or bundle-sign. Each licence gives a file, named by its number, type and version:
    the fields of its public face in the order of the paper form, masked where the public sees them masked, with the
    QR code (0.5 mm a module), the number and the portal's address. The place of the seal is left free.
    """
    # Here, because what draws, and the words of the pages, take longer to load than all that the other commands need.
    from portal.authority.printing import PrintRefused, Sheet, make_sheet
    from portal.authority.sheets import NOTO_SERIF, PrintFont, draw_sheets

    types = load_catalogue().by_code

    def sheet_of(record: Record) -> Sheet:
        licence_type = types.get(record.credential.type_code)
        if licence_type is None:
            raise PrintRefused(f"{record.credential.number}: 证照类型未知 · a type that the catalogue does not have")
        return make_sheet(record, licence_type, public_url=url, issuer_name=issuer_name, demonstration=demonstration)

    font, at = PrintFont(font_file) if font_file else NOTO_SERIF, session.clock()
    try:
        sheets = {name: sheet_of(record) for name, record in named_records(records)}
        batches = {"licences": list(sheets.values())} if together else {name: [sheet] for name, sheet in sheets.items()}
        # All are drawn before the first is written: a refusal leaves nothing half done.
        drawn = {name: draw_sheets(batch, font, at) for name, batch in batches.items()}
    except PrintRefused as error:
        raise click.ClickException(str(error)) from error
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in drawn.items():
        write_whole(folder / f"{name}.pdf", document)
    click.echo(f"{len(sheets)} licences printed", err=True)
