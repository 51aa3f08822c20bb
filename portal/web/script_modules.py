"""JavaScript modules as texts: which others one imports by relative addresses, and the same with other addresses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

_RELATIVE_IMPORT = re.compile(r"""(?<=from )(["'])(\.[^"']+)\1""")


def imports_of(name: str, source: str) -> list[str]:
    """The names of the modules that the module of this name imports itself."""
    return [_resolved(name, found[2]) for found in _RELATIVE_IMPORT.finditer(source)]


def all_imports(name: str, imports: Callable[[str], Iterable[str]]) -> list[str]:
    """The names of all modules that a module needs; `imports` gives those that one imports itself."""
    needed: dict[str, None] = {}
    waiting = [name]
    while waiting:
        found = [each for each in imports(waiting.pop()) if each not in needed]
        needed |= dict.fromkeys(found)
        waiting += found
    return list(needed)


def with_addresses(name: str, source: str, address: Callable[[str, str], str]) -> str:
    """The module with others in place of its relative addresses: `address` is given a name and how that was written."""
    return _RELATIVE_IMPORT.sub(
        lambda found: f"{found[1]}{address(_resolved(name, found[2]), found[2])}{found[1]}", source
    )


def _resolved(importer: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), address))
