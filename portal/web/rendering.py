"""Templates → HTML. Each has `words`, `language`, `page_url`, `other_language_url`, `static_url` and `settings`.

Each language has its own compiled templates: what never changes in one is plain text, at no cost for a request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, request
from markupsafe import Markup

from portal.settings import Settings
from portal.web.compiling import PageEnvironment
from portal.web.face_page import KEPT_FACES, FacePage
from portal.web.language import language_of, page_url_in, same_page_in_the_other_language
from portal.web.wording import Language, Words, words_for

TEMPLATES = Path(__file__).parents[2] / "templates"
_NAME = "page_templates"


def install_rendering(app: Flask, settings: Settings, static_url: Callable[[str], str]) -> None:
    with app.app_context():
        app.extensions[_NAME] = {language: _environment(language, settings, static_url) for language in Language}


def _environment(language: Language, settings: Settings, static_url: Callable[[str], str]) -> PageEnvironment:
    known = {
        "words": words_for(language),
        "page_url": page_url_in(language),
        "static_url": static_url,
        "settings": settings,
        "language": language,
    }
    environment = PageEnvironment(TEMPLATES, known)
    environment.globals["face_html"] = _kept_faces(environment)
    return environment


def _kept_faces(environment: PageEnvironment) -> Callable[[FacePage], Markup]:
    """A face is a third of a verdict page and the same each time: its HTML is kept for as long as it is."""

    @lru_cache(maxsize=KEPT_FACES)
    def face_html(face: FacePage) -> Markup:
        return Markup(environment.get_template("face.html").render(face=face))  # noqa: S704 - escaped by the template

    return face_html


def words_of_request() -> Words:
    return words_for(language_of(request.path))


def render(template: str, *, other_language_url: str | None = None, **values: object) -> str:
    environment: PageEnvironment = current_app.extensions[_NAME][language_of(request.path)]
    url = other_language_url or same_page_in_the_other_language(request)
    return environment.get_template(template).render(other_language_url=url, **values)
