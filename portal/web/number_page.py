"""What a typed number says of itself, in words: the types it can be, its parts, likely errors, and whom to ask. Pure.

It explains and warns; whether a licence stands is the verdict's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.catalogue.licence_types import Catalogue, LicenceType
from portal.catalogue.numbers import FREE_FORMAT, Candidate, NumberReading, normalise, read_number
from portal.catalogue.provinces import province_code
from portal.verification.dates import beijing_date
from portal.verification.presentation import OtherCode, parse
from portal.verification.trust import Issuer
from portal.verification.verdict import Reason, Verdict
from portal.verifier import Answer, Lookup, Verifier
from portal.web.number_labels import without_label
from portal.web.places import place_name
from portal.web.wording import Words, linkable

_LOOKED_UP = frozenset((Reason.NOT_FOUND, Reason.REGISTER_UNAVAILABLE))
_YEAR = re.compile(r"[0-9]{4}")
# The number on the box of every medicine, which is what people type most likely of all that is no licence.
_DRUG_APPROVAL = re.compile(r"国药准字[HZSTJ][0-9]{8}")


@dataclass(frozen=True, slots=True)
class NumberPart:
    """A part as it stands in the number, what it is, and what it means where that can be said."""

    written: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class NumberMeaning:
    """The types that share a number format, and the number's parts by it; `old` where the format is no longer given."""

    types: tuple[str, ...]
    parts: tuple[NumberPart, ...]
    old: bool


@dataclass(frozen=True, slots=True)
class IssuerLink:
    """An authority's own portal; without an address that may be linked, its name alone."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class NumberPage:
    """All that number.html needs. `corrected` is the number that was likely meant, `name` what may be a holder's."""

    meanings: tuple[NumberMeaning, ...]
    hints: tuple[str, ...]
    is_found: bool
    corrected: str | None = None
    uscc: str | None = None
    elicence: str | None = None
    name: str | None = None
    ask: str | None = None
    issuers: tuple[IssuerLink, ...] = ()

    @property
    def says_more(self) -> bool:
        """Whether there is more to say of the number than its hints do."""
        return self.is_found or bool(self.meanings or self.uscc or self.elicence) or not (self.hints or self.corrected)


def page_for(typed: str, verifier: Verifier) -> tuple[str, dict[str, str]]:
    """The page that answers what was typed into the one field, and its values: any text has one."""
    typed = without_label(typed)
    identifiers = read_number(typed, verifier.catalogue).identifiers
    if "uscc" in identifiers:
        return "holder", {"uscc": compact(typed)}
    presented = parse(typed, verifier.public_url)
    is_text = isinstance(presented, OtherCode) and presented.host is None
    if "elicence" in identifiers or (is_text and not any(each.isdigit() for each in typed)):
        return "search", {"q": typed}
    return "lookup", {"number": typed}


def show_number(answer: Answer, verifier: Verifier, words: Words, at: int) -> NumberPage | None:
    """What the number of a lookup says; None where a code was presented instead of a number."""
    found: tuple[Verdict, ...] = ()
    match answer:
        case Lookup(number=text):
            found = answer.entries
        case Verdict(text=str(text)) if answer.reason in _LOOKED_UP:
            pass
        case _:
            return None
    reading = read_number(text, verifier.catalogue)
    ask, issuers = (None, ()) if found else _whom_to_ask(reading, verifier, words, at)
    meanings = _meanings(reading, verifier.catalogue, words)
    hints = tuple(_hints(reading, found, verifier.catalogue, words, at))
    is_explained = bool(found or meanings or hints or reading.identifiers)
    return NumberPage(
        meanings=meanings,
        hints=hints,
        is_found=bool(found),
        corrected=_corrected(reading),
        uscc=compact(text) if "uscc" in reading.identifiers else None,
        elicence=text if "elicence" in reading.identifiers else None,
        name=None if is_explained or not reading.normalised else text,
        ask=ask,
        issuers=issuers,
    )


def compact(text: str) -> str:
    """A code as it is compared: people write it with dashes."""
    return normalise(text).replace("-", "")


def _meanings(reading: NumberReading, catalogue: Catalogue, words: Words) -> tuple[NumberMeaning, ...]:
    by_format: dict[tuple[object, ...], list[Candidate]] = {}
    current = {candidate.type_slug for candidate in reading.candidates if candidate.current}
    for candidate in reading.candidates:
        # Some numbers of today fit the old format, too, with their parts cut elsewhere.
        if not candidate.current and candidate.type_slug in current:
            continue
        by_format.setdefault((candidate.format_id, *candidate.parts.values()), []).append(candidate)
    return tuple(
        NumberMeaning(
            types=tuple(words.type_name(catalogue.by_slug[each.type_slug]) for each in same),
            parts=tuple(_parts(same[0].parts, catalogue, words)),
            old=not same[0].current,
        )
        for same in by_format.values()
    )


