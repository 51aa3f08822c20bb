"""Real portals for tests: a street of shops with their licences, register and keys on disk, and the app before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.assemble import assemble
from portal.settings import Settings
from portal.verification.statuses import StatusValue
from portal.web import create_app
from tests.world import AT, PUBLIC_URL, Issued, World, Written

# Tests that are not about limits make more requests in a second than a visitor in an hour.
UNLIMITED = {
    f"PORTAL_RATELIMIT_{door}": "100000 per minute" for door in ("VERIFY", "LOOKUP", "SEARCH", "UPLOAD", "MISSES")
}


@dataclass(frozen=True, slots=True)
class Street:
    """Licences of different fates. `twins` are two of different types with one number; `copied` is in no register."""

    written: Written
    pharmacy: Issued
    closed: Issued
    twins: tuple[Issued, Issued]
    copied: Issued
    forged_text: str


def street(folder: Path) -> Street:
    world = World()
    pharmacy = world.licence("辽CB024100321")
    closed = world.licence("辽CB024100456", holder="已吊销演示药店（演示）")
    twins = (
        world.licence("辽AA024100789", holder="双证演示公司（演示）"),
        world.licence("辽AA024100789", holder="双证演示公司（演示）", slug="drug-distribution-wholesale"),
    )
    copied = world.licence("辽CB024100999", holder="未登记演示药店（演示）")
    world.set_status(closed, StatusValue.REVOKED)
    world.take_into_register(pharmacy, closed, *twins)
    last = pharmacy.token[-20]
    forged = pharmacy.token[:-20] + ("A" if last != "A" else "B") + pharmacy.token[-19:]
    return Street(world.write(folder), pharmacy, closed, twins, copied, f"{PUBLIC_URL}/v/{forged}")


class Visitor(FlaskClient):
    """A browser that knows the portal by its public address."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", PUBLIC_URL)
        return super().open(*args, **kwargs)


@contextmanager
def portal_of(
    written: Written, *, clock: Callable[[], int] = lambda: AT, limits: dict[str, str] = UNLIMITED, **changes: str
) -> Iterator[Flask]:
    """The app before a written world; `changes` are settings, such as demonstration="yes"."""
    changed = {f"PORTAL_{name.upper()}": value for name, value in changes.items()}
    portal = assemble(Settings.from_environment({**written.environment, **limits, **changed}), clock, serves=True)
    app = create_app(settings=portal.settings, verifier=portal.verifier, reader=portal.reader, clock=portal.clock)
    app.test_client_class = Visitor
    try:
        yield app
    finally:
        portal.reader.close()
