"""The other port: what is measured, and who is told whether the portal is alive and ready."""

from __future__ import annotations

import json
import logging
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from granian.log import LogLevels, configure_logging

from portal.cli.serving import LOGGING
from portal.log_lines import JsonLines
from portal.settings import WrongSetting
from portal.web.metrics import serve_metrics
from tests.ports import free_port
from tests.web.photos import photo_of, send_photo
from tests.web.portals import Street, portal_of
from tests.world import AT, DAY

Samples = dict[str, float]


@pytest.fixture
def portal(shops: Street) -> Iterator[Flask]:
    with portal_of(shops.written, metrics_port="9100") as app:
        yield app


@pytest.fixture
def look(portal: Flask) -> Callable[[str], tuple[int, str]]:
    port = serve_metrics(portal, "127.0.0.1", free_port())

    def look(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:  # noqa: S310
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    return look


def samples(text: str) -> Samples:
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_verdicts_are_counted_by_their_reason(
    portal: Flask, shops: Street, look: Callable[[str], tuple[int, str]]
) -> None:
    visit = portal.test_client()
    for path in (f"/v/{shops.pharmacy.token}", f"/en/v/{shops.pharmacy.token}", "/l/辽CB000000000", "/v/A", "/keys"):
        visit.get(path)
    visit.get("/l/辽AA024100789")
    found = samples(look("/metrics")[1])
    given = {name: value for name, value in found.items() if name.startswith("portal_verdicts_total{") and value}
    assert given == {
        'portal_verdicts_total{reason="in_force"}': 2,
        'portal_verdicts_total{reason="not_found"}': 1,
        'portal_verdicts_total{reason="malformed"}': 1,
        'portal_verdicts_total{reason="several_licences"}': 1,
    }
    assert found['portal_request_seconds_count{route="/v/<token>"}'] == 2
    assert found['portal_request_seconds_count{route="/keys"}'] == 1
    assert found['portal_request_seconds_sum{route="/keys"}'] > 0


def test_an_answer_that_failed_is_counted(portal: Flask, look: Callable[[str], tuple[int, str]]) -> None:
    portal.extensions["portal"].reader.close()
    visit = portal.test_client()
    assert [send_photo(visit, photo_of("a")).status_code, visit.get("/nowhere").status_code] == [503, 404]
    assert samples(look("/metrics")[1])["portal_server_errors_total"] == 1


def test_what_the_portal_knows_of_itself_is_there(look: Callable[[str], tuple[int, str]]) -> None:
    found = samples(look("/metrics")[1])
    assert {name: value for name, value in found.items() if not name.startswith(("portal_req", "portal_verd", "proc"))
            and not name.endswith("_created")} == {
        "portal_trust_list_version": 7,
        "portal_trust_list_days_left": 90,
        'portal_status_list_age_seconds{issuer="11210000MB0X123458",list="0"}': 3600,
        'portal_status_list_age_seconds{issuer="11220000MB1X54321H",list="0"}': 3600,
        "portal_lists_refused_total": 0,
        "portal_clock_behind_seconds": 0,
        "portal_counts_in_memory": 0,
        "portal_photos": 0,
        "portal_register_available": 1,
        'portal_bundle_signed_time_seconds{issuer="11210000MB0X123458"}': AT - 26 * 3600,
        "portal_server_errors_total": 0,
        "portal_integrity_failures_total": 0,
    }  # fmt: skip


def test_nothing_of_a_licence_or_a_visitor_is_in_it(
    portal: Flask, shops: Street, look: Callable[[str], tuple[int, str]]
) -> None:
    portal.test_client().get(f"/v/{shops.pharmacy.token}", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    text = look("/metrics")[1]
    assert shops.pharmacy.token[20:40] not in text
    assert "203.0.113" not in text


def test_bytes_that_nobody_signed_raise_a_count(look: Callable[[str], tuple[int, str]]) -> None:
    logging.getLogger("portal.register.reading").error("integrity: %s", "a record")
    logging.getLogger("portal.register.reading").error("another error")
    assert samples(look("/metrics")[1])["portal_integrity_failures_total"] == 1


def test_liveness_and_readiness_are_told_under_any_name(look: Callable[[str], tuple[int, str]]) -> None:
    assert look("/livez") == (200, "alive\n")
    assert look("/readyz") == (200, "ready: trust list 7, until 2027-02-19T04:00:00Z\n")
    assert look("/v/A")[0] == 404


@pytest.mark.parametrize("limits", [{}, {"ratelimit_storage_url": "redis://127.0.0.1:1"}], ids=["memory", "no redis"])
def test_counts_that_fell_back_to_memory_show(shops: Street, limits: dict[str, str]) -> None:
    with portal_of(shops.written, metrics_port="9100", **limits) as app:
        app.test_client().get(f"/v/{shops.pharmacy.token}")
        text = "".join(_asked(app, "/metrics"))
    assert samples(text)["portal_counts_in_memory"] == (1 if limits else 0)


def _asked(app: Flask, path: str) -> Iterator[str]:
    operations = app.extensions["metrics"]
    environ = {"PATH_INFO": path, "QUERY_STRING": "", "REQUEST_METHOD": "GET"}
    for part in operations(environ, lambda status, headers: None):
        yield part.decode()


def test_a_second_worker_takes_the_next_port(portal: Flask) -> None:
    first = free_port()
    with socket.create_server(("127.0.0.1", first)):
        port = serve_metrics(portal, "127.0.0.1", first)
    assert port is not None
    assert port > first


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "1 2"])
def test_an_address_that_is_not_the_machines_own_is_refused_in_a_line(portal: Flask, host: str) -> None:
    with pytest.raises(WrongSetting, match=rf"\APORTAL_METRICS_HOST: {host}, port 9100: [^\n]+\Z"):
        serve_metrics(portal, host, 9100)


