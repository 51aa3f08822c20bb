"""Gathers the evidence from register and keys, then asks `decide`. Time is an argument; nothing here is written.

texts ─parse→ credential ─gather→ Evidence ─decide→ Verdict
number ─look up→ stored credentials, each ─gather→ Evidence ─decide→ Verdict
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from portal.catalogue.licence_types import Catalogue
from portal.catalogue.numbers import lookup_key
from portal.lookups import (
    MAX_HELD,
    CoverageEntry,
    HistoryEntry,
    SearchQuery,
    SearchResult,
    covered,
    is_wanted,
    ways_to_find,
)
from portal.sources import FoundBy, Published, Register, StoredLicence, StoredNotice, Wanted
from portal.verification import presentation
from portal.verification.bundle import Record, read_record
from portal.verification.decide import decide, decide_broken, decide_other, objection_to_genuineness
from portal.verification.envelope import Credential, Malformed
from portal.verification.evidence import (
    Evidence,
    InRegister,
    NotInRegister,
    RegisterEvidence,
    RegisterUnavailable,
    Signer,
)
from portal.verification.notice import Notice, read_notice
from portal.verification.provenance import NotAuthorised, require_notice_signer, signer_of
from portal.verification.statuses import FINAL_STATUSES, StatusReading, read_status
from portal.verification.strict_json import Unexpected
from portal.verification.trust import TrustList
from portal.verification.verdict import Reason, Verdict

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The licences that a typed number can mean: never one answer of its own, but each with its verdict."""

    number: str
    entries: tuple[Verdict, ...]


Answer: TypeAlias = Verdict | Lookup


