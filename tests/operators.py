"""Who types the portal's commands, and the environment that they are typed in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from portal.cli import main


@dataclass(frozen=True, slots=True)
class Operator:
    """Runs commands in this process, with these settings and no others, as of a time."""

    settings: Mapping[str, str]
    at: str

    def run(self, *arguments: str | Path, stdin: bytes | None = None, at: str | None = None) -> Result:
        others = {name: None for name in os.environ if name.startswith("PORTAL_")}
        words = ["--at", at or self.at, *map(str, arguments)]
        return CliRunner().invoke(main, words, input=stdin, env={**others, **self.settings}, catch_exceptions=False)


def without_settings() -> dict[str, str]:
    """The environment of the tests without settings of a portal, for commands in processes of their own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}


def settings_in(folder: Path, root_sha256: str) -> dict[str, str]:
    """For the keys and the register in a folder; a load that finds another one at work says so at once."""
    return {
        "PORTAL_PUBLIC_URL": "https://yz.example.gov.cn",
        "PORTAL_ROOT_SHA256": root_sha256,
        "PORTAL_KEYS_DIR": str(folder / "keys"),
        "PORTAL_DATABASE_URL": f"sqlite:///{folder / 'register.sqlite'}?timeout=0",
    }
