"""The reader of CBOR accepts exactly one encoding of exactly the allowed values (spec §2)."""

import sys
import unicodedata

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.verification.strict_cbor import FORBIDDEN_CHARACTERS, NotDeterministic, decode, encode
from tests.shared_material import shared_json

allowed_values = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=40) | st.booleans() | st.text("abc水ü ", max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-70000, 70000) | st.text("kv", max_size=32), inner)
    ),
    max_leaves=12,
)


def is_accepted(encoded: bytes) -> bool:
    try:
        decode(encoded)
    except NotDeterministic:
        return False
    return True


def holds_only_allowed_types(example: dict[str, object]) -> bool:
    """By the example's own decoded form; only integers, texts, lists, maps and booleans are written as JSON there."""
    head = bytes.fromhex(str(example["hex"]))[0]
    return head >> 5 in (0, 1, 2, 3, 4, 5) or head in (0xF4, 0xF5)


def test_of_appendix_a_what_is_deterministic_and_of_an_allowed_type_is_read_and_nothing_else() -> None:
    examples = shared_json("vectors", "cbor", "appendix_a.json")
    accepted = {example["hex"] for example in examples if is_accepted(bytes.fromhex(example["hex"]))}
    # `roundtrip` is false for what a deterministic encoder would write differently.
    expected = {each["hex"] for each in examples if each["roundtrip"] and holds_only_allowed_types(each)}
    assert accepted == expected
    assert len(examples) == 82
    assert len(accepted) == 36


REFUSED = [
    ("", "nothing at all"),
    ("1817", "23 in two bytes"),
    ("190017", "23 in three bytes"),
    ("1a000000ff", "255 in five bytes"),
    ("1b00000000ffffffff", "a 32-bit number in nine bytes"),
    ("5801aa", "a length of 1 in two bytes"),
    ("7801 61", "a text's length in two bytes"),
    ("0102", "a byte left over"),
    ("a20201 0102", "keys in falling order"),
    ("a2010201 03", "a key twice"),
    ("a22001 0102", "a negative key before a positive one"),
    ("a2626161016162 02", "a longer text key before a shorter one"),
    ("a1f500", "a boolean key"),
    ("a1 4101 00", "a byte string as a key"),
    ("a1 80 00", "an array as a key"),
    ("d2 80", "a tag, even the one that envelopes have"),
    ("d81c 80", "a shareable value"),
    ("d8236161", "a regular expression"),
    ("c2 41 01", "a big number that is small"),
    ("c2 49 01 0000000000000000", "a big number"),
    ("fb3ff0000000000000", "a float"),
    ("f6", "null"),
    ("63 61cc88", "ä in two characters (not NFC)"),
    ("63 e2808b", "a zero-width space"),
    ("63 e280ae", "a right-to-left override"),
    ("61 00", "a control character"),
    ("63 ee8080", "a private-use character"),
    ("62 c328", "broken UTF-8"),
    ("63 eda080", "a surrogate in UTF-8"),
    ("5f 4101 ff", "a byte string of indefinite length"),
    ("a1 7821" + "61" * 33 + "00", "a key of 33 bytes"),
    ("a1 782e" + "e6b0b4" * 15 + "6100", "a key of 16 characters and 46 bytes"),
    ("81" * 7 + "00", "seven deep"),
    ("81" * 2000 + "00", "two thousand deep"),
    ("9b7fffffffffffffff", "an array that claims to be endless"),
    ("5b7fffffffffffffff", "a byte string that claims to be endless"),
    ("b841" + "".join(f"18{key:02x}00" if key > 23 else f"{key:02x}00" for key in range(65)), "65 pairs"),
]


@pytest.mark.parametrize(("encoded", "why"), REFUSED)
def test_any_other_encoding_or_type_is_refused(encoded: str, why: str) -> None:
    with pytest.raises(NotDeterministic):
        decode(bytes.fromhex(encoded))


def test_six_levels_and_64_pairs_are_read() -> None:
    assert decode(bytes.fromhex("81" * 6 + "00")) == [[[[[[0]]]]]]
    assert len(decode(encode({key: key for key in range(64)}))) == 64  # type: ignore[arg-type]


# Where one more takes a longer head.
HEADS = (23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**64 - 1)


@pytest.mark.parametrize("value", [*HEADS, *(-1 - each for each in HEADS)])
def test_whole_numbers_are_read_wherever_their_heads_grow(value: int) -> None:
    assert decode(cbor2.dumps([value, {value: value}])) == [value, {value: value}]


@pytest.mark.parametrize("length", HEADS[:6])
def test_texts_bytes_and_lists_are_read_wherever_their_heads_grow(length: int) -> None:
    values = ["a" * length, "é" * (length // 2), bytes(length), [0] * length]
    assert decode(cbor2.dumps(values)) == values


def test_a_key_of_32_bytes_is_read() -> None:
    assert decode(cbor2.dumps({"水" * 10 + "ab": 0})) == {"水" * 10 + "ab": 0}


def test_every_control_format_private_and_surrogate_character_is_forbidden() -> None:
    invisible = {"Cc", "Cf", "Co", "Cs"}
    missed = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in invisible and not FORBIDDEN_CHARACTERS.match(chr(code))
    ]
    assert missed == []


def test_a_character_is_read_exactly_if_it_is_visible_and_as_nfc_writes_it() -> None:
    surrogates = range(0xD800, 0xE000)
    wrong = [
        hex(code)
        for code in range(0x11000)
        if code not in surrogates
        and is_accepted(cbor2.dumps(chr(code)))
        is not (not FORBIDDEN_CHARACTERS.match(chr(code)) and unicodedata.is_normalized("NFC", chr(code)))
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["沈阳康嘉美大药房有限公司（演示）", "Pharmacy №1 – 中文", "𐅑", "ü"])
def test_visible_text_is_read(text: str) -> None:
    assert decode(encode(text)) == text


@given(allowed_values)
def test_what_is_encoded_is_read_back(value: object) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=80))
def test_any_bytes_are_read_as_their_own_encoding_or_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except NotDeterministic:
        return
    assert encode(value) == data
