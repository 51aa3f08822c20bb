"""`portal verify`: the same verdicts as the pages, for texts, photos and files of cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from portal.assemble import Portal
from portal.cli import keeping_evidence
from portal.cli.session import Session, WrongUse, json_line, legible, read_at_most, read_by
from portal.scanning import Bounds, ScanFailure
from portal.settings import sha256_digits
from portal.verdict_json import Json, answer_json
from portal.verification.dates import parse_timestamp
from portal.verification.verdict import Reason, Verdict
from portal.verifier import Answer, Lookup


@click.command()
@click.argument("presented", metavar="TEXT|IMAGE...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line for each, with the checks.")
@click.option("--batch", type=click.File("rb"), metavar="FILE", help='Verify the lines {"id", "text", "at"} of FILE.')
@click.option("--save-evidence", "to", type=click.Path(path_type=Path), metavar="FILE", help="Keep what proves it.")
@click.option("--evidence", type=click.Path(path_type=Path), metavar="FILE", help="Verify evidence that was kept.")
@click.option(
    "--root-sha256",
    envvar="PORTAL_ROOT_SHA256",
    callback=read_by(sha256_digits),
    metavar="HEX",
    help="The root that evidence must rely on.",
)
@click.option(
    "--keys", type=click.Path(path_type=Path), metavar="DIR", help="Judge evidence by newer published keys as well."
)
@click.pass_obj
def verify(
    session: Session,
    presented: tuple[str, ...],
    as_json: bool,
    batch: BinaryIO | None,
    to: Path | None,
    evidence: Path | None,
    root_sha256: str | None,
    keys: Path | None,
) -> None:
    """Verify codes, numbers or photos of codes, and print the verdict on each.

    TEXT is what a code holds, a bare token or a licence number; IMAGE is the path of a photo. The exit status is 0
    when every one got an answer, whatever the answer is, and 2 when the portal's keys or settings cannot be used,
    or a line of a batch cannot: those after it are not looked at.

    Evidence is verified as of its time, with nothing but the file and the root: without register, keys or settings. A
    newer keys folder also knows which keys were stolen since. The exit status is 1 when a part of the file was changed,
    or when the newer keys do not confirm it.
    """
    if sum(map(bool, (presented, batch, evidence))) != 1 or (to and len(presented) != 1):
        raise WrongUse("give texts or images, --batch FILE, --evidence FILE, or --save-evidence FILE and one text")
    if keys and not evidence:
        raise WrongUse("--keys DIR is for evidence; a portal's own keys are in PORTAL_KEYS_DIR")
    if evidence:
        _verify_evidence(evidence, root_sha256, keys, as_json)
        return
    portal = session.portal()
    try:
        for line in _answers(portal, presented, batch, to, as_json):
            click.echo(line)
    finally:
        portal.reader.close()


def _answers(
    portal: Portal, presented: tuple[str, ...], batch: BinaryIO | None, to: Path | None, as_json: bool
) -> Iterator[str]:
    if batch:
        yield from _verify_batch(portal, batch)
    elif to:
        yield _written(keeping_evidence.save(portal, presented[0], to).verdict, as_json)
    else:
        yield from (_written(_answer_to(portal, each), as_json) for each in presented)


def _verify_evidence(file: Path, root_sha256: str | None, keys: Path | None, as_json: bool) -> None:
    checked = keeping_evidence.check(file, root_sha256)
    if checked.verdict:
        click.echo(_written(checked.verdict, as_json))
    for line in (*keeping_evidence.changes(checked), *keeping_evidence.what_was_relied_on(checked, root_sha256)):
        click.echo(legible(line), err=as_json)
    if checked.discrepancies:
        raise SystemExit(1)
    if keys:
        is_borne_out, line = keeping_evidence.by_newer_keys(checked, keys)
        click.echo(legible(line), err=as_json)
        if not is_borne_out:
            raise SystemExit(1)


def _written(answer: Answer, as_json: bool) -> str:
    return json_line(answer_json(answer)) if as_json else _plain(answer)


def _answer_to(portal: Portal, presented: str) -> Answer:
    at = portal.clock()
    path = Path(presented)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a code is longer than any file's name
        is_file = False
    if not is_file:
        return portal.verifier.verify(presented, at)
    scan = portal.reader.read(read_at_most(path, Bounds().file_bytes))
    if scan.failure is None or scan.failure is ScanFailure.no_code_found:
        return portal.verifier.verify_scan(scan.texts, at)
    return Verdict(Reason.UNREADABLE_IMAGE, checked_at=at)


def _verify_batch(portal: Portal, lines: BinaryIO) -> Iterator[str]:
    for number, line in _numbered(lines):
        if not line.strip():
            continue
        try:
            name, text, at = _read_case(line)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise WrongUse(f'line {number}: not of the form {{"id", "text", "at"}}: {error}') from error
        answer = portal.verifier.verify(text, portal.clock() if at is None else at)
        yield json_line({"id": name, **answer_json(answer)})


def _numbered(lines: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            yield number, line
    except OSError as error:
        raise WrongUse(f"{lines.name}, after line {number}: {error.strerror}") from error


def _read_case(line: bytes) -> tuple[Json, str, int | None]:
    case = json.loads(line)
    text, at = case["text"], case.get("at")
    if not isinstance(text, str):
        raise TypeError("text is no text")
    return case.get("id"), text, None if at is None else parse_timestamp(at)


def _plain(answer: Answer) -> str:
    if isinstance(answer, Lookup):
        return "\n".join(_plain(entry) for entry in answer.entries)
    parts = [str(answer.outcome).upper(), answer.reason, *answer.attributes]
    if answer.licence:
        credential = answer.licence.credential
        parts += [answer.licence.licence_type.zh, credential.number, f"v{credential.version}", credential.holder]
    lines = ["  ".join(parts)]
    lines += [f"    {check.name}: {check.state}" for check in answer.checks]
    lines += ["    " + _plain(entry).replace("\n", "\n    ") for entry in answer.entries]
    return "\n".join(lines)
