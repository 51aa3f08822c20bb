"""What a portal can be asked, and its answers. Time is an argument; nothing here is written.

text ─parse→ credential ─gather→ Evidence ─decide→ Verdict
number, name or holder ─look up→ stored credentials, each ─gather→ Evidence ─decide→ Verdict
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from portal.catalogue.licence_types import Catalogue
from portal.catalogue.numbers import lookup_key
from portal.gathering import gather
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
from portal.stored_records import read_stored, read_stored_notice
from portal.verification import presentation
from portal.verification.bundle import Record
from portal.verification.decide import decide, decide_broken, decide_other
from portal.verification.envelope import Credential
from portal.verification.evidence import RegisterUnavailable
from portal.verification.notice import Notice
from portal.verification.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True)
class Lookup:
    """The licences that a typed number can mean: never one answer of its own, but each with its verdict."""

    number: str
    entries: tuple[Verdict, ...]


Answer: TypeAlias = Verdict | Lookup

# Reading is pure, and a code on a wall is asked for again and again. Its signature is checked each time.
_parse_once = lru_cache(maxsize=1024)(presentation.parse)


def _parse(text: str, public_url: str) -> presentation.Presentation:
    return (_parse_once if len(text) <= presentation.MAX_TEXT_LENGTH else presentation.parse)(text, public_url)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Answers what is presented, as of `at` (seconds since 1970, UTC). `public_url` is this portal's own address."""

    public_url: str
    catalogue: Catalogue
    register: Register
    published: Published

    def verify(self, text: str, at: int) -> Answer:
        """The answer to a scanned or typed text, whatever it is."""
        return self._answer(_parse(text, self.public_url), at)

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
        presented = [_parse(text, self.public_url) for text in texts]
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
        presented = _parse(text, self.public_url)
        if isinstance(presented, presentation.OtherCode) and presented.host is None:
            return self.look_up(text.strip(), at)
        return self._answer(presented, at)

    def look_up(self, number: str, at: int) -> Answer:
        """The licences with a number, each with its verdict; `not_found` or `register_unavailable` without any."""
        key = lookup_key(number)
        stored = self.register.by_number(key) if key else ()
        if isinstance(stored, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at, text=number)
        records = [record for each in stored if (record := read_stored(each)) is not None]
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
            record = read_stored(stored)
            if record is not None and (record.credential.type_code, record.credential.number) == (type_code, number):
                mine = [
                    each for each in notices if (each.issuer_id, each.version) == (stored.issuer_id, stored.version)
                ]
                published = self._published_notices(mine, record.credential, at)
                entries.append(HistoryEntry(self.verify_credential(record.credential, at), published))
        return tuple(entries)

    def coverage(self, at: int) -> tuple[CoverageEntry, ...] | Verdict:
        """What the register has of each published issuer, by its own count; or the verdict `register_unavailable`."""
        counts, bundles = self.register.licence_counts(), self.register.last_bundles()
        if isinstance(counts, RegisterUnavailable) or isinstance(bundles, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at)
        return covered(self.published, self.catalogue, counts, bundles, at)

    def _find(self, wanted: Wanted, at: int) -> SearchResult | Verdict:
        found = self.register.search(wanted)
        if isinstance(found, RegisterUnavailable):
            return Verdict(Reason.REGISTER_UNAVAILABLE, checked_at=at, text=wanted.key)
        entries = tuple(
            self.verify_credential(record.credential, at)
            for stored in found.licences
            if (record := read_stored(stored)) is not None and self._is_wanted(record, stored, wanted)
        )
        return SearchResult(entries, found.more, wanted.first)

    def _is_wanted(self, record: Record, stored: StoredLicence, wanted: Wanted) -> bool:
        """What was signed decides, not the database's index; an earlier version may have had the name."""
        if is_wanted(record, wanted, self.catalogue):
            return True
        versions = self.register.versions(record.credential.type_code, record.credential.number)
        mine = () if isinstance(versions, RegisterUnavailable) else versions
        earlier = (read_stored(each) for each in mine if each.issuer_id == stored.issuer_id)
        return any(each is not None and is_wanted(each, wanted, self.catalogue) for each in earlier)

    def _published_notices(self, stored: Sequence[StoredNotice], credential: Credential, at: int) -> tuple[Notice, ...]:
        trust_list = self.published.trust_list(at)
        at += self.published.clock_is_behind(at)  # as a licence is judged: else each would be from the future
        read = (read_stored_notice(each.notice, credential, trust_list, at, each.registered_at) for each in stored)
        return tuple(notice for notice in read if notice is not None and notice.is_published(at))

    def verify_credential(self, credential: Credential, at: int, other_host: str | None = None) -> Verdict:
        """The verdict on a well-formed credential."""
        return decide(gather(credential, self.register, self.published, self.catalogue, at, other_host))
