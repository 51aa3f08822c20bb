"""Addresses that were made to be taken for ours. Each carries a genuine token, and none may count as this portal's own
code: it is refused, or its verdict says which other host it names."""

from __future__ import annotations

import pytest

from portal.verification.presentation import BrokenCode, OtherCode, PresentedCredential, TypedNumber, parse
from tests.verification.test_presentation import OWN, TOKEN

HOST = OWN.removeprefix("https://")
T = TOKEN

OTHER_HOSTS = (
    # beside, above and below ours
    "evil.test",
    "gov.cn",
    "example.gov.cn",
    "www.yz.example.gov.cn",
    "a.yz.example.gov.cn",
    "yz.example.gov.cn.evil.test",
    "yz.example.gov.cn.cn",
    "yz.example.gov.com",
    "yz.example.gov",
    "yz.example.com.cn",
    "yz.example.gov.cn.",
    "yz.example.gov.cn..",
    ".yz.example.gov.cn",
    "yz..example.gov.cn",
    "yz-example.gov.cn",
    "yz.example-gov.cn",
    "yz.example.gov-cn.com",
    "yzexample.gov.cn",
    "yz.examplegov.cn",
    "yz.exarnple.gov.cn",
    "yz.exampie.gov.cn",
    "yz.examp1e.gov.cn",
    "yz.exampl3.gov.cn",
    "y2.example.gov.cn",
    "vz.example.gov.cn",
    "yz.example.g0v.cn",
    "yz.example.gov.сn",
    "yz.example.gov.cm",
    "yz.example.gov.co",
    "zy.example.gov.cn",
    "yz.exmaple.gov.cn",
    "yz.example.gov.cn-verify.com",
    "yz.example.gov.cn_",
    "_yz.example.gov.cn",
    "yz_.example.gov.cn",
    # ports, also the usual ones
    "yz.example.gov.cn:80",
    "yz.example.gov.cn:443",
    "yz.example.gov.cn:0443",
    "yz.example.gov.cn:8443",
    "yz.example.gov.cn:",
    "yz.example.gov.cn:0",
    "yz.example.gov.cn:65536",
    "yz.example.gov.cn:443:443",
    "yz.example.gov.cn:x",
    "yz.example.gov.cn:-1",
    # letters that look like ours
    "уz.example.gov.cn",
    "yz.еxample.gov.cn",
    "yz.exаmple.gov.cn",
    "yz.examрle.gov.cn",
    "yz.exampӏe.gov.cn",
    "yz.example.gоv.cn",
    "yz.example.ɡov.cn",
    "yz.example.gov.ϲn",
    "yz.example.goѵ.cn",
    "yᴢ.example.gov.cn",
    "ỵz.example.gov.cn",
    "yz.éxample.gov.cn",
    "yz.example.gov.cṇ",
    "yz.exampl\u0435.gov.cn",
    "y\u0301z.example.gov.cn",
    "ýz.example.gov.cn",
    "ｙｚ.example.gov.cn",
    "ＹＺ.ＥＸＡＭＰＬＥ.ＧＯＶ.ＣＮ",
    "𝐲𝐳.example.gov.cn",
    "ⓨⓩ.example.gov.cn",
    "yz.ｅxample.gov.cn",
    "yz.ℯxample.gov.cn",
    "yz。example。gov。cn",
    "yz．example．gov．cn",
    "yz｡example｡gov｡cn",
    "yz․example․gov․cn",
    "yz·example·gov·cn",
    # punycode
    "xn--z-8sb.example.gov.cn",
    "yz.xn--xample-9uf.gov.cn",
    "xn--yz-example-gov-cn.evil.test",
    "xn--.example.gov.cn",
    # what cannot be seen, or turns around what can
    "yz.example.gov.cn\u200b",
    "\u200byz.example.gov.cn",
    "yz.exam\u200bple.gov.cn",
    "yz.exam\u200cple.gov.cn",
    "yz.exam\u200dple.gov.cn",
    "yz.exam\u2060ple.gov.cn",
    "yz.exam\u00adple.gov.cn",
    "yz.exam\ufeffple.gov.cn",
    "\ufeffyz.example.gov.cn",
    "yz.exam\u034fple.gov.cn",
    "\u202eyz.example.gov.cn",
    "yz.example.gov.cn\u202e",
    "\u202enc.vog.elpmaxe.zy",
    "\u2066yz.example.gov.cn\u2069",
    "yz.\u200eexample.gov.cn",
    "yz.\u200fexample.gov.cn",
    "yz.\u061cexample.gov.cn",
    "yz.example.gov.cn\ufe0f",
    "yz.example.gov.cn\U000e0061",
    "yz.ex\u180eample.gov.cn",
    # numbers
    "127.0.0.1",
    "0x7f000001",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "1.2.3.4.5",
    "999.1.1.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[2001:db8::1]",
    "[2001:db8::1]:443",
    "[fe80::1]",
    "[",
    "]",
    "[]",
    "[yz.example.gov.cn]",
    "localhost",
    "192.168.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "metadata",
    "yz.example.gov.cn,evil.test",
    "yz.example.gov.cn;evil.test",
    "yz.example.gov.cn&evil.test",
    "yz.example.gov.cn=evil.test",
    "yz.example.gov.cn|evil.test",
    "yz.example.gov.cn<evil.test>",
    'yz.example.gov.cn"evil.test',
    "yz.example.gov.cn'evil.test",
    "yz.example.gov.cn(evil.test)",
    "{yz.example.gov.cn}",
    "yz.example.gov.cn^",
    "yz.example.gov.cn`",
    "yz.example.gov.cn~",
    "yz.example.gov.cn*",
    "*.example.gov.cn",
    "yz.example.gov.cn!",
    "yz.example.gov.cn$",
    "K" + HOST,
    "İ" + HOST,
    "ſ" + HOST,
)

