"""The Evidence in a document that was kept: what portal.gathering asks register and keys for, each part proves here.

A record and a higher version are proven under a manifest that the issuer signed; notice and status list are signed
themselves. What the portal says of its register besides (evidence_file.PortalsWord) is taken as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalogue.licence_types import Catalogue
from portal.verification.bundle import Manifest, Record, leaf_hash, read_manifest, read_record
from portal.verification.decide import objection_to_genuineness
from portal.verification.discrepancies import Changed, Discrepancies
from portal.verification.envelope import Credential, Malformed
from portal.verification.evidence import Evidence, InRegister, NotInRegister, RegisterEvidence, RegisterUnavailable
from portal.verification.evidence_file import EvidenceFile, Proof, RegisterStatement
from portal.verification.face import Face
from portal.verification.inclusion import root_of_path
from portal.verification.notice import Notice, read_notice
from portal.verification.provenance import NotAuthorised, require_notice_signer, require_signer, signer_of
from portal.verification.statuses import StatusReading, read_status, read_status_list
from portal.verification.strict_json import Unexpected
from portal.verification.trust import Issuer, TrustList, Use
from portal.verification.verdict import Registration


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """The parts of `file` about `credential`; what does not fit is added to `discrepancies`, and left out."""

    file: EvidenceFile
    credential: Credential
    trust_list: TrustList
    catalogue: Catalogue
    discrepancies: Discrepancies

    def evidence(self, other_host: str | None) -> Evidence:
        """All that the verdict rests on, as of the time of the document."""
        evidence = self._evidence_on(self.credential, self._register())
        return evidence._replace(status=self.discrepancies.attempt(self._status), other_host=other_host)

    def _evidence_on(self, credential: Credential, register: RegisterEvidence) -> Evidence:
        signer = signer_of(credential, self.trust_list)
        return Evidence.on(credential, signer, register, self.trust_list, self.catalogue, self.file.checked_at)

    def _status(self) -> StatusReading | None:
        if self.file.status_list is None:
            return None
        try:
            status_list = read_status_list(self.file.status_list)
            signed_at = status_list.issued_at
            signer = require_signer(status_list.envelope, self.trust_list, Use.STATUS, signed_at, signed_at)
        except (Malformed, NotAuthorised) as error:
            raise Changed(error, "status_list") from error
        issuer = self._issuer_of(self.credential, "status_list")
        listed = (status_list.issuer_id, status_list.list_number)
        if signer.id != issuer.id or listed != (signer.id, self.credential.status_list):
            raise Changed("it is not the list of this licence", "status_list")
        return read_status(status_list, self.credential.status_index, self.file.checked_at)

    def _register(self) -> RegisterEvidence:
        word, proof, attempt = self.file.word, self.file.registered, self.discrepancies.attempt
        if word.register is RegisterStatement.UNAVAILABLE:
            return RegisterUnavailable()
        if word.register is RegisterStatement.NOT_ASKED:
            return NotInRegister(None, word.register_as_of)
        successor = attempt(self._successor)
        proven = attempt(lambda: self._proven(proof, "register")) if proof else None
        if (word.register is RegisterStatement.HELD) != (proof is not None):
            self.discrepancies.note(f"the portal says {word.register}, without or against proof", "register")
        if word.register is RegisterStatement.CONTRADICTED:
            notice = attempt(lambda: self._notice(None))
            # Taken now: what a stolen key signed is not taken to have been there before.
            now = Registration(0, self.file.checked_at, self.file.checked_at)
            return InRegister(now, face=None, notice=notice, successor=successor, as_of=word.register_as_of)
        if proven is None:
            return NotInRegister(successor, word.register_as_of)
        manifest, record = proven
        return InRegister(
            registration=_registration(manifest),
            face=attempt(lambda: self._face(record)),
            notice=attempt(lambda: self._notice(self._notice_time(manifest, record))),
            successor=successor,
            as_of=word.register_as_of,
        )

    def _face(self, record: Record) -> Face:
        if record.credential.credential_id != self.credential.credential_id:
            raise Changed("it proves another licence", "register.record")
        if self.file.face != record.face.document:
            raise Changed("it is not the face in the register's record", "face", "register.record")
        return record.face

    def _notice_time(self, manifest: Manifest, record: Record) -> int | None:
        """When the bundle was signed that brought the notice; None where that is not proven."""
        is_in_record = record.notice is not None and record.notice.envelope.encoded == self.file.notice
        return manifest.issued_at if is_in_record else None

    def _notice(self, registered_at: int | None) -> Notice | None:
        if self.file.notice is None:
            return None
        try:
            notice = read_notice(self.file.notice)
            require_notice_signer(notice, self.credential, self.trust_list, self.file.checked_at, registered_at)
        except (Malformed, NotAuthorised) as error:
            raise Changed(error, "notice") from error
        return notice

    def _proven(self, proof: Proof, part: str) -> tuple[Manifest, Record]:
        """The manifest and the record of a proof; `decide` judges by its time whether the record's key was compromised.

        A manifest proves nothing if its own key is: nobody but the portal saw when it was taken, and its time may be
        the thief's.
        """
        try:
            manifest = read_manifest(proof.manifest)
            signed_at, checked_at = manifest.issued_at, self.file.checked_at
            signer = require_signer(manifest.envelope, self.trust_list, Use.REGISTER, signed_at, checked_at)
        except (Malformed, NotAuthorised) as error:
            raise Changed(error, f"{part}.manifest") from error
        if proof.size != manifest.records:
            raise Changed(f"the manifest counts {manifest.records} records", f"{part}.size")
        if root_of_path(leaf_hash(proof.record), proof.index, proof.size, proof.path) != manifest.root:
            of_the_path = (f"{part}.{each}" for each in ("record", "index", "path"))
            raise Changed("the path does not lead to the manifest's root", *of_the_path)
        try:
            record = read_record(proof.record)
        except (Malformed, Unexpected) as error:
            raise Changed(error, f"{part}.record") from error
        if self._issuer_of(record.credential, f"{part}.record").id != signer.id:
            raise Changed("another authority registered the record", f"{part}.manifest", f"{part}.record")
        return manifest, record

    def _successor(self) -> Credential | None:
        """The higher version of the licence that the document proves to be genuine."""
        if self.file.successor is None:
            return None
        manifest, record = self._proven(self.file.successor, "register.successor")
        later = record.credential
        if (later.type_code, later.number) != (self.credential.type_code, self.credential.number):
            raise Changed("it is another licence", "register.successor")
        evidence = self._evidence_on(later, InRegister(_registration(manifest), record.face))
        if later.version <= self.credential.version or objection_to_genuineness(evidence):
            raise Changed("it is no genuine higher version", "register.successor")
        return later

    def _issuer_of(self, credential: Credential, part: str) -> Issuer:
        found = self.trust_list.find(credential.envelope.key_id)
        if found is None:
            raise Changed(f"no published key has the id {credential.envelope.key_id.hex()}", part)
        return found[0]


def _registration(manifest: Manifest) -> Registration:
    """As the document proves it: when the portal took the manifest does not stand there."""
    return Registration(manifest.sequence, manifest.issued_at, manifest.issued_at)
