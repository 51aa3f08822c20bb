"""Every type of the catalogue is shown as its holder knows it, and some licences have companions and a history."""

from collections import defaultdict
from itertools import groupby

import pytest
from stdnum.iso7064 import mod_11_10

from portal.catalogue.licence_types import LicenceType
from portal.demonstration.drafts import all_drafts
from portal.demonstration.issuers import IssuerPlan
from portal.demonstration.licences import Draft, MadeLicence, end_of_term, make_licence
from portal.demonstration.types import PLANS
from portal.verification.bundle import Record, read_record
from portal.verification.dates import beijing_date
from portal.verification.statuses import StatusValue
from tests.authorities import AT, key
from tests.world import CATALOGUE

# What no plan can know: the sheet of the agent of a foreign registrant, remarks that a product does not have.
SELDOM_FILLED = {"agent_name", "agent_address", "remarks"}
_NOT_IN_A_FACE = {"licence_no", "image", "qr"}


def made(draft: Draft) -> MadeLicence:
    signing = key(f"demonstration-{draft.issuer.slug}")
    return make_licence(draft, 0, CATALOGUE, signing, signing)


def records_of(licence: MadeLicence) -> list[Record]:
    return [read_record(line) for line in licence.lines]


@pytest.fixture(scope="module")
def licences() -> list[MadeLicence]:
    drafts = [draft for draft in all_drafts(beijing_date(AT)) if draft.registered]
    # The ordinary hundreds repeat what the first licences show.
    return [made(draft) for draft in drafts[:150]]


@pytest.fixture(scope="module")
def records(licences: list[MadeLicence]) -> list[Record]:
    return [records_of(licence)[-1] for licence in licences]


def in_force_of(slug: str, licences: list[MadeLicence]) -> list[MadeLicence]:
    here = [each for each in licences if each.draft.slug == slug and each.draft.status == StatusValue.IN_FORCE]
    return [each for each in here if each.claims.expires_at is None or each.claims.expires_at > AT]


def test_there_is_a_plan_for_every_type_and_none_besides() -> None:
    assert set(PLANS) == set(CATALOGUE.by_slug)


@pytest.mark.parametrize("slug", PLANS)
def test_every_type_has_a_licence_in_force_by_an_office_that_may_issue_it(
    slug: str, licences: list[MadeLicence]
) -> None:
    for licence in in_force_of(slug, licences)[-1:]:
        assert may_sign(licence.draft.issuer, slug)
    assert in_force_of(slug, licences)


def may_sign(issuer: IssuerPlan, slug: str) -> bool:
    types = issuer.plan["main"].types
    return "*" in types or slug in types


@pytest.mark.parametrize("slug", PLANS)
def test_a_face_fills_every_field_that_the_public_may_see_in_the_order_of_the_paper_form(
    slug: str, licences: list[MadeLicence]
) -> None:
    licence_type, face = CATALOGUE.by_slug[slug], records_of(in_force_of(slug, licences)[-1])[-1].face
    assert list(face.fields) == [field.key for field in licence_type.fields if field.key in face.fields]
    assert expected_fields(licence_type) - set(face.fields) <= SELDOM_FILLED
    assert [key for key, value in face.fields.items() if not value.strip()] == []


def expected_fields(licence_type: LicenceType) -> set[str]:
    told = {
        field.key
        for field in licence_type.fields
        if field.public != "hide" and field.kind not in _NOT_IN_A_FACE and field.key != licence_type.number_field
    }
    # Who moves narcotics, what and how much is nobody's business: parties and matter only.
    told -= {"content"} if licence_type.sensitive else set()
    return told - ({"expiry_date"} if licence_type.expires is False else set())


@pytest.mark.parametrize("slug", [slug for slug, plan in PLANS.items() if plan.months == 0])
def test_what_does_not_expire_has_no_last_day(slug: str, licences: list[MadeLicence]) -> None:
    assert not CATALOGUE.by_slug[slug].expires
    assert {licence.claims.expires_at for licence in in_force_of(slug, licences)} == {None}


def test_persons_are_masked_where_the_public_sees_them_masked(records: list[Record]) -> None:
    masked = {
        record.face.fields[field.key]
        for record in records
        for field in CATALOGUE.by_slug[record.face.type_slug].fields
        if field.public == "mask" and field.key in record.face.fields
    }
    assert masked
    assert [value for value in masked if "**" not in value] == []


