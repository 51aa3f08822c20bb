"""The checking page, saved and opened from a disk: it says what the portal said, and names what was changed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.verification.dates import parse_timestamp
from portal.web.wording import Language, words_for
from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.served import Demonstration


@pytest.fixture
def checker(browser: Browser, demonstration: Demonstration, tmp_path: Path) -> Iterator[Page]:
    with saved_page(browser, demonstration, tmp_path, Language.ZH) as page:
        yield page


@contextmanager
def saved_page(browser: Browser, demonstration: Demonstration, folder: Path, language: Language) -> Iterator[Page]:
    """The page from a file, in a browser without a network."""
    saved = folder / "evidence-checker.html"
    prefix = "" if language is Language.ZH else "/en"
    saved.write_bytes(fetched(f"{demonstration.url}{prefix}/evidence-checker.html"))
    context = browser.new_context(viewport=PHONE, offline=True)
    page, noticed = context.new_page(), []
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    context.on("request", lambda request: request.url.startswith(("file:", "data:")) or noticed.append(request.url))
    page.goto(saved.as_uri())
    yield page
    assert noticed == []
    context.close()


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as response:  # noqa: S310 - the server that we started
        content: bytes = response.read()
    return content


def evidence_of(demonstration: Demonstration, name: str) -> bytes:
    return fetched(f"{demonstration.url}/evidence/{demonstration.sample(name).token}.json")


def choose(page: Page, content: bytes) -> str | None:
    before = page.locator("#result").inner_html()
    page.set_input_files("#file", {"name": "evidence.json", "mimeType": "application/json", "buffer": content})
    expect(page.locator("#result")).not_to_have_js_property("innerHTML", before)
    return page.locator("#result [data-reason]").get_attribute("data-reason")


def test_from_a_disk_without_a_network_the_verdict_is_the_portals(checker: Page, demonstration: Demonstration) -> None:
    words = words_for(Language.ZH)
    for sample in ("in_force", "revoked", "older_version"):
        document = evidence_of(demonstration, sample)
        reason = json.loads(document)["verdict"]["reason"]
        assert choose(checker, document) == reason
        assert checker.locator("#result h2").inner_text() == words.t(f"reason.{reason}.headline")
    width = checker.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_verdict_leads_to_its_evidence_without_a_barrier(
    demonstration: Demonstration, visitor: Visit, prefix: str
) -> None:
    visitor.open(f"{prefix}/v/{demonstration.sample('revoked').token}")
    visitor.page.locator(f"a[href^='{prefix}/evidence/']").click()
    assert (visitor.reason, visitor.overflow, visitor.barriers()) == ("revoked", 0, [])
    with visitor.page.expect_download() as download:
        visitor.page.locator("a[href$='.json']").click()
    assert json.loads(download.value.path().read_bytes())["verdict"]["reason"] == "revoked"


def test_from_a_disk_a_changed_part_is_named(checker: Page, demonstration: Demonstration) -> None:
    document = json.loads(evidence_of(demonstration, "in_force"))
    document["face"] = document["root"]
    assert choose(checker, json.dumps(document).encode()) == "changed"
    named = checker.locator("#result li").first
    assert named.locator("strong").inner_text().startswith(words_for(Language.ZH).t("evidence_part.face"))
    assert "face" in named.locator("small[lang=en]").inner_text()


@pytest.mark.parametrize("language", list(Language))
def test_from_a_disk_times_and_dates_are_written_as_on_every_page(
    browser: Browser, demonstration: Demonstration, tmp_path: Path, language: Language
) -> None:
    words = words_for(language)
    document = evidence_of(demonstration, "in_force")
    stated = json.loads(document)["verdict"]
    checked_at = parse_timestamp(stated["checked_at"])
    assert checked_at is not None
    with saved_page(browser, demonstration, tmp_path, language) as page:
        assert choose(page, document) == "in_force"
        shown = page.locator("#result").inner_text()
        assert page.locator("#result .verdict .icon").bounding_box()
        sentence = words.t("checker.at_that_time", time=words.exact_time(checked_at))
        assert page.locator("#result .sentence").inner_text() == sentence
        last = words.date(date.fromisoformat(stated["licence"]["last_valid_date"]))
        assert last in shown
        assert words.exact_time(checked_at) in page.locator("#result dl").inner_text()
        assert not re.search(r"\d{4}-\d\d-\d\d", shown)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("sample", ["renewing", "expires_soon", "expires_today", "status_ageing"])
def test_from_a_disk_an_attribute_is_told_with_the_verdict(
    browser: Browser, demonstration: Demonstration, tmp_path: Path, language: Language, sample: str
) -> None:
    words, document = words_for(language), evidence_of(demonstration, sample)
    (attribute,) = json.loads(document)["verdict"]["attributes"]
    with saved_page(browser, demonstration, tmp_path, language) as page:
        assert choose(page, document) == "in_force"
        headline, shown = page.locator("#result h2").inner_text(), page.locator("#result .verdict").inner_text()
        if attribute == "status_ageing":
            assert headline == words.t("reason.in_force.headline")
            assert words.t("checker.status_ageing") in shown
        else:
            assert headline == words.t(f"variant.{attribute}.headline")


def test_from_a_disk_a_root_that_was_not_compared_is_told_with_the_verdict(
    checker: Page, demonstration: Demonstration
) -> None:
    """A whole file can be made under a root of one's own; only the comparison says that it was not."""
    document = evidence_of(demonstration, "in_force")
    told = words_for(Language.ZH).t("checker.any_root")
    assert choose(checker, document) == "in_force"
    assert told in checker.locator("#result .verdict").inner_text()
    root = base64.b64decode(json.loads(document)["root"])
    checker.fill("#root", hashlib.sha256(root).hexdigest())
    assert choose(checker, document) == "in_force"
    assert told not in checker.locator("#result .verdict").inner_text()


