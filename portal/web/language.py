"""The language of a page is in its path: zh-CN at /…, English at /en/…. No cookie and no header decides it.

Links are built here, as paths on this host; nothing that a visitor sends becomes the target of a link or a redirect
except as an escaped part of such a path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app
from werkzeug.routing import Map

from portal.web.wording import Language

ENGLISH_PREFIX = "/en"
BLUEPRINT_OF = {Language.ZH: "pages", Language.EN: "pages_en"}
_NAME = "page_paths"
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_LONGEST_KEPT = 600  # characters: a visitor may send 64 KB, again and again, which would all be kept
_PLAIN_IN_PATHS = "()"  # in licence numbers, and harmless; a slash is escaped with the rest

PageUrl = Callable[..., str]


def language_of(path: str) -> Language:
    return Language.EN if path == ENGLISH_PREFIX or path.startswith(ENGLISH_PREFIX + "/") else Language.ZH


class PagePaths:
    """The path of each page, by its name, in one language. What is not in a path, at its end, is its query.

    werkzeug's own builder allows for everything and takes ten times as long.
    """

    def __init__(self, url_map: Map, language: Language) -> None:
        rules = [(rule.endpoint.split("."), rule.rule) for rule in url_map.iter_rules()]
        own = {name[-1]: rule for name, rule in rules if name[0] == BLUEPRINT_OF[language]}
        self._parts = {name: (rule.partition("<")[0], _ARGUMENT.findall(rule)) for name, rule in own.items()}

    def __call__(self, name: str, **values: str) -> str:
        path, in_path = self._parts[name]
        if not values:
            return path
        if in_path:
            path += "/".join([_in_a_path(values.pop(key)) for key in in_path if key in values])
        if not values:
            return path
        # The names are our own and plain; urlencode would take three times as long.
        query = "&".join([f"{key}={_in_a_query(value)}" for key, value in values.items()])
        return f"{path}?{query}"


def _in_a_path(value: str) -> str:
    # A token needs no escaping; quote() would look at each of its 500 characters.
    return value if value.isascii() and value.isalnum() else _quoted(value, _PLAIN_IN_PATHS)


def _in_a_query(value: str) -> str:
    return _quoted(value, "")


def _quoted(value: str, safe: str) -> str:
    return (quote_once if len(value) <= _LONGEST_KEPT else quote)(value, safe)


# The same number stands in several links of a page.
quote_once = lru_cache(maxsize=1024)(quote)


def install_page_paths(app: Flask) -> None:
    app.extensions[_NAME] = {language: PagePaths(app.url_map, language) for language in Language}


def page_url_in(language: Language) -> PageUrl:
    return page_url_of(current_app.extensions, language)


def page_url_of(extensions: Mapping[str, Any], language: Language) -> PageUrl:
    """The same, of the app whose extensions are at hand."""
    found: PagePaths = extensions[_NAME][language]
    return found
