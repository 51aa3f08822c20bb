"""The published keys and status lists: what a portal accepts, and what never replaces what it has accepted."""

from __future__ import annotations

import logging
import os
import resource
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from portal.authority.trust_lists import make_root, sign_trust_list
from portal.published import KeysUnusable, PublishedFiles, read_keys
from portal.register.reading import RegisterReader
from portal.sources import StoredBundle
from portal.verification.evidence import RegisterUnavailable
from portal.verification.trust import KeyState
from tests.authorities import AT, DAY, key, publish, publish_ended
from tests.offices import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_keys_are_read_as_they_were_published(office: Office) -> None:
    portal = office.portal()
    assert portal.root.document == office.world.root
    assert portal.trust_list(AT).document == office.world.trust_list_document
    assert portal.trust_list(AT).version == 7


def test_an_expired_list_does_not_stop_the_start_because_the_verdicts_say_so(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    portal = office.portal(at=office.world.expires_at)
    assert not portal.trust_list(office.world.expires_at).is_usable(office.world.expires_at)
    assert [each.levelno for each in caplog.records] == [logging.ERROR]


def _remove(name: str) -> Callable[[Path], object]:
    return lambda keys: (keys / name).unlink()


def _write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda keys: (keys / name).write_bytes(content)


def _append_a_space(keys: Path) -> None:
    (keys / "trust-list.json").write_bytes((keys / "trust-list.json").read_bytes() + b" ")


def _remember(version: int) -> Callable[[Path], object]:
    def remember(keys: Path) -> None:
        (keys / "history").mkdir()
        (keys / "history" / f"{version}.json").write_bytes(b"{}")

    return remember


BROKEN_FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no root": (_remove("root.json"), "root.json: No such file or directory"),
    "another root": (_write("root.json", b'{"threshold": 1, "keys": []}'), "root.json: "),
    "no list": (_remove("trust-list.json"), "trust-list.json: No such file or directory"),
    "no signatures": (_remove("trust-list.json.sig"), "trust-list.json.sig: No such file or directory"),
    "signatures of no form": (_write("trust-list.json.sig", b"[]"), "trust-list.json.sig: not an object"),
    "a list with a space more": (_append_a_space, "valid signatures of 0 root keys, 2 are needed"),
    "a list older than one remembered": (_remember(8), "version 7 is lower than the accepted version 8 (rollback)"),
    "a history that cannot be read": (_write("history", b""), "history: Not a directory"),
    "a list other than the one remembered": (_remember(7), "version 7 was accepted before with other contents"),
}


@pytest.mark.parametrize(("damage", "reason"), BROKEN_FOLDERS.values(), ids=BROKEN_FOLDERS.keys())
def test_a_folder_that_is_broken_stops_the_start_with_one_line(
    damage: Callable[[Path], object], reason: str, office: Office
) -> None:
    damage(office.keys)
    with pytest.raises(KeysUnusable) as unusable:
        office.portal()
    assert str(unusable.value).startswith(str(office.keys))
    assert reason in str(unusable.value)
    assert "\n" not in str(unusable.value)


