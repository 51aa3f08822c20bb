"""The verifier on a real register: what is presented, what the database may and may not change, what is never green."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.assemble import Portal, assemble
from portal.verification.statuses import StatusValue
from portal.verification.trust import KeyState
from portal.verification.verdict import Attribute, CheckName, CheckState, Outcome, Reason, Verdict
from portal.verifier import Lookup, Verifier
from tests.authorities import AT, PUBLIC_URL, REGISTERED_AT, key, publish_ended
from tests.tampering import text_of, with_bit_flipped, with_forged_signature
from tests.world import World


class Country:
    """The world of these tests, with a portal over it."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.pharmacy = self.world.licence("辽CB024100001")
        self.by_sm2 = self.world.licence("辽CB024100002", key="sm2")
        self.by_ed25519 = self.world.licence("辽CB024100003", key="ed25519")
        self.old = self.world.licence("辽CB024100004")
        self.new = self.world.licence("辽CB024100004", version=2)
        self.maker = self.world.licence("辽20200001", slug="drug-manufacturing")
        self.exporter = self.world.licence("辽20200001号", slug="drug-export-sales-certificate", uscc=None)
        self.revoked = self.world.licence("辽CB024100005")
        self.unregistered = self.world.licence("辽CB024100006")
        self.world.take_into_register(
            self.pharmacy, self.by_sm2, self.by_ed25519, self.old, self.new, self.maker, self.exporter, self.revoked
        )
        self.world.set_status(self.revoked, StatusValue.REVOKED)
        self.database = folder / "register.sqlite"
        self.portal: Portal = assemble(self.world.write(folder).settings, lambda: AT)

    @property
    def verifier(self) -> Verifier:
        return self.portal.verifier

    def verdict(self, text: str) -> Verdict:
        answer = self.verifier.verify(text, AT)
        assert isinstance(answer, Verdict)
        return answer


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    country = Country(tmp_path_factory.mktemp("country"))
    yield country
    country.portal.reader.close()


@pytest.mark.parametrize("name", ["pharmacy", "by_ed25519", "by_sm2"])
def test_a_genuine_registered_licence_is_in_force(name: str, country: Country) -> None:
    verdict = country.verdict(getattr(country, name).text)
    assert (verdict.reason, verdict.outcome, verdict.attributes) == (Reason.IN_FORCE, Outcome.VALID, ())
    assert all(check.state is CheckState.PASSED for check in verdict.checks)
    assert verdict.licence is not None
    assert verdict.licence.face is not None
    assert verdict.trust_list_version == 7


@pytest.mark.parametrize("name", ["pharmacy", "by_ed25519", "by_sm2"])
def test_no_change_of_one_bit_leaves_a_genuine_code_in_force(name: str, country: Country) -> None:
    encoded = getattr(country, name).encoded
    texts = (text_of(with_bit_flipped(encoded, bit)) for bit in range(8 * len(encoded)))
    reasons = {country.verdict(text).reason for text in texts}
    assert reasons == {Reason.MALFORMED, Reason.KEY_UNKNOWN, Reason.SIGNATURE_INVALID}


@settings(max_examples=300)
@given(st.text(max_size=200) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=600).map("2KC".__add__))
@example("")
@example("\ud800")
@example("辽" * 3000)
@example(f"{PUBLIC_URL}/v/")
def test_any_text_has_an_answer_and_none_is_in_force(country: Country, text: str) -> None:
    for presented in (text, f"{PUBLIC_URL}/v/{text}"):
        for answer in (country.verifier.verify(presented, AT), country.verifier.verify_typed(presented, AT)):
            assert isinstance(answer, Verdict)
            assert answer.outcome is not Outcome.VALID


def test_an_older_version_leads_to_the_newer_one(country: Country) -> None:
    verdict = country.verdict(country.old.text)
    assert verdict.reason is Reason.SUPERSEDED
    assert verdict.licence is not None
    assert verdict.licence.successor == country.new.credential


def test_a_number_lists_all_its_versions_the_newest_first_each_with_its_verdict(country: Country) -> None:
    answer = country.verifier.look_up(" 辽cb 0241-00004 ", AT)
    assert isinstance(answer, Lookup)
    assert [entry.reason for entry in answer.entries] == [Reason.IN_FORCE, Reason.SUPERSEDED]


