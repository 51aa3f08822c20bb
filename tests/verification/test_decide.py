"""The table of spec/verdicts.md: every reason, its order, its attributes, and the checks behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from portal.verification.decide import decide, decide_broken, decide_other
from portal.verification.evidence import Evidence, InRegister, NotInRegister, RegisterUnavailable
from portal.verification.face import read_face
from portal.verification.notice import Notice, NoticeKind, read_notice
from portal.verification.presentation import BrokenCode, OtherCode
from portal.verification.statuses import StatusValue
from portal.verification.verdict import OUTCOME_OF, Attribute, CheckName, CheckState, Outcome, Reason, Verdict
from tests.authorities import AT, COMPROMISED_SINCE, DAY, SIGNED_AT
from tests.verification.evidences import REGISTRATION, evidence_for, status
from tests.world import World

WORLD = World()
LICENCE = WORLD.licence()
IN_FORCE = evidence_for(WORLD, LICENCE)
NEWER = WORLD.licence(version=2).credential
STALE = {"signed": AT - 10 * DAY, "lasts": DAY}


def notice(value: StatusValue, kind: NoticeKind | None = None, **details: Any) -> Notice:
    return read_notice(WORLD.notice(LICENCE, value, kind=kind, **details))


def taken(**details: Any) -> InRegister:
    return IN_FORCE.register._replace(**details)  # type: ignore[union-attr]


def registered_at(manifest_signed_at: int) -> InRegister:
    return taken(registration=replace(REGISTRATION, manifest_signed_at=manifest_signed_at))


def signed_by(key: str) -> Evidence:
    return evidence_for(WORLD, WORLD.licence(key=key))


def claims(**differences: Any) -> Evidence:
    return evidence_for(WORLD, WORLD.licence(**differences))


FORGED = IN_FORCE._replace(signer=IN_FORCE.signer._replace(signature_holds=False))  # type: ignore[union-attr]
ENDED = status(StatusValue.ENDED)
EXPIRED = claims(expires_at=AT)
WITHOUT_END = claims(expires_at=None)

ROWS: dict[str, tuple[Evidence, Reason]] = {
    "everything holds": (IN_FORCE, Reason.IN_FORCE),
    "the trust list has expired": (
        IN_FORCE._replace(trust_list=replace(WORLD.trust_list, expires_at=AT)),
        Reason.TRUST_LIST_UNUSABLE,
    ),
    "the key is not published": (signed_by("unpublished"), Reason.KEY_UNKNOWN),
    "the signature does not hold": (FORGED, Reason.SIGNATURE_INVALID),
    "a status key signed it": (signed_by("status"), Reason.KEY_NOT_IN_TERM),
    "signed before the key's term": (claims(issued_at=SIGNED_AT - 365 * DAY), Reason.KEY_NOT_IN_TERM),
    "signed 5 minutes in the future": (claims(issued_at=AT + 300), Reason.IN_FORCE),
    "signed more than 5 minutes in the future": (claims(issued_at=AT + 301), Reason.KEY_NOT_IN_TERM),
    "signed by a retired key in its term": (signed_by("retired"), Reason.IN_FORCE),
    "signed by a key after it retired": (
        evidence_for(WORLD, WORLD.licence(key="retired", issued_at=AT - DAY)),
        Reason.KEY_NOT_IN_TERM,
    ),
    "the key may not sign the type": (signed_by("limited"), Reason.OUT_OF_SCOPE),
    "another province's number": (claims(number="吉CB024100123"), Reason.OUT_OF_SCOPE),
    "another province's number in brackets": (claims(number="（吉）-经营性-2024-0001"), Reason.OUT_OF_SCOPE),
    "a number of no province": (claims(number="国械注准20223060988"), Reason.IN_FORCE),
    "the catalogue does not have the type": (IN_FORCE._replace(licence_type=None), Reason.OUT_OF_SCOPE),
    "compromised, registered before": (
        signed_by("compromised")._replace(register=registered_at(COMPROMISED_SINCE - 1)),
        Reason.IN_FORCE,
    ),
    "compromised, registered at that second": (
        signed_by("compromised")._replace(register=registered_at(COMPROMISED_SINCE)),
        Reason.KEY_COMPROMISED,
    ),
    "compromised, not registered": (
        signed_by("compromised")._replace(register=NotInRegister()),
        Reason.KEY_COMPROMISED,
    ),
    "compromised, and the register cannot be read": (
        signed_by("compromised")._replace(register=RegisterUnavailable()),
        Reason.KEY_COMPROMISED,
    ),
    "another licence's face": (
        IN_FORCE._replace(register=taken(face=read_face(WORLD.licence(holder="别的店（演示）").face))),
        Reason.CLAIMS_MISMATCH,
    ),
    "no face document": (IN_FORCE._replace(register=taken(face=None)), Reason.CLAIMS_MISMATCH),
    "revoked": (IN_FORCE._replace(status=status(StatusValue.REVOKED)), Reason.REVOKED),
    "rescinded": (IN_FORCE._replace(status=status(StatusValue.RESCINDED)), Reason.RESCINDED),
    "withdrawn": (IN_FORCE._replace(status=status(StatusValue.WITHDRAWN)), Reason.WITHDRAWN),
    "cancelled": (IN_FORCE._replace(status=status(StatusValue.CANCELLED)), Reason.CANCELLED),
    "ended, no notice": (IN_FORCE._replace(status=ENDED), Reason.VOID),
    "ended, a notice without a kind": (
        IN_FORCE._replace(status=ENDED, register=taken(notice=notice(StatusValue.ENDED))),
        Reason.VOID,
    ),
    "ended, the notice says void": (
        IN_FORCE._replace(status=ENDED, register=taken(notice=notice(StatusValue.ENDED, NoticeKind.VOID))),
        Reason.VOID,
    ),
    "ended, the notice says filing removed": (
        IN_FORCE._replace(status=ENDED, register=taken(notice=notice(StatusValue.ENDED, NoticeKind.FILING_REMOVED))),
        Reason.FILING_REMOVED,
    ),
    "ended, the notice says migrated": (
        IN_FORCE._replace(status=ENDED, register=taken(notice=notice(StatusValue.ENDED, NoticeKind.MIGRATED))),
        Reason.MIGRATED,
    ),
    "ended, the notice is about an earlier status": (
        IN_FORCE._replace(status=ENDED, register=taken(notice=notice(StatusValue.SUSPENDED, NoticeKind.MIGRATED))),
        Reason.VOID,
    ),
    "a notice alone changes nothing": (
        IN_FORCE._replace(register=taken(notice=notice(StatusValue.ENDED, NoticeKind.VOID))),
        Reason.IN_FORCE,
    ),
    "suspended": (IN_FORCE._replace(status=status(StatusValue.SUSPENDED)), Reason.SUSPENDED),
    "superseded by status": (IN_FORCE._replace(status=status(StatusValue.SUPERSEDED)), Reason.SUPERSEDED),
    "the register has a higher version": (IN_FORCE._replace(register=taken(successor=NEWER)), Reason.SUPERSEDED),
    "not registered, and a higher version is": (
        IN_FORCE._replace(register=NotInRegister(successor=NEWER)),
        Reason.SUPERSEDED,
    ),
    "expired this second": (EXPIRED, Reason.EXPIRED),
    "in the last second": (claims(expires_at=AT + 1), Reason.IN_FORCE),
    "expired, and not in the register": (EXPIRED._replace(register=NotInRegister()), Reason.EXPIRED),
    "expired, but renewing": (EXPIRED._replace(status=status(StatusValue.RENEWING)), Reason.IN_FORCE),
    "expired, and renewing says a stale list": (
        EXPIRED._replace(status=status(StatusValue.RENEWING, **STALE)),
        Reason.EXPIRED,
    ),
    "not yet in force": (claims(not_before=AT + 1), Reason.NOT_YET_IN_FORCE),
    "in force from this second": (claims(not_before=AT), Reason.IN_FORCE),
    "the register cannot be read": (IN_FORCE._replace(register=RegisterUnavailable()), Reason.REGISTER_UNAVAILABLE),
    "revoked, and the register cannot be read": (
        IN_FORCE._replace(register=RegisterUnavailable(), status=status(StatusValue.REVOKED)),
        Reason.REVOKED,
    ),
    "not in the register": (IN_FORCE._replace(register=NotInRegister()), Reason.NOT_IN_REGISTER),
    "no status list": (IN_FORCE._replace(status=None), Reason.STATUS_UNKNOWN),
    "a value outside the table": (IN_FORCE._replace(status=status(None)), Reason.STATUS_UNKNOWN),
    "a stale list says in force": (
        IN_FORCE._replace(status=status(StatusValue.IN_FORCE, **STALE)),
        Reason.STATUS_UNKNOWN,
    ),
    "a stale list says suspended": (
        IN_FORCE._replace(status=status(StatusValue.SUSPENDED, **STALE)),
        Reason.STATUS_UNKNOWN,
    ),
    "a stale list says superseded": (
        IN_FORCE._replace(status=status(StatusValue.SUPERSEDED, **STALE)),
        Reason.STATUS_UNKNOWN,
    ),
    "a stale list says revoked": (IN_FORCE._replace(status=status(StatusValue.REVOKED, **STALE)), Reason.REVOKED),
    "a stale list says ended": (IN_FORCE._replace(status=status(StatusValue.ENDED, **STALE)), Reason.VOID),
    "a stale list says ended, and a notice migrated": (
        IN_FORCE._replace(
            status=status(StatusValue.ENDED, **STALE),
            register=taken(notice=notice(StatusValue.ENDED, NoticeKind.MIGRATED)),
        ),
        Reason.STATUS_UNKNOWN,
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_first_objection_is_the_reason(row: str) -> None:
    evidence, reason = ROWS[row]
    assert decide(evidence).reason == reason


def test_every_reason_that_evidence_can_give_has_a_row() -> None:
    not_from_evidence = {
        Reason.UNREADABLE_IMAGE,
        Reason.NO_CODE_FOUND,
        Reason.SEVERAL_CODES,
        Reason.NOT_A_LICENCE_CODE,
        Reason.NOT_FOUND,
        Reason.MALFORMED,
    }
    assert {reason for _, reason in ROWS.values()} == set(Reason) - not_from_evidence


def test_the_outcome_of_every_reason_is_that_of_the_specification() -> None:
    assert set(OUTCOME_OF) == set(Reason)
    of = {outcome: {reason for reason in Reason if OUTCOME_OF[reason] is outcome} for outcome in Outcome}
    assert of[Outcome.VALID] == {Reason.IN_FORCE}
    assert of[Outcome.CAUTION] == {
        Reason.SUPERSEDED,
        Reason.MIGRATED,
        Reason.NOT_YET_IN_FORCE,
        Reason.NOT_IN_REGISTER,
    }
    assert of[Outcome.UNKNOWN] == {Reason.TRUST_LIST_UNUSABLE, Reason.REGISTER_UNAVAILABLE, Reason.STATUS_UNKNOWN}
    assert of[Outcome.NONE] == set(list(Reason)[:5])
    assert len(of[Outcome.INVALID]) == 15


# What each of these reasons objects to, in the order of the table: of any two together the earlier is the verdict.
ORDER: dict[Reason, dict[str, Any]] = {
    Reason.TRUST_LIST_UNUSABLE: {"trust_list": replace(WORLD.trust_list, expires_at=AT)},
    Reason.KEY_UNKNOWN: {"signer": None},
    Reason.SIGNATURE_INVALID: {"signer": FORGED.signer},
    Reason.OUT_OF_SCOPE: {"licence_type": None},
    Reason.REVOKED: {"status": status(StatusValue.REVOKED)},
    Reason.SUPERSEDED: {"register": WITHOUT_END.register._replace(successor=NEWER)},  # type: ignore[union-attr]
    Reason.EXPIRED: {"credential": WITHOUT_END.credential._replace(expires_at=AT)},
    Reason.REGISTER_UNAVAILABLE: {"register": RegisterUnavailable()},
}


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(ORDER)))
def test_of_two_objections_the_earlier_row_is_the_verdict(earlier: Reason, later: Reason) -> None:
    both = WITHOUT_END._replace(**(ORDER[later] | ORDER[earlier]))
    assert decide(both).reason == earlier


def ends_on(day: date) -> Evidence:
    first_second_after = int((day - date(1970, 1, 1)).total_seconds()) + DAY - 8 * 3600
    return claims(expires_at=first_second_after)


TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("evidence", "attributes"),
    [
        pytest.param(IN_FORCE, (), id="years left"),
        pytest.param(ends_on(TODAY), (Attribute.EXPIRES_SOON,), id="the last day is today"),
        pytest.param(ends_on(TODAY + timedelta(30)), (Attribute.EXPIRES_SOON,), id="30 days left"),
        pytest.param(ends_on(TODAY + timedelta(31)), (), id="31 days left"),
        pytest.param(claims(expires_at=None), (), id="no end"),
        pytest.param(
            ends_on(TODAY - timedelta(1))._replace(status=status(StatusValue.RENEWING)),
            (Attribute.RENEWING,),
            id="renewing past the end",
        ),
        pytest.param(
            ends_on(TODAY)._replace(status=status(StatusValue.RENEWING, signed=AT - 7200)),
            (Attribute.EXPIRES_SOON, Attribute.RENEWING, Attribute.STATUS_AGEING),
            id="all three",
        ),
        pytest.param(IN_FORCE._replace(status=status(StatusValue.IN_FORCE, signed=AT - 3599)), (), id="fresh"),
        pytest.param(
            IN_FORCE._replace(status=status(StatusValue.IN_FORCE, signed=AT - 3600)),
            (Attribute.STATUS_AGEING,),
            id="no longer fresh",
        ),
        pytest.param(IN_FORCE._replace(other_host="evil.test"), (Attribute.FOREIGN_HOST,), id="another host"),
    ],
)
def test_in_force_tells_what_else_there_is_to_know(evidence: Evidence, attributes: tuple[Attribute, ...]) -> None:
    verdict = decide(evidence)
    assert verdict.reason is Reason.IN_FORCE
    assert verdict.attributes == attributes


@pytest.mark.parametrize("row", [row for row, (_, reason) in ROWS.items() if reason is not Reason.IN_FORCE])
def test_no_other_reason_has_an_attribute_but_the_foreign_host(row: str) -> None:
    assert decide(ROWS[row][0]).attributes == ()
    elsewhere = decide(ROWS[row][0]._replace(other_host="evil.test"))
    assert (elsewhere.attributes, elsewhere.other_host) == ((Attribute.FOREIGN_HOST,), "evil.test")


def states(verdict: Verdict) -> str:
    """The checks in order, a letter each: passed, failed, unknown, not applicable."""
    assert [check.name for check in verdict.checks] == list(CheckName)
    letters = {CheckState.PASSED: "p", CheckState.FAILED: "f", CheckState.UNKNOWN: "u", CheckState.NOT_APPLICABLE: "-"}
    return "".join(letters[check.state] for check in verdict.checks)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("everything holds", "ppppppp"),
        ("the trust list has expired", "puuu---"),
        ("the key is not published", "puf----"),
        ("the signature does not hold", "pf-----"),
        ("a status key signed it", "ppf----"),
        ("another province's number", "pppf---"),
        ("compromised, not registered", "ppfp---"),
        ("another licence's face", "ppppfpp"),
        ("revoked", "pppppfp"),
        ("a stale list says revoked", "pppppfp"),
        ("a stale list says suspended", "pppppup"),
        ("suspended", "pppppfp"),
        ("the register has a higher version", "ppppfpp"),
        ("expired this second", "ppppppf"),
        ("expired, but renewing", "ppppppp"),
        ("not yet in force", "ppppppf"),
        ("the register cannot be read", "ppppupp"),
        ("not in the register", "ppppfpp"),
        ("no status list", "pppppup"),
    ],
)
def test_the_seven_checks_say_what_passed_what_failed_and_what_is_not_known(row: str, expected: str) -> None:
    assert states(decide(ROWS[row][0])) == expected


def test_a_filing_without_an_end_has_no_dates_to_check() -> None:
    assert states(decide(claims(expires_at=None))) == "pppppp-"


WITHOUT_PROOF = set(list(Reason)[5:12])


@pytest.mark.parametrize("row", ROWS)
def test_a_licence_is_shown_exactly_from_claims_mismatch_on(row: str) -> None:
    verdict = decide(ROWS[row][0])
    assert (verdict.licence is None) == (verdict.reason in WITHOUT_PROOF)


def test_a_broken_code_of_another_host_is_malformed_and_names_the_host() -> None:
    verdict = decide_broken(BrokenCode("evil.test"), AT)
    assert (verdict.reason, verdict.attributes) == (Reason.MALFORMED, (Attribute.FOREIGN_HOST,))
    assert (verdict.other_host, verdict.licence, states(verdict)) == ("evil.test", None, "f------")


def test_another_code_is_shown_as_text_with_its_host() -> None:
    verdict = decide_other(OtherCode("https://evil.test/pay", "evil.test"), AT)
    assert (verdict.reason, verdict.outcome, verdict.attributes) == (Reason.NOT_A_LICENCE_CODE, Outcome.NONE, ())
    assert (verdict.other_host, verdict.text) == ("evil.test", "https://evil.test/pay")


@pytest.mark.parametrize(("last_day", "shown"), [(TODAY, True), (TODAY - timedelta(1), False)])
def test_a_notices_reason_is_shown_to_its_last_day_of_publication_and_the_status_after(
    last_day: date, shown: bool
) -> None:
    about = notice(StatusValue.REVOKED, decision_number="辽药监罚〔2026〕1号", reason="演示", published_until=last_day)
    verdict = decide(IN_FORCE._replace(status=status(StatusValue.REVOKED), register=taken(notice=about)))
    assert verdict.reason is Reason.REVOKED
    assert verdict.licence is not None
    assert verdict.licence.notice is not None
    assert verdict.licence.notice.reason == ("演示" if shown else None)
    assert verdict.licence.notice.decision_number == ("辽药监罚〔2026〕1号" if shown else None)