REFUSED = (
    # another user, at another host or at ours
    f"https://{HOST}@evil.test/v/{T}",
    f"https://{HOST}:443@evil.test/v/{T}",
    f"https://evil.test@{HOST}/v/{T}",
    f"https://user:pass@{HOST}/v/{T}",
    f"https://@{HOST}/v/{T}",
    f"https://{HOST}%40evil.test/v/{T}",
    f"https://a@b@{HOST}/v/{T}",
    f"https://{HOST}\uff20evil.test @{HOST}/v/{T}",
    f"https://:@{HOST}/v/{T}",
    # backslashes and slashes
    f"https://{HOST}\\@evil.test/v/{T}",
    f"https://evil.test\\.{HOST}/v/{T}",
    f"https:\\\\{HOST}\\v\\{T}",
    f"https:/{HOST}/v/{T}",
    f"https:///{HOST}/v/{T}",
    f"https:{HOST}/v/{T}",
    f"//{HOST}/v/{T}",
    f"///{HOST}/v/{T}",
    f"\\\\{HOST}\\v\\{T}",
    f"/v/{T}",
    f"v/{T}",
    f"https://{HOST}//v/{T}",
    f"https://{HOST}\\v\\{T}",
    f"https://{HOST}/v\\{T}",
    f"https://{HOST}\u2215v\u2215{T}",
    f"https://{HOST}\uff0fv/{T}",
    # encoded, once and twice
    f"https%3A%2F%2F{HOST}%2Fv%2F{T}",
    f"https://{HOST}%2fv%2f{T}",
    f"https://{HOST}/%76/{T}",
    f"https://{HOST}/v%2f{T}",
    f"https://{HOST}/v%252f{T}",
    f"https://yz%2eexample%2egov%2ecn/v/{T}",
    f"https://yz%252eexample.gov.cn/v/{T}",
    f"https://{HOST}%00.evil.test/v/{T}",
    f"https://{HOST}%0d%0a/v/{T}",
    f"https://{HOST}%23.evil.test/v/{T}",
    f"https://{HOST}%3f.evil.test/v/{T}",
    f"https://{HOST}%5c.evil.test/v/{T}",
    f"https://%79z.example.gov.cn/v/{T}",
    # tricks with the path
    f"https://{HOST}/./v/{T}",
    f"https://{HOST}/../v/{T}",
    f"https://{HOST}/x/../v/{T}",
    f"https://{HOST}/V2/v/{T}",
    f"https://{HOST}/redirect?to=/v/{T}",
    f"https://{HOST}?/v/{T}",
    f"https://{HOST}#/v/{T}",
    f"https://{HOST}/#/v/{T}",
    f"https://{HOST}/?v={T}",
    f"https://{HOST}/en/v/{T}",
    f"https://{HOST}/v;/{T}",
    f"https://evil.test/{OWN}/v/{T}",
    f"https://evil.test/?u={OWN}/v/{T}",
    f"https://evil.test#{OWN}/v/{T}",
    f"https://evil.test/x/v/{T}",
    f"https://{HOST} /v/{T}",
    # other schemes
    f"http://{HOST}/v/{T}",
    f"HTTP://{HOST}/v/{T}",
    f"ftp://{HOST}/v/{T}",
    f"file://{HOST}/v/{T}",
    f"javascript://{HOST}/v/{T}",
    f"javascript:alert(1)//{OWN}/v/{T}",
    f"data:text/html,{OWN}/v/{T}",
    f"vbscript://{HOST}/v/{T}",
    f"weixin://{HOST}/v/{T}",
    f"alipays://{HOST}/v/{T}",
    f"intent://{HOST}/v/{T}#Intent;scheme=https;end",
    f"blob:{OWN}/v/{T}",
    f"view-source:{OWN}/v/{T}",
    f"ws://{HOST}/v/{T}",
    f"wss://{HOST}/v/{T}",
    f"httpss://{HOST}/v/{T}",
    f"xhttps://{HOST}/v/{T}",
    f"http\u017f://{HOST}/v/{T}",
    f"hｔtps://{HOST}/v/{T}",
    f"https\u200b://{HOST}/v/{T}",
    f"https;//{HOST}/v/{T}",
    f"https：//{HOST}/v/{T}",
    f"URL:{OWN}/v/{T}",
    f"<{OWN}/v/{T}>",
    f'"{OWN}/v/{T}"',
    f"tel:{OWN}/v/{T}",
    f"WIFI:S:{OWN}/v/{T};;",
    f"mailto:{OWN}/v/{T}",
    f"geo:0,0?q={OWN}/v/{T}",
    f"SMSTO:12315:{OWN}/v/{T}",
    f"BEGIN:VCARD\nURL:{OWN}/v/{T}\nEND:VCARD",
    # characters that some readers drop
    f"ht\ttps://{HOST}/v/{T}",
    f"https:\n//{HOST}/v/{T}",
    f"https://yz.exam\tple.gov.cn/v/{T}",
    f"https://yz.exam\nple.gov.cn/v/{T}",
    f"https://{HOST}\r/v/{T}",
    f"https://{HOST}\x00/v/{T}",
    f"\x00{OWN}/v/{T}",
    f"\x01{OWN}/v/{T}",
    f"\u202e{OWN}/v/{T}",
    f"\u200b{OWN}/v/{T}",
    f"\ufeff{OWN}/v/{T}",
    f"https://{HOST}\x7f/v/{T}",
    f"https://{HOST}\u2028/v/{T}",
    f"https://{HOST}\xa0/v/{T}",
    f"{OWN} {OWN}/v/{T}",
    f"请看 {OWN}/v/{T}",
    f"{OWN}/v\n/{T}",
    f"{OWN}\t/v/{T}",
)