@dataclass(frozen=True, slots=True)
class Verifier:
    """Answers what is presented, as of `at` (seconds since 1970, UTC). `public_url` is this portal's own address."""

    public_url: str
    catalogue: Catalogue
    register: Register
    published: Published

    def verify(self, text: str, at: int) -> Answer:
        """The answer to a scanned or typed text, whatever it is."""
        return self._answer(presentation.parse(text, self.public_url), at)

    def _answer(self, presented: presentation.Presentation, at: int) -> Answer:
        match presented:
            case presentation.PresentedCredential(credential, other_host):
                return self.verify_credential(credential, at, other_host)
            case presentation.BrokenCode():
                return decide_broken(presented, at)
            case presentation.TypedNumber():
                return self.look_up(presented.text, at)
            case presentation.OtherCode():
                return decide_other(presented, at)

    def verify_scan(self, texts: Sequence[str], at: int) -> Answer:
        """The answer to the texts of the codes in one photo: the one licence code, or the choice between several."""
        presented = [presentation.parse(text, self.public_url) for text in texts]
        codes: dict[bytes, presentation.PresentedCredential] = {}
        for each in presented:
            if isinstance(each, presentation.PresentedCredential):
                # The same code twice is one; if one of them names another host, that is told.
                known = codes.get(each.credential.envelope.encoded)
                if known is None or known.other_host is None:
                    codes[each.credential.envelope.encoded] = each
        if len(codes) > 1:
            entries = (self.verify_credential(each.credential, at, each.other_host) for each in codes.values())
            return Verdict(Reason.SEVERAL_CODES, checked_at=at, entries=tuple(entries))
        if not presented:
            return Verdict(Reason.NO_CODE_FOUND, checked_at=at)
        broken = (each for each in presented if isinstance(each, presentation.BrokenCode))
        return self._answer(next(iter(codes.values()), None) or next(broken, presented[0]), at)

    def verify_typed(self, text: str, at: int) -> Answer:
        """The answer to what a person typed: a code or an address if it is one, and otherwise a number."""
        presented = presentation.parse(text, self.public_url)
        if isinstance(presented, presentation.OtherCode) and presented.host is None:
            return self.look_up(text.strip(), at)
        return self._answer(presented, at)

    def look_up(self, number: str, at: int) -> Answer:
        """The licences with a number, each with its verdict; `not_found` or `register_unavailable` without any."""
        key = lookup_key(number)
        stored = self.register.by_number(key) if key else ()
        if isinstance(stored, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at, text=number)
        records = [record for each in stored if (record := _read_stored(each)) is not None]
        credentials = [record.credential for record in records if lookup_key(record.credential.number) == key]
        if not credentials:
            reason = Reason.REGISTER_UNAVAILABLE if stored else Reason.NOT_FOUND
            return Verdict(reason, checked_at=at, text=number)
        return Lookup(number, tuple(self.verify_credential(credential, at) for credential in credentials))

    def search(self, query: SearchQuery, at: int) -> SearchResult | Verdict:
        """A page of the licences that a text may mean; or the verdict `register_unavailable`."""
        for wanted in ways_to_find(query, self.catalogue, self.published.trust_list(at)):
            found = self._find(wanted, at)
            if isinstance(found, Verdict) or found.entries:
                return found
        return SearchResult(())

    def holder(self, uscc: str, at: int) -> SearchResult | Verdict:
        """The licences of the holder with a unified social credit code; or the verdict `register_unavailable`."""
        return self._find(Wanted(FoundBy.USCC, uscc, first=0, count=MAX_HELD), at)

    def history(self, type_code: int, number: str, at: int) -> tuple[HistoryEntry, ...] | Verdict:
        """All versions of a licence, the highest first; or the verdict `register_unavailable`."""
        versions = self.register.versions(type_code, number)
        notices = self.register.notices(type_code, number)
        if isinstance(versions, RegisterUnavailable) or isinstance(notices, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at, text=number)
        entries = []
        for stored in versions:
            record = _read_stored(stored)
            if record is not None and (record.credential.type_code, record.credential.number) == (type_code, number):
                mine = [
                    each for each in notices if (each.issuer_id, each.version) == (stored.issuer_id, stored.version)
                ]
                published = self._published_notices(mine, record.credential, at)
                entries.append(HistoryEntry(self.verify_credential(record.credential, at), published))
        return tuple(entries)

    def coverage(self, at: int) -> tuple[CoverageEntry, ...] | Verdict:
        """What the register has of each published issuer, by its own count; or the verdict `register_unavailable`."""
        holdings, bundles = self.register.holdings(), self.register.last_bundles()
        if isinstance(holdings, RegisterUnavailable) or isinstance(bundles, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at)
        return covered(self.published, self.catalogue, holdings, bundles, at)

    def _find(self, wanted: Wanted, at: int) -> SearchResult | Verdict:
        found = self.register.search(wanted)
        if isinstance(found, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at, text=wanted.key)
        entries = tuple(
            self.verify_credential(record.credential, at)
            for stored in found.licences
            if (record := _read_stored(stored)) is not None and self._is_wanted(record, stored, wanted)
        )
        return SearchResult(entries, found.more, wanted.first)

    def _is_wanted(self, record: Record, stored: StoredLicence, wanted: Wanted) -> bool:
        """What was signed decides, not the database's index; an earlier version may have had the name."""
        if is_wanted(record, wanted, self.catalogue):
            return True
        versions = self.register.versions(record.credential.type_code, record.credential.number)
        mine = () if isinstance(versions, RegisterUnavailable) else versions
        earlier = (_read_stored(each) for each in mine if each.issuer_id == stored.issuer_id)
        return any(each is not None and is_wanted(each, wanted, self.catalogue) for each in earlier)

    def _published_notices(self, stored: Sequence[StoredNotice], credential: Credential, at: int) -> tuple[Notice, ...]:
        trust_list = self.published.trust_list(at)
        at += self.published.clock_is_behind(at)  # as a licence is judged: else each would be from the future
        read = (_read_notice(each.notice, credential, trust_list, at, each.registered_at) for each in stored)
        return tuple(notice for notice in read if notice is not None and notice.is_published(at))

    def verify_credential(self, credential: Credential, at: int, other_host: str | None = None) -> Verdict:
        """The verdict on a well-formed credential."""
        trust_list = self.published.trust_list(at)
        behind = self.published.clock_is_behind(at)
        # It is not earlier than what was signed: by a wrong clock genuine licences would be from the future.
        at += behind
        signer = signer_of(credential, trust_list)
        register: RegisterEvidence = NotInRegister()
        # Without a valid signature nothing is asked of the register: a flood of forgeries costs no database.
        if signer and signer.signature_holds:
            register = self._registration(credential, signer, trust_list, at)
        status = self._status(credential, signer.issuer.id, at, clock_is_right=not behind) if signer else None
        return decide(self._evidence(credential, trust_list, signer, register, status, at, other_host))

    def _evidence(
        self,
        credential: Credential,
        trust_list: TrustList,
        signer: Signer | None,
        register: RegisterEvidence,
        status: StatusReading | None,
        at: int,
        other_host: str | None = None,
    ) -> Evidence:
        return Evidence(
            credential=credential,
            at=at,
            trust_list=trust_list,
            signer=signer,
            licence_type=self.catalogue.by_code.get(credential.type_code),
            provinces=self.catalogue.provinces,
            register=register,
            status=status,
            other_host=other_host,
        )

    def _status(self, credential: Credential, issuer_id: str, at: int, *, clock_is_right: bool) -> StatusReading | None:
        status_list = self.published.status_list(issuer_id, credential.status_list, at)
        if status_list is None:
            return None
        reading = read_status(status_list, credential.status_index, at)
        # How old a list is cannot be told by a clock that is wrong: as a stale one, it condemns and does not clear.
        return reading if reading.value in FINAL_STATUSES or clock_is_right else None

    def _registration(self, credential: Credential, signer: Signer, trust_list: TrustList, at: int) -> RegisterEvidence:
        versions = self.register.versions(credential.type_code, credential.number)
        if isinstance(versions, RegisterUnavailable):
            return versions
        successor = self._successor(versions, credential, trust_list, at)
        # Another authority could sign the same claims: that its own register does not have.
        credential_id, issuer_id = credential.credential_id, signer.issuer.id
        mine = (each for each in versions if each.credential_id == credential_id and each.issuer_id == issuer_id)
        taken = next(mine, None)
        if taken is None:
            as_of = self.register.as_of(issuer_id)
            return as_of if isinstance(as_of, RegisterUnavailable) else NotInRegister(successor, as_of)
        record = _read_stored(taken)
        if record is None or record.credential.envelope.payload != credential.envelope.payload:
            return RegisterUnavailable()
        notice = _read_notice(taken.notice, credential, trust_list, at, taken.notice_signed_at)
        return InRegister(taken.registration, record.face, notice, successor, taken.register_as_of)

    def _successor(
        self, versions: Sequence[StoredLicence], credential: Credential, trust_list: TrustList, at: int
    ) -> Credential | None:
        """The highest version above `credential`'s that is genuine: the database's word alone supersedes nothing."""
        for stored in versions:
            if stored.version <= credential.version:
                return None
            record = _read_stored(stored)
            if record is None or not _is_later_version(record.credential, credential):
                continue
            taken = InRegister(stored.registration, record.face)
            signer = signer_of(record.credential, trust_list)
            evidence = self._evidence(record.credential, trust_list, signer, taken, None, at)
            if objection_to_genuineness(evidence) is None:
                return record.credential
        return None


def _is_later_version(candidate: Credential, credential: Credential) -> bool:
    same = (candidate.number, candidate.type_code) == (credential.number, credential.type_code)
    return same and candidate.version > credential.version


# Reading is pure, and a code on a wall is asked for again and again. Signatures are never remembered.
_read_record = lru_cache(maxsize=1024)(read_record)


def _read_stored(stored: StoredLicence) -> Record | None:
    """The record as it was signed; None, and an alarm in the log, where the database's bytes are no longer a record."""
    try:
        return _read_record(stored.line)
    except (Malformed, Unexpected) as error:
        _log.error("integrity: stored record %s cannot be read: %s", stored.credential_id.hex(), error)
        return None


def _read_notice(
    encoded: bytes | None, credential: Credential, trust_list: TrustList, at: int, registered_at: int | None
) -> Notice | None:
    """The notice if an authority signed it about this licence; the database's word alone proves no notice."""
    if encoded is None:
        return None
    try:
        notice = read_notice(encoded)
        require_notice_signer(notice, credential, trust_list, at, registered_at)
    except (Malformed, NotAuthorised) as error:
        _log.error("integrity: notice of record %s is refused: %s", credential.credential_id.hex(), error)
        return None
    return notice
