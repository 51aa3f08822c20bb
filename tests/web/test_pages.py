"""Every page, in both languages, as a visitor meets it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from portal.verification.verdict import Reason
from portal.web.wording import Language, words_for
from tests.web.html_pages import read_page
from tests.web.portals import Street, portal_of
from tests.world import AT, DAY

PREFIXES = {Language.ZH: "", Language.EN: "/en"}
INFORMATION = ("/", "/search", "/coverage", "/keys", "/about", "/fake", "/privacy", "/report")

in_both_languages = pytest.mark.parametrize("language", list(Language), ids=["zh", "en"])


@in_both_languages
@pytest.mark.parametrize("path", INFORMATION)
def test_an_information_page_is_there_in_both_languages(visit: FlaskClient, path: str, language: Language) -> None:
    response = visit.get(PREFIXES[language] + path)
    page = read_page(response)
    assert response.status_code == 200
    assert (page.language, bool(page.heading)) == (language, True)


@in_both_languages
@pytest.mark.parametrize("path", INFORMATION)
def test_every_page_links_to_itself_in_the_other_language(visit: FlaskClient, path: str, language: Language) -> None:
    here = PREFIXES[language] + path
    there = PREFIXES[language.other] + path
    assert there in read_page(visit.get(here)).links
    assert here in read_page(visit.get(there)).links


@in_both_languages
def test_every_link_of_the_pages_leads_somewhere(visit: FlaskClient, shops: Street, language: Language) -> None:
    prefix = PREFIXES[language]
    starts = [prefix + path for path in INFORMATION] + [f"{prefix}/v/{shops.pharmacy.token}"]
    links = {link for start in starts for link in read_page(visit.get(start)).links if link.startswith("/")}
    assert len(links) > len(INFORMATION)
    assert {link: status for link in links if (status := visit.get(link).status_code) != 200} == {}


@in_both_languages
def test_a_genuine_code_shows_its_licence(visit: FlaskClient, shops: Street, language: Language) -> None:
    response = visit.get(f"{PREFIXES[language]}/v/{shops.pharmacy.token}")
    page = read_page(response)
    words = words_for(language)
    assert response.status_code == 200
    assert (page.language, page.reason) == (language, Reason.IN_FORCE)
    assert page.heading == words.t("reason.in_force.headline")
    assert shops.pharmacy.claims.holder in page.text
    assert shops.pharmacy.number in page.text


def test_a_verdict_is_the_first_word_of_the_title(visit: FlaskClient, shops: Street) -> None:
    page = read_page(visit.get(f"/v/{shops.closed.token}"))
    assert page.title.startswith(page.heading)


def test_a_revoked_licence_is_an_answer_and_no_error(visit: FlaskClient, shops: Street) -> None:
    response = visit.get(f"/v/{shops.closed.token}")
    assert (response.status_code, read_page(response).reason) == (200, Reason.REVOKED)


def test_a_genuine_code_that_the_register_lacks_cannot_be_confirmed(visit: FlaskClient, shops: Street) -> None:
    page = read_page(visit.get(f"/v/{shops.copied.token}"))
    assert page.reason == Reason.NOT_IN_REGISTER


@in_both_languages
def test_a_forged_code_shows_nothing_that_it_claims(visit: FlaskClient, shops: Street, language: Language) -> None:
    path = PREFIXES[language] + "/v/" + shops.forged_text.rpartition("/")[2]
    response = visit.get(path)
    assert (response.status_code, read_page(response).reason) == (200, Reason.SIGNATURE_INVALID)
    for claim in (shops.pharmacy.claims.holder, shops.pharmacy.number, str(shops.pharmacy.claims.address)):
        assert claim not in response.text


def test_a_broken_code_is_malformed(visit: FlaskClient) -> None:
    response = visit.get("/v/2KC0")
    assert (response.status_code, read_page(response).reason) == (200, Reason.MALFORMED)


def test_a_typed_number_leads_to_its_permanent_address(visit: FlaskClient, shops: Street) -> None:
    response = visit.get("/l", query_string={"number": f"  {shops.pharmacy.number} "})
    assert (response.status_code, response.location) == (303, "/l/" + quote(shops.pharmacy.number))


@in_both_languages
def test_the_number_of_one_licence_shows_its_verdict(visit: FlaskClient, shops: Street, language: Language) -> None:
    response = visit.get(f"{PREFIXES[language]}/l/{shops.pharmacy.number}")
    assert (response.status_code, read_page(response).reason) == (200, Reason.IN_FORCE)


@in_both_languages
def test_the_number_of_several_licences_lists_them(visit: FlaskClient, shops: Street, language: Language) -> None:
    prefix = PREFIXES[language]
    response = visit.get(f"{prefix}/l/{shops.twins[0].number}")
    assert response.status_code == 200
    links = read_page(response).links
    assert {f"{prefix}/v/{twin.token}" for twin in shops.twins} <= set(links)


@pytest.mark.parametrize(
    "written", ["辽cb024100321", "辽CB 0241 00321", "辽ＣＢ０２４１００３２１", "辽CB024100321号"], ids=ascii
)
def test_a_number_is_found_however_it_is_written(visit: FlaskClient, written: str) -> None:
    assert read_page(visit.get(f"/l/{written}")).reason == Reason.IN_FORCE


def test_a_code_typed_into_the_number_field_is_verified(visit: FlaskClient, shops: Street) -> None:
    response = visit.get("/l", query_string={"number": shops.pharmacy.text})
    page = read_page(visit.get(response.location))
    assert page.reason == Reason.IN_FORCE


@in_both_languages
@pytest.mark.parametrize(
    "number",
    ["辽CB000000000", "9" * 65, "9" * 2000, "?", "/", "//evil.example", "..", "a/../../b", "%", "\x00", "\n", "号"],
    ids=ascii,
)
def test_a_number_that_finds_nothing_is_answered_in_words(visit: FlaskClient, number: str, language: Language) -> None:
    response = visit.get(f"{PREFIXES[language]}/l/{quote(number, safe='')}")
    page = read_page(response)
    assert (response.status_code, page.language) == (404, language)
    assert page.reason in (Reason.NOT_FOUND, Reason.NOT_A_LICENCE_CODE)


@in_both_languages
@pytest.mark.parametrize("typed", ["", " ", "\n\t"], ids=ascii)
def test_an_empty_number_brings_back_the_form_with_a_message(
    visit: FlaskClient, typed: str, language: Language
) -> None:
    response = visit.get(PREFIXES[language] + "/l", query_string={"number": typed})
    page = read_page(response)
    assert response.status_code == 400
    for language_of_message in Language:
        assert words_for(language_of_message).t("problem_no_number") in page.text
    (field,) = [each for each in page.all("input") if each.attributes["name"] == "number"]
    (message,) = [each for each in page.all("p") if each.attributes.get("role") == "alert"]
    assert page.title.startswith(words_for(language).t("problem_no_number"))
    assert field.attributes["aria-invalid"] == "true"
    assert message.attributes["id"] in field.attributes["aria-describedby"].split()


@pytest.mark.parametrize(
    "number",
    [
        "//evil.example",
        "https://evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "..//evil.example",
        "?x#y",
        "\r\nX: y",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_no_typed_number_leads_to_another_host(visit: FlaskClient, number: str, prefix: str) -> None:
    location = visit.get(prefix + "/l", query_string={"number": number}).location
    asked = location.removeprefix(prefix + "/l/").removeprefix(prefix + "/search?q=")
    assert asked != location
    assert not set(asked) & set("?#\\\r\n ")


def test_the_address_of_a_photos_verdict_leads_home_when_it_is_opened_again(visit: FlaskClient) -> None:
    assert [visit.get(path).location for path in ("/scan", "/en/scan")] == ["/", "/en/"]


def test_english_has_one_home(visit: FlaskClient) -> None:
    response = visit.get("/en")
    assert (response.status_code, response.location) == (308, "/en/")


def test_the_report_page_carries_the_number_and_nothing_else(visit: FlaskClient) -> None:
    query = {"number": "辽CB024100321", "holder": "甲药店"}
    page = read_page(visit.get("/report", query_string=query))
    assert "辽CB024100321" in page.text
    assert "甲药店" not in page.text


def test_a_report_page_cuts_what_is_no_number(visit: FlaskClient) -> None:
    page = read_page(visit.get("/report", query_string={"number": "9" * 500}))
    assert "9" * 64 in page.text
    assert "9" * 65 not in page.text


def test_without_its_register_the_portal_still_verifies_codes(shops: Street) -> None:
    with portal_of(shops.written, database_url="sqlite:///nowhere/register.sqlite") as app:
        response = app.test_client().get(f"/v/{shops.pharmacy.token}")
        assert (response.status_code, read_page(response).reason) == (200, Reason.REGISTER_UNAVAILABLE)
        assert shops.pharmacy.claims.holder in response.text


def test_without_its_register_the_portal_says_so_to_who_looks_up_a_number(shops: Street) -> None:
    with portal_of(shops.written, database_url="sqlite:///nowhere/register.sqlite") as app:
        response = app.test_client().get(f"/l/{shops.pharmacy.number}")
        assert (response.status_code, read_page(response).reason) == (503, Reason.REGISTER_UNAVAILABLE)
        assert response.headers["Retry-After"] == "30"


def test_with_expired_keys_nothing_is_said_of_a_licence(shops: Street) -> None:
    with portal_of(shops.written, clock=lambda: AT + 90 * DAY) as app:
        response = app.test_client().get(f"/v/{shops.pharmacy.token}")
        assert read_page(response).reason == Reason.TRUST_LIST_UNUSABLE
        assert shops.pharmacy.claims.holder not in response.text


def test_every_page_says_that_it_belongs_to_a_demonstration(shops: Street) -> None:
    with portal_of(shops.written, demonstration="yes") as app:
        for path in ("/", f"/v/{shops.pharmacy.token}", "/nowhere"):
            assert "演示" in read_page(app.test_client().get(path)).all("header")[0].text


LONG = {
    "of Chinese characters": "药" * 400,
    "of bytes that are escaped": "%" * 700,
    "as long as the field takes": "辽 " * 1024,
}


@in_both_languages
@pytest.mark.parametrize("typed", LONG.values(), ids=LONG.keys())
def test_a_text_too_long_for_a_header_is_answered_where_it_was_typed(
    visit: FlaskClient, typed: str, language: Language
) -> None:
    response = visit.get(PREFIXES[language] + "/l", query_string={"number": typed})
    page = read_page(response)
    assert (response.status_code, page.reason) == (404, Reason.NOT_FOUND)
    assert words_for(language).t("number_hint.too_long") in page.text


def test_a_text_that_is_answered_where_it_was_typed_knocks_as_a_lookup_does(visit: FlaskClient) -> None:
    headers = visit.get("/l", query_string={"number": "药" * 400}).headers
    assert headers["RateLimit"].startswith('"lookup"')
