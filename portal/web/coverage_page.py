"""What the register has, by province, issuer and type, and as of when: so that "not found" can be understood. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.catalogue.licence_types import Catalogue, LicenceType
from portal.lookups import CoverageEntry
from portal.web.places import place_name
from portal.web.showing import Fact
from portal.web.wording import Words


@dataclass(frozen=True, slots=True)
class Count:
    name: str
    licences: str


@dataclass(frozen=True, slots=True)
class IssuerCoverage:
    name: str
    facts: tuple[Fact, ...]
    types: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """All that coverage.html needs. `missing` are the types of which the register has nothing."""

    total: str
    as_of: str
    provinces: tuple[Count, ...]
    types: tuple[Count, ...]
    missing: tuple[str, ...]
    issuers: tuple[IssuerCoverage, ...]


def show_coverage(entries: Sequence[CoverageEntry], catalogue: Catalogue, words: Words, at: int) -> CoveragePage:
    by_province, by_type = Counter[str](), Counter[int]()
    for entry in entries:
        for licence_type, licences in entry.licences:
            by_province[entry.issuer.region[:2]] += licences
            by_type[licence_type.code] += licences
    types = list(catalogue.by_code.values())
    return CoveragePage(
        total=words.t("coverage.total", count=_written(sum(by_type.values()))),
        as_of=words.exact_time(at),
        provinces=tuple(Count(place_name(code, words), _written(by_province[code])) for code in sorted(by_province)),
        types=_counts(((each, by_type[each.code]) for each in types), words),
        missing=tuple(words.type_name(each) for each in types if not by_type[each.code]),
        issuers=tuple(_issuer(entry, words, at) for entry in sorted(entries, key=lambda each: each.issuer.region)),
    )


def _issuer(entry: CoverageEntry, words: Words, at: int) -> IssuerCoverage:
    batch = words.t("coverage.batch", number=entry.bundle_sequence) if entry.bundle_sequence is not None else ""
    total = sum(licences for _, licences in entry.licences)
    facts = (
        Fact(words.t("coverage.region"), place_name(entry.issuer.region, words)),
        Fact(words.t("coverage.count"), _written(total)),
        Fact(words.t("coverage.register"), _moment(entry.bundle_signed_at, words), batch),
        Fact(words.t("coverage.status"), _moment(entry.status_as_of, words), _age(entry.status_as_of, words, at)),
    )
    return IssuerCoverage(words.issuer_name(entry.issuer), facts, _counts(entry.licences, words))


def _moment(moment: int | None, words: Words) -> str:
    return words.t("coverage.never") if moment is None else words.time(moment)


def _age(moment: int | None, words: Words, at: int) -> str:
    return "" if moment is None else words.t("fact.signed_ago", ago=words.ago(moment, at))


def _counts(licences: Iterable[tuple[LicenceType, int]], words: Words) -> tuple[Count, ...]:
    return tuple(Count(words.type_name(each), _written(count)) for each, count in licences if count)


def _written(count: int) -> str:
    return f"{count:,}"
