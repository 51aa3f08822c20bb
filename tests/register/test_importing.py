"""Bundles are taken whole or not at all, in their order; a status list only where it is newer."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import update

from portal.register.importing import BundleRefused, StatusListRefused
from portal.register.lines import UnreadableLine
from portal.register.rolling_back import roll_back
from portal.register.tables import LARGEST_INTEGER, SCHEMA_VERSION, meta, records
from portal.register.transactions import DatabaseUnusable, writing
from portal.sources import StoredLicence
from portal.verification.bundle import MerkleTree
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Registration
from tests.authorities import AT, DAY, REGISTERED_AT
from tests.register.desk import RETAIL, Desk, bundle, line_of
from tests.verification import test_bundle
from tests.world import World


def stored(desk: Desk, number: str) -> StoredLicence:
    """The only version of a licence, as a portal reads it."""
    versions = desk.reader().versions(RETAIL, number)
    assert isinstance(versions, tuple)
    (licence,) = versions
    return licence


def test_a_licence_is_kept_as_it_was_signed_and_with_the_manifest_that_registered_it(desk: Desk) -> None:
    licence = desk.world.licence("辽CB024100001")
    notice = desk.world.notice(licence, StatusValue.SUSPENDED)
    line = line_of(licence, notice)
    loaded = desk.load(bundle(desk.world, [line], sequence=4))
    assert (loaded.issuer_id, loaded.manifest.sequence) == (desk.world.liaoning.id, 4)
    assert (loaded.added, loaded.added_notices) == (1, 1)
    assert stored(desk, licence.number) == StoredLicence(
        credential_id=licence.credential.credential_id,
        type_code=RETAIL,
        version=1,
        issuer_id=desk.world.liaoning.id,
        line=line,
        notice=notice,
        notice_signed_at=REGISTERED_AT,
        registration=Registration(4, REGISTERED_AT, AT),
        register_as_of=REGISTERED_AT,
    )


def _changed_root(world: World) -> Iterable[bytes]:
    lines = list(bundle(world, [line_of(world.licence("辽CB024100001")), line_of(world.licence("辽CB024100002"))]))
    return [lines[0], lines[2], lines[1]]


def _one_record_missing(world: World) -> Iterable[bytes]:
    return list(bundle(world, [line_of(world.licence("辽CB024100001")), line_of(world.licence("辽CB024100002"))]))[:2]


def _one_record_more(world: World) -> Iterable[bytes]:
    return [*bundle(world, [line_of(world.licence("辽CB024100001"))]), line_of(world.licence("辽CB024100002"))]


def _a_line_that_cannot_be_read(world: World) -> Iterator[bytes]:
    records = [line_of(world.licence(f"辽CB02410000{number}")) for number in (1, 2)]
    yield from list(bundle(world, records))[:2]
    raise UnreadableLine("gzip: cut off")


def _counting(records: int) -> Iterable[bytes]:
    encoded = base64.urlsafe_b64encode(test_bundle.manifest({4: records})).decode()
    return [json.dumps({"manifest": encoded}).encode()]


def _by(signer: str) -> Callable[[World], Iterable[bytes]]:
    return lambda world: bundle(world, [line_of(world.licence())], key=world.liaoning.keys[signer])


WHOLE: dict[str, tuple[Callable[[World], Iterable[bytes]], int, str]] = {
    "nothing at all": (lambda _: [], 1, "the bundle is empty"),
    "an empty line": (lambda _: [b""], 1, "manifest: manifest line: not JSON"),
    "no manifest": (
        lambda world: [line_of(world.licence())],
        1,
        "manifest: manifest line: unknown member 'credential'",
    ),
    "a manifest of no form": (lambda _: [b'{"manifest":"gA"}'], 1, "manifest: no COSE_Sign1"),
    "a manifest by a key for status lists": (_by("status"), 1, "is not published for use register"),
    "a manifest by a key nobody knows": (_by("unpublished"), 1, "manifest: no published key has the id"),
    "a manifest by a compromised key": (_by("compromised"), 1, "is compromised"),
    "a manifest by a key that has retired": (_by("retired"), 1, "manifest: signed outside the term of key"),
    "a manifest from the future": (
        lambda world: bundle(world, [line_of(world.licence())], signed_at=AT + DAY),
        1,
        "manifest: signed in the future: is this machine's clock right?",
    ),
    "a sequence that no database counts": (
        lambda world: bundle(world, [line_of(world.licence())], sequence=1 << 63),
        1,
        "manifest: the manifest counts further than a register can",
    ),
    "more records than a database counts": (
        lambda _: _counting(1 << 63),
        1,
        "manifest: the manifest counts further than a register can",
    ),
    "a delta to nothing": (
        lambda world: bundle(world, [line_of(world.licence())], sequence=2, follows=1),
        1,
        "manifest: a delta to sequence 1, but nothing was taken last from 11210000MB0X123458",
    ),
    "records in another order": (_changed_root, 1, "manifest: its Merkle root is not that of the records"),
    "a record missing": (_one_record_missing, 1, "manifest: counts 2 records, the bundle has 1"),
    "a line that cannot be read": (_a_line_that_cannot_be_read, 3, "gzip: cut off"),
    "a record too many": (_one_record_more, 3, "a record more than the 1 that the manifest counts"),
}


@pytest.mark.parametrize(("lines", "number", "reason"), WHOLE.values(), ids=WHOLE.keys())
def test_a_bundle_that_is_not_as_its_manifest_says_leaves_the_register_as_it_was(
    lines: Callable[[World], Iterable[bytes]], number: int, reason: str, desk: Desk
) -> None:
    before = desk.contents()
    with pytest.raises(BundleRefused) as refusal:
        desk.load(lines(desk.world))
    ((line, said),) = refusal.value.errors
    assert line == number
    assert reason in said
    assert desk.contents() == before


def test_nothing_is_taken_while_the_published_keys_have_expired(desk: Desk) -> None:
    desk.world.expires_at = AT
    with pytest.raises(BundleRefused, match="the trust list has expired"):
        desk.load(bundle(desk.world, [line_of(desk.world.licence())]))
    with pytest.raises(StatusListRefused, match="the trust list has expired"):
        desk.load_status(desk.world.liaoning.status_list())


ORDERS = {
    "the same again": (dict(sequence=5), "sequence 5 is not above 5"),
    "one before it": (dict(sequence=4), "sequence 4 is not above 5"),
    "a delta to one that was not taken": (dict(sequence=7, follows=6), "a delta to sequence 6, but sequence 5 was"),
    "a delta to an older one": (dict(sequence=7, follows=4), "a delta to sequence 4, but sequence 5 was"),
}


@pytest.mark.parametrize(("order", "reason"), ORDERS.values(), ids=ORDERS.keys())
def test_bundles_are_taken_in_their_order(order: dict[str, int], reason: str, desk: Desk) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence("辽CB024100001"))], sequence=5))
    with pytest.raises(BundleRefused, match=reason):
        desk.load(bundle(desk.world, [line_of(desk.world.licence("辽CB024100002"))], **order))
    desk.load(bundle(desk.world, [line_of(desk.world.licence("辽CB024100003"))], sequence=7, follows=5))
    desk.load(bundle(desk.world, [], sequence=9))


def test_a_bundle_that_is_there_already_is_said_to_be_there_whatever_came_after_it(desk: Desk) -> None:
    first = list(bundle(desk.world, [line_of(desk.world.licence("辽CB024100001"))], sequence=5))
    second = list(bundle(desk.world, [line_of(desk.world.licence("辽CB024100002"))], sequence=6, follows=5))
    assert [desk.load(each).is_new for each in (first, second)] == [True, True]
    before = desk.contents()
    again = [desk.load(each) for each in (first, second)]
    assert [(each.is_new, each.added, each.added_notices, each.manifest.sequence) for each in again] == [
        (False, 0, 0, 5),
        (False, 0, 0, 6),
    ]
    assert desk.contents() == before
    # What was taken back is there no more.
    roll_back(desk.engine, None, AT)
    assert desk.load(second).is_new


def test_the_same_sequence_under_another_manifest_is_not_there(desk: Desk) -> None:
    lines = [line_of(desk.world.licence())]
    desk.load(bundle(desk.world, lines, sequence=5))
    with pytest.raises(BundleRefused, match="sequence 5 is not above 5"):
        desk.load(bundle(desk.world, lines, sequence=5, signed_at=REGISTERED_AT + 1))


def test_a_bundle_out_of_order_is_refused_before_its_records_are_read(desk: Desk) -> None:
    lines = [line_of(desk.world.licence())]
    desk.load(bundle(desk.world, lines, sequence=5))

    def first_line() -> Iterator[bytes]:
        yield from islice(bundle(desk.world, lines, sequence=4), 1)
        pytest.fail("the records were read")

    with pytest.raises(BundleRefused, match="sequence 4 is not above 5"):
        desk.load(first_line())


def test_a_register_counts_as_far_as_its_databases(desk: Desk) -> None:
    licence = desk.world.licence(version=LARGEST_INTEGER)
    desk.load(bundle(desk.world, [line_of(licence)], sequence=LARGEST_INTEGER))
    last = stored(desk, licence.number)
    assert (last.version, last.registration.manifest_sequence) == (LARGEST_INTEGER, LARGEST_INTEGER)


def test_each_authority_counts_its_own_bundles(desk: Desk) -> None:
    desk.load(bundle(desk.world, [line_of(desk.world.licence())], sequence=5))
    theirs = desk.world.licence("吉CB043100001", by=desk.world.jilin)
    assert desk.load(bundle(desk.world, [line_of(theirs)], key=desk.world.jilin.keys["esp256"])).added == 1


def test_every_wrong_line_is_named_until_there_are_too_many(desk: Desk) -> None:
    good = line_of(desk.world.licence())
    lines = list(bundle(desk.world, [b"{", good, b"[]", b"{}", good]))
    assert refused_lines(desk, lines, max_errors=20) == [2, 4, 5]
    assert refused_lines(desk, lines, max_errors=2) == [2, 4]


def test_the_lines_of_a_long_bundle_are_counted_from_its_beginning(desk: Desk) -> None:
    lines = list(bundle(desk.world, [b"{"] * 1001))
    assert refused_lines(desk, lines, max_errors=2000) == list(range(2, 1003))


def refused_lines(desk: Desk, lines: list[bytes], max_errors: int) -> list[int]:
    with pytest.raises(BundleRefused) as refusal:
        desk.load(lines, max_errors=max_errors)
    return [number for number, _ in refusal.value.errors]


def test_a_record_that_is_there_keeps_its_first_manifest_and_gets_the_newer_notice(desk: Desk) -> None:
    licence = desk.world.licence("辽CB024100001")
    suspended = desk.world.notice(licence, StatusValue.SUSPENDED)
    revoked = desk.world.notice(licence, StatusValue.REVOKED, issued_at=REGISTERED_AT + 60)
    first, second, third = line_of(licence), line_of(licence, revoked), line_of(licence, suspended)
    desk.load(bundle(desk.world, [first]))
    later = REGISTERED_AT + 3600
    again = desk.load(bundle(desk.world, [second], sequence=2, signed_at=later), at=AT + 60)
    assert (again.added, again.added_notices) == (0, 1)
    # A notice that is older than the one there does not hide it.
    desk.load(bundle(desk.world, [third], sequence=3, signed_at=later), at=AT + 90)
    found = stored(desk, licence.number)
    assert (found.line, found.notice) == (first, revoked)
    assert found.registration == Registration(1, REGISTERED_AT, AT)
    assert found.register_as_of == later


def test_the_same_notice_again_is_kept_once(desk: Desk) -> None:
    licence = desk.world.licence()
    line = line_of(licence, desk.world.notice(licence, StatusValue.REVOKED))
    assert desk.load(bundle(desk.world, [line, line])).added_notices == 1
    assert desk.load(bundle(desk.world, [line], sequence=2)).added_notices == 0


def test_the_leaves_of_every_manifest_stay_so_that_any_of_its_records_can_be_proved(desk: Desk) -> None:
    old, new = line_of(desk.world.licence("辽CB024100001")), line_of(desk.world.licence("辽CB024100002"))
    desk.load(bundle(desk.world, [old]))
    # More than a batch, and of records that were there before, or twice in one bundle.
    assert desk.load(bundle(desk.world, [old, new] * 600, sequence=2)).added == 1
    contents = desk.contents()
    for manifest in contents["manifests"]:
        manifest_id, root = manifest[0], manifest[-2]
        blocks = b"".join(hashes for owner, _, hashes in contents["leaf_blocks"] if owner == manifest_id)
        assert MerkleTree(blocks[i : i + 32] for i in range(0, len(blocks), 32)).root == root
    assert [row[3] for row in contents["manifests"]] == ["snapshot", "snapshot"]


def test_progress_is_told_up_to_the_last_record(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    lines = [line_of(desk.world.licence())] * 1100
    desk.load(bundle(desk.world, lines), progress=lambda done, total: told.append((done, total)))
    assert told == [(500, 1100), (1000, 1100), (1100, 1100)]


def test_a_load_that_cannot_wait_for_another_says_that_one_is_under_way(desk: Desk) -> None:
    with writing(desk.engine), pytest.raises(DatabaseUnusable, match="another load may be under way"):
        desk.load(bundle(desk.world, [line_of(desk.world.licence())]))


def test_what_is_written_into_a_file_that_is_replaced_meanwhile_is_not_said_to_be_there(
    desk: Desk, tmp_path: Path
) -> None:
    shutil.copy(desk.database, tmp_path / "copy")
    replaced = pytest.raises(DatabaseUnusable, match="cannot be written: its file was replaced meanwhile")
    with replaced, writing(desk.engine) as connection:
        connection.execute(update(meta).values(value="of a load"))
        os.replace(tmp_path / "copy", desk.database)
    assert desk.contents()["meta"] == [("schema_version", SCHEMA_VERSION)]
    assert desk.load(bundle(desk.world, [line_of(desk.world.licence())])).added == 1


def test_others_can_load_while_a_long_bundle_is_read(desk: Desk) -> None:
    def lines() -> Iterator[bytes]:
        yield from bundle(desk.world, [line_of(desk.world.licence("辽CB024100001"))], sequence=2)
        assert desk.load_status(desk.world.liaoning.status_list()).is_new
        assert desk.load(bundle(desk.world, [], sequence=1)).manifest.sequence == 1

    assert desk.load(lines()).added == 1


def test_of_two_bundles_that_are_read_at_once_the_older_is_refused_at_the_end(desk: Desk) -> None:
    def lines() -> Iterator[bytes]:
        yield from bundle(desk.world, [line_of(desk.world.licence("辽CB024100001"))], sequence=2)
        desk.load(bundle(desk.world, [], sequence=3))

    with pytest.raises(BundleRefused, match="sequence 2 is not above 3"):
        desk.load(lines())
    assert desk.contents()["records"] == []


def test_a_portal_reads_the_old_register_until_the_new_one_is_stored(desk: Desk) -> None:
    licence, reader = desk.world.licence("辽CB024100001"), desk.reader()
    desk.load(bundle(desk.world, [line_of(licence)]))
    before = stored(desk, licence.number)
    with writing(desk.engine) as connection:
        connection.execute(update(records).values(version=2))
        for each in (reader, desk.reader()):
            assert each.versions(RETAIL, licence.number) == (before,)
    assert reader.versions(RETAIL, licence.number) == (replace(before, version=2),)


def _jilin_signs_for_liaoning(world: World) -> bytes:
    world.liaoning.keys["status"] = world.jilin.keys["esp256"]
    return world.liaoning.status_list()


def _signed_with(world: World, name: str) -> bytes:
    world.liaoning.keys["status"] = world.liaoning.keys[name]
    return world.liaoning.status_list()


STATUS_LISTS: dict[str, tuple[Callable[[World], bytes], str]] = {
    "of no form": (lambda world: b"\xa0", "no COSE_Sign1"),
    "with a byte too many": (lambda world: world.liaoning.status_list() + b"\x00", "nothing follows it"),
    "by another authority": (_jilin_signs_for_liaoning, "a list of 11210000MB0X123458, signed by 11220000MB1X54321H"),
    "by a key that is not published": (lambda world: _signed_with(world, "unpublished"), "no published key has the id"),
    "by a compromised key": (lambda world: _signed_with(world, "compromised"), "is compromised"),
    "from the future": (
        lambda world: world.liaoning.status_list(AT + DAY),
        "signed in the future: is this machine's clock right",
    ),
}


@pytest.mark.parametrize(("encoded", "reason"), STATUS_LISTS.values(), ids=STATUS_LISTS.keys())
def test_a_status_list_that_its_issuer_has_not_signed_is_refused(
    encoded: Callable[[World], bytes], reason: str, desk: Desk
) -> None:
    with pytest.raises(StatusListRefused, match=reason):
        desk.load_status(encoded(desk.world))
    assert desk.contents()["status_lists"] == []


def test_a_status_list_is_replaced_by_a_newer_one_alone(desk: Desk) -> None:
    authority = desk.world.liaoning
    first, newer = authority.status_list(AT - 3600), authority.status_list(AT - 1800)
    assert desk.load_status(first).is_new
    assert not desk.load_status(first).is_new
    assert desk.load_status(newer).is_new
    with pytest.raises(StatusListRefused, match="not newer than the list of 2026-11-21T03:30:00Z"):
        desk.load_status(first)
    assert desk.reader().stored_status_list(authority.id, 0) == newer
    assert desk.reader().status_marks() == {(authority.id, 0): AT - 1800}


def test_another_status_list_of_the_same_second_is_refused(desk: Desk) -> None:
    authority = desk.world.liaoning
    desk.load_status(authority.status_list())
    desk.world.set_status(desk.world.licence(), StatusValue.REVOKED)
    with pytest.raises(StatusListRefused, match="not newer"):
        desk.load_status(authority.status_list())
