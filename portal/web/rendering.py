"""Templates → HTML. Each has `words`, `language`, `page_url`, `other_language_url`, `static_url`, `imported_urls` and
`settings`.

Each language has its own compiled templates: what never changes in one is plain text, at no cost for a request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

from portal.settings import Settings
from portal.web.check_rows import KEPT_ROWS
from portal.web.compiling import PageEnvironment
from portal.web.face_page import KEPT_FACES
from portal.web.language import BLUEPRINT_OF, page_url_in, page_url_of
from portal.web.portal_request import PortalRequest, current_request
from portal.web.static_files import StaticFiles
from portal.web.wording import Language, Words, words_for

TEMPLATES = Path(__file__).parents[2] / "templates"
_NAME = "page_templates"
# What was asked for stays the same in the other language.
_KEPT_IN_QUERY = ("number", "q", "region", "type", "page")


def install_rendering(app: Flask, settings: Settings, static_files: StaticFiles) -> None:
    with app.app_context():
        app.extensions[_NAME] = {language: _environment(language, settings, static_files) for language in Language}


def _environment(language: Language, settings: Settings, static_files: StaticFiles) -> PageEnvironment:
    known = {
        "words": words_for(language),
        "page_url": page_url_in(language),
        "static_url": static_files.url,
        "imported_urls": static_files.imported_urls,
        "settings": settings,
        "language": language,
    }
    environment = PageEnvironment(TEMPLATES, known)
    # Face and holder are half of a verdict page and the same each time. Most checks are the same for all of one issuer.
    environment.globals["face_html"] = _kept(environment, "face", KEPT_FACES)
    environment.globals["holder_html"] = _kept(environment, "holder_card", KEPT_FACES)
    environment.globals["check_html"] = _kept(environment, "check", KEPT_ROWS)
    return environment


def _kept(environment: PageEnvironment, name: str, most: int) -> Callable[[object], Markup]:
    """The HTML of what a template of this name shows under this name, kept for as long as that is."""

    @lru_cache(maxsize=most)
    def html(shown: object) -> Markup:
        return Markup(environment.get_template(f"{name}.html").render({name: shown}))  # noqa: S704 - escaped by the template

    return html


def words_of_request() -> Words:
    return words_for(current_request().language)


def render(template: str, *, other_language_url: str | None = None, **values: object) -> str:
    request = current_request()
    environment: PageEnvironment = request.extensions[_NAME][request.language]
    url = other_language_url or _same_page_in_the_other_language(request)
    return environment.get_template(template).render(other_language_url=url, **values)


def _same_page_in_the_other_language(request: PortalRequest) -> str:
    """Its path; that language's home page for what is no page."""
    page_url = page_url_of(request.extensions, request.language.other)
    blueprint, _, name = (request.endpoint or "").rpartition(".")
    if blueprint not in BLUEPRINT_OF.values():
        return page_url("home")
    asked = {key: request.args[key] for key in _KEPT_IN_QUERY if key in request.args} if request.query_string else {}
    return page_url(name, **{**asked, **(request.view_args or {})})
