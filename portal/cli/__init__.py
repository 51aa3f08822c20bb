"""The command `portal`: what an operator, an authority or a stranger who checks again can do without a browser."""

from __future__ import annotations

import errno

import click

from portal.cli import demonstrating, issuing, loading, numbering, scanning, serving, trusting, verifying
from portal.cli.session import Session, WrongUse, read_time


class _PlainErrors(click.Group):
    """Reports what the system refuses, such as room for the output, in one line, with exit status 2."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # nobody reads the output any more: nothing to report
            raise WrongUse(f"{error.filename or 'reading or writing'}: {error.strerror or error}") from error


@click.group(cls=_PlainErrors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--at", metavar="TIME", callback=read_time, help="Work as of TIME, such as 2026-11-20T02:00:00Z.")
@click.version_option(package_name="liangzheng")
@click.pass_context
def main(context: click.Context, at: int | None) -> None:
    """亮证核验 · checks the signed codes of electronic licences with the published keys.

    Settings come from the environment, with the prefix PORTAL_ (see README.md).
    """
    context.obj = Session(at)


for command in (
    verifying.verify,
    numbering.number,
    scanning.scan,
    loading.register,
    loading.status,
    trusting.trust,
    issuing.authority,
    serving.serve,
    demonstrating.demo,
):
    main.add_command(command)
