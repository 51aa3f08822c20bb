"""The example of a proxy keeps what the portal promises: photos in memory, nothing of a visitor in a log."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from urllib.parse import quote

import click
import pytest

from portal.cli import main
from portal.scanning import Bounds
from portal.settings import settings_table
from portal.verification.presentation import MAX_TEXT_LENGTH
from portal.web.own_pages import MAX_LOCATION
from portal.web.uploads import FORM_OVERHEAD

HERE = Path(__file__).parent.parent
NGINX = (HERE / "deploy" / "nginx.conf").read_text(encoding="utf-8")
OPERATING = (HERE / "docs" / "operating.md").read_text(encoding="utf-8")
DIRECTIVES = re.sub(r"#.*", "", NGINX)


def value_of(directive: str) -> str:
    (value,) = re.findall(rf"^\s*{directive}\s+(.+?);", DIRECTIVES, flags=re.MULTILINE)
    return str(value)


def test_every_photo_that_the_portal_reads_passes_the_proxy() -> None:
    assert int(value_of("client_max_body_size").removesuffix("m")) * 2**20 > Bounds().file_bytes + FORM_OVERHEAD


def test_the_proxy_keeps_photos_and_answers_in_memory() -> None:
    assert value_of("client_body_buffer_size") == value_of("client_max_body_size")
    assert value_of("proxy_max_temp_file_size") == "0"


def kilobytes(directive: str) -> int:
    return int(value_of(directive).split()[-1].removesuffix("k"))


def test_the_longest_text_that_may_be_typed_passes_the_proxy() -> None:
    """By HTTP/2 nginx has no answer to a longer one: the browser says that there is no such site."""
    longest = f"GET /en/l?number={quote('证' * MAX_TEXT_LENGTH)} HTTP/1.1\r\n"
    assert kilobytes("large_client_header_buffers") * 2**10 > len(longest)


def test_a_header_that_repeats_an_address_passes_the_proxy() -> None:
    assert kilobytes("proxy_buffer_size") * 2**10 > 2 * MAX_LOCATION


@pytest.mark.parametrize(
    ("header", "value"),
    [("X-Forwarded-For", "$remote_addr"), ("X-Forwarded-Proto", "$scheme"), ("X-Forwarded-Host", "$host")],
)
def test_what_a_visitor_claims_about_himself_ends_at_the_proxy(header: str, value: str) -> None:
    assert value_of(f"proxy_set_header {header}") == value


def test_the_proxy_logs_neither_address_nor_visitor() -> None:
    logged = set(re.findall(r"\$\w+", value_of("log_format")))
    assert logged == {"$time_iso8601", "$request_method", "$status", "$body_bytes_sent", "$request_time"}
    used = re.findall(r"^\s*access_log\s+(.+?);", DIRECTIVES, flags=re.MULTILINE)
    assert used == ["off", "/var/log/nginx/portal.log portal_private"]


def test_no_other_site_is_asked_what_came_for_no_known_host() -> None:
    # Debian's own site logs the visitor and the address, as every other does that says nothing about its log.
    listening = re.findall(r"^\s*listen\s+(.+?);", DIRECTIVES, flags=re.MULTILINE)
    assert listening
    assert all(each.endswith("default_server") for each in listening)
    errors = re.findall(r"^\s*error_log\s+(.+?);", DIRECTIVES, flags=re.MULTILINE)
    assert errors == ["/var/log/nginx/portal-error.log crit"] * DIRECTIVES.count("\nserver {")


def test_what_the_proxy_says_itself_is_said_in_both_languages() -> None:
    pages = [each.split() for each in re.findall(r"^\s*error_page\s+(.+?);", DIRECTIVES, flags=re.MULTILINE)]
    assert pages == [["413", "414", "429", "502", "503", "504", "/excuse"], ["494", "=431", "/excuse"]]
    assert value_of("limit_conn_status") == "429"
    excuses = re.findall(r'^\s*(?:\d{3}|default)\s+"(.+) · (.+)";', NGINX, flags=re.MULTILINE)
    assert len(excuses) == 5
    for zh, en in excuses:
        assert re.search("[\u4e00-\u9fff]", zh)
        assert en.isascii()


def test_operating_names_settings_files_and_commands_that_there_are() -> None:
    assert set(re.findall(r"PORTAL_[A-Z0-9_]+", OPERATING)) <= {name for name, _, _ in settings_table()}
    for name in re.findall(r"/opt/liangzheng/([a-z]\S+)", OPERATING):
        assert (HERE / name).exists(), name
    commands = re.findall(r"^portal (.+)$|`portal (.+?)`", OPERATING, flags=re.MULTILINE)
    assert commands
    for pair in commands:
        command: click.Command | None = main
        for word in shlex.split("".join(pair)):
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command), word)
            assert command is not None, pair
        assert not isinstance(command, click.Group), pair


def test_operating_installs_what_its_blocks_call_and_a_small_debian_lacks() -> None:
    (installed,) = re.findall(r"^apt-get install (.+)$", OPERATING, flags=re.MULTILINE)
    called = {word for word in ("curl", "git", "make", "nginx") if re.search(rf"^{word} ", OPERATING, re.MULTILINE)}
    assert called == {"curl", "git", "make", "nginx"}
    assert called <= set(installed.split())


def test_operating_tells_the_unit_what_the_unit_expects() -> None:
    unit = (HERE / "deploy" / "portal.service").read_text(encoding="utf-8")
    for path in ("/opt/liangzheng", "/etc/liangzheng/portal.env"):
        assert path in unit
        assert path in OPERATING
