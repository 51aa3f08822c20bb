"""One JSON line for each request. It has the route, not the address: no token, no number, no whole IP address."""

from __future__ import annotations

import ipaddress
import json
import logging
from functools import lru_cache
from http import HTTPMethod
from time import perf_counter

from flask import Flask, Response, g
from flask.globals import request_ctx

from portal.log_lines import ACCESS
from portal.verification.dates import format_timestamp
from portal.web.hosts import possible_address
from portal.web.parts import parts
from portal.web.responses import reason_of_request

_log = logging.getLogger(ACCESS)
# Enough to see which network a flood comes from, too little to say which visitor.
_KEPT_BITS = {4: 24, 6: 48}
_METHODS = frozenset(HTTPMethod)


def install_access_log(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_write)


def truncated(address: str | None) -> str:
    return _network_of(possible_address(address))


@lru_cache(maxsize=4096)
def _network_of(address: str) -> str:
    try:
        whole = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((whole, _KEPT_BITS[whole.version]), strict=False))


def _start() -> None:
    g.started = perf_counter()


def _write(response: Response) -> Response:
    if _log.isEnabledFor(logging.INFO):
        _log.info(_line(response))
    return response


def _line(response: Response) -> str:
    """JSON, put together here: of a few words and some numbers, a fifth of the time that an encoder needs."""
    request = request_ctx.request  # once: each look through Flask's proxy takes longer than what is looked at
    rule = request.url_rule
    method = request.method if request.method in _METHODS else None  # what is none of HTTP's may be any text
    at = format_timestamp(parts().clock())
    route, verdict = _quoted(rule.rule if rule else None), _quoted(reason_of_request())
    ms = round((perf_counter() - g.started) * 1000, 1)
    return (
        f'{{"at": "{at}", "method": {_quoted(method)}, "route": {route}, "status": {response.status_code}, '
        f'"verdict": {verdict}, "ms": {ms}, "network": "{truncated(request.remote_addr)}"}}'
    )


@lru_cache(maxsize=1024)
def _quoted(word: str | None) -> str:
    return json.dumps(word)
