"""JSON as signed documents may be written: a table, which the browser's verifier is held to as well."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from portal.verification.strict_json import Object, Unexpected, parse

# Documents by what they show, and whether they are read.
DOCUMENTS: dict[str, tuple[bytes, bool]] = {
    "an object": (b'{"a": [1, -2.5e3, true, false, null, "\\u4e2d\xe5\x9b\xbd"]}', True),
    "white space around it": (b' \t\r\n{"a" : 1}\n', True),
    "both halves of a character": (b'{"a": "\\ud83d\\ude00"}', True),
    "a number too large for a float": (b'{"a": 1e400}', True),
    "4,300 digits": (b'{"a": -%s}' % (b"1" * 4300), True),
    "200 deep": (b'{"a":' * 200 + b"1" + b"}" * 200, True),
    "lists 200 deep": (b'{"a":' + b"[" * 199 + b"1" + b"]" * 199 + b"}", True),
    "an empty list 200 deep": (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", True),
    "nothing": (b"", False),
    "a list": (b"[]", False),
    "a text": (b'"a"', False),
    "cut off": (b'{"a": 1', False),
    "another value behind it": (b'{"a": 1}{}', False),
    "a comma at the end": (b'{"a": 1,}', False),
    "a name without marks": (b"{a: 1}", False),
    "other marks": (b"{'a': 1}", False),
    "a comment": (b'{"a": 1} // b', False),
    "a member twice": (b'{"a": 1, "a": 1}', False),
    "a member twice, once escaped": (b'{"a": 1, "\\u0061": 1}', False),
    "a member twice inside": (b'{"a": [{"b": 1, "b": 2}]}', False),
    "the first half of a character": (b'{"a": "\\ud83d"}', False),
    "the second half of a character": (b'{"a": "\\ude00"}', False),
    "two first halves": (b'{"a": "\\ud83d\\ud83d\\ude00"}', False),
    "half a character in a name": (b'{"\\ud83d": 1}', False),
    "half a character in UTF-8": (b'{"a": "\xed\xa0\xbd"}', False),
    "no UTF-8": (b'{"a": "\xff"}', False),
    "a byte order mark": (b'\xef\xbb\xbf{"a": 1}', False),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), False),
    "a vertical tab around it": (b'\x0b{"a": 1}', False),
    "a line break in a text": (b'{"a": "\n"}', False),
    "an unknown escape": (b'{"a": "\\x41"}', False),
    "NaN": (b'{"a": NaN}', False),
    "an infinity": (b'{"a": -Infinity}', False),
    "a zero in front": (b'{"a": 01}', False),
    "no digit behind the point": (b'{"a": 1.}', False),
    "a plus in front": (b'{"a": +1}', False),
    "hexadecimal": (b'{"a": 0x1}', False),
    "4,301 digits": (b'{"a": -%s}' % (b"1" * 4301), False),
    "4,301 digits before the point": (b'{"a": %s.5}' % (b"1" * 4301), False),
    "201 deep": (b'{"a":' * 201 + b"1" + b"}" * 201, False),
    "lists 201 deep": (b'{"a":' + b"[" * 200 + b"1" + b"]" * 200 + b"}", False),
    "an empty list 201 deep": (b'{"a":' + b"[" * 201 + b"]" * 201 + b"}", False),
    "100,000 deep": (b'{"a":' * 100_000, False),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_or_refused(name: str) -> None:
    document, is_read = DOCUMENTS[name]
    if is_read:
        assert parse(document, "document").has("a")
    else:
        with pytest.raises(Unexpected, match="^document: not"):
            parse(document, "document")


# Texts of base64 by what they show, and their bytes, if they are read: each value is written in one way.
BASE64: dict[str, tuple[str, bytes | None]] = {
    "nothing": ("", b""),
    "a byte": ("/w==", b"\xff"),
    "two bytes": ("//8=", b"\xff\xff"),
    "three bytes": ("+/+/", b"\xfb\xff\xbf"),
    "no padding": ("/w", None),
    "half the padding": ("/w=", None),
    "padding where there is none": ("+/+/=", None),
    "more of it": ("+/+/==", None),
    "padding alone": ("=", None),
    "padding within": ("/w==/w==", None),
    "bits left over": ("/x==", None),
    "bits left over of two bytes": ("//9=", None),
    "a digit too many": ("+/+/A", None),
    "base64url": ("-_-_", None),
    "a line break": ("+/\n+/", None),
    "a line break at the end": ("+/+/\n", None),
    "a letter of another width": ("+/+\uff0f", None),
}


# The same for base64url, whose padding may be left out (spec §8).
BASE64URL: dict[str, tuple[str, bytes | None]] = {
    "nothing": ("", b""),
    "a byte": ("_w", b"\xff"),
    "a byte, with padding": ("_w==", b"\xff"),
    "two bytes": ("__8", b"\xff\xff"),
    "three bytes": ("-_-_", b"\xfb\xff\xbf"),
    "base64": ("+/+/", None),
    "bits left over": ("_x", None),
    "bits left over of two bytes": ("__9", None),
    "a digit too many": ("-_-_A", None),
    "padding within": ("_w==_w==", None),
    "a line break": ("-_\n-_", None),
    "a letter of another width": ("-_-\uff3f", None),
}


@pytest.mark.parametrize(
    ("read", "written", "content"),
    [
        pytest.param(read, *table[name], id=f"{read.__name__}: {name}")
        for read, table in ((Object.base64, BASE64), (Object.base64url, BASE64URL))
        for name in table
    ],
)
def test_bytes_are_written_in_one_way(
    read: Callable[[Object, str], bytes], written: str, content: bytes | None
) -> None:
    document = parse(json.dumps({"a": written}).encode(), "document")
    if content is not None:
        assert read(document, "a") == content
    else:
        with pytest.raises(Unexpected, match="^document: a"):
            read(document, "a")


@pytest.mark.parametrize(
    ("member", "why"), [({}, "a is missing or of another type"), ({"a": "2026-02-30T00:00:00Z"}, "a: not a time")]
)
def test_a_refused_time_is_named_once(member: dict[str, str], why: str) -> None:
    with pytest.raises(Unexpected, match=f"^document: {why}"):
        Object(member, "document").time("a")
