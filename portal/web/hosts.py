"""Who may stand before the portal, and under which name it answers.

Forwarded headers count only from as many proxies as the settings say; any other Host than the public one is refused.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.settings import Settings


def install_hosts(app: Flask, settings: Settings) -> None:
    app.config["TRUSTED_HOSTS"] = trusted_hosts(settings)
    proxies = settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def trusted_hosts(settings: Settings) -> list[str]:
    own = urlsplit(settings.public_url).hostname or ""
    # A newcomer types either name of the own machine.
    return [own, "localhost", "127.0.0.1"] if settings.demonstration else [own]
