"""`portal verify --save-evidence` and `--evidence`: keeps what was checked, for later and for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from portal.assemble import Portal, load_catalogue
from portal.cli.output_files import write_whole
from portal.cli.session import WrongUse, read_at_most
from portal.evidence_documents import CheckedEvidence, NoEvidence, SavedEvidence, check_evidence, save_evidence
from portal.published import KeysUnusable, read_keys
from portal.verification.dates import format_timestamp
from portal.verification.discrepancies import Discrepancy
from portal.verification.evidence_file import RegisterStatement
from portal.verification.recheck import recheck_by

# A status list of 64 MiB that nothing compresses, in base64, and room for the rest (spec §6, §9).
_MOST_BYTES = 128 * 2**20

_WHY = {
    NoEvidence.NO_CREDENTIAL: "this is no licence code, so there is nothing to prove",
    NoEvidence.NO_LONGER_PUBLIC: "a notice that the evidence would hold is no longer public",
    NoEvidence.NOT_PROVABLE: "the register cannot prove what it holds",
}
_WORD = {
    RegisterStatement.HELD: "that its register had no higher version than those in the file",
    RegisterStatement.NOT_HELD: "that its register did not have this document",
    RegisterStatement.CONTRADICTED: "that its register showed another face than was signed",
    RegisterStatement.UNAVAILABLE: "that its register could not be read",
}


def save(portal: Portal, text: str, file: Path) -> SavedEvidence:
    """Write the evidence for a code; WrongUse where there is none."""
    saved = save_evidence(portal.verifier, text, portal.clock())
    if isinstance(saved, NoEvidence):
        raise WrongUse(_WHY[saved])
    write_whole(file, saved.document)
    return saved


def check(file: Path, root_sha256: str | None) -> CheckedEvidence:
    document = read_at_most(file, _MOST_BYTES)
    if len(document) > _MOST_BYTES:
        raise WrongUse(f"{file}: larger than any evidence")
    return check_evidence(document, load_catalogue(), root_sha256)


def what_was_relied_on(checked: CheckedEvidence, root_sha256: str | None) -> Iterator[str]:
    """As of when, under which root, and what rests on the portal's word alone."""
    if checked.file:
        yield f"as of {format_timestamp(checked.file.checked_at)}, which is the word of {checked.file.word.address}"
    if checked.root_sha256:
        compared = "as was asked" if root_sha256 else "from the file: compare it with the one that you trust"
        yield f"root {checked.root_sha256}, {compared}"
    if checked.file and checked.verdict and (said := _WORD.get(checked.file.word.register)):
        yield f"the portal's word alone: {said}, and that it had no newer status list or notice"


def changes(checked: CheckedEvidence) -> Iterator[str]:
    for each in checked.discrepancies:
        yield f"CHANGED  {_told(each)}"


def _told(discrepancy: Discrepancy) -> str:
    return f"{' or '.join(discrepancy.parts)}: {discrepancy.why}"


def by_newer_keys(checked: CheckedEvidence, keys_dir: Path) -> tuple[bool, str]:
    """Whether the keys in a folder confirm what was proven, and a line that says so; WrongUse if they are unusable.

    They must be under the root that the evidence relies on, or under one that follows it.
    """
    if checked.file is None or checked.verdict is None or checked.root_sha256 is None:
        raise ValueError("nothing was proven")
    try:
        root, trust_list = read_keys(keys_dir, checked.root_sha256)
    except KeysUnusable as error:
        raise WrongUse(str(error)) from error
    keys = f"the keys of version {trust_list.version}"
    if trust_list.version == checked.verdict.trust_list_version and trust_list.document != checked.file.trust_list:
        return False, f"NOT BORNE OUT by {keys}: they are others than the file's of this version"
    if trust_list.version <= (checked.verdict.trust_list_version or 0):
        return True, f"{keys} are no newer than the file"
    again = recheck_by(checked.file, root, trust_list, load_catalogue())
    if again.verdict and again.verdict.reason is checked.verdict.reason:
        return True, f"the same by {keys}"
    found = [f"{again.verdict.outcome} {again.verdict.reason}"] if again.verdict else []
    found += map(_told, again.discrepancies)
    return False, f"NOT BORNE OUT by {keys}: {'; '.join(found)}"
