"""Jinja's tree of a page, in which all that is known before any request is settled.

    {% extends 'base.html' %}{% block main %}<h1>{{ words.t('about.title') }}</h1>{{ page.name }}{% endblock %}

_Whole      <main>{% block main %}<h1>{{ words.t('about.title') }}</h1>{{ page.name }}{% endblock %}</main>
_Unblocked  <main> <h1>{{ words.t('about.title') }}</h1> {{ page.name }} </main>
_Settled    <main> <h1>关于本站</h1> {{ page.name }} </main>
_Joined     <main><h1>关于本站</h1>{{ page.name }}</main>: a text, what the request decides, and a text
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateAssertionError, nodes
from jinja2.optimizer import optimize
from jinja2.visitor import NodeTransformer

_ASSIGNMENTS = (nodes.Assign, nodes.AssignBlock, nodes.Import, nodes.FromImport)


def settled(environment: Environment, files: BaseLoader, name: str, known: Mapping[str, object]) -> nodes.Template:
    """The page of this name as one tree; `known` are the names whose values are the same in every rendering."""
    tree: nodes.Template = _Whole(environment, files).read(name)
    for step in (_Unblocked(), _Settled(environment, known), _Joined()):
        tree = step.visit(tree)
    return tree


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
    """Puts the bodies of blocks in the places of the blocks: nothing overrides them any more."""

    def visit_Block(self, node: nodes.Block) -> list[nodes.Node]:
        self.generic_visit(node)
        return node.body


class _NotKnown(Exception):
    """The value of an expression depends on the request."""


class _Settled(NodeTransformer):
    """Puts values in the place of expressions, the branch that is taken in that of a condition, and the rounds of a
    loop in that of the loop, wherever they follow from what is known.
    """

    def __init__(self, environment: Environment, known: Mapping[str, object]) -> None:
        self._environment = environment
        self._known = known

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
        scope = nodes.Scope(own, environment=self._environment)
        unrolled: list[nodes.Node] = _Settled(self._environment, {**self._known, name: value}).visit(scope).body
        return unrolled

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        if node.ctx != "load" and node.name in self._known:
            raise TemplateAssertionError(f"{node.name} is known and cannot be set", node.lineno)
        return self._settled(node)

    def _settled(self, node: nodes.Expr) -> nodes.Expr:
        """The value of an expression, if it can be written into a template's code; else the same with settled parts."""
        # First as a whole: a part of it alone may be a plain text, without the attributes that it has here.
        constant = self._constant(node)
        if constant is None:
            node = optimize(self.generic_visit(node), self._environment)  # type: ignore[assignment]
            constant = self._constant(node)  # what it is made of may be known only now
        return node if constant is None else constant

    visit_Call = visit_Getattr = visit_Getitem = visit_Concat = visit_Compare = visit_CondExpr = _settled

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
