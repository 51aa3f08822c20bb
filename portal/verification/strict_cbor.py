"""Deterministic CBOR (RFC 8949 §4.2.1) of the few types that a credential may hold (spec §2), or a refusal.

No tag is read here: the one that is allowed, at the top of an envelope, is the envelope's to take off.
`decode` accepts exactly one encoding of a value: what it returns would be encoded again to the same bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

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
        value = cbor2.loads(
            data,
            semantic_decoders=_REFUSE_TAGS,
            max_depth=MAX_DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
    except (cbor2.CBORDecodeError, NotDeterministic) as error:
        raise NotDeterministic(str(error)) from error
    _require_allowed((value,), 0)
    # Keys were found in ascending order, so encoding in the order found is the deterministic encoding.
    if cbor2.dumps(value) != data:
        raise NotDeterministic("not the shortest encoding, or bytes left over")
    return cast(Value, value)


def encode(value: object) -> bytes:
    """The deterministic encoding: map keys are put in order; NotDeterministic where the value is not allowed."""
    ordered = _in_order(value)
    _require_allowed((ordered,), 0)
    return cbor2.dumps(ordered)


def _require_allowed(members: Iterable[object], depth: int) -> None:
    """Refuse what is not allowed. Integers need no look: beyond 64 bits they would be tagged, and tags are refused."""
    if depth > MAX_DEPTH:
        raise NotDeterministic(f"deeper than {MAX_DEPTH}")
    for value in members:
        kind = type(value)
        if kind is str:
            _require_plain_text(cast(str, value))
        elif kind is dict:
            pairs = cast("dict[object, object]", value)
            _require_ordered_keys(pairs)
            _require_allowed(pairs.values(), depth + 1)
        elif kind is list:
            _require_allowed(cast("list[object]", value), depth + 1)
        elif kind is not int and kind is not bytes and kind is not bool:
            raise NotDeterministic(f"a type that is not allowed: {kind.__name__}")


def _require_plain_text(text: str) -> None:
    if text.isascii() and text.isprintable():
        return
    if FORBIDDEN_CHARACTERS.search(text) or not unicodedata.is_normalized("NFC", text):
        raise NotDeterministic("text with forbidden characters, or not in NFC")


def _require_ordered_keys(pairs: dict[object, object]) -> None:
    """Refuse keys out of the order of their encodings: whole numbers, then negative ones downwards, then texts."""
    if len(pairs) > MAX_PAIRS:
        raise NotDeterministic(f"more than {MAX_PAIRS} pairs")
    previous: tuple[int, int, bytes] = (-1, 0, b"")
    for key in pairs:
        if type(key) is int:
            rank = (0, key, b"") if key >= 0 else (1, -key, b"")
        elif type(key) is str:
            _require_plain_text(key)
            encoded = key.encode("utf-8")
            rank = (3, len(encoded), encoded)
        else:
            raise NotDeterministic("a key that is neither integer nor text")
        if rank <= previous:
            raise NotDeterministic("keys out of order")
        previous = rank


def _in_order(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value, key=cbor2.dumps)}
    if isinstance(value, list):
        return [_in_order(member) for member in value]
    return value
