"""The sample codes of the demonstration: for each verdict something to click or to scan, with its picture.

`register_unavailable` and `trust_list_unusable` have none: no code causes them, only a portal in trouble.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from portal.authority.qr_codes import QrCode, qr_code, text_qr_code
from portal.demonstration.licences import MadeLicence
from portal.demonstration.pictures import side_by_side, torn_picture, wall_without_code
from portal.verification.verdict import Attribute, Reason

FOREIGN_HOST = "https://licence-check.example.net"
UNKNOWN_NUMBER, NEIGHBOURS_NUMBER = "辽DB024199999", "鲁DB531100001"
WITHOUT_SAMPLE = frozenset((Reason.REGISTER_UNAVAILABLE, Reason.TRUST_LIST_UNUSABLE))


class SampleKind(StrEnum):
    """How a sample is presented: a code's text, a typed number, or a picture to upload (which has no text)."""

    CODE = "code"
    NUMBER = "number"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    reason: Reason
    title_zh: str
    title_en: str
    text: str
    png: bytes
    svg: bytes | None = None
    attributes: tuple[Attribute, ...] = ()
    kind: SampleKind = SampleKind.CODE


_Row = tuple[str, Reason, str, str]

# The tag of a licence, the verdict on its code, and what it shows.
_LICENCES: tuple[_Row, ...] = (
    ("in_force", Reason.IN_FORCE, "零售药店的许可证，在有效期内", "A pharmacy's licence, in force"),
    ("sm2", Reason.IN_FORCE, "用国密 SM2 签名的批发许可证", "A wholesaler's licence, signed with SM2"),
    ("ed25519", Reason.IN_FORCE, "吉林签发，Ed25519 签名", "Issued in Jilin, signed with Ed25519"),
    ("no_expiry", Reason.IN_FORCE, "没有有效期的备案凭证", "A filing, which does not expire"),
    ("hostile_name", Reason.IN_FORCE, "名称中含有网页代码：只按文字显示", "A name with web code in it: shown as text"),
    (
        "retired_in_term",
        Reason.IN_FORCE,
        "签发密钥后来退役，证照仍然成立",
        "Its key has retired since: it still stands",
    ),
    (
        "compromised_registered_before",
        Reason.IN_FORCE,
        "签发密钥后来泄露，但此前已登记",
        "Its key was compromised after it had been registered",
    ),
    ("newer_version", Reason.IN_FORCE, "换发后的新版", "The new version of a replaced licence"),
    ("older_version", Reason.SUPERSEDED, "换发前的旧版", "The old version of a replaced licence"),
    ("expires_soon", Reason.IN_FORCE, "还有 14 天到期", "Ends in 14 days"),
    ("expires_today", Reason.IN_FORCE, "今天是最后一天", "Today is its last day"),
    ("renewing", Reason.IN_FORCE, "已过期，但延续申请审查中", "Past its end, with its renewal under review"),
    ("status_ageing", Reason.IN_FORCE, "状态清单已不新", "Its status list is no longer fresh"),
    ("expired", Reason.EXPIRED, "20 天前到期", "Ended 20 days ago"),
    ("not_yet", Reason.NOT_YET_IN_FORCE, "10 天后生效", "Begins in 10 days"),
    ("revoked", Reason.REVOKED, "被吊销，有处罚决定", "Revoked, with the decision"),
    ("revoked_after_publication", Reason.REVOKED, "被吊销，公示期已满", "Revoked; the decision is no longer published"),
    ("revoked_stale", Reason.REVOKED, "状态清单过时，但吊销仍算数", "Revoked by a list that is out of date"),
    ("rescinded", Reason.RESCINDED, "被撤销", "Rescinded"),
    ("withdrawn", Reason.WITHDRAWN, "被撤回", "Withdrawn"),
    ("cancelled", Reason.CANCELLED, "已注销", "Cancelled"),
    ("void", Reason.VOID, "作废", "Void"),
    ("filing_removed", Reason.FILING_REMOVED, "备案被取消", "Filing removed"),
    ("suspended", Reason.SUSPENDED, "被暂停", "Suspended"),
    ("migrated", Reason.MIGRATED, "已转为备案", "Migrated to a filing"),
    ("not_in_register", Reason.NOT_IN_REGISTER, "签名真实，但登记中没有", "Genuinely signed, not in the register"),
    ("status_stale", Reason.STATUS_UNKNOWN, "状态清单已过时", "Its status list is out of date"),
    ("status_missing", Reason.STATUS_UNKNOWN, "状态清单没有公布", "Its status list was not published"),
    ("face_changed", Reason.CLAIMS_MISMATCH, "登记数据库里的证照面被人改过", "Its face was changed in the database"),
    ("key_unknown", Reason.KEY_UNKNOWN, "用没有公布的密钥签名", "Signed with a key that nobody published"),
    ("retired_after_term", Reason.KEY_NOT_IN_TERM, "用已退役的密钥签名", "Signed with a key after it had retired"),
    ("status_key_signs_licence", Reason.KEY_NOT_IN_TERM, "用只能签状态的密钥签名", "Signed with a key for statuses"),
    ("other_province", Reason.OUT_OF_SCOPE, "吉林签发了辽宁的编号", "A number of Liaoning, signed by Jilin"),
    ("other_type", Reason.OUT_OF_SCOPE, "市局签发了药品生产许可证", "A manufacturer's licence, signed by a city"),
    (
        "compromised_not_registered",
        Reason.KEY_COMPROMISED,
        "用泄露的密钥倒签日期",
        "Back-dated with a compromised key",
    ),
)
_ATTRIBUTES: Mapping[str, tuple[Attribute, ...]] = {
    "expires_soon": (Attribute.EXPIRES_SOON,),
    "expires_today": (Attribute.EXPIRES_SOON,),
    "renewing": (Attribute.RENEWING,),
    "status_ageing": (Attribute.STATUS_AGEING,),
}


