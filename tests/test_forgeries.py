"""What a forger tries with a genuine licence that stands in the register, and what the portal says of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.assemble import Portal, assemble
from portal.authority.signing import sign_credential
from portal.evidence_documents import SavedEvidence, save_evidence
from portal.verification.statuses import StatusValue
from portal.verification.strict_cbor import encode
from portal.verification.verdict import Reason, Verdict
from tests.authorities import AT, key
from tests.tampering import (
    payload_of,
    text_of,
    with_bit_flipped,
    with_claims_changed,
    with_forged_signature,
    with_payload,
    with_twin_signature,
)
from tests.world import Issued, World

LICENCE, WORLD = "辽CB024100123", World()


@pytest.fixture(scope="module")
def genuine() -> Issued:
    licence = WORLD.licence(LICENCE)
    WORLD.take_into_register(licence)
    return licence


@pytest.fixture(scope="module")
def portal(genuine: Issued, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder: Path = tmp_path_factory.mktemp("world")
    portal = assemble(WORLD.write(folder).settings, lambda: AT)
    yield portal
    portal.reader.close()


FORGERIES: dict[str, tuple[Callable[[Issued], bytes], Reason]] = {
    "nothing": (lambda genuine: genuine.encoded, Reason.IN_FORCE),
    # The same document: its identity is the payload, and an ECDSA signature has a second valid form.
    "the signature's twin": (lambda genuine: with_twin_signature(genuine.encoded), Reason.IN_FORCE),
    "a bit of the signature": (
        lambda genuine: with_bit_flipped(genuine.encoded, 8 * len(genuine.encoded) - 3),
        Reason.SIGNATURE_INVALID,
    ),
    "another holder under the old signature": (
        lambda genuine: with_claims_changed(genuine.encoded, lambda claims: claims[-65537].update({2: "假药房"})),
        Reason.SIGNATURE_INVALID,
    ),
    "a later end under the old signature": (
        lambda genuine: with_claims_changed(genuine.encoded, lambda claims: claims.update({4: 4_000_000_000})),
        Reason.SIGNATURE_INVALID,
    ),
    "signed by a stranger in the authority's name": (
        lambda genuine: with_forged_signature(genuine.encoded, key("stranger")),
        Reason.SIGNATURE_INVALID,
    ),
    "signed by a stranger in their own name": (
        lambda genuine: sign_credential(key("stranger"), genuine.claims),
        Reason.KEY_UNKNOWN,
    ),
    "signed by another province": (
        lambda genuine: sign_credential(WORLD.jilin.key("esp256"), genuine.claims),
        Reason.OUT_OF_SCOPE,
    ),
    "signed again with a stolen key": (
        lambda genuine: sign_credential(WORLD.liaoning.key("compromised"), genuine.claims),
        Reason.KEY_COMPROMISED,
    ),
    "changed and signed with a stolen key": (
        lambda genuine: WORLD.licence(LICENCE, key="compromised", holder="假药房").encoded,
        Reason.KEY_COMPROMISED,
    ),
    "bytes that are no claims, truly signed": (
        lambda genuine: with_payload(WORLD.liaoning.key("esp256"), encode([1, 2, 3])),
        Reason.MALFORMED,
    ),
    "the claims with a byte behind them, truly signed": (
        lambda genuine: with_payload(WORLD.liaoning.key("esp256"), payload_of(genuine.encoded) + b"\0"),
        Reason.MALFORMED,
    ),
    "cut off": (lambda genuine: genuine.encoded[:-10], Reason.MALFORMED),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forger_gets_the_verdict_that_the_forgery_deserves(forgery: str, genuine: Issued, portal: Portal) -> None:
    forge, reason = FORGERIES[forgery]
    verdict = portal.verifier.verify(text_of(forge(genuine)), AT)
    assert isinstance(verdict, Verdict)
    assert verdict.reason is reason


def test_another_authority_cannot_adopt_a_licence_by_signing_the_same_claims(tmp_path: Path) -> None:
    world = World()
    revoked = world.licence("211220100035", slug="licensed-pharmacist-registration", holder="王演示", uscc=None)
    world.take_into_register(revoked, world.licence("吉CB043100001", by=world.jilin))
    world.set_status(revoked, StatusValue.REVOKED)
    adopted = sign_credential(world.jilin.key("esp256"), revoked.claims)  # with Jilin's status list, which says nothing
    portal = assemble(world.write(tmp_path).settings, lambda: AT)
    verdict = portal.verifier.verify(text_of(adopted), AT)
    portal.reader.close()
    assert isinstance(verdict, Verdict)
    assert verdict.reason is Reason.NOT_IN_REGISTER


def test_an_authority_that_registers_another_ones_claims_first_keeps_no_licence_out(tmp_path: Path) -> None:
    world = World()
    genuine = world.licence("211220100035", slug="licensed-pharmacist-registration", holder="王演示", uscc=None)
    adopted = replace(
        genuine, authority=world.jilin, encoded=sign_credential(world.jilin.key("esp256"), genuine.claims)
    )
    world.take_into_register(adopted, genuine)
    world.authorities.reverse()  # the first of them is the first to be loaded
    portal = assemble(world.write(tmp_path).settings, lambda: AT)
    verdict = portal.verifier.verify(genuine.text, AT)
    saved = save_evidence(portal.verifier, genuine.text, AT)
    portal.reader.close()
    assert isinstance(verdict, Verdict)
    assert verdict.reason is Reason.IN_FORCE
    assert isinstance(saved, SavedEvidence)
    assert saved.verdict.reason is Reason.IN_FORCE


def test_a_licence_under_each_algorithm_is_in_force(tmp_path: Path) -> None:
    world = World()
    licences = [world.licence(f"辽CB02410000{i}", key=name) for i, name in enumerate(("esp256", "ed25519", "sm2"))]
    world.take_into_register(*licences, world.licence("吉CB043100001", by=world.jilin))
    portal = assemble(world.write(tmp_path).settings, lambda: AT)
    verdicts = [portal.verifier.verify(licence.text, AT) for licence in licences]
    portal.reader.close()
    assert [verdict.reason for verdict in verdicts if isinstance(verdict, Verdict)] == [Reason.IN_FORCE] * 3
