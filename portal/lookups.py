"""What may be asked of a whole register, what comes back (verdicts, never rows), and which licences a text may mean.

Persons are found only by the number of their registration, never by name or by their employer's code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.catalogue.licence_types import PERSONAL, Catalogue, LicenceType
from portal.catalogue.names import LEAST_PART, comparable_name
from portal.catalogue.numbers import MAX_TYPED_LENGTH, lookup_key, normalise
from portal.sources import FoundBy, LicenceCount, Published, StoredBundle, Wanted
from portal.verification.bundle import Record
from portal.verification.notice import Notice
from portal.verification.strict_cbor import FORBIDDEN_CHARACTERS
from portal.verification.trust import Issuer, TrustList
from portal.verification.verdict import Verdict

PAGE_SIZE = 20
# Whoever needs more is told to type more of the name: nobody can read out the register page by page.
MAX_PAGES = 5
MAX_HELD = 100  # licences of one holder

_USCC = re.compile(r"[0-9A-Z]{18}")
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A text and filters: `region` as in the trust list (210000 includes its cities), `type_slug`. Pages from 1."""

    text: str
    region: str | None = None
    type_slug: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Licences, each with the verdict on its newest version. `first` others come before them; `more` if any come after.

    How many there are in all is known only on the last page: no search counts beyond its page.
    """

    entries: tuple[Verdict, ...]
    more: bool = False
    first: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether these are all there are."""
        return not self.first and not self.more

    @property
    def next_page(self) -> int | None:
        """The page after this one, if it may be asked for."""
        page = self.first // PAGE_SIZE + 1
        return page + 1 if self.more and page < MAX_PAGES else None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version of a licence, with the notices about it that are still public, the latest first."""

    verdict: Verdict
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class CoverageEntry:
    """What the register has of one issuer, by type and number of licences, and as of when (seconds, UTC).

    `bundle_sequence` and `bundle_signed_at` are of its last bundle, `status_as_of` of its newest status list.
    """

    issuer: Issuer
    licences: tuple[tuple[LicenceType, int], ...]
    bundle_sequence: int | None
    bundle_signed_at: int | None
    status_as_of: int | None


def ways_to_find(query: SearchQuery, catalogue: Catalogue, trust_list: TrustList) -> tuple[Wanted, ...]:
    """The ways to look for what was typed, the surest first; none if nothing could be found."""
    licence_type = catalogue.by_slug.get(query.type_slug) if query.type_slug else None
    if (query.type_slug and licence_type is None) or not 1 <= query.page <= MAX_PAGES:
        return ()
    issuer_ids = _issuers_in(query.region, trust_list) if query.region else None
    type_code = licence_type.code if licence_type else None
    first = (query.page - 1) * PAGE_SIZE
    return tuple(
        Wanted(by, key, first, PAGE_SIZE, issuer_ids, type_code) for by, key in _readings(query.text, catalogue)
    )


def _issuers_in(region: str, trust_list: TrustList) -> frozenset[str]:
    """The issuers of a region; a code that ends in pairs of zeros means all regions below it."""
    within = place_code(region)
    return frozenset(each.id for each in trust_list.issuers if within and each.region.startswith(within))


def place_code(region: str) -> str:
    """A region's code in the trust list without the pairs of zeros at its end."""
    return re.sub(r"(00)+$", "", region)


def _readings(text: str, catalogue: Catalogue) -> list[tuple[FoundBy, str]]:
    if len(text) > MAX_TYPED_LENGTH:
        return []
    written, key, name = normalise(text), lookup_key(text), comparable_name(text)
    if catalogue.elicence_pattern.fullmatch(written):
        return [(FoundBy.ELICENCE, written)]
    readings = []
    if _USCC.fullmatch(compact := written.replace("-", "")):
        readings.append((FoundBy.USCC, compact))
    if _DIGIT.search(key):
        readings.append((FoundBy.NUMBER, key))
    # No signed name has such a character, and not every database accepts them.
    if len(name) >= LEAST_PART and not FORBIDDEN_CHARACTERS.search(name):
        readings.append((FoundBy.NAME, name))
    return readings


def is_wanted(record: Record, wanted: Wanted, catalogue: Catalogue) -> bool:
    """Whether what was signed is what was looked for: the database's index has no authority."""
    credential = record.credential
    licence_type = catalogue.by_code.get(credential.type_code)
    may_be_listed = licence_type is None or licence_type.category != PERSONAL
    match wanted.by:
        case FoundBy.NUMBER:
            return lookup_key(credential.number) == wanted.key
        case FoundBy.ELICENCE:
            return record.face.elicence_id is not None and normalise(record.face.elicence_id) == wanted.key
        case FoundBy.USCC:
            return may_be_listed and credential.uscc == wanted.key
        case FoundBy.NAME:
            return may_be_listed and wanted.key in comparable_name(credential.holder)


def covered(
    published: Published,
    catalogue: Catalogue,
    counts: Sequence[LicenceCount],
    bundles: Sequence[StoredBundle],
    at: int,
) -> tuple[CoverageEntry, ...]:
    """The issuers in the order of the trust list, including those of whom the register has nothing."""
    last = {bundle.issuer_id: bundle for bundle in bundles}
    status_as_of: dict[str, int] = {}
    for each in published.status_lists(at):
        status_as_of[each.issuer_id] = max(each.issued_at, status_as_of.get(each.issuer_id, each.issued_at))
    entries = []
    for issuer in published.trust_list(at).issuers:
        mine = [each for each in counts if each.issuer_id == issuer.id and each.type_code in catalogue.by_code]
        licences = tuple((catalogue.by_code[each.type_code], each.licences) for each in mine)
        bundle = last.get(issuer.id)
        sequence = bundle.sequence if bundle else None
        signed_at = bundle.signed_at if bundle else None
        entries.append(CoverageEntry(issuer, licences, sequence, signed_at, status_as_of.get(issuer.id)))
    return tuple(entries)
