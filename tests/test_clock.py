"""A portal whose clock is behind what was signed: it says so, and calls nothing in force by that clock."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from portal.assemble import Portal, assemble
from portal.evidence_documents import NoEvidence, save_evidence
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Reason, Verdict
from tests.authorities import AT, DAY
from tests.world import Issued, World, Written


@pytest.fixture
def world() -> World:
    return World()


def written(world: World, folder: Path, *licences: Issued) -> Written:
    world.take_into_register(*licences)
    return world.write(folder)


def served(where: Written, at: int) -> Portal:
    return assemble(where.settings, lambda: at, serves=True)


def reason(portal: Portal, licence: Issued) -> Reason:
    verdict = portal.verifier.verify(licence.text, portal.clock())
    assert isinstance(verdict, Verdict)
    return verdict.reason


def test_a_clock_may_be_five_minutes_behind(world: World, tmp_path: Path) -> None:
    world.issued_at = AT + 300
    licence = world.licence()
    portal = served(written(world, tmp_path, licence), AT)
    assert portal.verifier.published.clock_is_behind(AT) == 0
    assert reason(portal, licence) is Reason.IN_FORCE


def test_a_clock_behind_the_trust_list_clears_nothing(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world.issued_at = AT + 301
    licence = world.licence()
    portal = served(written(world, tmp_path, licence), AT)
    assert portal.verifier.published.clock_is_behind(AT) == 301
    assert reason(portal, licence) is Reason.STATUS_UNKNOWN
    assert [(each.levelno, each.message) for each in caplog.records if "clock" in each.message] == [
        (logging.ERROR, "the clock is 301 seconds behind what was signed: nothing is called in force")
    ]


def test_a_clock_behind_another_authoritys_list_clears_nothing_either(world: World, tmp_path: Path) -> None:
    licence = world.licence()
    world.liaoning.status_issued_at = AT - 7200
    where = written(world, tmp_path, licence)
    earlier = world.jilin.status_issued_at - 301
    assert reason(served(where, earlier), licence) is Reason.STATUS_UNKNOWN
    assert reason(served(where, earlier + 1), licence) is Reason.IN_FORCE


def test_what_is_revoked_stays_revoked(world: World, tmp_path: Path) -> None:
    world.issued_at = AT + DAY
    licence = world.licence()
    world.set_status(licence, StatusValue.REVOKED)
    assert reason(served(written(world, tmp_path, licence), AT), licence) is Reason.REVOKED


@pytest.mark.parametrize("at", [AT - 2 * DAY, AT - 400 * DAY, 0], ids=["two days", "years", "to 1970"])
def test_however_far_a_clock_is_behind_no_genuine_licence_is_called_something_else(
    at: int, world: World, tmp_path: Path
) -> None:
    licence, new = world.licence(), world.licence("辽CB024100002", issued_at=AT - DAY)
    revoked = world.licence("辽CB024100003")
    world.set_status(revoked, StatusValue.REVOKED)
    portal = served(written(world, tmp_path, licence, new, revoked), at)
    expected = [Reason.STATUS_UNKNOWN, Reason.STATUS_UNKNOWN, Reason.REVOKED]
    assert [reason(portal, each) for each in (licence, new, revoked)] == expected


def test_a_code_that_was_signed_after_all_else_is_not_believed_by_a_clock_that_is_behind(
    world: World, tmp_path: Path
) -> None:
    licence, later = world.licence(), world.licence("辽CB024100002", issued_at=AT + DAY)
    portal = served(written(world, tmp_path, licence), AT - 400 * DAY)
    assert reason(portal, later) is Reason.KEY_NOT_IN_TERM


def test_whoever_asks_about_the_past_has_no_wrong_clock(world: World, tmp_path: Path) -> None:
    world.issued_at = AT + DAY
    licence = world.licence()
    where = written(world, tmp_path, licence)
    asked = assemble(where.settings, lambda: AT)
    assert reason(asked, licence) is Reason.IN_FORCE


def test_a_notice_is_shown_and_raises_no_alarm_by_a_clock_that_is_behind(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    licence = world.licence()
    world.set_status(licence, StatusValue.SUSPENDED)
    notice = world.notice(licence, StatusValue.SUSPENDED)
    world.take_into_register(licence, notices={licence.number: notice})
    portal = served(world.write(tmp_path), 0)
    credential = licence.credential
    (entry,) = portal.verifier.history(credential.type_code, credential.number, portal.clock())
    assert [each.status for each in entry.notices] == [StatusValue.SUSPENDED]
    assert [each.message for each in caplog.records if each.message.startswith("integrity:")] == []


def test_a_clock_that_is_behind_dates_no_evidence_and_raises_no_alarm(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    licence = world.licence()
    portal = served(written(world, tmp_path, licence), AT - 2 * DAY)
    assert save_evidence(portal.verifier, licence.text, portal.clock()) is NoEvidence.NOT_PROVABLE
    assert [each.message for each in caplog.records if each.message.startswith("integrity:")] == []
