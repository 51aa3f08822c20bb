"""What a person keeps to prove later what was checked (spec §9): put together by a portal, and checked again.

A document is given out only after it was checked as a stranger would check it: with nothing but itself and the root.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.catalogue.licence_types import Catalogue
from portal.verdict_json import verdict_json
from portal.verification import presentation
from portal.verification.bundle import read_manifest, read_record
from portal.verification.discrepancies import Discrepancy
from portal.verification.envelope import Credential
from portal.verification.evidence_file import (
    EvidenceFile,
    PortalsWord,
    Proof,
    RegisterStatement,
    read_evidence_file,
    write_evidence_file,
)
from portal.verification.notice import Notice
from portal.verification.recheck import recheck
from portal.verification.strict_json import Unexpected
from portal.verification.trust import KeyState, TrustList
from portal.verification.verdict import CheckName, CheckState, Reason, Verdict
from portal.verifier import Verifier

_log = logging.getLogger(__name__)

# Which part of a document a member of the verdict follows from.
_SOURCES: Mapping[str, str] = {
    "checked_at": "checked_at",
    "other_host": "text",
    "status_as_of": "status_list",
    "trust_list_version": "trust_list",
    "licence.notice": "notice",
    "licence.status": "status_list",
    "licence.successor": "register.successor",
}


class NoEvidence(StrEnum):
    """Why there is no document: no code, a notice in it that is no longer public, a register that cannot prove."""

    NO_CREDENTIAL = "no_credential"
    NO_LONGER_PUBLIC = "no_longer_public"
    NOT_PROVABLE = "not_provable"


@dataclass(frozen=True, slots=True)
class SavedEvidence:
    """A document with what it holds and the verdict that follows from it."""

    document: bytes
    file: EvidenceFile
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CheckedEvidence:
    """The result of checking a document: its verdict, or what was changed in it; `root_sha256`: what it relies on."""

    file: EvidenceFile | None
    verdict: Verdict | None
    root_sha256: str | None
    discrepancies: tuple[Discrepancy, ...]


def check_evidence(document: bytes, catalogue: Catalogue, root_sha256: str | None) -> CheckedEvidence:
    """Check a document under the root with this digest; None relies on the root in the document."""
    try:
        file = read_evidence_file(document)
    except Unexpected as error:
        return CheckedEvidence(None, None, None, (Discrepancy(("evidence",), str(error)),))
    again = recheck(file, catalogue, root_sha256)
    discrepancies = again.discrepancies
    if again.verdict is not None:
        discrepancies = tuple(_differences(json.loads(json.dumps(verdict_json(again.verdict))), file.verdict))
    return CheckedEvidence(file, None if discrepancies else again.verdict, again.root_sha256, discrepancies)


def _differences(proven: Mapping[str, object], stated: Mapping[str, object], within: str = "") -> Iterator[Discrepancy]:
    """The members of the verdict that the document does not prove, each with the part that it should follow from."""
    for name in sorted(proven.keys() | stated.keys()):
        before, now = stated.get(name), proven.get(name)
        member = within + name
        if isinstance(before, dict) and isinstance(now, dict) and not within:
            yield from _differences(now, before, f"{name}.")
        elif (said := _written(before)) != (meant := _written(now)):
            suspects = (_SOURCES[member],) if member in _SOURCES else ()
            yield Discrepancy((f"verdict.{member}", *suspects), f"the verdict says {said[:80]}, not {meant[:80]}")


def _written(value: object) -> str:
    """JSON in one form: what only Python takes for equal (1, 1.0 and True) is written differently."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def save_evidence(verifier: Verifier, text: str, at: int) -> SavedEvidence | NoEvidence:
    """The document for the code in `text`, as of `at`; or why there is none."""
    presented = presentation.parse(text, verifier.public_url)
    if not isinstance(presented, presentation.PresentedCredential):
        return NoEvidence.NO_CREDENTIAL
    if verifier.published.clock_is_behind(at):
        return NoEvidence.NOT_PROVABLE  # it would be dated by a wrong clock, before the parts that it holds
    saved = _save(verifier, text, presented, at)
    if isinstance(saved, tuple) or saved is NoEvidence.NOT_PROVABLE:
        # Keys or lists may have been replaced, or a bundle taken, while the parts were gathered.
        saved = _save(verifier, text, presented, at)
    if isinstance(saved, tuple):
        # Only the names of the parts: what they say about a licence and its holder does not belong in a log.
        parts = "; ".join(" or ".join(each.parts) for each in saved)
        _log.error("integrity: evidence cannot be proven: %s", parts)
        return NoEvidence.NOT_PROVABLE
    return saved


