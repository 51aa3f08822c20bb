"""The nightly job of docs/platforms.md, run as printed: while the demonstration answers, and while it does not."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.served import ROOT, Demonstration
from tests.operators import without_settings
from tests.oracles import missing
from tests.ports import free_port

PLATFORMS = (ROOT / "docs" / "platforms.md").read_text("utf-8")
ONCE, EACH_NIGHT = re.findall(r"^```sh\n(.*?)^```", PLATFORMS, re.DOTALL | re.MULTILINE)
(JUDGEMENT,) = re.findall(r"^```python\n(.*?)^```", PLATFORMS, re.DOTALL | re.MULTILINE)
COMMAND = f'portal() {{ "{sys.executable}" -m portal.cli "$@"; }}\n'


class Platform:
    """A folder of somebody's who knows the portal's address, the root's digest, and the codes of sellers."""

    def __init__(self, folder: Path, portal: Demonstration) -> None:
        if not shutil.which("curl"):
            missing("curl")
        with urllib.request.urlopen(f"{portal.url}/.well-known/licence-root.json") as answer:  # noqa: S310 - ours
            digest = hashlib.sha256(answer.read()).hexdigest()
        self.folder = folder
        self.environment = {
            **without_settings(),
            "PYTHONPATH": str(ROOT),
            "PORTAL_PUBLIC_URL": portal.url,
            "PORTAL_ROOT_SHA256": digest,
        }
        self.sellers = {each.name: each for each in portal.samples if each.kind == "code"}
        lines = (json.dumps({"id": name, "text": each.text}) for name, each in self.sellers.items())
        (folder / "sellers.ndjson").write_text("".join(f"{line}\n" for line in lines))

    def run(self, commands: str) -> None:
        subprocess.run(
            ["bash", "-c", COMMAND + commands],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **self.environment},
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def verdicts(self) -> dict[str, dict[str, Any]]:
        lines = (self.folder / "verdicts.ndjson").read_text("utf-8").splitlines()
        return {each["id"]: each for each in map(json.loads, lines)}

    def cleared(self) -> set[str]:
        """The sellers against whom nothing speaks, as the page decides it."""
        judgement: dict[str, Any] = {}
        exec(JUDGEMENT, judgement)  # noqa: S102 - our own page
        return {name for name, each in self.verdicts().items() if judgement["nothing_speaks_against"](each)}


@pytest.fixture
def platform(tmp_path: Path, demonstration: Demonstration) -> Platform:
    return Platform(tmp_path, demonstration)


def test_sellers_are_checked_from_public_files_alone_and_with_the_portal_down(platform: Platform) -> None:
    platform.run(ONCE)
    platform.run(EACH_NIGHT)
    found, cleared = platform.verdicts(), platform.cleared()
    assert found.keys() == platform.sellers.keys()
    reasons = Counter(each["reason"] for each in found.values())
    assert {"revoked", "suspended", "expired", "signature_invalid"} <= set(reasons)
    assert "in_force" not in reasons  # what nobody without a register can say
    # Nobody is cleared whom the portal does not clear, but for what the page says that only a register tells.
    told = {name: platform.sellers[name].reason for name in cleared}
    assert {"in_force", "sm2", "ed25519", "expires_soon", "no_expiry"} <= cleared
    assert set(told.values()) <= {"in_force", "superseded", "claims_mismatch", "not_in_register"}

    nobody_answers = f'curl() {{ command curl --connect-to "::127.0.0.1:{free_port()}" "$@"; }}\n'
    platform.run(nobody_answers + EACH_NIGHT)
    assert platform.cleared() == cleared
