"""`portal authority trust-draft`, `issuer-publish`, `key-publish`, `key-retire` and so on: the next trust list.

Changes are made in the draft, a file without signatures; once trust-sign has signed it, it no longer changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from pathlib import Path
from typing import BinaryIO

import click
from stdnum.cn import uscc

from portal.assemble import load_catalogue
from portal.authority.trust_changes import (
    first_version,
    next_version,
    with_issuer,
    with_issuer_changed,
    with_key,
    with_key_ended,
    with_scope,
)
from portal.authority.trust_lists import PublishedIssuer
from portal.catalogue.licence_types import Catalogue
from portal.catalogue.provinces import province_code
from portal.cli.authority_options import read_public_entry
from portal.cli.output_files import write_whole
from portal.cli.session import Session, read_by, read_time
from portal.published import signatures_beside
from portal.settings import public_address
from portal.verification.trust import KeyState, TrustListRefused, Use, read_trust_list_unsafe

_DAY = 86_400


def _credit_code(text: str) -> str:
    """An authority's id stands in all that it signs, and can never be changed."""
    if not re.fullmatch("[0-9A-Z]{18}", text) or not uscc.is_valid(text):
        raise ValueError("not a unified social credit code: its length, a character or the check digit is wrong")
    return text


def _name(text: str) -> str:
    """A shell gives an empty one for what it does not know, and every page would show it."""
    if not re.fullmatch(r"\S(.*\S)?", text):
        raise ValueError("not a name in one line")
    return text


def _region(text: str) -> str:
    if not re.fullmatch("[0-9]{6}", text):
        raise ValueError("not six digits")
    if province_code(text[:2]) is None:  # cities come and go, and only those of some provinces are in the catalogue
        raise ValueError(f"{text[:2]} is the code of no province")
    return text


def _own_portal(text: str) -> str:
    """In the form in which a portal knows its own address: it does not send visitors from itself to itself."""
    address = public_address(text)
    if not address.startswith("https://"):
        raise ValueError("an address such as https://yz.example.gov.cn, not of http")
    return address


def _of_the_catalogue(known: Callable[[Catalogue], Set[str]]) -> Callable[..., tuple[str, ...]]:
    """With any other, licences would be out of scope in every portal within seconds."""

    def require(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        allowed = known(load_catalogue())
        unknown = set(given) - allowed
        if unknown:
            raise click.BadParameter(f"{', '.join(sorted(unknown))}: none of {' '.join(sorted(allowed))}")
        return given

    return require


_draft = click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("trust-draft")
@click.argument("trust_list", type=click.File("rb"), required=False)
@click.option("--expires-after", metavar="DAYS", default=90, show_default=True, type=click.IntRange(1, 400))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The draft to write.")
@click.pass_obj
def trust_draft(session: Session, trust_list: BinaryIO | None, expires_after: int, output: Path) -> None:
    """Begin the next version of a trust list.

    It says the same as TRUST_LIST, the published one, for so many days from now; without TRUST_LIST it is the very
    first version, and empty. Change it by issuer-publish, issuer-change, key-publish, key-retire, key-compromise and
    key-scope, or not at all to prolong what is published; then trust-sign it.
    """
    now = session.clock()
    end = now + expires_after * _DAY
    _write(output, next_version(trust_list.read(), now, end) if trust_list else first_version(now, end))


def _about_the_issuer(*, required: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options that say something of an authority; provinces are never required, and come as a tuple."""
    options = (
        click.option(
            "--name-zh", required=required, metavar="NAME", callback=read_by(_name), help="Its name in Chinese."
        ),
        click.option(
            "--name-en", required=required, metavar="NAME", callback=read_by(_name), help="Its name in English."
        ),
        click.option(
            "--region",
            required=required,
            metavar="CODE",
            callback=read_by(_region),
            help="Where it is, by GB/T 2260, such as 210100.",
        ),
        click.option(
            "--province",
            "provinces",
            multiple=True,
            metavar="CHARACTER",
            callback=_of_the_catalogue(lambda catalogue: catalogue.provinces),
            help="A province with which its licence numbers may begin, such as 辽.",
        ),
        click.option(
            "--portal",
            required=required,
            metavar="URL",
            callback=read_by(_own_portal),
            help="Its own portal, such as https://yz.example.gov.cn.",
        ),
    )

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.command("issuer-publish")
@_draft
@click.argument("code", callback=read_by(_credit_code))
@_about_the_issuer(required=True)
def issuer_publish(
    draft: Path, code: str, name_zh: str, name_en: str, region: str, provinces: tuple[str, ...], portal: str
) -> None:
    """Put an authority into a draft.

    CODE is its unified social credit code. Its keys follow by key-publish.
    """
    issuer = PublishedIssuer(code, name_zh, name_en, region, provinces, portal, keys=())
    _write(draft, with_issuer(draft.read_bytes(), issuer))


@click.command("issuer-change")
@_draft
@click.argument("code")
@_about_the_issuer(required=False)
def issuer_change(
    draft: Path,
    code: str,
    name_zh: str | None,
    name_en: str | None,
    region: str | None,
    provinces: tuple[str, ...],
    portal: str | None,
) -> None:
    """Change what a draft says of an authority.

    CODE is its unified social credit code, which stays, as its keys do. What is not given stays as well; --province
    takes the place of all its provinces. This affects what it has signed already: licences with the numbers of a
    province that it no longer has are out of scope.
    """
    if not any((name_zh, name_en, region, provinces, portal)):
        raise click.UsageError("Nothing to change: give an option at least.")
    changed = with_issuer_changed(
        draft.read_bytes(), code, name_zh=name_zh, name_en=name_en, region=region, provinces=provinces, portal=portal
    )
    _write(draft, changed)


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
    "--type",
    "types",
    multiple=True,
    metavar="SLUG",
    callback=_of_the_catalogue(lambda catalogue: {"*", *catalogue.by_slug}),
    help="A type of licence, or *.",
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
