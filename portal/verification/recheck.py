"""An evidence document judged again, by itself and the root alone: the verdict as of its time, or what does not fit.

pinned root ─→ trust list ─┐
code ─parse→ credential ───┴─KeptEvidence→ Evidence ─decide→ Verdict

The verifier does the same with a portal's own keys and register. Here every part must hold under the root's keys and
fit the others; a part that does not is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from portal.catalogue.licence_types import Catalogue
from portal.verification import presentation
from portal.verification.decide import decide
from portal.verification.discrepancies import Changed, Discrepancies, Discrepancy
from portal.verification.envelope import Malformed, read_credential
from portal.verification.evidence_file import EvidenceFile, RegisterStatement
from portal.verification.kept_evidence import KeptEvidence
from portal.verification.trust import Root, TrustList, TrustListRefused, read_root, read_trust_list
from portal.verification.verdict import Verdict

_SAID = "verdict.on_the_portals_word.register"
# The parts that no document has beside what the portal says of its register: nothing would look at what they say.
_NEVER_WITH: Mapping[RegisterStatement, tuple[str, ...]] = MappingProxyType(
    {
        RegisterStatement.HELD: (),
        RegisterStatement.CONTRADICTED: ("face",),
        RegisterStatement.NOT_HELD: ("face", "notice"),
        RegisterStatement.UNAVAILABLE: ("face", "notice", "register"),
        RegisterStatement.NOT_ASKED: ("face", "notice", "status_list", "register"),
    }
)


@dataclass(frozen=True, slots=True)
class Recheck:
    """The verdict that follows from the document under the root with this digest; None if anything was changed."""

    verdict: Verdict | None
    root_sha256: str | None
    discrepancies: tuple[Discrepancy, ...]


def recheck(file: EvidenceFile, catalogue: Catalogue, root_sha256: str | None) -> Recheck:
    """Judge a document again. `root_sha256` is the pin of the root to rely on; None relies on the document's own."""
    discrepancies = Discrepancies()
    root = discrepancies.attempt(lambda: _root(file, root_sha256))
    trust_list = discrepancies.attempt(lambda: _trust_list(file, root)) if root else None
    presented = discrepancies.attempt(lambda: _presented(file))
    verdict = None
    if presented and trust_list:
        kept = KeptEvidence(file, presented.credential, trust_list, catalogue, discrepancies)
        verdict = decide(kept.evidence(presented.other_host))
        _note_idle_parts(file, verdict, discrepancies)
    found = tuple(discrepancies.found)
    return Recheck(None if found else verdict, root.sha256 if root else None, found)


def recheck_by(file: EvidenceFile, root: Root, trust_list: TrustList, catalogue: Catalogue) -> Recheck:
    """Judge a document by another list of keys than its own: a newer one knows of thefts since."""
    by_these = replace(
        file, trust_list=trust_list.document, trust_list_signatures=trust_list.signatures, root=root.document
    )
    return recheck(by_these, catalogue, root.sha256)


def _root(file: EvidenceFile, pinned: str | None) -> Root:
    try:
        root = read_root(file.root)
    except TrustListRefused as error:
        raise Changed(error, "root") from error
    if pinned is not None and root.sha256 != pinned:
        # Of the replaced root nobody can tell who knows the new one alone: the new one signs nothing about it.
        said = f"its SHA-256 is {root.sha256}, not {pinned}; where the root was replaced since, give that of its time"
        raise Changed(said, "root")
    return root


def _trust_list(file: EvidenceFile, root: Root) -> TrustList:
    try:
        return read_trust_list(file.trust_list, file.trust_list_signatures, root)
    except TrustListRefused as error:
        raise Changed(error, "trust_list", "trust_list_sig", "root") from error


def _presented(file: EvidenceFile) -> presentation.PresentedCredential:
    try:
        read_credential(file.credential)
    except Malformed as error:
        raise Changed(error, "credential") from error
    presented = presentation.parse(file.text, file.word.address)
    if not isinstance(presented, presentation.PresentedCredential):
        raise Changed("it is no licence code", "text")
    if presented.credential.envelope.encoded != file.credential:
        raise Changed("the text holds another credential", "text", "credential")
    return presented


def _note_idle_parts(file: EvidenceFile, verdict: Verdict, discrepancies: Discrepancies) -> None:
    """A document holds nothing that its verdict did not look at; of a genuine one the portal asks its register."""
    said = file.word.register
    given = {
        "face": file.face,
        "notice": file.notice,
        "status_list": file.status_list,
        "register": file.registered or file.successor,
    }
    for part in _NEVER_WITH[said]:
        if given[part] is not None:
            discrepancies.note(f"there is none where the portal says {said}", part, _SAID)
    if verdict.licence and said is RegisterStatement.NOT_ASKED:
        discrepancies.note("the document is genuine, and of such a one the portal asks its register", _SAID)