def _save(
    verifier: Verifier, text: str, presented: presentation.PresentedCredential, at: int
) -> SavedEvidence | NoEvidence | tuple[Discrepancy, ...]:
    """The document, or why there is none: discrepancies if its parts do not fit each other."""
    file = _evidence_file(verifier, text, presented, at)
    if isinstance(file, NoEvidence):
        return file
    document = (json.dumps(write_evidence_file(file), ensure_ascii=False, indent=1) + "\n").encode()
    checked = check_evidence(document, verifier.catalogue, verifier.published.root.sha256)
    return checked.discrepancies if checked.verdict is None else SavedEvidence(document, file, checked.verdict)


def _evidence_file(
    verifier: Verifier, text: str, presented: presentation.PresentedCredential, at: int
) -> EvidenceFile | NoEvidence:
    credential, published = presented.credential, verifier.published
    verdict = verifier.verify_credential(credential, at, presented.other_host)
    licence, trust_list = verdict.licence, published.trust_list(at)
    statement = _statement(verdict)
    registered = _prove(verifier, trust_list, credential if statement is RegisterStatement.HELD else None)
    successor = _prove(verifier, trust_list, licence.successor if licence else None)
    if isinstance(registered, NoEvidence) or isinstance(successor, NoEvidence):
        return NoEvidence.NOT_PROVABLE
    notice = licence.notice if licence else None
    if not all(each.is_published(at) for each in _notices(notice, registered, successor)):
        return NoEvidence.NO_LONGER_PUBLIC
    status_list = None
    if licence and licence.status:
        status_list = published.status_list(licence.issuer.id, credential.status_list, at)
    return EvidenceFile(
        checked_at=at,
        text=text,
        credential=credential.envelope.encoded,
        face=licence.face.document if licence and licence.face else None,
        notice=notice.envelope.encoded if notice else None,
        status_list=status_list.envelope.encoded if status_list else None,
        trust_list=trust_list.document,
        trust_list_signatures=trust_list.signatures,
        root=published.root.document,
        registered=registered,
        successor=successor,
        word=PortalsWord(verifier.public_url, statement, verdict.register_as_of),
        verdict=verdict_json(verdict),
    )


def _prove(verifier: Verifier, trust_list: TrustList, credential: Credential | None) -> Proof | NoEvidence | None:
    if credential is None:
        return None
    signer = trust_list.find(credential.envelope.key_id)
    found = verifier.register.inclusion(signer[0].id, credential.credential_id) if signer else None
    if not isinstance(found, Proof) or _is_compromised(read_manifest(found.manifest).envelope.key_id, trust_list):
        return NoEvidence.NOT_PROVABLE
    return found


def _is_compromised(key_id: bytes, trust_list: TrustList) -> bool:
    """What the portal took under such a key before the theft it knows, but can prove to nobody."""
    signer = trust_list.find(key_id)
    return signer is not None and signer[1].state is KeyState.COMPROMISED


def _notices(current: Notice | None, *proofs: Proof | None) -> Iterator[Notice]:
    """All notices that a document would hold: the current one, and those in the records."""
    if current:
        yield current
    for proof in proofs:
        notice = read_record(proof.record).notice if proof else None
        if notice:
            yield notice


def _statement(verdict: Verdict) -> RegisterStatement:
    if verdict.licence is None:
        return RegisterStatement.NOT_ASKED
    if verdict.reason is Reason.CLAIMS_MISMATCH and verdict.licence.face is None:
        return RegisterStatement.CONTRADICTED
    if verdict.licence.registration:
        return RegisterStatement.HELD
    states = {check.name: check.state for check in verdict.checks}
    unavailable = states[CheckName.REGISTER] is CheckState.UNKNOWN
    return RegisterStatement.UNAVAILABLE if unavailable else RegisterStatement.NOT_HELD
