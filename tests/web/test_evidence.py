"""The evidence of a verdict on the web: the page, the file, and the page that checks files from a disk."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.evidence_documents import check_evidence
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Reason
from portal.web.wording import Language, words_for
from tests.web.html_pages import read_page
from tests.web.portals import Street, portal_of
from tests.world import AT, CATALOGUE, DAY, World

PREFIXES = [("", Language.ZH), ("/en", Language.EN)]
in_both_languages = pytest.mark.parametrize(("prefix", "language"), PREFIXES)


def forged_token(shops: Street) -> str:
    return shops.forged_text.rpartition("/")[2]


@pytest.mark.parametrize("shop", ["pharmacy", "closed", "copied"])
def test_the_file_proves_the_verdict_that_the_page_shows(visit: FlaskClient, shops: Street, shop: str) -> None:
    token = getattr(shops, shop).token
    response = visit.get(f"/evidence/{token}.json")
    checked = check_evidence(response.data, CATALOGUE, shops.written.settings.root_sha256)
    assert response.content_type == "application/json"
    assert re.fullmatch(r'attachment; filename="evidence-[0-9a-f]{16}\.json"', response.headers["Content-Disposition"])
    assert checked.verdict is not None
    shown = read_page(visit.get(f"/v/{token}"))
    reasons = [each.attributes["data-reason"] for each in shown.elements if "data-reason" in each.attributes]
    assert reasons == [checked.verdict.reason]


@in_both_languages
def test_the_page_shows_what_the_file_holds_and_what_it_does_not_prove(
    visit: FlaskClient, shops: Street, prefix: str, language: Language
) -> None:
    words = words_for(language)
    page = read_page(visit.get(f"{prefix}/evidence/{shops.closed.token}"))
    document = visit.get(f"/evidence/{shops.closed.token}.json").data
    file = check_evidence(document, CATALOGUE, shops.written.settings.root_sha256).file
    assert file is not None
    assert file.registered is not None
    held = (file.credential, file.face, file.status_list, file.registered.manifest, file.trust_list, file.root)
    assert all(limit in page.text for limit in words.several("evidence.limit"))
    digests = [each.text for each in page.all("code") if re.fullmatch("[0-9a-f]{64}", each.text)]
    assert digests == [hashlib.sha256(each or b"").hexdigest() for each in held]
    assert file.verdict["reason"] == Reason.REVOKED
    assert f"/evidence/{shops.closed.token}.json" in page.links
    assert f"{prefix}/evidence-checker.html" in page.links


@in_both_languages
@pytest.mark.parametrize("shop", ["pharmacy", "closed", "copied"])
def test_the_page_to_print_tells_what_the_file_states(
    visit: FlaskClient, shops: Street, prefix: str, language: Language, shop: str
) -> None:
    words, token = words_for(language), getattr(shops, shop).token
    page = read_page(visit.get(f"{prefix}/evidence/{token}")).text
    stated = visit.get(f"/evidence/{token}.json").json["verdict"]
    licence = stated["licence"]
    told = [licence["number"], licence["holder"], licence["address"], licence["issuer"][language.value[:2]]]
    told += [words.date(date.fromisoformat(licence["last_valid_date"]))]
    told += [words.type_name(CATALOGUE.by_slug[licence["type"]])]
    told += [words.t(f"check.{check['name']}.label") for check in stated["checks"]]
    told += [words.t(f"check_state.{check['state']}") for check in stated["checks"]]
    if licence["notice"]:
        told += [licence["notice"]["reason"], words.date(date.fromisoformat(licence["notice"]["effective"]))]
    assert [each for each in told if each not in page] == []


@in_both_languages
def test_every_verdict_on_a_credential_leads_to_its_evidence(
    visit: FlaskClient, shops: Street, prefix: str, language: Language
) -> None:
    for token in (shops.pharmacy.token, shops.copied.token, forged_token(shops)):
        assert f"{prefix}/evidence/{token}" in read_page(visit.get(f"{prefix}/v/{token}")).links
    assert not any("/evidence/" in link for link in read_page(visit.get(f"{prefix}/v/2KCA")).links)


def test_a_forged_code_has_evidence_that_names_no_holder(visit: FlaskClient, shops: Street) -> None:
    holder = shops.pharmacy.claims.holder
    assert holder in read_page(visit.get(f"/evidence/{shops.pharmacy.token}")).text
    assert holder not in read_page(visit.get(f"/evidence/{forged_token(shops)}")).text
    assert visit.get(f"/evidence/{forged_token(shops)}.json").json["verdict"]["reason"] == Reason.SIGNATURE_INVALID


def test_what_is_no_credential_has_a_verdict_and_no_file(visit: FlaskClient) -> None:
    page, verdict = (read_page(visit.get(f"/{name}/2KCA")) for name in ("evidence", "v"))
    assert (page.reason, page.heading) == (Reason.MALFORMED, verdict.heading)
    assert visit.get("/evidence/2KCA.json").status_code == 404


@pytest.mark.parametrize(
    ("at", "status", "problem"),
    [(AT + DAY, 404, "evidence.withheld"), (AT - 2 * DAY, 503, "evidence.unprovable")],
    ids=["the notice is no longer public", "the clock is behind"],
)
def test_where_there_is_no_file_the_page_says_why(tmp_path: Path, at: int, status: int, problem: str) -> None:
    world = World()
    licence = world.licence()
    world.set_status(licence, StatusValue.REVOKED)
    notice = world.notice(licence, StatusValue.REVOKED, published_until=date(2026, 11, 21))
    world.take_into_register(licence, notices={licence.number: notice})
    now = AT
    with portal_of(world.write(tmp_path), clock=lambda: now) as app:
        visit = app.test_client()
        assert hashlib.sha256(notice).hexdigest() in visit.get(f"/evidence/{licence.token}").text
        now = at
        file = visit.get(f"/evidence/{licence.token}.json")
        pages = {language: read_page(visit.get(f"{prefix}/evidence/{licence.token}")) for prefix, language in PREFIXES}
    assert file.status_code == status
    for language, page in pages.items():
        assert words_for(language).t(problem) in page.text
        assert f"/evidence/{licence.token}.json" not in page.links


@pytest.mark.parametrize("path", ["/evidence/{}", "/en/evidence/{}", "/evidence/{}.json"])
def test_evidence_is_behind_the_door_of_verdicts(visit: FlaskClient, shops: Street, path: str) -> None:
    response = visit.get(path.format(shops.pharmacy.token))
    assert response.headers["RateLimit-Policy"].startswith('"verify"')
    assert response.headers["Cache-Control"] == "no-store"


@in_both_languages
def test_the_checking_page_holds_all_that_it_needs(visit: FlaskClient, prefix: str, language: Language) -> None:
    response = visit.get(f"{prefix}/evidence-checker.html")
    page = read_page(response)
    assert response.headers["Content-Disposition"] == 'attachment; filename="evidence-checker.html"'
    assert page.language == language
    assert "link" not in page.tags
    assert [each.attributes.get("src") for each in page.all("script")] == [None, None, None]
    imports = json.loads(page.all("script")[0].text)["imports"]
    assert len(imports) > 10
    assert all(address.startswith("data:text/javascript;base64,") for address in imports.values())
