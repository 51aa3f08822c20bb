"""The command `portal`: what an operator, an authority or a stranger who checks again can do without a browser."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import click

from portal.cli.session import Session, WrongUse, read_time

_MODULE_OF: Mapping[str, str] = MappingProxyType(
    {
        "authority": "issuing",
        "demo": "demonstrating",
        "number": "numbering",
        "register": "loading",
        "scan": "scanning",
        "serve": "serving",
        "status": "loading",
        "trust": "trusting",
        "verify": "verifying",
    }
)


class _Commands(click.Group):
    """Imports a command's module when it is asked for: all of them take three times as long as the quickest needs.

    Reports what the system refuses, such as room for the output, in one line, with exit status 2.
    """

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_MODULE_OF)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _MODULE_OF:
            return None
        command: click.Command = getattr(import_module(f"portal.cli.{_MODULE_OF[name]}"), name)
        return command

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # nobody reads the output any more: nothing to report
            raise WrongUse(f"{error.filename or 'reading or writing'}: {error.strerror or error}") from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--at", metavar="TIME", callback=read_time, help="Work as of TIME, such as 2026-11-20T02:00:00Z.")
@click.version_option(package_name="liangzheng")
@click.pass_context
def main(context: click.Context, at: int | None) -> None:
    """亮证核验 · checks the signed codes of electronic licences with the published keys.

    Settings come from the environment, with the prefix PORTAL_ (see README.md).
    """
    context.obj = Session(at)
