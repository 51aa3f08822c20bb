"""Licences to print, and what looks at prints: Debian's font, and poppler, which shares nothing with what drew them."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

from portal.authority.printing import Sheet, make_sheet
from portal.authority.sheets import NOTO_SERIF, PrintFont
from portal.demonstration.drafts import all_drafts
from portal.demonstration.licences import Draft, make_licence
from portal.verification.bundle import Record, read_record
from portal.verification.dates import beijing_date
from tests.authorities import AT, PUBLIC_URL, key
from tests.oracles import missing
from tests.world import CATALOGUE


@cache
def drafts_by_type() -> dict[str, Draft]:
    """A licence of the demonstration of each type."""
    return {draft.slug: draft for draft in all_drafts(beijing_date(AT)) if draft.registered}


def record_of(draft: Draft) -> Record:
    signing = key(f"demonstration-{draft.issuer.slug}")
    return read_record(make_licence(draft, 0, CATALOGUE, signing, signing).lines[-1])


def sheet_of(draft: Draft) -> Sheet:
    record, licence_type = record_of(draft), CATALOGUE.by_slug[draft.slug]
    return make_sheet(record, licence_type, public_url=PUBLIC_URL, issuer_name=draft.issuer.name_zh)


def debian_font() -> PrintFont:
    if not NOTO_SERIF.path.exists():
        missing("the font of fonts-noto-cjk")
    return NOTO_SERIF


def poppler(command: str, *arguments: str | Path) -> str:
    """What one of poppler's programs says."""
    program = shutil.which(command) or missing(f"{command} of poppler-utils")
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def page_texts(document: Path) -> list[str]:
    """The text of each page, without white space: a printed line may end anywhere."""
    pages = poppler("pdftotext", document, "-").split("\f")[:-1]
    return ["".join(page.split()) for page in pages]
