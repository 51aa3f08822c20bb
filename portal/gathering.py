"""The first half of a verdict: credential ─gather→ Evidence, from the register and the published keys of now.

What the register has is proven by its signatures, or left out. portal.verification.recheck gathers the same from a
document that was kept, and asks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.catalogue.licence_types import Catalogue
from portal.sources import Published, Register, StoredLicence
from portal.stored_records import read_stored, read_stored_notice
from portal.verification.decide import objection_to_genuineness
from portal.verification.envelope import Credential
from portal.verification.evidence import (
    Evidence,
    InRegister,
    NotInRegister,
    RegisterEvidence,
    RegisterUnavailable,
    Signer,
)
from portal.verification.provenance import signer_of
from portal.verification.statuses import FINAL_STATUSES, StatusReading, read_status
from portal.verification.trust import TrustList


def gather(
    credential: Credential,
    register: Register,
    published: Published,
    catalogue: Catalogue,
    at: int,
    other_host: str | None,
) -> Evidence:
    """All that the verdict on a well-formed credential rests on, as of `at`."""
    trust_list, behind = published.trust_list(at), published.clock_is_behind(at)
    # It is not earlier than what was signed: by a wrong clock genuine licences would be from the future.
    gathering = _Gathering(register, published, catalogue, trust_list, at + behind)
    signer = signer_of(credential, trust_list)
    held: RegisterEvidence = NotInRegister()
    # Without a valid signature nothing is asked of the register: a flood of forgeries costs no database.
    if signer and signer.signature_holds:
        held = gathering.registration(credential, signer)
    status = gathering.status(credential, signer, clock_is_right=not behind) if signer else None
    return Evidence.on(credential, signer, held, trust_list, catalogue, gathering.at, status, other_host)


@dataclass(frozen=True, slots=True)
class _Gathering:
    """Where the parts come from, and the one time and trust list that all of them are held to."""

    register: Register
    published: Published
    catalogue: Catalogue
    trust_list: TrustList
    at: int

    def status(self, credential: Credential, signer: Signer, *, clock_is_right: bool) -> StatusReading | None:
        status_list = self.published.status_list(signer.issuer.id, credential.status_list, self.at)
        if status_list is None:
            return None
        reading = read_status(status_list, credential.status_index, self.at)
        # How old a list is cannot be told by a clock that is wrong: as a stale one, it condemns and does not clear.
        return reading if reading.value in FINAL_STATUSES or clock_is_right else None

    def registration(self, credential: Credential, signer: Signer) -> RegisterEvidence:
        versions = self.register.versions(credential.type_code, credential.number)
        if isinstance(versions, RegisterUnavailable):
            return versions
        successor = self.successor(versions, credential)
        # Another authority could sign the same claims: that its own register does not have.
        credential_id, issuer_id = credential.credential_id, signer.issuer.id
        mine = (each for each in versions if each.credential_id == credential_id and each.issuer_id == issuer_id)
        taken = next(mine, None)
        if taken is None:
            as_of = self.register.as_of(issuer_id)
            return as_of if isinstance(as_of, RegisterUnavailable) else NotInRegister(successor, as_of)
        record = read_stored(taken)
        if record is None or record.credential.envelope.payload != credential.envelope.payload:
            return RegisterUnavailable()
        notice = read_stored_notice(taken.notice, credential, self.trust_list, self.at, taken.notice_signed_at)
        return InRegister(taken.registration, record.face, notice, successor, taken.register_as_of)

    def successor(self, versions: Sequence[StoredLicence], credential: Credential) -> Credential | None:
        """The highest version above `credential`'s that is genuine: the database's word alone supersedes nothing."""
        for stored in versions:
            if stored.version <= credential.version:
                return None
            record = read_stored(stored)
            if record is None or not _is_later_version(record.credential, credential):
                continue
            taken = InRegister(stored.registration, record.face)
            signer = signer_of(record.credential, self.trust_list)
            evidence = Evidence.on(record.credential, signer, taken, self.trust_list, self.catalogue, self.at)
            if objection_to_genuineness(evidence) is None:
                return record.credential
        return None


def _is_later_version(candidate: Credential, credential: Credential) -> bool:
    same = (candidate.number, candidate.type_code) == (credential.number, credential.type_code)
    return same and candidate.version > credential.version
