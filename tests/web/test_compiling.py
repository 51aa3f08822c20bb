"""A page says the same as Jinja would say by itself; what no request decides is one plain text."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateAssertionError, UndefinedError

from portal.web.compiling import PageEnvironment
from portal.web.wording import Language

KNOWN = {"language": Language.ZH, "shout": str.upper, "pair": ("a<", "b"), "greeting": {"zh-CN": "你好"}}
FILES = {
    "parent.html": "<{{ language }}>{% block head %}own{% endblock %}{% block main %}{% endblock %}</{{ tail }}>",
    "middle.html": "{% extends 'parent.html' %}{% block head %}middle {% block inner %}{% endblock %}{% endblock %}",
    "part.html": "({{ shout('part') }} {{ said }})",
    "setting.html": "{% set said = 'inside' %}{{ said }}",
}
PAGES = {
    "a text with known parts": "{{ shout('a' ~ language) }} {{ language.other }} {{ greeting[language] }} {{ said }}",
    "known text is escaped like any other": "{{ shout('<b>') }}{{ pair[0] }}",
    "a child fills the blocks": "{% extends 'parent.html' %}{% block main %}{{ said }}{% endblock %}",
    "a grandchild fills the blocks": "{% extends 'middle.html' %}{% block inner %}{{ said }}{% endblock %}",
    "what a child sets first": "{% extends 'parent.html' %}{% set x = said %}{% block main %}{{ x }}{% endblock %}",
    "an included part": "{% include 'part.html' %}{% for said in many %}{% include 'part.html' %}{% endfor %}",
    "what a part sets stays in it": "{% include 'setting.html' %} {{ said }}",
    "a loop over what is known": "{% for each in pair %}{{ each }}{{ shout(each) }}{{ said }}{% endfor %}",
    "a loop that counts": "{% for each in pair %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "an empty loop": "{% for each in () %}x{% else %}none{% endfor %}",
    "a known branch": "{% if language == 'en' %}English{% else %}中文{% endif %}{{ 'a' if language == 'en' else 'b' }}",
    "one branch of three": "{% if language == 'en' %}1{% elif said %}2{% else %}3{% endif %}",
    "what a request decides": "{% if many %}{{ many|length }}{{ many[1].upper() }}{% endif %}{{ safe }}",
}
ASKED = {"said": "<i>'&\"", "many": ["x", "y&"], "tail": "end", "safe": 7}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, source in FILES.items():
        (tmp_path / name).write_text(source, "utf-8")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.replace(" ", "_"))
def test_a_page_says_what_jinja_would_say(page: str, folder: Path) -> None:
    (folder / "page.html").write_text(PAGES[page], "utf-8")
    plain = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    plain.globals.update(KNOWN)

    shown = PageEnvironment(folder, KNOWN).get_template("page.html").render(ASKED)

    assert shown == plain.get_template("page.html").render(ASKED)


def test_what_no_request_decides_is_one_text(folder: Path) -> None:
    source = "{% for each in pair %}{% if each %}<p>{{ each }}{% include 'own.html' %}{% endif %}{% endfor %}"
    (folder / "own.html").write_text("{{ shout(language) }}", "utf-8")
    (folder / "page.html").write_text(source, "utf-8")

    assert list(PageEnvironment(folder, KNOWN).get_template("page.html").generate()) == ["<p>a&lt;ZH-CN<p>bZH-CN"]


def test_a_name_that_nobody_gave_is_a_bug_and_no_blank(folder: Path) -> None:
    (folder / "page.html").write_text("{{ misspelled }}", "utf-8")

    with pytest.raises(UndefinedError):
        PageEnvironment(folder, KNOWN).get_template("page.html").render(ASKED)


def test_a_name_that_is_known_cannot_be_given_another_value(folder: Path) -> None:
    (folder / "page.html").write_text("{% set language = 'en' %}", "utf-8")

    with pytest.raises(TemplateAssertionError, match="language is known"):
        PageEnvironment(folder, KNOWN).get_template("page.html")


@pytest.mark.parametrize("source", ["{% include said %}", "{{ shout(*many) }}", "{{ shout(**many) }}"])
def test_a_file_or_an_argument_that_is_not_written_out_is_refused(source: str, folder: Path) -> None:
    (folder / "page.html").write_text(source, "utf-8")

    with pytest.raises(TemplateAssertionError, match="written out"):
        PageEnvironment(folder, KNOWN).get_template("page.html")
