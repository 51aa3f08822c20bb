"""What every command is given: the time as of which it works, the settings, and a way to say what was wrong."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import NoReturn

import click

from portal.assemble import START_REFUSED, Portal, assemble, system_clock
from portal.settings import Settings, WrongSetting
from portal.verification.dates import parse_timestamp


class WrongUse(click.ClickException):
    """What the person gave cannot be used: one clear line, exit status 2."""

    exit_code = 2


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


def refuse(line: str) -> NoReturn:
    """Something is refused, or not in order: one line on stderr, exit status 1."""
    click.echo(line, err=True)
    sys.exit(1)


def read_time(_: click.Context, __: click.Parameter, text: str | None) -> int | None:
    """The callback of an option that takes a time."""
    try:
        return parse_timestamp(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