def make_samples(licences: Mapping[str, MadeLicence], public_url: str) -> Iterator[Sample]:
    """All samples; `licences` are the demonstration's by tag."""
    for tag, reason, zh, en in _LICENCES:
        if tag == "sm2" and licences[tag].algorithm_name != "SM2-SM3":
            continue
        code = qr_code(public_url, licences[tag].credential)
        yield _of_code(tag, reason, zh, en, code, _ATTRIBUTES.get(tag, ()))
    yield from _forgeries(licences["in_force"], public_url)
    yield from _numbers(licences)
    yield from _pictures(licences, public_url)


def _of_code(
    name: str, reason: Reason, zh: str, en: str, code: QrCode, attributes: tuple[Attribute, ...] = ()
) -> Sample:
    return Sample(name, reason, zh, en, code.text, code.png(), code.svg(), attributes)


def _forgeries(licence: MadeLicence, public_url: str) -> Iterator[Sample]:
    renamed = licence.credential.replace("演示".encode(), "真实".encode())
    cut = qr_code(public_url, licence.credential).text[:-20]
    yield _of_code(
        "signature_invalid",
        Reason.SIGNATURE_INVALID,
        "名称被改动",
        "Its name was changed",
        qr_code(public_url, renamed),
    )
    yield _of_code("malformed", Reason.MALFORMED, "码没有印全", "A code that was cut off", text_qr_code(cut))
    yield _of_code(
        "foreign_host",
        Reason.IN_FORCE,
        "证照真实，但码指向别的网站",
        "Genuine, in a code that leads to another site",
        qr_code(FOREIGN_HOST, licence.credential),
        (Attribute.FOREIGN_HOST,),
    )
    other = text_qr_code("https://pay.example.com/?amount=5")
    yield _of_code("other_code", Reason.NOT_A_LICENCE_CODE, "不是证照码", "Some other code", other)


def _numbers(licences: Mapping[str, MadeLicence]) -> Iterator[Sample]:
    usual, shared = (licences[tag].claims.number for tag in ("in_force", "same_number"))
    rows = (
        ("number", Reason.IN_FORCE, "输入编号", "A typed number", usual),
        ("same_number", Reason.IN_FORCE, "一个编号，两份证照", "One number, two licences", shared),
        ("not_found", Reason.NOT_FOUND, "登记中没有的编号", "A number that no register has", UNKNOWN_NUMBER),
        ("neighbour", Reason.NOT_FOUND, "邻省的编号，请到那里查询", "A number of another province", NEIGHBOURS_NUMBER),
    )
    for name, reason, zh, en, number in rows:
        code = text_qr_code(number)
        yield Sample(name, reason, zh, en, number, code.png(), code.svg(), kind=SampleKind.NUMBER)


def _pictures(licences: Mapping[str, MadeLicence], public_url: str) -> Iterator[Sample]:
    one, other = (qr_code(public_url, licences[tag].credential).png() for tag in ("in_force", "revoked"))
    rows = (
        (
            "several_codes",
            Reason.SEVERAL_CODES,
            "一张照片，两份证照",
            "One photo of two licences",
            side_by_side(one, other),
        ),
        ("no_code", Reason.NO_CODE_FOUND, "没有码的照片", "A photo without a code", wall_without_code()),
        ("unreadable", Reason.UNREADABLE_IMAGE, "损坏的照片", "A broken photo", torn_picture()),
    )
    for name, reason, zh, en, png in rows:
        yield Sample(name, reason, zh, en, "", png, kind=SampleKind.PICTURE)


def write_samples(folder: Path, samples: Iterator[Sample]) -> Path:
    """Write the pictures and samples.json, which lists them from what is in force back to what cannot be read."""
    order = list(reversed(Reason))
    listed = []
    for sample in sorted(samples, key=lambda each: order.index(each.reason)):
        picture = f"sample-{sample.name}.png"
        (folder / picture).write_bytes(sample.png)
        if sample.svg is not None:
            (folder / picture).with_suffix(".svg").write_bytes(sample.svg)
        listed.append(_entry(sample, picture))
    path = folder / "samples.json"
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _entry(sample: Sample, picture: str) -> dict[str, object]:
    return {
        "name": sample.name,
        "kind": sample.kind,
        "reason": sample.reason,
        "attributes": list(sample.attributes),
        "text": sample.text,
        "title_zh": sample.title_zh,
        "title_en": sample.title_en,
        "png": picture,
    }
