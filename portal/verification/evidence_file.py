"""Evidence documents (spec §9): a JSON file → its parts, in the one form in which they are written. Nothing is judged.

Everything in it but `PortalsWord` was signed by an authority or the root, or follows from what was.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.verification import strict_json
from portal.verification.dates import format_timestamp

VERSION = 1
MEMBERS = frozenset(
    ("evidence", "checked_at", "text", "credential", "face", "notice", "status_list")
    + ("trust_list", "trust_list_sig", "root", "register", "verdict"),
)
_PROOF_MEMBERS = frozenset(("manifest", "record", "index", "size", "path"))
_WORD = "on_the_portals_word"
_WORD_MEMBERS = frozenset(("address", "register", "register_as_of"))


class RegisterStatement(StrEnum):
    """What the portal says its register had: of the higher versions than the credential, none but a proven one.

    CONTRADICTED: a record of the credential with another face than was signed. No bundle brings one in, so that none
    proves it; the other face, which may say anything, is in no document.
    """

    HELD = "held"
    NOT_HELD = "not_held"
    CONTRADICTED = "contradicted"
    UNAVAILABLE = "unavailable"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class PortalsWord:
    """What nobody signed: the portal's own address, and what its register had besides the proven records.

    `register_as_of` is when the issuer last signed a bundle that was taken.
    """

    address: str
    register: RegisterStatement
    register_as_of: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A record's line with its manifest, and the path from one to the other."""

    manifest: bytes
    record: bytes
    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """All that a verdict rested on. `verdict` is what the portal answered; `successor` proves a higher version."""

    checked_at: int
    text: str
    credential: bytes
    face: bytes | None
    notice: bytes | None
    status_list: bytes | None
    trust_list: bytes
    trust_list_signatures: bytes
    root: bytes
    registered: Proof | None
    successor: Proof | None
    word: PortalsWord
    verdict: Mapping[str, object]


def read_evidence_file(document: bytes) -> EvidenceFile:
    """Read an evidence document; strict_json.Unexpected, which names the member, if it is not of the form of §9."""
    raw = strict_json.parse(document, "evidence")
    if not raw.has("evidence") or raw.integer("evidence") != VERSION:
        raw.refuse("not an evidence file of version 1")
    raw.require_only(MEMBERS)
    registered, successor = _read_register(raw.object("register")) if raw.is_given("register") else (None, None)
    verdict = dict(raw.object("verdict").items())
    verdict.pop(_WORD, None)
    return EvidenceFile(
        checked_at=raw.time("checked_at"),
        text=raw.text("text"),
        credential=raw.base64("credential"),
        face=_optional_bytes(raw, "face"),
        notice=_optional_bytes(raw, "notice"),
        status_list=_optional_bytes(raw, "status_list"),
        trust_list=raw.base64("trust_list"),
        trust_list_signatures=raw.base64("trust_list_sig"),
        root=raw.base64("root"),
        registered=registered,
        successor=successor,
        word=_read_word(raw.object("verdict").object(_WORD)),
        verdict=verdict,
    )


def _optional_bytes(raw: strict_json.Object, key: str) -> bytes | None:
    return raw.base64(key) if raw.is_given(key) else None


def _read_register(raw: strict_json.Object) -> tuple[Proof | None, Proof | None]:
    """The proofs of the credential and of its successor, of which one at least is there, and whole."""
    raw.require_only(_PROOF_MEMBERS | {"successor"})
    successor = raw.object("successor") if raw.has("successor") else None
    if successor:
        successor.require_only(_PROOF_MEMBERS)
    is_alone = successor is not None and not any(map(raw.has, _PROOF_MEMBERS))
    return None if is_alone else _read_proof(raw), _read_proof(successor) if successor else None


def _read_proof(raw: strict_json.Object) -> Proof:
    return Proof(
        manifest=raw.base64("manifest"),
        record=raw.base64("record"),
        index=raw.integer("index"),
        size=raw.integer("size"),
        path=raw.base64s("path"),
    )


def _read_word(raw: strict_json.Object) -> PortalsWord:
    raw.require_only(_WORD_MEMBERS)
    return PortalsWord(
        address=raw.text("address"),
        register=raw.choice(RegisterStatement, raw.text("register")),
        register_as_of=raw.time("register_as_of") if raw.is_given("register_as_of") else None,
    )


def write_evidence_file(file: EvidenceFile) -> dict[str, object]:
    """The document's members, in the order of §9; binary as base64."""
    return {
        "evidence": VERSION,
        "checked_at": format_timestamp(file.checked_at),
        "text": file.text,
        "credential": _base64(file.credential),
        "face": _base64(file.face),
        "notice": _base64(file.notice),
        "status_list": _base64(file.status_list),
        "trust_list": _base64(file.trust_list),
        "trust_list_sig": _base64(file.trust_list_signatures),
        "root": _base64(file.root),
        "register": _write_register(file),
        "verdict": {**file.verdict, _WORD: _write_word(file.word)},
    }


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


def _write_register(file: EvidenceFile) -> dict[str, object] | None:
    members = _write_proof(file.registered) if file.registered else {}
    if file.successor:
        members["successor"] = _write_proof(file.successor)
    return members or None


def _write_proof(proof: Proof) -> dict[str, object]:
    return {
        "manifest": _base64(proof.manifest),
        "record": _base64(proof.record),
        "index": proof.index,
        "size": proof.size,
        "path": [_base64(each) for each in proof.path],
    }


def _write_word(word: PortalsWord) -> dict[str, object]:
    as_of = {} if word.register_as_of is None else {"register_as_of": format_timestamp(word.register_as_of)}
    return {"address": word.address, "register": word.register, **as_of}
