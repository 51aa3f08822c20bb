"""Licence types read from catalogue.json. A type is data: nothing here knows a particular type.

The caller hands in the bytes of the catalogue, so that a test can bring a type of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

PERSONAL = "personal_registration"  # the category of licences whose holder is a person
# Certificates are for authorities and buyers abroad: export sales certificates, confirmations for the EU.
_CERTIFICATE = "certificate"
_PICTURES = frozenset(("image", "qr"))
_AT_THE_FOOT = frozenset(("issuer", "issue_date"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a licence's face, in the order of the paper form.

    `public` is `show`, `mask` (the value arrives masked) or `hide` (must not occur in a face document).
    """

    key: str
    zh: str
    en: str
    kind: str
    public: str
    order: int

    @property
    def is_in_a_row(self) -> bool:
        """Whether it is one of the labelled rows of a public face, on the page as on paper.

        The other fields are not public, are pictures, or stand at the foot.
        """
        return self.public != "hide" and self.kind not in _PICTURES and self.key not in _AT_THE_FOOT


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A pattern for normalised numbers; `current` is false for old forms that are still lawful."""

    id: str
    regex: str
    example: str
    current: bool


@dataclass(frozen=True)
class LicenceType:
    """One of the catalogue's licence types; `expires` is None if we do not know what the law says."""

    code: int
    slug: str
    zh: str
    en: str
    category: str
    expires: bool | None
    sensitive: bool
    fields: tuple[Field, ...]
    number_formats: tuple[NumberFormat, ...]

    @property
    def is_bilingual(self) -> bool:
        """Whether its face is in both languages."""
        return self.category == _CERTIFICATE

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The keys of the fields that a face document may hold."""
        return frozenset(field.key for field in self.fields if field.public != "hide")

    @cached_property
    def holder_field(self) -> str:
        """The key under which a face names the holder: for a person, the first field of kind `person`."""
        people = (field.key for field in self.fields if field.kind == "person" and self.category == PERSONAL)
        return next(people, "holder_name")

    @cached_property
    def number_field(self) -> str | None:
        """The key under which a face may repeat the licence number."""
        return next((field.key for field in self.fields if field.kind == "licence_no"), None)


@dataclass(frozen=True, slots=True)
class City:
    """A city: its GB/T 2260 code, and its `area` in licence numbers, a telephone code without the leading zero."""

    code: str
    area: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All types by code and by slug, the provinces' abbreviations, the pattern of e-licence identifiers, the cities."""

    by_code: Mapping[int, LicenceType]
    by_slug: Mapping[str, LicenceType]
    provinces: frozenset[str]
    elicence_pattern: re.Pattern[str]
    cities: tuple[City, ...]

    @classmethod
    def parse(cls, document: bytes) -> Catalogue:
        """Read catalogue.json; a broken catalogue is a bug of ours and raises KeyError, ValueError or TypeError."""
        raw = json.loads(document)
        generic = _fields(raw["generic_fields"])
        formats = {entry["slug"]: _formats(entry["number_formats"]) for entry in raw["types"]}
        types = [_licence_type(entry, generic, formats) for entry in raw["types"]]
        by_code = {licence_type.code: licence_type for licence_type in types}
        by_slug = {licence_type.slug: licence_type for licence_type in types}
        if len(by_code) != len(types) or len(by_slug) != len(types):
            raise ValueError("two licence types share a code or a slug")
        abbreviations = "|".join(raw["province_abbreviations"].values()).split("|")
        elicence_pattern = re.compile(raw["elicence_identifier"]["regex"])
        cities = tuple(_city(entry) for region in raw["regions"].values() for entry in region["cities"])
        return cls(by_code, by_slug, frozenset(abbreviations), elicence_pattern, cities)


def _city(entry: dict[str, Any]) -> City:
    telephone: str = entry["phone"]
    return City(entry["gbt2260"], telephone if len(telephone) == 3 else telephone.removeprefix("0"))


def _licence_type(
    entry: dict[str, Any], generic: tuple[Field, ...], formats: Mapping[str, tuple[NumberFormat, ...]]
) -> LicenceType:
    fields = entry["fields"]
    return LicenceType(
        code=entry["code"],
        slug=entry["slug"],
        zh=entry["zh"],
        en=entry["en"],
        category=entry["category"],
        expires=entry["expires"],
        sensitive=bool(entry.get("sensitive", False)),
        fields=generic if fields == "generic_fields" else _fields(fields),
        number_formats=formats[entry.get("number_same_as") or entry["slug"]],
    )


def _fields(entries: list[dict[str, Any]]) -> tuple[Field, ...]:
    read = [Field(e["key"], e["zh"], e["en"], e["type"], e["public"], e["order"]) for e in entries]
    return tuple(sorted(read, key=lambda field: field.order))


def _formats(entries: list[dict[str, Any]]) -> tuple[NumberFormat, ...]:
    return tuple(NumberFormat(e["id"], e["regex"], e["example"], e["current"]) for e in entries)
