"""Prometheus metrics, and the answers of health.py, on a port of their own: for those who run the portal.

Each worker counts for itself and has a port for itself, the first free one from PORTAL_METRICS_PORT on: nothing is
written to a disk. What can be asked when somebody looks is asked then; a request only counts.
"""

from __future__ import annotations

import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from socketserver import TCPServer, ThreadingMixIn
from time import perf_counter
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from flask import Flask, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, make_wsgi_app
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal.settings import PREFIX, WrongSetting
from portal.verification.evidence import RegisterUnavailable
from portal.verification.verdict import Reason
from portal.web.counts import Counts
from portal.web.health import ALIVE, readyz_of
from portal.web.parts import Parts
from portal.web.portal_request import current_request
from portal.web.responses import SEVERAL_LICENCES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NAME = "metrics"
MOST_WORKERS = 64
_DAY = 86_400
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_log = logging.getLogger(__name__)


def install_metrics(app: Flask, parts: Parts, counts: Counts) -> None:
    """Count this app's requests from now on."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(PortalState(parts, counts))
    _count_integrity_failures(registry)
    app.after_request(_request_counter(app, registry))
    app.extensions[_NAME] = _operations(registry, parts)


def _request_counter(app: Flask, registry: CollectorRegistry) -> Callable[[Response], Response]:
    verdicts = Counter("portal_verdicts", "Verdicts given.", ["reason"], registry=registry)
    seconds = Histogram("portal_request_seconds", "Time to answer.", ["route"], registry=registry, buckets=_BUCKETS)
    failures = Counter("portal_server_errors", "Answers of status 500 and above.", registry=registry)
    # Bound now, so that a request looks up no labels.
    by_reason = {reason: verdicts.labels(reason).inc for reason in (*Reason, SEVERAL_LICENCES)}
    by_rule = {rule.rule: seconds.labels(rule.rule).observe for rule in app.url_map.iter_rules()}
    elsewhere = seconds.labels("none").observe

    def count(response: Response) -> Response:
        request = current_request()
        reason, rule = request.reason, request.url_rule
        if reason:
            by_reason[reason]()
        (by_rule[rule.rule] if rule else elsewhere)(perf_counter() - request.started)
        if response.status_code >= 500:
            failures.inc()
        return response

    return count


class PortalState(Collector):
    """What the portal knows of itself, asked anew each time that somebody looks."""

    def __init__(self, parts: Parts, counts: Counts) -> None:
        self._parts = parts
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        at, published = self._parts.clock(), self._parts.verifier.published
        trust_list = published.trust_list(at)
        yield _gauge("trust_list_version", "Version of the trust list in use.", trust_list.version)
        days_left = (trust_list.expires_at - at) / _DAY
        yield _gauge("trust_list_days_left", "Days until the trust list expires.", days_left)
        ages = GaugeMetricFamily("portal_status_list_age_seconds", "Since it was signed.", labels=["issuer", "list"])
        for each in published.status_lists(at):
            ages.add_metric([each.issuer_id, str(each.list_number)], at - each.issued_at)
        yield ages
        yield CounterMetricFamily("portal_lists_refused", "Trust and status lists refused.", published.refused)
        yield _gauge("clock_behind_seconds", "By which the clock is proven wrong.", published.clock_is_behind(at))
        yield _gauge("counts_in_memory", "1 while the storage of counts is down.", self._counts.are_in_memory)
        yield _gauge("photos", "Photos that are read, or wait for it.", self._parts.reader.photos)
        yield from self._loads()

    def _loads(self) -> Iterator[Metric]:
        bundles = self._parts.verifier.register.last_bundles()
        is_there = not isinstance(bundles, RegisterUnavailable)
        yield _gauge("register_available", "1 if the register can be read.", is_there)
        loads = GaugeMetricFamily("portal_bundle_signed_time_seconds", "Of the last bundle.", labels=["issuer"])
        for each in () if isinstance(bundles, RegisterUnavailable) else bundles:
            loads.add_metric([each.issuer_id], each.signed_at)
        yield loads


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"portal_{name}", text, value)


def _count_integrity_failures(registry: CollectorRegistry) -> None:
    """Whoever finds what no signature covers says so in the log, with this first word."""
    failures = Counter("portal_integrity_failures", "Stored bytes that nobody signed.", registry=registry)

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.msg.startswith("integrity:"):
                failures.inc()

    logging.getLogger("portal").addHandler(Listener(logging.ERROR))


def _operations(registry: CollectorRegistry, parts: Parts) -> WSGIApplication:
    """Whatever the Host: who watches a portal knows it by its machine's name."""
    exposition: WSGIApplication = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                return exposition(environ, start_response)
            case "/livez":
                status, text = 200, ALIVE
            case "/readyz":
                status, text = readyz_of(parts)
            case _:
                status, text = 404, "/metrics, /livez and /readyz are here\n"
        start_response(f"{status} {'OK' if status == 200 else '-'}", [("Content-Type", "text/plain; charset=utf-8")])
        return [text.encode()]

    return answer


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own would ask the name service who we are
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:
        pass


class _ServerOfIPv6(_Server):
    address_family = socket.AF_INET6


def require_metrics_host(host: str) -> None:
    """WrongSetting where nobody could listen, whatever the port."""
    if server := _listening(host, 0):
        server.server_close()


def serve_metrics(app: Flask, host: str, port: int) -> int | None:
    """Answer from now on, in a thread, at the first free port from `port` on; None where none is free."""
    operations: WSGIApplication = app.extensions[_NAME]
    for candidate in range(port, port + MOST_WORKERS):
        if server := _listening(host, candidate):
            server.set_app(operations)
            threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
            return server.server_port
    _log.error("no port is free for the metrics, from %d on", port)
    return None


def _listening(host: str, port: int) -> _Server | None:
    """None where somebody else listens there."""
    try:
        return (_ServerOfIPv6 if ":" in host else _Server)((host, port), _Quiet)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return None
        raise WrongSetting(f"{PREFIX}METRICS_HOST: {host}, port {port}: {error.strerror}") from error