@pytest.mark.parametrize(
    "damage",
    [_remove("trust-list.json"), _write("trust-list.json", b"{"), _append_a_space, _write("trust-list.json.sig", b"")],
    ids=["gone", "cut off", "changed", "without signatures"],
)
def test_a_worker_that_begins_anew_over_a_broken_list_uses_the_one_accepted_last(
    damage: Callable[[Path], object], office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.publish(office.sign(9))
    damage(office.keys)
    portal = office.portal(goes_on=True)
    assert (portal.trust_list(AT).version, portal.refused) == (9, 1)
    (said,) = caplog.messages
    assert said.endswith("version 9, which was accepted last, stays in use")
    office.publish(office.sign(10))
    assert portal.trust_list(AT).version == 10


@pytest.mark.parametrize("damage", [_remove("root.json"), _write("root.json", b"{")], ids=["gone", "cut off"])
def test_a_worker_that_begins_anew_over_a_broken_root_uses_the_one_in_the_history(
    damage: Callable[[Path], object], office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.publish(office.sign(9))
    damage(office.keys)
    portal = office.portal(goes_on=True)
    assert (portal.root.document, portal.trust_list(AT).version) == (office.world.root, 9)
    (said,) = caplog.messages
    assert said.startswith(f"{office.keys / 'root.json'}: ")
    with pytest.raises(KeysUnusable):
        office.portal()
    (office.keys / "root.json").write_bytes(office.world.root)
    office.publish(office.sign(10))
    assert portal.trust_list(AT).version == 10


def test_a_worker_that_begins_anew_over_an_older_list_uses_the_one_accepted_last(office: Office) -> None:
    older = office.sign(7)
    office.publish(office.sign(9))
    office.put(older)
    assert office.portal(goes_on=True).trust_list(AT).version == 9


def _forge_what_was_accepted_last(keys: Path) -> None:
    path = keys / "history" / "9.json"
    path.write_bytes(path.read_bytes() + b" ")


def _put_another_root_everywhere(keys: Path) -> None:
    """With lists that it has signed."""
    other = [key("a thief's root", "Ed25519")]
    for path in (keys / "root.json", keys / "history" / "root-1.json"):
        path.write_bytes(make_root(1, other))
    signatures = sign_trust_list((keys / "history" / "9.json").read_bytes(), other)
    (keys / "history" / "9.json.sig").write_bytes(signatures)


@pytest.mark.parametrize(
    "damage",
    [_forge_what_was_accepted_last, _remove("history/9.json.sig"), _put_another_root_everywhere],
    ids=["a list that nobody signed", "a list without signatures", "another root"],
)
def test_no_worker_begins_with_what_the_root_has_not_signed(damage: Callable[[Path], object], office: Office) -> None:
    office.publish(office.sign(9))
    (office.keys / "trust-list.json").write_bytes(b"{")
    damage(office.keys)
    with pytest.raises(KeysUnusable):
        office.portal(goes_on=True)


def test_a_root_other_than_the_pinned_one_stops_the_start(office: Office) -> None:
    with pytest.raises(KeysUnusable, match=f"its SHA-256 is {office.pin}, not the pinned {'0' * 64}"):
        read_keys(office.keys, "0" * 64)


def test_a_running_portal_uses_a_list_once_it_is_published(office: Office) -> None:
    portal = office.portal()
    office.publish(office.sign(9))
    assert portal.trust_list(AT).version == 9


def test_between_two_looks_nothing_is_read(office: Office) -> None:
    portal = office.portal(look_every=3600)
    office.publish(office.sign(9))
    assert portal.trust_list(AT).version == 7


NOT_TAKEN: dict[str, tuple[Callable[[Office], object], str]] = {
    "older": (lambda office: office.put(office.sign(6)), "version 6 is lower than the accepted version 7"),
    "of the same version": (
        lambda office: office.put(office.sign(7, expires_at=AT + 400 * DAY)),
        "version 7 was accepted before with other contents",
    ),
    "expired": (lambda office: office.put(office.sign(8, expires_at=AT)), "version 8 has expired"),
    "cut off": (lambda office: (office.keys / "trust-list.json").write_bytes(b"{"), "valid signatures of 0 root keys"),
    "gone": (lambda office: (office.keys / "trust-list.json").unlink(), "No such file or directory"),
}


@pytest.mark.parametrize(("change", "reason"), NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
def test_a_list_that_may_not_be_taken_never_replaces_the_accepted_one_and_is_logged_once(
    change: Callable[[Office], object], reason: str, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    portal = office.portal()
    before = portal.trust_list(AT)
    change(office)
    assert [portal.trust_list(AT) for _ in range(3)] == [before] * 3
    (said,) = caplog.messages
    assert reason in said
    assert said.endswith("version 7 stays in use")
    assert portal.refused == 1
    office.publish(office.sign(9, expires_at=AT + DAY))
    assert portal.trust_list(AT).version == 9


def test_a_list_that_a_wrong_clock_took_for_expired_is_taken_once_the_clock_is_right(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    portal = office.portal()
    office.publish(office.sign(9))
    wrong = office.world.expires_at + DAY
    assert [portal.trust_list(wrong).version for _ in range(3)] == [7] * 3
    assert (portal.refused, len(caplog.messages)) == (1, 1)
    assert portal.trust_list(AT).version == 9


def test_a_list_that_could_not_be_opened_is_looked_at_again(office: Office) -> None:
    portal = office.portal()
    office.publish(office.sign(9))
    most, at_most = resource.getrlimit(resource.RLIMIT_NOFILE)
    unused = os.dup(0)
    os.close(unused)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (unused, at_most))  # no other file can be opened
        assert portal.trust_list(AT).version == 7
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, at_most))
    assert portal.trust_list(AT).version == 9


def test_the_history_that_is_read_while_a_list_is_published_is_read_again(office: Office) -> None:
    office.publish(office.sign(8))
    office.publish(office.sign(9))
    portal = office.portal()
    log = office.keys / "history" / "log.ndjson"
    whole = log.read_bytes()
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))  # as it is while version 9 is put in its place
    assert [each.version for each in portal.history(AT).lists] == [7, 8]
    log.write_bytes(whole)
    assert [each.version for each in portal.history(AT).lists] == [7, 8, 9]


