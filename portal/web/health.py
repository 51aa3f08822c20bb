"""For those who watch the portal: is the process alive, and can it give verdicts? That needs no register."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.verification.dates import format_timestamp
from portal.web.parts import Parts, parts

health = Blueprint("health", __name__)
ALIVE = "alive\n"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@health.get("/livez")
def livez() -> ResponseReturnValue:
    return ALIVE, _PLAIN


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    status, text = readyz_of(parts())
    return text, status, _PLAIN


def readyz_of(parts: Parts) -> tuple[int, str]:
    """Ready without a register, since genuine codes still get an answer; not without keys, or with a wrong clock."""
    at, published = parts.clock(), parts.verifier.published
    trust_list = published.trust_list(at)
    if not trust_list.is_usable(at):
        return 503, f"not ready: the trust list expired at {format_timestamp(trust_list.expires_at)}\n"
    if behind := published.clock_is_behind(at):
        return 503, f"not ready: the clock is {behind} seconds behind what was signed\n"
    return 200, f"ready: trust list {trust_list.version}, until {format_timestamp(trust_list.expires_at)}\n"
