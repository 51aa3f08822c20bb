"""Flask, but for what this portal knows better of itself: it has no sessions, no coroutines, and few names."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask, Request, Response, request
from flask.ctx import RequestContext
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import BadRequest
from werkzeug.routing import MapAdapter
from werkzeug.sansio.utils import get_host

from portal.web.portal_request import CURRENT_REQUEST, PortalRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_log = logging.getLogger(__name__)
_AT_MOST_CAUSES = 8
# Forms of ours send five at most. To read 64 KB of empty ones takes as long as fifty pages, and no limit counts it.
_MOST_PARTS_OF_A_QUERY = 32

ExceptionInfo: TypeAlias = tuple[type, BaseException, TracebackType] | tuple[None, None, None]


class _NoSessions(SessionInterface):
    """No cookie is read or written; one empty session, which refuses to hold anything, does for all requests."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self._none


class _HtmlResponse(Response):
    """HTML unless it is said to be something else: Werkzeug finds that out by way of an exception each time."""

    def __init__(self, response: Any = None, status: Any = None, headers: Any = None, **said: Any) -> None:
        if not headers and not said:
            said = {"content_type": "text/html; charset=utf-8"}
        super().__init__(response, status, headers, **said)


class Application(Flask):
    """`answers_as` are the names of this portal: a request for any other host is a bad one."""

    response_class = _HtmlResponse
    session_interface = _NoSessions()
    answers_as: tuple[str, ...] = ()

    def request_context(self, environ: WSGIEnvironment) -> RequestContext:
        request = PortalRequest(environ, self.extensions)
        CURRENT_REQUEST.set(request)
        return RequestContext(self, environ, request)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """By Flask's own setting, every request would take its Host header apart and compare it with each name."""
        if request is None:
            return None
        host = _known_host(request.scheme, request.environ.get("HTTP_HOST"), request.server, self.answers_as)
        if request.query_string.count(b"&") >= _MOST_PARTS_OF_A_QUERY:
            raise BadRequest
        return MapAdapter(self.url_map, host, request.root_path, "", request.scheme, request.path, request.method)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every view is an ordinary function, which Flask would find out four times for each request."""
        return func

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        """A bug by its place in the code, without the address that was asked for, which holds a licence's number."""
        _log.error("a bug in %s %s\n%s", request.method, request.url_rule, "".join(_places(exc_info[1])))


@lru_cache(maxsize=1024)
def _known_host(scheme: str, header: str | None, server: tuple[str, int | None] | None, names: Collection[str]) -> str:
    """The host and port; SecurityError (400) unless the host is one of `names`, which are in small letters."""
    # A name is the same in capitals (RFC 3986, 3.2.2).
    return get_host(scheme, header and header.lower(), server, names)


def _places(error: BaseException | None) -> Iterator[str]:
    """The traceback of an error and of its causes by type and place. Their messages may quote what a visitor sent."""
    for _ in range(_AT_MOST_CAUSES):
        if error is None:
            return
        yield from traceback.format_tb(error.__traceback__)
        yield f"{type(error).__module__}.{type(error).__qualname__}\n"
        error = error.__cause__ or error.__context__
