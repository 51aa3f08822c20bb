"""Every setting: name, default, one line of help. Read from the environment with the prefix PORTAL_, once, at start."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "PORTAL_"
# A host as it stands in a Host header and in a printed code: with any other, every visitor would be refused. That
# excludes IPv6; a Chinese name is given in its xn-- form.
_PUBLIC_URL = re.compile(
    r"(?P<origin>https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*(?::(?P<port>[1-9][0-9]{0,4}))?)/*",
    re.ASCII | re.IGNORECASE,
)


class WrongSetting(ValueError):
    """A setting that cannot be used; the message is one line that names it."""


def public_address(text: str) -> str:
    """A portal's address as browsers write it; ValueError if it is none, or has a path."""
    parts = _PUBLIC_URL.fullmatch(text)
    if not parts or int(parts["port"] or 1) > 65_535:
        raise ValueError("an address such as https://yz.example.gov.cn, without a path")
    return parts["origin"].lower()


def sha256_digits(text: str) -> str:
    """The digits in lower case; ValueError if they are no SHA-256."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("64 hexadecimal digits")
    return text.lower()


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise ValueError("a whole number below 1000")
    return int(text)


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65_000:
        raise ValueError("a port up to 65000, or 0")
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def _contact(text: str) -> str:
    # RFC 9116, 2.5.3: security.txt has a URI there.
    if not re.fullmatch(r"(?:mailto:|https://|tel:)[!-~]+", text):
        raise ValueError("an address such as mailto:security@example.gov.cn, https://… or tel:+86-…")
    return text


def _setting(read: Callable[[str], Any], help_text: str, default: str | None = None) -> Any:
    """A field of Settings; without a default the setting must be given."""
    return field(metadata={"read": read, "help": help_text, "default": default})


def _time_or_nothing(text: str) -> str:
    if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", text):
        raise ValueError("a time such as 2026-11-20T02:00:00Z")
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    public_url: str = _setting(public_address, "this portal's address, as in the printed codes")
    root_sha256: str = _setting(sha256_digits, "SHA-256 of root.json, in hexadecimal: the pin on the root of trust")
    keys_dir: Path = _setting(Path, "folder of root.json, trust-list.json and trust-list.json.sig", "keys")
    database_url: str = _setting(str, "the register's database, as an SQLAlchemy URL", "sqlite:///register.sqlite")
    ratelimit_storage_url: str = _setting(str, "where request counts live: memory:// or redis://host:6379", "memory://")
    ratelimit_verify: str = _setting(str, "limit for verdict pages, for each address", "120 per minute")
    ratelimit_lookup: str = _setting(str, "limit for number lookups, for each address", "30 per minute")
    ratelimit_search: str = _setting(str, "limit for searches and holders' pages, for each address", "20 per minute")
    ratelimit_upload: str = _setting(str, "limit for photo uploads, for each address", "10 per minute")
    ratelimit_misses: str = _setting(str, "limit for what finds nothing, for each address", "10 per 10 minutes")
    trusted_proxies: int = _setting(_count, "how many proxies in front set X-Forwarded-For, -Proto and -Host", "0")
    metrics_port: int = _setting(_port, "first port of the metrics, one for each worker; 0 for none", "0")
    metrics_host: str = _setting(str, "address of the metrics", "127.0.0.1")
    operator_zh: str = _setting(str, "who runs this portal, for the foot of the pages", "亮证核验")
    operator_en: str = _setting(str, "the same in English", "Liangzheng")
    contact: str = _setting(
        _contact, "where to report a vulnerability, for security.txt", "mailto:security@example.gov.cn"
    )
    at: str = _setting(_time_or_nothing, "a fixed time to work as of, for rehearsals; empty for the clock", "")
    demonstration: bool = _setting(_yes_or_no, "yes marks every page as a demonstration (演示)", "no")
    samples: Path = _setting(
        Path, "file that lists the sample codes, in the demonstration", "build/demonstration/samples.json"
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read all settings; WrongSetting for the first that is missing, unknown or unusable."""
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
        if unknown:
            raise WrongSetting(f"{unknown[0]}: no such setting")
        values: dict[str, Any] = {}
        for name, each in known.items():
            text = environment.get(name) or each.metadata["default"]
            if text is None:
                raise WrongSetting(f"{name} is missing: {each.metadata['help']}")
            try:
                values[each.name] = each.metadata["read"](text)
            except ValueError as error:
                raise WrongSetting(f"{name}: {error}") from error
        return cls(**values)


def settings_table() -> list[tuple[str, str | None, str]]:
    """Name, default (None: it must be given) and help of every setting, for the README."""
    return [(PREFIX + each.name.upper(), each.metadata["default"], each.metadata["help"]) for each in fields(Settings)]
