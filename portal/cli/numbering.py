"""`portal number`: what a typed text can mean, by the catalogue alone; no settings and no register are needed."""

from __future__ import annotations

import click

from portal.assemble import load_catalogue
from portal.catalogue.numbers import NumberReading, read_number
from portal.cli.session import json_line


@click.command()
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True)
def number(texts: tuple[str, ...]) -> None:
    """Say what each TEXT can be: the licence types whose numbers it fits, with its parts, and identifiers.

    Prints a JSON line for each. Types without a uniform number format are found by their exact text, in the register.
    """
    catalogue = load_catalogue()
    for text in texts:
        click.echo(json_line(_reading_json(read_number(text, catalogue))))


def _reading_json(reading: NumberReading) -> dict[str, object]:
    candidates = [
        {
            "type": candidate.type_slug,
            "format": candidate.format_id,
            "current": candidate.current,
            "parts": dict(candidate.parts),
        }
        for candidate in reading.candidates
    ]
    return {
        "text": reading.text,
        "normalised": reading.normalised,
        "candidates": candidates,
        "identifiers": list(reading.identifiers),
        "hints": list(reading.hints),
    }
