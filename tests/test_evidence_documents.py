"""Evidence documents: saved from a real portal for every verdict, checked by nothing but themselves and the root."""

from __future__ import annotations

import base64
import copy
import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, update

from portal.assemble import assemble
from portal.authority.bundles import record_line, sign_bundle
from portal.authority.signing import NoticeClaims, sign_notice, sign_status_list, status_list_uri
from portal.catalogue.licence_types import Catalogue
from portal.evidence_documents import CheckedEvidence, NoEvidence, SavedEvidence, check_evidence, save_evidence
from portal.register.reading import RegisterReader
from portal.register.tables import records
from portal.sources import Published, Register
from portal.verdict_json import verdict_json
from portal.verification.bundle import read_manifest_line
from portal.verification.evidence_file import MEMBERS, RegisterStatement
from portal.verification.notice import NoticeKind
from portal.verification.recheck import recheck_by
from portal.verification.statuses import StatusList, StatusValue
from portal.verification.trust import read_root
from portal.verification.verdict import Attribute, Reason, Verdict
from portal.verifier import Verifier
from tests.authorities import AT, COMPROMISED_SINCE, DAY, PUBLIC_URL, REGISTERED_AT, SIGNED_AT, Authority, key
from tests.tampering import text_of, with_forged_signature
from tests.world import CATALOGUE, Issued, World, Written

LARGE = 2**53 + 2
ENDED = (StatusValue.REVOKED, StatusValue.RESCINDED, StatusValue.WITHDRAWN, StatusValue.CANCELLED)


@dataclass(frozen=True, slots=True)
class Cases:
    """A portal, the root it relies on, and a code for each kind of verdict."""

    verifier: Verifier
    without_register: Register
    root_sha256: str
    texts: dict[str, str]
    stolen: Issued
    stolen_manifest: bytes


def _with_status(world: World, number: str, value: StatusValue, **notice: Any) -> Issued:
    licence = world.licence(number)
    world.set_status(licence, value)
    notices = {number: world.notice(licence, value, **notice)} if notice else None
    world.take_into_register(licence, notices=notices)
    return licence


