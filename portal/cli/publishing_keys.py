"""`portal authority key-create`, `root-create`, `trust-sign`: private keys, and the public documents about them."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from portal.authority.signing_keys import SigningKey
from portal.authority.trust_lists import PublishedKey, join_signatures, make_root_of, sign_trust_list
from portal.cli.authority_options import read_public_entry
from portal.cli.output_files import write_whole
from portal.cli.session import Session, WrongUse
from portal.published import signatures_beside
from portal.verification.algorithms import BY_NAME
from portal.verification.trust import Root, TrustListRefused, Use, read_root, read_trust_list

_root_keys = click.option(
    "--key", "key_files", multiple=True, required=True, type=click.Path(path_type=Path), help="Private root key file."
)
_TWO_YEARS = 2 * 365 * 86_400


@click.command("key-create")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--alg", "algorithm", default="ESP256", show_default=True, type=click.Choice(list(BY_NAME)))
@click.option(
    "--keys-dir", envvar="PORTAL_KEYS_DIR", type=click.Path(path_type=Path), help="Where no private key may be."
)
@click.pass_obj
def key_create(session: Session, file: Path, algorithm: str, keys_dir: Path | None) -> None:
    """Make a private key and print its public entry.

    FILE will be readable by you alone; the entry is for a trust list. The key has no password: keep FILE on a
    medium that you lock away. FILE may not exist yet, and may not lie in a folder named keys. The entry allows the
    key everything for two years; narrow it before you publish it.
    """
    key = SigningKey.generate(algorithm)
    key.save(file, keys_dir)
    _print_entry(key, session.clock())


@click.command("key-show")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def key_show(session: Session, file: Path) -> None:
    """Print the public entry of a private key again, as key-create does.

    It allows the key everything for two years from now.
    """
    _print_entry(SigningKey.load(file), session.clock())


def _print_entry(key: SigningKey, now: int) -> None:
    entry = PublishedKey(key.algorithm.name, key.key_id, key.spki, tuple(Use), now, now + _TWO_YEARS)
    click.echo(json.dumps(entry.entry(), indent=1))


@click.command("root-create")
@click.argument("entries", nargs=-1, required=True, type=click.File("rb"))
@click.option("--threshold", required=True, type=click.IntRange(1), help="How many root keys must sign a trust list.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The root.json to write, a new file."
)
def root_create(entries: tuple[BinaryIO, ...], threshold: int, output: Path) -> None:
    """Make root.json from public entries.

    ENTRIES are what key-create printed. The SHA-256 to pin root.json by is printed: portals take it as
    PORTAL_ROOT_SHA256. The private root keys need not meet for this, and never should.
    """
    document = make_root_of(threshold, [read_public_entry(entry) for entry in entries])
    if output.exists():  # what portals are pinned to is never written over
        raise WrongUse(f"{output}: {os.strerror(errno.EEXIST)}")
    write_whole(output, document)
    click.echo(hashlib.sha256(document).hexdigest())


@click.command("trust-sign")
@click.argument("trust_list", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--root",
    "root_files",
    multiple=True,
    required=True,
    type=click.File("rb"),
    help="root.json; twice for old and new.",
)
@_root_keys
def trust_sign(trust_list: Path, root_files: tuple[BinaryIO, ...], key_files: tuple[Path, ...]) -> None:
    """Sign a trust list with root keys.

    The signatures go into the file of the same name with .sig. Those that it already holds over the same bytes are
    kept, so that the root's holders can sign one after the other, each at their own place. A list with enough
    signatures is checked as a portal would check it. The list that comes with a new root is signed under both.
    """
    roots = [read_root(file.read()) for file in root_files]
    document = trust_list.read_bytes()
    signatures, counts = _signed(trust_list, document, roots, key_files)
    for root, count in zip(roots, counts, strict=True):
        if count >= root.threshold:
            read_trust_list(document, signatures, root)
    _keep(trust_list, signatures, roots, counts)


@click.command("root-sign")
@click.argument("root_file", metavar="ROOT", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--before", "before_file", required=True, type=click.File("rb"), help="The root.json that is in use.")
@_root_keys
def root_sign(root_file: Path, before_file: BinaryIO, key_files: tuple[Path, ...]) -> None:
    """Sign a new root with old and new root keys.

    Portals that are pinned to the old root follow to ROOT if enough keys of both have signed it. As with trust-sign,
    signatures that are there already are kept.
    """
    document = root_file.read_bytes()
    roots = [read_root(before_file.read()), read_root(document)]
    signatures, counts = _signed(root_file, document, roots, key_files)
    _keep(root_file, signatures, roots, counts)


def _signed(
    file: Path, document: bytes, roots: Sequence[Root], key_files: Sequence[Path]
) -> tuple[bytes, Sequence[int]]:
    beside = signatures_beside(file)
    before = [beside.read_bytes()] if beside.exists() else []
    keys = [SigningKey.load(path) for path in key_files]
    for path, key in zip(key_files, keys, strict=True):
        if not any(key.key_id == each.key_id for root in roots for each in root.keys):
            raise TrustListRefused(f"{path}: not a key of {'this root' if len(roots) == 1 else 'either root'}")
    signed = sign_trust_list(document, keys)
    return join_signatures(document, [*before, signed], roots)


def _keep(file: Path, signatures: bytes, roots: Sequence[Root], counts: Sequence[int]) -> None:
    write_whole(signatures_beside(file), signatures)  # signers may be far away: none of theirs is lost
    for root, count in zip(roots, counts, strict=True):
        under = f" under root {root.sha256[:16]}" if len(roots) > 1 else ""
        click.echo(f"{count} of {root.threshold} signatures{under}")
