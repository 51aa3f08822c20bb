"""`portal verify`: the same verdicts as the pages, for texts, photos and files of cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from portal.assemble import Portal
from portal.cli.session import Session, WrongUse
from portal.scanning.scan import ScanFailure
from portal.verdict_json import Json, answer_json
from portal.verification.dates import parse_timestamp
from portal.verification.verdict import Reason, Verdict
from portal.verifier import Answer, Lookup


@click.command()
@click.argument("presented", metavar="TEXT|IMAGE...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON line for each, with the checks.")
@click.option("--batch", type=click.File("rb"), metavar="FILE", help='Verify the lines {"id", "text", "at"} of FILE.')
@click.pass_obj
def verify(session: Session, presented: tuple[str, ...], as_json: bool, batch: BinaryIO | None) -> None:
    """Verify codes, numbers or photos of codes, and print the verdict on each.

    TEXT is what a code holds, a bare token or a licence number; IMAGE is the path of a photo. The exit status is 0
    when every one got an answer, whatever the answer is, and 2 when the portal's keys or settings cannot be used.
    """
    if bool(presented) == bool(batch):
        raise WrongUse("give texts or images, or --batch FILE")
    portal = session.portal()
    try:
        for line in _verify_batch(portal, batch) if batch else _verify_each(portal, presented, as_json):
            click.echo(line)
    finally:
        portal.reader.close()


def _verify_each(portal: Portal, presented: tuple[str, ...], as_json: bool) -> Iterator[str]:
    for each in presented:
        answer = _answer_to(portal, each)
        yield _json_line(answer_json(answer)) if as_json else _plain(answer)


def _answer_to(portal: Portal, presented: str) -> Answer:
    at = portal.clock()
    path = Path(presented)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a code is longer than any file's name
        is_file = False
    if not is_file:
        return portal.verifier.verify(presented, at)
    scan = portal.reader.read(path.read_bytes())
    if scan.failure is None or scan.failure is ScanFailure.no_code_found:
        return portal.verifier.verify_scan(scan.texts, at)
    return Verdict(Reason.UNREADABLE_IMAGE, checked_at=at)


def _verify_batch(portal: Portal, lines: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            text, at = case["text"], parse_timestamp(case["at"]) if case.get("at") else portal.clock()
        except (ValueError, KeyError, TypeError) as error:
            raise WrongUse(f'line {number}: not of the form {{"id", "text", "at"}}: {error}') from error
        yield _json_line({"id": case.get("id"), **answer_json(portal.verifier.verify(text, at))})


def _json_line(value: dict[str, Json]) -> str:
    return json.dumps(value, ensure_ascii=False)


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