def test_a_number_that_fits_two_types_lists_both(country: Country) -> None:
    answer = country.verifier.verify_typed("辽20200001", AT)
    assert isinstance(answer, Lookup)
    types = [entry.licence.licence_type.slug for entry in answer.entries if entry.licence]
    assert types == ["drug-manufacturing", "drug-export-sales-certificate"]


@pytest.mark.parametrize("text", ["辽CB024199998", "康嘉美大药房", "hello", ""])
def test_what_a_person_types_and_the_register_lacks_is_not_found(text: str, country: Country) -> None:
    answer = country.verifier.verify_typed(text, AT)
    assert isinstance(answer, Verdict)
    assert (answer.reason, answer.text) == (Reason.NOT_FOUND, text)


def test_a_typed_address_is_named_and_not_looked_up(country: Country) -> None:
    answer = country.verifier.verify_typed("https://evil.test/pay", AT)
    assert isinstance(answer, Verdict)
    assert (answer.reason, answer.other_host) == (Reason.NOT_A_LICENCE_CODE, "evil.test")


def test_a_code_of_another_host_is_judged_and_the_host_is_named(country: Country) -> None:
    verdict = country.verdict(country.pharmacy.text.replace(PUBLIC_URL, "https://yz.example.gov.cn.evil.test"))
    assert (verdict.reason, verdict.attributes) == (Reason.IN_FORCE, (Attribute.FOREIGN_HOST,))
    assert verdict.other_host == "yz.example.gov.cn.evil.test"


def test_several_licence_codes_in_one_photo_are_a_choice(country: Country) -> None:
    texts = [country.pharmacy.text, "WIFI:S:x;;", country.revoked.text, country.pharmacy.token]
    answer = country.verifier.verify_scan(texts, AT)
    assert isinstance(answer, Verdict)
    assert answer.reason is Reason.SEVERAL_CODES
    assert [entry.reason for entry in answer.entries] == [Reason.IN_FORCE, Reason.REVOKED]


def test_two_codes_of_one_licence_are_one_and_the_other_host_is_told_in_either_order(country: Country) -> None:
    texts = [country.pharmacy.text, country.pharmacy.text.replace(PUBLIC_URL, "https://licence.example.net")]
    for photo in (texts, texts[::-1]):
        answer = country.verifier.verify_scan(photo, AT)
        assert isinstance(answer, Verdict)
        assert (answer.reason, answer.attributes) == (Reason.IN_FORCE, (Attribute.FOREIGN_HOST,))


def test_a_code_and_a_forgery_of_it_in_one_photo_are_a_choice(country: Country) -> None:
    forged = text_of(with_forged_signature(country.pharmacy.encoded, key("any", "Ed25519")))
    answer = country.verifier.verify_scan([country.pharmacy.text, forged], AT)
    assert isinstance(answer, Verdict)
    assert answer.reason is Reason.SEVERAL_CODES
    assert [entry.reason for entry in answer.entries] == [Reason.IN_FORCE, Reason.SIGNATURE_INVALID]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([], Reason.NO_CODE_FOUND),
        (["WIFI:S:x;;"], Reason.NOT_A_LICENCE_CODE),
        (["WIFI:S:x;;", f"{PUBLIC_URL}/v/broken"], Reason.MALFORMED),
    ],
)
def test_a_photo_without_a_licence_code_says_what_was_there(texts: list[str], reason: Reason, country: Country) -> None:
    answer = country.verifier.verify_scan(texts, AT)
    assert isinstance(answer, Verdict)
    assert answer.reason is reason


def test_the_one_licence_code_among_others_is_the_answer(country: Country) -> None:
    answer = country.verifier.verify_scan(["https://evil.test/pay", country.pharmacy.text], AT)
    assert isinstance(answer, Verdict)
    assert answer.reason is Reason.IN_FORCE


def test_a_licence_that_the_register_lacks_is_not_in_force(country: Country) -> None:
    verdict = country.verdict(country.unregistered.text)
    assert (verdict.reason, verdict.outcome) == (Reason.NOT_IN_REGISTER, Outcome.CAUTION)
    assert verdict.register_as_of is not None