def test_one_thread_looks_while_the_others_answer_from_what_was_accepted(office: Office) -> None:
    class SlowSource:
        """Asks the portal something in another thread before it answers."""

        portal: PublishedFiles | None = None
        answered: list[int] = []

        def status_marks(self) -> Mapping[tuple[str, int], int] | RegisterUnavailable:
            if self.portal:
                asking = threading.Thread(target=self.ask, args=[self.portal])
                asking.start()
                asking.join(timeout=10)
            return {}

        def last_bundles(self) -> tuple[StoredBundle, ...]:
            return ()

        def ask(self, portal: PublishedFiles) -> None:
            self.answered.append(portal.trust_list(AT).version)

        def stored_status_list(self, issuer_id: str, list_number: int) -> bytes | None:
            raise AssertionError("no list was announced")

    source = SlowSource()
    portal = PublishedFiles(office.keys, office.pin, source, AT, look_every=0)
    source.portal = portal
    portal.trust_list(AT)
    assert source.answered == [7]


def test_a_status_list_is_used_once_it_is_loaded_and_replaced_by_a_newer_one(office: Office) -> None:
    portal, liaoning = office.portal(), office.world.liaoning
    assert portal.status_list(liaoning.id, 0, AT) is None
    office.load_status(liaoning.status_list(AT - 3600))
    assert issued(portal, office) == AT - 3600
    office.load_status(liaoning.status_list(AT - 1800))
    assert issued(portal, office) == AT - 1800
    office.load_status(office.world.jilin.status_list())
    assert sorted(each.issuer_id for each in portal.status_lists(AT)) == [liaoning.id, office.world.jilin.id]
    assert portal.status_list(liaoning.id, 1, AT) is None


def issued(portal: PublishedFiles, office: Office) -> int | None:
    found = portal.status_list(office.world.liaoning.id, 0, AT)
    return found.issued_at if found else None


def write_status_row(office: Office, encoded: bytes, issued_at: int, issuer_id: str | None = None) -> None:
    """Whoever owns the database can put any bytes into it."""
    row = {"issuer": issuer_id or office.world.liaoning.id, "at": issued_at, "cwt": encoded}
    with office.engine.begin() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO status_lists VALUES (:issuer, 0, :at, :cwt)", row)


