"""Jinja's environment for pages that are the same but for what a request decides, and Python code of its own for them.

template files ─settling→ one tree a page and language ─_PageCode→ Python ─compile→ Template, kept for every request

A page becomes one piece: what it extends and includes stands in its place, and a text, an address, a branch or a loop
that is the same on every page of a language is plain text. To Jinja is left what a request decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, Template, TemplateAssertionError, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from portal.web.settling import settled

_NEEDS_ESCAPING = re.compile("[&<>\"']").search


def escaped(value: object) -> str:
    """What stands for a value in HTML: four of five texts of a page have nothing to escape, which is quickly seen."""
    if isinstance(value, str) and not _NEEDS_ESCAPING(value):
        return value
    return value if type(value) is Markup else escape(value)  # not copied, as `escape` would


class _PageCode(CodeGenerator):
    """Python as one would write it by hand: an attribute is there, or it is a bug; no search among items."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Nothing that is called wants to know the context, for which Jinja would look at each call."""
        if node.dyn_args or node.dyn_kwargs or forward_caller:
            raise TemplateAssertionError("arguments must be written out", node.lineno)
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, *_: object) -> None:
        self.write("environment.escaped(")


class PageEnvironment(Environment):
    """Pages of one language; `known` are the names whose values are the same in every rendering."""

    code_generator_class = _PageCode
    escaped = staticmethod(escaped)

    def __init__(self, folder: Path, known: Mapping[str, object]) -> None:
        super().__init__(
            loader=_PageLoader(folder, known),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.globals.update(known)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One plain dictionary: every rendering copies it, and Jinja's chain of two takes ten times as long."""
        return {**self.globals, **(d or {})}


class _PageLoader(BaseLoader):
    def __init__(self, folder: Path, known: Mapping[str, object]) -> None:
        self._files = FileSystemLoader(folder)
        self._known = known

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        tree = settled(environment, self._files, name, self._known)
        code = environment.compile(tree, name, name)
        return environment.template_class.from_code(environment, code, environment.make_globals(globals))