def test_ipv6_will_do(portal: Flask) -> None:
    port = serve_metrics(portal, "::1", free_port())
    with urllib.request.urlopen(f"http://[::1]:{port}/livez", timeout=10) as response:
        assert response.read() == b"alive\n"


def test_without_a_port_nothing_is_measured(shops: Street) -> None:
    with portal_of(shops.written) as app:
        assert "metrics" not in app.extensions


def test_an_expired_list_says_why_the_portal_is_not_ready(shops: Street) -> None:
    with portal_of(shops.written, clock=lambda: AT + 90 * DAY) as app:
        response = app.test_client().get("/readyz")
    assert (response.status_code, response.text) == (503, "not ready: the trust list expired at 2027-02-19T04:00:00Z\n")


LINES: dict[str, tuple[str, str, dict[str, str]]] = {
    "a sentence": ("portal.published", "the clock is wrong", {"level": "ERROR", "message": "the clock is wrong"}),
    "a quote and a line end": ("portal", 'it said "no"\n', {"level": "ERROR", "message": 'it said "no"\n'}),
}


@pytest.mark.parametrize(("logger", "text", "expected"), LINES.values(), ids=LINES.keys())
def test_a_sentence_about_the_portal_is_one_line_of_json(logger: str, text: str, expected: dict[str, str]) -> None:
    record = logging.LogRecord(logger, logging.ERROR, "", 0, text, None, None)
    line = JsonLines().format(record)
    read = json.loads(line)
    assert read.pop("at").endswith("Z")
    assert (read, "\n" in line) == (expected, False)


def test_the_servers_own_lines_are_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogLevels.error, json.loads(LOGGING.read_text("utf-8")))
    server = logging.getLogger("_granian")
    try:
        server.error("a worker ended")
    finally:
        server.handlers.clear()
    assert json.loads(capsys.readouterr().err)["message"] == "a worker ended"


def test_an_access_line_is_written_as_it_is() -> None:
    record = logging.LogRecord("portal.access", logging.INFO, "", 0, '{"status": 200}', None, None)
    assert JsonLines().format(record) == '{"status": 200}'


def test_what_an_exception_quotes_is_not_written() -> None:
    try:
        raise ValueError("secret")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("granian", logging.ERROR, "", 0, "a failure", None, info)
    assert json.loads(JsonLines().format(record))["message"] == "a failure (ValueError)"
