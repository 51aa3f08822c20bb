"""The parts of the scanner by themselves, in a real browser: what a text is, and what ails a picture without a code."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser

from portal.verification.presentation import BrokenCode, PresentedCredential, parse
from portal.web.other_codes import kind_of
from portal.web.own_pages import own_page
from tests.end_to_end.browsing import Visit, visit
from tests.end_to_end.cameras import frame_with
from tests.end_to_end.served import Demonstration
from tests.scanning.pictures import encoded
from tests.verification.test_presentation_hostile import BROKEN, OTHER_HOSTS, OWN, REFUSED, T
from tests.web.test_other_codes import KINDS
from tests.web.test_own_pages import ADDRESSES

READ_CODE = f"text => import('/static/scan/codes.js').then(codes => codes.readCode(text, '{OWN}'))"
READ_CODES = f"texts => import('/static/scan/codes.js').then(codes => texts.map(text => codes.readCode(text, '{OWN}')))"
OWN_CODE = PresentedCredential | BrokenCode
ADVISE = """async address => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const [pictures, hints] = await Promise.all([import('/static/scan/pictures.js'), import('/static/scan/hints.js')]);
    return hints.adviceOn(pictures.allOf(picture, 720));
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, demonstration: Demonstration) -> Iterator[Visit]:
    with visit(browser, demonstration.url) as visitor:
        visitor.open("/about")
        yield visitor


def texts_of_licences(token: str) -> list[str]:
    return [
        f"{OWN}/v/{token}",
        f"  {OWN}/v/{token}\n",
        f"{OWN.replace('https', 'HTTPS')}/v/{token}",
        f"{OWN.upper()}/v/{token.lower()}",
        token,
        token.lower(),
        f"{OWN}/v/2KC",
        f"{OWN}/v/",
        f"{OWN}/v/{token}?from=wechat",
        f"{OWN}/v/{token}/../..",
        f"https://yz.example.gov.cn.evil.example/v/{token}",
        f"https://evil.example:8443/v/{token}",
        f"https://xn--80ak6aa92e.com/v/{token[:80]}",
        "https://evil.example/v/2KC!",
        f"{token}=",
    ]


def test_the_browser_takes_for_licence_codes_what_the_portal_does(page: Visit, demonstration: Demonstration) -> None:
    for text in texts_of_licences(demonstration.sample("in_force").token):
        code: dict[str, Any] = page.page.evaluate(READ_CODE, text)
        assert isinstance(parse(text, OWN), OWN_CODE), text
        assert code.get("isLicence") or code.get("token"), text


def test_only_a_code_of_this_portal_is_a_token_and_that_is_plain(page: Visit, demonstration: Demonstration) -> None:
    token = demonstration.sample("in_force").token
    codes = [page.page.evaluate(READ_CODE, text) for text in texts_of_licences(token)]
    assert {code["token"] for code in codes if "token" in code} == {token, token.lower(), "2KC"}
    assert [code for code in codes[8:] if "token" in code] == []


def test_the_address_of_a_page_of_this_portal_is_left_to_the_portal(page: Visit) -> None:
    codes = page.page.evaluate(READ_CODES, [text for text, _ in ADDRESSES])
    found = {text: "isLicence" in code or "token" in code for (text, _), code in zip(ADDRESSES, codes, strict=True)}
    assert found == {text: path is not None for text, path in ADDRESSES}


def test_another_code_is_named_as_the_portal_names_it(page: Visit) -> None:
    texts = [text for examples in KINDS.values() for text in examples]
    assert [page.page.evaluate(READ_CODE, text) for text in texts if isinstance(parse(text, OWN), OWN_CODE)] == []
    named = {text: page.page.evaluate(READ_CODE, text)["kind"] for text in texts}
    assert named == {text: kind_of(text) for text in texts}


def test_no_hostile_address_is_taken_for_a_code_of_this_portal(page: Visit) -> None:
    texts = [*(f"https://{host}/v/{T}" for host in OTHER_HOSTS), *REFUSED, *BROKEN]
    codes = dict(zip(texts, page.page.evaluate(READ_CODES, texts), strict=True))
    assert [text for text, code in codes.items() if "token" in code and text not in BROKEN] == []
    assert {text for text, code in codes.items() if "kind" not in code} == {
        text for text in texts if isinstance(parse(text, OWN), OWN_CODE) or own_page(text, OWN)
    }


def test_a_host_that_hides_behind_user_information_is_named(page: Visit) -> None:
    text = f"https://{OWN[8:]}@evil.example/v/1"
    assert page.page.evaluate(READ_CODE, text)["host"] == "evil.example"


def with_glare(frame: Image.Image) -> Image.Image:
    ImageDraw.Draw(frame).ellipse((560, 270, 860, 570), fill="white")
    return frame.filter(ImageFilter.GaussianBlur(2))


def on_grey_paper(code: Image.Image) -> Image.Image:
    """Paper in ordinary light is not white."""
    return code.convert("L").point([30 + value * 150 // 255 for value in range(256)])


def test_a_picture_without_a_readable_code_gets_the_advice_it_needs(page: Visit, demonstration: Demonstration) -> None:
    white = Image.open(demonstration.sample("in_force").picture)
    code = on_grey_paper(white)
    pictures = {
        "black": Image.new("RGB", (1280, 720)),
        "dark": frame_with(code, 400).point([value // 6 for value in range(256)] * 3),
        "aim": frame_with(None, 0),
        "closer": frame_with(code, 240),
        "steady": frame_with(code, 600),
        "cut_off": frame_with(code, 600, (480, 0)),
        "cut_off in the sun": frame_with(white, 600, (0, 300)),
        "glare": with_glare(frame_with(code, 560)),
    }
    assert {name: page.page.evaluate(ADVISE, address_of(picture)) for name, picture in pictures.items()} == {
        name: name.partition(" ")[0] for name in pictures
    }


def address_of(picture: Image.Image) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(encoded(picture.convert("RGB"), "JPEG", quality=70)).decode()
