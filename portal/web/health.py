"""For those who watch the portal: is the process alive, and can it give verdicts? That needs no register."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web.parts import parts

health = Blueprint("health", __name__)
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@health.get("/livez")
def livez() -> ResponseReturnValue:
    return "alive\n", _PLAIN


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    at = parts().clock()
    if parts().verifier.published.trust_list(at).is_usable(at):
        return "ready\n", _PLAIN
    return "the trust list has expired\n", 503, _PLAIN
