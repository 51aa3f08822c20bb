"""Errors as pages in the language of the path, or as RFC 9457 problems for those who ask for them.

A bug is a 500 and says so; the log gets its place in the code, and nothing that the visitor sent.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, make_response, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from portal.web.limits import seconds_until_reset
from portal.web.rendering import render, words_of_request

PROBLEM = "application/problem+json"
# Browsers and programs send some 150 characters. Werkzeug sorts the kinds that are named, and took 1.6 s for 380 KB of
# them: as much as a thousand pages, for a request that no limit counts.
LONGEST_ACCEPT = 1000
QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


def install_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, show_error)


def show_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    retry_after = _seconds_to_wait(error)
    response = _problem(status) if _wants_a_problem() else _page(status, retry_after)
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _page(status: HTTPStatus, retry_after: int | None) -> Response:
    told = status if words_of_request().has(f"error.{status.value}.title") else _in_general(status)
    return make_response(render("error.html", status=told.value, retry_after=retry_after), status)


def _in_general(status: HTTPStatus) -> HTTPStatus:
    """What a visitor is told of the statuses that only a program brings about, such as an impossible range."""
    return HTTPStatus.BAD_REQUEST if status < HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus.INTERNAL_SERVER_ERROR


def _problem(status: HTTPStatus) -> Response:
    kind = QUOTA_EXCEEDED if status is HTTPStatus.TOO_MANY_REQUESTS else "about:blank"
    problem = {"type": kind, "title": status.phrase, "status": status.value}
    return make_response(problem, status, {"Content-Type": PROBLEM})


def _wants_a_problem() -> bool:
    if len(request.headers.get("Accept", "")) > LONGEST_ACCEPT:
        return False
    best = request.accept_mimetypes.best_match(["text/html", PROBLEM, "application/json"], "text/html")
    return best != "text/html"


def _seconds_to_wait(error: HTTPException) -> int | None:
    if isinstance(error, TooManyRequests):
        return seconds_until_reset()
    retry_after = getattr(error, "retry_after", None)
    return retry_after if isinstance(retry_after, int) else None
