"""The language is in the path, and every link is a path on this host that leads back to where it came from."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.web.language import BLUEPRINT_OF, language_of, page_url_in, quote_once
from portal.web.wording import Language
from tests.world import PUBLIC_URL

# Half of a surrogate pair is no text: no browser can send it, and no link can hold it.
typed_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", Language.ZH),
        ("/en", Language.EN),
        ("/en/", Language.EN),
        ("/en/v/A", Language.EN),
        ("/english", Language.ZH),
        ("/l/en/", Language.ZH),
        ("/EN/", Language.ZH),
        ("", Language.ZH),
    ],
)
def test_the_first_part_of_the_path_is_the_language(path: str, language: Language) -> None:
    assert language_of(path) is language


def route_of(app: Flask, path: str) -> tuple[str, dict[str, str]]:
    with app.test_request_context(path, base_url=PUBLIC_URL) as context:
        request = context.request
        return str(request.endpoint), {**(request.view_args or {}), **request.args.to_dict()}


@pytest.mark.parametrize("language", list(Language))
def test_every_page_has_a_path_in_every_language(app: Flask, language: Language) -> None:
    blueprint = BLUEPRINT_OF[language]
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(blueprint + ".")]
    assert len(rules) >= 12
    with app.app_context():
        page_url = page_url_in(language)
        for rule in rules:
            values = dict.fromkeys(rule.arguments, "A1")
            path = page_url(rule.endpoint.rpartition(".")[2], **values)
            assert language_of(path) is language
            with app.test_request_context(path, base_url=PUBLIC_URL, method=min(rule.methods or {"GET"})) as context:
                assert (context.request.endpoint, context.request.view_args) == (rule.endpoint, values)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(text=typed_texts, language=st.sampled_from(Language), page=st.sampled_from(["lookup", "find", "report"]))
def test_whatever_is_typed_a_link_with_it_stays_here_and_brings_it_back(
    app: Flask, text: str, language: Language, page: str
) -> None:
    with app.app_context():
        path = page_url_in(language)(page, number=text)
    assert path.startswith("/en/" if language is Language.EN else ("/l", "/report"))
    assert path.isascii()
    assert not set(path) & set("\"'<>\\#\r\n ")
    assert route_of(app, path) == (f"{BLUEPRINT_OF[language]}.{page}", {"number": text})


def test_a_long_text_is_not_kept_for_the_next_link_with_it(app: Flask) -> None:
    with app.app_context():
        page_url, kept = page_url_in(Language.ZH), quote_once.cache_info().currsize
        paths = [page_url("lookup", number="药" * 601), page_url("find", number="药" * 601)]
    assert [len(path) for path in paths] == [len("/l/") + 9 * 601, len("/l?number=") + 9 * 601]
    assert quote_once.cache_info().currsize == kept
