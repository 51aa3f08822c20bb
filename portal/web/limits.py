"""How often one address may knock: a limit for each door, and one for the misses at it. Fails open, on purpose.

Flask-Limiter opens the storage, which has one counter for each window. Its own pass through each request is left out:
it takes 0.3 ms, a sixth of a verdict page, and writes other headers than draft-ietf-httpapi-ratelimit-headers
(RateLimit-Policy, RateLimit).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from typing import Any, NamedTuple

from flask import Flask, Response
from flask_limiter import Limiter
from limits import parse_many
from limits.errors import ConfigurationError
from limits.storage import Storage
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import TooManyRequests

from portal.settings import PREFIX, Settings, WrongSetting
from portal.verification.verdict import Reason
from portal.web.counts import Counts, CountsInMemory
from portal.web.hosts import possible_address
from portal.web.language import BLUEPRINT_OF
from portal.web.portal_request import PortalRequest, current_request

# The views of each door. What holds no licence and asks no database has no door.
DOORS = {
    "verify": ("verdict", "face", "evidence", "evidence_file", "evidence_checker"),
    "lookup": ("lookup", "history"),
    "search": ("search", "holder", "coverage"),
    "upload": ("scan",),
}
# What can be made in any number without holding a licence, by guessing or forging. A bad photo is an honest miss.
MISSES = frozenset((Reason.NOT_FOUND, Reason.MALFORMED, Reason.KEY_UNKNOWN, Reason.SIGNATURE_INVALID))

MEMORY = "memory://"
_SHARED_STORAGES = ("redis", "rediss", "valkey", "valkeys")
# A visitor waits this long for a storage that hangs; from then on the counts are in memory.
_PATIENCE: dict[str, Any] = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25, "retry": Retry(NoBackoff(), 0)}
_BLUEPRINTS = (*BLUEPRINT_OF.values(), "published", "evidence_files")

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a window of so many seconds, under the name that it has in keys and headers."""

    name: str
    amount: int
    seconds: int

    def key(self, block: str) -> str:
        """Where the storage counts for `block`: a limit that was changed begins with no counts."""
        return f"{self.name}/{self.amount}/{self.seconds}/{block}"


class Knock(NamedTuple):
    """What came of one knock: the limit that it is told of, how much of that is left, and when it begins anew."""

    door: Door
    is_refused: bool
    told: Limit
    remaining: int
    seconds: int


@dataclass(frozen=True)
class Door:
    """Two limits, and the counts that they are held against."""

    limit: Limit
    misses: Limit
    counts: Counts
    clock: Callable[[], int]

    @cached_property
    def policy(self) -> str:
        return ", ".join(f'"{each.name}";q={each.amount};w={each.seconds}' for each in (self.limit, self.misses))

    def knock(self, block: str) -> Knock:
        return self.counts.ask(lambda counts: self._knock(counts, block))

    def miss(self, block: str) -> None:
        self.counts.ask(lambda counts: counts.incr(self.misses.key(block), self.misses.seconds))

    def guard(self, view: View) -> View:
        @wraps(view)
        def guarded(**values: str) -> Any:
            request = current_request()
            request.knock = self.knock(client_block(request))
            if request.knock.is_refused:
                raise TooManyRequests
            return view(**values)

        return guarded

    def _knock(self, counts: Storage, block: str) -> Knock:
        told, key = self.misses, self.misses.key(block)
        count = counts.get(key)
        is_refused = count >= told.amount
        if not is_refused:
            told, key = self.limit, self.limit.key(block)
            count = counts.incr(key, told.seconds)
            is_refused = count > told.amount
        # The portal may work as of another time than the storage does: never longer than the whole window.
        seconds = min(max(int(counts.get_expiry(key) - self.clock()) + 1, 1), told.seconds)
        return Knock(self, is_refused, told, max(told.amount - count, 0), seconds)


def install_limits(app: Flask, settings: Settings, clock: Callable[[], int]) -> Counts:
    """Put its limits at every door that the app has; WrongSetting where they cannot be used."""
    counts = Counts(_shared_counts(app, settings, clock), clock)
    for name, views in DOORS.items():
        misses = _read_limit(settings, "misses", f"{name}-misses")
        door = Door(_read_limit(settings, name, name), misses, counts, clock)
        for view in views:
            _guard(app, view, door)
    app.after_request(_count_and_tell)
    return counts


def seconds_until_reset() -> int | None:
    """How long the address of this request has to wait; None where it did not knock."""
    knock = current_request().knock
    return knock.seconds if knock else None


def client_block(request: PortalRequest) -> str:
    """Who is counted: an IPv4 address, or the /64 of IPv6 that one subscriber has."""
    return _block_around(possible_address(request.remote_addr))


@lru_cache(maxsize=1024)  # asked again when a miss is counted
def _block_around(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def _guard(app: Flask, view: str, door: Door) -> None:
    for blueprint in _BLUEPRINTS:
        endpoint = f"{blueprint}.{view}"
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = door.guard(app.view_functions[endpoint])


def _count_and_tell(response: Response) -> Response:
    request = current_request()
    knock = request.knock
    if knock is None:
        return response
    if not MISSES.isdisjoint((request.reason, *request.reasons_of_codes)):
        knock.door.miss(client_block(request))
    if "public" in response.headers.get("Cache-Control", ""):  # the parsed form takes as long as all else here
        return response  # a cache would tell others of it
    response.headers.add("RateLimit-Policy", knock.door.policy)
    response.headers.add("RateLimit", f'"{knock.told.name}";r={knock.remaining};t={knock.seconds}')
    return response


def _shared_counts(app: Flask, settings: Settings, clock: Callable[[], int]) -> Storage:
    url = settings.ratelimit_storage_url
    wrong = WrongSetting(f"{PREFIX}RATELIMIT_STORAGE_URL: memory:// or one such as redis://host:6379")
    # The library knows more storages: some fail when they are made, and its own memory is none of ours (counts.py).
    if url != MEMORY and url.partition("://")[0] not in _SHARED_STORAGES:
        raise wrong
    options: dict[str, Any] = _PATIENCE if url != MEMORY else {"clock": clock}
    limiter = Limiter(
        lambda: client_block(current_request()),
        # Valkey speaks the protocol of Redis.
        storage_uri=CountsInMemory.ADDRESS if url == MEMORY else url.replace("valkey", "redis", 1),
        storage_options={"wrap_exceptions": True, **options},
    )
    # Known already, it adds nothing to the requests.
    app.extensions["limiter"] = {limiter}
    try:
        limiter.init_app(app)
    except (ConfigurationError, ValueError) as error:  # which may quote a password
        raise wrong from error
    return limiter.storage


def _read_limit(settings: Settings, setting: str, name: str) -> Limit:
    text: str = getattr(settings, f"ratelimit_{setting}")
    try:
        (limit,) = parse_many(text)
        # Nobody would be answered; and the library takes "per 0 minutes" for "per minute".
        if any(int(number) == 0 for number in re.findall("[0-9]+", text)):
            raise ValueError("none at all")
    except ValueError as error:
        raise WrongSetting(f'{PREFIX}RATELIMIT_{setting.upper()}: one limit such as "30 per minute"') from error
    return Limit(name, limit.amount, limit.get_expiry())
