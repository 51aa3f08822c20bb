"""Other projects' test material, beside the checkout in ../shared: never part of a clone, always there in the build."""

import json
from pathlib import Path
from typing import Any

from tests.oracles import missing

SHARED = Path(__file__).parents[2] / "shared"


def shared_file(*parts: str) -> Path:
    """A file or folder of ../shared; a test without it is skipped with a word, and fails where CI=true."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        missing(f"../shared/{'/'.join(parts)}")
    return path


def shared_json(*parts: str) -> Any:
    return json.loads(shared_file(*parts).read_text("utf-8"))
