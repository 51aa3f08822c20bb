"""`portal authority trust-draft`, `issuer-publish`, `key-publish`, `key-retire` and so on: the next trust list.

Changes are made in the draft, a file without signatures; once trust-sign has signed it, it no longer changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click
from stdnum.cn import uscc

from portal.assemble import load_catalogue
from portal.authority.trust_changes import (
    first_version,
    next_version,
    with_issuer,
    with_key,
    with_key_ended,
    with_scope,
)
from portal.authority.trust_lists import PublishedIssuer
from portal.cli.authority_options import read_public_entry, write_whole
from portal.cli.session import Session, read_time
from portal.published import signatures_beside
from portal.verification.trust import KeyState, TrustListRefused, Use, read_trust_list_unsafe

_DAY = 86_400


def _written_as(pattern: str) -> Callable[[click.Context, click.Parameter, str], str]:
    def require(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise click.BadParameter(f"not of the form {pattern}")
        return value

    return require


def _require_credit_code(_: click.Context, __: click.Parameter, code: str) -> str:
    """An authority's id stands in all that it signs, and can never be changed."""
    if not re.fullmatch("[0-9A-Z]{18}", code) or not uscc.is_valid(code):
        raise click.BadParameter(
            "not a unified social credit code: its length, a character or the check digit is wrong"
        )
    return code


def _require_provinces(_: click.Context, __: click.Parameter, characters: tuple[str, ...]) -> tuple[str, ...]:
    """With any other, all of its licences would be out of scope."""
    known = load_catalogue().provinces
    unknown = set(characters) - known
    if unknown:
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: none of {''.join(sorted(known))}")
    return characters


def _require_types(_: click.Context, __: click.Parameter, slugs: tuple[str, ...]) -> tuple[str, ...]:
    """A slip would put all licences of the key out of scope, in every portal within seconds."""
    unknown = set(slugs) - {"*", *load_catalogue().by_slug}
    if unknown:
        raise click.BadParameter(f"no such type: {', '.join(sorted(unknown))}")
    return slugs


_draft = click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("trust-draft")
@click.argument("trust_list", type=click.File("rb"), required=False)
@click.option("--expires-after", metavar="DAYS", default=90, show_default=True, type=click.IntRange(1, 400))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The draft to write.")
@click.pass_obj
def trust_draft(session: Session, trust_list: BinaryIO | None, expires_after: int, output: Path) -> None:
    """Begin the next version of a trust list.

    It says the same as TRUST_LIST, the published one, for so many days from now; without TRUST_LIST it is the very
    first version, and empty. Change it by issuer-publish, key-publish, key-retire, key-compromise and key-scope, or not
    at all to prolong what is published; then trust-sign it.
    """
    now = session.clock()
    end = now + expires_after * _DAY
    _write(output, next_version(trust_list.read(), now, end) if trust_list else first_version(now, end))


@click.command("issuer-publish")
@_draft
@click.argument("code", callback=_require_credit_code)
@click.option("--name-zh", required=True, metavar="NAME", help="Its name in Chinese.")
@click.option("--name-en", required=True, metavar="NAME", help="Its name in English.")
@click.option(
    "--region",
    required=True,
    metavar="CODE",
    callback=_written_as("[0-9]{6}"),
    help="Where it is, by GB/T 2260, such as 210100.",
)
@click.option(
    "--province",
    "provinces",
    multiple=True,
    metavar="CHARACTER",
    callback=_require_provinces,
    help="A province with which its licence numbers may begin, such as 辽.",
)
@click.option(
    "--portal",
    required=True,
    metavar="URL",
    callback=_written_as("https://[^/?#@]+"),
    help="Its own portal, such as https://yz.example.gov.cn.",
)
def issuer_publish(
    draft: Path, code: str, name_zh: str, name_en: str, region: str, provinces: tuple[str, ...], portal: str
) -> None:
    """Put an authority into a draft.

    CODE is its unified social credit code. Its keys follow by key-publish.
    """
    issuer = PublishedIssuer(code, name_zh, name_en, region, provinces, portal, keys=())
    _write(draft, with_issuer(draft.read_bytes(), issuer))


@click.command("key-publish")
@_draft
@click.argument("entry", type=click.File("rb"))
@click.option("--issuer", required=True, metavar="CODE", help="Whose key it is.")
def key_publish(draft: Path, entry: BinaryIO, issuer: str) -> None:
    """Put a key into a draft.

    ENTRY is what key-create printed. Narrow it by key-scope before it is signed.
    """
    _write(draft, with_key(draft.read_bytes(), issuer, read_public_entry(entry)))


@click.command("key-retire")
@_draft
@click.argument("key_id", metavar="KID")
@click.option("--since", metavar="TIME", callback=read_time, help="Since when it no longer signs; default: now.")
@click.pass_obj
def key_retire(session: Session, draft: Path, key_id: str, since: int | None) -> None:
    """Retire a key in a draft.

    It no longer signs, but what it signed before TIME still stands.
    """
    at = session.clock() if since is None else since
    _write(draft, with_key_ended(draft.read_bytes(), key_id, KeyState.RETIRED, at))


@click.command("key-compromise")
@_draft
@click.argument("key_id", metavar="KID")
@click.option("--since", metavar="TIME", required=True, callback=read_time, help="When it may first have been abused.")
def key_compromise(draft: Path, key_id: str, since: int) -> None:
    """Declare a key compromised in a draft.

    From then on a licence that it signed stands only if it is in the register, under a bundle signed before TIME.
    Better too early than too late: what no longer stands can be signed again.
    """
    _write(draft, with_key_ended(draft.read_bytes(), key_id, KeyState.COMPROMISED, since))


@click.command("key-scope")
@_draft
@click.argument("key_id", metavar="KID")
@click.option("--use", "uses", multiple=True, type=click.Choice([use.value for use in Use]), help="What it signs.")
@click.option(
    "--type", "types", multiple=True, metavar="SLUG", callback=_require_types, help="A type of licence, or *."
)
def key_scope(draft: Path, key_id: str, uses: tuple[str, ...], types: tuple[str, ...]) -> None:
    """Change what a key in a draft may sign.

    This affects what it has signed already: to end a use from some day on, retire the key and publish another.
    """
    _write(draft, with_scope(draft.read_bytes(), key_id, [Use(use) for use in uses], types))


def _write(draft: Path, document: bytes) -> None:
    if signatures_beside(draft).exists():
        raise TrustListRefused(f"{draft} is signed already: begin another draft")
    write_whole(draft, document)
    trust_list = read_trust_list_unsafe(document)
    click.echo(f"version {trust_list.version}, {len(trust_list.keys)} keys, not signed yet")
