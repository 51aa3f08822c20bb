"""Holders' names as people type them: one form under which a name and a part of it are compared."""

from __future__ import annotations

import unicodedata

LEAST_PART = 2  # characters: a single one is in half of all names


def comparable_name(text: str) -> str:
    """NFKC and case-folded, twice because each can undo the other, and without white space."""
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(text.split())
