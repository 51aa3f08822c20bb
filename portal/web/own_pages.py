"""The addresses of this portal's own pages, of which people make copies and codes: they lead to these pages."""

from __future__ import annotations

import re
from urllib.parse import quote

# Every number and every code fits. Many a proxy takes no more than 4 KB of headers, and answers 502 to what is longer.
MAX_LOCATION = 2048

_PAGE = re.compile(r"(?:/en)?/(?:v|l|h|history|evidence)/\S+")


def own_page(text: str, public_url: str) -> str | None:
    """The path on this portal that a text names, with or without the scheme; None for any other text.

    None as well for a path that is too long to be led to.
    """
    written = text.strip()
    for start in (public_url, public_url.partition("://")[2]):
        path = written.removeprefix(start)
        if path != written and _PAGE.fullmatch(path) and len(quote(path)) <= MAX_LOCATION:
            return path
    return None
