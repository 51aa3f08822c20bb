"""What holds for every input: `decide` is total, and only what is positively known is in force."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portal.verification.decide import decide
from portal.verification.evidence import Evidence, InRegister, NotInRegister, RegisterUnavailable
from portal.verification.face import read_face
from portal.verification.notice import NoticeKind, read_notice
from portal.verification.rules import ON_AUTHENTICITY, ON_FORCE
from portal.verification.statuses import Freshness, StatusValue
from portal.verification.trust import KeyState
from portal.verification.verdict import Reason
from tests.authorities import AT, COMPROMISED_SINCE, DAY
from tests.verification.evidences import REGISTRATION, evidence_for, status
from tests.world import CATALOGUE, World

WORLD = World()
LICENCES = [
    WORLD.licence(),
    WORLD.licence(expires_at=None),
    WORLD.licence(expires_at=AT),
    WORLD.licence(not_before=AT + 1),
    WORLD.licence(issued_at=AT + 1000),
    WORLD.licence(number="吉CB024100123"),
    *(WORLD.licence(key=name) for name in ("ed25519", "status", "limited", "retired", "compromised", "unpublished")),
]
LIVE = Freshness.FRESH, Freshness.AGEING

evidences = st.sampled_from([evidence_for(WORLD, licence) for licence in LICENCES])
faces = st.sampled_from([None, *(read_face(licence.face) for licence in LICENCES)])
successors = st.sampled_from([None, WORLD.licence(version=2).credential])
notices = st.none() | st.builds(
    lambda value, kind: read_notice(WORLD.notice(LICENCES[0], value, kind=kind)),
    st.sampled_from(StatusValue),
    st.none() | st.sampled_from(NoticeKind),
)
registrations = st.sampled_from([COMPROMISED_SINCE - 1, COMPROMISED_SINCE]).map(
    lambda signed_at: replace(REGISTRATION, manifest_signed_at=signed_at)
)
registers = (
    st.builds(RegisterUnavailable)
    | st.builds(NotInRegister, successors)
    | st.builds(InRegister, registrations, faces, notices, successors)
)
statuses = st.none() | st.builds(
    lambda value, signed: status(value, signed=signed),
    st.none() | st.sampled_from(StatusValue),
    st.sampled_from([AT - 60, AT - 7200, AT - 10 * DAY, AT + 10_000]),
)


@st.composite
def all_evidence(draw: st.DrawFn) -> Evidence:
    evidence = draw(evidences)
    if draw(st.booleans()) and evidence.signer:
        evidence = evidence._replace(signer=evidence.signer._replace(signature_holds=draw(st.booleans())))
    return evidence._replace(
        at=draw(st.sampled_from([AT - 400 * DAY, AT - 1, AT, AT + DAY, AT + 4000 * DAY])),
        licence_type=draw(st.sampled_from([evidence.licence_type, None, CATALOGUE.by_code[1]])),
        register=draw(registers | st.just(evidence.register)),
        status=draw(statuses | st.just(evidence.status)),
        other_host=draw(st.sampled_from([None, "evil.test"])),
    )


@given(all_evidence())
def test_all_evidence_has_a_verdict(evidence: Evidence) -> None:
    verdict = decide(evidence)
    assert verdict.reason in Reason
    assert verdict.checked_at == evidence.at
    assert len(verdict.checks) == 7


@given(all_evidence())
def test_in_force_means_that_everything_is_positively_known(evidence: Evidence) -> None:
    if decide(evidence).reason is not Reason.IN_FORCE:
        return
    credential, signer, reading = evidence.credential, evidence.signer, evidence.status
    assert evidence.at < evidence.trust_list.expires_at
    assert signer is not None
    assert signer.signature_holds
    assert isinstance(evidence.register, InRegister)
    assert evidence.register.successor is None
    assert evidence.register.face is not None
    assert evidence.register.face.digest == credential.face_digest
    assert reading is not None
    assert reading.freshness in LIVE
    assert reading.value in (StatusValue.IN_FORCE, StatusValue.RENEWING)
    assert evidence.at >= credential.not_before
    renewing = reading.value is StatusValue.RENEWING
    assert renewing or credential.expires_at is None or evidence.at < credential.expires_at
    if signer.key.state is KeyState.COMPROMISED:
        assert evidence.register.registration.manifest_signed_at < signer.key.since


@given(all_evidence())
def test_the_verdict_is_the_first_objection_of_the_table(evidence: Evidence) -> None:
    reasons = [reason for rule in (*ON_AUTHENTICITY, *ON_FORCE) if (reason := rule(evidence)) is not None]
    assert decide(evidence).reason is (reasons[0] if reasons else Reason.IN_FORCE)


@given(all_evidence())
def test_without_proof_nothing_that_the_document_claims_is_in_the_verdict(evidence: Evidence) -> None:
    verdict = decide(evidence)
    if list(Reason).index(verdict.reason) <= list(Reason).index(Reason.KEY_COMPROMISED):
        assert verdict.licence is None
        assert evidence.credential.holder not in repr(verdict)
        assert evidence.credential.number not in repr(verdict)
