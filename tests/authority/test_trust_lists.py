"""Root and trust list as a root's holders make them, one after the other."""

import json

import pytest

from portal.authority.trust_lists import join_signatures, make_root_of, public_entry, sign_trust_list
from portal.verification.trust import KeyState, TrustListRefused, Use, read_root, read_trust_list
from tests.authorities import COMPROMISED_SINCE, key
from tests.world import World

WORLD = World()
DOCUMENT = WORLD.trust_list_document
ROOT = read_root(WORLD.root)
FIRST, SECOND, THIRD = ([signer] for signer in WORLD.root_keys)


def test_a_root_is_made_of_public_entries_alone() -> None:
    entries = [{**public_entry(signer), "use": ["licence"], "comment": "left out"} for signer in WORLD.root_keys]
    assert make_root_of(2, entries) == WORLD.root


@pytest.mark.parametrize(("threshold", "count"), [(0, 3), (4, 3), (1, 0)])
def test_a_root_whose_threshold_cannot_be_met_is_not_made(threshold: int, count: int) -> None:
    with pytest.raises(TrustListRefused, match="threshold"):
        make_root_of(threshold, [public_entry(signer) for signer in WORLD.root_keys[:count]])


def test_a_published_key_reads_back_with_all_that_it_may_do() -> None:
    trust_list = read_trust_list(DOCUMENT, sign_trust_list(DOCUMENT, WORLD.root_keys), ROOT)
    _, limited = trust_list.keys[WORLD.liaoning.key("limited").key_id]
    _, compromised = trust_list.keys[WORLD.liaoning.key("compromised").key_id]
    _, status = trust_list.keys[WORLD.liaoning.key("status").key_id]
    assert limited.types == {"device-distribution"}
    assert status.uses == {Use.STATUS}
    assert (limited.state, limited.since) == (KeyState.ACTIVE, limited.not_before)
    assert (compromised.state, compromised.since) == (KeyState.COMPROMISED, COMPROMISED_SINCE)


def test_holders_of_the_root_may_sign_one_after_the_other() -> None:
    joined, count = join_signatures(DOCUMENT, [sign_trust_list(DOCUMENT, FIRST)], [ROOT])
    assert count == [1]
    joined, count = join_signatures(DOCUMENT, [joined, sign_trust_list(DOCUMENT, THIRD)], [ROOT])
    assert count == [2]
    assert read_trust_list(DOCUMENT, joined, ROOT).version == WORLD.version


def test_a_holder_who_signs_twice_counts_once() -> None:
    assert join_signatures(DOCUMENT, [sign_trust_list(DOCUMENT, SECOND)] * 2, [ROOT])[1] == [1]


@pytest.mark.parametrize(
    "file",
    [
        sign_trust_list(DOCUMENT.replace(b'"version": 7', b'"version": 6'), FIRST),
        sign_trust_list(DOCUMENT, [key("stranger")]),
    ],
    ids=["of another list", "of a stranger"],
)
def test_signatures_that_count_for_nothing_are_dropped(file: bytes) -> None:
    joined, count = join_signatures(DOCUMENT, [file], [ROOT])
    assert (json.loads(joined), count) == ({"signatures": []}, [0])
