"""Provinces and cities in words, by their codes of GB/T 2260 without the noughts at the end: 21 is Liaoning. Pure."""

from __future__ import annotations

from portal.lookups import place_code
from portal.web.wording import Words


def place_name(code: str, words: Words) -> str:
    """A place in words; the code itself where it is of no province and no city that we can name."""
    key = f"place.{place_code(code)}"
    return words.t(key) if words.has(key) else code
