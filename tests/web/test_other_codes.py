"""Codes of others: named for what they are, hosts that resemble ours marked, and nothing of them ever a link."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.verification.verdict import Outcome, Reason
from portal.web.other_codes import OtherKind, Piece, compared, kind_of
from portal.web.own_pages import own_page
from portal.web.wording import Language, words_for
from tests.verification.test_presentation_hostile import BROKEN, HOST, OTHER_HOSTS, REFUSED, T
from tests.web.html_pages import read_page
from tests.web.photos import photo_of, send_photo
from tests.web.portals import Street
from tests.world import PUBLIC_URL

KINDS = {
    OtherKind.PAYMENT: (
        "wxp://f2f0abc",
        "weixin://wxpay/bizpayurl?pr=abc",
        "https://qr.alipay.com/fkx1234",
        "HTTPS://QR.ALIPAY.COM/FKX1234",
        "alipays://platformapi/startapp",
        "https://qr.95516.com/00010000/6200",
        "https://payapp.weixin.qq.com/qrpay/order",
        "00020101021126580014A000000333",
    ),
    OtherKind.WIFI: ("WIFI:S:shop;T:WPA;P:secret;;", "wifi:T:nopass;S:x;;"),
    OtherKind.CONTACT: ("BEGIN:VCARD\nVERSION:3.0\nFN:张三\nEND:VCARD", "MECARD:N:张三;;"),
    OtherKind.EVENT: ("BEGIN:VEVENT\nSUMMARY:x", "BEGIN:VCALENDAR\nx"),
    OtherKind.PHONE: ("tel:12315", "TEL:+8612315"),
    OtherKind.MESSAGE: ("smsto:10086:hello", "sms:10086", "mailto:a@b.test", "MATMSG:TO:a@b.test;;"),
    OtherKind.PLACE: ("geo:41.8,123.4",),
    OtherKind.CHAT: ("https://u.wechat.com/abc", "https://weixin.qq.com/r/abc", "weixin://dl/chat"),
    OtherKind.WEB_PAGE: ("https://shop.test/", "http://qr.alipay.com.evil.test/", "https://u.wechat.com.test/x"),
    OtherKind.PROGRAM: ("taobao://item/1", "javascript:alert(1)", "intent://scan/#Intent;end"),
    OtherKind.TEXT: ("hello", "药品: 一盒", "", "12:30", ":x"),
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_a_code_is_named_for_what_it_is(kind: OtherKind, text: str) -> None:
    assert kind_of(text) is kind


def test_every_kind_has_an_example() -> None:
    assert set(KINDS) == set(OtherKind)


def test_the_page_of_a_payment_code_says_that_it_is_one(visit: FlaskClient) -> None:
    page = read_page(send_photo(visit, photo_of("wxp://f2f0abc")))
    assert page.reason == Reason.NOT_A_LICENCE_CODE
    assert words_for(Language.ZH).t("other_code.payment") in page.text


@pytest.mark.parametrize(
    ("host", "marked"),
    [
        ("yz.examp1e.gov.cn", ["1"]),
        ("yz.exаmple.gov.cn", ["а"]),
        ("yz.example.gov.cn.evil.test", [".evil.test"]),
        ("a-yz.example.gov.cn", ["a-"]),
        ("yz.exam\u200bple.gov.cn", ["[U+200B]"]),
        ("\u202eyz.example.gov.cn", ["[U+202E]"]),
        ("yz.exarnple.gov.cn", ["rn"]),
        ("yz.example.gov.cn:8443", [":8443"]),
    ],
)
def test_where_a_host_that_resembles_ours_differs_is_marked(host: str, marked: list[str]) -> None:
    assert [piece.text for piece in compared(host, "yz.example.gov.cn") if piece.differs] == marked


@pytest.mark.parametrize("host", ["evil.test", "www.gov.cn", "pay.example.com"])
def test_a_host_that_does_not_resemble_ours_stands_in_one_piece(host: str) -> None:
    assert compared(host, "yz.example.gov.cn") == (Piece(host, False),)


def test_the_page_of_a_look_alike_marks_it_and_says_so(visit: FlaskClient, shops: Street) -> None:
    own = urlsplit(PUBLIC_URL).netloc
    page = read_page(send_photo(visit, photo_of(f"https://{own}.evil.test/v/{shops.pharmacy.token}")))
    assert [mark.text for mark in page.all("mark")] == [".evil.test"]
    assert words_for(Language.ZH).t("verdict.looks_alike", own=own) in page.text


def hostile_texts(token: str) -> list[str]:
    """The table of addresses, made for this portal and one of its licences."""
    own = urlsplit(PUBLIC_URL).netloc
    everything = [*(f"https://{host}/v/{T}" for host in OTHER_HOSTS), *REFUSED, *BROKEN]
    return [text.replace(T, token).replace(HOST, own) for text in everything]


def test_no_hostile_address_becomes_a_link_or_a_verdict_of_ours(app: Flask, shops: Street) -> None:
    visit = app.test_client()
    leaves = {"https://12315.cn", "https://www.12315.cn"}
    for text in hostile_texts(shops.pharmacy.token):
        response = visit.post("/scan", data={"text": text})
        if response.status_code == 303:
            assert own_page(text, PUBLIC_URL), ascii(text)
            assert re.match(r"/(en/)?[a-z]+/[^/\\]", response.location), ascii(text)
            continue
        page = read_page(response)
        links = [link for link in page.links if re.match(r"[a-z][a-z0-9+.-]*:|//|\\", link, re.IGNORECASE)]
        assert {link.rstrip("/") for link in links} - leaves <= {f"{PUBLIC_URL}/l/{shops.pharmacy.claims.number}"}, (
            ascii(text)
        )
        if page.reason == Reason.IN_FORCE:
            assert words_for(Language.ZH).t("attribute.foreign_host") in page.text, ascii(text)
        else:
            assert Outcome.VALID not in {each.attributes.get("data-outcome") for each in page.all("section")}, ascii(
                text
            )