def test_the_database_cannot_bring_back_an_older_status_list(office: Office) -> None:
    older, newer = (office.world.liaoning.status_list(AT - age) for age in (3600, 1800))
    office.load_status(newer)
    portal = office.portal()
    write_status_row(office, older, AT)
    assert issued(portal, office) == AT - 1800


def _of_jilin(office: Office) -> bytes:
    office.world.liaoning.keys["status"] = office.world.jilin.keys["esp256"]
    return office.world.liaoning.status_list()


def _of_a_stranger(office: Office) -> bytes:
    office.world.liaoning.keys["status"] = office.world.liaoning.keys["unpublished"]
    return office.world.liaoning.status_list()


STRANGE_ROWS: dict[str, Callable[[Office], bytes]] = {
    "no list": lambda office: b"\xa0",
    "signed by another authority": _of_jilin,
    "signed by a stranger": _of_a_stranger,
}


@pytest.mark.parametrize("encoded", STRANGE_ROWS.values(), ids=STRANGE_ROWS.keys())
def test_the_database_cannot_make_a_status_list(encoded: Callable[[Office], bytes], office: Office) -> None:
    office.load_status(office.world.liaoning.status_list(AT - 3600))
    portal = office.portal()
    write_status_row(office, encoded(office), AT)
    assert issued(portal, office) == AT - 3600
    assert issued(office.portal(), office) is None
    assert portal.refused == 1


def test_a_list_in_another_row_than_its_own_is_the_list_that_it_says(office: Office) -> None:
    write_status_row(office, office.world.liaoning.status_list(), AT, issuer_id=office.world.jilin.id)
    portal = office.portal()
    assert portal.status_list(office.world.jilin.id, 0, AT) is None
    assert issued(portal, office) == office.world.liaoning.status_issued_at


def test_lists_stay_in_use_while_the_register_is_out_of_reach(office: Office) -> None:
    office.load_status(office.world.liaoning.status_list())
    portal = office.portal()
    (office.folder / "register.sqlite").rename(office.folder / "away.sqlite")
    assert isinstance(RegisterReader(office.url).status_marks(), RegisterUnavailable)
    assert issued(portal, office) == office.world.liaoning.status_issued_at


def test_a_portal_that_starts_without_its_register_gets_the_lists_when_it_is_there(office: Office) -> None:
    office.load_status(office.world.liaoning.status_list())
    (office.folder / "register.sqlite").rename(office.folder / "away.sqlite")
    portal = office.portal()
    assert issued(portal, office) is None
    (office.folder / "away.sqlite").rename(office.folder / "register.sqlite")
    assert issued(portal, office) == office.world.liaoning.status_issued_at


def test_a_list_is_dropped_when_its_key_is_published_as_compromised(office: Office) -> None:
    liaoning = office.world.liaoning
    office.load_status(liaoning.status_list())
    portal = office.portal()
    assert issued(portal, office)
    liaoning.published_keys = [
        publish_ended(liaoning.keys["status"], KeyState.COMPROMISED, AT)
        if each.key_id == liaoning.status_key.key_id
        else each
        for each in liaoning.published_keys
    ]
    office.publish(office.sign(8))
    assert issued(portal, office) is None


def test_a_list_counts_as_soon_as_its_key_is_published(office: Office) -> None:
    liaoning = office.world.liaoning
    write_status_row(office, _of_a_stranger(office), AT)
    portal = office.portal()
    assert issued(portal, office) is None
    liaoning.published_keys.append(publish(liaoning.keys["unpublished"]))
    office.publish(office.sign(8))
    assert issued(portal, office) == liaoning.status_issued_at


def test_a_list_in_use_does_not_depend_on_the_time_that_is_asked_for(office: Office) -> None:
    office.load_status(office.world.liaoning.status_list())
    for at in (AT - 400 * DAY, AT, office.world.expires_at + DAY):
        portal = office.portal(at)
        assert portal.status_lists(at)
