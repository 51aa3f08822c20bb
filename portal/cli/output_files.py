"""The files that commands write: each appears whole or not at all, and until then what was there stays.

An OSError names the file. Pipes and devices, by whatever name, are written to as it comes, and never replaced.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

import click

_SCREEN = Path("-")
# What they have stands for something else, such as /dev/stdout for the file to which the shell leads the output.
_NO_FILES_OF_THEIR_OWN = ("/dev", "/proc")
# The folder may not be written in, or the file is mounted by itself, as into a container: it may be writable then.
_CANNOT_TAKE_ITS_PLACE = (errno.EACCES, errno.EBUSY, errno.EPERM, errno.EROFS)

output_option = click.option(
    "-o",
    "--output",
    default=str(_SCREEN),
    type=click.Path(allow_dash=True, path_type=Path),
    metavar="FILENAME",
    help="File to write; default: the screen.",
)


@contextmanager
def open_output(path: Path) -> Iterator[BinaryIO]:
    """What output_option names, to be written."""
    if path == _SCREEN:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()  # here, where what finds no room is still told in a line
        return
    with open_whole(path) as file:
        yield file


@contextmanager
def open_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of the one at `path` when all is written."""
    try:
        file: AbstractContextManager[BinaryIO]
        file = _beside(path.resolve()) if _is_replaceable(path) else path.open("wb")
        with file as opened:
            yield opened
    except OSError as error:
        error.filename = str(path)
        raise


def write_whole(path: Path, document: bytes) -> None:
    with open_whole(path) as file:
        file.write(document)


def _is_replaceable(path: Path) -> bool:
    here = path.absolute()
    return (path.is_file() or not path.exists()) and not any(map(here.is_relative_to, _NO_FILES_OF_THEIR_OWN))


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    new = target.with_name(f".portal-{os.getpid()}.new")  # short, where the name itself is as long as names may be
    try:
        with new.open("xb") as file:
            if target.exists():
                shutil.copymode(target, new)
            yield file
            file.flush()
            os.fsync(file.fileno())
        new.replace(target)
    except OSError as error:
        if error.errno in _CANNOT_TAKE_ITS_PLACE:
            error.strerror = f"{error.strerror} (a new file in its folder takes its place)"
        raise
    finally:
        new.unlink(missing_ok=True)
