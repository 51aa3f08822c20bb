"""The next trust list: what may be changed in it, and what may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal.authority.trust_changes import (
    first_version,
    next_version,
    with_issuer,
    with_issuer_changed,
    with_key,
    with_key_ended,
    with_scope,
)
from portal.authority.trust_lists import PublishedIssuer
from portal.verification.trust import IssuerKey, KeyState, TrustListRefused, Use, read_trust_list_unsafe
from tests.authorities import AT, DAY, key, publish
from tests.world import World

WORLD = World()
DOCUMENT = WORLD.trust_list_document
HEILONGJIANG = PublishedIssuer(
    id="11230000MB1234567X",
    name_zh="黑龙江演示机关",
    name_en="Heilongjiang demonstration authority",
    region="230000",
    provinces=["黑"],
    portal="https://yz.example.org",
    keys=[],
)
MAIN, STOLEN = (WORLD.liaoning.keys[name].key_id for name in ("esp256", "compromised"))


def main_key_in(document: bytes) -> IssuerKey:
    return read_trust_list_unsafe(document).keys[MAIN][1]


def test_the_next_version_says_the_same_for_longer() -> None:
    before, after = (read_trust_list_unsafe(each) for each in (DOCUMENT, next_version(DOCUMENT, AT, AT + DAY)))
    assert (after.version, after.issued_at, after.expires_at) == (before.version + 1, AT, AT + DAY)
    assert after.keys.keys() == before.keys.keys()


def test_the_first_version_is_empty() -> None:
    first = read_trust_list_unsafe(first_version(AT, AT + DAY))
    assert (first.version, first.issued_at, first.expires_at, first.issuers) == (1, AT, AT + DAY, ())


def test_an_issuer_is_added_without_keys() -> None:
    added = read_trust_list_unsafe(with_issuer(DOCUMENT, HEILONGJIANG)).issuers[-1]
    assert (added.id, added.name_zh, added.provinces) == (HEILONGJIANG.id, HEILONGJIANG.name_zh, {"黑"})
    assert (added.region, added.portal, added.keys) == ("230000", HEILONGJIANG.portal, ())


def test_what_is_not_said_of_an_issuer_stays_and_so_do_its_keys() -> None:
    before = WORLD.liaoning
    renamed, *others = read_trust_list_unsafe(with_issuer_changed(DOCUMENT, before.id, name_en="Renamed")).issuers
    was, *were = WORLD.trust_list.issuers
    assert (was.id, renamed) == (before.id, replace(was, name_en="Renamed"))
    assert others == were
    moved, *_ = read_trust_list_unsafe(with_issuer_changed(DOCUMENT, before.id, region="210100")).issuers
    assert moved == replace(was, region="210100")


def test_provinces_that_are_given_take_the_place_of_all_that_there_were() -> None:
    changed = with_issuer_changed(DOCUMENT, WORLD.liaoning.id, provinces=["吉", "黑"])
    assert read_trust_list_unsafe(changed).issuers[0].provinces == {"吉", "黑"}


def test_a_key_is_added_to_its_issuer() -> None:
    new = publish(key("another"))
    issuer, added = read_trust_list_unsafe(with_key(DOCUMENT, WORLD.jilin.id, new.entry())).keys[new.key_id]
    assert (issuer.id, added.state) == (WORLD.jilin.id, KeyState.ACTIVE)


@pytest.mark.parametrize("state", [KeyState.RETIRED, KeyState.COMPROMISED])
def test_a_key_ends_at_a_time(state: KeyState) -> None:
    ended = main_key_in(with_key_ended(DOCUMENT, MAIN.hex(), state, AT))
    assert (ended.state, ended.since) == (state, AT)


def test_what_is_not_said_of_a_scope_stays() -> None:
    before = main_key_in(DOCUMENT)
    narrowed = main_key_in(with_scope(DOCUMENT, MAIN.hex(), [Use.STATUS], []))
    assert (narrowed.uses, narrowed.types) == ({Use.STATUS}, before.types)
    narrowed = main_key_in(with_scope(DOCUMENT, MAIN.hex(), [], ["drug-distribution-retail"]))
    assert (narrowed.uses, narrowed.types) == (before.uses, {"drug-distribution-retail"})


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a list that is none": (lambda: next_version(b"{}", AT, AT), "trust-list.json"),
    "an issuer twice": (lambda: with_issuer(with_issuer(DOCUMENT, HEILONGJIANG), HEILONGJIANG), "is listed twice"),
    "an unknown issuer": (lambda: with_key(DOCUMENT, "nobody", {}), "no issuer nobody in the list"),
    "a change to an unknown issuer": (
        lambda: with_issuer_changed(DOCUMENT, "nobody", name_en="Nobody"),
        "no issuer nobody in the list",
    ),
    "an entry that is none": (lambda: with_key(DOCUMENT, WORLD.jilin.id, {}), "kid is missing"),
    "a key twice": (lambda: with_key(DOCUMENT, WORLD.jilin.id, publish(WORLD.jilin.keys["esp256"]).entry()), "twice"),
    "an unknown key": (lambda: with_scope(DOCUMENT, "00" * 8, [], []), f"no key {'00' * 8} in the list"),
    "a compromise taken back": (
        lambda: with_key_ended(DOCUMENT, STOLEN.hex(), KeyState.RETIRED, AT),
        "is compromised, and stays so",
    ),
}


@pytest.mark.parametrize(("change", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_change_that_leads_to_no_list_is_refused(change: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(TrustListRefused, match=reason):
        change()
