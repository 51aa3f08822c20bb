"""Who may stand before the portal, and under which name it answers.

Forwarded headers count only from as many proxies as the settings say; any other Host than the public one is refused.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.settings import PREFIX, Settings
from portal.web.application import Application

# IPv6 needs 45 characters, and has a zone behind them at times: a name on somebody's machine, of any characters, that
# says nothing of a visitor. What a proxy hands on may be longer: that is no address, and nothing to keep.
_LONGEST_ADDRESS = 64

_log = logging.getLogger(__name__)


def install_hosts(app: Application, settings: Settings) -> None:
    app.answers_as = public_names(settings)
    proxies = settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    _tell_of_other_proxies(app, proxies)


def _tell_of_other_proxies(app: Application, expected: int) -> None:
    """Say once, when somebody is refused for asking too often, that the settings seem to tell of other proxies.

    All visitors are one address then, and few of them use up what one may ask.
    """
    told = False

    def look(response: Response) -> Response:
        nonlocal told
        if response.status_code == 429 and not told:
            named = request.headers.get("X-Forwarded-For", "").count(",") + ("X-Forwarded-For" in request.headers)
            told = named > 0 if expected == 0 else named < expected
            if told:
                _log.warning(
                    "all visitors may be counted as one: %sTRUSTED_PROXIES is %d, X-Forwarded-For named %d",
                    PREFIX,
                    expected,
                    named,
                )
        return response

    app.after_request(look)


def possible_address(text: str | None) -> str:
    """What was handed on as a visitor's address, without its zone; empty where it can be none."""
    return text.partition("%")[0] if text and len(text) <= _LONGEST_ADDRESS else ""


def public_names(settings: Settings) -> tuple[str, ...]:
    own = urlsplit(settings.public_url).hostname or ""
    # A newcomer types either name of the own machine.
    return (own, "localhost", "127.0.0.1") if settings.demonstration else (own,)
