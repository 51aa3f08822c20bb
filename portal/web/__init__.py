"""The web room: create_app puts pages before a ready Verifier. Each web concern is one file, and one line here."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.scanning import Reader
from portal.settings import Settings
from portal.verifier import Verifier
from portal.web.access_log import install_access_log
from portal.web.application import Application
from portal.web.errors import install_errors
from portal.web.evidence_page import evidence_files
from portal.web.headers import install_headers
from portal.web.health import health
from portal.web.hosts import install_hosts
from portal.web.language import install_page_paths
from portal.web.limits import install_limits
from portal.web.metrics import install_metrics
from portal.web.pages import install_pages
from portal.web.parts import Parts
from portal.web.published_keys import published
from portal.web.rendering import install_rendering
from portal.web.samples import sample_files
from portal.web.static_files import StaticFiles
from portal.web.uploads import install_uploads


def create_app(*, settings: Settings, verifier: Verifier, reader: Reader, clock: Callable[[], int]) -> Flask:
    """A portal of the given parts. It has no secret key: there are no sessions and no cookies."""
    app = Application(__name__, static_folder=None, template_folder=None)
    parts = Parts(settings, verifier, reader, clock)
    parts.place_in(app.extensions)
    # What is done to a response is done in the opposite order: the limits first, the log last.
    install_access_log(app, clock)
    install_headers(app, settings)
    install_hosts(app, settings)
    install_uploads(app)
    install_errors(app)
    install_pages(app)
    app.register_blueprint(published)
    app.register_blueprint(evidence_files)
    app.register_blueprint(health)
    app.register_blueprint(sample_files)
    static_files = StaticFiles()
    static_files.install(app)
    counts = install_limits(app, settings, clock)
    install_page_paths(app)
    install_rendering(app, settings, static_files)
    if settings.metrics_port:
        install_metrics(app, parts, counts)
    return app
