"""One JSON line for each request. It has the route, not the address: no token, no number, no whole IP address."""

from __future__ import annotations

import ipaddress
import json
import logging
from functools import lru_cache
from time import perf_counter

from flask import Flask, Response, g, request

from portal.log_lines import ACCESS
from portal.verification.dates import format_timestamp
from portal.web.parts import parts
from portal.web.responses import reason_of_request

_log = logging.getLogger(ACCESS)
# Enough to see which network a flood comes from, too little to say which visitor.
_KEPT_BITS = {4: 24, 6: 48}


def install_access_log(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_write)


@lru_cache(maxsize=4096)
def truncated(address: str | None) -> str:
    try:
        whole = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((whole, _KEPT_BITS[whole.version]), strict=False))


def _start() -> None:
    g.started = perf_counter()


def _write(response: Response) -> Response:
    if _log.isEnabledFor(logging.INFO):
        _log.info("%s", json.dumps(_line(response)))
    return response


def _line(response: Response) -> dict[str, object]:
    route = request.url_rule.rule if request.url_rule else None
    return {
        "at": format_timestamp(parts().clock()),
        "method": request.method if route else None,
        "route": route,
        "status": response.status_code,
        "verdict": reason_of_request(),
        "ms": round((perf_counter() - g.started) * 1000, 1),
        "network": truncated(request.remote_addr),
    }
