"""`portal trust`: the published keys as an operator keeps them.

Exit status 1 if a list is refused or the folder is not in order, with a line on stderr; 2 for unusable settings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from portal.cli.session import Session, WrongUse, refuse
from portal.published import KeysUnusable, publish_trust_list, read_history, read_keys
from portal.settings import PREFIX, Settings
from portal.verification.dates import format_timestamp
from portal.verification.trust import IssuerKey, KeyState, Root, TrustList, TrustListRefused
from portal.verification.trust_history import History

_DAY = 86_400


@click.group()
def trust() -> None:
    """Publish and check the trust list."""


@trust.command("publish")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_obj
def publish(session: Session, folder: Path) -> None:
    """Put the trust-list.json and trust-list.json.sig in DIR into the keys folder, if the root has signed them.

    With another root.json in DIR, and its root.json.sig, that root takes the place of the one in use, if both have
    signed it and the list.
    """
    settings = session.settings()
    try:
        trust_list = publish_trust_list(folder, settings.keys_dir, settings.root_sha256, session.clock())
        root, _ = read_keys(settings.keys_dir, settings.root_sha256)
    except TrustListRefused as error:
        refuse(f"{folder}: {error}")
    except KeysUnusable as error:
        raise WrongUse(str(error)) from error
    except OSError as error:
        raise WrongUse(f"{error.filename or settings.keys_dir}: {error.strerror}") from error
    click.echo(f"version {trust_list.version} published in {settings.keys_dir}")
    for line in _advice(root, settings):
        click.echo(line)


@trust.command("check")
@click.pass_obj
def check(session: Session) -> None:
    """Check the keys folder and its history, and print what it publishes; exit status 1 if it is not in order.

    The history is in order if each entry names the one before, and each list is signed. Compare its newest entry with
    what you noted when you last looked, or with what /keys/history shows elsewhere.
    """
    settings = session.settings()
    try:
        root, trust_list = read_keys(settings.keys_dir, settings.root_sha256)
    except KeysUnusable as error:
        refuse(str(error))
    at, history = session.clock(), read_history(settings.keys_dir, root)
    for line in _description(root, trust_list, history, at):
        click.echo(line)
    for line in _advice(root, settings):
        click.echo(line)
    if history.broken:
        refuse(f"{settings.keys_dir}: the history is not whole: {history.broken}")
    if not trust_list.is_usable(at):
        refuse(f"{settings.keys_dir}: the trust list has expired")


def _description(root: Root, trust_list: TrustList, history: History, at: int) -> Iterator[str]:
    states = Counter(key.state.value for issuer in trust_list.issuers for key in issuer.keys)
    days_left = (trust_list.expires_at - at) // _DAY
    yield f"version  {trust_list.version}"
    yield f"issued   {format_timestamp(trust_list.issued_at)}"
    yield f"expires  {format_timestamp(trust_list.expires_at)} ({days_left} days left)"
    yield f"root     {root.sha256} ({root.threshold} of {len(root.keys)} keys must sign)"
    yield f"keys     {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}"
    yield f"history  {len(history.lists)} lists, newest entry {history.head or 'none'}"
    for issuer in trust_list.issuers:
        yield f"issuer   {issuer.id}  {issuer.name_zh}  {issuer.name_en}  ({len(issuer.keys)} keys)"
        yield from map(_key_line, issuer.keys)


def _key_line(key: IssuerKey) -> str:
    state = (
        key.state.value if key.state is KeyState.ACTIVE else f"{key.state.value} since {format_timestamp(key.since)}"
    )
    scope = f"{','.join(sorted(key.uses))}  {','.join(sorted(key.types))}"
    term = f"from {format_timestamp(key.not_before)} to {format_timestamp(key.not_after)}"
    return f"key      {key.key_id.hex()}  {key.algorithm.name}  {state}  {scope}  {term}"


def _advice(root: Root, settings: Settings) -> Iterator[str]:
    if root.sha256 != settings.root_sha256:
        yield f"the root has changed: set {PREFIX}ROOT_SHA256={root.sha256} before the next start"
