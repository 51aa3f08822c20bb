"""An evidence document judged again, by itself and the root alone: the verdict as of its time, or what does not fit.

Every part must hold under the root's keys and fit the others; a part that does not is named. What is the portal's word
alone (evidence_file.PortalsWord) is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NoReturn, TypeVar

from portal.catalogue.licence_types import Catalogue
from portal.verification import presentation
from portal.verification.bundle import Manifest, Record, leaf_hash, read_manifest, read_record
from portal.verification.decide import decide, objection_to_genuineness
from portal.verification.envelope import Credential, Malformed, read_credential
from portal.verification.evidence import Evidence, InRegister, NotInRegister, RegisterEvidence, RegisterUnavailable
from portal.verification.evidence_file import EvidenceFile, Holding, Proof
from portal.verification.face import Face
from portal.verification.inclusion import root_of_path
from portal.verification.notice import Notice, read_notice
from portal.verification.provenance import NotAuthorised, require_notice_signer, require_signer, signer_of
from portal.verification.statuses import StatusReading, read_status, read_status_list
from portal.verification.strict_json import Unexpected
from portal.verification.trust import Issuer, Root, TrustList, TrustListRefused, Use, read_root, read_trust_list
from portal.verification.verdict import Registration, Verdict

_T = TypeVar("_T")


_SAID = "verdict.on_the_portals_word.register"
# The parts that no document has beside what the portal says of its register: nothing would look at what they say.
_NEVER_WITH: Mapping[Holding, tuple[str, ...]] = MappingProxyType(
    {
        Holding.HELD: (),
        Holding.CONTRADICTED: ("face",),
        Holding.NOT_HELD: ("face", "notice"),
        Holding.UNAVAILABLE: ("face", "notice", "register"),
        Holding.NOT_ASKED: ("face", "notice", "status_list", "register"),
    }
)


@dataclass(frozen=True, slots=True)
class Objection:
    """Parts of the document, of which at least one was changed, and why that is known, in one line."""

    parts: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """The verdict that follows from the document, under the root with this digest; None where there are objections."""

    verdict: Verdict | None
    root_sha256: str | None
    objections: tuple[Objection, ...]


class _Changed(ValueError):
    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.why)
        self.objection = objection


def recheck(file: EvidenceFile, catalogue: Catalogue, root_sha256: str | None) -> Recheck:
    """Judge a document again. `root_sha256` is the pin of the root to rely on; None relies on the document's own."""
    checking = _Checking(file, catalogue)
    root = checking.attempt(lambda: checking.root(root_sha256))
    trust_list = checking.attempt(lambda: checking.trust_list(root)) if root else None
    presented = checking.attempt(checking.presented)
    verdict = checking.verdict(presented, trust_list) if presented and trust_list else None
    objections = tuple(checking.objections)
    return Recheck(None if objections else verdict, root.sha256 if root else None, objections)


def recheck_by(file: EvidenceFile, root: Root, trust_list: TrustList, catalogue: Catalogue) -> Recheck:
    """Judge a document by another list of keys than its own: a newer one knows of thefts since."""
    by_these = replace(
        file, trust_list=trust_list.document, trust_list_signatures=trust_list.signatures, root=root.document
    )
    return recheck(by_these, catalogue, root.sha256)


