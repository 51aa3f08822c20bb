"""Templates → HTML. Each has `words`, `language`, `page_url`, `other_language_url`, `static_url` and `settings`."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app, request
from jinja2 import StrictUndefined

from portal.settings import Settings
from portal.web.language import language_of, page_url_in, same_page_in_the_other_language
from portal.web.static_files import StaticFiles
from portal.web.wording import Words, words_for

TEMPLATES = Path(__file__).parents[2] / "templates"


def install_rendering(app: Flask, settings: Settings, static_files: StaticFiles) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(settings=settings, static_url=static_files.url)


def words_of_request() -> Words:
    return words_for(language_of(request.path))


def render(template: str, *, other_language_url: str | None = None, **values: object) -> str:
    """Render by way of Jinja itself: Flask's render_template builds a session, which no page here has."""
    language = language_of(request.path)
    return current_app.jinja_env.get_template(template).render(
        language=language,
        words=words_for(language),
        page_url=page_url_in(language),
        other_language_url=other_language_url or same_page_in_the_other_language(request),
        **values,
    )
