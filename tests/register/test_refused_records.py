"""What a record may be refused for, each by name: the bundle is refused whole, and says the line and the reason."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.register.importing import BundleRefused
from portal.verification.statuses import StatusValue
from tests.authorities import AT, COMPROMISED_SINCE, DAY, RETIRED_SINCE, key
from tests.register.desk import Desk, bundle, line_of, line_with_face
from tests.tampering import with_claims_changed, with_forged_signature
from tests.world import World


def _with_credential(world: World, change: Callable[[bytes], bytes]) -> bytes:
    licence = world.licence()
    return line_of(licence).replace(_base64url(licence.encoded), _base64url(change(licence.encoded)))


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _with_later_date(encoded: bytes) -> bytes:
    return with_claims_changed(encoded, lambda claims: claims.update({6: AT - 60}))


def _with_notice(world: World, *, about: str = "辽CB024100123", signed_by: str = "liaoning") -> bytes:
    licence = world.licence()
    authority = getattr(world, signed_by)
    notice = world.notice(world.licence(about, by=authority), StatusValue.REVOKED)
    return line_of(licence, notice)


RULES: dict[str, tuple[Callable[[World], bytes], str]] = {
    "no JSON": (lambda world: b"{", "record: not JSON"),
    "no text": (lambda world: b"\xff\xfe", "record: not JSON"),
    "an empty line": (lambda world: b"", "record: not JSON"),
    "a member too many": (lambda world: b'{"x":1,' + line_of(world.licence())[1:], "record: unknown member 'x'"),
    "no credential": (lambda world: b'{"face":"{}"}', "record: credential is missing"),
    "a credential of no form": (lambda world: b'{"credential":"gg","face":"{}"}', "no COSE_Sign1"),
    "claims changed under the signature": (
        lambda world: _with_credential(world, _with_later_date),
        "signature_invalid",
    ),
    "the signature of a forger": (
        lambda world: _with_credential(world, lambda encoded: with_forged_signature(encoded, key("forger"))),
        "signature_invalid",
    ),
    "a key that is not published": (lambda world: line_of(world.licence(key="unpublished")), "key_unknown"),
    "a key for status lists": (lambda world: line_of(world.licence(key="status")), "key_not_in_term"),
    "a key for another type": (lambda world: line_of(world.licence(key="limited")), "out_of_scope"),
    "a key that had retired": (
        lambda world: line_of(world.licence(key="retired", issued_at=RETIRED_SINCE + 1)),
        "key_not_in_term",
    ),
    "a key that was compromised": (lambda world: line_of(world.licence(key="compromised")), "key_compromised"),
    "a date in the future": (
        lambda world: line_of(world.licence(issued_at=AT + DAY)),
        "key_not_in_term: signed in the future, outside ",
    ),
    "another authority's licence": (
        lambda world: line_of(world.licence("吉CB043100001", by=world.jilin)),
        "the licence is signed by a key of 11220000MB1X54321H, the manifest by 11210000MB0X123458",
    ),
    "another province's number": (lambda world: line_of(world.licence("吉CB043100001")), "out_of_scope"),
    "a face of another digest": (
        lambda world: line_of(world.licence(face_digest=bytes(32))),
        "claims_mismatch: the face does not hash to the digest in the licence",
    ),
    "a face that was changed": (
        lambda world: line_of(world.licence()).replace("演示发证机关".encode(), "发证机关".encode()),
        "claims_mismatch: the face does not hash to the digest in the licence",
    ),
    "a face of another number": (
        lambda world: line_with_face(world, number="辽CB024100999"),
        "claims_mismatch: face and licence disagree on number",
    ),
    "a face of another version": (
        lambda world: line_with_face(world, version=2),
        "claims_mismatch: face and licence disagree on version",
    ),
    "a face of another type": (
        lambda world: line_with_face(world, type="drug-manufacturing"),
        "claims_mismatch: face and licence disagree on type",
    ),
    "a face with another holder": (
        lambda world: line_with_face(world, fields={"holder_name": "别的药房（演示）"}),
        "claims_mismatch: face and licence disagree on holder_name",
    ),
    "a face with another last day": (
        lambda world: line_with_face(world, fields={"expiry_date": "2035-01-01"}),
        "claims_mismatch: face and licence disagree on expiry_date",
    ),
    "a face with a field of another type": (
        lambda world: line_with_face(world, fields={"id_no": "演示"}),
        "the face holds 'id_no', which drug-distribution-retail may not show",
    ),
    "a face of no form": (lambda world: _with_face_text(world, "[]"), "face: not an object"),
    "a face with half a character": (lambda world: _with_face_text(world, "\\ud800"), "record: not JSON"),
    "a notice about another licence": (
        lambda world: _with_notice(world, about="辽CB024100002"),
        "notice: the notice is about another licence",
    ),
    "a notice by another authority": (
        lambda world: _with_notice(world, signed_by="jilin"),
        "notice: the notice is signed by another authority than the licence",
    ),
    "a version that no database counts": (
        lambda world: line_of(world.licence(version=1 << 63)),
        "the licence's version is higher than a register can count",
    ),
}


def _with_face_text(world: World, text: str) -> bytes:
    head, _, _ = line_of(world.licence()).partition(b'"face":')
    return head + f'"face":"{text}"}}'.encode()


@pytest.mark.parametrize(("refused", "reason"), RULES.values(), ids=RULES.keys())
def test_a_record_that_breaks_a_rule_refuses_its_bundle(
    refused: Callable[[World], bytes], reason: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    before = desk.contents()
    records = [line_of(desk.world.licence("辽CB024100001")), refused(desk.world)]
    with pytest.raises(BundleRefused) as refusal:
        desk.load(bundle(desk.world, records))
    ((line, said),) = refusal.value.errors
    assert line == 3
    assert said.startswith(reason)
    assert desk.contents() == before


def test_a_hidden_field_refuses_a_record_even_where_the_type_has_that_field(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    slug = "internet-drug-info"
    plain = desk.world.licence(slug=slug, fields={"site_name": "演示网站"}).face
    shown = plain.replace(b'"site_name"', b'"ip":"192.0.2.1","site_name"')
    with pytest.raises(BundleRefused, match="the face holds 'ip', which internet-drug-info may not show"):
        desk.load(bundle(desk.world, [line_of(desk.world.licence(slug=slug, face=shown))]))


def test_a_key_compromised_after_the_manifest_was_signed_does_not_refuse_what_it_signed_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    records = [line_of(desk.world.licence(key="compromised"))]
    assert desk.load(bundle(desk.world, records, signed_at=COMPROMISED_SINCE - 1)).added == 1
    with pytest.raises(BundleRefused, match="key_compromised"):
        desk.load(bundle(desk.world, records, sequence=2, signed_at=COMPROMISED_SINCE))
