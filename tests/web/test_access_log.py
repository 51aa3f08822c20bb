"""What is written of a request: enough to run the portal, nothing to say who looked up what."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from flask import Flask

from portal.web.access_log import truncated
from tests.web.photos import photo_of, send_photo
from tests.web.portals import Street

Line = dict[str, object]


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Line]]:
    caplog.set_level(logging.INFO, "portal.access")
    return lambda: [json.loads(record.getMessage()) for record in caplog.records if record.name == "portal.access"]


def test_a_line_holds_exactly_this(app: Flask, shops: Street, written: Callable[[], list[Line]]) -> None:
    app.test_client().get(f"/en/v/{shops.pharmacy.token}", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    (line,) = written()
    milliseconds = line.pop("ms")
    assert isinstance(milliseconds, float)
    assert 0 < milliseconds < 10_000
    assert line == {
        "at": "2026-11-21T04:00:00Z",
        "method": "GET",
        "route": "/en/v/<token>",
        "status": 200,
        "verdict": "in_force",
        "network": "203.0.113.0/24",
    }


@pytest.mark.parametrize(
    ("path", "verdict", "status"),
    [
        ("/l/辽CB000000000", "not_found", 404),
        ("/l/辽AA024100789", "several_licences", 200),
        ("/v/A", "malformed", 200),
        ("/", None, 200),
        ("/nowhere", None, 404),
    ],
)
def test_a_line_says_which_verdict_was_given(
    app: Flask, written: Callable[[], list[Line]], path: str, verdict: str | None, status: int
) -> None:
    app.test_client().get(path)
    assert [(line["method"], line["verdict"], line["status"]) for line in written()] == [("GET", verdict, status)]


def test_nothing_that_a_visitor_sent_is_written(
    app: Flask, shops: Street, written: Callable[[], list[Line]], caplog: pytest.LogCaptureFixture
) -> None:
    visit = app.test_client()
    visit.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    visit.get(f"/v/{shops.pharmacy.token}")
    visit.get(f"/l/{shops.pharmacy.number}")
    visit.get(f"/report?number={shops.pharmacy.number}")
    visit.get('/secret-path"\r\n{"status": 200}', headers={"User-Agent": "secret-agent", "Referer": "secret-referrer"})
    visit.open("/", method="SECRET")
    send_photo(visit, photo_of(shops.pharmacy.text))
    assert len(written()) == 6
    for secret in (shops.pharmacy.token[20:40], shops.pharmacy.number, "secret", "SECRET", "203.0.113.77"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("fe80::%eth0", "fe80::/48"),
        ('fe80::%", "verdict": "in_force', "fe80::/48"),
        ("fe80::1%" + "a" * 60_000, "unknown"),
        ("", "unknown"),
        (None, "unknown"),
        ("secret", "unknown"),
    ],
)
def test_an_address_is_cut_to_its_network(address: str | None, network: str) -> None:
    assert truncated(address) == network