def _licences(world: World) -> dict[str, Issued]:
    old = world.licence("辽CB024100001")
    found = {
        "in force": world.licence("辽CB024100002", key="ed25519"),
        "expires soon": world.licence("辽CB024100003", expires_at=AT + 9 * DAY),
        "expired": world.licence("辽CB024100004", expires_at=AT - DAY),
        "not yet in force": world.licence("辽CB024100005", not_before=AT + DAY),
        "an older version": old,
        "retired key": world.licence("辽CB024100006", key="retired"),
    }
    newer = world.licence("辽CB024100001", version=2, status_index=old.claims.status_index + 900)
    world.take_into_register(*found.values())
    world.take_into_register(newer)
    found |= {value.name.lower(): _with_status(world, f"辽CB0241001{value:02}", value) for value in StatusValue}
    found |= {
        "revoked with notice": _with_status(world, "辽CB024100201", StatusValue.REVOKED, reason="演示原因"),
        "filing removed": _with_status(world, "辽CB024100202", StatusValue.ENDED, kind=NoticeKind.FILING_REMOVED),
        "migrated": _with_status(world, "辽CB024100203", StatusValue.ENDED, kind=NoticeKind.MIGRATED),
        "not in register": world.licence("辽CB024100204"),
        "not in register and revoked": world.licence("辽CB024100205"),
        "a higher version registered": world.licence("辽CB024100206"),
        "key unknown": world.licence("辽CB024100207", key="unpublished"),
        "key not for licences": world.licence("辽CB024100208", key="status"),
        "out of scope": world.licence("辽CB024100209", by=world.jilin),
        "compromised key": world.licence("辽CB024100007", key="compromised"),
        "no status list": world.licence("辽CB024100210", status_list=4),
        "notice in a later bundle": world.licence("辽CB024100211"),
        "another face in the register": world.licence("辽CB024100212"),
        "another face, revoked and replaced": world.licence("辽CB024100214"),
        "a version that no float is": world.licence("辽CB024100213", version=LARGE),
    }
    world.set_status(found["not in register and revoked"], StatusValue.REVOKED)
    later = world.licence("辽CB024100206", version=2)
    world.take_into_register(later, found["no status list"], found["notice in a later bundle"])
    world.take_into_register(found["another face in the register"], found["a version that no float is"])
    mismatched = found["another face, revoked and replaced"]
    world.set_status(mismatched, StatusValue.REVOKED)
    notices = {mismatched.number: world.notice(mismatched, StatusValue.REVOKED, reason="演示原因")}
    world.take_into_register(mismatched, notices=notices)
    world.take_into_register(world.licence(mismatched.number, version=2))
    found["notice by a key stolen later"] = _with_notice_by_a_key_stolen_later(world)
    again = found["notice in a later bundle"]
    world.set_status(again, StatusValue.ENDED)
    moved = world.notice(again, StatusValue.ENDED, kind=NoticeKind.MIGRATED, successor_number="辽备1")
    world.take_into_register(again, notices={again.number: moved}, signed_at=REGISTERED_AT + DAY // 2)
    return found


def _with_notice_by_a_key_stolen_later(world: World) -> Issued:
    licence = world.licence("辽CB024100215")
    world.set_status(licence, StatusValue.ENDED)
    notices = {licence.number: _notice_by_the_stolen_key(licence, NoticeKind.FILING_REMOVED)}
    world.take_into_register(licence, notices=notices, signed_at=COMPROMISED_SINCE - 1)
    return licence


def _notice_by_the_stolen_key(licence: Issued, kind: NoticeKind) -> bytes:
    about = (licence.number, licence.claims.type_code, licence.claims.version)
    claims = NoticeClaims(*about, StatusValue.ENDED, date(2026, 10, 1), SIGNED_AT, kind=kind)
    return sign_notice(licence.authority.keys["compromised"], claims)


def _exchange_face(written: Written, licence: Issued) -> None:
    """As somebody could who got into the database."""
    line = record_line(licence.encoded, licence.face.replace("演示".encode(), "假冒".encode()))
    with create_engine(written.settings.database_url).begin() as database:
        row = records.c.credential_id == licence.credential.credential_id
        database.execute(update(records).where(row).values(line=line))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    world, folder = World(), tmp_path_factory.mktemp("world")
    licences = _licences(world)
    written = world.write(folder)
    for name in ("another face in the register", "another face, revoked and replaced"):
        _exchange_face(written, licences[name])
    texts = {name: licence.text for name, licence in licences.items()}
    genuine = licences["in force"]
    texts |= {
        "a bare token": genuine.token.lower(),
        "another host": f"https://licence.example.net/v/{genuine.token}",
        "forged": text_of(with_forged_signature(genuine.encoded, key("any", "Ed25519"))),
    }
    portal = assemble(written.settings, lambda: AT)
    portal.reader.close()
    gone = RegisterReader(f"sqlite:///{folder / 'gone.sqlite'}")
    root_sha256 = hashlib.sha256(world.root).hexdigest()
    return Cases(portal.verifier, gone, root_sha256, texts, *_made_by_a_thief(world, genuine))


def _made_by_a_thief(world: World, genuine: Issued) -> tuple[Issued, bytes]:
    """A licence that no register took, with the status of a genuine one, and a bundle of it from before the theft: all
    by a key that is compromised now."""
    licence = world.licence("辽CB024199999", key="compromised", status_index=genuine.claims.status_index)
    line = record_line(licence.encoded, licence.face)
    thief = world.liaoning.keys["compromised"]
    manifest, _ = sign_bundle(thief, [line], sequence=999, issued_at=COMPROMISED_SINCE - DAY, follows=None)
    return licence, read_manifest_line(manifest).envelope.encoded


NAMES = (
    *("in force", "expires soon", "expired", "not yet in force", "an older version", "retired key"),
    *(value.name.lower() for value in StatusValue),
    *("revoked with notice", "filing removed", "migrated", "not in register", "not in register and revoked"),
    *("a higher version registered", "key unknown", "key not for licences", "out of scope", "compromised key"),
    *("no status list", "notice in a later bundle", "another face in the register", "a version that no float is"),
    *("another face, revoked and replaced", "notice by a key stolen later", "a bare token", "another host", "forged"),
)


def saved(cases: Cases, name: str, at: int = AT) -> SavedEvidence:
    evidence = save_evidence(cases.verifier, cases.texts[name], at)
    assert isinstance(evidence, SavedEvidence), evidence
    return evidence


def verdict_on(verifier: Verifier, text: str, at: int = AT) -> Verdict:
    verdict = verifier.verify(text, at)
    assert isinstance(verdict, Verdict)
    return verdict


def test_the_names_are_those_of_the_world(cases: Cases) -> None:
    assert set(NAMES) == set(cases.texts)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_alone_has_the_verdict_that_the_portal_gave(cases: Cases, name: str) -> None:
    checked = check_evidence(saved(cases, name).document, CATALOGUE, cases.root_sha256)
    assert checked.discrepancies == ()
    assert checked.root_sha256 == cases.root_sha256
    assert checked.verdict is not None
    assert verdict_json(checked.verdict) == verdict_json(verdict_on(cases.verifier, cases.texts[name]))


def test_the_names_are_verdicts_of_every_kind(cases: Cases) -> None:
    of_credentials = set(Reason) - {
        *(Reason.UNREADABLE_IMAGE, Reason.NO_CODE_FOUND, Reason.SEVERAL_CODES, Reason.NOT_A_LICENCE_CODE),
        *(Reason.NOT_FOUND, Reason.MALFORMED),
    }
    elsewhere = {Reason.TRUST_LIST_UNUSABLE, Reason.REGISTER_UNAVAILABLE}
    found = {verdict_on(cases.verifier, text).reason for text in cases.texts.values()}
    assert found == of_credentials - elsewhere


@pytest.mark.parametrize("at", [AT + 10 * DAY, AT + 100 * DAY], ids=["stale status", "expired keys"])
def test_a_document_is_as_of_its_time(cases: Cases, at: int) -> None:
    evidence = saved(cases, "in force", at)
    live = verdict_on(cases.verifier, cases.texts["in force"], at)
    assert verdict_json(evidence.verdict) == verdict_json(live)
    assert live.reason in (Reason.STATUS_UNKNOWN, Reason.TRUST_LIST_UNUSABLE)


@pytest.mark.parametrize(("name", "reason"), [("in force", Reason.REGISTER_UNAVAILABLE), ("revoked", Reason.REVOKED)])
def test_without_a_register_the_document_says_so(cases: Cases, name: str, reason: Reason) -> None:
    # With the status lists that it had while the register could be read.
    verifier = replace(cases.verifier, register=cases.without_register)
    evidence = save_evidence(verifier, cases.texts[name], AT)
    assert isinstance(evidence, SavedEvidence)
    assert (evidence.verdict.reason, evidence.file.word.register) == (reason, RegisterStatement.UNAVAILABLE)
    assert json.loads(evidence.document)["register"] is None


def test_another_face_than_was_signed_is_told_and_not_kept(cases: Cases) -> None:
    evidence = saved(cases, "another face in the register")
    assert evidence.verdict.reason is Reason.CLAIMS_MISMATCH
    assert (evidence.file.word.register, evidence.file.face, evidence.file.registered) == (
        RegisterStatement.CONTRADICTED,
        None,
        None,
    )
    assert "假冒" not in evidence.document.decode()


def test_a_face_that_was_signed_and_contradicts_the_claims_is_proven(tmp_path: Path) -> None:
    """As of a licence of a person that a register took before the catalogue said which field names its holder."""
    catalogue = json.loads((Path(__file__).parents[1] / "portal/catalogue/catalogue.json").read_text("utf-8"))
    for each in catalogue["types"]:
        if each["category"] == "personal_registration":
            each["category"] = "enterprise_licence"
    world = World(Catalogue.parse(json.dumps(catalogue).encode()))
    licence = world.licence(slug="licensed-pharmacist-registration", holder="演示甲", fields={"name": "演示乙"})
    world.take_into_register(licence)
    portal = assemble(world.write(tmp_path).settings, lambda: AT)
    portal.reader.close()
    evidence = save_evidence(portal.verifier, licence.text, AT)
    assert isinstance(evidence, SavedEvidence), evidence
    assert (evidence.verdict.reason, evidence.file.word.register) == (Reason.CLAIMS_MISMATCH, RegisterStatement.HELD)
    assert evidence.file.face == licence.face
    assert verdict_json(evidence.verdict) == verdict_json(verdict_on(portal.verifier, licence.text))


def test_without_a_root_the_document_relies_on_its_own_and_says_on_which(cases: Cases) -> None:
    checked = check_evidence(saved(cases, "in force").document, CATALOGUE, None)
    assert (checked.discrepancies, checked.root_sha256) == ((), cases.root_sha256)


def test_the_members_are_those_of_the_specification(cases: Cases) -> None:
    members = json.loads(saved(cases, "revoked with notice").document)
    names = (
        "evidence checked_at text credential face notice status_list trust_list trust_list_sig root register verdict"
    )
    assert list(members) == names.split()
    assert list(members["register"]) == ["manifest", "record", "index", "size", "path"]
    assert members["verdict"]["on_the_portals_word"] == {
        "address": PUBLIC_URL,
        "register": "held",
        "register_as_of": "2026-11-20T14:00:00Z",
    }


def test_another_host_is_told(cases: Cases) -> None:
    assert saved(cases, "another host").verdict.attributes == (Attribute.FOREIGN_HOST,)


def by_a_thief(cases: Cases) -> bytes:
    """Evidence for what a stolen key signed, with what is public of a genuine licence."""
    document = json.loads(saved(cases, "in force").document)
    licence = cases.stolen
    register = {"manifest": _base64(cases.stolen_manifest), "index": 0, "size": 1, "path": []}
    document |= {
        "text": licence.text,
        "credential": _base64(licence.encoded),
        "face": _base64(licence.face),
        "register": register | {"record": _base64(record_line(licence.encoded, licence.face))},
    }
    return json.dumps(document).encode()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_stolen_key_cannot_prove_that_a_register_took_what_it_signed(cases: Cases) -> None:
    assert verdict_on(cases.verifier, cases.stolen.text).reason is Reason.KEY_COMPROMISED
    checked = check_evidence(by_a_thief(cases), CATALOGUE, cases.root_sha256)
    assert checked.verdict is None
    assert ("register.manifest",) in {each.parts for each in checked.discrepancies}


def contradicted_by_a_thief(cases: Cases) -> bytes:
    """The same in place of a licence of which the register had another face."""
    document = json.loads(saved(cases, "another face in the register").document)
    document |= {"text": cases.stolen.text, "credential": _base64(cases.stolen.encoded)}
    return json.dumps(document).encode()


def test_a_stolen_key_has_not_signed_before_the_theft_where_no_record_says_so(cases: Cases) -> None:
    checked = check_evidence(contradicted_by_a_thief(cases), CATALOGUE, cases.root_sha256)
    assert checked.verdict is None
    assert 'the verdict says "claims_mismatch", not "key_compromised"' in _why(checked)


def test_a_newer_list_without_the_key_of_the_licence_is_told_as_such(cases: Cases) -> None:
    world = World()
    world.version, gone = 9, world.liaoning.keys["ed25519"].key_id
    world.liaoning.published_keys = [each for each in world.liaoning.published_keys if each.key_id != gone]
    again = recheck_by(saved(cases, "in force").file, read_root(world.root), world.trust_list, CATALOGUE)
    assert {each.why for each in again.discrepancies} == {f"no published key has the id {gone.hex()}"}


def test_what_is_no_code_has_no_document(cases: Cases) -> None:
    assert save_evidence(cases.verifier, "辽CB024100002", AT) is NoEvidence.NO_CREDENTIAL


class Replaced:
    """Published files whose status lists are gone, at the second of `times` questions each."""

    def __init__(self, published: Published, times: int) -> None:
        self._published, self._answers = published, itertools.chain([True, False] * times, itertools.repeat(True))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._published, name)

    def status_list(self, issuer_id: str, number: int, at: int) -> StatusList | None:
        return self._published.status_list(issuer_id, number, at) if next(self._answers) else None


