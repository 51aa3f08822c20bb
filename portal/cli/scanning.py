"""`portal scan`: what the reader of photos gets out of each file; no settings, keys or register are needed."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli.session import json_line, read_at_most
from portal.scanning import Bounds, Reader


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def scan(files: tuple[Path, ...]) -> None:
    """Read the QR codes in each FILE, and say nothing of what they mean.

    Prints a JSON line for each: file, texts, the step of the search that read the first of them, ms, and, where nothing
    was read, advice for the next photo or what is wrong with the file. The first file waits for the reader to start.
    """
    with Reader() as reader:
        for file in files:
            click.echo(json_line(_reading(reader, file)))


def _reading(reader: Reader, file: Path) -> dict[str, object]:
    found = reader.read(read_at_most(file, Bounds().file_bytes))
    return {
        "file": str(file),
        "texts": found.texts,
        "step": found.step or None,
        "ms": found.milliseconds,
        "advice": found.advice or found.failure,
    }