def test_without_a_register_a_genuine_code_is_genuine_and_no_more(tmp_path: Path) -> None:
    country = Country(tmp_path)
    country.database.rename(tmp_path / "away")
    verdict = country.verdict(country.pharmacy.text)
    states = {check.name: check.state for check in verdict.checks}
    assert (verdict.reason, verdict.outcome) == (Reason.REGISTER_UNAVAILABLE, Outcome.UNKNOWN)
    assert (states[CheckName.SIGNATURE], states[CheckName.REGISTER]) == (CheckState.PASSED, CheckState.UNKNOWN)
    assert country.verdict("辽CB024100001").reason is Reason.REGISTER_UNAVAILABLE
    (tmp_path / "away").rename(country.database)
    assert country.verdict(country.pharmacy.text).reason is Reason.IN_FORCE


TAMPERING = {
    "another licence's line": (
        "UPDATE records SET line = (SELECT line FROM records WHERE number = '辽CB024100005') WHERE number = :number",
        Reason.REGISTER_UNAVAILABLE,
    ),
    "a line that is no record": (
        "UPDATE records SET line = x'7b7d' WHERE number = :number",
        Reason.REGISTER_UNAVAILABLE,
    ),
    "a changed holder on the face": (
        "UPDATE records SET line = CAST(replace(CAST(line AS TEXT), '和平', '太平') AS BLOB) WHERE number = :number",
        Reason.CLAIMS_MISMATCH,
    ),
    "a later end on the face": (
        "UPDATE records SET line = CAST(replace(CAST(line AS TEXT), '2029-12-31', '2099-12-31') AS BLOB)"
        " WHERE number = :number",
        Reason.CLAIMS_MISMATCH,
    ),
    "a changed number in the column": (
        "UPDATE records SET number = '辽CB024199999' WHERE number = :number",
        Reason.NOT_IN_REGISTER,
    ),
    "an invented higher version": (
        "UPDATE records SET number = :number, version = 9 WHERE number = '辽CB024100005'",
        Reason.IN_FORCE,
    ),
    "an invented notice": (
        "INSERT INTO notices (manifest_id, issuer_id, type_code, number, version, issued_at, cose)"
        " SELECT manifest_id, issuer_id, type_code, number, version, 1, x'00' FROM records WHERE number = :number",
        Reason.IN_FORCE,
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_whoever_owns_the_database_makes_no_licence_and_no_status(name: str, tmp_path: Path) -> None:
    country = Country(tmp_path)
    statement, reason = TAMPERING[name]
    with closing(sqlite3.connect(country.database)) as database, database:
        assert database.execute(statement, {"number": country.pharmacy.number}).rowcount > 0
    assert country.verdict(country.pharmacy.text).reason is reason


@pytest.mark.parametrize(("compromised_after", "shown"), [(50, False), (150, True)])
def test_a_notice_by_a_compromised_key_stands_only_if_it_was_registered_before(
    compromised_after: int, shown: bool, tmp_path: Path
) -> None:
    world = World()
    licence = world.licence()
    world.take_into_register(licence, signed_at=REGISTERED_AT)
    notice = world.notice(licence, StatusValue.REVOKED, reason="演示")
    world.take_into_register(licence, notices={licence.number: notice}, signed_at=REGISTERED_AT + 100)
    world.set_status(licence, StatusValue.REVOKED)
    stolen = world.liaoning.keys.pop("status")
    written = world.write(tmp_path)
    since = REGISTERED_AT + compromised_after
    others = [each for each in world.liaoning.published_keys if each.key_id != stolen.key_id]
    world.liaoning.published_keys = [*others, publish_ended(stolen, KeyState.COMPROMISED, since)]
    world.version += 1
    world.write_keys(tmp_path / "keys")
    answer = assemble(written.settings, lambda: AT).verifier.verify(licence.text, AT)
    assert isinstance(answer, Verdict)
    assert answer.reason is Reason.REVOKED
    assert answer.licence is not None
    assert (answer.licence.notice is not None) is shown


def test_whoever_owns_the_database_does_not_clear_a_revoked_licence(tmp_path: Path) -> None:
    country = Country(tmp_path)
    with closing(sqlite3.connect(country.database)) as database, database:
        database.execute("UPDATE status_lists SET cwt = replace(cwt, x'78', x'79')")
    # The lists in memory were verified before; a portal that starts now has none that it can believe.
    fresh = assemble(country.portal.settings, lambda: AT)
    assert country.verdict(country.revoked.text).reason is Reason.REVOKED
    answer = fresh.verifier.verify(country.revoked.text, AT)
    assert isinstance(answer, Verdict)
    assert answer.reason is Reason.STATUS_UNKNOWN
