"""Signed JSON documents: read strictly (UTF-8, no member twice, no half characters), member by member and by type."""

from __future__ import annotations

import binascii
from enum import StrEnum
from typing import NoReturn, TypeVar

import jiter

from portal.verification.dates import parse_timestamp

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)


class Unexpected(ValueError):
    """The document is not of the form it should have; the message names the document and the member."""


def parse(document: bytes, name: str) -> Object:
    """The object that a document holds; `name` is what messages call it."""
    try:
        value = jiter.from_json(document, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
    except ValueError as error:
        raise Unexpected(f"{name}: not JSON: {str(error)[:120]}") from error
    return Object(value, name)


# Of base64url; the characters that only the standard alphabet has become ones that none has.
_TO_STANDARD_ALPHABET = bytes.maketrans(b"-_+/", b"+/!!")


class Object:
    """The members of a JSON object, each taken with the type that it must have."""

    __slots__ = ("_members", "_name")

    def __init__(self, value: object, name: str) -> None:
        if not isinstance(value, dict):
            raise Unexpected(f"{name}: not an object")
        self._members: dict[str, object] = value
        self._name = name

    def require_only(self, names: frozenset[str]) -> None:
        unknown = sorted(self._members.keys() - names)
        if unknown:
            self.refuse(f"unknown member {unknown[0][:40]!r}")

    def refuse(self, why: str) -> NoReturn:
        raise Unexpected(f"{self._name}: {why}")

    def has(self, key: str) -> bool:
        return key in self._members

    def is_given(self, key: str) -> bool:
        """Whether the member is there and not null."""
        return self._members.get(key) is not None

    def items(self) -> list[tuple[str, object]]:
        return list(self._members.items())

    def _typed(self, key: str, kind: type[_T]) -> _T:
        value = self._members.get(key)
        if type(value) is not kind:
            self.refuse(f"{key} is missing or of another type")
        return value

    def text(self, key: str) -> str:
        return self._typed(key, str)

    def integer(self, key: str) -> int:
        return self._typed(key, int)

    def number(self, key: str) -> float:
        value = self._members.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(f"{key} is no number")
        try:
            return float(value)
        except OverflowError:
            self.refuse(f"{key} is no number that anybody needs")

    def texts(self, key: str) -> list[str]:
        values = self._typed(key, list)
        if not all(isinstance(value, str) for value in values):
            self.refuse(f"{key} is no list of texts")
        return values

    def objects(self, key: str) -> list[Object]:
        return [Object(value, f"{self._name}: {key}[{i}]") for i, value in enumerate(self._typed(key, list))]

    def object(self, key: str) -> Object:
        return Object(self._members.get(key), f"{self._name}: {key}")

    def base64(self, key: str) -> bytes:
        """Bytes as base64 (RFC 4648 §4) with padding, in the one way to write them."""
        return self._decoded(key, self.text(key))

    def base64s(self, key: str) -> tuple[bytes, ...]:
        return tuple(self._decoded(key, text) for text in self.texts(key))

    def _decoded(self, key: str, text: str) -> bytes:
        try:
            value = binascii.a2b_base64(text, strict_mode=True)
        except ValueError as error:
            raise Unexpected(f"{self._name}: {key}: {error}") from error
        # The library's strict mode takes padding behind a whole group, and bits that belong to no byte.
        if binascii.b2a_base64(value, newline=False).decode("ascii") != text:
            self.refuse(f"{key} is not written in the one way of base64")
        return value

    def base64url(self, key: str) -> bytes:
        """Bytes as base64url (RFC 4648 §5), with or without padding, in the one way to write them."""
        text = self.text(key).rstrip("=")
        try:
            padded = text.encode("ascii").translate(_TO_STANDARD_ALPHABET) + b"=" * (-len(text) % 4)
            value = binascii.a2b_base64(padded, strict_mode=True)
        except ValueError as error:
            raise Unexpected(f"{self._name}: {key}: {error}") from error
        if binascii.b2a_base64(value, newline=False) != padded:
            self.refuse(f"{key} has bits left over")
        return value

    def time(self, key: str) -> int:
        text = self.text(key)
        try:
            return parse_timestamp(text)
        except ValueError as error:
            raise Unexpected(f"{self._name}: {key}: {error}") from error

    def choice(self, kind: type[_E], value: str) -> _E:
        try:
            return kind(value)
        except ValueError as error:
            raise Unexpected(f"{self._name}: {error}") from error
