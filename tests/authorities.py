"""The authorities of the tests' small world (tests.world), with keys of every kind. Each key is made once in a run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from portal.authority.bundles import sign_bundle
from portal.authority.signing import sign_status_list, status_list_uri
from portal.authority.signing_keys import SigningKey
from portal.authority.sm2_signing import Sm2Unavailable
from portal.authority.trust_lists import PublishedIssuer, PublishedKey
from portal.verification.dates import parse_timestamp
from portal.verification.trust import KeyState, Use
from tests.oracles import missing

PUBLIC_URL = "https://yz.example.gov.cn"
DAY = 86_400
AT = parse_timestamp("2026-11-21T04:00:00Z")  # the world's present: noon in Beijing
SIGNED_AT = parse_timestamp("2026-05-01T00:00:00Z")  # in the term of every key
REGISTERED_AT = parse_timestamp("2026-11-20T02:00:00Z")
RETIRED_SINCE = parse_timestamp("2026-06-01T00:00:00Z")
COMPROMISED_SINCE = parse_timestamp("2026-11-01T00:00:00Z")
_KEY_TERM = (parse_timestamp("2026-01-01T00:00:00Z"), parse_timestamp("2028-01-01T00:00:00Z"))
_ALL_USES = tuple(Use)


@cache
def key(name: str, algorithm: str = "ESP256") -> SigningKey:
    """The key of this name: made once, the same in every world of a test run."""
    return SigningKey.generate(algorithm)


def publish(
    signing_key: SigningKey, uses: tuple[Use, ...] = _ALL_USES, types: tuple[str, ...] = ("*",)
) -> PublishedKey:
    name = signing_key.algorithm.name
    return PublishedKey(name, signing_key.key_id, signing_key.spki, uses, *_KEY_TERM, types)


def publish_ended(signing_key: SigningKey, state: KeyState, since: int) -> PublishedKey:
    name = signing_key.algorithm.name
    return PublishedKey(name, signing_key.key_id, signing_key.spki, _ALL_USES, *_KEY_TERM, state=state, since=since)


@dataclass(eq=False, slots=True)
class Authority:
    """An authority with its keys by name, its status list and its bundles. Tests may change its public members."""

    id: str
    name_zh: str
    name_en: str
    region: str
    provinces: tuple[str, ...]
    keys: dict[str, SigningKey]
    published_keys: list[PublishedKey]
    portal: str = PUBLIC_URL
    main: str = "esp256"
    publishes_status: bool = True
    status_issued_at: int = AT - 3600
    status_ttl: int = DAY
    status_expires_at: int = AT + 7 * DAY
    statuses: dict[int, int] = field(default_factory=dict)
    bundles: list[tuple[bytes, ...]] = field(default_factory=list)
    next_index: int = 0

    @property
    def entry(self) -> PublishedIssuer:
        names = (self.name_zh, self.name_en)
        return PublishedIssuer(self.id, *names, self.region, self.provinces, self.portal, self.published_keys)

    @property
    def status_key(self) -> SigningKey:
        return self.keys.get("status") or self.keys[self.main]

    def key(self, name: str | None) -> SigningKey:
        """The key of this name, or the usual one. A test that asks for SM2 is skipped where nothing can sign it."""
        if name == "sm2" and name not in self.keys:
            missing("SM2 in this machine's openssl")
        return self.keys[name or self.main]

    def take_index(self) -> int:
        self.next_index += 1
        return self.next_index - 1

    def sign_bundle(self, records: Sequence[bytes], signed_at: int) -> None:
        """A snapshot first, then deltas that follow each other."""
        follows = len(self.bundles) or None
        bundle = sign_bundle(
            self.keys[self.main], records, sequence=len(self.bundles) + 1, issued_at=signed_at, follows=follows
        )
        self.bundles.append(tuple(bundle))

    def status_list(self, issued_at: int | None = None) -> bytes:
        values = [self.statuses.get(index, 0) for index in range(max(self.next_index, 1))]
        return sign_status_list(
            self.status_key,
            status_list_uri(PUBLIC_URL, self.id),
            values,
            issued_at=self.status_issued_at if issued_at is None else issued_at,
            ttl=self.status_ttl,
            expires_at=self.status_expires_at,
        )


def liaoning() -> Authority:
    keys = {
        "esp256": key("liaoning"),
        "ed25519": key("liaoning-ed25519", "Ed25519"),
        "status": key("liaoning-status"),
        "limited": key("liaoning-limited"),
        "retired": key("liaoning-retired", "Ed25519"),
        "compromised": key("liaoning-compromised"),
        "unpublished": key("liaoning-unpublished"),
    }
    with suppress(Sm2Unavailable):
        keys["sm2"] = key("liaoning-sm2", "SM2-SM3")
    published = [
        *(publish(keys[name]) for name in ("esp256", "ed25519", "sm2") if name in keys),
        publish(keys["status"], (Use.STATUS,)),
        publish(keys["limited"], types=("device-distribution",)),
        publish_ended(keys["retired"], KeyState.RETIRED, RETIRED_SINCE),
        publish_ended(keys["compromised"], KeyState.COMPROMISED, COMPROMISED_SINCE),
    ]
    names = ("辽宁省药品监督管理局（演示）", "Liaoning Medical Products Administration (demonstration)")
    return Authority("11210000MB0X123458", *names, "210000", ("辽",), keys, published)


def jilin() -> Authority:
    keys = {"esp256": key("jilin")}
    names = ("吉林省药品监督管理局（演示）", "Jilin Medical Products Administration (demonstration)")
    return Authority("11220000MB1X54321H", *names, "220000", ("吉",), keys, [publish(keys["esp256"])])
