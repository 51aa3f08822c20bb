"""Templates → HTML. Each has `words`, `language`, `page_url`, `other_language_url`, `static_url` and `settings`.

Each language has its own compiled templates, in which what never changes (a text, the path of a page) is plain text:
nine of ten texts of a page, at no cost for a request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer

from portal.settings import Settings
from portal.web.language import language_of, page_url_in, same_page_in_the_other_language
from portal.web.wording import Language, Words, words_for

TEMPLATES = Path(__file__).parents[2] / "templates"
_NAME = "page_templates"


class _NotKnown(Exception):
    """The value of an expression depends on the request."""


class _KnownValues(NodeTransformer):
    """Puts the value in the place of every expression that has the same one on all pages of a language."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self._known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        return self._settled(node)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        return self._settled(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        return self._settled(node)

    def _settled(self, node: nodes.Expr) -> nodes.Node:
        try:
            value = self._value(node)
        except _NotKnown:
            return self.generic_visit(node)
        if isinstance(value, bool):
            return nodes.Const(value, lineno=node.lineno)
        return nodes.Const(str(value), lineno=node.lineno) if isinstance(value, str) else self.generic_visit(node)

    def _value(self, node: nodes.Node) -> Any:
        match node:
            case nodes.Const(value=value):
                return value
            case nodes.Name(name=name) if name in self._known:
                return self._known[name]
            case nodes.Getattr(node=owner, attr=attribute):
                return getattr(self._value(owner), attribute)
            case nodes.Call(node=function, args=arguments, kwargs=[], dyn_args=None, dyn_kwargs=None):
                return self._value(function)(*(self._value(argument) for argument in arguments))
        raise _NotKnown


class _PageEnvironment(Environment):
    # An attribute is there, or it is a bug: not to be looked for among items, nor to be undefined.
    getattr = staticmethod(getattr)  # type: ignore[assignment]


class _PageLoader(BaseLoader):
    def __init__(self, folder: Path, known: Mapping[str, object]) -> None:
        self._files = FileSystemLoader(folder)
        self._known = _KnownValues(known)

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        source, filename, uptodate = self._files.get_source(environment, name)
        tree = self._known.visit(environment.parse(source, name, filename))
        code = environment.compile(tree, name, filename)
        return environment.template_class.from_code(environment, code, environment.make_globals(globals), uptodate)


def install_rendering(app: Flask, settings: Settings, static_url: Callable[[str], str]) -> None:
    with app.app_context():
        app.extensions[_NAME] = {language: _environment(language, settings, static_url) for language in Language}


def _environment(language: Language, settings: Settings, static_url: Callable[[str], str]) -> Environment:
    known = {
        "words": words_for(language),
        "page_url": page_url_in(language),
        "static_url": static_url,
        "settings": settings,
        "language": language,
    }
    environment = _PageEnvironment(
        loader=_PageLoader(TEMPLATES, known),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(known)
    return environment


def words_of_request() -> Words:
    return words_for(language_of(request.path))


def render(template: str, *, other_language_url: str | None = None, **values: object) -> str:
    environment: Environment = current_app.extensions[_NAME][language_of(request.path)]
    url = other_language_url or same_page_in_the_other_language(request)
    return environment.get_template(template).render(other_language_url=url, **values)