# The address is ours, and what follows is no token: a broken code of ours, without a licence.
BROKEN = (
    f"{OWN}/v/{T}/../../x",
    f"{OWN}/v/../v/{T}",
    f"{OWN}/v//{T}",
    f"{OWN}/v/%2e%2e/{T}",
    f"{OWN}/v/{T}%00",
    f"{OWN}/v/{T}#x",
    f"{OWN}/v/{T}?to=https://evil.test",
    f"{OWN}/v/{T}@evil.test",
    f"{OWN}/v/{T}\\..\\x",
    f"{OWN}/v/https://evil.test",
    f"{OWN}/v//evil.test",
    f"{OWN}/v/{T}\u200b",
    f"{OWN}/v/{T}\u202e",
    f"{OWN}/v/\u200b{T}",
    f"{OWN}/v/{T[:9]}\n{T[9:]}",
    f"{OWN}/v/{T[:9]}%0a{T[9:]}",
    f"{OWN}/v/{T} {OWN}/v/{T}",
    f"{OWN}/v/{T};x",
    f"{OWN}/v/javascript:alert(1)",
    f"{OWN}/v/<script>alert(1)</script>",
    f"{OWN}/v/{T.replace('2KC', '２ＫＣ', 1)}",
    f"{OWN}/v/{T.replace('I', '1', 1)}",
    f"{OWN}/v/{T.replace('O', '0', 1)}",
    f"{OWN}/v/{T}=",
    f"{OWN}/v/{T}A",
)


def short(text: str) -> str:
    return ascii(text.replace(T, "TOKEN"))[:70]


def test_the_table_is_as_long_as_it_should_be_and_tells_nothing_twice() -> None:
    everything = [*(f"https://{host}/v/{T}" for host in OTHER_HOSTS), *REFUSED, *BROKEN]
    assert len(set(everything)) == len(everything) >= 200


@pytest.mark.parametrize("host", OTHER_HOSTS, ids=short)
def test_a_genuine_token_at_another_host_never_counts_as_ours(host: str) -> None:
    presented = parse(f"https://{host}/v/{T}", OWN)
    match presented:
        case PresentedCredential(_, other_host):
            assert other_host == host
        case OtherCode(_, named):
            assert named != HOST
        case _:
            pytest.fail(f"taken for {presented}")


@pytest.mark.parametrize("text", REFUSED, ids=short)
def test_what_only_looks_like_our_address_is_no_code_of_ours(text: str) -> None:
    assert isinstance(parse(text, OWN), OtherCode | TypedNumber)


@pytest.mark.parametrize("text", BROKEN, ids=short)
def test_more_than_a_token_behind_our_address_breaks_the_code(text: str) -> None:
    assert isinstance(parse(text, OWN), BrokenCode)


@pytest.mark.parametrize("letter", ["\u212a", "K\u0301"])
def test_a_letter_that_only_lower_case_makes_ours_is_another_host(letter: str) -> None:
    presented = parse(f"https://{letter}z.example.gov.cn/v/{T}", "https://kz.example.gov.cn")
    assert isinstance(presented, PresentedCredential)
    assert presented.other_host == f"{letter}z.example.gov.cn"
