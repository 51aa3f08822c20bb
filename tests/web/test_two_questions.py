"""Genuine, and in force: two questions, two answers."""

from __future__ import annotations

import pytest

from portal.verification.verdict import CheckState, Outcome, Reason, Verdict
from portal.web.two_questions import answer_two_questions
from portal.web.wording import Language, words_for
from tests.web.verdicts import EVERY, OF_REASON

ZH = words_for(Language.ZH)


@pytest.mark.parametrize(
    ("reason", "genuine", "in_force"),
    [
        (Reason.IN_FORCE, CheckState.PASSED, CheckState.PASSED),
        (Reason.REVOKED, CheckState.PASSED, CheckState.FAILED),
        (Reason.EXPIRED, CheckState.PASSED, CheckState.FAILED),
        (Reason.SUPERSEDED, CheckState.PASSED, CheckState.FAILED),
        (Reason.NOT_YET_IN_FORCE, CheckState.PASSED, CheckState.FAILED),
        (Reason.STATUS_UNKNOWN, CheckState.PASSED, CheckState.UNKNOWN),
        (Reason.REGISTER_UNAVAILABLE, CheckState.PASSED, CheckState.UNKNOWN),
        (Reason.NOT_IN_REGISTER, CheckState.UNKNOWN, CheckState.UNKNOWN),
        (Reason.CLAIMS_MISMATCH, CheckState.FAILED, CheckState.NOT_APPLICABLE),
        (Reason.SIGNATURE_INVALID, CheckState.FAILED, CheckState.NOT_APPLICABLE),
        (Reason.KEY_COMPROMISED, CheckState.UNKNOWN, CheckState.NOT_APPLICABLE),
        (Reason.TRUST_LIST_UNUSABLE, CheckState.UNKNOWN, CheckState.NOT_APPLICABLE),
    ],
)
def test_the_two_questions_are_answered_apart(reason: Reason, genuine: CheckState, in_force: CheckState) -> None:
    answers = answer_two_questions(OF_REASON[reason], ZH)
    assert tuple(answer.state for answer in answers) == (genuine, in_force)


@pytest.mark.parametrize("reason", [reason for reason in Reason if OF_REASON[reason].outcome is Outcome.NONE])
def test_where_no_document_was_read_no_question_is_answered(reason: Reason) -> None:
    assert answer_two_questions(OF_REASON[reason], ZH) == ()


@pytest.mark.parametrize("verdict", EVERY, ids=lambda verdict: str(verdict.reason))
def test_only_in_force_answers_yes_to_being_in_force(verdict: Verdict) -> None:
    answers = answer_two_questions(verdict, ZH)
    said_yes = bool(answers) and answers[1].state is CheckState.PASSED
    assert said_yes == (verdict.reason is Reason.IN_FORCE)
