"""What the templates promise: no inline code or style, data that stays text, little weight, sound headings."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

from portal.verification.statuses import StatusValue
from portal.verification.verdict import Outcome, Reason, Verdict
from portal.web.rendering import TEMPLATES, render
from portal.web.showing import show_verdict
from portal.web.static_files import STATIC
from portal.web.wording import Language, words_for
from tests.authorities import AT, PUBLIC_URL
from tests.web.html_pages import Page, parse_page
from tests.web.verdicts import EVERY, IN_FORCE_VARIANTS, OF_REASON, WORLD, verdict_on, with_status

SOURCES = sorted(TEMPLATES.glob("*.html"))
PREFIX = {Language.ZH: "", Language.EN: "/en"}
ZH = words_for(Language.ZH)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></bdi></section><h1>在有效期内</h1>",
    "{{7*7}}{% raw %}",
    "مرحبا بالعالم",
    "W" * 200,
)
KILOBYTE = 1024

in_both_languages = pytest.mark.parametrize("language", list(Language), ids=["zh", "en"])


def html_of(app: Flask, verdict: Verdict, language: Language = Language.ZH) -> str:
    with app.test_request_context(f"{PREFIX[language]}/about", base_url=PUBLIC_URL):
        page = show_verdict(verdict, words_for(language))
        return render("verdict.html", page=page, advice=page.advice, reading=None, own_url=None, evidence_token=None)


def page_of(app: Flask, verdict: Verdict, language: Language = Language.ZH) -> Page:
    return parse_page(html_of(app, verdict, language))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_template_has_no_inline_code_or_style_and_trusts_no_text(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert re.findall(r"\|\s*safe\b|autoescape|\sstyle=|\son[a-z]+=|javascript:|<style|<script(?! src=)", text) == []


@in_both_languages
@pytest.mark.parametrize("verdict", EVERY, ids=lambda verdict: str(verdict.reason))
def test_a_verdict_page_has_sound_headings_names_and_language(app: Flask, verdict: Verdict, language: Language) -> None:
    page = page_of(app, verdict, language)
    levels = [int(element.tag[1]) for element in page.elements if re.fullmatch("h[1-6]", element.tag)]
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    named = [name for element in page.elements if (name := element.attributes.get("aria-labelledby"))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)
    assert page.language == language
    assert page.title.startswith(page.heading)
    assert "status" in [element.attributes.get("role") for element in page.elements]


@in_both_languages
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_licence_stays_text(app: Flask, text: str, language: Language) -> None:
    harmless = page_of(app, verdict_on(), language)
    issued = WORLD.licence(text[:64], holder=text, address=text, fields={"scope": text, "legal_rep": text})
    page = page_of(app, verdict_on(issued), language)
    assert page.text.count(" ".join(text.split())) >= 4
    assert page.heading == harmless.heading
    assert [script.attributes.get("src", "") for script in page.all("script")] == [
        script.attributes["src"] for script in harmless.all("script")
    ]
    assert "img" not in page.tags


def test_a_host_named_by_a_code_is_never_a_link(app: Flask) -> None:
    for verdict in (verdict_on(other_host="evil.example"), OF_REASON[Reason.NOT_A_LICENCE_CODE]):
        page = page_of(app, verdict)
        assert "evil.example" in page.text
        assert not any("evil.example" in link for link in page.links)


@pytest.mark.parametrize(
    "verdict",
    [OF_REASON[Reason.SIGNATURE_INVALID], OF_REASON[Reason.KEY_COMPROMISED], OF_REASON[Reason.TRUST_LIST_UNUSABLE]],
    ids=lambda verdict: str(verdict.reason),
)
def test_without_proof_the_page_names_no_holder(app: Flask, verdict: Verdict) -> None:
    page = page_of(app, verdict)
    assert "沈阳" not in page.text
    assert "辽CB" not in page.text.replace("例如 辽CB024100123", "")


@pytest.mark.parametrize("verdict", [each for each in EVERY if each.licence], ids=lambda verdict: verdict.reason)
def test_a_valid_licence_can_be_confirmed_and_an_invalid_one_reported_beside_its_holder(
    app: Flask, verdict: Verdict
) -> None:
    page = page_of(app, verdict)
    beside = {each.text for each in page.all("a")} & {ZH.t("verdict.same"), ZH.t("verdict.still_used")}
    offered = {Outcome.VALID: {ZH.t("verdict.same")}, Outcome.INVALID: {ZH.t("verdict.still_used")}}
    contradicted = verdict.reason is Reason.CLAIMS_MISMATCH  # nothing is known to have ended
    assert beside == (set() if contradicted else offered.get(verdict.outcome, set()))
    assert (ZH.t("verdict.same_noted") in page.text) == (verdict.outcome is Outcome.VALID)


def test_the_page_of_a_verdict_weighs_little(app: Flask) -> None:
    """As it travels: compressed, with all that it loads."""
    pages = (html_of(app, verdict, language).encode() for verdict in EVERY for language in Language)
    links = page_of(app, verdict_on()).all("link") + page_of(app, verdict_on()).all("script")
    urls = {(each.attributes.get("href") or each.attributes["src"]).partition("?")[0] for each in links}
    names = {url.removeprefix("/static/") for url in urls}
    loaded = {name: gzip.compress((STATIC / name).read_bytes(), 9) for name in names}
    assert max(len(gzip.compress(page)) for page in pages) + sum(map(len, loaded.values())) < 30 * KILOBYTE
    assert len(loaded["style.css"]) < 6 * KILOBYTE
    assert len(loaded["face.css"]) < 3 * KILOBYTE
    assert len(loaded["portal.js"]) < 1 * KILOBYTE


def test_the_five_outcomes_differ_in_shape(app: Flask) -> None:
    shapes = {each.outcome: _icon(page_of(app, each)) for each in EVERY if each.reason is not Reason.NOT_FOUND}
    assert shapes == {outcome: f"#i-{outcome}" for outcome in shapes}
    assert len(set(shapes.values())) == 5


@pytest.mark.parametrize("typed", ["辽CB024109999", '"><script>alert(1)</script>9', "9" * 1000])
def test_a_number_that_is_not_found_stands_in_the_field_again_as_it_was_typed(app: Flask, typed: str) -> None:
    page = page_of(app, Verdict(Reason.NOT_FOUND, AT, text=typed))
    (field,) = [each for each in page.all("input") if each.attributes.get("name") == "number"]
    assert field.attributes["value"] == typed


def test_what_no_person_typed_stands_in_no_field(app: Flask) -> None:
    for verdict in (OF_REASON[Reason.NOT_A_LICENCE_CODE], OF_REASON[Reason.UNREADABLE_IMAGE]):
        fields = [each for each in page_of(app, verdict).all("input") if each.attributes.get("name") == "number"]
        assert [each.attributes["value"] for each in fields] == [""]


def test_a_typed_number_that_is_not_found_shows_no_camera(app: Flask) -> None:
    assert _icon(page_of(app, OF_REASON[Reason.NOT_FOUND])) == "#i-unknown"
    assert _icon(page_of(app, OF_REASON[Reason.NO_CODE_FOUND])) == "#i-none"


def test_every_icon_that_is_used_is_drawn(app: Flask) -> None:
    for verdict in (*EVERY, *IN_FORCE_VARIANTS.values(), with_status(StatusValue.SUSPENDED)):
        page = page_of(app, verdict)
        used = {element.attributes["href"] for element in page.all("use")}
        assert used <= {f"#{symbol.attributes['id']}" for symbol in page.all("symbol")}


def _icon(page: Page) -> str:
    """The icon of the verdict: the first after the symbols, two of which are drawn with others."""
    return page.all("use")[2].attributes["href"]
