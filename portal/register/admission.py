"""Whether a bundle's manifest and records may be taken into the register (spec §8): rules only; nothing is stored here.

A record is held to the rules of a verdict (rows 7 to 13, as if it were registered under this manifest), and to those
that concern publication alone: the manifest's issuer signed it, and its face shows nothing that must not be public.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from portal.catalogue.licence_types import Catalogue
from portal.register.tables import LARGEST_INTEGER
from portal.verification.bundle import Manifest, Record, read_manifest_line, read_record
from portal.verification.decide import objection_to_genuineness
from portal.verification.envelope import Malformed
from portal.verification.evidence import Evidence, InRegister, Signer
from portal.verification.face import disagreement, forbidden_field
from portal.verification.provenance import NotAuthorised, require_notice_signer, require_signer, signer_of
from portal.verification.strict_json import Unexpected
from portal.verification.trust import Issuer, TrustList, Use
from portal.verification.verdict import Reason, Registration


class NotAdmitted(ValueError):
    """A manifest or record may not be taken; the message says why, in one line."""


_WHY: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.KEY_UNKNOWN: "no published key has signed the licence",
        Reason.SIGNATURE_INVALID: "the licence's signature does not hold",
        Reason.KEY_NOT_IN_TERM: "signed in the future, outside the key's term, or by a key not published for licences",
        Reason.OUT_OF_SCOPE: "the issuer may not sign this type, or numbers of this province",
        Reason.KEY_COMPROMISED: "the key was compromised before the manifest was signed",
    }
)


@dataclass(frozen=True, slots=True)
class Admission:
    """What the records of one bundle are judged by: its manifest, who signed it, and what is published as of `at`.

    `registration` is what a record gets if it is admitted.
    """

    manifest: Manifest
    issuer: Issuer
    trust_list: TrustList
    catalogue: Catalogue
    at: int
    registration: Registration

    @classmethod
    def open(cls, line: bytes, trust_list: TrustList, catalogue: Catalogue, at: int) -> Admission:
        """Read a bundle's first line; NotAdmitted unless an authority signed this manifest to be loaded here."""
        try:
            manifest = read_manifest_line(line)
            issuer = require_signer(manifest.envelope, trust_list, Use.REGISTER, manifest.issued_at, at)
        except (Unexpected, Malformed, NotAuthorised) as error:
            raise NotAdmitted(str(error)) from error
        if max(manifest.sequence, manifest.records) > LARGEST_INTEGER:
            raise NotAdmitted("the manifest counts further than a register can")
        registration = Registration(manifest.sequence, manifest.issued_at, at)
        return cls(manifest, issuer, trust_list, catalogue, at, registration)

    def require_sequence(self, last: int | None) -> None:
        """NotAdmitted unless the manifest comes after `last`, the highest sequence taken from its issuer."""
        sequence, follows = self.manifest.sequence, self.manifest.follows
        if last is not None and sequence <= last:
            raise NotAdmitted(f"sequence {sequence} is not above {last}, the last one taken from {self.issuer.id}")
        if follows is not None and follows != last:
            taken = "nothing" if last is None else f"sequence {last}"
            raise NotAdmitted(f"a delta to sequence {follows}, but {taken} was taken last from {self.issuer.id}")

    def admit(self, lines: Sequence[bytes]) -> list[Record | NotAdmitted]:
        """The record in each line, or why it may not be taken.

        Each step runs over all the lines, which keeps its code and data in the processor's caches: line by line it was
        a quarter slower.
        """
        read = [_read(line) for line in lines]
        signers = [signer_of(each.credential, self.trust_list) if isinstance(each, Record) else None for each in read]
        return [self._judged(each, signer) for each, signer in zip(read, signers, strict=True)]

    def _judged(self, record: Record | NotAdmitted, signer: Signer | None) -> Record | NotAdmitted:
        if isinstance(record, NotAdmitted):
            return record
        try:
            self._require_public_face(record)
            self._require_genuine(record, signer)
            self._require_notice(record)
            if record.credential.version > LARGEST_INTEGER:
                raise NotAdmitted("the licence's version is higher than a register can count")
        except NotAdmitted as error:
            return error
        return record

    def _require_genuine(self, record: Record, signer: Signer | None) -> None:
        if signer and signer.issuer.id != self.issuer.id:
            raise NotAdmitted(f"the licence is signed by a key of {signer.issuer.id}, the manifest by {self.issuer.id}")
        taken = InRegister(self.registration, record.face)
        evidence = Evidence.on(record.credential, signer, taken, self.trust_list, self.catalogue, self.at)
        reason = objection_to_genuineness(evidence)
        if reason is not None:
            raise NotAdmitted(f"{reason}: {_WHY.get(reason) or self._mismatch(record)}")

    def _mismatch(self, record: Record) -> str:
        if record.face.digest != record.credential.face_digest:
            return "the face does not hash to the digest in the licence"
        licence_type = self.catalogue.by_code[record.credential.type_code]
        return f"face and licence disagree on {disagreement(record.face, record.credential, licence_type)}"

    def _require_public_face(self, record: Record) -> None:
        licence_type = self.catalogue.by_code.get(record.credential.type_code)
        forbidden = licence_type and forbidden_field(record.face, licence_type)
        if licence_type and forbidden:
            raise NotAdmitted(f"the face holds {forbidden[:60]!r}, which {licence_type.slug} may not show")

    def _require_notice(self, record: Record) -> None:
        if record.notice is None:
            return
        try:
            require_notice_signer(record.notice, record.credential, self.trust_list, self.at, self.manifest.issued_at)
        except NotAuthorised as error:
            raise NotAdmitted(f"notice: {error}") from error


def _read(line: bytes) -> Record | NotAdmitted:
    try:
        return read_record(line)
    except (Unexpected, Malformed) as error:
        return NotAdmitted(str(error))
