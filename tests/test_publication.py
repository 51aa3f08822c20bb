"""Publishing a trust list: refused as the specification says, remembered, and never half in its place."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.authority.trust_lists import sign_trust_list
from portal.published import KeysUnusable, publication_steps
from portal.verification.trust import TrustListRefused, read_root, read_trust_list
from tests.authorities import AT, DAY
from tests.offices import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_publication_is_remembered_with_the_list_before_it(office: Office) -> None:
    before = office.files()
    source = office.sign(9)
    assert office.publish(source).version == 9
    document, signatures = ((source / name).read_bytes() for name in ("trust-list.json", "trust-list.json.sig"))
    after = office.files()
    log = [json.loads(line) for line in after.pop("history/log.ndjson").splitlines()]
    assert [entry["version"] for entry in log] == [7, 9]
    assert after == {
        "root.json": before["root.json"],
        "trust-list.json": document,
        "trust-list.json.sig": signatures,
        "history/root-1.json": before["root.json"],
        "history/7.json": before["trust-list.json"],
        "history/7.json.sig": before["trust-list.json.sig"],
        "history/9.json": document,
        "history/9.json.sig": signatures,
    }


def test_what_is_published_can_be_read_by_everybody(office: Office) -> None:
    before = os.umask(0o077)
    try:
        office.publish(office.sign(9))
    finally:
        os.umask(before)
    for name in ("trust-list.json", "trust-list.json.sig", "history/9.json"):
        assert stat.S_IMODE((office.keys / name).stat().st_mode) == 0o644
    assert stat.S_IMODE((office.keys / "history").stat().st_mode) == 0o755


def test_a_past_root_that_cannot_be_read_breaks_the_history_and_not_the_portal(office: Office) -> None:
    office.publish(office.sign(9))
    (office.keys / "history" / "root-1.json").unlink()
    (office.keys / "history" / "root-1.json").mkdir()
    history = office.portal().history(AT)
    assert history.broken is not None
    assert "root-1.json" in history.broken


def test_the_first_list_is_published_into_a_folder_that_holds_the_root_alone(office: Office) -> None:
    source = office.sign(7)
    for name in ("trust-list.json", "trust-list.json.sig"):
        (office.keys / name).unlink()
    office.publish(source)
    assert office.portal().trust_list(AT).version == 7


def test_a_broken_list_in_the_folder_is_replaced_but_what_is_remembered_still_counts(office: Office) -> None:
    office.publish(office.sign(9))
    (office.keys / "trust-list.json").write_bytes(b"")
    with pytest.raises(TrustListRefused, match="version 8 is lower than the accepted version 9"):
        office.publish(office.sign(8))
    office.publish(office.sign(10))
    assert office.portal().trust_list(AT).version == 10


def test_publishing_the_same_list_again_changes_nothing(office: Office) -> None:
    source = office.sign(9)
    office.publish(source)
    before = office.files()
    office.publish(source)
    assert office.files() == before


def test_an_older_list_put_back_by_hand_does_not_lower_the_version(office: Office) -> None:
    old = office.sign(7)
    office.publish(office.sign(9))
    office.put(old)
    with pytest.raises(KeysUnusable, match="version 7 is lower than the accepted version 9"):
        office.portal()
    with pytest.raises(TrustListRefused, match="version 8 is lower than the accepted version 9"):
        office.publish(office.sign(8))


REFUSED: dict[str, tuple[Callable[[Office], Path], str]] = {
    "an older version": (lambda office: office.sign(6), "version 6 is lower than the accepted version 7"),
    "the same version with other contents": (lambda office: office.sign(7, expires_at=AT + DAY), "with other contents"),
    "an expired list": (lambda office: office.sign(8, expires_at=AT), "version 8 has expired"),
    "an empty folder": (lambda office: office.folder / "empty", "trust-list.json: No such file or directory"),
    "one root signature": (lambda office: _signed_by_one(office), "valid signatures of 1 root keys, 2 are needed"),
}


def _signed_by_one(office: Office) -> Path:
    source = office.sign(8)
    document = (source / "trust-list.json").read_bytes()
    (source / "trust-list.json.sig").write_bytes(sign_trust_list(document, office.world.root_keys[:1]))
    return source


@pytest.mark.parametrize(("source", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_list_that_is_refused_leaves_the_folder_as_it_was(
    source: Callable[[Office], Path], reason: str, office: Office
) -> None:
    (office.folder / "empty").mkdir()
    before = office.files()
    with pytest.raises(TrustListRefused, match=reason):
        office.publish(source(office))
    assert office.files() == before


def test_two_publications_do_not_mix(office: Office) -> None:
    source, folder = office.sign(9), os.open(office.keys, os.O_RDONLY)
    root = (office.keys / "root.json").read_bytes()
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        (office.keys / "root.json").write_bytes(b"")  # it may be on its way: nothing is read before it is our turn
        with pytest.raises(TrustListRefused, match="another publication is under way"):
            office.publish(source)
    finally:
        os.close(folder)
    (office.keys / "root.json").write_bytes(root)
    office.publish(source)


@pytest.mark.parametrize("room", ["for signatures", "for a list", "for all but the history's log"])
def test_a_publication_that_finds_no_room_changes_nothing_and_can_be_repeated(room: str, office: Office) -> None:
    for version in range(8, 30):
        office.publish(office.sign(version))
    source, before = office.sign(30), office.files()
    document, signatures = ((source / name).stat().st_size for name in ("trust-list.json", "trust-list.json.sig"))
    assert signatures < document < len(before["history/log.ndjson"])
    limits = {"for signatures": signatures, "for a list": document - 1, "for all but the history's log": document}
    most, at_most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits[room], at_most))
        with pytest.raises(OSError, match="File too large"):
            office.publish(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, at_most))
    assert office.files() == before
    office.publish(source)
    assert office.portal().history(AT).lists[-1].version == 30


@pytest.mark.parametrize("done", range(4))
def test_list_and_signatures_fit_after_each_step_of_a_publication(done: int, office: Office) -> None:
    running = office.portal()
    root = read_root(office.world.root)
    old = office.world.trust_list
    new_document = (office.sign(8) / "trust-list.json").read_bytes()
    new = read_trust_list(new_document, sign_trust_list(new_document, office.world.root_keys[1:]), root)
    for name, content in publication_steps(old, new)[:done]:
        (office.keys / name).write_bytes(content)
    expected = 7 if done < 2 else 8
    assert office.portal().trust_list(AT).version == expected
    assert running.trust_list(AT).version == expected
    assert office.publish(office.sign(9)).version == 9


def test_the_last_step_leaves_the_signatures_as_they_were_signed(office: Office) -> None:
    steps = publication_steps(office.world.trust_list, office.world.trust_list)
    assert steps[-1] == ("trust-list.json.sig", office.world.trust_list.signatures)
    assert len(json.loads(steps[0][1])["signatures"]) == 4
