"""The demonstration's authorities and their keys. Private keys are made once and kept, so that old codes still work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.authority.signing_keys import SigningKey
from portal.authority.sm2_signing import Sm2Unavailable
from portal.authority.trust_lists import PublishedIssuer, PublishedKey
from portal.verification.trust import KeyState, Use

DAY = 86_400
_TERM = 6 * 365 * DAY  # before and after the demonstration's present
_ALL = tuple(Use)
ROOT_KEYS, ROOT_THRESHOLD = 3, 2


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """A key that an issuer has; `ended` is how many days ago its state changed."""

    algorithm: str = "ESP256"
    uses: tuple[Use, ...] = _ALL
    types: tuple[str, ...] = ("*",)
    state: KeyState = KeyState.ACTIVE
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class IssuerPlan:
    """An authority of the demonstration. Every issuer has a key `main`; `status` signs statuses where there is one.

    `portal` is the address of its own portal, if that is not the demonstration's.
    """

    slug: str
    id: str
    name_zh: str
    name_en: str
    region: str
    provinces: tuple[str, ...]
    plan: Mapping[str, KeyPlan] = field(default_factory=lambda: {"main": KeyPlan()})
    portal: str | None = None


CITY_TYPES = (
    "drug-distribution-retail",
    "device-distribution",
    "device-class1-product-filing",
    "device-class1-manufacturing-filing",
    "device-class2-distribution-filing",
    "licensed-pharmacist-registration",
    "anabolic-peptide-import-permit",
)
RETIRED_DAYS_AGO, COMPROMISED_DAYS_AGO = 300, 60

LIAONING = IssuerPlan(
    "liaoning",
    "11210000MBDEM0001W",
    "辽宁省药品监督管理局（演示）",
    "Liaoning Medical Products Administration (demonstration)",
    "210000",
    ("辽",),
    {
        "main": KeyPlan(),
        "sm2": KeyPlan("SM2-SM3", (Use.LICENCE,)),
        "status": KeyPlan("Ed25519", (Use.STATUS,)),
        "retired": KeyPlan(uses=(Use.LICENCE,), state=KeyState.RETIRED, ended=RETIRED_DAYS_AGO),
        "compromised": KeyPlan(uses=(Use.LICENCE,), state=KeyState.COMPROMISED, ended=COMPROMISED_DAYS_AGO),
    },
)
JILIN = IssuerPlan(
    "jilin",
    "11220000MBDEM00024",
    "吉林省药品监督管理局（演示）",
    "Jilin Medical Products Administration (demonstration)",
    "220000",
    ("吉",),
    {"main": KeyPlan("Ed25519")},
)
HEILONGJIANG = IssuerPlan(
    "heilongjiang",
    "11230000MBDEM0003B",
    "黑龙江省药品监督管理局（演示）",
    "Heilongjiang Medical Products Administration (demonstration)",
    "230000",
    ("黑",),
)
SHENYANG_CITY = IssuerPlan(
    "shenyang",
    "11210100MBDEM0004B",
    "沈阳市市场监督管理局（演示）",
    "Shenyang Administration for Market Regulation (demonstration)",
    "210100",
    ("辽",),
    {"main": KeyPlan(types=CITY_TYPES)},
)
ISSUERS = (LIAONING, JILIN, HEILONGJIANG, SHENYANG_CITY)

# Its keys are published here, its register is not: whoever looks up one of its numbers is told where to ask.
NEIGHBOUR = IssuerPlan(
    "shandong",
    "11370000MBDEM0005Q",
    "山东省药品监督管理局（演示）",
    "Shandong Medical Products Administration (demonstration)",
    "370000",
    ("鲁",),
    portal="https://yz.shandong.example",
)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All private keys, in files of mode 600 in one folder; a missing one is made."""

    folder: Path

    def root_keys(self) -> list[SigningKey]:
        return [self._key(f"root-{number}", "Ed25519") for number in range(1, ROOT_KEYS + 1)]

    def stranger(self) -> SigningKey:
        """A key that nobody publishes."""
        return self._key("stranger", "ESP256")

    def issuer_key(self, issuer: IssuerPlan, role: str) -> SigningKey:
        """An issuer's key; its main one if openssl has no SM2, which the demonstration can do without."""
        try:
            return self._key(f"{issuer.slug}-{role}", issuer.plan[role].algorithm)
        except Sm2Unavailable:
            return self.issuer_key(issuer, "main")

    def _key(self, name: str, algorithm: str) -> SigningKey:
        path = self.folder / f"{name}.pem"
        if path.exists():
            return SigningKey.load(path)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = SigningKey.generate(algorithm)
        key.save(path)
        return key


def publish(issuer: IssuerPlan, keys: KeyRing, portal_url: str, at: int) -> PublishedIssuer:
    """The issuer's entry in the trust list."""
    published: dict[bytes, PublishedKey] = {}
    for role, plan in issuer.plan.items():
        key = keys.issuer_key(issuer, role)
        entry = PublishedKey(
            key.algorithm.name,
            key.key_id,
            key.spki,
            plan.uses,
            at - _TERM,
            at + _TERM,
            plan.types,
            plan.state,
            None if plan.ended is None else at - plan.ended * DAY,
        )
        published.setdefault(key.key_id, entry)
    return PublishedIssuer(
        issuer.id,
        issuer.name_zh,
        issuer.name_en,
        issuer.region,
        issuer.provinces,
        issuer.portal or portal_url,
        tuple(published.values()),
    )
