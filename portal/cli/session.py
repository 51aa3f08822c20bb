"""What every command is given: the time as of which it works, the settings, and ways to report what is wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from portal.assemble import START_REFUSED, Portal, assemble, system_clock
from portal.settings import Settings, WrongSetting
from portal.verification.dates import parse_timestamp
from portal.verification.strict_cbor import FORBIDDEN_CHARACTERS

_Read = TypeVar("_Read")


class WrongUse(click.ClickException):
    """What the user gave cannot be used: one clear line, exit status 2."""

    exit_code = 2

    def format_message(self) -> str:
        return legible(self.message)


@dataclass(frozen=True, slots=True)
class Session:
    """`at` is the fixed time of `portal --at`, in seconds since 1970, UTC; None for the clock."""

    at: int | None = None

    def clock(self) -> int:
        return system_clock() if self.at is None else self.at

    def settings(self) -> Settings:
        try:
            return Settings.from_environment(os.environ)
        except WrongSetting as error:
            raise WrongUse(str(error)) from error

    def portal(self) -> Portal:
        try:
            return assemble(self.settings(), None if self.at is None else self.clock)
        except START_REFUSED as error:
            raise WrongUse(str(error)) from error


def legible(line: str) -> str:
    """A line that quotes what came from outside, with all that a terminal obeys, hides or turns around in escapes.

    A file or a photo could otherwise wipe what was said of it off the screen, and write a better verdict there.
    """
    return FORBIDDEN_CHARACTERS.sub(lambda found: json.dumps(found[0])[1:-1], line)


def json_line(value: object) -> str:
    """JSON in one line, as legible: the escapes are JSON's own, so that it says the same. Half a character is one."""
    return legible(json.dumps(value, ensure_ascii=False))


def refuse(line: str) -> NoReturn:
    """Something is refused or out of order: one line on stderr, exit status 1."""
    click.echo(legible(line), err=True)
    sys.exit(1)


def read_at_most(path: Path, most: int) -> bytes:
    """The bytes of a file, but no more than tell that there are more than `most`; WrongUse if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise WrongUse(f"{path}: {error.strerror}") from error


def read_by(read: Callable[[str], _Read]) -> Callable[[click.Context, click.Parameter, str | None], _Read | None]:
    """The callback of an option whose text is read so; a ValueError says what is wrong with it."""

    def callback(_: click.Context, __: click.Parameter, text: str | None) -> _Read | None:
        try:
            return None if text is None else read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return callback


read_time = read_by(parse_timestamp)
