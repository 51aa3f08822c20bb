"""The evidence behind each check, in words: whose key, which batch, which list, how old."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.verification.evidence import InRegister
from portal.verification.face import read_face
from portal.verification.statuses import StatusValue
from portal.verification.verdict import CheckName, CheckState, Reason, Verdict
from portal.web.check_rows import show_checks
from portal.web.wording import Language, Words, fingerprint, words_for
from tests.authorities import COMPROMISED_SINCE, REGISTERED_AT
from tests.verification.evidences import REGISTRATION
from tests.verification.evidences import status as status_of
from tests.web.verdicts import EVERY, LICENCE, OF_REASON, WORLD, of_every_status, verdict_on

EN = words_for(Language.EN)


@pytest.mark.parametrize("words", [words_for(language) for language in Language], ids=["zh", "en"])
@pytest.mark.parametrize("verdict", [*EVERY, *of_every_status()], ids=lambda verdict: str(verdict.reason))
def test_every_check_has_its_evidence_in_words(verdict: Verdict, words: Words) -> None:
    rows = show_checks(verdict, words)
    assert [row.name for row in rows] == (list(CheckName) if verdict.checks else [])
    assert all(row.label and row.state_word and row.evidence for row in rows)
    assert not any("{" in row.evidence or "None" in row.evidence for row in rows)


def test_the_evidence_names_key_batch_and_moments() -> None:
    checks = {check.name: check.evidence for check in show_checks(verdict_on(), EN)}
    key_id = fingerprint(LICENCE.credential.envelope.key_id)
    assert f"Key {key_id} of" in checks[CheckName.SIGNATURE]
    assert "ECDSA P-256" in checks[CheckName.SIGNATURE]
    assert "version 7" in checks[CheckName.ISSUER]
    assert "batch 1, signed 20 November 2026, 10:00, received 20 November 2026, 10:10" in checks[CheckName.REGISTER]
    assert checks[CheckName.DATES] == "1 January 2026 to 31 December 2029: within its term when checked."


@pytest.mark.parametrize(("key", "end"), [("esp256", "1 January 2028"), ("retired", "1 June 2026")])
def test_a_key_is_not_called_in_use_beyond_its_term(key: str, end: str) -> None:
    """Most licences on walls are signed with keys that have retired since."""
    evidence = {check.name: check.evidence for check in show_checks(verdict_on(WORLD.licence(key=key)), EN)}
    assert evidence[CheckName.SIGNATURE].endswith(f"whose term is 1 January 2026 to {end}.")


@pytest.mark.parametrize("status", [None, StatusValue.REVOKED], ids=["in force", "revoked"])
def test_what_stands_although_its_key_is_compromised_says_so(status: StatusValue | None) -> None:
    issued = WORLD.licence(key="compromised")
    registration = replace(REGISTRATION, manifest_signed_at=COMPROMISED_SINCE - 1)
    register = InRegister(registration, read_face(issued.face), as_of=REGISTERED_AT)
    changes = {} if status is None else {"status": status_of(status)}
    evidence = {each.name: each.evidence for each in show_checks(verdict_on(issued, register=register, **changes), EN)}
    key_id = fingerprint(issued.authority.keys["compromised"].key_id)
    assert evidence[CheckName.ISSUER] == (
        f"On the published list of authorities (version 7). Key {key_id} was declared compromised from "
        "1 November 2026; the authority had registered this document before."
    )


@pytest.mark.parametrize(("verdict", "told"), [(verdict_on(), "fresh until"), (of_every_status()[1], "usable until")])
def test_a_list_is_called_fresh_until_it_ages(verdict: Verdict, told: str) -> None:
    checks = {check.name: check.evidence for check in show_checks(verdict, EN)}
    assert told in checks[CheckName.STATUS]


def test_a_stale_list_is_shown_with_its_age() -> None:
    checks = {check.name: check.evidence for check in show_checks(OF_REASON[Reason.STATUS_UNKNOWN], EN)}
    assert checks[CheckName.STATUS] == (
        "Status list 0 is out of date: signed 18 November 2026, 12:00 (3 days ago), expired 19 November 2026, 12:00."
    )


def test_a_list_that_is_missing_is_named() -> None:
    checks = {check.name: check for check in show_checks(verdict_on(WORLD.licence(status_list=3), status=None), EN)}
    assert checks[CheckName.STATUS].evidence == "Status list 3 of the authority is not at hand."
    assert checks[CheckName.STATUS].state is CheckState.UNKNOWN


@pytest.mark.parametrize(
    ("reason", "name", "evidence"),
    [
        (Reason.KEY_UNKNOWN, CheckName.ISSUER, "does not have this key"),
        (Reason.KEY_NOT_IN_TERM, CheckName.ISSUER, "was not published for this use"),
        (Reason.KEY_COMPROMISED, CheckName.ISSUER, "declared compromised from 1 November 2026"),
        (Reason.OUT_OF_SCOPE, CheckName.SCOPE, "may not sign"),
        (Reason.CLAIMS_MISMATCH, CheckName.REGISTER, "differs from what was signed"),
        (Reason.SUPERSEDED, CheckName.REGISTER, "newer version: version 2"),
        (Reason.NOT_IN_REGISTER, CheckName.REGISTER, "as of 20 November 2026, 10:00 does not have"),
        (Reason.REGISTER_UNAVAILABLE, CheckName.REGISTER, "cannot be read"),
        (Reason.REVOKED, CheckName.STATUS, "Revoked. Status list 0"),
        (Reason.EXPIRED, CheckName.DATES, "Ended on 18 November 2026"),
        (Reason.NOT_YET_IN_FORCE, CheckName.DATES, "Starts on 23 November 2026"),
    ],
)
def test_the_check_that_decides_says_why(reason: Reason, name: CheckName, evidence: str) -> None:
    checks = {check.name: check for check in show_checks(OF_REASON[reason], EN)}
    assert evidence in checks[name].evidence
    assert checks[name].state is not CheckState.PASSED