def _parts(parts: Mapping[str, str], catalogue: Catalogue, words: Words) -> Iterator[NumberPart]:
    for name, written in parts.items():
        key = f"number_part.{name}"
        # A format is data: a part that is new in the catalogue is called there what it is called here.
        label = words.t(key) if words.has(key) else name
        yield NumberPart(written, label, _meaning(name, parts, catalogue, words))


def _meaning(name: str, parts: Mapping[str, str], catalogue: Catalogue, words: Words) -> str:
    written = parts[name]
    key = f"number_value.{name}.{written}"
    if words.has(key):
        return words.t(key)
    match name:
        case "prov" | "region" | "prov2":
            code = _province({name: written})
            return place_name(code, words) if code else ""
        case "area":
            return _area(written, _province(parts), catalogue, words)
        case "expiry":
            day = _day(written)
            return words.date(day) if day else ""
    return ""


def _area(written: str, province: str | None, catalogue: Catalogue, words: Words) -> str:
    """The cities with this telephone code: several share one, and a fourth digit tells them apart for the issuer."""
    cities = [each for each in catalogue.cities if each.code[:2] == province and written.startswith(each.area)]
    if not cities:
        return ""
    return words.t("number.part_area", places=words.t("list.comma").join(place_name(c.code, words) for c in cities))


def _province(parts: Mapping[str, str]) -> str | None:
    """The code of the province that a number names by its abbreviation or by its two digits."""
    abbreviation = parts.get("prov") or parts.get("region") or ""
    return province_code(abbreviation[:1] or parts.get("prov2", ""))


def _day(written: str) -> date | None:
    """A date of six digits, in this century."""
    try:
        return date(2000 + int(written[:2]), int(written[2:4]), int(written[4:]))
    except ValueError:
        return None


def _corrected(reading: NumberReading) -> str | None:
    meant = (hint.partition(":")[2] for hint in reading.hints if hint.startswith("did_you_mean:"))
    return next(meant, None)


def _hints(
    reading: NumberReading, found: tuple[Verdict, ...], catalogue: Catalogue, words: Words, at: int
) -> Iterator[str]:
    yield from (words.t(f"number_hint.{hint}") for hint in reading.hints if ":" not in hint)
    if _DRUG_APPROVAL.fullmatch(reading.normalised):
        yield words.t("number_hint.drug_approval")
    days = {day for each in reading.candidates if (day := _day(each.parts.get("expiry", "")))}
    yield from (words.t("number_hint.past_date", date=words.date(day)) for day in days if day < beijing_date(at))
    numbered = [catalogue.by_slug[each.type_slug] for each in reading.candidates]
    held = [verdict.licence.licence_type for verdict in found if verdict.licence]
    for licence_type in dict.fromkeys(held):
        if numbered and licence_type not in numbered and _has_a_format(licence_type):
            names = words.t("list.comma").join(dict.fromkeys(words.type_name(each) for each in numbered))
            yield words.t("number_hint.other_type", numbered=names, found=words.type_name(licence_type))


def _has_a_format(licence_type: LicenceType) -> bool:
    return any(each.id != FREE_FORMAT for each in licence_type.number_formats)


def _whom_to_ask(
    reading: NumberReading, verifier: Verifier, words: Words, at: int
) -> tuple[str | None, tuple[IssuerLink, ...]]:
    """Of a number that is not found: the authorities of its province that have a portal of their own."""
    province = _province_of(reading)
    if province is None:
        return None, ()
    issuers = [each for each in verifier.published.trust_list(at).issuers if _numbers_of(each, province)]
    place = place_name(province, words)
    if not issuers:
        return words.t("number.nobody", place=place), ()
    if any(each.portal == verifier.public_url for each in issuers):
        return None, ()
    links = (IssuerLink(words.issuer_name(each), linkable(each.portal)) for each in issuers)
    return words.t("number.elsewhere", place=place), tuple(links)


def _province_of(reading: NumberReading) -> str | None:
    for candidate in reading.candidates:
        code = _province(candidate.parts)
        if code:
            return code
    # Numbers without a uniform format begin with their province, too; but so do names, in which there is no year.
    first = reading.normalised.lstrip("(")[:1]
    return province_code(first) if _YEAR.search(reading.normalised) else None


def _numbers_of(issuer: Issuer, province: str) -> bool:
    return any(province_code(each) == province for each in issuer.provinces)
