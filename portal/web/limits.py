"""How often one address may knock: a limit for each door, and one for the misses at it. Fails open, on purpose.

Counts live in the memory of each worker, or in Redis or Valkey; while that is down, in memory. The headers are those of
draft-ietf-httpapi-ratelimit-headers (RateLimit-Policy, RateLimit), which Flask-Limiter does not write.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, request
from flask.typing import RouteCallable
from flask_limiter import Limiter, RequestLimit, RouteLimit
from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError, StorageError
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.settings import PREFIX, Settings, WrongSetting
from portal.verification.verdict import Reason
from portal.web.counts import CountsInMemory
from portal.web.language import BLUEPRINT_OF
from portal.web.parts import parts
from portal.web.responses import reason_of_request

if TYPE_CHECKING:
    from flask_limiter._limits import RuntimeLimit

# The views of each door. What holds no licence and asks no database has no door.
DOORS = {
    "verify": ("verdict", "face"),
    "lookup": ("lookup",),
    "upload": ("scan",),
}
# What can be made in any number without holding a licence, by guessing or forging. A bad photo is an honest miss.
MISSES = frozenset((Reason.NOT_FOUND, Reason.MALFORMED, Reason.KEY_UNKNOWN, Reason.SIGNATURE_INVALID))

MEMORY = "memory://"
# A visitor waits this long for a storage that hangs, once: from then on the counts are in memory, until it is back.
_PATIENCE: dict[str, Any] = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "retry": Retry(NoBackoff(), 0)}
_LIMITER = "portal_limiter"
_BLUEPRINTS = (*BLUEPRINT_OF.values(), "published")


class NamedLimit(RouteLimit):
    """A limit that its scope names, in keys and headers, and whose text is parsed once, not at each request."""

    def __iter__(self) -> Iterator[RuntimeLimit]:
        return iter(self._parsed)

    @cached_property
    def _parsed(self) -> tuple[RuntimeLimit, ...]:
        parsed = tuple(super().__iter__())
        for each in parsed:
            each.limit.namespace = str(self.scope)
        return parsed


def install_limits(app: Flask, settings: Settings, clock: Callable[[], int]) -> None:
    """Put its limits at every door that the app has; WrongSetting where they cannot be used."""
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # below, it writes whole addresses
    app.after_request(_add_headers)  # registered first, called last: when the misses have been counted
    limiter = app.extensions[_LIMITER] = _limiter(settings, clock)
    try:
        limiter.init_app(app)
    except (ConfigurationError, ValueError) as error:  # which may quote a password
        raise WrongSetting(f"{PREFIX}RATELIMIT_STORAGE_URL: memory:// or one such as redis://host:6379") from error
    # Every limit here is at a view. Looking for others before each request would find none, for 90 µs.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    misses = _limit_text(settings, "misses")
    for door, views in DOORS.items():
        limit = _limit(limiter, _limit_text(settings, door), scope=door)
        limit_of_misses = _limit(limiter, misses, scope=f"{door}-misses", deduct_when=_is_a_miss)
        for view in views:
            _put_at_door(app, view, limit, limit_of_misses)


def seconds_until_reset() -> int | None:
    """How long the address of this request has to wait; None where no limit was asked, or its count is out of reach."""
    asked = _most_telling(current_app.extensions[_LIMITER])
    try:
        return None if asked is None else _seconds_left(asked)
    except StorageError:
        return None


def client_block() -> str:
    """Who is counted: an IPv4 address, or the /64 of IPv6 that one subscriber has."""
    return _block_of(request.remote_addr or "")


@lru_cache(maxsize=1024)  # asked several times for a request
def _block_of(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def _limiter(settings: Settings, clock: Callable[[], int]) -> Limiter:
    url = settings.ratelimit_storage_url
    shared = url != MEMORY
    options: dict[str, Any] = _PATIENCE if shared else {"clock": clock}
    return Limiter(
        client_block,
        # Valkey speaks the protocol of Redis.
        storage_uri=url.replace("valkey", "redis", 1) if shared else CountsInMemory.ADDRESS,
        storage_options={"wrap_exceptions": True, **options},
        strategy="fixed-window",  # one counter: the cheapest
        in_memory_fallback_enabled=shared,
        swallow_errors=True,
    )


def _limit(
    limiter: Limiter, text: str, scope: str, deduct_when: Callable[[Response], bool] | None = None
) -> NamedLimit:
    # To override defaults, of which there are none, saves looking for them.
    return NamedLimit(text, limiter=limiter, shared=True, scope=scope, deduct_when=deduct_when, override_defaults=True)


def _put_at_door(app: Flask, view: str, *limits: NamedLimit) -> None:
    """Wrap a view once for all languages, so that they share one count."""
    endpoints = [name for blueprint in _BLUEPRINTS if (name := f"{blueprint}.{view}") in app.view_functions]
    limited = app.view_functions[endpoints[0]]
    for limit in limits:
        limited = cast(RouteCallable, limit(limited))
    app.view_functions.update(dict.fromkeys(endpoints, limited))


def _is_a_miss(_: Response) -> bool:
    return reason_of_request() in MISSES


def _add_headers(response: Response) -> Response:
    limiter: Limiter = current_app.extensions[_LIMITER]
    shown = _most_telling(limiter)
    if shown is None:
        return response
    try:
        count = f'"{shown.limit.namespace}";r={shown.remaining};t={_seconds_left(shown)}'
    except StorageError:
        return response
    response.headers["RateLimit-Policy"] = _policies(*(asked.limit for asked in limiter.current_limits))
    response.headers["RateLimit"] = count
    return response


@lru_cache
def _policies(*limits: RateLimitItem) -> str:
    return ", ".join(f'"{limit.namespace}";q={limit.amount};w={limit.get_expiry()}' for limit in limits)


def _most_telling(limiter: Limiter) -> RequestLimit | None:
    """The limit that was exceeded, or else that of the door."""
    current = limiter.current_limit
    if current is None or current.breached:
        return current
    return next((asked for asked in limiter.current_limits if asked.limit.namespace in DOORS), current)


def _seconds_left(asked: RequestLimit) -> int:
    # The portal may work as of another time than the limits do: never longer than the whole window.
    return min(max(asked.reset_at - parts().clock(), 1), int(asked.limit.get_expiry()))


def _limit_text(settings: Settings, name: str) -> str:
    text: str = getattr(settings, f"ratelimit_{name}")
    try:
        (_,) = parse_many(text)
    except ValueError as error:
        raise WrongSetting(f'{PREFIX}RATELIMIT_{name.upper()}: one limit such as "30 per minute"') from error
    return text
