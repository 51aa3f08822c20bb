"""`portal scan`: what the reader of photos gets out of each file; no settings, keys or register are needed."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli.session import WrongUse, json_line
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
    found = reader.read(read_picture(file))
    return {
        "file": str(file),
        "texts": found.texts,
        "step": found.step or None,
        "ms": found.milliseconds,
        "advice": found.advice or found.failure,
    }


def read_picture(path: Path) -> bytes:
    """The bytes of a file, but no more than tell that it is too large for a photo; WrongUse where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(Bounds().file_bytes + 1)
    except OSError as error:
        raise WrongUse(f"{path}: {error.strerror}") from error
