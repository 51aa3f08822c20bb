"""The composition root: Settings → a ready Portal. The only place that reads the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

from portal.catalogue.licence_types import Catalogue
from portal.published import KeysUnusable, PublishedFiles
from portal.register.reading import RegisterReader
from portal.register.transactions import DatabaseUnusable
from portal.scanning.reading import Reader
from portal.settings import Settings, WrongSetting
from portal.verification.dates import parse_timestamp
from portal.verifier import Verifier

Clock = Callable[[], int]

# What an operator can fix, each told in one line. Anything else at the start is a bug.
START_REFUSED = (WrongSetting, KeysUnusable, DatabaseUnusable)


@dataclass(frozen=True, slots=True)
class Portal:
    """All that web and command line need: the verifier, the reader of photos, and the clock they work by."""

    settings: Settings
    verifier: Verifier
    reader: Reader
    clock: Clock


def system_clock() -> int:
    """Seconds since 1970, UTC."""
    return int(time.time())


def load_catalogue() -> Catalogue:
    return Catalogue.parse(resources.files("portal.catalogue").joinpath("catalogue.json").read_bytes())


def clock_of(settings: Settings) -> Clock:
    """The clock, or the fixed time of a rehearsal."""
    if not settings.at:
        return system_clock
    try:
        fixed = parse_timestamp(settings.at)
    except ValueError as error:
        raise WrongSetting(f"PORTAL_AT: {error}") from error
    return lambda: fixed


def assemble(settings: Settings, clock: Clock | None = None, *, serves: bool = False) -> Portal:
    """Build the portal; raises one of START_REFUSED if settings, keys or database cannot be used.

    A portal that `serves` works as of now, and watches whether its clock is wrong. Others may be asked about the past.
    """
    clock = clock or clock_of(settings)
    register = RegisterReader(settings.database_url)
    at_is_now = serves and not settings.at
    published = PublishedFiles(
        settings.keys_dir, settings.root_sha256, register, clock(), at_is_now=at_is_now, goes_on=serves
    )
    verifier = Verifier(settings.public_url, load_catalogue(), register, published)
    return Portal(settings, verifier, Reader(), clock)
