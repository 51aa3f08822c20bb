"""Jinja's templates, in which all that is known before any request is settled before any request.

A page becomes one piece: what it extends and includes stands in its place, and a text, an address, a branch or a loop
that is the same on every page of a language is plain text. To Jinja is left what a request decides.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, Template, TemplateAssertionError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.optimizer import optimize
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

_NEEDS_ESCAPING = re.compile("[&<>\"']").search
_ASSIGNMENTS = (nodes.Assign, nodes.AssignBlock, nodes.Import, nodes.FromImport)


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
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for named in node.kwargs:
            self.visit(named, frame)
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
        tree: nodes.Node = _Whole(environment, self._files).read(name)
        for step in (_Unblocked(), _Settled(environment, self._known), _Joined()):
            tree = step.visit(tree)
        code = environment.compile(tree, name, name)  # type: ignore[call-overload]
        return environment.template_class.from_code(environment, code, environment.make_globals(globals))


class _Whole(NodeTransformer):
    """Puts parents and included files in their places. `super()` and computed names of files are not known here."""

    def __init__(self, environment: Environment, files: BaseLoader) -> None:
        self._environment = environment
        self._files = files

    def read(self, name: str) -> nodes.Template:
        source, filename, _ = self._files.get_source(self._environment, name)
        tree: nodes.Template = self.visit(self._environment._parse(source, name, filename))
        extends = tree.find(nodes.Extends)
        if extends is None:
            return tree
        blocks = {block.name: block.body for block in tree.find_all(nodes.Block)}
        parent: nodes.Template = _Overridden(blocks).visit(self.read(_file_of(extends)))
        parent.body[:0] = [each for each in tree.body if isinstance(each, _ASSIGNMENTS)]
        return parent

    def visit_Include(self, node: nodes.Include) -> nodes.Node | list[nodes.Node]:
        body = self.read(_file_of(node)).body
        assigns = any(True for each in body for _ in _all_nodes(each, _ASSIGNMENTS))
        return nodes.Scope(body, lineno=node.lineno, environment=self._environment) if assigns else body


def _file_of(node: nodes.Extends | nodes.Include) -> str:
    if not isinstance(node.template, nodes.Const):
        raise TemplateAssertionError("the name of a file must be written out", node.lineno)
    return str(node.template.value)


def _all_nodes(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> Iterable[nodes.Node]:
    return (node,) if isinstance(node, kinds) else node.find_all(kinds)


class _Overridden(NodeTransformer):
    """Gives the blocks of a parent the bodies that a child has for them; they stay blocks, for a child of that."""

    def __init__(self, blocks: Mapping[str, list[nodes.Node]]) -> None:
        self._blocks = blocks

    def visit_Block(self, node: nodes.Block) -> nodes.Node:
        node.body = self._blocks.get(node.name, node.body)
        return self.generic_visit(node)


class _Unblocked(NodeTransformer):
    def visit_Block(self, node: nodes.Block) -> list[nodes.Node]:
        self.generic_visit(node)
        return node.body


class _NotKnown(Exception):
    """The value of an expression depends on the request."""


class _Settled(NodeTransformer):
    """Puts values in the place of expressions, the branch that is taken in that of a condition, and the rounds of a
    loop in that of the loop, wherever they follow from what is known."""

    def __init__(self, environment: Environment, known: Mapping[str, object]) -> None:
        self._environment = environment
        self._known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        return self._settled(node)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        return self._settled(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        return self._settled(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        return self._settled(node)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        return self._settled(node)

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        return self._settled(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        if node.ctx != "load" and node.name in self._known:
            raise TemplateAssertionError(f"{node.name} is known and cannot be set", node.lineno)
        return self._settled(node)

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:
        self.generic_visit(node)
        if not isinstance(node.test, nodes.Const) or (node.elif_ and not node.test.value):
            return node
        return node.body if node.test.value else node.else_

    def visit_For(self, node: nodes.For) -> nodes.Node | list[nodes.Node]:
        try:
            rounds = self._value(node.iter)
        except _NotKnown:
            return self.generic_visit(node)
        asks_for_the_round = any(name.name == "loop" for name in node.find_all(nodes.Name))
        if not isinstance(node.target, nodes.Name) or node.test or node.else_ or asks_for_the_round:
            return self.generic_visit(node)
        return [each for value in rounds for each in self._round(node.body, node.target.name, value)]

    def _round(self, body: list[nodes.Node], name: str, value: object) -> list[nodes.Node]:
        own = copy.deepcopy(body, {id(self._environment): self._environment})
        settled = _Settled(self._environment, {**self._known, name: value}).visit(
            nodes.Scope(own, environment=self._environment)
        )
        unrolled: list[nodes.Node] = settled.body
        return unrolled

    def _settled(self, node: nodes.Expr) -> nodes.Expr:
        constant = self._constant(node)
        if constant is None:
            node = optimize(self.generic_visit(node), self._environment)  # type: ignore[assignment]
            constant = self._constant(node)  # what it is made of may be known only now
        return node if constant is None else constant

    def _constant(self, node: nodes.Expr) -> nodes.Const | None:
        try:
            value = self._value(node)
        except _NotKnown:
            return None
        if isinstance(value, str):
            value = str(value)  # members of an enumeration cannot be written into the code of a template
        if value is not None and not isinstance(value, str | bool):
            return None
        return nodes.Const(value, lineno=node.lineno, environment=self._environment)

    def _value(self, node: nodes.Node) -> Any:
        match node:
            case nodes.Const(value=value):
                return value
            case nodes.Tuple(items=items):
                return tuple(self._value(item) for item in items)
            case nodes.Name(name=name) if name in self._known:
                return self._known[name]
            case nodes.Getattr(node=owner, attr=attribute):
                return getattr(self._value(owner), attribute)
            case nodes.Getitem(node=owner, arg=key):
                return self._value(owner)[self._value(key)]
            case nodes.Call(node=function, args=arguments, kwargs=[], dyn_args=None, dyn_kwargs=None):
                return self._value(function)(*(self._value(argument) for argument in arguments))
        raise _NotKnown


class _Joined(NodeTransformer):
    """Makes one output of those that now stand side by side, so that their plain texts become one text."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        super().generic_visit(node, *args, **kwargs)
        for name, body in node.iter_fields():
            if name in ("body", "else_") and isinstance(body, list):
                setattr(node, name, _joined(body))
        return node


def _joined(body: list[nodes.Node]) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    for each in body:
        if isinstance(each, nodes.Output) and found and isinstance(found[-1], nodes.Output):
            found[-1].nodes.extend(each.nodes)
        else:
            found.append(each)
    return found
