"""Deterministic CBOR (RFC 8949 §4.2.1) of the few types that a credential may hold (spec §2), or a refusal.

No tag is read here: the one that is allowed, at the top of an envelope, is the envelope's to take off.
`decode` accepts exactly one encoding of a value: what it returns would be encoded again to the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias
from unicodedata import is_normalized

import cbor2

MAX_DEPTH = 6
MAX_PAIRS = 64

Value: TypeAlias = "int | bytes | str | bool | list[Value] | Map"
Map: TypeAlias = "dict[int | str, Value]"

# Control, format, private-use and surrogate characters (Cc Cf Co Cs): invisible, or able to reorder what is read.
FORBIDDEN_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
    "\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)


class NotDeterministic(ValueError):
    """The bytes are not the deterministic encoding of an allowed value."""


def _refuse_tag(*_: object) -> object:
    raise NotDeterministic("a tag that is not allowed")


# The library gives meaning to these tags (dates, big numbers, regular expressions, shared values ...); we want none.
_BUILT_IN_TAGS = (*range(6), 25, 28, 29, 30, 35, 36, 37, 100, 256, 258, 260, 261, 1004, 43000, 52, 54, 55799)
_REFUSE_TAGS = dict.fromkeys(_BUILT_IN_TAGS, _refuse_tag)


def decode(data: bytes) -> Value:
    """The value of which `data` is the deterministic encoding; NotDeterministic otherwise."""
    try:
        value: Value = cbor2.loads(
            data,
            semantic_decoders=_REFUSE_TAGS,
            max_depth=MAX_DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except (cbor2.CBORDecodeError, NotDeterministic) as error:
        raise NotDeterministic(str(error)) from error
    # The reader took no byte more than it needed to, so an encoding of the shortest length is the shortest encoding.
    if _shortest_length((value,), 0) != len(data):
        raise NotDeterministic("not the shortest encoding, or bytes left over")
    return value


def encode(value: object) -> bytes:
    """The deterministic encoding: map keys are put in order; NotDeterministic where the value is not allowed."""
    ordered = _in_order(value)
    _shortest_length((ordered,), 0)
    return cbor2.dumps(ordered)


def _shortest_length(members: Iterable[object], depth: int) -> int:
    """How many bytes the members take in the shortest encoding; NotDeterministic for what is not allowed.

    Counting takes half the time of encoding again to compare. Integers beyond 64 bits would have been tags.
    """
    if depth > MAX_DEPTH:
        raise NotDeterministic(f"deeper than {MAX_DEPTH}")
    total = 0
    for value in members:
        if type(value) is int:  # the exact type: True is no integer here
            argument = value if value >= 0 else -1 - value
        elif type(value) is str:
            argument = len(value) if value.isascii() and value.isprintable() else _text_length(value)
            total += argument
        elif type(value) is bytes:
            argument = len(value)
            total += argument
        else:
            argument, inside = _measure(value, depth)
            total += inside
        total += 1 if argument < 24 else 2 if argument < 256 else _head_length(argument)
    return total


def _measure(value: object, depth: int) -> tuple[int, int]:
    """The number in the head of a container, and how many bytes its members take."""
    if type(value) is dict:
        return len(value), _length_of_keys(value) + _shortest_length(value.values(), depth + 1)
    if type(value) is list:
        return len(value), _shortest_length(value, depth + 1)
    if type(value) is bool:
        return 0, 0
    raise NotDeterministic(f"a type that is not allowed: {type(value).__name__}")


def _head_length(argument: int) -> int:
    if argument < 1 << 8:
        return 1 if argument < 24 else 2
    if argument < 1 << 16:
        return 3
    return 5 if argument < 1 << 32 else 9


def _text_length(text: str) -> int:
    """The bytes of a text; NotDeterministic for one with forbidden characters, or that is not in NFC."""
    # What is printable has no forbidden character, and that is seen ten times faster.
    forbidden = not text.isprintable() and FORBIDDEN_CHARACTERS.search(text)
    if forbidden or not is_normalized("NFC", text):
        raise NotDeterministic("text with forbidden characters, or not in NFC")
    return len(text.encode("utf-8"))


def _length_of_keys(pairs: dict[object, object]) -> int:
    """The bytes of a map's keys, which must be in the order of their encodings: whole numbers upwards, then negative
    ones downwards, then texts."""
    if len(pairs) > MAX_PAIRS:
        raise NotDeterministic(f"more than {MAX_PAIRS} pairs")
    previous, total = -1, 0
    for key in pairs:
        if type(key) is int and previous < key < 24:  # nearly every key there is
            previous = key
            total += 1
            continue
        rank, length = _rank_and_length(key)
        if rank <= previous:
            raise NotDeterministic("keys out of order")
        previous, total = rank, total + length
    return total


# Ranks that order keys as their encodings are ordered; one number compares faster than the bytes.
_AFTER_WHOLE_NUMBERS = 1 << 64
_AFTER_INTEGERS = 1 << 66
_LONGEST_TEXT_KEY = 32


def _rank_and_length(key: object) -> tuple[int, int]:
    if type(key) is int:
        argument = key if key >= 0 else -1 - key
        rank = key if key >= 0 else _AFTER_WHOLE_NUMBERS + argument
        return rank, _head_length(argument)
    if type(key) is not str:
        raise NotDeterministic("a key that is neither integer nor text")
    encoded = key.encode("utf-8")
    if _text_length(key) > _LONGEST_TEXT_KEY:
        raise NotDeterministic(f"a key of more than {_LONGEST_TEXT_KEY} bytes")
    rank = _AFTER_INTEGERS + (len(encoded) << 8 * _LONGEST_TEXT_KEY) + int.from_bytes(encoded, "big")
    return rank, len(encoded) + _head_length(len(encoded))


def _in_order(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value, key=cbor2.dumps)}
    if isinstance(value, list):
        return [_in_order(member) for member in value]
    return value
