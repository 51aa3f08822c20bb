"""Licence numbers as people type them: one comparable form, and whether a text can be a number at all."""

from __future__ import annotations

import re
import unicodedata

MAX_NUMBER_LENGTH = 64  # claim 2 of the credential

_DASHES = re.compile(r"[-\u2010-\u2015\u2212\ufe58\uff0d~\u30fc]")
# 一 stands for a dash in printed numbers such as （浙）一经营性-2024-0233, but it is also a character of 第一类.
_ONE_AS_DASH = re.compile(r"(?<=[)\]\d])一|一(?=\d)")
_OPENING = str.maketrans("[【〔{", "((((")
_CLOSING = str.maketrans("]】〕}", "))))")
_NUMBER_CHARACTERS = re.compile(r"[0-9A-Z\u3400-\u9fff()\-.·#/]+")
_DIGIT = re.compile(r"\d")
_NOT_COMPARED = re.compile(r"[^0-9A-Z\u3400-\u9fff]")


def normalise(text: str) -> str:
    """The written form: NFKC, no white space, one kind of dash and bracket, capitals."""
    folded = unicodedata.normalize("NFKC", text).upper().translate(_OPENING).translate(_CLOSING)
    joined = "".join(folded.split())
    return _ONE_AS_DASH.sub("-", _DASHES.sub("-", joined))


def lookup_key(text: str) -> str:
    """The form under which numbers are compared: letters, digits and Chinese characters, without a final 号.

    Two numbers may share a key; a lookup returns a list in any case.
    """
    return _NOT_COMPARED.sub("", normalise(text)).removesuffix("号")


def could_be_a_number(text: str) -> bool:
    """Whether a text may be a licence number: short, with a digit, and of the characters that numbers have.

    A web address has a dot and a slash as well, hence the two exclusions.
    """
    if len(text) > 4 * MAX_NUMBER_LENGTH:  # before any work on a text that may be huge
        return False
    written = normalise(text)
    if len(written) > MAX_NUMBER_LENGTH or len(written) < 4 or "//" in written:
        return False
    return bool(_NUMBER_CHARACTERS.fullmatch(written) and _DIGIT.search(written))
