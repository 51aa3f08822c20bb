"""Licence numbers as people type them: one written form, one form to compare, which types a number can be, and hints.

What follows from a number comes from the catalogue's formats; another type or format is a line there. A number never
identifies a version, and a wrong check digit is a warning, not a verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10, mod_37_36

from portal.catalogue.licence_types import Catalogue, NumberFormat

MAX_NUMBER_LENGTH = 64  # claim 2 of the credential
MAX_TYPED_LENGTH = 4 * MAX_NUMBER_LENGTH  # longer texts are not looked at: they may be huge
FREE_FORMAT = "free"  # the catalogue's name for "no uniform format is known"

_DASHES = re.compile(r"[-\u2010-\u2015\u2212\ufe58\uff0d~\u30fc]")
# 一 stands for a dash in printed numbers such as （浙）一经营性-2024-0233, but it is also a character of 第一类.
_ONE_AS_DASH = re.compile(r"(?<=[)\d])一|一(?=\d)")
# Most numbers: they have no character that could be written in another way.
_AS_WRITTEN = re.compile(r"[0-9A-Z\u3400-\u4dff\u4e01-\u9fff]+")
_BRACKETS = str.maketrans("[【〔{〖]】〕}〗", "(((((" + ")))))")
_NUMBER_CHARACTERS = re.compile(r"[0-9A-Z\u3400-\u9fff()\-.·#/]+")
_NOT_COMPARED = re.compile(r"[^0-9A-Z\u3400-\u9fff]")
_DIGIT = re.compile(r"\d")
# A digit of another script, which the formats' \d would accept and no lookup key contains.
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_FINAL = "号"
_LIKELY_TYPING_ERRORS = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A type that a number can be, by one of its formats, with the number's named parts."""

    type_slug: str
    format_id: str
    current: bool
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a typed text can mean. `identifiers` are `uscc` and `elicence`; `hints` are codes with words elsewhere."""

    text: str
    normalised: str
    candidates: tuple[Candidate, ...]
    identifiers: tuple[str, ...]
    hints: tuple[str, ...]


def normalise(text: str) -> str:
    """The written form: NFKC, no white space, one kind of dash and bracket, capitals."""
    if _AS_WRITTEN.fullmatch(text):
        return text
    joined = "".join(unicodedata.normalize("NFKC", text).upper().split())
    return _ONE_AS_DASH.sub("-", _DASHES.sub("-", joined.translate(_BRACKETS)))


def lookup_key(text: str) -> str:
    """The form in which numbers are compared: letters, digits and Chinese characters, without a final 号.

    Two numbers may share a key; a lookup returns a list anyway. Empty for a text too long to be a number.
    """
    if len(text) > MAX_TYPED_LENGTH:
        return ""
    return _NOT_COMPARED.sub("", normalise(text)).removesuffix(_FINAL)


def could_be_a_number(text: str) -> bool:
    """Whether a text may be a licence number: short, with a digit, and of the characters that numbers have.

    A web address has a dot and slashes as well, hence the exclusion.
    """
    if len(text) > MAX_TYPED_LENGTH:
        return False
    written = normalise(text)
    if len(written) > MAX_NUMBER_LENGTH or len(written) < 4 or "//" in written:
        return False
    return bool(_NUMBER_CHARACTERS.fullmatch(written) and _DIGIT.search(written))


def read_number(text: str, catalogue: Catalogue) -> NumberReading:
    """Say what a typed text can mean; any text has a reading."""
    if len(text) > MAX_TYPED_LENGTH:
        return NumberReading(text, "", (), (), ("too_long",))
    written = normalise(text)
    candidates = _candidates(written, catalogue)
    identifiers, identifier_hints = _identifiers(written, catalogue)
    hints = identifier_hints + _check_hints(candidates)
    if not candidates and not identifiers:
        hints += _typing_hints(written, catalogue)
    return NumberReading(text, written, candidates, identifiers, hints)


def _candidates(written: str, catalogue: Catalogue) -> tuple[Candidate, ...]:
    found = []
    for licence_type in catalogue.by_code.values():
        for number_format in licence_type.number_formats:
            match = None if number_format.id == FREE_FORMAT else _match(number_format, written)
            if match:
                parts = {name: part for name, part in match.groupdict().items() if part}
                found.append(Candidate(licence_type.slug, number_format.id, number_format.current, parts))
    return tuple(found)


def _match(number_format: NumberFormat, written: str) -> re.Match[str] | None:
    """A match of the number as written, or with a final 号 added or removed, as people do."""
    if len(written) > MAX_NUMBER_LENGTH:
        return None
    other = written.removesuffix(_FINAL) if written.endswith(_FINAL) else written + _FINAL
    return matched(number_format, written) or matched(number_format, other)


def matched(number_format: NumberFormat, written: str) -> re.Match[str] | None:
    """The match of a normalised number with a format, if it has one."""
    return None if _FOREIGN_DIGIT.search(written) else _compiled(number_format.regex).fullmatch(written)


@lru_cache(maxsize=256)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def _identifiers(written: str, catalogue: Catalogue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    elicence = catalogue.elicence_pattern.fullmatch(written)
    if elicence:
        whole = "".join(elicence.group("type", "issuer", "serial", "version", "check")).replace("_", "")
        return ("elicence",), () if mod_37_36.is_valid(whole) else ("elicence_check_character_differs",)
    compact = written.replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]{18}", compact):
        return (), ()
    try:
        uscc_number.validate(compact)
    except ValidationError:
        return (), ("uscc_check_character_wrong",)
    return ("uscc",), ()


def _check_hints(candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    """Numbers with a part named `check` carry a digit by ISO 7064 MOD 11,10 over the parts before it."""
    for candidate in candidates:
        if "check" in candidate.parts and not mod_11_10.is_valid("".join(candidate.parts.values())):
            return ("check_digit_wrong",)
    return ()


def _typing_hints(written: str, catalogue: Catalogue) -> tuple[str, ...]:
    """A hint for what would be a number with 0 for O, or 1 for I and l."""
    corrected = written.translate(_LIKELY_TYPING_ERRORS)
    if corrected != written and (_candidates(corrected, catalogue) or _identifiers(corrected, catalogue)[0]):
        return (f"did_you_mean:{corrected}",)
    return ()
