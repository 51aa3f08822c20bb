"""What the settings take, and that anything else is refused in one line that names the setting."""

from __future__ import annotations

import pytest

from portal.settings import Settings, WrongSetting

GIVEN = {"PORTAL_PUBLIC_URL": "https://yz.example.gov.cn", "PORTAL_ROOT_SHA256": "0" * 64}


def read(**changes: str) -> Settings:
    return Settings.from_environment(GIVEN | {f"PORTAL_{name.upper()}": text for name, text in changes.items()})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://yz.example.gov.cn", "https://yz.example.gov.cn"),
        ("HTTPS://YZ.Example.gov.cn/", "https://yz.example.gov.cn"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:65535", "http://localhost:65535"),
        ("https://xn--fiqs8s.cn", "https://xn--fiqs8s.cn"),
    ],
)
def test_an_address_is_kept_as_browsers_name_it(text: str, address: str) -> None:
    assert read(public_url=text).public_url == address


@pytest.mark.parametrize(
    "text",
    [
        "yz.example.gov.cn",
        "ftp://a.cn",
        "https://",
        "https://:8000",
        "https://a.cn/portal",
        "https://a.cn?q=1",
        "https://a.cn#frag",
        "https://a.cn;x",
        "https://user:pw@a.cn",
        "https://a.cn:99999",
        "https://a.cn:0",
        "https://a.cn:abc",
        "https://a.cn:",
        "https://a .cn",
        "https://a..cn",
        "https://a.cn\n",
        "https://yz_1.example.cn",
        "https://" + "a" * 64 + ".cn",
        "http://[::1]:8000",
        "https://药.cn",
    ],
)
def test_an_address_under_which_nobody_could_be_answered_is_refused(text: str) -> None:
    with pytest.raises(WrongSetting, match=r"\APORTAL_PUBLIC_URL: an address such as .+, without a path\Z"):
        read(public_url=text)


@pytest.mark.parametrize("text", ["mailto:a@example.cn", "https://example.cn/report", "tel:+86-10-88330000"])
def test_a_contact_is_a_uri_as_security_txt_requires(text: str) -> None:
    assert read(contact=text).contact == text


@pytest.mark.parametrize(
    "text", ["security@example.cn", "http://example.cn", "mailto:", "the porter", "mailto:a@b.cn\nExpires: never"]
)
def test_a_contact_that_is_no_uri_is_refused(text: str) -> None:
    with pytest.raises(WrongSetting, match=r"\APORTAL_CONTACT: [^\n]+\Z"):
        read(contact=text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("root_sha256", "abc"),
        ("trusted_proxies", "-1"),
        ("trusted_proxies", "1000"),
        ("metrics_port", "65001"),
        ("metrics_port", "９100"),
        ("demonstration", "true"),
        ("at", "2026-11-20"),
        ("at", "2026-11-20T02:00:00+08:00"),
    ],
)
def test_what_a_setting_cannot_mean_is_refused(name: str, text: str) -> None:
    with pytest.raises(WrongSetting, match=rf"\APORTAL_{name.upper()}: [^\n]+\Z"):
        read(**{name: text})
