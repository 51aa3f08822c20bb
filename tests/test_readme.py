"""The README says what the program says: settings, help, commands. `python -m tests.test_readme` writes them."""

from __future__ import annotations

import re
from pathlib import Path

import click
from click.testing import CliRunner

from portal.cli import main
from portal.settings import settings_table

README = Path(__file__).resolve().parent.parent / "README.md"
PROSE_WIDTH = 110


def settings_part() -> str:
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, default, help_text in settings_table():
        shown = "*must be given*" if default is None else f"`{default}`" if default else ""
        rows.append(f"| `{name}` | {shown} | {help_text} |")
    return "\n".join(rows)


def commands(command: click.Command = main, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        return [words]
    context = click.Context(command)
    inner = [(name, command.get_command(context, name)) for name in sorted(command.list_commands(context))]
    return [words, *(found for name, each in inner if each for found in commands(each, (*words, name)))]


def help_of(words: tuple[str, ...]) -> str:
    result = CliRunner().invoke(main, [*words, "--help"], prog_name="portal", terminal_width=PROSE_WIDTH)
    return result.output.rstrip()


def help_part() -> str:
    blocks = [f"$ {' '.join(('portal', *words, '--help'))}\n{help_of(words)}" for words in commands()]
    return "```text\n" + "\n\n".join(blocks) + "\n```"


def part(name: str, text: str) -> str:
    found = re.search(rf"<!-- {name}:[^\n]*-->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    assert found, f"README.md has no part {name}"
    return found[1]


def test_the_settings_table_is_the_programs() -> None:
    assert part("settings", README.read_text("utf-8")) == settings_part()


def test_the_help_is_the_programs() -> None:
    assert part("help", README.read_text("utf-8")) == help_part()


def test_every_file_that_the_readme_names_is_there() -> None:
    named = re.findall(r"(?:\]\(|src=\")([a-z][\w/.-]+)", README.read_text("utf-8"))
    assert [name for name in named if not (README.parent / name).exists()] == []


if __name__ == "__main__":
    text = README.read_text("utf-8")
    for name, content in (("settings", settings_part()), ("help", help_part())):
        text = text.replace(part(name, text), content)
    README.write_text(text, "utf-8")