def test_from_a_disk_the_other_host_of_a_code_is_told(checker: Page, demonstration: Demonstration) -> None:
    document = json.loads(evidence_of(demonstration, "in_force"))
    document["text"] = "https://evil.example/v/" + demonstration.sample("in_force").token
    document["verdict"] |= {"attributes": ["foreign_host"], "other_host": "evil.example"}
    assert choose(checker, json.dumps(document).encode()) == "in_force"
    told = checker.locator("#result .verdict .elsewhere").inner_text()
    assert told.split() == [words_for(Language.ZH).t("attribute.foreign_host"), "evil.example"]


NO_EVIDENCE = {
    "a picture": b"\x89PNG\r\n",
    "empty": b"",
    "another JSON": b'{"a": 1}',
    "no object": b"null",
    "cut off": b'{"evidence": 1, "ch',
}


@pytest.mark.parametrize("name", NO_EVIDENCE)
def test_from_a_disk_what_is_no_evidence_is_not_said_to_be_changed(
    checker: Page, demonstration: Demonstration, name: str
) -> None:
    choose(checker, evidence_of(demonstration, "in_force"))
    assert choose(checker, NO_EVIDENCE[name]) == "not_evidence"
    assert checker.locator("#result").inner_text() == "这不是证据文件。"


def test_from_a_disk_no_verdict_stays_beside_a_file_that_cannot_be_checked(
    checker: Page, demonstration: Demonstration
) -> None:
    assert choose(checker, evidence_of(demonstration, "in_force")) == "in_force"
    checker.evaluate("() => { File.prototype.arrayBuffer = () => Promise.reject(new Error('gone')); }")
    assert choose(checker, evidence_of(demonstration, "revoked")) == "failed"
    assert checker.locator("#result").inner_text() == words_for(Language.ZH).t("checker.failed")


def test_from_a_disk_a_wrong_root_takes_the_verdict_away(checker: Page, demonstration: Demonstration) -> None:
    assert choose(checker, evidence_of(demonstration, "in_force")) == "in_force"
    checker.fill("#root", "0" * 63)
    checker.locator("#root").blur()
    problem = checker.locator("#result [data-reason=root_wrong]").inner_text()
    assert problem == words_for(Language.ZH).t("checker.root_wrong")
    assert checker.locator("#root").get_attribute("aria-invalid") == "true"
    assert checker.locator("#root").get_attribute("aria-describedby") == "result"
    assert checker.locator("#result .verdict").count() == 0
    checker.fill("#root", "")
    checker.locator("#root").blur()
    assert checker.locator("#root").get_attribute("aria-invalid") == "false"


def test_from_a_disk_another_root_is_named(checker: Page, demonstration: Demonstration) -> None:
    checker.fill("#root", "0" * 64)
    assert choose(checker, evidence_of(demonstration, "in_force")) == "changed"
    assert checker.locator("#result li strong").all_inner_texts() == ["根文件"]