def test_a_list_that_is_replaced_meanwhile_is_no_alarm(cases: Cases, caplog: pytest.LogCaptureFixture) -> None:
    verifier = replace(cases.verifier, published=Replaced(cases.verifier.published, times=1))
    saved = save_evidence(verifier, cases.texts["revoked with notice"], AT)
    assert isinstance(saved, SavedEvidence)
    assert caplog.messages == []


def test_what_cannot_be_proven_is_told_by_its_parts_alone(cases: Cases, caplog: pytest.LogCaptureFixture) -> None:
    verifier = replace(cases.verifier, published=Replaced(cases.verifier.published, times=2))
    assert save_evidence(verifier, cases.texts["revoked with notice"], AT) is NoEvidence.NOT_PROVABLE
    (message,) = caplog.messages
    assert message.startswith("integrity: evidence cannot be proven: ")
    assert "verdict.licence.notice or notice" in message
    assert "演示原因" not in message


def test_a_notice_that_is_no_longer_public_is_not_given_out(tmp_path: Path) -> None:
    world = World()
    licence = _with_status(
        world, "辽CB024100301", StatusValue.REVOKED, reason="演示", published_until=date(2026, 11, 21)
    )
    portal = assemble(world.write(tmp_path).settings, lambda: AT)
    portal.reader.close()
    assert isinstance(save_evidence(portal.verifier, licence.text, AT), SavedEvidence)
    assert save_evidence(portal.verifier, licence.text, AT + DAY) is NoEvidence.NO_LONGER_PUBLIC


