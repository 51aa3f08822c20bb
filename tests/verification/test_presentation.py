"""What a text is: a code of ours, of ours but broken, a number, or anything else (spec §1)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.verification.envelope import Malformed
from portal.verification.presentation import (
    BrokenCode,
    OtherCode,
    PresentedCredential,
    TypedNumber,
    decode_token,
    encode_token,
    parse,
)
from tests.test_vectors import CASES

OWN = "https://yz.example.gov.cn"
GENUINE = next(case["text"] for case in CASES if case["id"] == "genuine-ESP256")
TOKEN = GENUINE.removeprefix(OWN + "/v/")


@pytest.mark.parametrize(
    ("text", "other_host"),
    [
        (GENUINE, None),
        (TOKEN, None),
        (TOKEN.lower(), None),
        (f" \t\r\n{GENUINE}\n\u3000", None),
        (f"{OWN.upper()}/V/{TOKEN}", None),
        (f"https://evil.test/v/{TOKEN}", "evil.test"),
        (f"https://yz.example.gov.cn.evil.test/v/{TOKEN}", "yz.example.gov.cn.evil.test"),
        (f"https://yz.example.gov.cn./v/{TOKEN}", "yz.example.gov.cn."),
        (f"https://yz.example.gov.cn:8443/v/{TOKEN}", "yz.example.gov.cn:8443"),
        (f"https://yz.example.gov\u3002cn/v/{TOKEN}", "yz.example.gov\u3002cn"),
        (f"https://yz.ex\u0430mple.gov.cn/v/{TOKEN}", "yz.ex\u0430mple.gov.cn"),
        (f"https://[2001:db8::1]/v/{TOKEN}", "[2001:db8::1]"),
        (f"https://{'a.' * 130}test/v/{TOKEN}", ("a." * 130)[:253]),
    ],
)
def test_our_code_is_read_with_the_name_of_any_other_host(text: str, other_host: str | None) -> None:
    presented = parse(text, OWN)
    assert isinstance(presented, PresentedCredential)
    assert presented.credential.number.startswith("辽CB")
    assert presented.other_host == other_host


@pytest.mark.parametrize(
    ("text", "other_host"),
    [
        (f"{OWN}/v/", None),
        (f"{OWN}/v/hello", None),
        (f"{GENUINE}=", None),
        (f"{GENUINE}?x=1", None),
        (f"{GENUINE}/", None),
        (f"{OWN}/v/{TOKEN[:50]} {TOKEN[50:]}", None),
        (f"{OWN}/v/{TOKEN[:-1]}1", None),
        (f"{OWN}/v/{'A' * 3000}", None),
        (GENUINE + " " * 2048, None),
        (f"https://{'a.' * 1000}test/v/{TOKEN}", ("a." * 1000)[:253]),
        (TOKEN[:-3], None),
        (TOKEN + "AAAAAAAA", None),
        (f"https://evil.test/v/{TOKEN[:-8]}", "evil.test"),
    ],
)
def test_a_text_that_begins_like_our_code_and_breaks_off_is_broken(text: str, other_host: str | None) -> None:
    presented = parse(text, OWN)
    assert isinstance(presented, BrokenCode)
    assert presented.other_host == other_host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("", None),
        ("hello world", None),
        ("https://evil.test/pay?x=1", "evil.test"),
        (f"http://yz.example.gov.cn/v/{TOKEN}", "yz.example.gov.cn"),
        (f"https://yz.example.gov.cn@evil.test/v/{TOKEN}", "evil.test"),
        (f"https://yz.example.gov.cn\\@evil.test/v/{TOKEN}", "yz.example.gov.cn"),
        (f"https://yz.example.gov.cn%2eevil.test/v/{TOKEN}", "yz.example.gov.cn%2eevil.test"),
        (f"https://evil.test/{OWN}/v/{TOKEN}", "evil.test"),
        (f"//yz.example.gov.cn/v/{TOKEN}", None),
        (f"javascript://yz.example.gov.cn/v/{TOKEN}", "yz.example.gov.cn"),
        (f"https://yz.example.gov.cn/v\t/{TOKEN}", "yz.example.gov.cn"),
        ("https://www.video.test/v/abc123", "www.video.test"),
        ("weixin://wxpay/bizpayurl?pr=abc", "wxpay"),
        ("WeiXin://wxpay/bizpayurl?pr=abc", "wxpay"),
        ("\u0130p://evil.test/", None),
        ("\u212ap://evil.test/", None),
        ("WIFI:S:x;T:WPA;P:y;;", None),
        ("x" * 5000, None),
        ("1" * 5000, None),
    ],
)
def test_any_other_text_is_shown_and_never_taken_for_ours(text: str, host: str | None) -> None:
    presented = parse(text, OWN)
    assert isinstance(presented, OtherCode)
    assert presented.host == host


@pytest.mark.parametrize("text", ["辽CB024199998", " 辽cb 0241 99998 ", "(京)-非经营性-2014-0090", "SC11464010500015"])
def test_a_text_that_can_be_a_number_is_a_number(text: str) -> None:
    assert isinstance(parse(text, OWN), TypedNumber)


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 250, 768])
def test_a_token_is_base32_without_padding(length: int) -> None:
    data = bytes(range(1, 256)) * 4
    token = base64.b32encode(data[:length]).decode().rstrip("=")
    assert encode_token(data[:length]) == token
    assert decode_token(token) == decode_token(token.lower()) == data[:length]


@pytest.mark.parametrize("token", ["", "A", "ABC", "ABCDEF", "AB======", "A B", "A1", "AB", "７７", "AZ"])
def test_a_token_of_impossible_length_or_with_bits_left_over_is_refused(token: str) -> None:
    with pytest.raises(Malformed):
        decode_token(token)


@given(st.binary(min_size=1, max_size=100), st.integers(0, 159), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_every_token_has_one_reading_and_every_reading_one_token(data: bytes, position: int, letter: str) -> None:
    token = encode_token(data)
    assert decode_token(token) == data
    changed = token[: position % len(token)] + letter + token[position % len(token) + 1 :]
    try:
        assert encode_token(decode_token(changed)) == changed
    except Malformed:
        assert changed != token
