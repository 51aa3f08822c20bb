"""All that the pages say, in both languages, from words/*.toml; and how dates, times and fingerprints are written.

Words hold no data from a code: what a page shows of a document it shows beside the sentence, in an element of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from portal.catalogue.licence_types import Field, LicenceType
from portal.verification.dates import beijing_date, beijing_time, last_valid_date
from portal.verification.statuses import StatusValue
from portal.verification.trust import Issuer
from portal.verification.verdict import Attribute, Reason, Verdict

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# strftime would follow the locale of the machine.
_MONTHS = (
    ("January", "February", "March", "April", "May", "June")
    + ("July", "August", "September", "October", "November", "December")
)  # fmt: skip
_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class Language(StrEnum):
    ZH = "zh-CN"
    EN = "en"

    @property
    def other(self) -> Language:
        return Language.EN if self is Language.ZH else Language.ZH


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language. A key that does not exist is a bug and raises KeyError."""

    language: Language
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    @property
    def other(self) -> Words:
        """The other language, for errors that must be understood by whoever meets them."""
        return words_for(self.language.other)

    def t(self, key: str, /, **values: object) -> str:
        text = self.texts[key]
        return text.format(**values) if values else text

    def several(self, key: str, /) -> tuple[str, ...]:
        return self.lists[key]

    def has(self, key: str) -> bool:
        return key in self.texts

    def headline(self, verdict: Verdict) -> str:
        return self._in_its_variant(verdict, "headline")

    def sentence(self, verdict: Verdict) -> str:
        return self._filled(self._in_its_variant(verdict, "sentence"), verdict)

    def additions(self, verdict: Verdict) -> tuple[str, ...]:
        """What attributes add that headline and first sentence do not say already."""
        said = Attribute.RENEWING if Attribute.RENEWING in verdict.attributes else Attribute.EXPIRES_SOON
        added = (each for each in verdict.attributes if each is not said and each is not Attribute.FOREIGN_HOST)
        return tuple(self._filled(self.texts[f"attribute.{each}"], verdict) for each in added)

    def advice(self, verdict: Verdict) -> tuple[str, ...]:
        """What to do next."""
        return tuple(self._filled(text, verdict) for text in self.lists[f"reason.{verdict.reason}.advice"])

    def meaning(self, verdict: Verdict) -> str:
        """What the status is in law; empty where the headline says it all."""
        return self.texts.get(f"meaning.{_variant(verdict) or verdict.reason}", "")

    def _in_its_variant(self, verdict: Verdict, part: str) -> str:
        own = self.texts.get(f"variant.{_variant(verdict)}.{part}")
        return own if own is not None else self.texts[f"reason.{verdict.reason}.{part}"]

    def _filled(self, text: str, verdict: Verdict) -> str:
        return text.format(**self._values(verdict)) if "{" in text else text

    def _values(self, verdict: Verdict) -> Mapping[str, object]:
        licence = verdict.licence
        if licence is None:
            return {}
        credential, status = licence.credential, licence.status
        expires = credential.expires_at
        day = last_valid_date(expires) if expires is not None else beijing_date(verdict.checked_at)
        starts = verdict.reason is Reason.NOT_YET_IN_FORCE
        return {
            "date": self.date(beijing_date(credential.not_before) if starts else day),
            "days": (day - beijing_date(verdict.checked_at)).days,
            "consequence": self.t(f"consequence.{licence.licence_type.category}"),
            "ago": self.ago(status.issued_at, verdict.checked_at) if status else "",
        }

    def date(self, day: date) -> str:
        return _written_date(self.language, day)

    def day_of(self, seconds: int) -> str:
        """The date in Beijing."""
        return self.date(beijing_date(seconds))

    def time(self, seconds: int) -> str:
        """Date, hours and minutes in Beijing."""
        return _written_time(self.language, seconds)

    def exact_time(self, seconds: int) -> str:
        """Date and time to the second, with the name of the time zone."""
        return _written_exact_time(self.language, seconds)

    def ago(self, then: int, at: int) -> str:
        """How long before `at` something was; a moment ahead of `at` (clocks differ) counts as now."""
        return _written_ago(self.language, at - then)

    def issuer_name(self, issuer: Issuer) -> str:
        return issuer.name_zh if self.language is Language.ZH else issuer.name_en

    def status(self, value: StatusValue | None) -> str:
        return self.t(f"status.{value.name.lower()}" if value is not None else "status.unknown")

    def type_name(self, licence_type: LicenceType) -> str:
        return licence_type.zh if self.language is Language.ZH else licence_type.en

    def field_label(self, field: Field) -> str:
        return field.zh if self.language is Language.ZH else field.en


