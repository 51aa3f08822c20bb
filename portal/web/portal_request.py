"""A request, with what is found out while it is answered: for the page, the limits, the log and the metrics.

Whatever needs it asks `current_request` once: each look through one of Flask's proxies calls four functions.
"""

from __future__ import annotations

from contextvars import ContextVar
from io import BytesIO
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

from flask import Request

from portal.web.language import language_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from portal.web.limits import Knock


class PortalRequest(Request):
    """`extensions` are those of the app. Uploaded files stay in memory: Werkzeug would write a photo to a disk."""

    reason: str | None = None  # of the verdict that was given
    reasons_of_codes: tuple[str, ...] = ()  # where there were several, of each
    photo_advice: str | None = None
    knock: Knock | None = None

    def __init__(self, environ: WSGIEnvironment, extensions: dict[str, Any]) -> None:
        super().__init__(environ)
        self.started = perf_counter()
        self.extensions = extensions
        self.language = language_of(self.path)

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


CURRENT_REQUEST: ContextVar[PortalRequest] = ContextVar("current_request")


def current_request() -> PortalRequest:
    """The last one that this thread, which answers one at a time, began with."""
    return CURRENT_REQUEST.get()
