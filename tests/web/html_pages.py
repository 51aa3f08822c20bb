"""A page as a visitor or a screen reader meets it: title, headings, links, text. No test matches raw HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page:
    elements: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        return [each for each in self.elements if each.tag == tag]

    def one(self, tag: str) -> Element:
        (found,) = self.all(tag)
        return found

    @property
    def language(self) -> str:
        return self.one("html").attributes["lang"]

    @property
    def title(self) -> str:
        return self.one("title").text

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def text(self) -> str:
        return self.one("body").text

    @property
    def reason(self) -> str:
        """Of the one verdict on the page."""
        (verdict,) = [each for each in self.all("section") if "data-reason" in each.attributes]
        return verdict.attributes["data-reason"]

    @property
    def links(self) -> list[str]:
        return [each.attributes["href"] for each in self.all("a")]

    @property
    def tags(self) -> set[str]:
        return {each.tag for each in self.elements}


def read_page(response: TestResponse) -> Page:
    assert response.content_type == "text/html; charset=utf-8"
    return parse_page(response.text)


def parse_page(text: str) -> Page:
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert parser.open == [], f"never closed: {parser.open}"
    for element in parser.page.elements:
        element.text = " ".join(element.text.split())
    return parser.page


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.page.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data
