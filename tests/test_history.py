"""The history of the published keys: a changed past shows, and a key's life can be told from it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.published import read_history
from portal.verification.trust import KeyState, TrustListRefused, read_root
from portal.verification.trust_history import History
from tests.authorities import AT, DAY, publish_ended
from tests.offices import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that published three lists; in the last one the first key of Liaoning is retired."""
    office = Office(tmp_path)
    office.publish(office.sign(8))
    liaoning = office.world.liaoning
    liaoning.published_keys[0] = publish_ended(liaoning.keys["esp256"], KeyState.RETIRED, AT)
    office.publish(office.sign(9), AT + DAY)
    return office


def history_of(office: Office) -> History:
    return read_history(office.keys, read_root(office.world.root))


def test_every_list_that_was_accepted_is_in_it_with_its_time(office: Office) -> None:
    history = history_of(office)
    assert [(each.version, each.accepted_at) for each in history.lists] == [(7, AT), (8, AT), (9, AT + DAY)]
    assert history.broken is None


def test_each_entry_names_the_digest_of_the_one_before(office: Office) -> None:
    lines = (office.keys / "history" / "log.ndjson").read_bytes().splitlines()
    named = [json.loads(line)["before"] for line in lines]
    digests = [hashlib.sha256(line).hexdigest() for line in lines]
    assert named == [None, *digests[:-1]]
    assert history_of(office).head == digests[-1]


def test_the_life_of_a_key_has_an_entry_for_each_change(office: Office) -> None:
    life = history_of(office).life_of(office.world.liaoning.keys["esp256"].key_id)
    assert [(each.past.version, each.key and each.key.state) for each in life] == [
        (7, KeyState.ACTIVE),
        (9, KeyState.RETIRED),
    ]


def test_a_key_that_is_listed_no_more_says_so(office: Office) -> None:
    del office.world.liaoning.published_keys[0]
    office.publish(office.sign(10), AT + 2 * DAY)
    last = history_of(office).life_of(office.world.liaoning.keys["esp256"].key_id)[-1]
    assert (last.past.version, last.key, last.issuer.id) == (10, None, office.world.liaoning.id)


def _edit_log(change: Callable[[list[bytes]], object]) -> Callable[[Path], object]:
    def edit(folder: Path) -> None:
        lines = (folder / "log.ndjson").read_bytes().splitlines(keepends=True)
        change(lines)
        (folder / "log.ndjson").write_bytes(b"".join(lines))

    return edit


def _another_time(lines: list[bytes]) -> None:
    lines[1] = lines[1].replace(b"2026-11-21T04", b"2026-11-21T05")


def _again(entry: int) -> Callable[[list[bytes]], None]:
    def change(lines: list[bytes]) -> None:
        again = json.loads(lines[entry]) | {"before": hashlib.sha256(lines[-1].rstrip()).hexdigest()}
        lines.append(json.dumps(again).encode() + b"\n")

    return change


def _another_root(lines: list[bytes]) -> None:
    lines[-1] = json.dumps(json.loads(lines[-1]) | {"root": "0" * 64}).encode() + b"\n"


PASTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "an entry changed": (_edit_log(_another_time), "entry 3: log.ndjson: it does not follow from the one before"),
    "an entry left out": (_edit_log(lambda lines: lines.pop(1)), "entry 2: log.ndjson: it does not follow"),
    "the first entry left out": (_edit_log(lambda lines: lines.pop(0)), "entry 1: log.ndjson: it does not follow"),
    "an entry twice": (_edit_log(lambda lines: lines.insert(1, lines[0])), "entry 2: log.ndjson: it does not follow"),
    "an older list again": (_edit_log(_again(1)), "entry 4: log.ndjson: version 8 after version 9"),
    "the newest list again": (_edit_log(_again(2)), "entry 4: log.ndjson: version 9 after version 9"),
    "a root that nobody kept": (_edit_log(_another_root), "entry 3: .*under a root that is missing"),
    "no entry": (_edit_log(lambda lines: lines.insert(1, b"{}\n")), "entry 2: log.ndjson: version is missing"),
    "another list": (lambda folder: (folder / "8.json").write_bytes(b"{}"), "entry 2: .*another than was accepted"),
    "no list": (lambda folder: (folder / "8.json").unlink(), "entry 2: .*version 8 is missing"),
    "no signatures": (lambda folder: (folder / "8.json.sig").write_bytes(b'{"signatures": []}'), "entry 2: valid sign"),
}


@pytest.mark.parametrize(("change", "reason"), PASTS.values(), ids=PASTS.keys())
def test_a_changed_past_shows(change: Callable[[Path], object], reason: str, office: Office) -> None:
    change(office.keys / "history")
    broken = history_of(office).broken
    assert broken is not None
    assert re.match(reason, broken)


def test_a_history_that_cannot_be_read_is_not_continued(office: Office) -> None:
    log = office.keys / "history" / "log.ndjson"
    log.write_bytes(log.read_bytes() + b"{\n")
    with pytest.raises(TrustListRefused, match="log.ndjson: not JSON"):
        office.publish(office.sign(10), AT + 2 * DAY)


def test_a_portal_reads_the_history_again_when_another_list_is_accepted(office: Office) -> None:
    portal = office.portal()
    assert portal.history(AT + DAY).lists[-1].version == 9
    assert portal.history(AT + DAY) is portal.history(AT + DAY)
    office.publish(office.sign(10), AT + 2 * DAY)
    assert portal.history(AT + 2 * DAY).lists[-1].version == 10


@pytest.mark.parametrize("name", ["log.ndjson", "7.json", "7.json.sig"])
def test_a_file_of_the_history_is_given_as_it_is(office: Office, name: str) -> None:
    assert office.portal().past_file(name) == (office.keys / "history" / name).read_bytes()


@pytest.mark.parametrize("name", ["../root.json", "10.json", "07.json", ".7.json.new", "root-2.json", "7.json.sig\n"])
def test_nothing_else_is_given(office: Office, name: str) -> None:
    assert office.portal().past_file(name) is None


def test_a_list_from_the_future_is_not_published(office: Office) -> None:
    with pytest.raises(TrustListRefused, match="version 10 is from the future"):
        office.publish(office.sign(10, issued_at=AT + 301))