@pytest.mark.parametrize(
    "slug", ["eu-api-written-confirmation", "drug-export-sales-certificate", "device-export-sales-certificate"]
)
def test_a_certificate_that_goes_abroad_speaks_english_too(slug: str, licences: list[MadeLicence]) -> None:
    face = records_of(in_force_of(slug, licences)[-1])[-1].face
    assert "Co., Ltd. (demonstration)" in face.fields["content"]
    assert "{" not in "".join(face.fields.values())


def test_an_advertisements_number_begins_with_its_last_day(licences: list[MadeLicence]) -> None:
    (licence,) = in_force_of("ad-review-decision", licences)
    assert licence.draft.valid_until is not None
    assert f"第{licence.draft.valid_until:%y%m%d}-" in licence.claims.number


def test_a_food_producers_number_has_the_right_check_digit(licences: list[MadeLicence]) -> None:
    (licence,) = in_force_of("food-production", licences)
    assert mod_11_10.is_valid(licence.claims.number.removeprefix("SC"))


def test_one_holder_has_licences_of_at_least_six_types(licences: list[MadeLicence]) -> None:
    types: defaultdict[str, set[str]] = defaultdict(set)
    for licence in licences:
        if licence.claims.uscc and licence.draft.status == StatusValue.IN_FORCE:
            types[licence.claims.uscc].add(licence.draft.slug)
    code, most = max(types.items(), key=lambda each: len(each[1]))
    assert len(most) >= 6
    assert len({each.claims.holder for each in licences if each.claims.uscc == code}) == 1


def test_some_have_shops_credit_grades_and_links(records: list[Record]) -> None:
    faces = [record.face for record in records]
    assert any(face.sites for face in faces)
    assert {face.credit.grade for face in faces if face.credit} == {"A", "B"}
    assert {link.rel for face in faces for link in face.links} == {"traceability", "credit"}


def versions(licences: list[MadeLicence], tag: str) -> list[MadeLicence]:
    """The versions of the licence with this tag, oldest first."""
    newest = next(each for each in licences if each.draft.tag == tag)
    same = [
        each
        for each in licences
        if (each.claims.number, each.claims.type_code) == (newest.claims.number, newest.claims.type_code)
    ]
    return sorted(same, key=lambda each: each.claims.version)


def test_a_pharmacy_has_moved_then_widened_its_scope(licences: list[MadeLicence]) -> None:
    fields = [records_of(each)[-1].face.fields for each in versions(licences, "suspended_and_restored")]
    changed = [{key for key in new if new[key] != old[key]} for old, new in zip(fields, fields[1:], strict=False)]
    assert changed == [{"business_address"}, {"scope"}]


def test_a_claimed_address_is_that_of_the_face(licences: list[MadeLicence]) -> None:
    moved = versions(licences, "suspended_and_restored")[1]
    assert moved.claims.address == records_of(moved)[0].face.fields["business_address"]


def test_it_was_suspended_and_restored_by_notices(licences: list[MadeLicence]) -> None:
    notices = [record.notice for record in records_of(versions(licences, "suspended_and_restored")[-1])]
    assert [notice and notice.status for notice in notices] == [StatusValue.SUSPENDED, StatusValue.IN_FORCE]
    assert all(notice and notice.decision_number and notice.is_published(AT) for notice in notices)


def test_a_renewal_keeps_the_number_and_begins_when_the_old_term_has_ended(licences: list[MadeLicence]) -> None:
    old, new = versions(licences, "renewed")
    assert old.claims.expires_at == new.claims.not_before


def test_only_the_newest_version_is_not_superseded(licences: list[MadeLicence]) -> None:
    tagged = ("suspended_and_restored", "renewed", "scope_widened")
    for statuses in ([each.draft.status for each in versions(licences, tag)] for tag in tagged):
        assert [status for status, _ in groupby(statuses)] == [StatusValue.SUPERSEDED, StatusValue.IN_FORCE]


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-01-01", 12, "2026-12-31"),
        ("2026-11-21", 3, "2027-02-20"),
        ("2024-02-29", 60, "2029-02-27"),
        ("2026-12-31", 2, "2027-02-27"),
    ],
)
def test_a_term_ends_on_the_day_before_its_anniversary(first: str, months: int, last: str) -> None:
    day = type(beijing_date(0)).fromisoformat
    assert end_of_term(day(first), months) == day(last)
