"""What `create_app` was given, at hand for the views of that one app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.scanning import Reader
from portal.settings import Settings
from portal.verifier import Verifier
from portal.web.portal_request import current_request

_NAME = "portal"


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    verifier: Verifier
    reader: Reader
    clock: Callable[[], int]

    def place_in(self, extensions: dict[str, object]) -> None:
        extensions[_NAME] = self


def parts() -> Parts:
    found: Parts = current_request().extensions[_NAME]
    return found
