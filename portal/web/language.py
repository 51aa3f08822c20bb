"""The language of a page is in its path: zh-CN at /…, English at /en/…. No cookie and no header decides it.

Links are built here, as paths on this host; nothing that a visitor sends becomes the target of a link or a redirect
except as an escaped part of such a path.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Request, current_app
from werkzeug.routing import Map

from portal.web.wording import Language

ENGLISH_PREFIX = "/en"
BLUEPRINT_OF = {Language.ZH: "pages", Language.EN: "pages_en"}
_NAME = "page_paths"

PageUrl = Callable[..., str]


def language_of(path: str) -> Language:
    return Language.EN if path == ENGLISH_PREFIX or path.startswith(ENGLISH_PREFIX + "/") else Language.ZH


class PagePaths:
    """The path of each page, by its name, in one language."""

    def __init__(self, url_map: Map, language: Language) -> None:
        self._routes = url_map.bind("localhost")
        self._blueprint = BLUEPRINT_OF[language]
        self._fixed: dict[str, str] = {}

    def __call__(self, name: str, **values: object) -> str:
        if values:
            return self._routes.build(f"{self._blueprint}.{name}", values)
        # Most links of a page are the same on every page; building one costs ten times the look-up.
        path = self._fixed.get(name)
        if path is None:
            path = self._fixed[name] = self._routes.build(f"{self._blueprint}.{name}")
        return path


def install_page_paths(app: Flask) -> None:
    app.extensions[_NAME] = {language: PagePaths(app.url_map, language) for language in Language}


def page_url_in(language: Language) -> PageUrl:
    found: PagePaths = current_app.extensions[_NAME][language]
    return found


def same_page_in_the_other_language(request: Request) -> str:
    """The path of the requested page in the other language; that language's home page for what is no page."""
    page_url = page_url_in(language_of(request.path).other)
    blueprint, _, name = (request.endpoint or "").rpartition(".")
    if blueprint not in BLUEPRINT_OF.values():
        return page_url("home")
    typed = {key: value for key, value in request.args.items() if key == "number"}
    return page_url(name, **(request.view_args or {}), **typed)