@dataclass(slots=True)
class _Checking:
    """The steps of a recheck; each raises _Changed, which `attempt` notes, so that all that is changed is named."""

    file: EvidenceFile
    catalogue: Catalogue
    objections: list[Objection] = field(default_factory=list)

    def attempt(self, step: Callable[[], _T]) -> _T | None:
        try:
            return step()
        except _Changed as error:
            self.objections.append(error.objection)
            return None

    def root(self, pinned: str | None) -> Root:
        try:
            root = read_root(self.file.root)
        except TrustListRefused as error:
            _object(error, "root")
        if pinned is not None and root.sha256 != pinned:
            # Of the replaced root nobody can tell who knows the new one alone: the new one signs nothing about it.
            said = (
                f"its SHA-256 is {root.sha256}, not {pinned}; where the root was replaced since, give that of its time"
            )
            _object(said, "root")
        return root

    def trust_list(self, root: Root) -> TrustList:
        try:
            return read_trust_list(self.file.trust_list, self.file.trust_list_signatures, root)
        except TrustListRefused as error:
            _object(error, "trust_list", "trust_list_sig", "root")

    def presented(self) -> presentation.PresentedCredential:
        try:
            read_credential(self.file.credential)
        except Malformed as error:
            _object(error, "credential")
        presented = presentation.parse(self.file.text, self.file.word.address)
        if not isinstance(presented, presentation.PresentedCredential):
            _object("it is no licence code", "text")
        if presented.credential.envelope.encoded != self.file.credential:
            _object("the text holds another credential", "text", "credential")
        return presented

    def verdict(self, presented: presentation.PresentedCredential, trust_list: TrustList) -> Verdict:
        credential = presented.credential
        evidence = self.evidence(credential, trust_list, self.register(credential, trust_list))
        status = self.attempt(lambda: self.status(credential, trust_list))
        verdict = decide(evidence._replace(status=status, other_host=presented.other_host))
        self.object_to_idle_parts()
        if verdict.licence and self.file.word.register is Holding.NOT_ASKED:
            self.objections.append(
                Objection((_SAID,), "the document is genuine, and of such a one the portal asks its register")
            )
        return verdict

    def object_to_idle_parts(self) -> None:
        file, said = self.file, self.file.word.register
        given = {
            "face": file.face,
            "notice": file.notice,
            "status_list": file.status_list,
            "register": file.registered or file.successor,
        }
        for part in _NEVER_WITH[said]:
            if given[part] is not None:
                self.objections.append(Objection((part, _SAID), f"there is none where the portal says {said}"))

    def evidence(self, credential: Credential, trust_list: TrustList, register: RegisterEvidence) -> Evidence:
        return Evidence(
            credential=credential,
            at=self.file.checked_at,
            trust_list=trust_list,
            signer=signer_of(credential, trust_list),
            licence_type=self.catalogue.by_code.get(credential.type_code),
            provinces=self.catalogue.provinces,
            register=register,
            status=None,
        )

    def status(self, credential: Credential, trust_list: TrustList) -> StatusReading | None:
        if self.file.status_list is None:
            return None
        try:
            status_list = read_status_list(self.file.status_list)
            signed_at = status_list.issued_at
            signer = require_signer(status_list.envelope, trust_list, Use.STATUS, signed_at, signed_at)
        except (Malformed, NotAuthorised) as error:
            _object(error, "status_list")
        issuer = _issuer_of(credential, trust_list, "status_list")
        listed = (status_list.issuer_id, status_list.list_number)
        if signer.id != issuer.id or listed != (signer.id, credential.status_list):
            _object("it is not the list of this licence", "status_list")
        return read_status(status_list, credential.status_index, self.file.checked_at)

    def register(self, credential: Credential, trust_list: TrustList) -> RegisterEvidence:
        word, proof = self.file.word, self.file.registered
        if word.register is Holding.UNAVAILABLE:
            return RegisterUnavailable()
        if word.register is Holding.NOT_ASKED:
            return NotInRegister(None, word.register_as_of)
        successor = self.attempt(lambda: self.successor(credential, trust_list))
        proven = self.attempt(lambda: self.proven(proof, "register", trust_list)) if proof else None
        if (word.register is Holding.HELD) != (proof is not None):
            self.objections.append(
                Objection(("register",), f"the portal says {word.register}, without or against proof")
            )
        if word.register is Holding.CONTRADICTED:
            notice = self.attempt(lambda: self.notice(credential, trust_list, None))
            # Taken now: what a stolen key signed is not taken to have been there before.
            now = Registration(0, self.file.checked_at, self.file.checked_at)
            return InRegister(now, face=None, notice=notice, successor=successor, as_of=word.register_as_of)
        if proven is None:
            return NotInRegister(successor, word.register_as_of)
        manifest, record = proven
        return InRegister(
            registration=_registration(manifest),
            face=self.attempt(lambda: self.face(credential, record)),
            notice=self.attempt(lambda: self.notice(credential, trust_list, self.notice_time(manifest, record))),
            successor=successor,
            as_of=word.register_as_of,
        )

    def face(self, credential: Credential, record: Record) -> Face:
        if record.credential.credential_id != credential.credential_id:
            _object("it proves another licence", "register.record")
        if self.file.face != record.face.document:
            _object("it is not the face in the register's record", "face", "register.record")
        return record.face

    def notice_time(self, manifest: Manifest, record: Record) -> int | None:
        """When the bundle was signed that brought the notice; None where that is not proven."""
        is_in_record = record.notice is not None and record.notice.envelope.encoded == self.file.notice
        return manifest.issued_at if is_in_record else None

    def notice(self, credential: Credential, trust_list: TrustList, registered_at: int | None) -> Notice | None:
        if self.file.notice is None:
            return None
        try:
            notice = read_notice(self.file.notice)
            require_notice_signer(notice, credential, trust_list, self.file.checked_at, registered_at)
        except (Malformed, NotAuthorised) as error:
            _object(error, "notice")
        return notice

    def proven(self, proof: Proof, part: str, trust_list: TrustList) -> tuple[Manifest, Record]:
        """The manifest and the record of a proof; `decide` judges by its time whether the record's key was compromised.

        A manifest proves nothing if its own key is: nobody but the portal saw when it was taken, and its time may be
        the thief's.
        """
        try:
            manifest = read_manifest(proof.manifest)
            signer = require_signer(
                manifest.envelope, trust_list, Use.REGISTER, manifest.issued_at, self.file.checked_at
            )
        except (Malformed, NotAuthorised) as error:
            _object(error, f"{part}.manifest")
        if proof.size != manifest.records:
            _object(f"the manifest counts {manifest.records} records", f"{part}.size")
        if root_of_path(leaf_hash(proof.record), proof.index, proof.size, proof.path) != manifest.root:
            _object(
                "the path does not lead to the manifest's root",
                *(f"{part}.{each}" for each in ("record", "index", "path")),
            )
        record = _read_record(proof.record, part)
        if _issuer_of(record.credential, trust_list, f"{part}.record").id != signer.id:
            _object("another authority registered the record", f"{part}.manifest", f"{part}.record")
        return manifest, record

    def successor(self, credential: Credential, trust_list: TrustList) -> Credential | None:
        """The higher version of the licence that the document proves to be genuine."""
        if self.file.successor is None:
            return None
        manifest, record = self.proven(self.file.successor, "register.successor", trust_list)
        later = record.credential
        evidence = self.evidence(later, trust_list, InRegister(_registration(manifest), record.face))
        if (later.type_code, later.number) != (credential.type_code, credential.number):
            _object("it is another licence", "register.successor")
        if later.version <= credential.version or objection_to_genuineness(evidence):
            _object("it is no genuine higher version", "register.successor")
        return later


def _issuer_of(credential: Credential, trust_list: TrustList, part: str) -> Issuer:
    found = trust_list.find(credential.envelope.key_id)
    if found is None:
        _object(f"no published key has the id {credential.envelope.key_id.hex()}", part)
    return found[0]


def _registration(manifest: Manifest) -> Registration:
    """As the document proves it: when the portal took the manifest does not stand there."""
    return Registration(manifest.sequence, manifest.issued_at, manifest.issued_at)


def _read_record(line: bytes, part: str) -> Record:
    try:
        return read_record(line)
    except (Malformed, Unexpected) as error:
        _object(error, f"{part}.record")


def _object(why: object, *parts: str) -> NoReturn:
    raise _Changed(Objection(parts, str(why)))