_LAST_DAYS: Mapping[int, str] = MappingProxyType({0: "expires_today", 1: "expires_tomorrow"})


def _variant(verdict: Verdict) -> str | None:
    """The case of a reason that has words of its own."""
    licence = verdict.licence
    if licence is None:
        return "lookup_unavailable" if verdict.reason is Reason.REGISTER_UNAVAILABLE else None
    if verdict.reason is not Reason.IN_FORCE:
        return None
    expires = licence.credential.expires_at
    if Attribute.RENEWING in verdict.attributes:
        return "renewing"
    if expires is None:
        return "no_fixed_term"
    if Attribute.EXPIRES_SOON in verdict.attributes:
        left = (last_valid_date(expires) - beijing_date(verdict.checked_at)).days
        return _LAST_DAYS.get(left, "expires_soon")
    return None


# The same few moments, now and when registers and status lists were signed, stand on thousands of pages.
@lru_cache(maxsize=4096)
def _written_date(language: Language, day: date) -> str:
    if language is Language.ZH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4096)
def _written_time(language: Language, seconds: int) -> str:
    moment = beijing_time(seconds)
    day = _written_date(language, moment.date())
    return words_for(language).t("time.minutes", date=day, clock=f"{moment:%H:%M}")


@lru_cache(maxsize=1024)
def _written_exact_time(language: Language, seconds: int) -> str:
    moment = beijing_time(seconds)
    day = _written_date(language, moment.date())
    return words_for(language).t("time.seconds", date=day, clock=f"{moment:%H:%M:%S}")


@lru_cache(maxsize=1024)
def _written_ago(language: Language, elapsed: int) -> str:
    words = words_for(language)
    if elapsed < _MINUTE:
        return words.t("ago.now")
    unit, length = (
        ("day", _DAY) if elapsed >= 2 * _DAY else ("hour", _HOUR) if elapsed >= _HOUR else ("minute", _MINUTE)
    )
    count = elapsed // length
    return words.t(f"ago.{unit}" if count == 1 else f"ago.{unit}s", count=count)


def linkable(address: str) -> str | None:
    """An address from outside, where a page may link it."""
    return address if address.startswith("https://") else None


def isolated(text: str) -> str:
    """Text from outside in the midst of a sentence: its direction cannot spill over (what <bdi> does in HTML)."""
    return f"{_ISOLATE}{text}{_POP_ISOLATE}"


@lru_cache(maxsize=1024)
def fingerprint(digest: bytes) -> str:
    """Hexadecimal in groups of four digits, to be read aloud and compared."""
    digits = digest.hex()
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


@cache
def words_for(language: Language) -> Words:
    texts: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for key, text in entries(language).items():
        if isinstance(text, str):
            texts[key] = text
        else:
            lists[key] = text
    return Words(language, MappingProxyType(texts), MappingProxyType(lists))


def entries(language: Language) -> dict[str, str | tuple[str, ...]]:
    """Every entry of words/*.toml in one language; ValueError where an entry lacks a language or is given twice."""
    short = "zh" if language is Language.ZH else "en"
    found: dict[str, str | tuple[str, ...]] = {}
    for file in (Path(__file__).parent / "words").glob("*.toml"):
        for key, both in _leaves(tomllib.loads(file.read_text(encoding="utf-8")), ""):
            if key in found:
                raise ValueError(f"{file.name}: {key} is given twice")
            text = both[short]
            found[key] = text if isinstance(text, str) else tuple(map(str, text))
    return found


_Both = Mapping[str, str | list[str]]


def _leaves(table: Mapping[str, object], prefix: str) -> list[tuple[str, _Both]]:
    found: list[tuple[str, _Both]] = []
    for name, value in table.items():
        key = prefix + name
        if not isinstance(value, dict):
            raise ValueError(f"{key}: neither zh nor en")
        if value.keys() & {"zh", "en"}:
            found.append((key, _both(key, value)))
        else:
            found.extend(_leaves(value, key + "."))
    return found


def _both(key: str, value: Mapping[str, object]) -> _Both:
    if value.keys() != {"zh", "en"} or type(value["zh"]) is not type(value["en"]):
        raise ValueError(f"{key}: zh and en, of one kind, are needed")
    return {language: text for language, text in value.items() if isinstance(text, (str, list))}