# Tampering: each part changed in each way, and the part that must be named.

Document = dict[str, Any]


def flip(member: str, at: int = -1) -> Callable[[Document], None]:
    """Change a byte of a binary part."""

    def change(document: Document) -> None:
        holder, name = _place(document, member)
        content = base64.b64decode(holder[name])
        place = at % len(content)
        holder[name] = _base64(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])

    return change


def put(member: str, value: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        holder, name = _place(document, member)
        holder[name] = value

    return change


def _cut_off_signatures(document: Document) -> None:
    signatures = json.loads(base64.b64decode(document["trust_list_sig"]))
    for each in signatures["signatures"]:
        each["sig"] = "AAAA"
    document["trust_list_sig"] = _base64(json.dumps(signatures).encode())


def _made_up_proof() -> Document:
    return {"manifest": "", "record": "", "index": 0, "size": 1, "path": []}


def _place(document: Any, member: str) -> tuple[Any, Any]:
    *path, last = member.split(".")
    for each in path:
        document = document[int(each) if each.isdigit() else each]
    return document, int(last) if last.isdigit() else last


BINARY = ("credential", "face", "notice", "status_list", "trust_list", "trust_list_sig", "root")
PROOF = ("register.manifest", "register.record", "register.path.0")
TAMPERED: dict[str, tuple[str, Callable[[Document], None], str]] = {
    **{f"{part}, byte {at}": ("migrated", flip(part, at), part) for part in BINARY for at in (0, 1, 40, -40, -1)},
    **{f"{part}, byte {at}": ("in force", flip(part, at), part[:13]) for part in PROOF for at in (0, 20, -1)},
    **{f"{part}, empty": ("migrated", put(part, ""), part) for part in (*BINARY, "register.manifest", "text")},
    **{f"{part}, no base64": ("migrated", put(part, "*"), part) for part in BINARY},
    **{f"{part}, a number": ("migrated", put(part, 7), part) for part in (*BINARY, "text", "checked_at")},
    **{
        f"{part}, removed": ("migrated", put(part, None), part)
        for part in ("face", "notice", "status_list", "register")
    },
    "text of another licence": ("in force", put("text", "{expired}"), "text"),
    "text that is no code": ("in force", put("text", "辽CB024100002"), "text"),
    "text with another host": ("in force", put("text", "https://licence.example.net/v/{token}"), "text"),
    "another time": ("in force", put("checked_at", "2026-11-21T04:00:01Z"), "checked_at"),
    "another index": ("in force", put("register.index", 1), "register.index"),
    "another size": ("in force", put("register.size", 7), "register.size"),
    "a negative index": ("in force", put("register.index", -1), "register.index"),
    "a path too short": ("in force", put("register.path", []), "register.path"),
    "another reason": ("expired", put("verdict.reason", "in_force"), "verdict.reason"),
    "another outcome": ("expired", put("verdict.outcome", "valid"), "verdict.outcome"),
    "a version that is true": ("in force", put("verdict.licence.version", True), "verdict.licence.version"),
    "a version with a fraction": ("in force", put("verdict.trust_list_version", 7.0), "verdict.trust_list_version"),
    "a large version as text": (
        "a version that no float is",
        put("verdict.licence.version", str(LARGE)),
        "verdict.licence.version",
    ),
    "a licence that is a number": ("in force", put("verdict.licence", 7.5), "verdict.licence"),
    "another holder": ("in force", put("verdict.licence.holder", "假药房"), "verdict.licence.holder"),
    "another address of the portal": (
        "in force",
        put("verdict.on_the_portals_word.address", "https://other.example"),
        "verdict.attributes",
    ),
    "a register that had nothing": (
        "in force",
        put("verdict.on_the_portals_word.register", "not_held"),
        "register",
    ),
    "a register out of reach": (
        "in force",
        put("verdict.on_the_portals_word.register", "unavailable"),
        "verdict.on_the_portals_word.register",
    ),
    "another time of the register": (
        "in force",
        put("verdict.on_the_portals_word.register_as_of", "2026-11-21T00:00:00Z"),
        "verdict.register_as_of",
    ),
    "no word of the portal": ("in force", put("verdict.on_the_portals_word", None), "on_the_portals_word"),
    "an unknown member": ("in force", put("extra", 1), "extra"),
    "another version": ("in force", put("evidence", 2), "version 1"),
    "a member that every object has": ("in force", put("verdict.toString", 1), "verdict.toString"),
    "a prototype": ("in force", put("verdict.__proto__", {}), "verdict.__proto__"),
    "half a character": ("in force", put("verdict.reason", "\ud800"), "evidence: not JSON"),
    "digits of another width": ("in force", put("checked_at", "２０２６-11-21T04:00:00Z"), "checked_at"),
    "a time after the calendar": ("in force", put("checked_at", "9999-12-31T23:59:59Z"), "checked_at"),
    "a root's signature cut off": ("in force", _cut_off_signatures, "trust_list"),
    "the successor's manifest": (
        "an older version",
        flip("register.successor.manifest"),
        "register.successor.manifest",
    ),
    "the successor's record": ("an older version", flip("register.successor.record"), "register.successor.record"),
    "the successor's size": ("an older version", put("register.successor.size", 3), "register.successor.size"),
    **{
        f"{part} in a document of {name}": (name, put(part, _base64(b"whatever it says")), part)
        for name, parts in {
            "another face in the register": ("face",),
            "not in register": ("face", "notice"),
            "a higher version registered": ("face", "notice"),
            "forged": ("face", "notice", "status_list"),
            "key unknown": ("face", "notice", "status_list"),
        }.items()
        for part in parts
    },
    "proof in a document of forged": (
        "forged",
        lambda document: document.update(register=_made_up_proof()),
        "register",
    ),
    "a register that was not asked": (
        "not in register",
        put("verdict.on_the_portals_word.register", "not_asked"),
        "verdict.on_the_portals_word.register",
    ),
    "a register of nothing": ("not in register", put("register", {}), "manifest"),
    "an unknown member of a proof": ("in force", put("register.extra", 1), "extra"),
    "an unknown member of a register": ("a higher version registered", put("register.extra", 1), "extra"),
    "a proof without manifest": ("a higher version registered", put("register.record", ""), "manifest"),
    "a successor's successor": ("an older version", put("register.successor.successor", {}), "successor"),
    "no successor": ("an older version", lambda document: document["register"].pop("successor"), "register.successor"),
}


def tampered(cases: Cases, tampering: str) -> bytes:
    name, change, _ = TAMPERED[tampering]
    document = json.loads(saved(cases, name).document)
    change(document)
    token = cases.texts["in force"].rpartition("/")[2]
    return json.dumps(document).replace("{expired}", cases.texts["expired"]).replace("{token}", token).encode()


@pytest.mark.parametrize("tampering", TAMPERED)
def test_a_part_that_was_changed_is_named(cases: Cases, tampering: str) -> None:
    checked = check_evidence(tampered(cases, tampering), CATALOGUE, cases.root_sha256)
    assert checked.verdict is None
    named = [*(part for found in checked.discrepancies for part in found.parts), _why(checked)]
    assert TAMPERED[tampering][2] in " ".join(named)
    assert {part.partition(".")[0] for found in checked.discrepancies for part in found.parts} <= MEMBERS


def _why(checked: CheckedEvidence) -> str:
    return " ".join(each.why for each in checked.discrepancies)


def test_parts_of_another_genuine_document_do_not_fit(cases: Cases) -> None:
    mine, other = (json.loads(saved(cases, name).document) for name in ("in force", "expires soon"))
    for part in ("face", "register", "credential"):
        mixed = {**copy.deepcopy(mine), part: other[part]}
        checked = check_evidence(json.dumps(mixed).encode(), CATALOGUE, cases.root_sha256)
        assert checked.verdict is None
        assert any(part in named for each in checked.discrepancies for named in each.parts)


# Parts that an authority did sign, about something else; and the parts that must be named, without any other.


def _list_by(signer: Authority, named: Authority, number: int = 0) -> str:
    """A list in the name of an authority in which every licence is in force."""
    uri = status_list_uri(PUBLIC_URL, named.id, number)
    times = dict(issued_at=named.status_issued_at, ttl=named.status_ttl, expires_at=named.status_expires_at)
    return _base64(sign_status_list(signer.status_key, uri, [0] * 1000, **times))


def _proof_by(signer: Authority, line: bytes, key: str | None = None) -> Document:
    """Proof that an authority registered this line, and nothing else."""
    manifest, _ = sign_bundle(signer.key(key), [line], sequence=999, issued_at=REGISTERED_AT)
    signed = read_manifest_line(manifest).envelope.encoded
    return {"manifest": _base64(signed), "record": _base64(line), "index": 0, "size": 1, "path": []}


def _line_of(licence: Issued) -> bytes:
    return record_line(licence.encoded, licence.face)


def _registered_by(signer: Authority, key: str | None = None) -> Callable[[Document, Cases], None]:
    def change(document: Document, _: Cases) -> None:
        document["register"] = _proof_by(signer, base64.b64decode(document["register"]["record"]), key)

    return change


def _followed_by(line: bytes) -> Callable[[Document, Cases], None]:
    return lambda document, _: document["register"].update(successor=_proof_by(_LIAONING, line))


def _followed_by_itself(document: Document, _: Cases) -> None:
    document["register"]["successor"] = {name: document["register"][name] for name in _made_up_proof()}


def _put_back(document: Document, time: str) -> None:
    document["checked_at"] = document["verdict"]["checked_at"] = time


_WORLD = World()
_LIAONING, _JILIN = _WORLD.liaoning, _WORLD.jilin
_NUMBER = "辽CB024100002"
MISFITS: dict[str, tuple[str, Callable[[Document, Cases], object], tuple[str, ...]]] = {
    "the list of another authority": (
        "in force",
        lambda document, _: document.update(status_list=_list_by(_JILIN, _JILIN)),
        ("status_list",),
    ),
    "a list by another authority": (
        "in force",
        lambda document, _: document.update(status_list=_list_by(_JILIN, _LIAONING)),
        ("status_list",),
    ),
    "another list of the authority": (
        "in force",
        lambda document, _: document.update(status_list=_list_by(_LIAONING, _LIAONING, 4)),
        ("status_list",),
    ),
    "the proof of another licence": (
        "in force",
        lambda document, cases: document.update(register=json.loads(saved(cases, "expired").document)["register"]),
        ("register.record",),
    ),
    "a registration by another authority": (
        "in force",
        _registered_by(_JILIN),
        ("register.manifest", "register.record"),
    ),
    "a registered line that is no record": (
        "in force",
        lambda document, _: document.update(register=_proof_by(_LIAONING, b'{"face": "{}"}')),
        ("register.record",),
    ),
    "a higher version of another licence": (
        "in force",
        lambda document, cases: document["register"].update(
            successor=json.loads(saved(cases, "an older version").document)["register"]["successor"]
        ),
        ("register.successor",),
    ),
    "a higher version of another type": (
        "in force",
        _followed_by(_line_of(_WORLD.licence(_NUMBER, slug="drug-distribution-wholesale", version=2))),
        ("register.successor",),
    ),
    "the same version again": ("in force", _followed_by_itself, ("register.successor",)),
    "a higher version by a key that is not for licences": (
        "in force",
        _followed_by(_line_of(_WORLD.licence(_NUMBER, version=2, key="status"))),
        ("register.successor",),
    ),
    "a higher version with the face of another": (
        "in force",
        _followed_by(record_line(_WORLD.licence(_NUMBER, version=2).encoded, _WORLD.licence(_NUMBER).face)),
        ("register.successor",),
    ),
    "a registration by a key for status lists": (
        "in force",
        _registered_by(_LIAONING, "status"),
        ("register.manifest",),
    ),
    "a registration of a later time": (
        "in force",
        lambda document, _: _put_back(document, "2026-11-20T01:54:59Z"),
        ("register.manifest",),
    ),
    "a registration beside another face": (
        "another face in the register",
        lambda document, cases: document.update(register=json.loads(saved(cases, "in force").document)["register"]),
        ("register",),
    ),
    "a notice by a stolen key that no register took": (
        "notice by a key stolen later",
        lambda document, cases: document.update(
            notice=_base64(_notice_by_the_stolen_key(_WORLD.licence("辽CB024100215"), NoticeKind.MIGRATED))
        ),
        ("notice",),
    ),
}


def misfit(cases: Cases, name: str) -> bytes:
    of, change, _ = MISFITS[name]
    document = json.loads(saved(cases, of).document)
    change(document, cases)
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", MISFITS)
def test_a_part_that_was_signed_about_something_else_does_not_fit(cases: Cases, name: str) -> None:
    checked = check_evidence(misfit(cases, name), CATALOGUE, cases.root_sha256)
    assert checked.verdict is None
    assert MISFITS[name][2] in [each.parts for each in checked.discrepancies]


def test_an_older_status_list_is_named(cases: Cases) -> None:
    document = json.loads(saved(cases, "revoked").document)
    older = World().liaoning
    older.next_index, older.status_issued_at = 50, SIGNED_AT
    document["status_list"] = _base64(older.status_list())
    checked = check_evidence(json.dumps(document).encode(), CATALOGUE, cases.root_sha256)
    assert "status_list" in {part for each in checked.discrepancies for part in each.parts}


def test_a_document_under_another_root_is_refused(cases: Cases) -> None:
    checked = check_evidence(saved(cases, "in force").document, CATALOGUE, "0" * 64)
    assert [each.parts for each in checked.discrepancies] == [("root",)]
    assert "where the root was replaced since" in _why(checked)


def test_two_changed_parts_are_both_named(cases: Cases) -> None:
    document = json.loads(saved(cases, "migrated").document)
    flip("status_list")(document)
    flip("notice")(document)
    checked = check_evidence(json.dumps(document).encode(), CATALOGUE, cases.root_sha256)
    assert {part for each in checked.discrepancies for part in each.parts} == {"status_list", "notice"}


@pytest.mark.parametrize(
    "document", [b"", b"{}", b"[]", b"\xff", b'{"evidence": 1}', b'{"evidence": 1, "evidence": 1}']
)
def test_what_is_no_evidence_is_refused_in_one_line(document: bytes) -> None:
    checked = check_evidence(document, CATALOGUE, None)
    assert (checked.verdict, [each.parts for each in checked.discrepancies]) == (None, [("evidence",)])
    assert "\n" not in _why(checked)
