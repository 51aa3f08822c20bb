"""Cases for two verifiers of one specification: worlds as the register answers them, codes genuine and tampered."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import create_engine, text

from portal.authority.faces import NO_EXTRAS, FaceExtras
from portal.catalogue.numbers import lookup_key
from portal.sources import StoredLicence
from portal.verdict_json import answer_json
from portal.verification.evidence import RegisterUnavailable
from portal.verification.notice import NoticeKind
from portal.verification.presentation import encode_token
from portal.verification.statuses import StatusValue
from portal.verifier import Verifier
from tests.authorities import AT, DAY, PUBLIC_URL, REGISTERED_AT, key
from tests.tampering import (
    payload_of,
    with_bit_flipped,
    with_claims_changed,
    with_forged_signature,
    with_payload,
    with_twin_signature,
)
from tests.world import Issued, World

_T = TypeVar("_T")
CATALOGUE = json.loads((Path(__file__).parents[1] / "portal/catalogue/catalogue.json").read_text("utf-8"))


_EXTRAS = FaceExtras(
    sites=("https://shop.example.com", "http://演示.example"),
    location=(41.79, 123.43),
    credit={"grade": "A", "by": "演示", "as_of": "2026-06-30"},
    links=(("traceability", "https://trace.example/1"),),
)


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    at: int
    world: int


def base64_of(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")


def world_input(verifier: Verifier, database_url: str, at: int) -> dict[str, Any]:
    """A world for the browser's verifier, as the portal's own sources answer."""
    published, register = verifier.published, verifier.register
    trust_list = published.trust_list(at)
    with create_engine(database_url).connect() as connection:
        licences = connection.execute(text("SELECT DISTINCT type_code, number FROM records")).all()
    stored = [_stored(number, each) for code, number in licences for each in _versions(verifier, code, number)]
    return {
        "publicUrl": verifier.public_url,
        "catalogue": CATALOGUE,
        "keys": {
            "root": base64_of(published.root.document),
            "list": base64_of(trust_list.document),
            "signatures": base64_of(trust_list.signatures),
        },
        "statusLists": [base64_of(each.envelope.encoded) for each in published.status_lists(at)],
        "stored": stored,
        "asOf": {issuer.id: register.as_of(issuer.id) for issuer in trust_list.issuers},
    }


def _versions(verifier: Verifier, type_code: int, number: str) -> Sequence[StoredLicence]:
    versions = verifier.register.versions(type_code, number)
    assert not isinstance(versions, RegisterUnavailable)
    return versions


def _stored(number: str, licence: StoredLicence) -> dict[str, Any]:
    return {
        "credentialId": licence.credential_id.hex(),
        "issuerId": licence.issuer_id,
        "typeCode": licence.type_code,
        "number": number,
        "numberKey": lookup_key(number),
        "version": licence.version,
        "line": base64_of(licence.line),
        "notice": base64_of(licence.notice),
        "noticeSignedAt": licence.notice_signed_at,
        "registeredAt": licence.registration.manifest_signed_at,
        "asOf": licence.register_as_of,
    }


def expected(verifier: Verifier, case: Case) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(json.dumps(answer_json(verifier.verify(case.text, case.at))))
    return answer


def generated_world(chance: random.Random) -> tuple[World, list[Issued]]:
    """Licences of many types, keys, terms, versions and statuses; three of four in the register."""
    world = World()
    slugs = [each["slug"] for each in CATALOGUE["types"]]
    keys = ("esp256", "ed25519", "limited", "retired", "compromised", "unpublished", "status")
    available = (*keys, *(("sm2",) * 2 if "sm2" in world.liaoning.keys else ()))
    issued = [_licence(world, chance, number, slugs, available) for number in range(90)]
    published = ("esp256", "ed25519", "sm2", "retired")
    registered = [each for each in issued if _is_admissible(world, each, published) and chance.random() < 0.8]
    for version, signed_at in ((1, REGISTERED_AT), (2, REGISTERED_AT + DAY // 3)):
        mine = [each for each in registered if each.claims.version == version]
        notices = {each.number: _notice(world, chance, each) for each in mine if chance.random() < 0.7}
        world.take_into_register(*mine, notices=notices, signed_at=signed_at)
    return world, issued


def _licence(world: World, chance: random.Random, number: int, slugs: list[str], keys: tuple[str, ...]) -> Issued:
    start = AT + chance.choice((-900, -900, -900, 5)) * DAY
    end = chance.choice((None, AT - DAY, AT + 1, AT + 29 * DAY, AT + 31 * DAY, AT + 900 * DAY))
    licence = world.licence(
        f"辽{chance.choice(('CB', 'DA'))}0{number // 2:09}",  # two of each number: versions, or types
        key=chance.choice(keys) if chance.random() < 0.7 else None,
        slug=chance.choice(slugs) if chance.random() < 0.5 else slugs[0],
        version=1 + number % 2,
        not_before=start,
        expires_at=end,
        uscc=chance.choice((None, "91210100MA0DEM018W")),
        extras=chance.choice((NO_EXTRAS, _EXTRAS)),
        holder=chance.choice(("沈阳和平演示大药房（演示）", "Démonstration & Söhne 🏥", "演示" * 50)),
    )
    if chance.random() < 0.5:
        world.set_status(licence, chance.choice((*StatusValue, *[StatusValue.ENDED] * 5, 5)))
    return licence


def _is_admissible(world: World, licence: Issued, keys: tuple[str, ...]) -> bool:
    return licence.credential.envelope.key_id in {
        world.liaoning.keys[name].key_id for name in keys if name in world.liaoning.keys
    }


def _notice(world: World, chance: random.Random, licence: Issued) -> bytes:
    status = world.liaoning.statuses.get(licence.claims.status_index, 0)
    value = StatusValue(status) if status != 5 and chance.random() < 0.8 else StatusValue.ENDED
    return world.notice(licence, value, kind=chance.choice((*NoticeKind, NoticeKind.MIGRATED, None)), reason="演示")


def _flip(chance: random.Random, issued: Issued) -> bytes:
    return with_bit_flipped(issued.encoded, chance.randrange(8 * len(issued.encoded)))


def _change_claim(chance: random.Random, issued: Issued) -> bytes:
    claim, value = chance.choice(((2, "吉CB1"), (4, AT + DAY), (5, 0), (6, AT), (7, 1), (-65537, {}), (99, [1, True])))
    return with_claims_changed(issued.encoded, lambda claims: claims.update({claim: value}))


def _signed_anew(chance: random.Random, issued: Issued) -> bytes:
    """Any payload under a genuine signature: what only a careless authority would sign."""
    payload = payload_of(issued.encoded)
    at = chance.randrange(len(payload))
    changed = chance.choice(
        (
            payload + b"\x00",
            payload[:at] + bytes([chance.randrange(256)]) + payload[at + 1 :],
            payload[:at] + bytes([payload[at] ^ 1 << chance.randrange(8)]) + payload[at + 1 :],
            payload[:at],
            payload[:at] + payload[at : at + 1] + payload[at:],
        )
    )
    return with_payload(issued.authority.keys["ed25519"], changed)


_TAMPERINGS: dict[Callable[[random.Random, Issued], bytes], int] = {
    lambda chance, issued: issued.encoded: 60,
    lambda chance, issued: with_payload(issued.authority.keys["ed25519"], payload_of(issued.encoded)): 4,
    lambda chance, issued: with_forged_signature(issued.encoded, key("forger", "Ed25519")): 4,
    lambda chance, issued: issued.encoded[: chance.randrange(len(issued.encoded))]: 2,
    lambda chance, issued: issued.encoded + bytes(chance.randrange(1, 600)): 2,
    _flip: 8,
    _change_claim: 5,
    _signed_anew: 15,
}
_WRITTEN: dict[Callable[[random.Random, str], str], int] = {
    lambda chance, token: f"{PUBLIC_URL}/v/{token}": 70,
    lambda chance, token: token: 10,
    lambda chance, token: f" {PUBLIC_URL.upper()}/v/{token.lower()}\u3000\n": 5,
    lambda chance, token: f"https://licence.example.net/v/{token}": 5,
    lambda chance, token: f"http://licence.example.net/v/{token}": 2,
    lambda chance, token: f"https://you@licence.example.net/v/{token}": 2,
    lambda chance, token: f"https://{'𝐲亮' * 200}/v/{token}": 1,
    lambda chance, token: f"{PUBLIC_URL}/v/{token}" + chance.choice(("=", "A", "?a=1", "/", "\u200b", "é")): 2,
    lambda chance, token: f"{PUBLIC_URL}/v/" + token[: chance.randrange(len(token))]: 2,
    lambda chance, token: token[: chance.randrange(100)]: 2,
}
_OTHERS = (
    "",
    "2kc",
    "https://pay.example/v/123",
    "http://[::1]/x",
    "weixin://wxpay/bizpayurl?pr=1",
    "\u0130p://pay.example/",
    "\u0131p://pay.example/",
    "辽CB024100123号",
    "（辽）-网械-2024-0001",
    "ſſſſ1234",
    "\ufeff1234",
    "１２３４ ５６",
    "A" * 300,
    "2" * 64,
    "\x1c 12345 \x85",
    f"{PUBLIC_URL}/v/",
)


def generated_cases(worlds: Sequence[list[Issued]], count: int, chance: random.Random) -> Iterator[Case]:
    times = (*[AT] * 9, AT - 3 * DAY, AT + DAY, AT + 3 * DAY, AT + 8 * DAY, AT + 40 * DAY, AT + 100 * DAY)
    for _ in range(count):
        number = chance.randrange(len(worlds))
        issued = chance.choice(worlds[number])
        if chance.random() < 0.05:
            yield Case(chance.choice((*_OTHERS, issued.number, f" {issued.number.lower()}号")), AT, number)
            continue
        encoded = _one_of(_TAMPERINGS, chance)(chance, issued)
        if chance.random() < 0.1 and issued.credential.envelope.algorithm.name == "ESP256":
            encoded = with_twin_signature(issued.encoded)
        yield Case(_one_of(_WRITTEN, chance)(chance, encode_token(encoded)), chance.choice(times), number)


def _one_of(weights: dict[_T, int], chance: random.Random) -> _T:
    return chance.choices(list(weights), list(weights.values()))[0]


_IN_RECORDS = (
    *'{}[]":,\\/ \n0-1.eE',
    "\\u0000",
    "\\ud800",
    "é",
    "\ufeff",
    "true",
    "null",
    "1.0",
    '"sites":["https://a b"],',
)


def write_into(database_url: str, chance: random.Random) -> None:
    """What somebody with access to the database does to its records: no reader may take them for what they were."""
    with create_engine(database_url).begin() as connection:
        for identity, line in connection.execute(text("SELECT credential_id, line FROM records")).all():
            at = chance.randrange(len(line))
            change = chance.choice(_IN_RECORDS).encode()
            end = at + chance.choice((0, 0, 1, 5))
            values = {"line": line[:at] + change + line[end:], "id": identity}
            if chance.random() < 0.7:
                connection.execute(text("UPDATE records SET line = :line WHERE credential_id = :id"), values)
