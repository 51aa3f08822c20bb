"""The published keys in words and fingerprints."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from portal.verification.trust import KeyState, read_root
from portal.web.keys_page import show_keys
from portal.web.wording import Language, Words, words_for
from tests.authorities import AT
from tests.web.verdicts import WORLD
from tests.world import CATALOGUE

ZH = words_for(Language.ZH)
ROOT = read_root(WORLD.root)


@pytest.mark.parametrize("words", [words_for(language) for language in Language], ids=["zh", "en"])
def test_every_published_key_is_told_in_words(words: Words) -> None:
    trust_list = WORLD.trust_list
    page = show_keys(trust_list, ROOT, words, AT, CATALOGUE)
    rows = [key for issuer in page.issuers for key in issuer.keys]
    assert {key.state for key in rows} == set(KeyState)
    assert len(rows) == len(trust_list.keys)
    assert all(key.note and key.uses and key.types and key.term for key in rows)
    assert (page.version, page.threshold, len(page.root_keys), page.usable) == (7, 2, 3, True)


def test_fingerprints_are_those_of_the_keys() -> None:
    page = show_keys(WORLD.trust_list, ROOT, ZH, AT, CATALOGUE)
    shown = {key.fingerprint.replace(" ", "") for issuer in page.issuers for key in issuer.keys}
    published = {key.spki for issuer in WORLD.trust_list.issuers for key in issuer.keys}
    assert shown == {hashlib.sha256(spki).hexdigest() for spki in published}
    assert page.root_sha256.replace(" ", "") == hashlib.sha256(WORLD.root).hexdigest()


def test_a_key_id_is_the_beginning_of_its_fingerprint() -> None:
    page = show_keys(WORLD.trust_list, ROOT, ZH, AT, CATALOGUE)
    assert all(key.fingerprint.startswith(key.key_id) for issuer in page.issuers for key in issuer.keys)


def test_a_retired_key_says_why_it_is_still_there() -> None:
    page = show_keys(WORLD.trust_list, ROOT, ZH, AT, CATALOGUE)
    (retired,) = [key for issuer in page.issuers for key in issuer.keys if key.state is KeyState.RETIRED]
    assert retired.note == "2026年6月1日退役，不再签发；退役前签发的证照仍被承认，所以继续公布。"


def test_a_key_names_the_kinds_of_licence_that_it_may_sign() -> None:
    page = show_keys(WORLD.trust_list, ROOT, ZH, AT, CATALOGUE)
    kinds = {kind for issuer in page.issuers for key in issuer.keys for kind in key.types}
    assert "各类证照" in kinds
    assert "医疗器械经营许可证" in kinds


def test_an_expired_list_of_keys_says_so() -> None:
    expired = replace(WORLD.trust_list, expires_at=AT)
    assert not show_keys(expired, ROOT, ZH, AT, CATALOGUE).usable
