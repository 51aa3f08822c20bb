"""A new root: portals that are pinned to the old one follow it, if the old one's holders signed it; else nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.authority.signing_keys import SigningKey
from portal.authority.trust_lists import make_root, sign_trust_list
from portal.published import KeysUnusable, publish_trust_list, read_keys
from portal.verification.trust import TrustListRefused
from tests.authorities import AT, key
from tests.offices import Office

NEW_KEYS = [key(f"new-root-{number}", "Ed25519") for number in range(3)]
NEW_ROOT = make_root(2, NEW_KEYS)
NEW_PIN = hashlib.sha256(NEW_ROOT).hexdigest()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def succession(
    office: Office,
    root_signers: list[SigningKey] | None = None,
    list_signers: list[SigningKey] | None = None,
    root: bytes = NEW_ROOT,
) -> Path:
    """A folder with a new root and a new list, both signed by both thresholds unless the test says otherwise."""
    both = [*office.world.root_keys[:2], *NEW_KEYS[:2]]
    source = office.sign(8)
    (source / "root.json").write_bytes(root)
    (source / "root.json.sig").write_bytes(sign_trust_list(root, both if root_signers is None else root_signers))
    document = (source / "trust-list.json").read_bytes()
    signatures = sign_trust_list(document, both if list_signers is None else list_signers)
    (source / "trust-list.json.sig").write_bytes(signatures)
    return source


def test_a_running_portal_follows_to_the_new_root_and_so_does_one_that_starts_with_the_old_pin(office: Office) -> None:
    running = office.portal()
    office.publish(succession(office))
    assert [running.trust_list(AT).version, running.root.sha256] == [8, NEW_PIN]
    started = office.portal()
    assert [started.trust_list(AT).version, started.root.sha256] == [8, NEW_PIN]


def test_the_new_root_can_be_pinned_and_signs_the_next_list_alone(office: Office) -> None:
    running = office.portal()
    office.publish(succession(office))
    office.world.root, office.world.root_keys = NEW_ROOT, NEW_KEYS
    publish_trust_list(office.sign(9), office.keys, NEW_PIN, AT)
    assert running.trust_list(AT).version == 9
    root, trust_list = read_keys(office.keys, NEW_PIN)
    assert (root.document, trust_list.version) == (NEW_ROOT, 9)


def test_a_list_of_the_old_root_no_longer_counts(office: Office) -> None:
    running = office.portal()
    office.publish(succession(office))
    assert running.trust_list(AT).version == 8
    with pytest.raises(TrustListRefused, match="valid signatures of 0 root keys"):
        office.publish(office.sign(9))
    office.put(office.sign(9))
    assert (running.trust_list(AT).version, running.refused) == (8, 1)


def test_a_running_portal_does_not_go_back_to_the_old_root(office: Office) -> None:
    running = office.portal()
    office.publish(succession(office))
    assert running.trust_list(AT).version == 8
    (office.keys / "root.json").write_bytes(office.world.root)
    assert (running.trust_list(AT).version, running.root.sha256) == (8, NEW_PIN)


def test_a_worker_that_begins_anew_over_a_broken_root_follows_to_the_newest_one_in_the_history(office: Office) -> None:
    office.publish(succession(office))
    (office.keys / "root.json").write_bytes(b"{")
    portal = office.portal(goes_on=True)
    assert (portal.root.sha256, portal.trust_list(AT).version) == (NEW_PIN, 8)
    (office.keys / "history" / "root-2.json.sig").write_bytes(b'{"signatures": []}')
    with pytest.raises(KeysUnusable):
        office.portal(goes_on=True)


def test_roots_follow_each_other_step_by_step(office: Office) -> None:
    office.publish(succession(office))
    third_keys = [key(f"third-root-{number}") for number in range(1)]
    third = make_root(1, third_keys)
    old_pin, office.world.root, office.world.root_keys = office.pin, NEW_ROOT, NEW_KEYS
    source = succession(office, [*NEW_KEYS[:2], *third_keys], [*NEW_KEYS[:2], *third_keys], third)
    source = _with_version(office, source, 9, [*NEW_KEYS[:2], *third_keys])
    publish_trust_list(source, office.keys, old_pin, AT)
    pins = (old_pin, NEW_PIN, hashlib.sha256(third).hexdigest())
    assert [read_keys(office.keys, pin)[0].document for pin in pins] == [third] * 3


def _with_version(office: Office, source: Path, version: int, signers: list[SigningKey]) -> Path:
    document = (office.sign(version) / "trust-list.json").read_bytes()
    (source / "trust-list.json").write_bytes(document)
    (source / "trust-list.json.sig").write_bytes(sign_trust_list(document, signers))
    return source


REFUSED: dict[str, tuple[Callable[[Office], Path], str]] = {
    "signed by one old key": (
        lambda office: succession(office, [office.world.root_keys[0], *NEW_KEYS]),
        "valid signatures of 1 root keys, 2 are needed",
    ),
    "not signed by its own keys": (
        lambda office: succession(office, office.world.root_keys),
        "valid signatures of 0 root keys, 2 are needed",
    ),
    "with a list that the old root did not sign": (
        lambda office: succession(office, list_signers=NEW_KEYS),
        "valid signatures of 0 root keys, 2 are needed",
    ),
    "with a list that the new root did not sign": (
        lambda office: succession(office, list_signers=office.world.root_keys),
        "valid signatures of 0 root keys, 2 are needed",
    ),
    "with a threshold of nothing": (
        lambda office: succession(office, root=NEW_ROOT.replace(b'"threshold": 2', b'"threshold": 0')),
        "threshold 0 of 3 keys",
    ),
}


@pytest.mark.parametrize(("source", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_root_that_may_not_follow_leaves_the_folder_as_it_was(
    source: Callable[[Office], Path], reason: str, office: Office
) -> None:
    folder, before = source(office), office.files()
    with pytest.raises(TrustListRefused, match=reason):
        office.publish(folder)
    assert office.files() == before


def test_a_root_whose_signatures_were_taken_away_is_not_the_pinned_one(office: Office) -> None:
    office.publish(succession(office))
    (office.keys / "history" / "root-2.json.sig").write_bytes(b'{"signatures": []}')
    with pytest.raises(KeysUnusable, match="valid signatures of 0 root keys"):
        office.portal()
    (office.keys / "history" / "root-2.json").unlink()
    with pytest.raises(KeysUnusable, match="not the pinned"):
        office.portal()
    assert read_keys(office.keys, NEW_PIN)[0].document == NEW_ROOT
